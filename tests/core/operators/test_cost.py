"""What operators are said to cost, and what is advised of a grid beside its stations."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.relief import Grid
from core.data.stations import Positions
from core.events.protocol import Reporter
from core.operators import choice, cost
from core.operators.advice import aligned, fitting_spacing
from core.operators.choice import choose_operator
from core.operators.cost import Cost, dense_cost, gridded_cost, scattered_cost
from core.operators.dense import DenseOperator
from core.operators.gridded import GriddedOperator
from core.operators.scattered import ScatteredOperator

GRID = Grid(1000.0 * np.arange(50), 1000.0 * np.arange(44), None)
CONTRAST = np.full(GRID.shape, 2669.0)
RELIEF = 300.0 * np.sin(GRID.easting / 9000.0) * np.cos(GRID.northing / 7000.0)[:, None]


def shifted(east=370.0, north=-120.0, height=1000.0):
    x, y = GRID.centres()
    return Positions(x + east, y + north, np.full(x.size, height))


def loose(count=2500):
    rng = np.random.default_rng(1)
    return Positions(rng.uniform(0, 49e3, count), rng.uniform(0, 43e3, count), rng.uniform(400.0, 900.0, count))


def logged(positions, **options):
    said = []
    data = np.linspace(-20.0, 20.0, positions.size)
    operator = choose_operator(
        positions, GRID, CONTRAST, 0.0, expected=RELIEF, data=data, reporter=Reporter(said.append), **options
    )
    assert [event["event"] for event in said] == ["log"] * len(said)
    return operator, [event["text"] for event in said]


def test_a_matrix_costs_by_its_pairs_and_the_others_do_not():
    small, large = (dense_cost(n * n, n, n, False) for n in (1000, 10_000))
    assert large.iteration == pytest.approx(100.0 * small.iteration)
    assert large.memory == 8e8
    assert dense_cost(10**6, 1000, 1000, True).iteration > dense_cost(10**6, 1000, 1000, False).iteration
    assert gridded_cost(10, 4 * 10**6, 1e9).iteration < large.iteration
    assert scattered_cost(10**6, 8, 3, 10**5, 10**4, 1e8, False).iteration < large.iteration


def test_the_words_promise_one_digit():
    assert Cost(0.1234, 3.21e9).words() == "an iteration of an inversion takes about 0.1 s and 3 GB of memory"


def test_the_log_says_before_a_run_what_an_iteration_is_likely_to_take():
    for positions, kind in ((shifted(0.0, 0.0), GriddedOperator), (loose(), ScatteredOperator)):
        operator, said = logged(positions)
        assert isinstance(operator, kind)
        assert (
            len(said) == 1 and "an iteration of an inversion takes about" in said[0] and "by the exact sum" in said[0]
        )


def test_stations_that_a_move_of_the_grid_would_meet_are_told_with_the_gain(monkeypatch):
    """Of so few cells calls take the time, not the sums."""
    monkeypatch.setattr(cost, "CALL", 0.0)
    operator, said = logged(shifted())
    assert isinstance(operator, ScatteredOperator)
    (advice,) = [text for text in said if "times as fast" in text]
    assert "370 m east and -120 m north" in advice
    moved, _ = aligned(shifted(), GRID)
    assert moved.easting[0] == pytest.approx(370.0) and moved.northing[0] == pytest.approx(-120.0)


def test_stations_that_no_move_would_meet_are_not():
    assert aligned(loose(), GRID) is None
    assert not any("times as fast" in text for text in logged(loose())[1])


def test_cells_far_finer_than_the_stations_are_told_with_a_spacing_that_fits():
    few = loose(100)
    assert fitting_spacing(few, GRID) == pytest.approx(0.5 * np.sqrt(49e3 * 43e3 / 100), rel=0.2)
    assert fitting_spacing(loose(300), GRID) is None
    _, said = logged(few)
    assert not said or any("SPACING" in text for text in said)


def test_the_cheaper_way_is_taken_beyond_few_pairs(monkeypatch):
    assert isinstance(logged(loose())[0], ScatteredOperator)
    monkeypatch.setattr(choice, "dense_cost", lambda *counts: Cost(1e-9, 1e6))
    assert isinstance(logged(loose())[0], DenseOperator)
    monkeypatch.setattr(choice, "dense_cost", lambda *counts: Cost(1e-9, 1e15))
    assert isinstance(logged(loose())[0], ScatteredOperator)  # there is no room for the matrix


def test_an_exact_sum_that_takes_long_is_told(monkeypatch):
    monkeypatch.setattr(choice, "dense_cost", lambda *counts: Cost(7.0, 1e6))
    monkeypatch.setattr(choice, "DENSE_PAIRS", 1e9)
    _, said = logged(loose())
    assert len(said) == 1 and "by the exact sum: an iteration of an inversion takes about 7 s" in said[0]
