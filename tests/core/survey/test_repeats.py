"""Stations at one place: their weighted mean, once, on one side of a split; what can't both be right is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.data.crs import parse_crs
from core.data.relief import Grid
from core.data.stations import Stations
from core.errors import InputError
from core.events.protocol import Reporter
from core.results.station_table import result_columns
from core.survey.repeats import average_repeats

GRID = Grid(1000.0 * np.arange(11), 1000.0 * np.arange(11), None)


def stations(places, gravity, error=None, test=None, regional=None):
    """Stations at (east, north, height) in m, each used."""
    east, north, height = np.array(places, dtype=float).T
    n = east.size
    return Stations(
        easting=east,
        northing=north,
        height=height,
        gravity=np.array(gravity, dtype=float),
        error=np.ones(n) if error is None else np.array(error, dtype=float),
        regional=np.zeros(n) if regional is None else np.array(regional, dtype=float),
        test=np.zeros(n, dtype=bool) if test is None else np.array(test, dtype=bool),
        used=np.ones(n, dtype=bool),
        crs=parse_crs("EPSG:3031", "CRS"),
        has_errors=error is not None,
        has_test=test is not None,
    )


def averaged(given, tolerance=None, strict=False):
    events = []
    return average_repeats(given, GRID, tolerance, Reporter(events.append, strict=strict)), events


HERE, THERE = (1000.0, 2000.0, 300.0), (4000.0, 2000.0, 300.0)


def test_the_mean_is_weighted_and_so_is_its_error():
    """Weights 1/0.1², 1/0.2² and 1/0.4² are as 16 : 4 : 1."""
    found, events = averaged(stations([HERE, THERE, HERE, HERE], [10.0, 3.0, 10.5, 9.0], error=[0.1, 0.5, 0.2, 0.4]), 5)
    assert found.used.tolist() == [True, True, False, False]
    assert found.gravity[0] == pytest.approx((16 * 10 + 4 * 10.5 + 9) / 21)
    assert found.error[0] == pytest.approx(0.4 / np.sqrt(21))
    assert (found.gravity[1], found.error[1]) == (3.0, 0.5)
    (event,) = events
    assert event["event"] == "log"
    assert event["text"].startswith("1 place averaged, largest difference 1.5 mGal: 3 stations of GRAVITY share")


def test_a_mean_weighs_in_a_fit_as_much_as_its_stations_do():
    """The sum of squares differs by a constant: its derivative by the place's predicted gravity is the same."""
    gravity, error = np.array([10.0, 10.5, 9.0]), np.array([0.1, 0.2, 0.4])
    found, _ = averaged(stations([HERE] * 3, gravity, error), 5)
    for predicted in (0.0, 9.7, 42.0):
        alone = ((gravity - predicted) / error**2).sum()
        assert (found.gravity[0] - predicted) / found.error[0] ** 2 == pytest.approx(alone)


def test_places_are_the_same_to_a_millimetre_in_all_three_directions():
    """Also where rounding to millimetres would part them: 0.4999 and 0.5001."""
    near = (1000.0004999, 2000.0, 300.0), (1000.0005001, 2000.0, 300.0)
    assert averaged(stations(near, [1.0, 1.1], [1, 1]))[0].used.sum() == 1
    for far in ((1000.0, 2000.0, 301.0), (1000.0, 2000.002, 300.0), (1000.002, 2000.0, 300.0)):
        found, events = averaged(stations([HERE, far], [1.0, 1.1], [1, 1]))
        assert found.used.all() and found.readings is None and not events


def test_copies_count_once_with_their_own_error_and_are_told():
    found, events = averaged(stations([HERE, THERE, HERE, HERE], [10.0, 3.0, 10.0, 10.0], error=[0.1] * 4))
    assert found.used.tolist() == [True, True, False, False]
    assert (found.gravity[0], found.error[0]) == (10.0, 0.1)
    (event,) = events
    assert (event["event"], event["count"]) == ("warning", 2)
    with pytest.raises(InputError, match="2 of 4 stations repeat another one"):
        averaged(stations([HERE, THERE, HERE, HERE], [10.0, 3.0, 10.0, 10.0], error=[0.1] * 4), strict=True)


def test_readings_that_happen_to_be_equal_beside_another_one_all_count():
    found, events = averaged(stations([HERE] * 3, [10.0, 10.0, 10.3], error=[0.1] * 3))
    assert found.gravity[0] == pytest.approx(10.1)
    assert [event["event"] for event in events] == ["log"]


def test_a_place_is_never_split_between_fit_and_test():
    found, events = averaged(stations([HERE, THERE, HERE], [1.0, 2.0, 1.2], [1] * 3, test=[0, 0, 1]))
    assert found.test[found.used].tolist() == [True, False]
    assert "1 of these places have stations that TEST_FIELD marks and others" in events[-1]["text"]
    copies, _ = averaged(stations([HERE, THERE, HERE], [1.0, 2.0, 1.0], [1] * 3, test=[0, 0, 1]))
    assert copies.test[copies.used].tolist() == [True, False]


