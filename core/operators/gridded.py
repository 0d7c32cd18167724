"""Stations on a refinement of the relief's nodes, at one height: sums over cells are convolutions.

The kernel of a cell is a Chebyshev series in the depth of its surface below the stations (see `chebyshev`), so

    g = Σ_k C_k * (Δρ·T_k(t(b)))          J v = Σ_k D_k * (Δρ·T_k(t(b))·v)          Jᵀu = Δρ·Σ_k T_k(t(b))·(D_k ⋆ u)

with * the convolution over the lattice and ⋆ the correlation, C of the closed prism integral from the reference level, D of the
solid angle or of the annulus. Cells that reach the stations' level are summed exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from functools import cached_property

import numpy as np
from scipy.sparse.linalg import LinearOperator

from ..data.relief import Grid
from ..data.stations import Positions
from .annulus_table import AnnulusTable
from .chebyshev import add_polynomial_products, polynomials
from .dense import ANNULUS, EXACT, DenseOperator
from .lattice import Lattice
from .lattice_kernels import Series, shared_kernels
from .node_kernels import ANNULUS as ANNULUS_KERNEL
from .node_kernels import INTEGRAL, SOLID_ANGLE
from .padded import add_adjoint_products, add_products
from .promise import Promise
from .response import SlabResponse

TOO_NEAR = 0.01
"""A surface less than this share of a cell below the stations, or above them, is summed exactly."""

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
    ) -> None:
        self.positions, self.lattice, self.grid = positions, lattice, grid
        self.contrast = np.ascontiguousarray(np.broadcast_to(contrast, grid.shape), dtype=float)
        self.reference_level, self._promise = float(reference_level), promise
        self.free = np.ones(grid.shape, dtype=bool) if free is None else free
        self.kind = derivative
        self.shape = (positions.size, int(self.free.sum()))
        self.highest = lattice.height - TOO_NEAR * min(grid.dx, grid.dy)
        largest = float(np.abs(self.contrast).max())
        self.kernels = shared_kernels(lattice, grid, largest, self.reference_level, self.highest, tolerance)

    @cached_property
    def annuli(self) -> AnnulusTable:
        """The distances of the annulus derivative's matrix."""
        return AnnulusTable(self.lattice, self.grid)

    def gravity(self, heights: np.ndarray) -> np.ndarray:
        """Gravity of the relief (ny, nx), m, at the stations: (n,), mGal, positive down."""
        too_high = heights > self.highest
        series, t = self.series(INTEGRAL, heights, too_high)
        result = self.convolve(series, t, np.where(too_high, 0.0, self.contrast))
        if too_high.any():
            result += self._dense(self.contrast * too_high).gravity(heights)
        return result

    def derivative(self, heights: np.ndarray) -> GriddedDerivative:
        """∂g/∂b at this relief (ny, nx): (stations, free cells), mGal/m."""
        return GriddedDerivative(self, heights)

    def with_contrast(self, contrast: np.ndarray) -> GriddedOperator:
        """The same operator for another contrast (ny, nx), its kernels shared."""
        other = copy(self)
        other.contrast = contrast
        return other

    def memory(self, low: float, high: float, derivative: bool = True) -> int:
        """Bytes needed for reliefs between two heights, m: known before anything is set up."""
        kinds = (INTEGRAL, SOLID_ANGLE if self.kind == EXACT else ANNULUS_KERNEL)[: 2 if derivative else 1]
        orders = [self._order(kind, low, high)[0] for kind in kinds]
        batch = min(max(1, BATCH // self.kernels.padded.size), max(orders))
        return self.kernels.memory(sum(orders)) + 16 * (3 * batch + 1) * int(
            np.prod(self.kernels.padded.spectrum_shape)
        )

    def bound(self, low: float, high: float) -> float:
        """What gravity's error stays below for reliefs between two heights, m: mGal. Known before anything is set up."""
        return self._order(INTEGRAL, low, high)[1]

    def _order(self, kind: int, low: float, high: float) -> tuple[int, float]:
        ends = np.array([[min(low, self.highest), min(high, self.highest)]])
        return self.kernels.order(kind, self.kernels.widened(ends))

    def surface(self, heights: np.ndarray) -> np.ndarray:
        """What the derivative's kernel looks at: the relief, or for the annulus max(b, z0)."""
        return heights if self.kind == EXACT else np.maximum(heights, self.reference_level)

    def series(self, kind: int, surface: np.ndarray, too_high: np.ndarray) -> tuple[Series, np.ndarray]:
        """The kernels that hold for a surface, and their argument t on its cells."""
        lowered = np.ascontiguousarray(np.where(too_high, self.highest, surface))
        inside = surface[~too_high] if too_high.any() else surface
        series = self.kernels.series(kind, inside)
        if kind == INTEGRAL and self._promise is not None:
            self._promise.look(series.bound, self._promise.tolerance)
        return series, series.interval.scaled(self.kernels.log_depth(lowered))

    def convolve(self, series: Series, t: np.ndarray, factor: np.ndarray) -> np.ndarray:
        """Σ_k kernel_k * (factor·T_k(t)) at the stations: (n,)."""
        padded = self.kernels.padded
        totals = [np.zeros(padded.spectrum_shape, dtype=complex) for _ in self.lattice.parts]
        step = max(1, BATCH // padded.size)
        room = np.empty((min(step, series.order), *padded.spectrum_shape), dtype=complex)
        for first, count in self._batches(series):
            spectra = padded.spectra_in(room[:count], polynomials(t, factor, first, count))
            for total, kernels in zip(totals, series.spectra, strict=True):
                add_products(total, spectra, kernels[first : first + count])
        result = np.empty(self.positions.size)
        for part in self.lattice.parts:
            field = padded.results(totals.pop(0)[None])[0]
            result[part.stations] = field.ravel()[part.nodes]
        return result

    def correlate(self, series: Series, t: np.ndarray, factor: np.ndarray, values: np.ndarray) -> np.ndarray:
        """factor·Σ_k T_k(t)·(kernel_k ⋆ values) on the cells (ny, nx): `convolve` backwards."""
        padded = self.kernels.padded
        spectra = []
        for part in self.lattice.parts:
            field = np.bincount(part.nodes, values[part.stations], minlength=int(np.prod(padded.count)))
            spectra.append(padded.spectra_of_results(field.reshape(1, *padded.count))[0])
        result = np.zeros(t.shape)
        for first, count in self._batches(series):
            total = np.zeros((count, *padded.spectrum_shape), dtype=complex)
            for spectrum, kernels in zip(spectra, series.spectra, strict=True):
                add_adjoint_products(total, spectrum, kernels[first : first + count])
            fields = padded.on_cells(total)
            add_polynomial_products(result, t, factor, first, fields)
        return result

    def _batches(self, series: Series) -> Iterator[tuple[int, int]]:
        step = max(1, BATCH // self.kernels.padded.size)
        return ((first, min(step, series.order - first)) for first in range(0, series.order, step))

    def _dense(self, contrast: np.ndarray, free: np.ndarray | None = None) -> DenseOperator:
        return DenseOperator(self.positions, self.grid, contrast, self.reference_level, free, self.kind)


class GriddedDerivative(LinearOperator):
    """∂g/∂b at one relief, mGal/m: shape (stations, free cells)."""

    def __init__(self, operator: GriddedOperator, heights: np.ndarray) -> None:
        super().__init__(np.dtype(float), operator.shape)
        self._operator, self._heights = operator, heights
        surface = operator.surface(heights)
        too_high = surface > operator.highest
        kind = SOLID_ANGLE if operator.kind == EXACT else ANNULUS_KERNEL
        self._factor = np.where(too_high, 0.0, operator.contrast)
        self._series, self._t = operator.series(kind, surface, too_high)
        self._exact = np.flatnonzero(too_high[operator.free])  # among the free cells
        if self._exact.size:
            self._rest = operator._dense(operator.contrast, too_high & operator.free).derivative(heights)

    def _matvec(self, x: np.ndarray) -> np.ndarray:
        factor = np.zeros(self._heights.shape)
        factor[self._operator.free] = x.ravel()
        factor *= self._factor
        result = self._operator.convolve(self._series, self._t, factor)
        return result + self._rest @ x.ravel()[self._exact] if self._exact.size else result

    def _rmatvec(self, x: np.ndarray) -> np.ndarray:
        result = self._operator.correlate(self._series, self._t, self._factor, x.ravel())[self._operator.free]
        if self._exact.size:
            result[self._exact] += self._rest.rmatvec(x.ravel())
        return result

    @property
    def matrix(self) -> np.ndarray:
        """All of it, exactly: (stations, free cells). Made anew at each call; for small cases."""
        op = self._operator
        if op.kind == ANNULUS and not self._exact.size:
            matrix = op.annuli.matrix(op.surface(self._heights), op.contrast)
            return matrix if op.free.all() else matrix[:, op.free.ravel()]
        return op._dense(op.contrast, op.free).derivative(self._heights).matrix

    @property
    def response(self) -> SlabResponse:
        """What an approximate inverse is made of."""
        op = self._operator
        return SlabResponse.of(op.positions, op.grid, op.contrast, op.free, self._heights)
