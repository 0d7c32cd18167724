"""Limits that are depths or kilometres: how they can be read so that the start lies within them."""

from __future__ import annotations

import numpy as np
import pytest

from core.assembly.limit_check import doubt_upper_limit, limits_advice
from core.data.relief import Grid, Relief
from core.data.stations import Stations
from core.events.protocol import Reporter

GRID = Grid(1000.0 * np.arange(20), 1000.0 * np.arange(15), None)
EAST, NORTH = np.meshgrid(GRID.easting, GRID.northing)
START = -5000.0 + 300.0 * np.sin(EAST / 3000.0)
FLOOR = -3000.0 + 200.0 * np.cos(NORTH / 3000.0)  # the sea floor, an upper limit of the basement
ALL = np.ones(GRID.shape, bool)


def advice(lower=None, upper=None, start=START):
    sides = (None if side is None else np.broadcast_to(side, GRID.shape).ravel() for side in (lower, upper))
    return limits_advice(start.ravel(), *sides)


@pytest.mark.parametrize(
    ("lower", "upper", "words"),
    [
        (9000.0, None, "the sign of LOWER_LIMIT first: with the sign turned"),
        (None, -9000.0, ""),
        (-9.0, None, "the unit of LOWER_LIMIT first: taken times 1000"),
        (9.0, None, "the unit and the sign of LOWER_LIMIT first"),
        (9000.0, -FLOOR, "the sign of LOWER_LIMIT or of both limits first"),
        (-FLOOR, 9000.0, "the sign of both limits, which then change places, or of STARTING_RELIEF first"),
        (-1000.0, None, ""),
    ],
)
def test_what_to_check_is_what_would_hold_the_start(lower, upper, words):
    told = advice(lower, upper)
    assert (words in told) if words else told == ""


def test_levels_are_named_as_such():
    told = limits_advice(START.ravel(), np.full(GRID.size, 9000.0), None, ("LOWER_LEVEL", "UPPER_LEVEL"))
    assert "the sign of LOWER_LEVEL first" in told


def test_a_start_positive_down_is_found_between_limits_that_are_heights():
    assert "the sign of both limits, which then change places, or of STARTING_RELIEF first" in advice(
        -9000.0, FLOOR, -START
    )


def test_cells_without_a_limit_hold_anything():
    lower = np.where(EAST > 5000.0, 9000.0, -np.inf)
    assert "the sign of LOWER_LIMIT" in advice(lower)


def upper_doubts(upper, heights=0.0, start=START):
    n = GRID.size
    zeros = np.zeros(n)
    height = np.broadcast_to(heights, GRID.shape).ravel().astype(float)
    stations = Stations(*GRID.centres(), height, zeros, zeros + 1, zeros, zeros > 1, zeros < 1, crs=None)
    reporter = Reporter()
    doubt_upper_limit(stations, Relief(GRID, start), ALL, upper, reporter)
    return reporter.warnings


def test_a_sea_floor_of_depths_is_doubted_and_one_of_heights_is_not():
    (text,) = upper_doubts(-FLOOR)
    assert "UPPER_LIMIT lies above 300 of 300 stations" in text and "Check the sign of UPPER_LIMIT" in text
    assert upper_doubts(FLOOR) == []


def test_the_ground_below_an_aircraft_or_at_the_stations_is_not_doubted():
    ground = 800.0 + 100.0 * np.sin(EAST / 2000.0)
    assert upper_doubts(ground, 2500.0) == []
    assert upper_doubts(ground, ground) == []


def test_one_number_far_up_means_no_limit():
    assert upper_doubts(np.full(GRID.shape, 3000.0)) == []
