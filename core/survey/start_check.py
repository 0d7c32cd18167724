"""Whether a starting relief and the heights of the stations can both be heights in metres, positive up."""

from __future__ import annotations

import numpy as np

from ..data.relief import Relief
from ..data.stations import Stations
from ..errors import InputError
from ..events.protocol import Reporter
from ..job.parts import SurveyJob
from .height_checks import height_parameter
from .height_evidence import nearness

MOST = 0.5
"""Of the stations: if more of them lie deep inside the relief, it or their heights are no heights in metres."""
SOME = 0.1
"""If more than these do, that is worth a word."""
ALL = 0.99
HIGHEST_IN_KM = 12.0
"""Heights beyond this are no kilometres."""


def check_start(job: SurveyJob, stations: Stations, relief: Relief, reporter: Reporter) -> None:
    """Refuse a starting relief that holds the stations inside and, its sign turned, would lie below them all.

    Stations on the ground lie a little inside a relief now and then: only those deeper than 200 m and half a cell count.

    Parameters
    ----------
    job : SurveyJob
    stations : Stations
        As they were read, not yet checked.
    relief : Relief
        The starting relief, m, positive up.
    reporter : Reporter

    Raises
    ------
    InputError
        Most stations lie deep inside the relief, and its sign turned, or that of their heights, explains it.
    """
    surface = relief.sample(stations.easting, stations.northing)
    there = np.isfinite(surface + stations.height)
    surface, height = surface[there], stations.height[there]
    inside = surface > height + nearness(relief.grid)
    share = float(inside.mean()) if inside.size else 0.0
    if share <= SOME:
        return
    causes = _causes(job, surface, height)
    if not causes:
        return
    parameter, clause = causes[0]
    depth = float(np.median((surface - height)[inside]))
    text = (
        f"{int(inside.sum())} of {inside.size} stations lie inside the starting relief, half of these by more than {depth:,.0f} "
        f"m, and all would lie above it {clause}. Check the sign of {parameter}: heights are positive up, depths negative."
    )
    if parameter != height_parameter(job):
        text = f"{text} If it is right, {height_parameter(job)} is not."
    if share > MOST:
        raise InputError(text, parameter)
    reporter.warning(text, parameter, int(inside.sum()))


def _causes(job: SurveyJob, surface: np.ndarray, height: np.ndarray) -> list[tuple[str, str]]:
    """What would put all stations above the relief: parameters, and what is to be done to them.

    Nothing where heights taken as kilometres would, which is told elsewhere.
    """
    start = "STARTING_RELIEF" if job.starting_relief is not None else "REFERENCE_LEVEL"
    in_km = float(np.abs(height).max()) <= HIGHEST_IN_KM and float(np.mean(surface < 1000.0 * height)) >= ALL
    if in_km:
        return []
    cases = (
        (start, "with its sign turned", -surface <= height),
        (height_parameter(job), "with the sign of their heights turned", surface <= -height),
    )
    return [(parameter, clause) for parameter, clause, above in cases if float(np.mean(above)) >= ALL]
