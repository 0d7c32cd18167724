"""A relief larger than the data: a margin whose cells take up what lies beyond the stations."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from ..errors import InputError
from .relief import MOST_CELLS, Grid, Relief
from .stations import Stations

DEPTHS = 3.0
"""The margin that is proposed, in mean depths of the relief below the stations."""
SPACINGS = 2.0
"""A cell rests on data within so many station spacings of a station, or one depth if that is more."""

TIMES_AS_MANY, ALWAYS = 100, 500_000
"""A margin may make a relief of this many times its cells, or of this many."""


def mean_depth(stations: Stations, relief: Relief) -> float:
    """How far the relief lies below the used stations on the mean, m; not negative."""
    used = stations.where(stations.used)
    surface = relief.sample(used.easting, used.northing)
    return max(float(np.nanmean(used.height - surface)), 0.0)


def station_spacing(stations: Stations) -> float:
    """The median distance of a used station to the next one, m; 0 for one station."""
    used = stations.where(stations.used)
    if used.size < 2:
        return 0.0
    places = np.column_stack([used.easting, used.northing])
    return float(np.median(cKDTree(places).query(places, k=2)[0][:, 1]))


def proposed_margin(stations: Stations, relief: Relief, depth: float | None = None) -> float:
    """A margin, m, that takes three mean depths beyond the outermost stations; 0 where the relief has it already.

    `depth` is that mean depth, m; left out it is the relief's.
    """
    used = stations.where(stations.used)
    grid = relief.grid
    wanted = DEPTHS * (mean_depth(stations, relief) if depth is None else depth)
    there = min(
        used.easting.min() - grid.easting[0],
        grid.easting[-1] - used.easting.max(),
        used.northing.min() - grid.northing[0],
        grid.northing[-1] - used.northing.max(),
    )
    cell = max(grid.dx, grid.dy)
    lacking = wanted - max(float(there), 0.0)
    return float(np.ceil(lacking / cell) * cell) if lacking > cell else 0.0


def pad_relief(relief: Relief, margin: float) -> Relief:
    """The relief with its border's values repeated over a margin of at least so many metres.

    Raises
    ------
    InputError
        Far more cells than the relief has, or than can be computed with.
    """
    grid = relief.grid
    cells = (grid.easting.size + 2.0 * margin / grid.dx) * (grid.northing.size + 2.0 * margin / grid.dy)
    most = min(MOST_CELLS, max(TIMES_AS_MANY * grid.size, ALWAYS))
    if cells > most:
        raise InputError(
            f"PADDING {margin / 1000:g} (km) makes about {cells:.3g} cells of the relief's {grid.size}, and at most {most:.3g} "
            "are possible here. Give a smaller one, in kilometres; three times the relief's depth below the stations is enough.",
            "PADDING",
        )
    nx, ny = int(np.ceil(margin / grid.dx)), int(np.ceil(margin / grid.dy))
    easting = grid.easting[0] + grid.dx * np.arange(-nx, grid.easting.size + nx)
    northing = grid.northing[0] + grid.dy * np.arange(-ny, grid.northing.size + ny)
    return Relief(Grid(easting, northing, grid.crs), np.pad(relief.heights, ((ny, ny), (nx, nx)), mode="edge"))


def near_data(stations: Stations, relief: Relief) -> np.ndarray:
    """Which cells lie within two station spacings, or one depth, of a used station: array of bool (ny, nx)."""
    used = stations.where(stations.used)
    reach = max(SPACINGS * station_spacing(stations), mean_depth(stations, relief), relief.grid.dx, relief.grid.dy)
    tree = cKDTree(np.column_stack([used.easting, used.northing]))
    distance = tree.query(np.column_stack(relief.grid.centres()))[0].reshape(relief.grid.shape)
    return np.asarray(distance <= reach)


def data_support(stations: Stations, relief: Relief, free: np.ndarray) -> Relief:
    """1 at free cells that rest on data, 0 at those that hang on the penalty alone, NaN at fixed ones."""
    return relief.with_heights(np.where(free, near_data(stations, relief).astype(float), np.nan))
