"""What is looked at before stations are used: what is left out, what is merged, what is only said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..data.clearance import AT_THE_LEVEL, clearances, lies_at_stations
from ..data.relief import Relief
from ..data.stations import Stations
from ..errors import InputError
from ..events.protocol import Reporter
from .near_repeats import doubt_near_repeats
from .neighbours import NEIGHBOURS, lone
from .repeats import average_repeats

TIMES_BEYOND = 10.0


def check_stations(
    stations: Stations, relief: Relief, reporter: Reporter, repeat_tolerance: float | None = None
) -> Stations:
    """Mark what can't be used, average repeats, warn with counts, and refuse what can't be understood.

    Raises
    ------
    InputError
        Stations at one place whose gravity differs by more than the tolerance (mGal; None: by the data); no overlap with the
        relief; no usable station at all.
    """
    usable = _has_values(stations, reporter)
    inside = relief.grid.contains(stations.easting, stations.northing)
    if usable.any() and not (usable & inside).any():
        raise InputError(
            f"GRAVITY and the relief do not overlap: the stations lie at {_box(stations.easting, stations.northing)}, "
            f"the relief at {_box(relief.easting, relief.northing)}. Check their coordinate reference systems or give a "
            "relief around the stations.",
            "GRAVITY",
        )
    _warn(reporter, usable & ~inside, "lie outside the relief and are left out", "GRAVITY", doubt=False)
    used = usable & inside
    if not used.any():
        raise InputError(
            "GRAVITY has no usable station: each lacks a value, a height or a place inside the relief. "
            "Check GRAVITY_FIELD and the height.",
            "GRAVITY",
        )
    stations = average_repeats(replace(stations, used=used), relief.grid, repeat_tolerance, reporter)
    used = stations.used
    doubt_near_repeats(stations, relief.grid, reporter)
    _warn(
        reporter,
        _below(replace(stations, used=used), relief),
        "lie at or below the starting relief; they are used. Check heights and datum",
        "HEIGHT",
    )
    _warn(
        reporter,
        _far_from_the_others(stations, used),
        f"have gravity {TIMES_BEYOND:g} times further from the median than most others; they are used. "
        "Check their values",
        "GRAVITY_FIELD",
    )
    return stations


def _below(stations: Stations, relief: Relief) -> np.ndarray:
    """Which used stations lie at or below the relief, (n,).

    Where it lies at the level of most of them, as the start of a basin surveyed on the ground does, only those farther below
    than the ground is rough.
    """
    below = np.zeros(stations.size, dtype=bool)
    rough = AT_THE_LEVEL * min(relief.grid.dx, relief.grid.dy) if lies_at_stations(stations, relief) else 0.0
    below[stations.used] = clearances(stations, relief) <= -rough
    return below


def _has_values(stations: Stations, reporter: Reporter) -> np.ndarray:
    columns = (stations.gravity, stations.height, stations.error, stations.regional)
    complete = np.isfinite(np.column_stack([stations.easting, stations.northing, *columns])).all(axis=1)
    _warn(
        reporter,
        ~complete,
        "have no value (place, gravity, height, error or regional) and are left out",
        "GRAVITY",
        False,
    )
    return complete


def _far_from_the_others(stations: Stations, used: np.ndarray) -> np.ndarray:
    """Which lie further from the median than ten times three quarters of the stations do, and far from their neighbours
    too: a strong anomaly in a small part of a survey is none of them."""
    distance = np.abs(stations.gravity - np.median(stations.gravity[used]))
    usual = float(np.quantile(distance[used], 0.75))
    if usual == 0 or not (distance[used] > TIMES_BEYOND * usual).any():
        return np.zeros(used.size, dtype=bool)
    if used.sum() <= NEIGHBOURS:
        return used & (distance > TIMES_BEYOND * usual)
    apart, _ = lone(stations.easting, stations.northing, stations.gravity, used)
    return used & (distance > TIMES_BEYOND * usual) & apart


def _warn(reporter: Reporter, mask: np.ndarray, what: str, parameter: str, doubt: bool = True) -> None:
    count = int(mask.sum())
    if count:
        reporter.warning(f"{count} of {mask.size} stations {what}.", parameter, count, doubt)


def _box(easting: np.ndarray, northing: np.ndarray) -> str:
    return (
        f"{np.nanmin(easting):.0f} to {np.nanmax(easting):.0f} east, {np.nanmin(northing):.0f} to "
        f"{np.nanmax(northing):.0f} north"
    )
