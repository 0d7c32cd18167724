"""Whether limits of the relief are heights in metres, positive up, beside the starting relief and the stations."""

from __future__ import annotations

import numpy as np

from ..data.relief import Relief
from ..data.stations import Stations
from ..events.protocol import Reporter
from ..survey.height_evidence import READINGS, nearness

VARIES = 10.0  # m; a limit that is the same everywhere may well lie anywhere
MOST = 0.9


def limits_advice(start: np.ndarray, lower: np.ndarray | None, upper: np.ndarray | None) -> str:
    """How limits that the start crosses can be read so that it lies within them: a sentence, empty where they can't.

    Parameters
    ----------
    start, lower, upper : array (cells,)
        Of the free cells, m; infinite where there is no limit.
    """
    for reading in READINGS:
        one, other = (None if limit is None else reading.factor * limit for limit in (lower, upper))
        read = [("of LOWER_LIMIT", one, upper)] * (lower is not None) + [("of UPPER_LIMIT", lower, other)] * (
            upper is not None
        )
        if lower is not None and upper is not None:
            read.append(("of both limits", one, other))
            read += [("of both limits, which then change places", other, one)] * (reading.factor < 0)
        fit = [names for names, *limits in read if _lies_within(start, *limits)]
        if fit:
            return f"Check {reading.what} {' or '.join(fit)} first: {reading.turned} the start would lie within the limits."
    for reading in READINGS:
        if _lies_within(reading.factor * start, lower, upper):
            return f"Check {reading.what} of STARTING_RELIEF first: {reading.turned} it would lie within the limits."
    return ""


def _lies_within(start: np.ndarray, lower: np.ndarray | None, upper: np.ndarray | None) -> bool:
    """Whether heights lie within limits wherever these are finite; limits that cross hold none."""
    for below, above in ((lower, start), (start, upper), (lower, upper)):
        if below is not None and above is not None:
            there = np.isfinite(below) & np.isfinite(above)
            if (below > above)[there].any():
                return False
    return True


def doubt_upper_limit(
    stations: Stations, start: Relief, free: np.ndarray, upper: np.ndarray, reporter: Reporter
) -> None:
    """Warn of an upper limit that varies, lies above nearly all stations, and with its sign turned would still hold the start.

    Depths, positive down, lie there: a sea floor below which the basement must stay.
    """
    used = stations.where(stations.used)
    limit = np.where(np.isfinite(upper), upper, np.nan)
    at_stations = start.with_heights(limit).sample(used.easting, used.northing, nearest=True)
    above = at_stations > used.height + nearness(start.grid)
    there = np.isfinite(at_stations)
    held = free & np.isfinite(upper)
    if not there.any() or not held.any() or np.ptp(upper[held]) < VARIES:
        return
    turned = (start.heights <= -upper)[held].all() and (-at_stations <= used.height)[there].all()
    if above[there].mean() > MOST and turned:
        reporter.warning(
            f"UPPER_LIMIT lies above {int(above.sum())} of {int(there.sum())} stations, and with the sign turned below all of them "
            "and above the starting relief: it looks like depths, positive down. Check the sign of UPPER_LIMIT.",
            "UPPER_LIMIT",
            int(above.sum()),
        )
