"""The spectra of a lattice's kernels: made once for a range of heights, and kept for the iterations and trials to come.

A cell's sheet, times its depth d below the stations, is a series in log depth (see `term_integrals`): its terms make gravity and the
derivative. The annulus derivative has kernels of its own.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..data.relief import Grid
from .chebyshev import Interval, Sample, coefficients_matrix, integral_gain, least_order
from .density_law import law_size
from .lattice import Lattice, SubLattice
from .lattice_series import FlatLayer, Orders, Series
from .node_kernels import (
    ANNULUS,
    INTEGRAL,
    SHEET,
    UNIT,
    kernel_coefficients,
    kernel_rounding,
    kernel_values,
    sample_offsets,
)
from .padded import PaddedGrid
from .term_integrals import LogDepth, TermIntegrals

TOO_NEAR = 0.01
"""An annulus less than this share of a cell below the stations, or above them, is summed by itself: its kernel jumps there."""

WIDENED = 1.5
"""The range that kernels are made for, as a multiple of the relief's."""

TOO_WIDE = 4.0
"""Kernels for a range this many times the relief's cost too many terms: make narrower ones."""

KEPT = 4
"""How many ranges are remembered for each kind of kernel."""

OF_A_FLAT_LAYER = 0.1
"""The share of the tolerance that the layer between the reference level and the relief's range may take."""

SLAB_SHARE, ROUGH_SHARE = 1e-3, 1e-2
"""The derivative's error, as a share of an infinite slab's, where the tolerance allows more; and the rough derivative's."""

ROUNDING = 1e-12
"""Of half a cell: levels so near to each other are the same."""

SHARED = 4
"""How many geometries are remembered: of the stations to fit, those withheld, and both."""


_shared: dict[tuple[object, ...], LatticeKernels] = {}


def shared_kernels(
    lattice: Lattice, grid: Grid, contrast: float, reference_level: float, tolerance: float, law: np.ndarray | None
) -> LatticeKernels:
    """The kernels of a geometry: the same ones for every operator, trial and job that asks with it."""
    shifts = tuple(part.shift for part in lattice.parts)
    numbers = (grid.dx, grid.dy, lattice.height - reference_level, contrast, tolerance)
    law_key = b"" if law is None else law.tobytes()
    key = (grid.shape, lattice.start, lattice.count, lattice.height, shifts, law_key, *numbers)
    kernels = _shared.pop(key, None) or LatticeKernels(lattice, grid, contrast, reference_level, tolerance, law)
    _shared[key] = kernels  # the latest last
    for old in list(_shared)[:-SHARED]:
        del _shared[old]
    return kernels


def new_job() -> None:
    """From here on series are chosen as if none had been made: those of the jobs before are taken up where they are the very ones
    asked for, so that a job finds the same whatever was run before it."""
    for kernels in _shared.values():
        kernels.made.clear()


