"""What comes again after a turn round the Earth: longitudes, and the eastings of cylindrical projections."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyproj

LONGITUDES, LATITUDES = 60.0 * np.arange(6), (0.0, 40.0)  # degrees, at which a projection is asked
SAME = 1e-6  # of a turn


@lru_cache(maxsize=32)
def period(crs: pyproj.CRS) -> float | None:
    """After how much easting, in the system's unit, the same places come again; None where they do not.

    360 in degrees; the Earth's girth in a cylindrical projection, whose meridians are all alike: Web Mercator.
    """
    if crs.is_geographic:
        return round(2.0 * np.pi / crs.axis_info[0].unit_conversion_factor, 9)
    if not crs.is_projected:
        return None
    import pyproj

    try:
        forward = pyproj.Proj(crs)
    except pyproj.exceptions.ProjError:
        return None
    turns = []
    for latitude in LATITUDES:
        x, y = (np.asarray(axis) for axis in forward(LONGITUDES, np.full(LONGITUDES.size, latitude)))
        if not np.isfinite(x + y).all():
            return None
        x = np.sort(x)
        steps = np.diff(x)
        turn = LONGITUDES.size * float(steps.mean())
        if max(np.ptp(steps), np.ptp(y)) > SAME * turn:
            return None
        turns.append(turn)
    return turns[0] if np.ptp(turns) < SAME * turns[0] else None


def near(easting: np.ndarray, about: float, turn: float | None) -> np.ndarray:
    """Eastings moved by whole turns, at most half a turn from `about`; those that need none as they are."""
    if turn is None:
        return easting
    return easting + turn * np.rint((about - easting) / turn)


def gathered(easting: np.ndarray, turn: float | None) -> np.ndarray:
    """Eastings moved by whole turns so that they lie together: 179 and -179 as 179 and 181 degrees.

    Where they lie together already, within half a turn, they stay as they are.
    """
    there = np.isfinite(easting)
    if turn is None or not there.any() or np.ptp(easting[there]) <= 0.5 * turn:
        return easting
    inside = np.sort(easting[there] % turn)
    gaps = np.diff(inside, append=inside[0] + turn)
    widest = int(np.argmax(gaps))
    first = inside[(widest + 1) % inside.size]
    moved = first + (easting - first) % turn
    return moved if np.ptp(moved[there]) < np.ptp(easting[there]) else easting
