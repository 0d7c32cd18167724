"""Which cell holds a station, how high stations lie above a relief, and when that lies at their level."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.clearance import ceiling, clearances, lies_at_stations, station_cells
from core.data.relief import Grid, Relief
from core.data.stations import Stations

GRID = Grid(1000.0 * np.arange(5), 1000.0 * np.arange(4), None)
FLAT = Relief(GRID, np.full(GRID.shape, 100.0))
EVERYWHERE = np.ones(GRID.shape, dtype=bool)


def stations(easting, northing, height, used=None):
    east, north, high = (np.broadcast_to(np.asarray(v, float), np.size(easting)) for v in (easting, northing, height))
    n, zeros = east.size, np.zeros(east.size)
    used = np.ones(n, dtype=bool) if used is None else np.asarray(used)
    return Stations(east, north, high, zeros, np.ones(n), zeros, np.zeros(n, dtype=bool), used, crs=None)


def on_nodes(height):
    return stations(*GRID.centres(), height)


def test_a_place_belongs_to_the_cell_around_it_up_to_the_outer_edges():
    places = stations([0, 499, 501, 4500, -500], [0, 0, 0, 3500, -500], 0)
    np.testing.assert_array_equal(station_cells(places, GRID), [0, 0, 1, 19, 0])


def test_clearances_are_heights_above_the_holding_cell_of_the_used_stations():
    relief = Relief(GRID, 10.0 * np.arange(20.0).reshape(GRID.shape))
    found = clearances(stations([0, 1000, 4000], [0, 0, 3000], [5, 5, 300], [True, False, True]), relief)
    np.testing.assert_allclose(found, [5.0, 110.0])


@pytest.mark.parametrize(
    ("height", "at"),
    [(100.0, True), (140.0, True), (160.0, False), (95.0, True), (80.0, False), (-400.0, False), (250_000.0, False)],
    ids=["on it", "a little above", "above", "rough ground", "another datum", "far below", "a satellite"],
)
def test_a_relief_lies_at_the_level_of_stations_within_a_twentieth_of_a_cell(height, at):
    assert lies_at_stations(on_nodes(height), FLAT) == at


def test_rough_ground_about_the_relief_is_its_level():
    rough = 100.0 + np.tile([30.0, -30.0], GRID.size // 2)
    assert lies_at_stations(on_nodes(rough), FLAT)


def test_only_stations_over_free_cells_tell():
    height = np.where(np.arange(GRID.size) < 5, 100.0, 5000.0)
    free = np.zeros(GRID.shape, dtype=bool)
    assert not lies_at_stations(on_nodes(height), FLAT, EVERYWHERE)
    assert not lies_at_stations(on_nodes(height), FLAT, free)
    free[0] = True
    assert lies_at_stations(on_nodes(height), FLAT, free)


def test_a_cells_ceiling_is_just_below_its_lowest_station_and_none_where_it_holds_none():
    found = ceiling(stations([0, 100, 3000], [0, 100, 2000], [50, 40, 70]), GRID)
    assert found[0, 0] == pytest.approx(39.0)
    assert found[2, 3] == pytest.approx(69.0)
    assert np.isinf(found).sum() == GRID.size - 2


def test_around_a_station_the_cells_beside_take_its_height():
    found = ceiling(stations([0, 4000], [0, 3000], [50, 70]), GRID, around=True)
    assert found[0, 1] == found[1, 0] == pytest.approx(49.0)
    assert found[3, 3] == pytest.approx(69.0)
    one = ceiling(stations([0], [0], [50]), GRID, around=True)
    assert np.isfinite(one).sum() == 3  # itself and those one cell away, not the diagonal
