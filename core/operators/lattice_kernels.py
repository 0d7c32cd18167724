"""The spectra of a lattice's kernels: made once for a range of heights, and kept for the iterations and trials to come."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..data.relief import Grid
from .chebyshev import Interval, Sample, coefficients_matrix, least_order
from .lattice import Lattice, SubLattice
from .node_kernels import INTEGRAL, UNIT, kernel_coefficients, kernel_rounding, kernel_values, sample_offsets
from .padded import PaddedGrid

WIDENED = 1.5
"""The range that kernels are made for, as a multiple of the relief's."""

TOO_WIDE = 4.0
"""Kernels for a range this many times the relief's cost too many terms: make narrower ones."""

KEPT = 4
"""How many ranges are remembered for each kind of kernel."""

SHARED = 4
"""How many geometries are remembered: of the stations to fit, those withheld, and both."""


@dataclass(frozen=True)
class Series:
    """A kernel's Chebyshev terms as spectra, for surfaces within an interval of log depth."""

    interval: Interval
    order: int
    bound: float  # of the error in the sum over all cells, mGal or mGal/m
    spectra: tuple[np.ndarray, ...]  # one (order, ...) for each sub-lattice


_shared: dict[tuple[object, ...], LatticeKernels] = {}


def shared_kernels(
    lattice: Lattice, grid: Grid, contrast: float, reference_level: float, highest: float, tolerance: float
) -> LatticeKernels:
    """The kernels of a geometry: the same ones for every operator, trial and job that asks with it."""
    shifts = tuple(part.shift for part in lattice.parts)
    numbers = (grid.dx, grid.dy, lattice.height - reference_level, lattice.height - highest, contrast, tolerance)
    key = (grid.shape, lattice.start, lattice.count, lattice.height, shifts, *numbers)
    kernels = _shared.pop(key, None) or LatticeKernels(lattice, grid, contrast, reference_level, highest, tolerance)
    _shared[key] = kernels  # the latest last
    for old in list(_shared)[:-SHARED]:
        del _shared[old]
    return kernels


class LatticeKernels:
    """Makes and remembers series.

    Parameters
    ----------
    lattice, grid, reference_level
        As of `GriddedOperator`.
    contrast : float
        The largest, whatever its sign, kg/m3.
    highest : float
        Surfaces do not pass this height, m.
    tolerance : float
        mGal.
    """

    def __init__(
        self,
        lattice: Lattice,
        grid: Grid,
        contrast: float,
        reference_level: float,
        highest: float,
        tolerance: float,
    ) -> None:
        self._lattice, self._grid, self._contrast = lattice, grid, contrast
        self._reference_depth = lattice.height - reference_level
        self._highest, self._tolerance = highest, tolerance
        self._added = 0.5 * min(grid.dx, grid.dy)
        self.padded = PaddedGrid(grid.shape, lattice.start, lattice.count)
        self.made: dict[int, list[Series]] = {}
        self._orders: dict[tuple[int, Interval], tuple[int, float]] = {}

    def log_depth(self, surface: np.ndarray) -> np.ndarray:
        """The series' variable at heights, m."""
        return np.log(self._lattice.height - surface + self._added)

    def series(self, kind: int, surface: np.ndarray) -> Series:
        """Kernels that hold between the lowest and the highest of these heights; remembered ones where they do."""
        low, high = self._ends(surface)
        made = self.made.setdefault(kind, [])
        fitting = [item for item in made if item.interval.holds(low, high)]
        best = min(fitting, key=lambda item: item.order, default=None)
        wanted = self.widened(surface)
        if best and best.interval.high - best.interval.low <= TOO_WIDE * (wanted.high - wanted.low):
            return best
        order, bound = self.order(kind, wanted)
        if best and best.order <= order + 1:
            return best
        made.append(Series(wanted, order, bound, self._spectra(kind, wanted, order)))
        del made[:-KEPT]
        return made[-1]

    def widened(self, surface: np.ndarray) -> Interval:
        """The interval for a surface, with room for it to move."""
        low, high = (float(surface.min()), float(surface.max())) if surface.size else (self._highest, self._highest)
        room = max(0.5 * (WIDENED - 1.0) * (high - low), 1e-6 * self._added)
        return Interval(*self._ends(np.array([low - room, min(high + room, self._highest)])))

    def _ends(self, surface: np.ndarray) -> tuple[float, float]:
        if not surface.size:
            surface = np.array([self._highest])
        ends = self.log_depth(np.array([surface.max(), surface.min()]))
        return float(ends[0]), float(ends[1])

    def order(self, kind: int, interval: Interval) -> tuple[int, float]:
        """Terms that the tolerance asks for, and the bound on the error that they leave."""
        if (kind, interval) not in self._orders:
            self._orders[kind, interval] = self._least_order(kind, interval)
        return self._orders[kind, interval]

    def _least_order(self, kind: int, interval: Interval) -> tuple[int, float]:
        tolerance = self._tolerance
        if kind != INTEGRAL:
            tolerance = min(tolerance, 1e-3 * 2.0 * np.pi * UNIT * self._contrast)
        return least_order(
            lambda nodes: [self._sample(kind, interval, nodes, part) for part in self._lattice.parts], tolerance
        )

    def _sample(self, kind: int, interval: Interval, nodes: int, part: SubLattice) -> Sample:
        """The kernels of some offsets, for the largest contrast; each stands for the cells around it."""
        reach = max(self.padded.shape) // 2
        (rows, in_rows), (columns, in_columns) = (sample_offsets(reach, shift) for shift in part.shift)
        size, heights = (self._grid.dx, self._grid.dy), self._depths(interval.nodes(nodes))
        values = self._contrast * kernel_values(kind, rows, columns, *size, *heights).reshape(-1, nodes)
        rounding = self._contrast * kernel_rounding(kind, reach * max(size), *heights)
        return Sample(values, np.outer(in_rows, in_columns).ravel(), rounding)

    def memory(self, terms: int) -> int:
        """Bytes of the spectra of so many terms."""
        ny, nx = self.padded.spectrum_shape
        each = [8 * (ny // 2 + 1) * nx if part.shift == (0.0, 0.0) else 16 * ny * nx for part in self._lattice.parts]
        return terms * sum(each) + 16 * ny * nx * len(each)

    def _spectra(self, kind: int, interval: Interval, order: int) -> tuple[np.ndarray, ...]:
        nodes, matrix = interval.nodes(order), coefficients_matrix(order)
        spectra = []
        for part in self._lattice.parts:
            if part.shift == (0.0, 0.0):
                kernels = self._terms(kind, *self.padded.even_offsets(), nodes, matrix)
                spectra.append(self.padded.even_kernel_spectra(kernels))
            else:
                kernels = self._terms(kind, *self.padded.all_offsets(part.shift), nodes, matrix)
                spectra.append(self.padded.kernel_spectra(kernels))
        return tuple(spectra)

    def _terms(
        self, kind: int, rows: np.ndarray, columns: np.ndarray, nodes: np.ndarray, matrix: np.ndarray
    ) -> np.ndarray:
        """Kernel coefficients at offsets in cells, whose variable at the nodes is log depth: (order, rows, columns)."""
        return kernel_coefficients(kind, rows, columns, self._grid.dx, self._grid.dy, *self._depths(nodes), matrix)

    def _depths(self, nodes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of the stations above the surface and above the reference level, m, at nodes in log depth."""
        return np.exp(nodes) - self._added, np.full(nodes.size, self._reference_depth)
