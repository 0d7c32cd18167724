"""Gauss-Newton on problems whose answer is known: linear ones in closed form, and reliefs that were put in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.data.relief import Grid
from core.data.stations import Positions
from core.errors import Cancelled
from core.events.protocol import Reporter
from core.inversion.gauss_newton import Problem, invert
from core.inversion.penalties import Curvature, CurvatureOfChange, StepDamping
from core.inversion.stopping import Stopping
from core.operators.dense import DenseDerivative, DenseOperator

SHAPE = (4, 5)
ONE_STEP = Stopping(max_iterations=1)


class LinearGravity:
    """g = A b: Gauss-Newton's answer is that of linear least squares."""

    def __init__(self, matrix, free):
        self.full, self.columns = matrix, np.flatnonzero(free)
        self.shape = matrix.shape[0], self.columns.size

    def gravity(self, heights):
        return self.full @ heights.ravel()

    def derivative(self, heights):
        return DenseDerivative(np.ascontiguousarray(self.full[:, self.columns]))


class Arctangent:
    """g = arctan(b): from |b| > 1.39 the full step of Gauss-Newton leads away from the answer 0."""

    shape = 4, 4

    def gravity(self, heights):
        return np.arctan(heights).ravel()

    def derivative(self, heights):
        return DenseDerivative(np.diag(1.0 / (1.0 + heights.ravel() ** 2)))


def linear_problem(kind, free=None, seed=0):
    rng = np.random.default_rng(seed)
    free = np.ones(SHAPE, bool) if free is None else free
    start = rng.normal(100.0, 10.0, SHAPE)
    operator = LinearGravity(rng.standard_normal((30, start.size)), free)
    data = operator.gravity(start + rng.normal(0.0, 5.0, SHAPE)) + rng.normal(0.0, 0.1, 30)
    sigma = rng.uniform(0.5, 2.0, 30)
    return Problem(operator, data, sigma, start, free, kind(start, free, 200.0, 300.0))


def arctangent_problem(start):
    free = np.ones((2, 2), bool)
    b = np.full((2, 2), start)
    return Problem(Arctangent(), np.zeros(4), np.ones(4), b, free, CurvatureOfChange(b, free, 1.0, 1.0))


def least_squares(problem, damping, rows, drawn):
    """The step from the start by the stacked system, with numpy's own least squares."""
    matrix = problem.operator.derivative(problem.start).matrix / problem.sigma[:, None]
    right = (problem.data - problem.operator.gravity(problem.start)) / problem.sigma
    stacked = np.vstack([matrix, damping * rows])
    return np.linalg.lstsq(stacked, np.concatenate([right, -damping * drawn]), rcond=None)[0]


@pytest.mark.parametrize("damping", [0.01, 1.0, 50.0])
def test_step_damping_is_the_damped_least_squares_of_the_step(damping):
    problem = linear_problem(StepDamping)
    identity = np.eye(problem.start.size)
    expected = least_squares(problem, damping, identity, np.zeros(problem.start.size))
    result = invert(problem, damping, ONE_STEP, Reporter())
    np.testing.assert_allclose((result.heights - problem.start).ravel(), expected, atol=1e-4 * np.abs(expected).max())


@pytest.mark.parametrize("damping", [0.01, 1.0, 50.0])
@pytest.mark.parametrize("kind", [Curvature, CurvatureOfChange])
def test_with_curvature_a_linear_problem_is_solved_in_one_step(kind, damping):
    problem = linear_problem(kind)
    rows = problem.penalty.rows.toarray()
    drawn = rows @ (problem.start - problem.penalty.origin(problem.start)).ravel()
    expected = least_squares(problem, damping, rows, drawn)
    result = invert(problem, damping, Stopping(), Reporter())
    np.testing.assert_allclose((result.heights - problem.start).ravel(), expected, atol=1e-8 * np.abs(expected).max())
    assert result.stop_reason == ("objective",)
    assert result.count <= 2


def test_the_answer_lowers_the_objective_and_no_neighbour_of_it_does_better():
    damping, problem = 0.7, linear_problem(Curvature)

    def objective(heights):
        misfit = (problem.data - problem.operator.gravity(heights)) / problem.sigma
        bend = problem.penalty.rows @ heights.ravel()
        return misfit @ misfit + damping**2 * bend @ bend

    result = invert(problem, damping, Stopping(), Reporter())
    lowest = objective(result.heights)
    assert result.iterations[-1].objective == pytest.approx(lowest, rel=1e-12)
    assert result.iterations[0].objective == pytest.approx(objective(problem.start), rel=1e-12)
    rng = np.random.default_rng(4)
    assert all(objective(result.heights + 0.01 * rng.standard_normal(SHAPE)) > lowest for _ in range(20))


@pytest.mark.parametrize("kind", [StepDamping, Curvature, CurvatureOfChange])
def test_cells_that_are_not_free_never_move(kind):
    free = np.zeros(SHAPE, bool)
    free[1:3, 1:4] = True
    problem = linear_problem(kind, free)
    result = invert(problem, 0.1, Stopping(), Reporter())
    np.testing.assert_array_equal(result.heights[~free], problem.start[~free])
    assert (result.heights[free] != problem.start[free]).all()


