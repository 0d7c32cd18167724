"""How high stations lie above a relief: where a cell holds stations, the lowest of them is its ceiling."""

from __future__ import annotations

import numpy as np

from .padding import station_spacing
from .relief import ON_THE_GRID, Grid, Relief
from .stations import Positions, Stations

AT_THE_LEVEL = 0.05
"""A station nearer to a relief in height than this share of a cell lies at its level."""
MIDDLE_OFF = 0.01
"""Of a cell: half of the stations must not lie farther than this below the relief. That is another datum, not rough ground."""
CLEARANCE = 1e-3
"""Of a cell: what is kept below stations stays so far below them."""


def station_cells(positions: Positions, grid: Grid) -> np.ndarray:
    """The flat number of the cell that holds each place inside the grid: (n,)."""
    col, row = grid.fractional_index(positions.easting, positions.northing)
    ny, nx = grid.shape
    i, j = np.clip(np.rint(row).astype(int), 0, ny - 1), np.clip(np.rint(col).astype(int), 0, nx - 1)
    return i * nx + j


def clearances(stations: Stations, relief: Relief) -> np.ndarray:
    """Height of the used stations above the cell that holds them: (used,), m; negative below it."""
    used = stations.where(stations.used)
    return used.height - relief.heights.ravel()[station_cells(used, relief.grid)]


def lies_at_stations(stations: Stations, relief: Relief, free: np.ndarray | None = None) -> bool:
    """Whether a relief lies at the level of most stations over its free cells, as a basin's start does on the ground.

    Parameters
    ----------
    stations : Stations
    relief : Relief
    free : array of bool (ny, nx), optional
        The cells that may move; all where left out.
    """
    used = stations.where(stations.used)
    over = np.ones(used.size, dtype=bool)
    if free is not None:
        over = free.ravel()[station_cells(used, relief.grid)]
    if not over.any():
        return False
    height = clearances(stations, relief)[over]
    cell = min(relief.grid.dx, relief.grid.dy)
    at = np.abs(height) <= AT_THE_LEVEL * cell
    return bool(at.mean() > 0.5) and float(np.median(height)) >= -MIDDLE_OFF * cell


def ceiling(stations: Stations, grid: Grid, around: bool = False) -> np.ndarray:
    """A little below the lowest station in each cell: (ny, nx) m; infinite where a cell holds none.

    Parameters
    ----------
    stations : Stations
        Those that are used count.
    grid : Grid
    around : bool
        Whether a cell without a station takes the nearest one's height, as far as one cell or one station spacing away.
    """
    from scipy.spatial import cKDTree

    used = stations.where(stations.used)
    lowest = np.full(grid.size, np.inf)
    np.minimum.at(lowest, station_cells(used, grid), used.height)
    empty = np.flatnonzero(np.isinf(lowest))
    if around and empty.size:
        reach = max(grid.dx, grid.dy, station_spacing(stations)) * (1.0 + ON_THE_GRID)
        tree = cKDTree(np.column_stack([used.easting, used.northing]))
        distance, nearest = tree.query(np.column_stack(grid.centres())[empty])
        beside = distance <= reach
        lowest[empty[beside]] = used.height[nearest[beside]]
    return (lowest - CLEARANCE * min(grid.dx, grid.dy)).reshape(grid.shape)
