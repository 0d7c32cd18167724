"""The limits of a relief: the rasters, one level for all cells, and the stations above; where several hold, the tightest."""

from __future__ import annotations

from itertools import product

import numpy as np

from ..data.clearance import ceiling
from ..data.relief import Grid, Relief
from ..data.stations import Stations
from ..errors import InputError
from ..job.jobs import InversionJob
from .limit_check import limits_advice

ON_THE_LIMIT = 1e-6  # m
START_INSIDE = "Move the start inside the limits (Raster calculator) or the limit."

Limits = tuple[np.ndarray | None, np.ndarray | None]
"""Lower and upper, (ny, nx) m, infinite where there is none; None where there is none at all."""


def check_limits(
    job: InversionJob, relief: Relief, free: np.ndarray, lower: np.ndarray | None, upper: np.ndarray | None
) -> None:
    """Refuse limits that cross, and a start outside them.

    Parameters
    ----------
    job : InversionJob
        Whose levels are looked at beside the rasters' limits.
    relief : Relief
        The start.
    free : array of bool (ny, nx)
    lower, upper : array (ny, nx) or None
        The rasters' limits, m.

    Raises
    ------
    InputError
        With the place and the parameter.
    """
    lows = {"LOWER_LIMIT": lower, "LOWER_LEVEL": _level(job.lower_level, relief)}
    highs = {"UPPER_LIMIT": upper, "UPPER_LEVEL": _level(job.upper_level, relief)}
    start = relief.heights[free]
    for (low, below), (high, above) in product(lows.items(), highs.items()):
        if below is not None and above is not None and (free & (below > above)).any():
            place = _place(relief.grid, free & (below > above))
            advice = limits_advice(start, below[free], above[free], (low, high))
            raise InputError(f"{low} lies above {high} at {place}. {advice or 'Exchange or mend them.'}", low)
    for name, limit in (*lows.items(), *highs.items()):
        if limit is None:
            continue
        side, sign = ("below", 1.0) if name in lows else ("above", -1.0)
        outside = free & (sign * (relief.heights - limit) < -ON_THE_LIMIT)
        if outside.any():
            count = int(outside.sum())
            kind = name[len("LOWER_") :]
            names = f"LOWER_{kind}", f"UPPER_{kind}"
            below, above = (None if side is None else side[free] for side in (lows[names[0]], highs[names[1]]))
            advice = limits_advice(start, below, above, names)
            raise InputError(
                f"The starting relief lies {side} {name} in {count} free cell{'s' * (count > 1)}, the first at "
                f"{_place(relief.grid, outside)}. {advice or START_INSIDE}",
                name,
            )


def with_levels(job: InversionJob, grid: Grid, lower: np.ndarray | None, upper: np.ndarray | None) -> Limits:
    """The rasters' limits and the job's levels together."""
    if job.lower_level is not None:
        lower = np.full(grid.shape, job.lower_level) if lower is None else np.maximum(lower, job.lower_level)
    if job.upper_level is not None:
        upper = np.full(grid.shape, job.upper_level) if upper is None else np.minimum(upper, job.upper_level)
    return lower, upper


def below_stations(stations: Stations, grid: Grid, free: np.ndarray, limits: Limits, asked: bool) -> np.ndarray:
    """The upper limit that keeps free cells below the stations in them, and where it was asked for also those beside.

    Raises
    ------
    InputError
        It was asked for, and the lower limit lies above a station.
    """
    lower, upper = limits
    tops = np.where(free, ceiling(stations, grid, around=asked), np.inf)
    if lower is not None:
        if asked and (lower > tops).any():
            raise InputError(
                "BELOW_STATIONS keeps the relief below the stations, and its lower limit lies above one at "
                f"{_place(grid, lower > tops)}. Lower LOWER_LIMIT or LOWER_LEVEL, or check the heights.",
                "BELOW_STATIONS",
            )
        tops = np.maximum(tops, lower)
    return tops if upper is None else np.minimum(upper, tops)


def _level(level: float | None, relief: Relief) -> np.ndarray | None:
    return None if level is None else np.full(relief.grid.shape, level)


def _place(grid: Grid, mask: np.ndarray) -> str:
    row, col = np.argwhere(mask)[0]
    return f"{grid.easting[col]:.0f} east, {grid.northing[row]:.0f} north"
