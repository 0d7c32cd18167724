"""Which operator: dense for small cases, by convolution where the stations allow, else near and far apart."""

from __future__ import annotations

import numpy as np

from ..data.relief import Grid
from ..data.stations import Positions
from ..errors import InputError
from ..events.protocol import Reporter
from . import Operator
from .advice import WORTH_TELLING, aligned, fitting_spacing, tell_alignment, tell_spacing
from .cost import LAW_COST, Cost, dense_cost
from .dense import ANNULUS, EXACT, DenseOperator
from .density_law import contrast_at
from .gridded import GriddedOperator
from .lattice import Lattice, find_lattice
from .lattice_kernels import TOO_NEAR
from .memory import memory_limit, require_memory
from .node_kernels import UNIT
from .padded import PaddedGrid
from .promise import Promise
from .scattered import ScatteredOperator
from .trial import check, least_reach, likely_relief

FEW_PAIRS = 1e5
"""Up to so many pairs of station and cell the exact sum takes no time."""

DENSE_PAIRS = 4e6
"""Up to so many it is no slower than the search for the scattered operator's reach; beyond, what each is likely to cost decides."""

SLOW = 1.0
"""Seconds an iteration of an exact sum may take without a word."""

MANY = 0.05
"""The share of cells above which pairs are too many to sum them for those cells alone."""

TOLERANCE = 1e-4
"""The default tolerance, as a share of the data's range."""

TIGHT_TOLERANCE = 1e-8
"""mGal. What small grids of stations are computed to by default: it costs nothing there."""

SMALL_GRID = 2**17
"""Points of a padded grid that count as small."""


def choose_operator(
    positions: Positions,
    grid: Grid,
    contrast: np.ndarray,
    reference_level: float,
    free: np.ndarray | None = None,
    derivative: int = EXACT,
    tolerance: float | None = None,
    expected: np.ndarray | None = None,
    data: np.ndarray | None = None,
    reporter: Reporter | None = None,
    law: np.ndarray | None = None,
    tried: bool = True,
) -> Operator:
    """The operator for these stations, checked against the exact sum.

    Parameters
    ----------
    positions : Positions
        The stations, m.
    grid : Grid
        The relief's cells.
    contrast : array (ny, nx)
        kg/m3.
    reference_level : float
        z0, m.
    free : array of bool (ny, nx), optional
        The cells whose derivative is asked for.
    derivative : int
        EXACT or ANNULUS.
    tolerance : float, optional
        Largest error of gravity, mGal; left out, 1e-4 of the data's range, or better where that costs nothing.
    expected : array (ny, nx), optional
        A relief like those to come, m: a starting one will do. Left out, flat at the reference level.
    data : array (stations,), optional
        Observed gravity, mGal: its range tells how far the relief may vary.
    reporter : Reporter, optional
        Told which operator it is, and how far it was from the exact sum; without one that is not tried. Also told, once a job,
        where the tolerance is not kept, now or for a relief to come.
    law : array, optional
        How density varies with depth, see `density_law`; the contrast is then the one at the datum.
    tried : bool
        Whether it is compared with the exact sum; for the first of several operators alike.

    Raises
    ------
    InputError
        It does not fit into memory; the sentence says what would. No free cell has a contrast.
    """
    heights = np.full(grid.shape, float(reference_level)) if expected is None else expected
    if free is not None and not contrast_at(contrast, law, heights)[free].any():
        raise InputError(
            f"The density contrast is 0 in all {np.count_nonzero(free)} free cells, so gravity says nothing of the relief there. "
            "Give contrasts there (DENSITY_GRID, DENSITY_LAW), or free other cells (FREE_CELLS).",
            "DENSITY_GRID" if law is None else "DENSITY_LAW",
        )
    slab = 2.0 * np.pi * UNIT * float(np.abs(contrast).max())  # mGal/m
    from_data = float(np.ptp(data)) if data is not None and data.size else 0.0
    from_relief = slab * max(float(np.ptp(heights)), float(np.abs(heights - reference_level).max()))
    wanted = tolerance or TOLERANCE * (from_data or from_relief or 1.0)
    promise = Promise(wanted, reporter) if reporter is not None else None
    relief = likely_relief(heights, from_data / slab)
    if float(heights.max()) <= float(positions.height.min()):
        relief = np.minimum(relief, float(positions.height.min()))
    low, high = float(relief.min()), float(relief.max())
    pairs = positions.size * int(np.count_nonzero(contrast))
    if pairs <= FEW_PAIRS:
        return DenseOperator(positions, grid, contrast, reference_level, free, derivative, law)
    lattice = find_lattice(positions, grid)
    cells = grid.size if free is None else int(np.count_nonzero(free))
    by_matrix = dense_cost(pairs, positions.size, cells, law is not None)
    told = reporter if tried and data is not None else None

    def exact() -> DenseOperator:
        dense = _dense(positions, grid, contrast, reference_level, free, derivative, law)
        if told is not None and by_matrix.iteration > SLOW:
            told.log(
                f"Gravity of {grid.size} cells at {positions.size} stations by the exact sum: {by_matrix.words()}."
            )
        return dense

    aim, most_dense = wanted, DENSE_PAIRS / (1 if law is None else LAW_COST)
    operator: GriddedOperator | ScatteredOperator
    if lattice is not None and not _reaches_stations(lattice, heights, reference_level, grid, derivative):
        if tolerance is None and PaddedGrid(grid.shape, lattice.start, lattice.count).size <= SMALL_GRID:
            aim = min(wanted, TIGHT_TOLERANCE)
        operator = GriddedOperator(
            positions, lattice, grid, contrast, reference_level, aim, free, derivative, promise, law
        )
        if pairs <= most_dense and operator.bound(low, high) > wanted:
            return exact()
        require_memory(operator.memory(low, high), "This grid", grid.size)
        name = f"convolution on the nodes ({len(lattice.parts)} sub-lattice{'s' * (len(lattice.parts) > 1)})"
    elif derivative == ANNULUS or pairs <= most_dense:
        return exact()
    else:
        reach, error = least_reach(positions, grid, contrast, reference_level, relief, wanted)
        if error > wanted and promise is not None:
            promise.unreachable(error)
        room = int(0.5 * memory_limit())
        operator = ScatteredOperator(
            positions, grid, contrast, reference_level, 0.25 * wanted, reach, free, room, promise, law
        )
        if by_matrix.iteration < operator.cost(low, high).iteration and by_matrix.memory <= memory_limit():
            return exact()
        require_memory(operator.memory(low, high), "This relief", grid.size)
        name = f"exact sums within {reach:g} cells and convolution beyond"
    if reporter is None or not tried:
        return operator
    found = check(operator, positions, grid, contrast, reference_level, relief, law=law)
    reporter.log(
        f"Gravity of {grid.size} cells at {positions.size} stations by {name}: within {found.largest:.1e} mGal of the exact "
        f"sum at {found.stations} random stations (tolerance {aim:.1e} mGal){_likely(operator, by_matrix, low, high, told)}."
    )
    if told is not None:
        _advise(told, operator, positions, grid, low, high)
    if found.largest > wanted:
        reporter.warning(
            f"The forward model errs by {found.largest:.2g} mGal, more than the TOLERANCE of {wanted:.2g}.", "TOLERANCE"
        )
    return operator


