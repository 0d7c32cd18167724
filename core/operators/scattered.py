"""Stations anywhere, each at its own height: exact sums over the near cells, convolutions for the far ones.

A smooth taper φ of the horizontal distance splits each kernel: φ·K is summed over the few cells within reach (see `near`),
(1 − φ)·K is smooth and goes through the grid (see `far`); the kin of precorrected FFT (Phillips & White 1997).
"""

from __future__ import annotations

from copy import copy
from functools import cached_property

import numpy as np
from scipy.sparse.linalg import LinearOperator

from ..data.relief import Grid
from ..data.stations import Positions
from .cost import Cost, scattered_cost
from .dense import DenseOperator
from .density_law import contrast_at
from .far import FarCells
from .near import NearCells, NearDerivative
from .padded import single
from .promise import Promise
from .response import SlabResponse

REACHES = (5.0, 7.0, 9.0, 12.0, 16.0, 20.0)
"""Reaches of the taper to choose from, in cells."""


class ScatteredOperator:
    """Gravity of a relief and its exact derivative at stations anywhere.

    Parameters
    ----------
    positions : Positions
        The stations, m.
    grid : Grid
        The relief's cells.
    contrast : array (ny, nx)
        Density below the relief minus density above it, kg/m3.
    reference_level : float
        z0, m.
    tolerance : float
        Largest error of the series in height, mGal. The error of reading the grid at the stations depends on the reach:
        see `choice`, where it is measured.
    reach : float
        R, in cells: 1 within one cell (two from 12 on), 0 beyond R.
    free : array of bool (ny, nx), optional
        The cells whose derivative is asked for. All, where left out.
    room : int
        Bytes that the derivative of the near cells may keep.
    promise : Promise, optional
        Told of the bound of every gravity's series.
    law : array, optional
        How density varies with depth, see `density_law`; the contrast is then the one at the datum.
    """

    def __init__(
        self,
        positions: Positions,
        grid: Grid,
        contrast: np.ndarray,
        reference_level: float,
        tolerance: float,
        reach: float,
        free: np.ndarray | None = None,
        room: int = 2**30,
        promise: Promise | None = None,
        law: np.ndarray | None = None,
    ) -> None:
        self.positions, self.grid, self.reach, self.room = positions, grid, reach, room
        self.contrast = np.ascontiguousarray(np.broadcast_to(contrast, grid.shape), dtype=float)
        self.free = np.ones(grid.shape, dtype=bool) if free is None else free
        self.shape = (positions.size, int(self.free.sum()))
        stations = np.column_stack([positions.easting, positions.northing, positions.height])
        cell = max(grid.dx, grid.dy)
        taper = (2.0 if reach >= 12.0 else 1.0) * cell, reach * cell
        first = float(grid.easting[0]), float(grid.northing[0]), grid.dx, grid.dy
        self.near = NearCells(stations, first, self.contrast, *taper)
        self.far = FarCells(stations, grid, self.contrast, float(reference_level), *taper, tolerance, law)
        self.law, self.reference_level, self._promise = law, float(reference_level), promise
        self._base: np.ndarray | None = None

    def gravity(self, heights: np.ndarray) -> np.ndarray:
        """Gravity of the relief (ny, nx), m, at the stations: (n,), mGal, positive down."""
        heights = np.ascontiguousarray(heights, dtype=float)
        series = self.far.series(heights)
        if self._promise is not None:
            self._promise.look(series.bound, self.far.tolerance)
        return self._near_gravity(heights) + self.far.gravity(series, heights)

    def _near_gravity(self, heights: np.ndarray) -> np.ndarray:
        if self.law is not None:
            return self.near.law_integrals(heights, self.law, self.reference_level)
        if self._base is None:
            self._base = self.near.integrals(np.full(self.grid.shape, self.reference_level))
        return self._base - self.near.integrals(heights)

    def derivative(self, heights: np.ndarray) -> ScatteredDerivative:
        """∂g/∂b at this relief (ny, nx): (stations, free cells), mGal/m."""
        return ScatteredDerivative(self, np.ascontiguousarray(heights, dtype=float))

    def memory(self, low: float, high: float) -> int:
        """Bytes needed for reliefs between two heights, m, beside what the near derivative may keep."""
        return self.far.memory(low, high) + 16 * self.shape[0]

    def cost(self, low: float, high: float) -> Cost:
        """What an inversion is likely to take for reliefs between two heights, m."""
        orders, levels = self.far.orders(low, high)
        points, n = self.far.padded.size, self.shape[0]
        memory = self.memory(low, high)
        return scattered_cost(self.near.pairs, orders, levels, points, n, memory, self.law is not None)


class ScatteredDerivative(LinearOperator):
    """∂g/∂b at one relief, mGal/m: shape (stations, free cells)."""

    def __init__(self, operator: ScatteredOperator, heights: np.ndarray) -> None:
        super().__init__(np.dtype(float), operator.shape)
        self._operator, self._heights = operator, heights
        contrast = contrast_at(operator.contrast, operator.law, heights)
        self._near = NearDerivative(operator.near, heights, contrast, operator.room)
        self._series = operator.far.series(heights)
        self._terms, self._factor, self._t = self._series.derivative, contrast, self._series.interval.scaled(heights)
        self.response = SlabResponse.of(operator.positions, operator.grid, contrast, operator.free, heights)

    @cached_property
    def rough(self) -> ScatteredDerivative:
        """The same within 1 percent of an infinite slab's and in single precision beyond the near cells, which both share."""
        other = copy(self)
        other._terms, other._factor, other._t = self._series.rough, single(self._factor), single(self._t)
        return other

    def _matvec(self, x: np.ndarray) -> np.ndarray:
        op = self._operator
        change = np.zeros(self._factor.shape)
        change[op.free] = x.ravel()
        return self._near.matvec(change) + op.far.change(self._terms, self._t, self._factor, change)

    def pairs(self) -> np.ndarray:
        """All of it, exactly: (stations, free cells). For cases whose matrix fits, which products need not have."""
        op = self._operator
        dense = DenseOperator(op.positions, op.grid, op.contrast, 0.0, op.free, law=op.law)
        return dense.derivative(self._heights).matrix

    def _rmatvec(self, x: np.ndarray) -> np.ndarray:
        op, values = self._operator, np.ascontiguousarray(x.ravel(), dtype=float)
        result = self._near.rmatvec(values)
        result += op.far.change_backwards(self._terms, self._t, self._factor, values)
        return result[op.free]
