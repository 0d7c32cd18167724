"""Whether known points hold heights in metres, positive up, that agree with the start, the stations and the limits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..data.relief import Relief
from ..data.stations import Stations
from ..errors import InputError
from ..events.protocol import Reporter
from .height_evidence import (
    DEPTHS_IN_KM,
    FAR_BETTER,
    KILOMETRES,
    MIRRORED,
    Finding,
    Reading,
    Source,
    below_stations,
    from_heights,
    judge,
    nearness,
)
from .known_among import doubt_among
from .known_points import KnownPoints

FEET = (
    Reading(0.3048, "feet", "taken times 0.3048", "multiply by 0.3048", "the unit"),
    Reading(
        -0.3048, "depths in feet, positive down", "taken times -0.3048", "multiply by -0.3048", "the unit and the sign"
    ),
)
ALMOST_EXACT = 10.0
"""Feet are near enough to metres to be doubted only where they fit so many times better."""
FEWEST, VARIES = 5, 4.0
"""And only by so many points, where the start varies so many times more than it then departs from them."""


def check_known_heights(
    points: KnownPoints, stations: Stations, start: Relief, reporter: Reporter, more: Sequence[Source] = ()
) -> None:
    """Look whether known heights agree with the starting relief, with the stations, and with each other.

    Parameters
    ----------
    points : KnownPoints
        Inside the relief.
    stations : Stations
    start : Relief
        The starting relief, m.
    reporter : Reporter
        Told what is doubtful.
    more : sequence of Source
        What else the heights must agree with: limits at the points.

    Raises
    ------
    InputError
        With the sign turned, or times 1000, the heights fit at least five times better.
    """
    near = nearness(start.grid)
    at_start = start.sample(points.easting, points.northing)
    station, apart = _nearest_station(points, stations)
    at_stations = below_stations("what the stations near them allow", points.height, station, apart)
    sources = [from_heights("the starting relief", points.height, at_start), at_stations, *more]
    found = judge(sources, near)
    by_chance = found is not None and found.reading is MIRRORED and np.ptp(at_start) < found.otherwise  # a flat guess
    if found is not None and (found.certain or not by_chance):
        text = f"The known heights lie {found.figures}: they look like {found.reading.looks_like}. {_remedy(found)}"
        if found.source is sources[0]:
            text = f"{text} If they are right, the starting relief is not."
        if found.certain:
            raise InputError(text, "KNOWN_FIELD")
        reporter.warning(text, "KNOWN_FIELD")
        return
    if _doubt_start_in_km(points, at_start, near, reporter):
        return
    if points.size >= FEWEST:
        in_feet = judge([sources[0], *more], near, FEET, ALMOST_EXACT)
        if in_feet is not None and np.ptp(at_start) > VARIES * in_feet.otherwise:
            text = f"The known heights lie {in_feet.figures}: they look like {in_feet.reading.looks_like}."
            reporter.warning(f"{text} {_remedy(in_feet)}", "KNOWN_FIELD", cause=True)
            return
    doubt_among(points, start.grid, at_start, reporter)
    _doubt_above_stations(points, station + apart, near, reporter)


def _remedy(found: Finding) -> str:
    return (
        f"Check {found.reading.what} of KNOWN_FIELD ({found.reading.remedy}): it holds heights in metres, positive up."
    )


def _doubt_start_in_km(points: KnownPoints, at_start: np.ndarray, near: float, reporter: Reporter) -> bool:
    known = from_heights("the known points", at_start, points.height)
    found = judge([known], near, (KILOMETRES, DEPTHS_IN_KM), FAR_BETTER)
    if found is None:
        return False
    reporter.warning(
        f"The starting relief lies {found.figures}: it looks like {found.reading.looks_like}. Check {found.reading.what} of "
        "STARTING_RELIEF (where it is flat, of REFERENCE_LEVEL): heights are in metres, positive up.",
        "STARTING_RELIEF",
        cause=True,
    )
    return True


def _nearest_station(points: KnownPoints, stations: Stations) -> tuple[np.ndarray, np.ndarray]:
    """Height of the station nearest to each point, and the distance to it, m."""
    from scipy.spatial import cKDTree

    used = stations.where(stations.used)
    tree = cKDTree(np.column_stack([used.easting, used.northing]))
    apart, number = tree.query(np.column_stack([points.easting, points.northing]))
    return used.height[number], apart


def _doubt_above_stations(points: KnownPoints, highest: np.ndarray, near: float, reporter: Reporter) -> None:
    above = points.height - highest
    count = int((above > near).sum())
    if not count:
        return
    k = int(np.argmax(above))
    reporter.warning(
        f"{count} of {points.size} known points lie above the stations near them, more steeply than 45 degrees; the highest, "
        f"{points.height[k]:.4g} m, at {points.easting[k]:.0f} east, {points.northing[k]:.0f} north. Check KNOWN_FIELD and the "
        "heights of the stations: both are in metres in one vertical datum.",
        "KNOWN_FIELD",
        count,
    )
