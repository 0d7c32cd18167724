"""A density that varies with depth, on top of an operator for a constant one.

∫ f·Ω dz = f(b)·P(b) − ∫ f′·P dz by parts, and Gauss and Legendre's rule makes the last integral a sum of the gravity of
reliefs between the reference level and b, each with its own contrast:

    g = G[Δρ·f(b)](b) − Σ_q G[Δρ·w_q·f′(z_q)](z_q)

so that whatever computes G fast computes this fast. It holds for stations above or at the relief and the reference level, where P
is smooth in z; for others the dense operator splits the integral at the station.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Protocol

import numpy as np
from scipy.sparse.linalg import LinearOperator

from . import Operator
from .density_law import HEAD, LENGTHS, TABLE, law_factors, law_slopes

SMOOTH_NODES = 16
TABLE_NODES = 6
"""Of the rule: between the breaks of a smooth law, and over each row of a table."""


class Recontrasted(Operator, Protocol):
    """An operator that can be had for another contrast."""

    def with_contrast(self, contrast: np.ndarray) -> Recontrasted: ...


class DepthDependentOperator:
    """Gravity of a relief whose contrast varies with depth.

    Parameters
    ----------
    constant : Recontrasted
        The operator for the contrast at the datum.
    contrast : array (ny, nx)
        At the datum, kg/m3.
    reference_level : float
        z0, m.
    law : array
        As `density_law` describes it.
    below : Operator
        For reliefs that rise above the lowest station.
    lowest : float
        That station's height, m.
    """

    def __init__(
        self,
        constant: Recontrasted,
        contrast: np.ndarray,
        reference_level: float,
        law: np.ndarray,
        below: Operator,
        lowest: float,
    ) -> None:
        self._constant, self._below, self._lowest = constant, below, lowest
        self._contrast, self._reference_level, self._law = contrast, float(reference_level), law
        self.shape = constant.shape

    def gravity(self, heights: np.ndarray) -> np.ndarray:
        """Gravity of the relief (ny, nx), m, at the stations: (n,), mGal, positive down."""
        if max(float(heights.max()), self._reference_level) > self._lowest:
            return self._below.gravity(heights)
        factor = self._contrast * law_factors(self._law, heights)
        total = self._constant.with_contrast(factor).gravity(heights)
        for top, bottom in self._intervals(heights):
            nodes, weights = np.polynomial.legendre.leggauss(self._nodes)
            for node, weight in zip(nodes, weights, strict=True):
                level = 0.5 * (top + bottom) + 0.5 * node * (top - bottom)
                part = self._contrast * (0.5 * weight) * (top - bottom) * law_slopes(self._law, level)
                total -= self._constant.with_contrast(part).gravity(level)
        return total

    def derivative(self, heights: np.ndarray) -> LinearOperator:
        """∂g/∂b at this relief: (stations, free cells), mGal/m."""
        return self._constant.with_contrast(self._contrast * law_factors(self._law, heights)).derivative(heights)

    @property
    def _nodes(self) -> int:
        return TABLE_NODES if self._law[0] == TABLE else SMOOTH_NODES

    def _intervals(self, heights: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        """Ends (ny, nx) of the parts of reference level to relief in which f is smooth and not constant, the relief's first."""
        datum = self._law[1]
        start, end = np.full(heights.shape, min(self._reference_level, datum)), np.minimum(heights, datum)
        knots = datum - self._depths(datum - float(min(start.min(), end.min())))
        parts = [(np.clip(end, low, high), np.clip(start, low, high)) for high, low in pairwise(knots)]
        return [part for part in parts if (part[0] != part[1]).any()]

    def _depths(self, deepest: float) -> np.ndarray:
        """The breaks of the law down to a depth, m: a table's rows, or 0 and the powers of 4 lengths of a smooth law."""
        if self._law[0] == TABLE:
            return self._law[HEAD : HEAD + (self._law.size - HEAD) // 2]
        length = float(self._law[2])
        count = 1
        while length * LENGTHS**count < deepest:
            count += 1
        return np.array([0.0, *(length * LENGTHS ** np.arange(1, count)), max(deepest, 0.0)])
