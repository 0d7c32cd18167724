"""The exact part of a sum: the few cells near each station, weighted by the taper."""

from __future__ import annotations

import math

import numpy as np

from .density_law import law_integral
from .node_kernels import UNIT, near_weight
from .prism import jit, jit_sums, solid_angle, solid_angle_integral
from .threads import over_rows, threads

BLOCK = 2**21
"""Pairs of station and cell that are computed at once where they are not kept."""


@jit
def _range(centre, reach, start, step, count):
    """Numbers of the cells whose centres lie within the reach of a coordinate: first, last + 1."""
    first = math.ceil((centre - reach - start) / step)
    last = math.floor((centre + reach - start) / step)
    return max(first, 0), max(min(last + 1, count), max(first, 0))


@jit
def _columns(station, row, grid, outer, count):
    """The cells of a row that lie within the outer distance of a station, and its distance to the row."""
    across = grid[1] + row * grid[3] - station[1]
    reach = math.sqrt(max(outer * outer - across * across, 0.0))
    first, last = _range(station[0], reach, grid[0], grid[2], count)
    return first, last, across


@jit
def _count_rows(first, last, result, stations, grid, outer, ny):
    for i in range(first, last):
        bottom, top = _range(stations[i, 1], outer, grid[1], grid[3], ny)
        result[i] = top - bottom


@jit
def _fill_runs(first, last, runs, counts, starts, stations, grid, outer, ny, nx):
    """The near cells of each station, row by row: the row, its first cell and the one after its last; and how many they are."""
    for i in range(first, last):
        bottom, top = _range(stations[i, 1], outer, grid[1], grid[3], ny)
        at = starts[i]
        for row in range(bottom, top):
            left, right, _ = _columns(stations[i], row, grid, outer, nx)
            runs[at, 0], runs[at, 1], runs[at, 2] = row, left, right
            counts[i] += right - left
            at += 1


@jit
def _sum_integrals(first, last, result, stations, grid, inner, outer, levels, contrast):
    ny, nx = levels.shape
    for i in range(first, last):
        bottom, top = _range(stations[i, 1], outer, grid[1], grid[3], ny)
        total = 0.0
        for row in range(bottom, top):
            left, right, y = _columns(stations[i], row, grid, outer, nx)
            for col in range(left, right):
                x = grid[0] + col * grid[2] - stations[i, 0]
                factor = contrast[row, col] * near_weight(math.sqrt(x * x + y * y), inner, outer)
                if factor != 0.0:
                    total += factor * solid_angle_integral(
                        x - 0.5 * grid[2],
                        x + 0.5 * grid[2],
                        y - 0.5 * grid[3],
                        y + 0.5 * grid[3],
                        stations[i, 2] - levels[row, col],
                    )
        result[i] = total


@jit
def _sum_law_integrals(first, last, result, stations, grid, inner, outer, levels, contrast, law, reference_level):
    ny, nx = levels.shape
    for i in range(first, last):
        bottom, top = _range(stations[i, 1], outer, grid[1], grid[3], ny)
        total = 0.0
        for row in range(bottom, top):
            left, right, y = _columns(stations[i], row, grid, outer, nx)
            for col in range(left, right):
                x = grid[0] + col * grid[2] - stations[i, 0]
                factor = contrast[row, col] * near_weight(math.sqrt(x * x + y * y), inner, outer)
                if factor != 0.0 and levels[row, col] != reference_level:
                    total += factor * law_integral(
                        law,
                        x - 0.5 * grid[2],
                        x + 0.5 * grid[2],
                        y - 0.5 * grid[3],
                        y + 0.5 * grid[3],
                        stations[i, 2],
                        reference_level,
                        levels[row, col],
                    )
        result[i] = total


@jit
def _fill_solid_angles(first, last, values, starts, offset, stations, grid, inner, outer, levels, contrast):
    ny, nx = levels.shape
    for i in range(first + offset, last + offset):
        bottom, top = _range(stations[i, 1], outer, grid[1], grid[3], ny)
        at = starts[i] - starts[offset]
        for row in range(bottom, top):
            left, right, y = _columns(stations[i], row, grid, outer, nx)
            for col in range(left, right):
                x = grid[0] + col * grid[2] - stations[i, 0]
                factor = contrast[row, col] * near_weight(math.sqrt(x * x + y * y), inner, outer)
                values[at] = 0.0
                if factor != 0.0:
                    values[at] = factor * solid_angle(
                        x - 0.5 * grid[2],
                        x + 0.5 * grid[2],
                        y - 0.5 * grid[3],
                        y + 0.5 * grid[3],
                        stations[i, 2] - levels[row, col],
                    )
                at += 1


@jit_sums
def _multiply(first, last, result, values, starts, offset, run_starts, runs, x):
    for i in range(first + offset, last + offset):
        at, total = starts[i] - starts[offset], 0.0
        for run in range(run_starts[i], run_starts[i + 1]):
            row, left, right = runs[run]
            there, weights = x[row, left:right], values[at : at + right - left]
            for k in range(right - left):
                total += weights[k] * there[k]
            at += right - left
        result[i] += total


