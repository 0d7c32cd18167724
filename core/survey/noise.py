"""How far measurements scatter about what their neighbours say: an upper bound of their errors, from the data alone."""

from __future__ import annotations

import numpy as np

NEIGHBOURS = 8
"""So many say what a station should have: a plane through them."""
FEWEST = 10
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
    """The standard deviation of values about a plane through their neighbours', robustly.

    One value a block is looked at, so that neighbours along a line, whose errors are alike, do not hide how lines differ.
    What curves within a few blocks counts as scatter too.

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
    distance, neighbour = cKDTree(places).query(places[asked], k=min(NEIGHBOURS + 1, chosen.size))
    neighbour, scale = neighbour[:, 1:], distance[:, -1:, None]
    away = (places[neighbour] - places[asked][:, None, :]) / scale
    plane = np.concatenate([np.ones((*away.shape[:2], 1)), away], axis=2)
    weight = np.linalg.pinv(plane)[:, 0, :]  # of each neighbour, in the plane's value at the station
    held = values[chosen]
    rest = held[asked] - (weight * held[neighbour]).sum(axis=1)
    return float(NORMAL * np.median(np.abs(rest) / np.sqrt(1.0 + (weight**2).sum(axis=1))))
