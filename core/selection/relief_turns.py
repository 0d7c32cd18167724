"""Known relief, withheld in turns: what only it can tell is how relief and regional share the gravity.

Where cells are fixed because their relief is known, blocks of them are freed, as large as the unknown region itself
where there is room, and the inversion's relief there is compared with the known one. Points of known relief are
withheld by blocks likewise. Only places near stations are scored, and only where the relief may move: elsewhere no
gravity could tell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage, sparse
from scipy.sparse.linalg import spsolve
from scipy.spatial import cKDTree

from ..data.padding import station_spacing
from ..data.relief import Relief
from ..data.stations import Stations
from ..inversion.known_relief import KnownRelief
from ..inversion.penalties import second_differences
from ..validation.splits import block_numbers, block_size, deal

REPEATS = 6
"""The blocks are laid so many times, each time elsewhere: few blocks of one lay would decide by chance."""
POINT_REPEATS = 2
"""Likewise for points of known relief, which are not so many."""
SCORED_WITHIN = 1.5
"""Of a cell or a station spacing: known cells this near to a station are scored."""
FREED_WITHIN = 4.0
"""Likewise: withheld cells farther from every station stay fixed."""
FEWEST_CELLS = 4
"""A block with fewer scored cells is not withheld."""
SHRINK = 0.8


@dataclass(frozen=True)
class ReliefTurn:
    """One turn: what may move, where it starts, what stays known, and where the answer is compared with the truth."""

    free: np.ndarray  # (ny, nx) bool
    start: np.ndarray  # (ny, nx) m
    known: KnownRelief | None
    cells: np.ndarray  # flat numbers of the scored cells
    heights: np.ndarray  # (cells,) m, their known relief
    points: KnownRelief | None  # the withheld points that are scored
    withheld: np.ndarray | None = None  # (points,) bool, all that are withheld, among those of the job
    scored: np.ndarray | None = None  # (points,) bool, those of them that are scored

    def error(self, heights: np.ndarray) -> np.ndarray:
        """Inverted less known relief at the withheld places, m."""
        missed = heights.ravel()[self.cells] - self.heights
        if self.points is None:
            return missed
        return np.concatenate([missed, self.points.rows @ heights.ravel() - self.points.value])


def relief_turns(
    relief: Relief,
    free: np.ndarray,
    known: KnownRelief | None,
    stations: Stations,
    folds: int,
    seed: int,
    block: float | None,
    unknown: np.ndarray | None = None,
) -> list[ReliefTurn]:
    """The turns; none where too little is known near the stations.

    Parameters
    ----------
    relief : Relief
        The starting relief, known where cells are fixed.
    free : array of bool (ny, nx)
    known : KnownRelief or None
        Points of known relief.
    stations : Stations
    folds : int
        Turns of each lay of blocks.
    seed : int
    block : float or None
        The side of the blocks for points, m; None: a 36th part of the area.
    unknown : array of bool (ny, nx), optional
        The free cells that set the size of the blocks of cells; all of them where left out.
    """
    turns: list[ReliefTurn] = []
    ground = _Ground(relief, free, known, _distance_to_stations(relief, stations))
    if not free.all():
        size = _size_of(free if unknown is None or not unknown.any() else unknown)
        for lay in range(REPEATS):
            turns += _turns_of_cells(ground, size, folds, seed, lay)
    if known is not None:
        for lay in range(POINT_REPEATS):
            turns += _turns_of_points(ground, known, block, folds, seed, lay)
    return turns


@dataclass(frozen=True)
class _Ground:
    """What the turns are cut from."""

    relief: Relief
    free: np.ndarray  # (ny, nx) bool
    known: KnownRelief | None
    distance: np.ndarray  # (ny, nx), to the nearest station


def _turns_of_cells(ground: _Ground, size: float, folds: int, seed: int, lay: int) -> list[ReliefTurn]:
    relief, free, distance = ground.relief, ground.free, ground.distance
    scored = ~free & (distance <= SCORED_WITHIN)
    easting, northing = (axis.reshape(free.shape) for axis in relief.grid.centres())
    side = size * float(np.sqrt(relief.grid.dx * relief.grid.dy))
    while True:
        number = block_numbers(easting, northing, side, seed, lay)
        blocks, counts = np.unique(number[scored], return_counts=True)
        blocks = blocks[counts >= FEWEST_CELLS]
        if blocks.size >= folds:
            break
        side *= SHRINK
        if side < 2.0 * max(relief.grid.dx, relief.grid.dy):
            return []
    turn_of_block = deal(blocks, folds, seed, lay)
    turns = []
    for turn in range(folds):
        withheld = np.isin(number, blocks[turn_of_block == turn]) & ~free & (distance <= FREED_WITHIN)
        cells = np.flatnonzero(withheld & scored)
        start = _smooth_fill(relief, withheld)
        left = _apart_from(ground.known, withheld)
        turns.append(ReliefTurn(free | withheld, start, left, cells, relief.heights.ravel()[cells], None))
    return turns


def _apart_from(known: KnownRelief | None, withheld: np.ndarray) -> KnownRelief | None:
    """The points that no withheld cell has a part in: the others know the answer."""
    if known is None:
        return None
    apart = abs(known.rows) @ withheld.ravel().astype(float) == 0.0
    return known.where(apart) if apart.any() else None


def _turns_of_points(
    ground: _Ground, known: KnownRelief, block: float | None, folds: int, seed: int, lay: int
) -> list[ReliefTurn]:
    relief, free = ground.relief, ground.free
    cells = np.asarray(known.rows.argmax(axis=1)).ravel()
    east, north = (axis[cells] for axis in relief.grid.centres())
    numbers = block_numbers(east, north, block or block_size(east, north), seed, lay)
    may_move = abs(known.rows) @ free.ravel().astype(float) > 0.0
    scored = may_move & (ground.distance.ravel()[cells] <= SCORED_WITHIN)
    if np.unique(numbers).size < 2:
        return []
    turn = deal(numbers, folds, seed, lay)
    nothing = np.zeros(0, dtype=int)
    return [
        ReliefTurn(
            free,
            relief.heights,
            known.where(turn != k),
            nothing,
            np.zeros(0),
            known.where(scored & (turn == k)),
            turn == k,
            scored & (turn == k),
        )
        for k in np.unique(turn[scored])
        if (turn != k).any()
    ]


def _distance_to_stations(relief: Relief, stations: Stations) -> np.ndarray:
    """Each cell's distance to the nearest used station, in the larger of the cell and the station spacing: (ny, nx)."""
    used = stations.where(stations.used)
    tree = cKDTree(np.column_stack([used.easting, used.northing]))
    unit = max(relief.grid.dx, relief.grid.dy, station_spacing(stations))
    return tree.query(np.column_stack(relief.grid.centres()))[0].reshape(relief.grid.shape) / unit


def _size_of(unknown: np.ndarray) -> float:
    """The side of a square as large as the largest connected region, in cells."""
    label, _ = ndimage.label(unknown)
    return float(np.sqrt(np.bincount(label.ravel())[1:].max()))


def _smooth_fill(relief: Relief, withheld: np.ndarray) -> np.ndarray:
    """The relief with withheld cells filled by least curvature from those around: the start must not hold the answer."""
    cells = np.flatnonzero(withheld)
    heights = relief.heights.copy()
    if cells.size == 0:
        return heights
    rows = second_differences(withheld, relief.grid.dx, relief.grid.dy)
    heights[withheld] = 0.0
    chosen = rows[:, cells]
    right = -(chosen.T @ (rows @ heights.ravel()))
    heights[withheld] = spsolve(sparse.csc_array(chosen.T @ chosen), right)
    return heights
