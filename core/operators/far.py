"""The smooth part of a sum: the cells beyond the taper, by convolution, whatever the stations' heights.

Without its near cells the kernel changes slowly with place and with the station's height z as well as the surface's b:

    (1 − φ)·K(x; b, z) = Σ_kl C_kl(x)·T_k(t(b))·T_l(t(z))

Only the pairs k, l that the tolerance asks for are kept. For each l the sum over cells and k is a convolution on the nodes, which
quintic splines read at the stations; the splines' filter is part of the kernels' spectra.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..data.relief import Grid
from .chebyshev import DEVIATIONS, Interval, add_polynomial_products, coefficients_matrix, polynomials
from .node_kernels import INTEGRAL, UNIT, kernel_coefficients, kernel_values, sample_offsets
from .padded import PaddedGrid, add_pairs
from .splines import AFTER, BEFORE, read, spread, symbol

TRIAL_NODES = (20, 40)
"""At how many nodes in each height terms are looked for: twice as many as are kept, so that what is left out is seen."""

FILTER = 6
"""Nodes around the stations within which the splines' filter forgets the grid's end."""

WIDENED, TOO_WIDE, KEPT = 1.5, 4.0, 3
"""As in `lattice_kernels`."""


@dataclass(frozen=True)
class FarSeries:
    """The kernel's terms as spectra, for surfaces within an interval of heights."""

    interval: Interval
    surface_orders: np.ndarray  # k of each pair
    station_orders: np.ndarray  # l
    spectra: np.ndarray  # (pairs, Ny/2 + 1, Nx/2 + 1)
    bound: float  # of the error in the sum over all cells, mGal or mGal/m