def _likely(
    operator: GriddedOperator | ScatteredOperator, by_matrix: Cost, low: float, high: float, told: Reporter | None
) -> str:
    """The end of a sentence: what an iteration is likely to take, beside the exact sum's."""
    if told is None:
        return ""
    return f"; {operator.cost(low, high).words()}, by the exact sum about {by_matrix.iteration:.1g} s and {by_matrix.memory / 1e9:.1g} GB"


def _advise(
    reporter: Reporter,
    operator: GriddedOperator | ScatteredOperator,
    positions: Positions,
    grid: Grid,
    low: float,
    high: float,
) -> None:
    """Say where another grid would do better."""
    spacing = fitting_spacing(positions, grid)
    if spacing is not None:
        reporter.log(tell_spacing(positions, grid, spacing))
    better = aligned(positions, grid) if isinstance(operator, ScatteredOperator) else None
    if better is None or not isinstance(operator, ScatteredOperator):
        return
    moved, lattice = better
    if _reaches_stations(lattice, np.array([low, high]), low, moved, EXACT):
        return
    cells = operator.contrast, operator.reference_level
    fast = GriddedOperator(positions, lattice, moved, *cells, 4.0 * operator.far.tolerance, law=operator.law)
    gain = operator.cost(low, high).iteration / fast.cost(low, high).iteration
    if gain >= WORTH_TELLING:
        reporter.log(tell_alignment(grid, moved, gain))


def _reaches_stations(
    lattice: Lattice, heights: np.ndarray, reference_level: float, grid: Grid, derivative: int
) -> bool:
    """Whether much of the surface lies above the stations, or an annulus at them, where the gridded operator sums pair by pair."""
    if derivative == ANNULUS:
        reached = np.maximum(heights, reference_level) > lattice.height - TOO_NEAR * min(grid.dx, grid.dy)
    else:
        reached = heights > lattice.height
    return float(np.mean(reached)) > MANY


def _dense(
    positions: Positions,
    grid: Grid,
    contrast: np.ndarray,
    reference_level: float,
    free: np.ndarray | None,
    derivative: int,
    law: np.ndarray | None,
) -> DenseOperator:
    cells = grid.size if free is None else int(np.count_nonzero(free))
    needed = 8.0 * positions.size * cells
    if derivative == ANNULUS and needed > memory_limit():
        raise InputError(
            f"DERIVATIVE 1 (annulus) needs stations at one height on the relief's nodes, or a matrix: here one of "
            f"{needed / 1e9:.1f} GB, and {memory_limit() / 1e9:.1f} GB are allowed. Use DERIVATIVE 0 (exact).",
            "DERIVATIVE",
        )
    return DenseOperator(positions, grid, contrast, reference_level, free, derivative, law)
