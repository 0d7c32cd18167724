"""How far a station's value lies from those around it, beside how far they lie from each other."""

from __future__ import annotations

import numpy as np

NEIGHBOURS = 8
TIMES = 10.0


def lone(
    easting: np.ndarray, northing: np.ndarray, values: np.ndarray, used: np.ndarray, least: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Which values differ from their eight neighbours ten times more than these do among themselves.

    Parameters
    ----------
    easting, northing, values : array (n,)
    used : array (n,) of bool
        Which stations count, also as neighbours.
    least : float
        What neighbours are taken to differ by at least.

    Returns
    -------
    array (n,) of bool, array (n,)
        Those, and how much faster they change than the way to the neighbours: |value − median| over the median distance.
    """
    from scipy.spatial import cKDTree

    found, slope = np.zeros(values.size, dtype=bool), np.zeros(values.size)
    known = np.flatnonzero(used & np.isfinite(easting + northing + values))
    if known.size <= NEIGHBOURS:
        return found, slope
    places = np.column_stack([easting, northing])[known]
    way, near = cKDTree(places).query(places, NEIGHBOURS + 1)
    around = values[known][near[:, 1:]]
    middle = np.median(around, axis=1)
    spread = np.median(np.abs(around - middle[:, None]), axis=1)
    apart = np.abs(values[known] - middle)
    found[known] = apart > TIMES * np.maximum(spread, least)
    slope[known] = apart / np.maximum(np.median(way[:, 1:], axis=1), 1e-3)
    return found, slope
