"""A step from deep below goes short of the stations: beyond them gravity falls again, and no step leads back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.data.relief import Grid
from core.data.stations import Stations
from core.events.protocol import Reporter
from core.inversion.gauss_newton import invert
from core.inversion.headroom import OF_THE_WAY, Headroom
from core.inversion.penalties import Curvature
from core.inversion.problem import Problem
from core.inversion.stopping import Stopping
from core.operators.dense import DenseOperator

GRID = Grid(500.0 * np.arange(24), 500.0 * np.arange(8), None)
EAST, _ = np.meshgrid(GRID.easting, GRID.northing)
SHELF = -600.0 * (1.0 - np.exp(-EAST / 4000.0))  # it reaches the stations' level at the western shore
SIGMA = 0.1  # mGal
EVERYWHERE = np.ones(GRID.shape, dtype=bool)


def problem(start):
    """Ships at the sea's surface over a floor that comes up to it, from a flat start."""
    rng = np.random.default_rng(4)
    count, width, height = 400, GRID.easting[-1], GRID.northing[-1]
    places = rng.uniform(0, width, count), rng.uniform(0, height, count), np.zeros(count)
    operator_places = Stations(
        *places,
        np.zeros(count),
        np.full(count, SIGMA),
        np.zeros(count),
        np.zeros(count, bool),
        np.ones(count, bool),
        None,
    )
    operator = DenseOperator(operator_places, GRID, np.full(GRID.shape, 1643.0), 0.0)
    data = operator.gravity(SHELF) + SIGMA * rng.standard_normal(count)
    flat = np.full(GRID.shape, float(start))
    return Problem(
        operator=operator,
        data=data,
        sigma=np.full(count, SIGMA),
        start=flat,
        free=EVERYWHERE,
        penalty=Curvature(flat, EVERYWHERE, GRID.dx, GRID.dy),
        headroom=Headroom.below(operator_places, GRID),
    )


def solve(wanted, **stopping):
    return invert(wanted, 0.02, Stopping(**stopping), Reporter())


@pytest.mark.parametrize("start", [-200.0, -600.0, -2000.0])
def test_the_answer_at_the_shore_is_the_same_from_every_start(start):
    found = solve(problem(start))
    held = np.isfinite(problem(start).headroom.within)
    assert found.heights[held].max() < 0.0
    assert np.sqrt(np.mean((found.heights - SHELF)[held] ** 2)) < 12.0
    assert found.iterations[-1].rms < 1.1


def test_without_the_cut_cells_end_above_their_stations():
    """So that the tests above would fail without it."""
    free = solve(replace(problem(-600.0), headroom=None))
    assert free.heights[np.isfinite(problem(-600.0).headroom.within)].max() > 50.0


def test_one_step_takes_at_most_its_share_of_the_way():
    wanted = problem(-600.0)
    first = solve(wanted, max_iterations=1).heights
    way = wanted.headroom.within + 600.0
    assert ((first + 600.0)[np.isfinite(way)] <= OF_THE_WAY * way[np.isfinite(way)] + 1e-9).all()
    assert ((first + 600.0)[np.isfinite(way)] > (OF_THE_WAY - 1e-6) * way[np.isfinite(way)]).any()


def test_beside_stations_a_cell_may_pass_their_level_from_nearby_only():
    place = Stations(*(np.full(1, v) for v in (500.0, 500.0, 0.0, 0.0, 1.0, 0.0, False, True)), None)
    headroom = Headroom.below(place, GRID)
    heights = np.full(GRID.shape, -300.0)
    heights[1, 2] = -40.0  # of cells of 500 m: near
    most = headroom.most(heights)
    assert most[1, 1] == pytest.approx(OF_THE_WAY * 299.5)  # it holds the station
    assert most[0, 1] == most[2, 1] == most[1, 0] == pytest.approx(OF_THE_WAY * 299.5)
    assert np.isinf(most[1, 2]) and np.isinf(most[4, 4])
    heights[1, 1] = 20.0
    assert np.isinf(headroom.most(heights)[1, 1])  # above it already


def test_the_references_rule_knows_no_cut():
    wanted = problem(-600.0)
    cut, plain = (solve(w, rule=1, max_iterations=3).heights for w in (wanted, replace(wanted, headroom=None)))
    np.testing.assert_array_equal(cut, plain)


def test_a_cell_that_lies_above_its_station_already_moves_as_it_likes():
    wanted = problem(5.0)
    one, plain = (solve(w, max_iterations=1).heights for w in (wanted, replace(wanted, headroom=None)))
    np.testing.assert_array_equal(one, plain)


def test_a_limit_below_the_stations_makes_the_cut_needless():
    wanted = problem(-600.0)
    limited = replace(wanted, upper=wanted.headroom.within)
    found = solve(limited)
    held = np.isfinite(wanted.headroom.within)
    assert (found.heights[held] <= wanted.headroom.within[held]).all()
    assert np.sqrt(np.mean((found.heights - SHELF)[held] ** 2)) < 12.0
