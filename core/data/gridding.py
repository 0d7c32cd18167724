"""Values at stations as a raster: a station's own value at its node, linear interpolation between."""

from __future__ import annotations

import numpy as np

from .relief import ON_THE_GRID, Grid, Relief
from .stations import Stations

SPACINGS_AWAY = 2.0
"""Farther from every station than this many station spacings, a cell stays empty."""


def station_raster(stations: Stations, values: np.ndarray, grid: Grid) -> Relief:
    """Values at the stations as a raster: on the gravity raster's own cells where it was one, else on `grid`.

    Parameters
    ----------
    stations : Stations
    values : array (n,)
        NaN where there is none.
    grid : Grid
        The relief's.

    Returns
    -------
    Relief
        NaN beyond two station spacings and outside the stations' hull.
    """
    if stations.lattice is not None and stations.node is not None:
        lattice = np.full(stations.lattice.size, np.nan)
        lattice[stations.node] = values
        return Relief(stations.lattice, lattice.reshape(stations.lattice.shape))
    known = np.isfinite(values)
    easting, northing = stations.easting[known], stations.northing[known]
    return Relief(grid, interpolate(easting, northing, values[known], grid))


def interpolate(easting: np.ndarray, northing: np.ndarray, values: np.ndarray, grid: Grid) -> np.ndarray:
    """Values at scattered places on a grid (ny, nx), as `station_raster` describes it."""
    result = _at_nodes(easting, northing, values, grid)
    empty = np.isnan(result)
    if empty.any() and _spans_an_area(easting, northing):
        from scipy.interpolate import LinearNDInterpolator
        from scipy.spatial import cKDTree

        east, north = grid.centres()
        places = np.column_stack([east, north])[empty]
        stations = np.column_stack([easting, northing])
        tree = cKDTree(stations)
        spacing = float(np.median(tree.query(stations, k=2)[0][:, 1]))
        near = tree.query(places)[0] <= SPACINGS_AWAY * spacing
        filled = np.full(len(places), np.nan)
        if near.any():
            centre = stations.mean(axis=0)
            filled[near] = LinearNDInterpolator(stations - centre, values)(places[near] - centre)
        result[empty] = filled
    return result.reshape(grid.shape)


def _at_nodes(easting: np.ndarray, northing: np.ndarray, values: np.ndarray, grid: Grid) -> np.ndarray:
    """Flat values of the cells that have a station at their centre, NaN elsewhere."""
    result = np.full(grid.size, np.nan)
    col, row = grid.fractional_index(easting, northing)
    i, j = np.rint(row).astype(int), np.rint(col).astype(int)
    ny, nx = grid.shape
    there = (np.abs(col - j) < ON_THE_GRID) & (np.abs(row - i) < ON_THE_GRID)
    there &= (i >= 0) & (i < ny) & (j >= 0) & (j < nx)
    result[i[there] * nx + j[there]] = values[there]
    return result


def _spans_an_area(easting: np.ndarray, northing: np.ndarray) -> bool:
    """Whether there are at least three places that are not on one line."""
    if easting.size < 3:
        return False
    places = np.column_stack([easting - easting.mean(), northing - northing.mean()])
    spread = np.linalg.svd(places, compute_uv=False)
    return bool(spread[1] > 1e-9 * spread[0])