@pytest.mark.parametrize("kind", [StepDamping, Curvature])
def test_a_station_with_a_large_error_counts_for_nothing(kind):
    problem = linear_problem(kind)
    wrong = replace(problem, data=problem.data + np.eye(30)[7] * 50.0, sigma=problem.sigma + np.eye(30)[7] * 1e9)
    without = replace(problem, data=problem.data, sigma=wrong.sigma)
    changed, kept = (invert(p, 0.5, ONE_STEP, Reporter()).heights for p in (wrong, without))
    np.testing.assert_allclose(changed, kept, atol=1e-6)


@pytest.mark.parametrize("kind", [StepDamping, Curvature])
def test_damping_and_errors_scaled_inversely_give_the_same_relief(kind):
    problem = linear_problem(kind)
    scaled = replace(problem, sigma=problem.sigma * 4.0)
    one, other = invert(problem, 0.8, ONE_STEP, Reporter()), invert(scaled, 0.2, ONE_STEP, Reporter())
    np.testing.assert_allclose(other.heights, one.heights, rtol=1e-6)
    assert other.iterations[-1].rms == pytest.approx(one.iterations[-1].rms / 4.0, rel=1e-5)


def test_a_step_that_raises_the_objective_is_halved():
    result = invert(arctangent_problem(3.0), 1e-6, Stopping(), Reporter())
    objectives = [iteration.objective for iteration in result.iterations]
    assert objectives == sorted(objectives, reverse=True)
    np.testing.assert_allclose(result.heights, 0.0, atol=1e-6)


def test_the_references_rule_halves_nothing_and_returns_the_last_model():
    result = invert(arctangent_problem(3.0), 1e-6, Stopping(rule=1, max_iterations=2), Reporter())
    first = 3.0 - np.arctan(3.0) * 10.0
    second = first - np.arctan(first) * (1.0 + first**2)
    np.testing.assert_allclose(result.heights, second, rtol=1e-6)
    assert result.iterations[-1].rms > result.iterations[0].rms
    assert result.stop_reason == ("no_progress", "max_iterations")


@pytest.fixture(scope="module")
def buried_relief():
    """Noise-free gravity of a smooth hill, to be found from a flat start: operator, truth."""
    grid = Grid(1000.0 * np.arange(11), 1000.0 * np.arange(9), None)
    east, north = np.meshgrid(grid.easting - 4500.0, grid.northing - 3500.0)
    truth = 300.0 * np.exp(-(east**2 + north**2) / 3000.0**2)
    places = Positions(*grid.centres(), np.full(grid.size, 800.0))
    return DenseOperator(places, grid, np.full(grid.shape, 2669.0), 0.0), truth


@pytest.mark.parametrize("kind", [Curvature, CurvatureOfChange])
def test_a_relief_that_was_put_in_comes_out_again(buried_relief, kind):
    operator, truth = buried_relief
    start, free = np.zeros(truth.shape), np.ones(truth.shape, bool)
    problem = Problem(
        operator, operator.gravity(truth), np.ones(truth.size), start, free, kind(start, free, 1000.0, 1000.0)
    )
    result = invert(problem, 1e-5, Stopping(objective_tolerance=1e-9), Reporter())
    assert np.abs(result.heights - truth).max() < 0.1
    np.testing.assert_allclose(result.predicted, operator.gravity(result.heights), rtol=1e-12)


@pytest.mark.parametrize("damping", [1e-4, 1e-2, 1.0, 30.0])
def test_the_objective_never_rises_and_the_best_model_is_returned(buried_relief, damping):
    operator, truth = buried_relief
    start, free = np.zeros(truth.shape), np.ones(truth.shape, bool)
    noisy = operator.gravity(truth) + np.random.default_rng(2).normal(0.0, 0.3, truth.size)
    problem = Problem(operator, noisy, np.ones(truth.size), start, free, Curvature(start, free, 1000.0, 1000.0))
    result = invert(problem, damping, Stopping(), Reporter())
    objectives = [iteration.objective for iteration in result.iterations]
    assert objectives == sorted(objectives, reverse=True)
    assert result.count <= 6


def test_more_damping_gives_a_smoother_relief_and_a_larger_misfit(buried_relief):
    operator, truth = buried_relief
    start, free = np.zeros(truth.shape), np.ones(truth.shape, bool)
    noisy = operator.gravity(truth) + np.random.default_rng(2).normal(0.0, 0.3, truth.size)
    problem = Problem(operator, noisy, np.ones(truth.size), start, free, Curvature(start, free, 1000.0, 1000.0))
    results = [invert(problem, damping, Stopping(), Reporter()) for damping in (1e-3, 1e-2, 1e-1, 1.0)]
    bends = [float(np.linalg.norm(problem.penalty.rows @ result.heights.ravel())) for result in results]
    misfits = [result.iterations[-1].rms for result in results]
    assert bends == sorted(bends, reverse=True)
    assert misfits == sorted(misfits)


def test_a_cancel_ends_it_between_two_iterations():
    seen = []
    reporter = Reporter(seen.append, lambda: len(seen) >= 1)
    with pytest.raises(Cancelled):
        invert(linear_problem(StepDamping), 5.0, Stopping(rule=1, l2_tolerance=0.0, delta_l2_tolerance=0.0), reporter)
    assert [event["event"] for event in seen] == ["iteration"]
