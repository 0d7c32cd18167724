"""Whether limits of the relief are heights in metres, positive up, beside the starting relief and the stations."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..data.relief import Relief
from ..data.stations import Stations
from ..events.protocol import Reporter
from ..survey.height_evidence import READINGS, nearness

VARIES = 10.0  # m; a limit that is the same everywhere may well lie anywhere
MOST = 0.9
FARTHEST = 20.0
"""Times as far from 0 as the start: a limit read so holds anything."""


def limits_advice(
    start: np.ndarray,
    lower: np.ndarray | None,
    upper: np.ndarray | None,
    names: tuple[str, str] = ("LOWER_LIMIT", "UPPER_LIMIT"),
) -> str:
    """How limits that the start crosses can be read so that it lies within them: a sentence, empty where they can't.

    Parameters
    ----------
    start, lower, upper : array (cells,)
        Of the free cells, m; infinite where there is no limit.
    names : (str, str)
        The parameters that gave the lower and the upper limit.
    """
    for reading in READINGS:
        read = _read(reading.factor, start, lower, upper, names)
        fit = [name for name, heights, *limits in read if _lies_within(heights, *limits)]
        if fit:
            return f"Check {reading.what} of {' or of '.join(fit)} first: {reading.turned} the start would lie within the limits."
    return ""


def _read(
    factor: float, start: np.ndarray, lower: np.ndarray | None, upper: np.ndarray | None, names: tuple[str, str]
) -> Iterator[tuple[str, np.ndarray, np.ndarray | None, np.ndarray | None]]:
    """What can be multiplied by a factor: its name, and start, lower and upper limit then.

    One limit that holds nearly anything once its sign is turned tells nothing: an upper one that then lies far up, or
    either one beside a start whose sign is turned.
    """
    one, other = (None if limit is None else factor * limit for limit in (lower, upper))
    finite = [limit[np.isfinite(limit)] for limit in (one, other) if limit is not None]
    if any(limit.size and np.median(np.abs(limit)) > FARTHEST * np.abs(start).max() for limit in finite):
        return
    if lower is not None:
        yield names[0], start, one, upper
    if upper is not None and factor > 0:
        yield names[1], start, lower, other
    if lower is not None and upper is not None:
        yield "both limits", start, one, other
        if factor < 0:
            yield "both limits, which then change places,", start, other, one
        yield "STARTING_RELIEF", factor * start, lower, upper


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
