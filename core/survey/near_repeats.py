"""Stations much closer to each other than a cell whose gravity contradicts: the relief can't explain both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..data.relief import Grid
from ..data.stations import Stations
from ..events.protocol import Reporter
from .noise import scatter
from .repeats import ERRORS_APART

NEAR = 0.1
"""Of a cell: stations closer than that see the same relief."""
NEIGHBOURS = 8
"""So many of a station's nearest are looked at, for a pair and for how gravity changes with place."""
STEEP = 3.0
"""Times the middle slope to the nearest stations, gravity may change between two."""
VERTICAL = 0.4
"""mGal/m: more than gravity changes with height, 0.31 in free air and 0.11 by a slab of rock."""
SHOWN = 3
"""So many pairs are named."""


@dataclass(frozen=True)
class _Pairs:
    """Near pairs of used stations, by their numbers among these."""

    one: np.ndarray  # (m,)
    two: np.ndarray  # (m,)
    apart: np.ndarray  # (m,) m, in space
    slope: np.ndarray  # (m,) mGal/m, the middle one to the stations around, from the one of the two where it is greater


def doubt_near_repeats(stations: Stations, grid: Grid, reporter: Reporter) -> None:
    """Warn of pairs closer than a tenth of a cell that differ by more than six of their errors.

    What gravity changes with place there, by the stations around, and with height is allowed for. Where no errors are given,
    the scatter about the neighbours is taken for one. The nodes of a raster are not looked at.

    Parameters
    ----------
    stations : Stations
        Those used, each place once.
    grid : Grid
        The relief's.
    reporter : Reporter
    """
    used = stations.where(stations.used)
    if stations.lattice is not None or used.size < 2:
        return
    near = NEAR * min(grid.dx, grid.dy)
    values = used.gravity - used.regional
    pairs = _near_pairs(used, values, near)
    if pairs.one.size == 0:
        return
    difference = np.abs(values[pairs.one] - values[pairs.two])
    error = _errors(used, values, pairs, min(grid.dx, grid.dy))
    if error is None:
        return
    rise = np.abs(used.height[pairs.one] - used.height[pairs.two])
    allowed = ERRORS_APART * error + STEEP * pairs.slope * pairs.apart + VERTICAL * rise
    wrong = np.flatnonzero(difference > allowed)
    if wrong.size == 0:
        return
    numbers = np.flatnonzero(stations.used) + 1
    worst = wrong[np.argsort(-difference[wrong] / allowed[wrong], kind="stable")][:SHOWN]
    named = "; ".join(
        f"stations {numbers[pairs.one[k]]} and {numbers[pairs.two[k]]} at ({used.easting[pairs.one[k]]:.1f}, "
        f"{used.northing[pairs.one[k]]:.1f}), {difference[k]:.3g} mGal over {pairs.apart[k]:.3g} m"
        for k in worst
    )
    several = wrong.size > 1
    reporter.warning(
        f"{wrong.size} pair{'s' * several} of stations closer than {near:.3g} m, a tenth of a cell, "
        f"contradict{'s' * (not several)} each other by more than {ERRORS_APART:g} times their errors{', the worst' * several}: "
        f"{named}. Remove or correct what is wrong, or give larger errors (ERROR, ERROR_FIELD).",
        "GRAVITY",
        int(wrong.size),
    )


def _near_pairs(used: Stations, values: np.ndarray, near: float) -> _Pairs:
    from scipy.spatial import cKDTree

    places = np.column_stack([used.easting, used.northing, used.height])
    tree = cKDTree(places)
    k = min(NEIGHBOURS + 1, used.size)
    distance, neighbour = tree.query(places, k=k, distance_upper_bound=near)
    row, column = np.nonzero(np.isfinite(distance))
    other, apart = neighbour[row, column], distance[row, column]
    one, two = np.minimum(row, other), np.maximum(row, other)
    first = np.unique(one * used.size + two, return_index=True)[1]
    first = first[one[first] != two[first]]
    one, two, apart = one[first], two[first], apart[first]
    slope = np.zeros(one.size)
    for here, there in ((one, two), (two, one)):
        around, neighbour = tree.query(places[here], k=k)
        slope = np.maximum(slope, _slope(values, around, neighbour, here, there))
    return _Pairs(one, two, apart, slope)


def _slope(
    values: np.ndarray, distance: np.ndarray, neighbour: np.ndarray, here: np.ndarray, there: np.ndarray
) -> np.ndarray:
    """The middle slope from stations to their neighbours (m, k), but to those `there`, mGal/m; 0 without others: (m,)."""
    others = (neighbour != here[:, None]) & (neighbour != there[:, None])
    slope = np.full(distance.shape, np.nan)
    slope[others] = np.abs(values[neighbour] - values[here][:, None])[others] / distance[others]
    alone = ~others.any(axis=1)
    slope[alone] = 0.0
    return np.asarray(np.nanmedian(slope, axis=1))


def _errors(used: Stations, values: np.ndarray, pairs: _Pairs, side: float) -> np.ndarray | None:
    """The standard error of each pair's difference, mGal: (m,); None where nothing tells it."""
    if used.has_errors:
        return np.hypot(used.error[pairs.one], used.error[pairs.two])
    around = scatter(used.easting, used.northing, values, side)
    return None if around is None else np.full(pairs.one.size, np.sqrt(2.0) * around)
