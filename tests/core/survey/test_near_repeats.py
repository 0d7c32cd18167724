"""Near stations that contradict each other are doubted; dense, steep, crossing or stacked ones that agree are not."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.relief import Grid
from core.data.stations import Stations
from core.events.protocol import Reporter
from core.survey.near_repeats import doubt_near_repeats

CELL = 1000.0
GRID = Grid(CELL * np.arange(21), CELL * np.arange(21), None)


def field(east, north, height=0.0, span=20.0):
    """Smooth gravity of a range, mGal, steepest 5 mGal/km, that falls with height as free air does."""
    return span / 2 * np.sin(east / 2000) * np.cos(north / 3000) - 0.3086 * height


def warned(places, gravity, error=None, cell=CELL, lattice=None):
    """The warning's event for stations at (n, 3) places, None for none."""
    n = len(gravity)
    east, north, height = np.asarray(places, dtype=float).T
    given = Stations(
        easting=east,
        northing=north,
        height=height,
        gravity=np.asarray(gravity, dtype=float),
        error=np.broadcast_to(1.0 if error is None else error, n).astype(float),
        regional=np.zeros(n),
        test=np.zeros(n, dtype=bool),
        used=np.ones(n, dtype=bool),
        crs=None,
        has_errors=error is not None,
        lattice=lattice,
    )
    events = []
    doubt_near_repeats(given, Grid(cell * np.arange(21), cell * np.arange(21), None), Reporter(events.append))
    assert len(events) < 2
    return events[0] if events else None


@pytest.fixture(params=range(3))
def rng(request):
    return np.random.default_rng(request.param)


def scattered(rng, side=20, width=20_000.0):
    """One at random in the middle of each of so many times so many squares."""
    corner = width / side * np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1).reshape(-1, 2)
    places = corner + width / side * rng.uniform(0.2, 0.8, corner.shape)
    return np.column_stack([places, np.full(len(places), 300.0)])


def with_pairs(rng, places, count, away):
    """The places and some of them again, so far away in some direction, m."""
    again = rng.choice(len(places), count, replace=False)
    turn = rng.uniform(0, 2 * np.pi, count)
    return np.r_[places, places[again] + away * np.column_stack([np.cos(turn), np.sin(turn), np.zeros(count)])], again


@pytest.mark.parametrize(("error", "count"), [(0.1, 40), (0.1, 1), (None, 40), (None, 1)])
@pytest.mark.parametrize("away", [0.5, 40.0])
def test_pairs_three_milligals_apart_are_counted_and_the_worst_named(rng, error, count, away):
    places, again = with_pairs(rng, scattered(rng), count, away)
    gravity = field(*places.T) + 0.1 * rng.standard_normal(len(places))
    gravity[400:] += 3.0
    event = warned(places, gravity, error)
    assert event["count"] == count and event["parameter"] == "GRAVITY"
    assert (
        f"{count} pair{'s' * (count > 1)} of stations closer than 100 m, a tenth of a cell, contradict" in event["text"]
    )
    assert f"mGal over {away:.3g} m" in event["text"] and "ERROR_FIELD" in event["text"]
    if count == 1:
        assert (
            f"stations {again[0] + 1} and 401 at ({places[again[0], 0]:.1f}, {places[again[0], 1]:.1f})"
            in event["text"]
        )


@pytest.mark.parametrize("error", [0.1, None])
@pytest.mark.parametrize("away", [0.5, 40.0, 90.0])
def test_pairs_that_agree_within_their_errors_are_not_doubted(rng, error, away):
    places, _ = with_pairs(rng, scattered(rng), 200, away)
    assert warned(places, field(*places.T) + 0.1 * rng.standard_normal(len(places)), error) is None


@pytest.mark.parametrize("error", [0.05, None])
@pytest.mark.parametrize("width", [5000.0, 500.0])
def test_dense_stations_over_a_steep_field_are_not_doubted(rng, error, width):
    """Up to 1600 in a square kilometre, and gravity that rises by 10 mGal within a few of them."""
    places = scattered(rng, 20, width)
    gravity = 5 * np.tanh((places[:, 0] - width / 2) / (0.1 * width)) + 0.05 * rng.standard_normal(400)
    assert warned(places, gravity, error) is None


@pytest.mark.parametrize("error", [0.02, None])
def test_a_profile_across_an_anomaly_much_smaller_than_a_cell_is_not_doubted(rng, error):
    """Stations 10 m apart over 4 mGal within 100 m, beside coarse ones."""
    line = np.column_stack([10_000 + 10.0 * np.arange(60), np.full(60, 9_000.0), np.zeros(60)])
    places = np.r_[scattered(rng), line]
    gravity = field(*places.T)
    gravity[400:] += 4 * np.exp(-(((line[:, 0] - 10_300) / 60) ** 2))
    assert warned(places, gravity + 0.02 * rng.standard_normal(len(places)), error) is None


@pytest.mark.parametrize(("error", "noise"), [(2.0, 2.0), (None, 2.0), (None, 0.5), (0.5, 0.5)])
def test_flight_lines_that_cross_with_their_noise_are_not_doubted(rng, error, noise):
    """Stations every 50 m; each line has a shift of its own and slow noise, so neighbours along it agree far better."""
    along = np.arange(0.0, 20_000.0, 50.0)
    places, gravity = [], []
    for k in range(20):
        for turned in (False, True):
            across = np.full(along.size, 500.0 + 1000.0 * k)
            east, north = (across, along) if turned else (along, across)
            slow = np.interp(along, np.arange(0, 22_000, 2000.0), noise * rng.standard_normal(11))
            places.append(np.column_stack([east, north, np.full(along.size, 1000.0) + 5 * turned]))
            gravity.append(field(east, north) + 0.5 * noise * rng.standard_normal() + 0.85 * slow)
    assert warned(np.concatenate(places), np.concatenate(gravity), error) is None


@pytest.mark.parametrize("error", [0.02, None])
def test_stations_above_each_other_are_no_repeats(rng, error):
    """A mast: 0.31 mGal/m over 1 to 30 m."""
    places = scattered(rng)
    above = places.copy()
    above[:, 2] += rng.uniform(1, 30, len(places))
    both = np.r_[places, above]
    assert warned(both, field(*both.T) + 0.02 * rng.standard_normal(len(both)), error) is None


def test_a_contradiction_among_pairs_that_agree_is_found_in_a_crowd(rng):
    """Three at one spot, the third of which is wrong: both of its pairs, not that of the others."""
    places = np.r_[scattered(rng), [[5000, 5000, 300], [5000.5, 5000, 300], [5000, 5000.5, 300]]]
    gravity = field(*places.T) + 0.05 * rng.standard_normal(len(places))
    gravity[-1] += 4
    event = warned(places, gravity, 0.05)
    assert event["count"] == 2 and "403" in event["text"] and "401 and 402" not in event["text"]


def test_a_few_stations_without_errors_and_a_raster_say_nothing():
    few = [[0, 0, 0], [0.5, 0, 0], [5000, 5000, 0]]
    assert warned(few, [0, 5, 1]) is None
    assert warned(few, [0, 5, 1], 0.1)["count"] == 1
    assert warned(few, [0, 5, 1], 0.1, lattice=GRID) is None
    assert warned(few[:1], [1], 0.1) is None
