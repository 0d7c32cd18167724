"""Predictions without withheld stations: exactly those of inverting without them where gravity is linear, and nearly so
where it isn't."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.data.relief import Grid
from core.data.stations import Positions
from core.events.protocol import Reporter
from core.inversion.gauss_newton import invert
from core.inversion.joint_regional import JointRegional, SplineGrid
from core.inversion.known_relief import points_on
from core.inversion.left_out import MOST_STATIONS, can_leave_out, left_out
from core.inversion.penalties import Curvature, StepDamping
from core.inversion.problem import Problem
from core.inversion.stopping import Stopping
from core.operators.dense import DenseDerivative, DenseOperator
from core.operators.scattered import ScatteredOperator

GRID = Grid(1000.0 * np.arange(14), 1000.0 * np.arange(11), None)
FREE = np.ones(GRID.shape, bool)
START = np.full(GRID.shape, -300.0)
CONTRAST = np.full(GRID.shape, 1500.0)
RANDOM = np.random.default_rng(3)
PLACES = Positions(RANDOM.uniform(0, 13_000, 90), RANDOM.uniform(0, 10_000, 90), np.full(90, 900.0))
EXACT = DenseOperator(PLACES, GRID, CONTRAST, 0.0)
SIGMA = RANDOM.uniform(0.5, 2.0, 90)
LONG = Stopping(objective_tolerance=1e-12)


class Linear:
    """Gravity as the derivative at the start has it."""

    def __init__(self):
        self.matrix, self.shape = EXACT.derivative(START).matrix, EXACT.shape

    def gravity(self, heights):
        return EXACT.gravity(START) + self.matrix @ (heights - START).ravel()

    def derivative(self, heights):
        return DenseDerivative(self.matrix)


@pytest.fixture
def problem():
    """A bump of 80 m, a regional with a bend, points where the relief is known, and uneven errors."""
    east, north = GRID.centres()
    true = START + 80.0 * np.exp(-((east - 6000) ** 2 + (north - 5000) ** 2) / 6e6).reshape(GRID.shape)
    regional = 3.0 + 2e-4 * PLACES.easting + 1.5 * np.cos(PLACES.northing / 4000.0)
    places = np.array([500.0, 12_000.0, 3000.0]), np.array([700.0, 9000.0, 8000.0])
    return Problem(
        operator=EXACT,
        data=EXACT.gravity(true) + regional + SIGMA * np.random.default_rng(4).normal(0.0, 0.2, 90),
        sigma=SIGMA,
        start=START,
        free=FREE,
        penalty=Curvature(START, FREE, GRID.dx, GRID.dy),
        regional=JointRegional.at(SplineGrid.around(PLACES), PLACES, 0.05),
        known=points_on(GRID, *places, np.full(3, -299.0), np.full(3, 5.0)),
    )


def without(problem, withheld, operator):
    """Observed less predicted at withheld stations by an inversion of the others."""
    kept = ~withheld
    chosen = Positions(PLACES.easting[kept], PLACES.northing[kept], PLACES.height[kept])
    fewer = replace(
        problem,
        operator=operator(chosen, kept),
        data=problem.data[kept],
        sigma=SIGMA[kept],
        regional=replace(problem.regional, basis=problem.regional.basis[np.flatnonzero(kept)]),
    )
    result = invert(fewer, 0.01, LONG, Reporter())
    predicted = problem.operator.gravity(result.heights) + problem.regional.basis @ result.coefficients
    return (problem.data - predicted)[withheld]


def groups():
    turn = np.random.default_rng(0).integers(0, 4, 90)
    return [turn == k for k in range(4)] + [np.arange(90) == 17]


def test_where_gravity_is_linear_it_is_the_inversion_without_them(problem):
    linear = Linear()
    problem = replace(problem, operator=linear)

    def operator(chosen, kept):
        fewer = Linear()
        fewer.matrix = linear.matrix[kept]
        fewer.gravity = lambda heights: linear.gravity(heights)[kept]
        return fewer

    result = invert(problem, 0.013, LONG, Reporter())  # near, with another damping
    around = left_out(problem, 0.01, result)
    for withheld in groups():
        expected = without(problem, withheld, operator)
        error = around.error(withheld)
        np.testing.assert_allclose(error, expected, rtol=1e-6, atol=1e-8)
        change = around.change(withheld, error)
        cells = START.size
        moved = linear.gravity(result.heights + change[:cells].reshape(START.shape))
        moved = moved + problem.regional.basis @ (result.coefficients + change[cells:])
        np.testing.assert_allclose((problem.data - moved)[withheld], expected, rtol=1e-6, atol=1e-8)


def test_with_the_prisms_gravity_it_differs_by_little(problem):
    def operator(chosen, kept):
        return DenseOperator(chosen, GRID, CONTRAST, 0.0)

    result = invert(problem, 0.01, LONG, Reporter())
    around = left_out(problem, 0.01, result)
    for withheld in groups():
        expected = without(problem, withheld, operator)
        off = around.error(withheld) - expected
        assert np.sqrt(np.mean(off**2)) < 0.02 * np.sqrt(np.mean(expected**2))


def test_withheld_stations_are_predicted_worse_than_fitted_ones(problem):
    around = left_out(problem, 0.01, invert(problem, 0.01, LONG, Reporter()))
    errors = np.concatenate([around.error(withheld) for withheld in groups()[:4]])
    assert np.sqrt(np.mean(errors**2)) > 1.1 * np.sqrt(np.mean(around.residual**2))


def test_cells_on_a_limit_stay_there(problem):
    """As many cells as lie on it might be fixed beforehand."""
    low = replace(problem, lower=START - 1.0)
    result = invert(low, 0.01, LONG, Reporter())
    on = result.heights <= START - 1.0 + 1e-9
    assert 3 < on.sum() < 100
    free = ~on
    penalty = Curvature(START, FREE, GRID.dx, GRID.dy)
    fixed = replace(
        problem,
        operator=DenseOperator(PLACES, GRID, CONTRAST, 0.0, free),
        free=free,
        start=np.where(on, START - 1.0, START),
        penalty=penalty,
    )
    held, without_them = left_out(low, 0.01, result), left_out(fixed, 0.01, result)
    for withheld in groups():
        error = held.error(withheld)
        np.testing.assert_allclose(error, without_them.error(withheld), rtol=1e-6, atol=1e-9)
        change = held.change(withheld, error)
        assert (change[: on.size][on.ravel()] == 0.0).all()
        expected = without_them.change(withheld, error)
        np.testing.assert_allclose(np.delete(change, np.flatnonzero(on.ravel())), expected, rtol=1e-5, atol=1e-7)
    points = np.array([True, False, True])
    np.testing.assert_allclose(held.known_error(points), without_them.known_error(points), rtol=1e-6)


def test_it_is_for_plain_least_squares_that_fit(problem):
    assert can_leave_out(problem)
    assert not can_leave_out(replace(problem, robust=1.5))
    assert not can_leave_out(replace(problem, penalty=StepDamping(START, FREE, GRID.dx, GRID.dy)))
    many = np.zeros(MOST_STATIONS + 1)
    assert not can_leave_out(replace(problem, data=many, sigma=many + 1.0))


def test_an_operator_without_a_matrix_tells_its_pairs():
    free = START < np.inf
    free[3:5, 2:9] = False
    scattered = ScatteredOperator(PLACES, GRID, CONTRAST, 0.0, 1e-3, 5.0, free)
    dense = DenseOperator(PLACES, GRID, CONTRAST, 0.0, free)
    np.testing.assert_array_equal(scattered.derivative(START).pairs(), dense.derivative(START).matrix)