class LatticeKernels:
    """Makes and remembers series.

    Parameters
    ----------
    lattice, grid, reference_level, law
        As of `GriddedOperator`.
    contrast : float
        The largest, whatever its sign, kg/m3.
    tolerance : float
        mGal.
    """

    def __init__(
        self,
        lattice: Lattice,
        grid: Grid,
        contrast: float,
        reference_level: float,
        tolerance: float,
        law: np.ndarray | None = None,
    ) -> None:
        self._lattice, self._grid, self._contrast, self._law = lattice, grid, contrast, law
        self._reference_level, self._tolerance = reference_level, tolerance
        self._depth = LogDepth(lattice.height, 0.5 * min(grid.dx, grid.dy))
        self.padded = PaddedGrid(grid.shape, lattice.start, lattice.count)
        self.made: dict[int, list[Series]] = {}  # in this job
        self._at_hand: dict[tuple[int, Interval], Series] = {}  # in others too
        self._orders: dict[tuple[int, Interval], Orders] = {}
        self._layers: dict[float, FlatLayer] = {}

    def highest(self, kind: int) -> float:
        """Surfaces of a kernel do not pass this height, m."""
        clearance = TOO_NEAR * min(self._grid.dx, self._grid.dy) if kind == ANNULUS else 0.0
        return self._lattice.height - clearance

    def log_depth(self, surface: np.ndarray) -> np.ndarray:
        """The series' variable at heights, m."""
        return self._depth.of(surface)

    def sheet_depth(self, surface: np.ndarray) -> np.ndarray:
        """d, what a sheet's kernels are multiplied by: m, at heights, m."""
        return self._lattice.height - surface + self._depth.added

    def series(self, kind: int, surface: np.ndarray) -> Series:
        """Kernels that hold between the lowest and the highest of these heights; remembered ones where they do."""
        low, high = self._ends(kind, surface)
        made = self.made.setdefault(kind, [])
        fitting = [item for item in made if item.interval.holds(low, high)]
        best = min(fitting, key=lambda item: item.order, default=None)
        wanted = self.widened(kind, surface)
        if best and best.interval.high - best.interval.low <= TOO_WIDE * (wanted.high - wanted.low):
            return best
        orders = self.orders(kind, wanted)
        if best and best.order <= max(orders.gravity, orders.derivative) + 1:
            return best
        known = self._at_hand.pop((kind, wanted)) if (kind, wanted) in self._at_hand else None
        made.append(known or self._make(kind, wanted, orders))
        del made[:-KEPT]
        self._at_hand[kind, wanted] = made[-1]  # the latest last
        for old in [place for place in self._at_hand if place[0] == kind][:-KEPT]:
            del self._at_hand[old]
        return made[-1]

    def widened(self, kind: int, surface: np.ndarray) -> Interval:
        """The interval for a surface, with room for it to move."""
        highest = self.highest(kind)
        low, high = (float(surface.min()), float(surface.max())) if surface.size else (highest, highest)
        room = max(0.5 * (WIDENED - 1.0) * (high - low), 1e-6 * self._depth.added)
        return Interval(*self._ends(kind, np.array([low - room, min(high + room, highest)])))

    def _ends(self, kind: int, surface: np.ndarray) -> tuple[float, float]:
        if not surface.size:
            surface = np.array([self.highest(kind)])
        ends = self.log_depth(np.array([surface.max(), surface.min()]))
        return float(ends[0]), float(ends[1])

    def orders(self, kind: int, interval: Interval) -> Orders:
        """Terms that the tolerance asks for, and the bound on the error that they leave."""
        if (kind, interval) not in self._orders:
            self._orders[kind, interval] = self._least_orders(kind, interval)
        return self._orders[kind, interval]

    def _least_orders(self, kind: int, interval: Interval) -> Orders:
        sampled = self._sampler(kind, interval, self._depth)
        slab = 2.0 * np.pi * UNIT * self._contrast
        per_metre = min(self._tolerance, SLAB_SHARE * slab)
        if kind == ANNULUS:
            order, bound = least_order(sampled, per_metre)
            return Orders(order, order, min(order, least_order(sampled, ROUGH_SHARE * slab)[0]), bound)
        size, gain = self._gain(interval, self._depth)
        order, bound = least_order(sampled, self._tolerance, gain)
        depth = float(np.exp(interval.low)) / max(size, np.finfo(float).tiny)  # the least one
        derivative, rough = (least_order(sampled, share * depth)[0] for share in (per_metre, ROUGH_SHARE * slab))
        return Orders(order, derivative, min(derivative, rough), bound)

    def _gain(self, interval: Interval, depth: LogDepth) -> tuple[float, Callable[[int], np.ndarray]]:
        """The largest |f| of the law, and what an error in each of the sheet's terms does to gravity."""
        low, high = np.sort(depth.levels(np.array([interval.low, interval.high])))
        size, of_integral = law_size(self._law, float(low), float(high))
        half = 0.5 * (interval.high - interval.low) * of_integral
        return size, lambda count: half * integral_gain(count)

    def _sampler(self, kind: int, interval: Interval, depth: LogDepth) -> Callable[[int], list[Sample]]:
        """For a number of nodes the kernels of some offsets of each sub-lattice, each made once."""
        made: dict[int, list[Sample]] = {}

        def sampled(nodes: int) -> list[Sample]:
            if nodes not in made:
                at = interval.nodes(nodes)
                made[nodes] = [self._sample(kind, at, part, depth) for part in self._lattice.parts]
            return made[nodes]

        return sampled

    def _sample(self, kind: int, nodes: np.ndarray, part: SubLattice, depth: LogDepth) -> Sample:
        """The kernels of some offsets, for the largest contrast; each stands for the cells around it."""
        reach = max(self.padded.shape) // 2
        (rows, in_rows), (columns, in_columns) = (sample_offsets(reach, shift) for shift in part.shift)
        size, heights = (self._grid.dx, self._grid.dy), self._depths(nodes, depth)
        factor = self._contrast * _times(kind, nodes)
        values = factor * kernel_values(kind, rows, columns, *size, *heights).reshape(-1, nodes.size)
        rounding = float(factor.max()) * kernel_rounding(kind, reach * max(size), *heights)
        return Sample(values, np.outer(in_rows, in_columns).ravel(), rounding)

    def memory(self, terms: int) -> int:
        """Bytes of the spectra of so many terms."""
        ny, nx = self.padded.spectrum_shape
        each = [8 * (ny // 2 + 1) * nx if part.shift == (0.0, 0.0) else 16 * ny * nx for part in self._lattice.parts]
        return terms * sum(each) + 16 * ny * nx * len(each)

    def _make(self, kind: int, interval: Interval, orders: Orders) -> Series:
        order = max(orders.gravity, orders.derivative)
        nodes = interval.nodes(order)
        matrix = coefficients_matrix(order) * _times(kind, nodes)
        spectra = self._spectra(kind, self._depths(nodes, self._depth), matrix)
        if kind == ANNULUS:
            return Series(interval, orders, spectra)
        low, high = np.sort(self._depth.levels(np.array([interval.low, interval.high])))
        start = float(np.clip(self._reference_level, low, high))
        if abs(start - self._reference_level) <= ROUNDING * self._depth.added:
            start = self._reference_level
        integrals = TermIntegrals(self._depth, interval, start, order, self._law)
        return Series(interval, orders, spectra, start, integrals)

    def layer(self, level: float) -> FlatLayer | None:
        """The body between the reference level and another; None where that is the same."""
        if level == self._reference_level:
            return None
        if level not in self._layers:
            self._layers[level] = self._layer(level)
            for old in list(self._layers)[:-KEPT]:
                del self._layers[old]
        return self._layers[level]

    def _layer(self, level: float) -> FlatLayer:
        if self._law is None:
            depths = self._lattice.height - level, self._lattice.height - self._reference_level
            heights = np.array(depths[:1]), np.array(depths[1:])
            return FlatLayer(self._spectra(INTEGRAL, heights, np.ones((1, 1))), 0.0)
        above, below = sorted([level, self._reference_level], reverse=True)
        station, parts = self._lattice.height, []
        for side, far, near in ((1.0, below, min(above, station)), (-1.0, above, max(below, station))):
            if side * (near - far) > ROUNDING * self._depth.added:
                parts.append(self._law_layer(far, near, side, 1.0 if level == above else -1.0))
        spectra = tuple(np.sum(made, axis=0) for made in zip(*(part.spectra for part in parts), strict=True))
        return FlatLayer(spectra, sum(part.bound for part in parts))

    def _law_layer(self, far: float, near: float, side: float, sign: float) -> FlatLayer:
        """sign·∫ f·Ω dz upwards between two levels on one side of the stations', `near` the one next to it."""
        depth = LogDepth(self._lattice.height, self._depth.added, side)
        interval = Interval(*(float(u) for u in np.sort(depth.of(np.array([near, far])))))
        sampled, (_, gain) = self._sampler(SHEET, interval, depth), self._gain(interval, depth)
        order, bound = least_order(sampled, OF_A_FLAT_LAYER * self._tolerance, gain)
        nodes = interval.nodes(order)
        integrals = TermIntegrals(depth, interval, far, order, self._law).at(-1.0)
        row = sign * integrals @ coefficients_matrix(order) * np.exp(nodes)
        return FlatLayer(self._spectra(SHEET, self._depths(nodes, depth), row[None]), bound)

    def _spectra(self, kind: int, depths: tuple[np.ndarray, np.ndarray], matrix: np.ndarray) -> tuple[np.ndarray, ...]:
        """Of the kernel's values at some depths, made to terms by a matrix."""
        size, spectra = (self._grid.dx, self._grid.dy), []
        for part in self._lattice.parts:
            if part.shift == (0.0, 0.0):
                kernels = kernel_coefficients(kind, *self.padded.even_offsets(), *size, *depths, matrix)
                spectra.append(self.padded.even_kernel_spectra(kernels))
            else:
                kernels = kernel_coefficients(kind, *self.padded.all_offsets(part.shift), *size, *depths, matrix)
                spectra.append(self.padded.kernel_spectra(kernels))
        return tuple(spectra)

    def _depths(self, nodes: np.ndarray, depth: LogDepth) -> tuple[np.ndarray, np.ndarray]:
        """Of the stations above the surface and above the reference level, m, at nodes in log depth."""
        reference = self._lattice.height - self._reference_level
        return np.exp(nodes) - depth.added, np.full(nodes.size, reference)


def _times(kind: int, nodes: np.ndarray) -> np.ndarray:
    """What a kernel's series is made of its values with: d for a sheet."""
    return np.exp(nodes) if kind == SHEET else np.ones(nodes.size)
