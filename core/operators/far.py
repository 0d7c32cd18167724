"""The smooth part of a sum: the cells beyond the taper, by convolution, whatever the stations' heights.

Without its near cells a sheet's gravity changes slowly with place and with the station's height z as well as the sheet's, b:

    (1 − φ)·Ω(x; b, z) = Σ_kl E_kl(x)·T_k(t(b))·T_l(t(z))

Only the pairs k, l that the tolerance asks for are kept. For each l the sum over cells and k is a convolution on the nodes, which
quintic splines read at the stations; the splines' filter is part of the kernels' spectra. For gravity the integrals over b of f·T_k
stand in T_k's place (see `term_integrals`), f the law of the density with depth.
"""

from __future__ import annotations

import numpy as np

from ..data.relief import Grid
from .chebyshev import (
    DEVIATIONS,
    Interval,
    Sample,
    add_polynomial_products,
    coefficients_matrix,
    integral_gain,
    least_order,
    polynomials,
)
from .density_law import CONSTANT, law_size
from .far_series import FarSeries, Pairs, Terms
from .kept_pairs import kept_pairs
from .lattice_kernels import ROUGH_SHARE, SLAB_SHARE
from .node_kernels import SHEET, UNIT, kernel_coefficients, kernel_rounding, kernel_values, layer_values, sample_offsets
from .padded import PaddedGrid, add_pairs
from .splines import AFTER, BEFORE, read, spread, symbol
from .term_integrals import Level, TermIntegrals

TRIAL_NODES = (20, 40)
"""At how many nodes in each height terms are looked for: twice as many as are kept, so that what is left out is seen."""

FILTER = 6
"""Nodes around the stations within which the splines' filter forgets the grid's end."""

WIDENED, TOO_WIDE, KEPT = 1.5, 4.0, 3
"""As in `lattice_kernels`."""


