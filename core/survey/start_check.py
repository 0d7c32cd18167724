"""Whether a relief and the heights of the stations can both be heights in metres, positive up."""

from __future__ import annotations

import numpy as np

from ..data.relief import Relief
from ..data.stations import Stations
from ..errors import InputError
from ..events.protocol import Reporter
from .height_checks import GROUND
from .height_evidence import nearness

MOST = 0.5
"""Of the stations: if more of them lie deep inside the relief, it or their heights are no heights in metres."""
SOME = 0.1
"""If more than these do, that is worth a word."""
ALL = 0.99


def check_start(
    stations: Stations, relief: Relief, names: tuple[str, str], reporter: Reporter, refuse: bool = True
) -> None:
    """Refuse a relief that holds the stations inside and, its sign turned, would lie below them all.

    Stations on the ground lie a little inside a relief now and then: only those deeper than 200 m and half a cell count.

    Parameters
    ----------
    stations : Stations
        As they were read.
    relief : Relief
        m, positive up.
    names : (str, str)
        The parameters that gave the relief and the heights of the stations.
    reporter : Reporter
    refuse : bool
        False: it is but doubted.

    Raises
    ------
    InputError
        Most stations lie deep inside the relief, and its sign turned explains it.
    """
    surface = relief.sample(stations.easting, stations.northing)
    there = np.isfinite(surface + stations.height)
    surface, height = surface[there], stations.height[there]
    inside = surface > height + nearness(relief.grid)
    share = float(inside.mean()) if inside.size else 0.0
    clause, parameter = _cause(surface, height, names)
    if share <= SOME or not clause:
        return
    depth = float(np.median((surface - height)[inside]))
    text = (
        f"{int(inside.sum())} of {inside.size} stations lie inside the relief, half of these by more than {depth:,.0f} m, and all "
        f"would lie above it with the sign of {clause} turned. Check the sign of {parameter}: heights are positive up, depths "
        "negative."
    )
    if parameter != names[1]:
        text = f"{text} If it is right, {names[1]} is not."
    if refuse and share > MOST and parameter == names[0]:  # underground, stations do lie inside
        raise InputError(text, parameter)
    reporter.warning(text, parameter, int(inside.sum()))


def _cause(surface: np.ndarray, height: np.ndarray, names: tuple[str, str]) -> tuple[str, str]:
    """Whose sign turned would put all stations above the relief, and the parameter; empty where neither's would.

    Empty too where heights taken as kilometres would, which is told elsewhere.
    """
    in_km = height.size > 0 and float(np.abs(height).max()) <= GROUND / 1000.0
    if in_km and float(np.mean(surface < 1000.0 * height)) >= ALL:
        return "", ""
    for clause, parameter, above in (
        ("the relief", names[0], -surface <= height),
        ("their heights", names[1], surface <= -height),
    ):
        if above.size and float(np.mean(above)) >= ALL:
            return clause, parameter
    return "", ""