@jit
def _multiply_transposed(first, last, results, values, starts, edges, run_starts, runs, u):
    for part in range(first, last):
        for i in range(edges[part], edges[part + 1]):
            at, factor = starts[i] - starts[edges[0]], u[i]
            for run in range(run_starts[i], run_starts[i + 1]):
                row, left, right = runs[run]
                there, weights = results[part, row, left:right], values[at : at + right - left]
                for k in range(right - left):
                    there[k] += factor * weights[k]
                at += right - left


class NearCells:
    """Which cells are near which station.

    Parameters
    ----------
    stations : array (n, 3)
        Easting, northing, height, m.
    grid : tuple
        Easting and northing of the first cell's centre, dx and dy, m.
    contrast : array (ny, nx)
        kg/m3.
    inner, outer : float
        The taper's distances, m.
    """

    def __init__(
        self,
        stations: np.ndarray,
        grid: tuple[float, float, float, float],
        contrast: np.ndarray,
        inner: float,
        outer: float,
    ) -> None:
        self.stations, self.grid, self.contrast = stations, grid, contrast
        self.inner, self.outer = inner, outer
        n, shape = len(stations), contrast.shape
        rows, counts = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
        over_rows(_count_rows, n, 100 * n, rows, stations, grid, outer, shape[0])
        self.run_starts = np.concatenate([[0], np.cumsum(rows)])
        self.runs = np.empty((int(self.run_starts[-1]), 3), dtype=np.int32)
        over_rows(_fill_runs, n, 1000 * n, self.runs, counts, self.run_starts, stations, grid, outer, *shape)
        self.starts = np.concatenate([[0], np.cumsum(counts)])

    @property
    def pairs(self) -> int:
        return int(self.starts[-1])

    def integrals(self, levels: np.ndarray) -> np.ndarray:
        """Σ φ·Δρ·Q(z − level) over the near cells: (n,), mGal; Q as in `prism.solid_angle_integral`."""
        result = np.empty(len(self.stations))
        arguments = (result, self.stations, self.grid, self.inner, self.outer, levels, self.contrast)
        over_rows(_sum_integrals, result.size, 100 * self.pairs, *arguments)
        return UNIT * result

    def law_integrals(self, levels: np.ndarray, law: np.ndarray, reference_level: float) -> np.ndarray:
        """Σ φ·Δρ·∫ f·Ω dz from the reference level to the near cells' own: (n,), mGal; f as in `density_law`."""
        result = np.empty(len(self.stations))
        arguments = (self.stations, self.grid, self.inner, self.outer, levels, self.contrast, law, reference_level)
        over_rows(_sum_law_integrals, result.size, 1000 * self.pairs, result, *arguments)
        return UNIT * result


class NearDerivative:
    """φ·∂g/∂b of the near cells at one relief, in single precision, the sums in double: kept where there is room, else made block by
    block at each use.

    Parameters
    ----------
    cells : NearCells
    heights, contrast : array (ny, nx)
        m; kg/m3, of the density there.
    room : int
        Bytes that may be kept.
    """

    def __init__(self, cells: NearCells, heights: np.ndarray, contrast: np.ndarray, room: int) -> None:
        self._cells, self._heights, self._contrast = cells, heights, contrast
        n = len(cells.stations)
        blocks = 1 if 4 * cells.pairs <= room else math.ceil(cells.pairs / BLOCK)
        edges = np.unique(np.searchsorted(cells.starts, np.linspace(0, cells.pairs, blocks + 1)[1:-1]))
        self._edges = [0, *edges.tolist(), n]
        self._kept: np.ndarray | None = None
        if blocks == 1:
            self._kept = self._values(0, n)

    def _values(self, first: int, last: int) -> np.ndarray:
        """φ·∂g/∂b of the pairs of a range of stations, mGal/m."""
        if self._kept is not None:
            return self._kept
        cells = self._cells
        values = np.empty(int(cells.starts[last] - cells.starts[first]), dtype=np.float32)
        arguments = (values, cells.starts, first, cells.stations, cells.grid, cells.inner, cells.outer)
        operations = 100 * values.size
        over_rows(_fill_solid_angles, last - first, operations, *arguments, self._heights, self._contrast)
        values *= UNIT
        return values

    def matvec(self, x: np.ndarray) -> np.ndarray:
        """Of a change of the relief (ny, nx), m: (n,) mGal."""
        cells = self._cells
        result = np.zeros(len(cells.stations))
        for first, last in zip(self._edges[:-1], self._edges[1:], strict=True):
            values = self._values(first, last)
            arguments = (result, values, cells.starts, first, cells.run_starts, cells.runs, x)
            over_rows(_multiply, last - first, 4 * values.size, *arguments)
        return result

    def rmatvec(self, u: np.ndarray) -> np.ndarray:
        """Of values at the stations: (ny, nx)."""
        cells = self._cells
        parts = threads(4 * cells.pairs)
        results = np.zeros((parts, *self._heights.shape))
        for first, last in zip(self._edges[:-1], self._edges[1:], strict=True):
            values = self._values(first, last)
            edges = np.array([first + (last - first) * i // parts for i in range(parts + 1)])
            arguments = (results, values, cells.starts, edges, cells.run_starts, cells.runs, u)
            over_rows(_multiply_transposed, parts, 4 * values.size, *arguments)
        return results.sum(axis=0)
