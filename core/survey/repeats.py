"""Stations at one place: copies count once, readings are averaged, and those that can't both be right are refused."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..data.relief import Grid
from ..data.stations import Readings, Stations
from ..errors import InputError
from ..events.protocol import Reporter
from .noise import scatter

SAME_PLACE = 1e-3  # m
SAME_VALUE = 1e-6  # mGal
ERRORS_APART = 6.0
"""Standard errors of a difference beyond which two readings can't both be right."""
LEAST_TOLERANCE, TOLERANCE = 0.01, 1.0  # mGal
LEAST_SHARE, GREATEST_SHARE = 0.1, 0.5
"""Of the range of gravity: the tolerance of a survey of a few microgals is less than 1 mGal, and what the data scatter about
their neighbours counts no further."""
SPOT = 0.01
"""Of a cell: stations closer than that are no neighbours that tell a scatter."""
USUAL = (0.05, 0.95)
"""Quantiles between which the range is taken."""


@dataclass(frozen=True)
class _Places:
    """Stations that share their place with others: sorted by it, each place's one after the other."""

    station: np.ndarray  # (m,) their numbers
    start: np.ndarray  # (k,) where each place begins among them

    @property
    def place(self) -> np.ndarray:
        """The number of each station's place: (m,)."""
        return np.repeat(np.arange(self.start.size), np.diff(self.start, append=self.station.size))

    def least(self, values: np.ndarray) -> np.ndarray:
        """Of a value of every station (n,) the least at each place: (k,)."""
        return np.asarray(np.minimum.reduceat(values[self.station], self.start))

    def greatest(self, values: np.ndarray) -> np.ndarray:
        return np.asarray(np.maximum.reduceat(values[self.station], self.start))

    def total(self, values: np.ndarray) -> np.ndarray:
        return np.asarray(np.add.reduceat(values[self.station], self.start))

    def where(self, mask: np.ndarray) -> _Places:
        """Only the places of the mask (k,)."""
        size = np.diff(self.start, append=self.station.size)[mask]
        return _Places(self.station[mask[self.place]], np.cumsum(size) - size)


def average_repeats(stations: Stations, grid: Grid, tolerance: float | None, reporter: Reporter) -> Stations:
    """One station a place: the first carries the mean of all, weighted by 1/error², with the error of that mean.

    A place that is withheld by one of its stations is withheld.

    Parameters
    ----------
    stations : Stations
        The used ones are looked at.
    grid : Grid
        The relief's.
    tolerance : float or None
        REPEAT_TOLERANCE, mGal; None: six standard errors of a difference, and at least 1 mGal or, if that is less, a tenth of
        the range of gravity.
    reporter : Reporter

    Raises
    ------
    InputError
        Gravity at a place differs by more than the tolerance.
    """
    places = _shared_places(stations)
    if places.start.size == 0:
        return stations
    values = stations.gravity - stations.regional
    alike = [places.greatest(column) - places.least(column) <= SAME_VALUE for column in (values, stations.error)]
    copied = alike[0] & alike[1]
    stations = _without_copies(stations, places.where(copied), reporter)
    places = places.where(~copied)
    if places.start.size == 0:
        return stations
    spread = places.greatest(values) - places.least(values)
    allowed = np.full(spread.size, tolerance) if tolerance is not None else _tolerance(stations, places, values, grid)
    _refuse(stations, places, values, spread, allowed)
    reporter.log(
        f"{spread.size} place{'s' * (spread.size > 1)} averaged, largest difference {spread.max():.3g} mGal: "
        f"{places.station.size} stations of GRAVITY share place and height with another one, and each place counts once, as "
        "their mean weighted by 1/error²."
    )
    return _averaged(stations, places, reporter)


