"""Stations on a refinement of the relief's nodes, at one height: sums over cells are convolutions.

A sheet of cells, times its depth d below the stations, is a Chebyshev series in log depth (see `chebyshev`). Its terms make both

    g = Σ_k E_k * (Δρ·Q_k(b))        J v = Σ_k E_k * (Δρ·f(b)·T_k(t(b))/d(b)·v)        Jᵀu = Δρ·f(b)/d(b)·Σ_k T_k(t(b))·(E_k ⋆ u)

with * the convolution over the lattice and ⋆ the correlation, f the law of the density with depth, Q_k its integral over a term from
the reference level (see `term_integrals`). Where that level lies outside the relief's range, the flat layer between is added as one
kernel more. Cells above the stations are summed exactly, pair by pair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from functools import cached_property

import numpy as np
from scipy.sparse.linalg import LinearOperator

from ..data.relief import Grid
from ..data.stations import Positions
from .annulus_table import AnnulusTable
from .chebyshev import add_polynomial_products, polynomials
from .cost import Cost, gridded_cost
from .dense import ANNULUS, EXACT, DenseDerivative, DenseOperator
from .density_law import contrast_at
from .lattice import Lattice
from .lattice_kernels import shared_kernels
from .lattice_series import Orders, Series
from .node_kernels import ANNULUS as ANNULUS_KERNEL
from .node_kernels import SHEET
from .padded import add_adjoint_products, add_products, single
from .promise import Promise
from .response import SlabResponse

BATCH = 2**19
"""Numbers transformed in one call: few calls for small grids, little memory for large ones."""


class GriddedOperator:
    """Gravity of a relief and its derivative at stations on a lattice of its nodes.

    Parameters
    ----------
    positions : Positions
        The stations, m.
    lattice : Lattice
        Where they are on the grid, from `find_lattice`.
    grid : Grid
        The relief's cells.
    contrast : array (ny, nx)
        Density below the relief minus density above it, kg/m3.
    reference_level : float
        z0, m.
    tolerance : float
        Largest error of gravity, mGal: an upper bound whatever the relief. The derivative's is the same per metre, or 0.001 of
        an infinite slab's where that is less.
    free : array of bool (ny, nx), optional
        The cells whose derivative is asked for. All, where left out.
    derivative : int
        EXACT or ANNULUS.
    promise : Promise, optional
        Told of every gravity's bound.
    law : array, optional
        How density varies with depth, see `density_law`; the contrast is then the one at the datum.
    """

    def __init__(
        self,
        positions: Positions,
        lattice: Lattice,
        grid: Grid,
        contrast: np.ndarray,
        reference_level: float,
        tolerance: float,
        free: np.ndarray | None = None,
        derivative: int = EXACT,
        promise: Promise | None = None,
        law: np.ndarray | None = None,
    ) -> None:
        self.positions, self.lattice, self.grid = positions, lattice, grid
        self.contrast = np.ascontiguousarray(np.broadcast_to(contrast, grid.shape), dtype=float)
        self.reference_level, self.law, self._promise = float(reference_level), law, promise
        self.free = np.ones(grid.shape, dtype=bool) if free is None else free
        self.kind = derivative
        self.shape = (positions.size, int(self.free.sum()))
        largest = float(np.abs(self.contrast).max())
        self.kernels = shared_kernels(lattice, grid, largest, self.reference_level, tolerance, law)
        self._layers: dict[float, np.ndarray] = {}

    @cached_property
    def annuli(self) -> AnnulusTable:
        """The distances of the annulus derivative's matrix."""
        return AnnulusTable(self.lattice, self.grid)

    def gravity(self, heights: np.ndarray) -> np.ndarray:
        """Gravity of the relief (ny, nx), m, at the stations: (n,), mGal, positive down."""
        too_high = heights > self.kernels.highest(SHEET)
        series, t = self.series(SHEET, heights, too_high)
        factor, integrals = np.where(too_high, 0.0, self.contrast), series.integrals
        assert integrals is not None

        def fields(first: int, count: int) -> np.ndarray:
            return integrals.fields(t, factor, first, count)

        result = self.convolve(series.spectra, series.orders.gravity, fields)
        bound = series.orders.bound + self._add_layer(result, series.start)
        if self._promise is not None:
            self._promise.look(bound, self._promise.tolerance)
        if too_high.any():
            result += self._dense(self.contrast * too_high, series.start).gravity(heights)
        return result

    def _add_layer(self, result: np.ndarray, level: float) -> float:
        """Add the body of all cells between the reference level and another, and return a bound on its error, mGal."""
        layer = self.kernels.layer(level)
        if layer is None:
            return 0.0
        if level not in self._layers:
            self._layers = {level: self.convolve(layer.spectra, 1, lambda first, count: self.contrast[None])}
        result += self._layers[level]
        return layer.bound

    def derivative(self, heights: np.ndarray) -> GriddedDerivative:
        """∂g/∂b at this relief (ny, nx): (stations, free cells), mGal/m."""
        return GriddedDerivative(self, heights)

    def memory(self, low: float, high: float, derivative: bool = True) -> int:
        """Bytes needed for reliefs between two heights, m: known before anything is set up."""
        kinds = (SHEET, ANNULUS_KERNEL)[: 2 if derivative and self.kind == ANNULUS else 1]
        orders = [self._order(kind, low, high) for kind in kinds]
        batch = min(max(1, BATCH // self.kernels.padded.size), max(orders))
        return self.kernels.memory(sum(orders)) + 16 * (3 * batch + 1) * int(
            np.prod(self.kernels.padded.spectrum_shape)
        )

    def cost(self, low: float, high: float) -> Cost:
        """What an inversion is likely to take for reliefs between two heights, m."""
        terms = self._orders(SHEET, low, high).gravity * len(self.lattice.parts)
        return gridded_cost(terms, self.kernels.padded.size, self.memory(low, high))

    def bound(self, low: float, high: float) -> float:
        """What gravity's error stays below for reliefs between two heights, m: mGal. Known before anything is set up."""
        return self._orders(SHEET, low, high).bound

    def _order(self, kind: int, low: float, high: float) -> int:
        orders = self._orders(kind, low, high)
        return max(orders.gravity, orders.derivative) + (orders.rough + 1) // 2  # which take half the memory

    def _orders(self, kind: int, low: float, high: float) -> Orders:
        highest = self.kernels.highest(kind)
        ends = np.array([[min(low, highest), min(high, highest)]])
        return self.kernels.orders(kind, self.kernels.widened(kind, ends))

    def surface(self, heights: np.ndarray) -> np.ndarray:
        """What the derivative's kernel looks at: the relief, or for the annulus max(b, z0)."""
        return heights if self.kind == EXACT else np.maximum(heights, self.reference_level)

    def series(self, kind: int, surface: np.ndarray, too_high: np.ndarray) -> tuple[Series, np.ndarray]:
        """The kernels that hold for a surface, and their argument t on its cells."""
        lowered = np.ascontiguousarray(np.where(too_high, self.kernels.highest(kind), surface))
        inside = surface[~too_high] if too_high.any() else surface
        series = self.kernels.series(kind, inside)
        return series, series.interval.scaled(self.kernels.log_depth(lowered))

    def convolve(
        self, kernels: tuple[np.ndarray, ...], order: int, fields: Callable[[int, int], np.ndarray]
    ) -> np.ndarray:
        """Σ_k kernel_k * field_k over so many terms, at the stations: (n,).

        Parameters
        ----------
        kernels : tuple of array
            The spectra of each sub-lattice; all is computed in their precision, the fields being made in it too.
        order : int
        fields : callable
            Makes the fields on the cells: of the first one's number and their count, (count, ny, nx).
        """
        padded = self.kernels.padded
        precision = np.result_type(kernels[0].dtype, np.complex64)
        totals = [np.zeros(padded.spectrum_shape, dtype=precision) for _ in self.lattice.parts]
        room = np.empty((min(self._batch, order), *padded.spectrum_shape), dtype=precision)
        for first, count in self._batches(order):
            spectra = padded.spectra_in(room[:count], fields(first, count))
            for total, made in zip(totals, kernels, strict=True):
                add_products(total, spectra, made[first : first + count])
        result = np.empty(self.positions.size)
        for part in self.lattice.parts:
            field = padded.results(totals.pop(0)[None])[0]
            result[part.stations] = field.ravel()[part.nodes]
        return result

    def correlate(
        self, kernels: tuple[np.ndarray, ...], order: int, t: np.ndarray, factor: np.ndarray, values: np.ndarray
    ) -> np.ndarray:
        """factor·Σ_k T_k(t)·(kernel_k ⋆ values) on the cells (ny, nx): the derivative's convolution backwards."""
        padded = self.kernels.padded
        spectra = []
        for part in self.lattice.parts:
            field = np.bincount(part.nodes, values[part.stations], minlength=int(np.prod(padded.count)))
            field = field.reshape(1, *padded.count).astype(factor.dtype, copy=False)
            spectra.append(padded.spectra_of_results(field)[0])
        result = np.zeros(t.shape)
        for first, count in self._batches(order):
            total = np.zeros((count, *padded.spectrum_shape), dtype=spectra[0].dtype)
            for spectrum, made in zip(spectra, kernels, strict=True):
                add_adjoint_products(total, spectrum, made[first : first + count])
            fields = padded.on_cells(total)
            add_polynomial_products(result, t, factor, first, fields)
        return result

    @property
    def _batch(self) -> int:
        return max(1, BATCH // self.kernels.padded.size)

    def _batches(self, order: int) -> Iterator[tuple[int, int]]:
        return ((first, min(self._batch, order - first)) for first in range(0, order, self._batch))

    def _dense(self, contrast: np.ndarray, start: float, free: np.ndarray | None = None) -> DenseOperator:
        return DenseOperator(self.positions, self.grid, contrast, start, free, self.kind, self.law)


class GriddedDerivative(LinearOperator):
    """∂g/∂b at one relief, mGal/m: shape (stations, free cells)."""

    def __init__(self, operator: GriddedOperator, heights: np.ndarray) -> None:
        super().__init__(np.dtype(float), operator.shape)
        self._operator, self._heights = operator, heights
        surface = operator.surface(heights)
        kind = SHEET if operator.kind == EXACT else ANNULUS_KERNEL
        too_high = surface > operator.kernels.highest(kind)
        self._contrast = contrast_at(operator.contrast, operator.law, heights)
        self._factor = np.where(too_high, 0.0, self._contrast)
        self._series, self._t = operator.series(kind, surface, too_high)
        if kind == SHEET:
            self._factor /= operator.kernels.sheet_depth(np.where(too_high, operator.lattice.height, surface))
        self._kernels, self._order = self._series.spectra, self._series.orders.derivative
        self._exact = np.flatnonzero(too_high[operator.free])  # among the free cells
        if self._exact.size:
            self._rest = self._pairs(too_high & operator.free)

    @cached_property
    def rough(self) -> GriddedDerivative:
        """The same within 1 percent of an infinite slab's, in single precision: cheaper by far, and transposed as exactly as that allows."""
        other = copy(self)
        other._kernels, other._order = self._series.rough, self._series.orders.rough
        other._factor, other._t = single(self._factor), single(self._t)
        return other

    def _pairs(self, free: np.ndarray) -> DenseDerivative:
        op = self._operator
        return op._dense(op.contrast, op.reference_level, free).derivative(self._heights)

    def _matvec(self, x: np.ndarray) -> np.ndarray:
        op, change = self._operator, np.zeros_like(self._factor)
        change[op.free] = x.ravel()
        change *= self._factor
        result = op.convolve(
            self._kernels, self._order, lambda first, count: polynomials(self._t, change, first, count)
        )
        return result + self._rest @ x.ravel()[self._exact] if self._exact.size else result

    def _rmatvec(self, x: np.ndarray) -> np.ndarray:
        op = self._operator
        result = op.correlate(self._kernels, self._order, self._t, self._factor, x.ravel())[op.free]
        if self._exact.size:
            result[self._exact] += self._rest.rmatvec(x.ravel())
        return result

    @property
    def matrix(self) -> np.ndarray:
        """All of it, exactly: (stations, free cells). Made anew at each call; for small cases."""
        op = self._operator
        if op.kind == ANNULUS and not self._exact.size:
            matrix = op.annuli.matrix(op.surface(self._heights), self._contrast)
            return matrix if op.free.all() else matrix[:, op.free.ravel()]
        return self._pairs(op.free).matrix

    @property
    def response(self) -> SlabResponse:
        """What an approximate inverse is made of."""
        op = self._operator
        return SlabResponse.of(op.positions, op.grid, self._contrast, op.free, self._heights)
