"""Values at scattered places as a smooth field on a grid: a mean of those nearby, weighted by a Gaussian of the distance."""

from __future__ import annotations

import numpy as np

from .clearance import station_cells
from .relief import Grid
from .stations import Positions

NOTHING_NEAR = 1e-3
"""Of the largest weight: where all values together weigh less, the nearest cell's mean is taken."""


def smooth_field(places: Positions, values: np.ndarray, weight: np.ndarray, grid: Grid, width: float) -> np.ndarray:
    """The weighted mean of the values around each cell: (ny, nx).

    Parameters
    ----------
    places : Positions
        Inside the grid.
    values, weight : array (n,)
        The weights above 0.
    grid : Grid
    width : float
        The Gaussian's standard deviation, m.
    """
    from scipy.ndimage import distance_transform_edt, gaussian_filter

    cell = station_cells(places, grid)
    sums = [np.bincount(cell, part, minlength=grid.size).reshape(grid.shape) for part in (weight * values, weight)]
    sigma = width / grid.dy, width / grid.dx
    total, weights = (gaussian_filter(part, sigma, mode="constant") for part in sums)
    near = weights > NOTHING_NEAR * weights.max()
    field = np.where(near, total / np.where(near, weights, 1.0), 0.0)
    if near.all():
        return field
    row, column = distance_transform_edt(
        ~near, sampling=(grid.dy, grid.dx), return_distances=False, return_indices=True
    )
    return np.asarray(field[row, column])