class FarCells:
    """Convolutions for the cells beyond the taper.

    Parameters
    ----------
    stations : array (n, 3)
        Easting, northing, height, m.
    grid : Grid
    contrast : array (ny, nx)
        kg/m3.
    reference_level : float
        m.
    inner, outer : float
        The taper's distances, m.
    tolerance : float
        mGal, of the series; the splines' error depends on the taper alone.
    """

    def __init__(
        self,
        stations: np.ndarray,
        grid: Grid,
        contrast: np.ndarray,
        reference_level: float,
        inner: float,
        outer: float,
        tolerance: float,
    ) -> None:
        self._grid, self._contrast, self._reference_level = grid, contrast, reference_level
        self._inner, self._outer, self.tolerance = inner, outer, tolerance
        column, row = grid.fractional_index(stations[:, 0], stations[:, 1])
        start = _first_node(row), _first_node(column)
        count = _last_node(row) - start[0] + 1, _last_node(column) - start[1] + 1
        self._rows, self._columns = row - start[0], column - start[1]
        self.padded = PaddedGrid(grid.shape, start, count)
        room = max(1e-6 * grid.dx, 0.0)
        self._heights = Interval(float(stations[:, 2].min()) - room, float(stations[:, 2].max()) + room)
        self._scaled_heights = self._heights.scaled(stations[:, 2])
        self._made: dict[int, list[FarSeries]] = {}

    def series(self, kind: int, surface: np.ndarray, wide: bool = False) -> FarSeries:
        """Kernels that hold for a surface (ny, nx), m; remembered ones where they do, and are not far too `wide` for it."""
        low, high = float(surface.min()), float(surface.max())
        made = self._made.setdefault(kind, [])
        wanted = self._widened(low, high)
        for item in reversed(made):
            narrow = item.interval.high - item.interval.low <= TOO_WIDE * (wanted.high - wanted.low)
            if item.interval.holds(low, high) and (narrow or wide):
                return item
        made.append(self._make(kind, wanted))
        del made[:-KEPT]
        return made[-1]

    def convolve(self, series: FarSeries, surface: np.ndarray, factor: np.ndarray) -> np.ndarray:
        """Σ_cells factor·(1 − φ)·kernel at the stations: (n,)."""
        t, orders, levels = self._arguments(series, surface)
        spectra = self.padded.spectra_of_cells(polynomials(t, factor, 0, orders))
        totals = np.zeros((levels.shape[1], *self.padded.spectrum_shape), dtype=complex)
        add_pairs(totals, spectra, series.spectra, series.surface_orders, series.station_orders)
        del spectra
        return read(self.padded.results(totals), self._rows, self._columns, levels)

    def correlate(self, series: FarSeries, surface: np.ndarray, factor: np.ndarray, values: np.ndarray) -> np.ndarray:
        """`convolve` backwards: (ny, nx)."""
        t, orders, levels = self._arguments(series, surface)
        fields = spread(values, self._rows, self._columns, levels, self.padded.count)
        spectra = self.padded.spectra_of_results(fields)
        totals = np.zeros((orders, *self.padded.spectrum_shape), dtype=complex)
        add_pairs(totals, spectra, series.spectra, series.station_orders, series.surface_orders)
        result = np.zeros(t.shape)
        add_polynomial_products(result, t, factor, 0, self.padded.on_cells(totals))
        return result

    def memory(self, low: float, high: float, derivative: bool) -> int:
        """Bytes of the kernels and of what a product needs, for surfaces between two heights."""
        ny, nx = self.padded.spectrum_shape
        total, most = 0, 0
        for kind in (INTEGRAL, INTEGRAL + 1)[: 2 if derivative else 1]:
            surface_orders, station_orders, _ = self._pairs(kind, self._widened(low, high))
            total += 8 * surface_orders.size * (ny // 2 + 1) * nx
            most = max(most, int(surface_orders.max() + station_orders.max()) + 2)
        return total + 3 * 16 * most * ny * nx // 2

    def _arguments(self, series: FarSeries, surface: np.ndarray) -> tuple[np.ndarray, int, np.ndarray]:
        """t of the surface, how many orders it has, and T_l of each station's height."""
        t = series.interval.scaled(surface)
        angles = np.arccos(self._scaled_heights)
        levels = np.cos(angles[:, None] * np.arange(series.station_orders.max() + 1))
        return t, int(series.surface_orders.max()) + 1, levels

    def _widened(self, low: float, high: float) -> Interval:
        room = max(0.5 * (WIDENED - 1.0) * (high - low), 1e-6 * self._grid.dx)
        return Interval(low - room, high + room)

    def _make(self, kind: int, interval: Interval) -> FarSeries:
        surface_orders, station_orders, bound = self._pairs(kind, interval)
        counts = int(surface_orders.max()) + 1, int(station_orders.max()) + 1
        kernels = self._terms(kind, interval, counts, (surface_orders, station_orders), *self.padded.even_offsets())
        spectra = self.padded.even_kernel_spectra(kernels)
        ny, nx = self.padded.shape
        spectra /= symbol(ny)[:, None] * symbol(nx)
        return FarSeries(interval, surface_orders, station_orders, spectra, bound)

    def _pairs(self, kind: int, interval: Interval) -> tuple[np.ndarray, np.ndarray, float]:
        """The orders k and l of the terms that are kept, and a bound on what the others add up to."""
        tolerance = self.tolerance
        if kind != INTEGRAL:
            tolerance = min(tolerance, 1e-3 * 2.0 * np.pi * UNIT * float(np.abs(self._contrast).max()))
        for nodes in TRIAL_NODES:
            size, rounding = self._sizes(kind, interval, nodes)
            unseen = (
                size[-nodes // 4 :].sum() + size[:, -nodes // 4 :].sum()
            )  # no more than these, halving in a quarter
            ascending = np.argsort(size, axis=None)
            dropped = 2.0 * (np.cumsum(size.ravel()[ascending]) + unseen)
            aim = max(tolerance - rounding * nodes, 0.5 * tolerance, 4.0 * unseen)
            kept = np.sort(ascending[dropped > min(aim, 0.999 * dropped[-1])])
            kept = kept if kept.size else np.zeros(1, dtype=int)
            surface_orders, station_orders = np.divmod(kept, nodes)
            if 2 * max(surface_orders.max(), station_orders.max()) < nodes:
                break
        bound = 2.0 * (size.sum() - size.ravel()[kept].sum() + unseen) + rounding * kept.size**0.5
        return surface_orders, station_orders, float(bound)

    def _sizes(self, kind: int, interval: Interval, nodes: int) -> tuple[np.ndarray, float]:
        """What the terms of each pair of orders add up to at the most (nodes, nodes), and the noise that rounding makes of one.

        Terms of high order in both heights are rounding alone, in each kernel by itself; what is no larger is left aside.
        """
        offsets, in_offsets = sample_offsets(max(self.padded.shape) // 2)
        counts = np.outer(in_offsets, in_offsets).ravel()
        taper, matrix = (self._inner, self._outer), coefficients_matrix(nodes)
        values = kernel_values(
            kind, offsets, offsets, self._grid.dx, self._grid.dy, *self._depths(interval, (nodes, nodes)), *taper
        )
        terms = np.abs(matrix @ values.reshape(-1, nodes, nodes) @ matrix.T) * float(np.abs(self._contrast).max())
        noise = terms[:, nodes // 2 :, nodes // 2 :].reshape(counts.size, -1)
        terms[terms <= 2.0 * noise.max(axis=1)[:, None, None]] = 0.0
        return np.tensordot(counts, terms, 1), DEVIATIONS * float(np.sqrt(counts @ np.mean(noise**2, axis=1)))

    def _depths(self, interval: Interval, counts: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
        """Of stations above the surface and above the reference level, m, at nodes in both: surface by surface."""
        heights = self._heights.nodes(counts[1])
        depths = (heights - interval.nodes(counts[0])[:, None]).ravel()
        return depths, np.tile(heights - self._reference_level, counts[0])

    def _terms(
        self,
        kind: int,
        interval: Interval,
        counts: tuple[int, int],
        pairs: tuple[np.ndarray, np.ndarray],
        rows: np.ndarray,
        columns: np.ndarray,
    ) -> np.ndarray:
        """Coefficients of pairs of orders at offsets in cells: (pairs, rows, columns)."""
        of_surface, of_height = coefficients_matrix(counts[0])[pairs[0]], coefficients_matrix(counts[1])[pairs[1]]
        matrix = (of_surface[:, :, None] * of_height[:, None, :]).reshape(pairs[0].size, -1)
        size, taper = (self._grid.dx, self._grid.dy), (self._inner, self._outer)
        return kernel_coefficients(kind, rows, columns, *size, *self._depths(interval, counts), matrix, *taper)


def _first_node(places: np.ndarray) -> int:
    return int(np.floor(places.min())) - BEFORE - FILTER


def _last_node(places: np.ndarray) -> int:
    return int(np.floor(places.max())) + AFTER + FILTER
