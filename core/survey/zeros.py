"""Zeros that stand for "no value": told, never left out, for 0 is a height and an anomaly too."""

from __future__ import annotations

import numpy as np

from ..data.relief import Relief
from ..data.stations import Stations
from ..data.void_codes import usual_step, void_cells, void_points
from ..events.protocol import Reporter

FEWEST = 3
"""A zero or two may be true."""
HIGH = 100.0
"""m: a shore may rise so much beside stations or cells at the sea's level."""


def doubt_zero_stations(stations: Stations, gravity: str, height: str, reporter: Reporter) -> None:
    """Warn of used stations whose gravity or height is exactly 0 while all around are far from it; the parameters' names."""
    for name, values, unit, least in ((gravity, stations.gravity, "mGal", 0.0), (height, stations.height, "m", HIGH)):
        zero = stations.used & (values == 0.0)
        lone = void_points(stations.easting, stations.northing, np.where(stations.used, values, np.nan), zero)
        others = values[stations.used & ~zero]
        count = int(lone.sum())
        if count >= FEWEST and float(np.median(np.abs(others))) > least:
            reporter.warning(
                f"{count} of {stations.size} stations have exactly 0 {unit} in {name}, and those around them {np.median(others):.4g} or "
                f"the like. They are used. If 0 means none, leave it empty in {name}.",
                name,
                count,
            )


def doubt_zero_cells(relief: Relief, parameter: str, reporter: Reporter) -> None:
    """Warn where a relief that is uneven elsewhere has cells of exactly 0 that drop from those beside them."""
    heights = relief.heights
    zero = heights == 0.0
    if not zero.any() or zero.all() or usual_step(np.where(zero, np.nan, heights)) == 0.0:
        return
    count = int(void_cells(heights, zero).sum())
    typical = float(np.median(heights[~zero]))
    if count >= FEWEST and abs(typical) > HIGH:
        reporter.warning(
            f"{parameter} has {count} cells of exactly 0 m, far from those beside them, and {typical:.4g} m or the like elsewhere. They "
            "are used. If 0 means empty there, fill those cells or cut the raster to where it has values.",
            parameter,
            count,
        )
