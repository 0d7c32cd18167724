"""Whether known points hold what they should: heights in metres, positive up, that agree with all else and each other."""

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
    Finding,
    Reading,
    Source,
    below_stations,
    from_heights,
    judge,
    nearness,
)
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
NEIGHBOURS = 5
OPPOSED = 0.8
"""Of the points that differ in sign from those around them: if so many agree once theirs is turned, it is a slip."""
FEWEST_OPPOSED = 3


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
    if found is not None:
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
            reporter.warning(f"{text} {_remedy(in_feet)}", "KNOWN_FIELD")
            return
    _doubt_above_stations(points, station + apart, near, reporter)
    doubt_opposed(points, near, reporter)
    doubt_errors(points, at_start, near, reporter)


def _remedy(found: Finding) -> str:
    return (
        f"Check {found.reading.what} of KNOWN_FIELD ({found.reading.remedy}): it holds heights in metres, positive up."
    )


def doubt_opposed(points: KnownPoints, near: float, reporter: Reporter) -> None:
    """Warn of a minority of known points that would agree with those around them, were their sign turned.

    Land among soundings differs from them by some height or other; soundings of the other sign by twice their depth.
    """
    if points.size < 2 * NEIGHBOURS:
        return
    from scipy.spatial import cKDTree

    places = np.column_stack([points.easting, points.northing])
    around = np.median(points.height[cKDTree(places).query(places, k=NEIGHBOURS + 1)[1][:, 1:]], axis=1)
    departure, turned = np.abs(points.height - around), np.abs(-points.height - around)
    opposed = (points.height * around < 0.0) & (departure > near)
    slips = opposed & (departure > FAR_BETTER * turned)
    count = int(slips.sum())
    if count < FEWEST_OPPOSED or count < OPPOSED * opposed.sum() or 2 * count > points.size:
        return
    k = int(np.argmax(slips))
    reporter.warning(
        f"{count} of {points.size} known points have the opposite sign of those around them, which they would agree with were "
        f"it turned, the first at {points.easting[k]:.0f} east, {points.northing[k]:.0f} north ({points.height[k]:.4g} m). "
        "Check the sign of KNOWN_FIELD there.",
        "KNOWN_FIELD",
        count,
    )


def doubt_errors(points: KnownPoints, at_start: np.ndarray, near: float, reporter: Reporter) -> None:
    """Warn of standard errors so large that the points say nothing: beyond all that heights and start differ by."""
    given = points.error[points.error > 0]
    if not given.size:
        return
    error = float(np.median(given))
    spread = float(np.ptp(np.concatenate([points.height, at_start[np.isfinite(at_start)]])))
    if error > max(spread, near):
        name = "KNOWN_ERROR"
        reporter.warning(
            f"The known points have errors of {error:.4g} m, and all their heights and the relief there lie within {spread:.4g} m: "
            "they hardly count. Check the unit of KNOWN_ERROR or KNOWN_ERROR_FIELD: metres.",
            name,
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
