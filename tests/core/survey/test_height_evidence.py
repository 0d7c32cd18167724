"""Heights read otherwise fit far better, a little better, or no better: an error, a doubt, nothing."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.relief import Grid
from core.survey.height_evidence import (
    DEPTHS_IN_KM,
    KILOMETRES,
    MIRRORED,
    below_stations,
    from_heights,
    judge,
    nearness,
    trimmed_rms,
    within_limits,
)

TRUE = np.array([-1800.0, -1500.0, -1200.0, -1650.0, -1000.0, -1400.0])
START = TRUE + np.array([60.0, -40.0, 20.0, 80.0, -70.0, 10.0])
NEAR = 500.0


@pytest.mark.parametrize(
    ("factor", "reading"), [(-1.0, MIRRORED), (1e-3, KILOMETRES), (-1e-3, DEPTHS_IN_KM)], ids=["sign", "km", "both"]
)
def test_what_fits_far_better_is_certain(factor, reading):
    found = judge([from_heights("the start", factor * TRUE, START)], NEAR)
    assert found.reading is reading and found.certain
    assert found.as_given == pytest.approx(np.sqrt(np.mean((factor * TRUE - START) ** 2)))
    assert found.otherwise == pytest.approx(np.sqrt(np.mean((TRUE - START) ** 2)))


def test_heights_that_agree_are_left_alone():
    assert judge([from_heights("the start", TRUE, START)], NEAR) is None


@pytest.mark.parametrize(("height", "told"), [(160.0, False), (240.0, False), (260.0, True)])
def test_within_half_a_cell_nothing_is_said(height, told):
    """At +240 m beside a start of -240 m the way is 480 m, less than half a cell of 1 km; at 260 it is more."""
    values = np.full(5, height)
    assert (judge([from_heights("the start", values, -values)], NEAR) is not None) == told


def test_a_start_as_far_from_either_sign_tells_nothing():
    """A basin's floor and a flat start at 0."""
    for values in (TRUE, -TRUE):
        assert judge([from_heights("the start", values, np.zeros(6))], NEAR) is None


def test_stations_that_lie_below_one_sign_alone_tell_it():
    sources = [from_heights("the start", -TRUE, np.zeros(6)), below_stations("the stations", -TRUE, np.full(6, 10.0))]
    found = judge(sources, NEAR)
    assert found.reading is MIRRORED and found.certain and found.source.name == "the stations"
    sources = [from_heights("the start", TRUE, np.zeros(6)), below_stations("the stations", TRUE, np.full(6, 10.0))]
    assert judge(sources, NEAR) is None


def test_land_above_a_ship_lies_far_enough_from_it():
    """Land 700 m high and 900 m from the nearest ship: no slope of 45 degrees."""
    land = np.full(6, 700.0)
    assert judge([below_stations("the stations", land, np.zeros(6), np.full(6, 900.0))], NEAR) is None
    assert judge([below_stations("the stations", land, np.zeros(6), np.full(6, 100.0))], NEAR) is not None


def test_one_source_against_another_says_nothing():
    """Points within their limits, beside a start that may be the one that is wrong."""
    sources = [
        from_heights("the start", TRUE, -START),
        within_limits("limits", TRUE, np.full(6, -2000.0), np.full(6, -900.0)),
    ]
    assert judge(sources, NEAR) is None


def test_limits_where_there_is_none_admit_everything():
    lower, upper = np.full(6, -np.inf), np.full(6, np.nan)
    assert within_limits("limits", TRUE, lower, upper).departures(1e9 * TRUE).max() == 0.0
    assert within_limits("limits", TRUE, None, np.full(6, -1500.0)).departures(TRUE).tolist() == [
        0,
        0,
        300,
        0,
        500,
        100,
    ]


def test_a_doubt_is_not_certain():
    """4 times better: not 5."""
    values = np.full(8, 1500.0)
    found = judge([from_heights("the start", values, np.full(8, -2500.0))], NEAR)
    assert found.reading is MIRRORED and not found.certain


def test_dummies_among_many_points_hide_nothing():
    values, start = np.tile(-TRUE, 5), np.tile(START, 5)
    values[:3] = -9999.0
    assert judge([from_heights("the start", values, start)], NEAR).certain


def test_a_basin_is_told_from_its_depths_and_not_from_the_plain_around():
    relief = np.zeros(1000)
    relief[:40] = 1800.0  # given positive down
    sources = [from_heights("the start", relief, 0.0 * relief), below_stations("stations", relief, 0.0 * relief)]
    assert judge(sources, NEAR).certain
    assert (
        judge([from_heights("the start", -relief, 0.0 * relief), below_stations("s", -relief, 0.0 * relief)], NEAR)
        is None
    )


def test_shore_points_within_two_metres_of_the_sea_are_no_kilometres():
    shore = np.array([0.5, 1.0, 1.8, 0.1, 2.0, 1.2])
    assert judge([from_heights("the start", shore, np.full(6, -4000.0))], NEAR) is None


@pytest.mark.parametrize(("cell", "metres"), [(100.0, 200.0), (1000.0, 500.0), (50_000.0, 5000.0)])
def test_nearness_is_200_m_or_half_a_cell_but_not_what_no_ground_is(cell, metres):
    assert nearness(Grid(cell * np.arange(5), cell * np.arange(4), None)) == metres


def test_the_worst_tenth_is_left_out():
    assert trimmed_rms(np.r_[np.full(18, 2.0), 1e6, -1e7]) == 2.0
    assert trimmed_rms(np.array([3.0, -3.0])) == 3.0
    assert trimmed_rms(np.array([np.nan])) == 0.0
