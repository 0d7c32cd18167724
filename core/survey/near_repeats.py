"""Stations much closer to each other than a cell whose gravity contradicts: the relief can't explain both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..data.relief import Grid
from ..data.stations import Stations
from ..events.protocol import Reporter
from .noise import NORMAL, scatter
from .repeats import ERRORS_APART

NEAR = 0.1
"""Of a cell: stations closer than that see the same relief."""
NEIGHBOURS = 8
"""So many of a station's nearest are looked at, for a pair and for how gravity changes with place."""
ENOUGH = 10
"""Fewer pairs tell no noise."""
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
    slope: np.ndarray  # (m,) mGal/m, the middle one to the other stations around


def doubt_near_repeats(stations: Stations, grid: Grid, reporter: Reporter) -> None:
    """Warn of pairs closer than a tenth of a cell that differ by more than six of their errors.

    What gravity changes with place there, by the stations around, and with height is allowed for. Where no errors are given,
    the scatter about the neighbours is taken for one; where they are, it counts if so many pairs show it that it is the
    data's noise. The nodes of a raster are not looked at.

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
    error = _errors(used, values, pairs, difference, min(grid.dx, grid.dy))
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
    distance, neighbour = cKDTree(places).query(places, k=min(NEIGHBOURS + 1, used.size))
    distance, neighbour = distance[:, 1:], neighbour[:, 1:]
    row, column = np.nonzero(distance < near)
    other = neighbour[row, column]
    twice = (row > other) & (neighbour[other] == row[:, None]).any(axis=1)  # the pair is the other one's too
    row, column, other = row[~twice], column[~twice], other[~twice]
    return _Pairs(row, other, distance[row, column], _slopes(values, distance, neighbour, row, other))


def _slopes(
    values: np.ndarray, distance: np.ndarray, neighbour: np.ndarray, one: np.ndarray, two: np.ndarray
) -> np.ndarray:
    """The greater one of the middle slopes from both stations of each pair to others than themselves, mGal/m: (m,)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.abs(values[neighbour] - values[:, None]) / distance
    steepest = np.zeros(one.size)
    for here, there in ((one, two), (two, one)):
        others = np.where(neighbour[here] == there[:, None], np.nan, slope[here])
        known = np.isfinite(others).any(axis=1)
        steepest[known] = np.maximum(steepest[known], np.nanmedian(others[known], axis=1))
    return steepest


def _errors(
    used: Stations, values: np.ndarray, pairs: _Pairs, difference: np.ndarray, side: float
) -> np.ndarray | None:
    """The standard error of each pair's difference, mGal: (m,); None where nothing tells it."""
    around = scatter(used.easting, used.northing, values, side)
    if not used.has_errors:
        return None if around is None else np.full(difference.size, np.sqrt(2.0) * around)
    own = NORMAL * float(np.median(difference)) if difference.size >= ENOUGH else 0.0
    given = np.hypot(used.error[pairs.one], used.error[pairs.two])
    return np.maximum(given, min(own, np.sqrt(2.0) * (around or 0.0)))
