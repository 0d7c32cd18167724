"""Small cases that are asked for hundreds of reliefs: the gravity of every pair of station and cell, tabulated in height.

A pair's gravity is a Chebyshev series in u = log(top − b + a), top the highest level that a surface may have and a half a cell (see
`chebyshev`); the derivative is that of the same series. A table holds for any law of the density, and tells both in a tenth of the
time of the exact sum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..data.relief import Grid
from ..data.stations import Positions
from . import Operator
from .chebyshev import Interval, coefficients_matrix
from .dense import DenseDerivative
from .density_law import CONSTANT, law_integral
from .node_kernels import UNIT
from .prism import jit
from .response import SlabResponse
from .threads import over_rows

ORDER = 16
MARGIN = 8.0
"""What the last two terms are multiplied by: those beyond them fall at least so that they add up to no more."""
MOST_BYTES = 2e8


@jit
def _fill_table(first, last, table, stations, west, south, dx, dy, nx, cells, contrast, law, base, levels, matrix):
    order, nodes = matrix.shape
    values = np.empty(nodes)
    for c in range(first, last):
        row, col = cells[c] // nx, cells[c] % nx
        for i in range(stations.shape[0]):
            x1 = west + col * dx - stations[i, 0]
            y1 = south + row * dy - stations[i, 1]
            for n in range(nodes):
                values[n] = contrast[c] * law_integral(law, x1, x1 + dx, y1, y1 + dy, stations[i, 2], base, levels[n])
            for k in range(order):
                total = 0.0
                for n in range(nodes):
                    total += matrix[k, n] * values[n]
                table[c, k, i] = total


@jit
def _add_gravity(first, last, result, table, chosen, t):
    part = result[first:last]
    for c in range(chosen.size):
        before, now = t[c], 1.0
        for k in range(table.shape[1]):
            term = table[chosen[c], k, first:last]
            for i in range(part.size):
                part[i] += now * term[i]
            before, now = now, 2.0 * t[c] * now - before


@jit
def _fill_derivative(first, last, result, table, chosen, t, stretch):
    for c in range(first, last):
        below, slope = 0.0, 1.0  # U of second kind, orders −1 and 0: T_k' = k U_(k−1)
        for i in range(result.shape[1]):
            result[c, i] = 0.0
        for k in range(1, table.shape[1]):
            factor = k * slope * stretch[c]
            for i in range(result.shape[1]):
                result[c, i] += factor * table[chosen[c], k, i]
            below, slope = slope, 2.0 * t[c] * slope - below


class PairTable:
    """Gravity of cells at stations, between a level and each height of an interval.

    Parameters
    ----------
    positions : Positions
        The stations, m.
    grid : Grid
    cells : array of int (k,)
        Flat numbers of the cells that may move.
    contrast : array (ny, nx)
        kg/m3; with a law the one at its datum.
    law : array or None
        As `density_law` describes it.
    low, high : float
        Between which the cells' surfaces may lie, m.
    tolerance : float
        mGal, of the sum over all cells: so many terms are kept, up to `ORDER`.
    """

    def __init__(
        self,
        positions: Positions,
        grid: Grid,
        cells: np.ndarray,
        contrast: np.ndarray,
        law: np.ndarray | None,
        low: float,
        high: float,
        tolerance: float,
    ) -> None:
        self.positions, self.grid, self.cells, self.low, self.high = positions, grid, cells, low, high
        self.contrast = np.ascontiguousarray(np.broadcast_to(contrast, grid.shape), dtype=float)
        self._half = 0.5 * min(grid.dx, grid.dy)
        self._interval = Interval(float(np.log(self._half)), float(np.log(high - low + self._half)))
        levels = high + self._half - np.exp(self._interval.nodes(ORDER))
        stations = np.column_stack([positions.easting, positions.northing, positions.height])
        form = np.array([CONSTANT, 0.0, 1.0]) if law is None else law
        table = np.empty((cells.size, ORDER, positions.size))
        place = (grid.west, grid.south, grid.dx, grid.dy, grid.shape[1], cells, self.contrast.ravel()[cells])
        arguments = (table, stations, *place, form, 0.5 * (low + high), levels, coefficients_matrix(ORDER))
        over_rows(_fill_table, cells.size, 100 * table.size, *arguments)
        terms = np.abs(UNIT * table).sum(axis=0).max(axis=1)
        bounds = MARGIN * (terms[:-1] + terms[1:])  # of the error without these
        order = int(np.argmax(bounds <= tolerance)) + 1 if (bounds <= tolerance).any() else ORDER
        self._table = np.ascontiguousarray((UNIT * table[:, :order]).astype(np.float32))
        self.bound = float(bounds[min(order, ORDER - 1) - 1])
        """Of gravity's error at any station, mGal."""

    @staticmethod
    def fits(stations: int, cells: int) -> bool:
        """Whether a table of so many pairs is small."""
        return 8.0 * ORDER * stations * cells <= MOST_BYTES

    def holds(self, heights: np.ndarray) -> bool:
        return bool(heights.size == 0 or (heights.min() >= self.low and heights.max() <= self.high))

    def gravity(self, chosen: np.ndarray, heights: np.ndarray) -> np.ndarray:
        """Of some of the cells, by their numbers among `cells`, at heights, m: (stations,) mGal, up to a constant of each cell."""
        result = np.zeros(self.positions.size)
        t = self._interval.scaled(np.log(self.high - heights + self._half))
        over_rows(_add_gravity, result.size, 2 * result.size * ORDER * t.size, result, self._table, chosen, t)
        return result

    def derivative(self, chosen: np.ndarray, heights: np.ndarray) -> np.ndarray:
        """Of the same by each cell's height: (stations, cells), mGal/m."""
        depth = self.high - heights + self._half
        t = self._interval.scaled(np.log(depth))
        stretch = -2.0 / ((self._interval.high - self._interval.low) * depth)
        result = np.empty((chosen.size, self.positions.size))
        over_rows(_fill_derivative, chosen.size, 2 * result.size * ORDER, result, self._table, chosen, t, stretch)
        return result.T


@dataclass
class TabulatedOperator:
    """Gravity of a relief whose free cells are tabulated and whose others stay as they are.

    Reliefs that leave the table's heights are summed by another operator.
    """

    table: PairTable
    free: np.ndarray  # (ny, nx) bool
    start: np.ndarray  # (ny, nx) m
    start_gravity: np.ndarray  # (stations,) mGal, of that relief
    exact: Operator

    def __post_init__(self) -> None:
        cells = np.flatnonzero(self.free)
        self.shape = (self.table.positions.size, cells.size)
        self._chosen = np.searchsorted(self.table.cells, cells)
        self._rest = self.start_gravity - self.table.gravity(self._chosen, self.start[self.free])

    def gravity(self, heights: np.ndarray) -> np.ndarray:
        """Gravity of the relief (ny, nx), m, at the stations: (n,), mGal, positive down."""
        if not self.table.holds(heights[self.free]):
            return self.exact.gravity(heights)
        return self._rest + self.table.gravity(self._chosen, heights[self.free])

    def derivative(self, heights: np.ndarray) -> DenseDerivative:
        """∂g/∂b at this relief: (stations, free cells), mGal/m."""
        if not self.table.holds(heights[self.free]):
            return DenseDerivative(self.exact.derivative(heights).matrix)
        table = self.table
        response = SlabResponse.of(table.positions, table.grid, table.contrast, self.free, heights)
        return DenseDerivative(table.derivative(self._chosen, heights[self.free]), response)
