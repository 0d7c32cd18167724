"""Penalties that `make science` tries beside the engine's own, to tell what the choice of one is worth."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from core.inversion.penalties import Curvature

Stencil = tuple[tuple[int, int, float], ...]  # rows north, columns east, weight

SLOPES: tuple[Stencil, ...] = (
    ((0, 0, -1.0), (0, 1, 1.0)),
    ((0, 0, -1.0), (1, 0, 1.0)),
)
THIRD: tuple[Stencil, ...] = (
    ((0, 0, -1.0), (0, 1, 3.0), (0, 2, -3.0), (0, 3, 1.0)),
    ((0, 0, -1.0), (1, 0, 3.0), (2, 0, -3.0), (3, 0, 1.0)),
    tuple((i, j, np.sqrt(3.0) * a * b) for i, a in enumerate((-1, 1)) for j, b in enumerate((1, -2, 1))),
    tuple((j, i, np.sqrt(3.0) * a * b) for i, a in enumerate((-1, 1)) for j, b in enumerate((1, -2, 1))),
)
"""xxx, yyy, √3·xxy and √3·xyy: the sum of their squares is the same in every direction."""


class Gradient(Curvature):
    """|∇b|²: the relief stays flat."""

    def __init__(self, start: np.ndarray, free: np.ndarray, dx: float, dy: float) -> None:
        super().__init__(start, free, dx, dy)
        self.rows = differences(start.shape, SLOPES)


class ThirdDifferences(Curvature):
    """The relief's curvature stays the same: a quadratic costs nothing."""

    def __init__(self, start: np.ndarray, free: np.ndarray, dx: float, dy: float) -> None:
        super().__init__(start, free, dx, dy)
        self.rows = differences(start.shape, THIRD)


class CurvatureAndThird(Curvature):
    """Both curvature and its change, the cell being the unit of length: Mitas & Mitasova's (1988) regularised spline."""

    def __init__(self, start: np.ndarray, free: np.ndarray, dx: float, dy: float) -> None:
        super().__init__(start, free, dx, dy)
        self.rows = sparse.vstack([self.rows, differences(start.shape, THIRD)], format="csr")


def differences(shape: tuple[int, ...], stencils: tuple[Stencil, ...]) -> sparse.csr_array:
    """Rows over the cells of a grid of square cells, all free, one wherever a stencil fits."""
    cells = np.arange(shape[0] * shape[1]).reshape(shape)
    blocks = []
    for stencil in stencils:
        height = shape[0] - max(north for north, _, _ in stencil)
        width = shape[1] - max(east for _, east, _ in stencil)
        columns = np.stack([cells[i : i + height, j : j + width].ravel() for i, j, _ in stencil], axis=1)
        weights = np.tile([weight for _, _, weight in stencil], len(columns))
        starts = np.arange(len(columns) + 1) * len(stencil)
        blocks.append(sparse.csr_array((weights, columns.ravel(), starts), shape=(len(columns), cells.size)))
    return sparse.vstack(blocks, format="csr")
