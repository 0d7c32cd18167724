"""Which stations are withheld: one function a way to split, each giving the turns' masks."""

from __future__ import annotations

import numpy as np

from ..data.relief import ON_THE_GRID
from ..data.stations import Stations
from ..errors import InputError

BLOCKS = 36
"""So many blocks the area is cut into where no size is given."""
NARROWEST = 0.05
"""Places along a line count as a strip this wide, as a share of its length."""
LAY_SHIFT = np.array([0.7548776662466927, 0.5698402909980532])
"""1/p and 1/p², p³ = p + 1: multiples of it, less their whole parts, fill a square more evenly than random numbers do
(Roberts, 2018, the R2 sequence)."""


def by_field(stations: Stations) -> np.ndarray:
    """The stations that a field marks: array of bool (n,).

    Raises
    ------
    InputError
        The field has one class only.
    """
    marked = stations.test & stations.used
    count, total = int(marked.sum()), int(stations.used.sum())
    if count in (0, total):
        which = "no" if count == 0 else "every"
        raise InputError(
            f"TEST_FIELD marks {which} usable station as a test station ({count} of {total}). It needs both: 0 for the "
            "stations to fit, 1 for those to withhold.",
            "TEST_FIELD",
        )
    return marked


def alternate_nodes(stations: Stations) -> np.ndarray:
    """On a grid of stations all but those on even rows and columns, counted from the south-west: array of bool (n,).

    Raises
    ------
    InputError
        The stations lie on no regular grid, or on one too small to split.
    """
    col, row = _grid_index(stations)
    withheld = stations.used & ((col % 2 != 0) | (row % 2 != 0))
    if not withheld.any() or not (stations.used & ~withheld).any():
        raise InputError("SPLIT 1 (alternate nodes) leaves no stations on one side. Use another SPLIT.", "SPLIT")
    return withheld


def spatial_blocks(stations: Stations, block: float | None, folds: int, seed: int, lay: int = 0) -> list[np.ndarray]:
    """Square blocks of stations, dealt out at random to so many turns: a mask (n,) for each.

    The blocks' corner is drawn at random too; further lays are shifted from it and dealt anew. Neighbouring stations,
    whose errors may be alike, are withheld together.

    Raises
    ------
    InputError
        The blocks are so large that there are fewer than turns.
    """
    used = stations.where(stations.used)
    side = block or block_size(used.easting, used.northing)
    number = block_numbers(used.easting, used.northing, side, seed, lay)
    blocks = np.unique(number)
    if blocks.size < folds:
        raise InputError(
            f"SPLIT 2 (spatial blocks): blocks of {side:.4g} m cut the stations into {blocks.size}, fewer than the {folds} "
            "turns. Give a smaller BLOCK_SIZE or fewer FOLDS.",
            "BLOCK_SIZE",
        )
    return _turns(stations, number, folds, seed, lay)


def random_stations(stations: Stations, folds: int, seed: int, lay: int = 0) -> list[np.ndarray]:
    """Stations dealt out at random to so many turns: a mask (n,) for each."""
    count = int(stations.used.sum())
    if count < folds:
        raise InputError(
            f"SPLIT 3 (random): {count} stations are fewer than the {folds} turns. Give fewer FOLDS.", "FOLDS"
        )
    return _turns(stations, np.arange(count), folds, seed, lay)


def block_size(easting: np.ndarray, northing: np.ndarray) -> float:
    """The side of a square of which 36 have the area of the places' box, m."""
    width, height = float(np.ptp(easting)), float(np.ptp(northing))
    longer = max(width, height) or 1.0
    return float(np.sqrt(longer * max(min(width, height), NARROWEST * longer) / BLOCKS))


def block_numbers(easting: np.ndarray, northing: np.ndarray, side: float, seed: int, lay: int = 0) -> np.ndarray:
    """The number of the square block that each place lies in; the blocks' corner is drawn from the seed, and further
    lays of blocks are shifted from it."""
    corner = (np.random.default_rng(seed).random(2) + lay * LAY_SHIFT) % 1.0 * side
    col = np.floor((easting - easting.min() + corner[0]) / side).astype(np.int64)
    row = np.floor((northing - northing.min() + corner[1]) / side).astype(np.int64)
    return row * (col.max() + 1) + col


def deal(numbers: np.ndarray, folds: int, seed: int, lay: int = 0) -> np.ndarray:
    """The turn of each place, its block's: blocks are dealt out at random, equally many to each turn."""
    blocks, block = np.unique(numbers, return_inverse=True)
    turn = np.empty(blocks.size, dtype=int)
    turn[np.random.default_rng((seed, 1 + lay)).permutation(blocks.size)] = np.arange(blocks.size) % folds
    return turn[block.ravel()]


def _turns(stations: Stations, numbers: np.ndarray, folds: int, seed: int, lay: int) -> list[np.ndarray]:
    turn = np.full(stations.size, -1)
    turn[stations.used] = deal(numbers, folds, seed, lay)
    return [turn == k for k in range(folds)]


def _grid_index(stations: Stations) -> tuple[np.ndarray, np.ndarray]:
    if stations.lattice is not None and stations.node is not None:
        row, col = np.divmod(stations.node, stations.lattice.shape[1])
        return col, row
    return _lattice_index(stations.easting, stations.used), _lattice_index(stations.northing, stations.used)


def _lattice_index(values: np.ndarray, used: np.ndarray) -> np.ndarray:
    """Numbers of equally spaced lines that the values lie on."""
    start = values[used].min()
    gaps = np.diff(np.unique(values[used]))
    extent = values[used].max() - start
    gaps = gaps[gaps > 1e-6 * extent] if extent > 0 else gaps[:0]
    step = gaps.min() if gaps.size else 1.0
    index = np.nan_to_num((values - start) / step)
    off = np.abs(index - np.rint(index))[used].max()
    if off > 10 * ON_THE_GRID:
        raise InputError(
            "SPLIT 1 (alternate nodes) needs stations on a regular grid, and these are scattered. "
            "Use SPLIT 0 with a field that marks the stations to withhold.",
            "SPLIT",
        )
    return np.rint(index).astype(int)