NO_LAW = np.array([CONSTANT, 0.0, 1.0])


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
    law : array, optional
        As `density_law` describes it.
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
        law: np.ndarray | None = None,
    ) -> None:
        self._grid, self._contrast, self._reference_level, self._law = grid, contrast, reference_level, law
        self._largest = float(np.abs(contrast).max())
        self._taper, self.tolerance = (inner, outer), tolerance
        column, row = grid.fractional_index(stations[:, 0], stations[:, 1])
        start = _first_node(row), _first_node(column)
        count = _last_node(row) - start[0] + 1, _last_node(column) - start[1] + 1
        self._rows, self._columns = row - start[0], column - start[1]
        self.padded = PaddedGrid(grid.shape, start, count)
        room = max(1e-6 * grid.dx, 0.0)
        self._heights = Interval(float(stations[:, 2].min()) - room, float(stations[:, 2].max()) + room)
        self._angles = np.arccos(self._heights.scaled(stations[:, 2]))
        self._made: list[FarSeries] = []
        self._layers: dict[float, np.ndarray] = {}
        self._polynomials: dict[int, np.ndarray] = {}

    def series(self, surface: np.ndarray) -> FarSeries:
        """Kernels that hold for a surface (ny, nx), m; remembered ones where they do, and are not far too wide for it."""
        low, high = float(surface.min()), float(surface.max())
        wanted = self._widened(low, high)
        for item in reversed(self._made):
            narrow = item.interval.high - item.interval.low <= TOO_WIDE * (wanted.high - wanted.low)
            if item.interval.holds(low, high) and narrow:
                return item
        self._made.append(self._make(wanted))
        del self._made[:-KEPT]
        return self._made[-1]

    def gravity(self, series: FarSeries, surface: np.ndarray) -> np.ndarray:
        """Of a relief (ny, nx), m, at the stations: (n,), mGal."""
        t, terms = series.interval.scaled(surface), series.terms
        result = self._convolve(terms, series.integrals.fields(t, self._contrast, 0, terms.orders))
        if series.start == self._reference_level:
            return result
        if series.start not in self._layers:
            self._layers = {series.start: self._convolve(self._layer(series.start), self._contrast[None])}
        return result + self._layers[series.start]

    def change(self, terms: Terms, t: np.ndarray, factor: np.ndarray, x: np.ndarray) -> np.ndarray:
        """Σ_kl E_kl * (factor·T_k(t)·x) at the stations for a change x (ny, nx) of the cells: (n,), in the terms' precision."""
        fields = polynomials(t, factor * x.astype(factor.dtype, copy=False), 0, terms.orders)
        return self._convolve(terms, fields)

    def change_backwards(self, terms: Terms, t: np.ndarray, factor: np.ndarray, values: np.ndarray) -> np.ndarray:
        """The transpose of `change`: (ny, nx)."""
        fields = spread(values, self._rows, self._columns, self._levels(terms), self.padded.count)
        spectra = self.padded.spectra_of_results(fields.astype(factor.dtype, copy=False))
        totals = np.zeros((terms.orders, *self.padded.spectrum_shape), dtype=spectra.dtype)
        add_pairs(totals, spectra, terms.spectra, terms.station_orders, terms.surface_orders)
        result = np.zeros(t.shape)
        add_polynomial_products(result, t, factor, 0, self.padded.on_cells(totals))
        return result

    def orders(self, low: float, high: float) -> tuple[int, int]:
        """How many of the surface's and of the stations' heights the terms have, for surfaces between two heights, m."""
        pairs = self._pairs(self._widened(low, high))
        return int(pairs.surface_orders.max()) + 1, int(pairs.station_orders.max()) + 1

    def memory(self, low: float, high: float) -> int:
        """Bytes of the kernels and of what a product needs, for surfaces between two heights."""
        ny, nx = self.padded.spectrum_shape
        pairs = self._pairs(self._widened(low, high))
        most = int(pairs.surface_orders.max() + pairs.station_orders.max()) + 2
        kernels = (8 * pairs.surface_orders.size + 4 * pairs.in_rough) * (ny // 2 + 1) * nx
        return kernels + 3 * 16 * most * ny * nx // 2

    def _convolve(self, terms: Terms, fields: np.ndarray) -> np.ndarray:
        """Σ over the cells and terms of fields (surface orders, ny, nx) at the stations: (n,)."""
        spectra, levels = self.padded.spectra_of_cells(fields), self._levels(terms)
        totals = np.zeros((levels.shape[1], *self.padded.spectrum_shape), dtype=spectra.dtype)
        add_pairs(totals, spectra, terms.spectra, terms.surface_orders, terms.station_orders)
        del spectra
        return read(self.padded.results(totals), self._rows, self._columns, levels)

    def _levels(self, terms: Terms) -> np.ndarray:
        """T_l of each station's height: (n, station orders)."""
        count = int(terms.station_orders.max()) + 1
        if count not in self._polynomials:
            self._polynomials[count] = np.cos(self._angles[:, None] * np.arange(count))
        return self._polynomials[count]

    def _widened(self, low: float, high: float) -> Interval:
        room = max(0.5 * (WIDENED - 1.0) * (high - low), 1e-6 * self._grid.dx)
        return Interval(low - room, high + room)

    def _make(self, interval: Interval) -> FarSeries:
        pairs = self._pairs(interval)
        orders = pairs.surface_orders, pairs.station_orders
        counts = int(orders[0].max()) + 1, int(orders[1].max()) + 1
        of_surface, of_height = coefficients_matrix(counts[0])[orders[0]], coefficients_matrix(counts[1])[orders[1]]
        matrix = (of_surface[:, :, None] * of_height[:, None, :]).reshape(orders[0].size, -1)
        size, offsets = (self._grid.dx, self._grid.dy), self.padded.even_offsets()
        kernels = kernel_coefficients(SHEET, *offsets, *size, *self._depths(interval, counts), matrix, *self._taper)
        start = float(np.clip(self._reference_level, interval.low, interval.high))
        integrals = TermIntegrals(Level(), interval, start, counts[0], self._law)
        terms = Terms(*orders, self._filtered(kernels))
        return FarSeries(interval, terms, pairs.in_derivative, pairs.in_rough, pairs.bound, start, integrals)

    def _filtered(self, kernels: np.ndarray) -> np.ndarray:
        """Spectra of kernels (k, ...) at the even offsets, with the splines' filter."""
        spectra = self.padded.even_kernel_spectra(kernels)
        ny, nx = self.padded.shape
        spectra /= symbol(ny)[:, None] * symbol(nx)
        return spectra

    def _layer(self, level: float) -> Terms:
        """The body between the reference level and another one: it depends on the stations' heights alone."""
        law, levels = NO_LAW if self._law is None else self._law, (self._reference_level, level)
        size = self._grid.dx, self._grid.dy
        offsets, in_offsets = sample_offsets(max(self.padded.shape) // 2)
        counts = np.outer(in_offsets, in_offsets).ravel()

        def sampled(nodes: int) -> list[Sample]:
            heights = self._heights.nodes(nodes)
            values = layer_values(law, offsets, offsets, *size, heights, *levels, *self._taper)
            rounding = kernel_rounding(0, float(offsets[-1]) * max(size), *(heights - z for z in levels))
            return [Sample(self._largest * values.reshape(-1, nodes), counts, self._largest * rounding)]

        order, _ = least_order(sampled, 0.1 * self.tolerance)
        heights = self._heights.nodes(order)
        values = layer_values(law, *self.padded.even_offsets(), *size, heights, *levels, *self._taper)
        kernels = np.ascontiguousarray(np.moveaxis(values @ coefficients_matrix(order).T, -1, 0))
        return Terms(np.zeros(order, dtype=int), np.arange(order), self._filtered(kernels))

    def _pairs(self, interval: Interval) -> Pairs:
        """The terms that are kept, and a bound on what the others add up to."""
        size_of_law, of_integral = law_size(self._law, interval.low, interval.high)
        half = 0.5 * (interval.high - interval.low) * of_integral
        slab = 2.0 * np.pi * UNIT * self._largest
        shares = np.array([min(self.tolerance, SLAB_SHARE * slab), ROUGH_SHARE * slab]) / max(size_of_law, 1e-300)
        for nodes in TRIAL_NODES:
            size, rounding = self._sizes(interval, nodes)
            kept, bound = kept_pairs(size, rounding, half * integral_gain(nodes), self.tolerance)
            needed, rough = (kept_pairs(size, rounding, np.ones(nodes), share)[0] for share in shares)
            needed = np.union1d(rough, needed)
            both = np.concatenate([rough, np.setdiff1d(needed, rough), np.setdiff1d(kept, needed)])
            surface_orders, station_orders = np.divmod(both, nodes)
            if 2 * max(surface_orders.max(), station_orders.max()) < nodes:
                break
        return Pairs(surface_orders, station_orders, needed.size, rough.size, bound)

    def _sizes(self, interval: Interval, nodes: int) -> tuple[np.ndarray, float]:
        """What the terms of each pair of orders add up to at the most (nodes, nodes), and the noise that rounding makes of one.

        Terms of high order in both heights are rounding alone, in each kernel by itself; what is no larger is left aside.
        """
        offsets, in_offsets = sample_offsets(max(self.padded.shape) // 2)
        counts = np.outer(in_offsets, in_offsets).ravel()
        size, matrix = (self._grid.dx, self._grid.dy), coefficients_matrix(nodes)
        depths = self._depths(interval, (nodes, nodes))
        values = kernel_values(SHEET, offsets, offsets, *size, *depths, *self._taper)
        terms = np.abs(matrix @ values.reshape(-1, nodes, nodes) @ matrix.T) * self._largest
        noise = terms[:, nodes // 2 :, nodes // 2 :].reshape(counts.size, -1)
        terms[terms <= 2.0 * noise.max(axis=1)[:, None, None]] = 0.0
        return np.tensordot(counts, terms, 1), DEVIATIONS * float(np.sqrt(counts @ np.mean(noise**2, axis=1)))

    def _depths(self, interval: Interval, counts: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
        """Of stations above the surface and above the reference level, m, at nodes in both: surface by surface."""
        heights = self._heights.nodes(counts[1])
        depths = (heights - interval.nodes(counts[0])[:, None]).ravel()
        return depths, np.tile(heights - self._reference_level, counts[0])


def _first_node(places: np.ndarray) -> int:
    return int(np.floor(places.min())) - BEFORE - FILTER


def _last_node(places: np.ndarray) -> int:
    return int(np.floor(places.max())) + AFTER + FILTER