def _shared_places(stations: Stations) -> _Places:
    """The used stations that lie within 1 mm of another one, by place."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    chosen = np.flatnonzero(stations.used)
    where = np.column_stack([stations.easting, stations.northing, stations.height])[chosen]
    _, first, spot = np.unique(np.round(where / SAME_PLACE), axis=0, return_index=True, return_inverse=True)
    pairs = cKDTree(where[first]).query_pairs(SAME_PLACE, output_type="ndarray")  # spots that rounding has parted
    links = coo_array((np.ones(len(pairs), dtype=bool), (pairs[:, 0], pairs[:, 1])), shape=(first.size, first.size))
    place = connected_components(links, directed=False)[1][spot.ravel()]
    count = np.bincount(place)
    several = np.flatnonzero(count[place] > 1)
    order = several[np.argsort(place[several], kind="stable")]
    sorted_place = place[order]
    start = np.flatnonzero(np.diff(sorted_place, prepend=-1))
    return _Places(chosen[order], start)


def _without_copies(stations: Stations, copied: _Places, reporter: Reporter) -> Stations:
    """The stations with all but the first left out at places where they are the same in everything."""
    if copied.start.size == 0:
        return stations
    first = copied.station[copied.start]
    test, used = stations.test.copy(), stations.used.copy()
    test[first] = copied.greatest(stations.test)
    used[copied.station] = False
    used[first] = True
    count = copied.station.size - first.size
    reporter.warning(
        f"{count} of {stations.size} stations repeat another one with the same gravity and are merged with it.",
        "GRAVITY",
        count,
        doubt=False,
    )
    return replace(stations, test=test, used=used)


def _tolerance(stations: Stations, places: _Places, values: np.ndarray, grid: Grid) -> np.ndarray:
    """What readings at each place may differ where no tolerance is given, mGal: (k,)."""
    low, high = np.quantile(values[stations.used], USUAL)
    span = float(high - low)
    floor = max(min(TOLERANCE, LEAST_SHARE * span), LEAST_TOLERANCE)
    apart = ERRORS_APART * np.sqrt(2.0)
    if stations.has_errors:
        return np.maximum(floor, apart * places.greatest(stations.error))
    used = stations.where(stations.used)
    noise = scatter(used.easting, used.northing, values[stations.used], SPOT * min(grid.dx, grid.dy)) or 0.0
    return np.full(places.start.size, max(floor, min(apart * noise, GREATEST_SHARE * span)))


def _refuse(stations: Stations, places: _Places, values: np.ndarray, spread: np.ndarray, allowed: np.ndarray) -> None:
    beyond = spread > allowed
    if not beyond.any():
        return
    worst = int(np.argmax(spread / np.maximum(allowed, SAME_VALUE)))
    there = places.station[places.place == worst]
    one, two = sorted((int(there[np.argmin(values[there])]), int(there[np.argmax(values[there])])))
    others = int(beyond.sum()) - 1
    more = f", and {others} other place{'s' * (others > 1)} hold such" if others else ""
    raise InputError(
        f"GRAVITY: stations {one + 1} and {two + 1} lie at the same place ({stations.easting[one]:.1f}, "
        f"{stations.northing[one]:.1f}) with different gravity, {stations.gravity[one]:g} and {stations.gravity[two]:g} mGal, "
        f"further apart than REPEAT_TOLERANCE lets pass ({allowed[worst]:.3g} mGal){more}. Remove one or average them, or "
        "give a greater REPEAT_TOLERANCE.",
        "GRAVITY",
    )


def _averaged(stations: Stations, places: _Places, reporter: Reporter) -> Stations:
    first = places.station[places.start]
    weight = 1.0 / stations.error**2
    total = places.total(weight)
    gravity, error, regional = stations.gravity.copy(), stations.error.copy(), stations.regional.copy()
    gravity[first] = places.total(weight * stations.gravity) / total
    regional[first] = places.total(weight * stations.regional) / total
    error[first] = 1.0 / np.sqrt(total)
    test, used = stations.test.copy(), stations.used.copy()
    mixed = int((places.greatest(stations.test) != places.least(stations.test)).sum())
    if mixed:
        reporter.log(
            f"{mixed} of these places have stations that TEST_FIELD marks and others: each is withheld as a whole."
        )
    test[first] = places.greatest(stations.test)
    used[places.station] = False
    used[first] = True
    carrier = np.arange(stations.size)
    carrier[places.station] = first[places.place]
    readings = Readings(carrier, stations.gravity, stations.error)
    return replace(stations, gravity=gravity, error=error, regional=regional, test=test, used=used, readings=readings)