def test_what_differs_beyond_the_tolerance_is_refused_by_the_worst():
    given = stations([HERE, THERE, HERE, THERE], [1.0, 2.0, 1.8, 5.0], [0.1] * 4)
    with pytest.raises(InputError) as refused:
        averaged(given)
    assert refused.value.parameter == "GRAVITY"
    for words in ("stations 2 and 4 lie at the same place (4000.0, 2000.0)", "2 and 5 mGal", "REPEAT_TOLERANCE"):
        assert words in refused.value.message
    with pytest.raises(InputError, match=r"lets pass \(0.5 mGal\), and 1 other place hold such"):
        averaged(given, 0.5)
    assert averaged(given, 3.0)[0].gravity[:2].tolist() == [1.4, 3.5]
    with pytest.raises(InputError, match="REPEAT_TOLERANCE"):
        averaged(stations([HERE, HERE], [1.0, 1.00001]), 0.0)


def survey(noise, span=20.0, twice=40, seed=0, error=None):
    """400 stations over smooth gravity of a range, some of them measured twice, all with noise, mGal."""
    rng = np.random.default_rng(seed)
    east, north = rng.uniform(0, 10_000, (2, 400))
    again = np.r_[np.arange(400), rng.choice(400, twice, replace=False)]
    gravity = span / 2 * np.sin(east / 4000) * np.cos(north / 5000) + span / 4
    places = np.column_stack([east, north, np.zeros(400)])[again]
    return stations(places, gravity[again] + noise * rng.standard_normal(again.size), error and [error] * again.size)


@pytest.mark.parametrize(
    ("noise", "span", "error"),
    [
        (0.05, 20, None),
        (0.05, 20, 0.05),
        (0.5, 20, 0.5),
        (2, 20, 2),
        (0.003, 0.2, 0.003),
        (0.003, 0.2, None),
        (1, 20, None),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_repeats_that_differ_by_the_datas_noise_are_averaged(noise, span, error, seed):
    found, events = averaged(survey(noise, span, error=error, seed=seed))
    assert found.used.sum() == 400
    assert [event["event"] for event in events] == ["log"] and events[0]["text"].startswith("40 places averaged")


@pytest.mark.parametrize(
    ("noise", "span", "error", "wrong"), [(0.05, 20, None, 5), (0.1, 20, 0.1, 2), (0.003, 0.2, 0.003, 0.1)]
)
def test_one_that_differs_by_far_more_is_refused(noise, span, error, wrong):
    given = survey(noise, span, error=error)
    gravity = given.gravity.copy()
    gravity[-1] += wrong
    with pytest.raises(InputError, match="further apart than REPEAT_TOLERANCE lets pass"):
        averaged(replace(given, gravity=gravity))


def test_the_table_shows_each_reading_beside_what_its_place_got():
    given = stations(
        [HERE, THERE, HERE, THERE], [10.0, 3.0, 10.4, 3.0], error=[0.1, 0.5, 0.3, 0.5], regional=[1, 0, 1, 0]
    )
    found, _ = averaged(given)
    predicted = np.where(found.used, [8.0, 2.0, 0, 0], np.nan)
    table = result_columns(found, predicted, np.array([True, False, False, False])).numbers
    np.testing.assert_array_equal(table["gravity"], given.gravity)
    np.testing.assert_array_equal(table["error"], given.error)
    np.testing.assert_array_equal(table["used"], [1, 1, 1, 0])
    np.testing.assert_array_equal(table["test"], [1, 0, 1, 0])
    np.testing.assert_array_equal(table["predicted"], [8, 2, 8, np.nan])
    np.testing.assert_allclose(table["residual"], [1.0, 1.0, 1.4, np.nan])


def test_what_was_averaged_once_is_averaged_to_the_same_again():
    """The table of a misfit is the gravity of an inversion."""
    given = survey(0.2, error=0.2)
    once, _ = averaged(given)
    table = result_columns(once, np.where(once.used, 0.0, np.nan), once.test).numbers
    again, _ = averaged(replace(given, gravity=table["gravity"], error=table["error"]))
    np.testing.assert_array_equal(again.gravity, once.gravity)
    np.testing.assert_array_equal(again.error, once.error)


def test_ten_thousand_readings_at_one_place_are_no_burden():
    found, _ = averaged(stations([HERE] * 10_000, np.random.default_rng(0).normal(5, 0.1, 10_000), [0.1] * 10_000))
    assert found.used.sum() == 1 and found.error[0] == pytest.approx(0.001)
    assert abs(found.gravity[0] - 5) < 0.005


def test_what_is_not_used_is_no_part_of_a_mean():
    given = stations([HERE, HERE, HERE], [1.0, 99.0, 1.2], [1] * 3)
    found, _ = averaged(replace(given, used=np.array([True, False, True])))
    assert found.gravity[0] == pytest.approx(1.1)
    assert found.used.tolist() == [True, False, False]
