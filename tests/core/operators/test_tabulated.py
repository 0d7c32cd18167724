"""Tabulated pairs say what the exact sum says, for any law, and leave to it what lies outside their heights."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.relief import Grid
from core.data.stations import Positions
from core.operators.dense import DenseOperator
from core.operators.density_law import EXPONENTIAL, HYPERBOLIC, TABLE
from core.operators.tabulated import PairTable, TabulatedOperator
from core.operators.threads import side_by_side, threads

GRID = Grid(2000.0 * np.arange(12), 1500.0 * np.arange(9), None)
RANDOM = np.random.default_rng(3)
STATIONS = Positions(RANDOM.uniform(-500, 23_000, 60), RANDOM.uniform(-500, 12_500, 60), RANDOM.uniform(20, 400, 60))
CONTRAST = RANDOM.uniform(300.0, 600.0, GRID.shape)
START = RANDOM.uniform(-900.0, -200.0, GRID.shape)
FREE = RANDOM.uniform(size=GRID.shape) < 0.6
LAWS = {
    "none": None,
    "exponential": np.array([EXPONENTIAL, 0.0, 800.0]),
    "hyperbolic": np.array([HYPERBOLIC, 50.0, 1500.0]),
    "table": np.array([TABLE, 50.0, 0.0, 3000.0, 1.0, 0.4]),
}
BROKEN = np.array([TABLE, 0.0, 0.0, 300.0, 1000.0, 1.0, 0.7, 0.1])
TOLERANCE = 1e-3  # mGal


@pytest.fixture(params=LAWS, ids=list(LAWS))
def both(request):
    """The tabulated operator and the exact one."""
    law = LAWS[request.param]
    exact = DenseOperator(STATIONS, GRID, CONTRAST, -400.0, FREE, law=law)
    cells = np.flatnonzero(FREE | (RANDOM.uniform(size=GRID.shape) < 0.3))
    table = PairTable(STATIONS, GRID, cells, CONTRAST, law, -1500.0, 0.0, TOLERANCE)
    assert table.bound <= TOLERANCE
    return TabulatedOperator(table, FREE, START, exact.gravity(START), exact), exact


def moved(low, high):
    heights = START.copy()
    heights[FREE] = np.random.default_rng(1).uniform(low, high, int(FREE.sum()))
    return heights


def test_gravity_is_within_the_tolerance(both):
    operator, exact = both
    heights = moved(-1500.0, 0.0)
    off = operator.gravity(heights) - exact.gravity(heights)
    assert 0.0 < np.abs(off).max() <= TOLERANCE


def test_the_derivative_is_that_of_gravity(both):
    operator, exact = both
    heights = moved(-1400.0, -100.0)
    found, expected = operator.derivative(heights).matrix, exact.derivative(heights).matrix
    assert np.abs(found - expected).max() < 2e-3 * np.abs(expected).max()


def test_heights_beyond_the_table_are_summed_exactly(both):
    operator, exact = both
    heights = moved(-1600.0, -1550.0)
    np.testing.assert_array_equal(operator.gravity(heights), exact.gravity(heights))
    np.testing.assert_array_equal(operator.derivative(heights).matrix, exact.derivative(heights).matrix)


def test_a_looser_tolerance_keeps_fewer_terms():
    cells = np.flatnonzero(FREE)
    bounds = [PairTable(STATIONS, GRID, cells, CONTRAST, None, -1500.0, 0.0, t).bound for t in (1.0, 1e-3)]
    assert bounds[0] > bounds[1]


def test_a_law_that_breaks_within_the_heights_is_not_bounded_too_low():
    exact = DenseOperator(STATIONS, GRID, CONTRAST, -400.0, FREE, law=BROKEN)
    table = PairTable(STATIONS, GRID, np.flatnonzero(FREE), CONTRAST, BROKEN, -1500.0, 0.0, TOLERANCE)
    operator = TabulatedOperator(table, FREE, START, exact.gravity(START), exact)
    heights = moved(-1500.0, 0.0)
    assert table.bound > TOLERANCE
    assert table.bound >= np.abs(operator.gravity(heights) - exact.gravity(heights)).max()


def test_tasks_side_by_side_come_back_in_their_order_and_keep_to_one_core():
    assert side_by_side([lambda k=k: (k, threads(10**9)) for k in range(7)]) == [(k, 1) for k in range(7)]


def test_a_task_that_fails_ends_them_all():
    def fail():
        raise ValueError("here")

    with pytest.raises(ValueError, match="here"):
        side_by_side([fail, lambda: 1])
