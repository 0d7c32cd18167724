"""What known points tell by themselves."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.relief import Grid
from core.events.protocol import Reporter
from core.survey.known_among import doubt_among
from core.survey.known_points import KnownPoints

GRID = Grid(1000.0 * np.arange(40), 1000.0 * np.arange(30), None)
RNG = np.random.default_rng(2)
EAST, NORTH = RNG.uniform(0.0, 39_000.0, 60), RNG.uniform(0.0, 29_000.0, 60)
DEPTH = -1500.0 + 0.01 * EAST
NONE = np.empty(0)


def doubts(height, error=0.0, east=EAST, north=NORTH, at_start=NONE):
    reporter = Reporter()
    points = KnownPoints(east, north, height, np.broadcast_to(error, height.shape).astype(float), None)
    doubt_among(points, GRID, at_start, reporter)
    return reporter.warnings


def test_soundings_of_one_sign_are_not_doubted():
    assert doubts(DEPTH) == []


@pytest.mark.parametrize("count", [3, 10, 20])
def test_some_of_the_other_sign_are_counted_and_the_first_named(count):
    height = DEPTH.copy()
    height[7 : 7 + count] *= -1.0
    (text,) = doubts(height)
    found = int(text.split(" of 60 known points have the opposite sign")[0])
    assert 0.6 * count <= found <= count  # where they lie side by side, their own neighbours are wrong
    assert "Check the sign of KNOWN_FIELD there" in text


def test_land_among_soundings_is_not_doubted():
    height = np.where(np.hypot(EAST - 15_000.0, NORTH - 15_000.0) < 5000.0, RNG.uniform(50.0, 2500.0, 60), DEPTH)
    assert (height > 0).sum() > 3 and doubts(height) == []


def test_near_points_that_contradict_are_doubted_with_the_worst():
    east, north = np.r_[EAST, EAST[:3] + 20.0], np.r_[NORTH, NORTH[:3]]
    height = np.r_[DEPTH, DEPTH[:3] + np.array([300.0, 500.0, 5.0])]
    (text,) = doubts(height, 0.0, east, north)
    assert "4 of 63 known points contradict another one" in text and "by 500 m within 20 m" in text
    assert doubts(height, 100.0, east, north) == []


def test_near_points_on_a_slope_agree():
    east, north = np.r_[EAST, EAST[:3] + 90.0], np.r_[NORTH, NORTH[:3]]
    assert doubts(np.r_[DEPTH, DEPTH[:3] + 85.0], 1.0, east, north) == []


@pytest.mark.parametrize(("error", "told"), [(50.0, False), (300.0, False), (5000.0, True), (1e6, True)])
def test_errors_beyond_all_heights_are_doubted(error, told):
    texts = doubts(DEPTH, error, at_start=np.full(60, -1500.0))
    assert any("they hardly count. Check the unit of KNOWN_ERROR" in text for text in texts) == told


def test_one_point_has_nobody_to_contradict():
    assert doubts(DEPTH[:1], 100.0, EAST[:1], NORTH[:1]) == []
