"""How far measurements scatter about what their neighbours say: an upper bound of their errors, from the data alone."""

from __future__ import annotations

import numpy as np

NEIGHBOURS = 12
"""So many say what a station should have, by a parabola through them: twice as many as it has coefficients."""
FEWEST = 20
"""Fewer stations tell no scatter."""
MOST = 2000
"""So many stations are looked at, evenly spread over all."""
NORMAL = 1.4826
"""From the median of absolute values to a standard deviation, of normal ones."""


def one_a_block(easting: np.ndarray, northing: np.ndarray, side: float) -> np.ndarray:
    """The numbers of stations of which no two lie in one square block of this side, m: the first of each block."""
    blocks = np.floor(np.column_stack([easting - easting.min(), northing - northing.min()]) / side)
    return np.sort(np.unique(blocks, axis=0, return_index=True)[1])


def scatter(easting: np.ndarray, northing: np.ndarray, values: np.ndarray, side: float) -> float | None:
    """The standard deviation of values about a parabola through their neighbours', robustly.

    One value a block is looked at, so that neighbours along a line, whose errors are alike, do not hide how lines differ.
    What varies within a few blocks counts as scatter too.

    Parameters
    ----------
    easting, northing : array (n,)
        m.
    values : array (n,)
    side : float
        Of the blocks, m.

    Returns
    -------
    float or None
        In the unit of the values; None where there are too few to tell.
    """
    from scipy.spatial import cKDTree

    chosen = one_a_block(easting, northing, side)
    if chosen.size < FEWEST:
        return None
    places = np.column_stack([easting, northing])[chosen]
    asked = np.unique(np.linspace(0, chosen.size - 1, min(chosen.size, MOST)).astype(int))
    distance, neighbour = cKDTree(places).query(places[asked], k=NEIGHBOURS + 1)
    neighbour, scale = neighbour[:, 1:], distance[:, -1:, None]
    away = (places[neighbour] - places[asked][:, None, :]) / scale
    x, y = away[..., 0], away[..., 1]
    parabola = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=2)
    weight = np.linalg.pinv(parabola)[:, 0, :]  # of each neighbour, in the parabola's value at the station
    held = values[chosen]
    rest = held[asked] - (weight * held[neighbour]).sum(axis=1)
    return float(NORMAL * np.median(np.abs(rest) / np.sqrt(1.0 + (weight**2).sum(axis=1))))
