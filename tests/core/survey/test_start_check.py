"""Stations inside a relief whose sign is turned, and stations on the ground, in a mine, on a ship."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.relief import Grid, Relief
from core.data.stations import Stations
from core.errors import InputError
from core.events.protocol import Reporter
from core.survey.start_check import check_start

GRID = Grid(1000.0 * np.arange(20), 1000.0 * np.arange(15), None)
EAST, NORTH = np.meshgrid(GRID.easting, GRID.northing)
HILLS = 300.0 * np.sin(EAST / 3000.0) * np.cos(NORTH / 4000.0)
NAMES = "STARTING_RELIEF", "HEIGHT_FIELD"


def check(heights, relief, **how):
    """The doubts about stations of these heights at the cells' centres."""
    n = GRID.size
    zeros = np.zeros(n)
    height = np.broadcast_to(heights, GRID.shape).ravel().astype(float)
    stations = Stations(*GRID.centres(), height, zeros, zeros + 1, zeros, zeros > 1, zeros < 1, crs=None)
    reporter = Reporter()
    check_start(stations, Relief(GRID, relief), NAMES, reporter, **how)
    return reporter.warnings


def test_a_start_that_is_positive_down_is_refused_by_its_sign():
    with pytest.raises(InputError, match=r"300 of 300 stations lie inside the relief.*1,2\d\d m") as raised:
        check(300.0, 1500.0 + HILLS)
    assert raised.value.parameter == "STARTING_RELIEF"
    assert "Check the sign of STARTING_RELIEF" in str(raised.value) and "HEIGHT_FIELD" in str(raised.value)


def test_the_same_start_positive_up_is_not():
    assert check(300.0, -1500.0 + HILLS) == []


def test_where_it_is_not_inverted_it_is_a_doubt():
    assert "Check the sign of STARTING_RELIEF" in check(300.0, 1500.0 + HILLS, refuse=False)[0]


@pytest.mark.parametrize("above", [-150.0, 0.0, 2.0])
def test_stations_on_the_ground_are_not_doubted(above):
    assert check(HILLS + above, HILLS) == []


def test_an_island_surveyed_by_ship_is_not_doubted_and_its_opposite_is():
    """Ships see the sea floor; land is where no station is. Here all cells have one, at sea level or on land."""
    island = -2500.0 + 3500.0 * np.exp(-((EAST - 9500.0) ** 2 + (NORTH - 7000.0) ** 2) / 3000.0**2)
    ships = np.maximum(island, 0.0)
    assert check(ships, island) == []
    mirrored = -island
    assert check(np.where(island < 0, 0.0, 2000.0), mirrored, refuse=False) != []


def test_heights_of_the_other_sign_are_doubted_but_a_mine_has_such():
    (text,) = check(-2000.0, -500.0 + HILLS)
    assert "Check the sign of HEIGHT_FIELD" in text and "STARTING_RELIEF" not in text


def test_heights_in_kilometres_are_told_elsewhere():
    assert check(1.2, 800.0 + HILLS) == []


def test_some_stations_inside_are_a_doubt_and_few_are_none():
    basin = np.where(EAST < 6000.0, 1200.0, 0.0)
    (text,) = check(0.0, basin)
    assert "90 of 300 stations" in text
    assert check(0.0, np.where(EAST < 1500.0, 1200.0, 0.0)) == []
