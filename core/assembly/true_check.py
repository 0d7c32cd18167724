"""Whether a true relief holds heights in metres, positive up, beside the starting relief, the stations and the result."""

from __future__ import annotations

import numpy as np

from ..data.relief import Relief
from ..data.stations import Stations
from ..errors import InputError
from ..events.protocol import Reporter
from ..survey.height_evidence import FAR_BETTER, Finding, below_stations, from_heights, judge, nearness


def check_true_relief(stations: Stations, start: Relief, true: np.ndarray, reporter: Reporter) -> None:
    """Look whether a true relief agrees with the start and the stations, though it scores alone.

    Raises
    ------
    InputError
        With the sign turned, or times 1000, it fits at least five times better.
    """
    used = stations.where(stations.used)
    at_stations = start.with_heights(true).sample(used.easting, used.northing)
    sources = [
        from_heights("the starting relief", true.ravel(), start.heights.ravel()),
        below_stations("what the stations allow", at_stations, used.height),
    ]
    _tell_of_true(judge(sources, nearness(start.grid)), reporter, refuse=True)


def doubt_true_relief(start: Relief, inverted: np.ndarray, true: np.ndarray, reporter: Reporter) -> None:
    """Warn where the inverted relief scores far better against a true relief that is read otherwise; reliefs (ny, nx), m."""
    sources = [
        from_heights("the inverted relief", true.ravel(), inverted.ravel()),
        from_heights("the starting relief", true.ravel(), start.heights.ravel()),
    ]
    _tell_of_true(judge(sources, nearness(start.grid), enough=FAR_BETTER), reporter, refuse=False)


def _tell_of_true(found: Finding | None, reporter: Reporter, refuse: bool) -> None:
    if found is None:
        return
    text = (
        f"TRUE_RELIEF lies {found.figures}: it looks like {found.reading.looks_like}. Check {found.reading.what} of TRUE_RELIEF "
        f"({found.reading.remedy}): it holds heights in metres, positive up."
    )
    if found.certain and refuse:
        raise InputError(text, "TRUE_RELIEF")
    reporter.warning(text, "TRUE_RELIEF")
