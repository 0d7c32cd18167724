"""Points of known relief as data of the solve: their equations, how closely they are met, and the held plane."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from core.data.rasters import RasterSource, read_raster
from core.data.relief import Grid, Relief
from core.data.stations import Positions
from core.events.protocol import Reporter
from core.inversion.gauss_newton import invert
from core.inversion.known_relief import HELD_PLANE_ERROR, held_plane, points_on
from core.inversion.penalties import Curvature, StepDamping
from core.inversion.problem import Problem
from core.inversion.stopping import Stopping
from core.operators.dense import DenseDerivative, DenseOperator

GRID = Grid(500.0 + 100.0 * np.arange(6), -300.0 + 200.0 * np.arange(5), None)


def points(easting, northing, value, error):
    return points_on(GRID, *(np.atleast_1d(np.asarray(x, float)) for x in (easting, northing, value, error)))


def test_a_points_equation_is_the_bilinear_value_that_the_relief_has_there():
    rng = np.random.default_rng(0)
    relief = Relief(GRID, rng.standard_normal(GRID.shape))
    easting, northing = rng.uniform(455, 1045, 40), rng.uniform(-395, 595, 40)  # the outer half cells too
    known = points(easting, northing, np.zeros(40), np.ones(40))
    np.testing.assert_allclose(known.rows @ relief.heights.ravel(), relief.sample(easting, northing), atol=1e-12)
    np.testing.assert_allclose(known.rows.sum(axis=1), 1.0)


def test_at_a_node_one_cell_answers():
    known = points(700.0, 100.0, 3.0, 2.0)
    assert known.rows.nnz == 1 and known.rows.toarray()[0, 2 * 6 + 2] == 1.0
    assert known.misfit(np.full(GRID.shape, 7.0)) == [-2.0]


def test_some_and_both():
    known = points([500.0, 600.0, 700.0], [0.0, 0.0, 0.0], [1.0, 2.0, 3.0], [1.0, 0.3, 4.0])
    odd = known.where(np.array([True, False, True]))
    assert odd.value.tolist() == [1.0, 3.0] and odd.rows.shape == (2, 30)
    both = odd.joined(known)
    assert both.value.tolist() == [1.0, 3.0, 1.0, 2.0, 3.0] and both.rows.shape == (5, 30)
    assert known.joined(None) is known
    np.testing.assert_allclose(both.weighted_rows.toarray(), both.rows.toarray() / both.error[:, None])


class Linear:
    """g = A b."""

    def __init__(self, matrix, free):
        self.matrix, self.free = matrix, np.flatnonzero(free)
        self.shape = matrix.shape[0], self.free.size

    def gravity(self, heights):
        return self.matrix @ heights.ravel()

    def derivative(self, heights):
        return DenseDerivative(np.ascontiguousarray(self.matrix[:, self.free]))


@pytest.mark.parametrize("kind", [Curvature, StepDamping])
def test_the_answer_is_that_of_the_stacked_least_squares(kind):
    """A point beside a fixed cell counts with what the fixed cell gives."""
    rng = np.random.default_rng(1)
    free = np.ones(GRID.shape, bool)
    free[1, 2] = free[4, 5] = False
    start = rng.normal(0.0, 5.0, GRID.shape)
    known = points([660.0, 840.0, 990.0], [-150.0, 310.0, 480.0], [4.0, -2.0, 1.0], [0.5, 0.1, 2.0])
    penalty = kind(start, free, GRID.dx, GRID.dy)
    data, sigma = rng.standard_normal(20), rng.uniform(0.5, 2.0, 20)
    operator = Linear(rng.standard_normal((20, 30)), free)
    problem = Problem(operator, data, sigma, start, free, penalty, known=known)
    cells = np.flatnonzero(free)
    drawn = penalty.rows @ (start - penalty.origin(start)).ravel()
    matrix = [
        operator.matrix / sigma[:, None],
        0.3 * penalty.rows.toarray(),
        known.rows.toarray() / known.error[:, None],
    ]
    right = [
        (data - operator.gravity(start)) / sigma,
        -0.3 * drawn,
        (known.value - known.rows @ start.ravel()) / known.error,
    ]
    expected = np.linalg.lstsq(np.vstack(matrix)[:, cells], np.concatenate(right), rcond=None)[0]
    found = invert(problem, 0.3, Stopping(max_iterations=1), Reporter()).heights
    np.testing.assert_allclose((found - start)[free], expected, atol=1e-4 * np.abs(expected).max())
    np.testing.assert_array_equal(found[~free], start[~free])


@pytest.fixture(scope="module")
def valley():
    grid = Grid(1000.0 * np.arange(9), 1000.0 * np.arange(8), None)
    places = Positions(*grid.centres(), np.full(grid.size, 600.0))
    operator = DenseOperator(places, grid, np.full(grid.shape, 2669.0), 0.0)
    free, start = np.ones(grid.shape, bool), np.zeros(grid.shape)
    truth = -200.0 * np.exp(-((grid.easting - 4000.0) ** 2) / 2000.0**2) * np.ones((8, 1))
    data = operator.gravity(truth) + np.random.default_rng(0).normal(0.0, 0.2, grid.size)
    return grid, Problem(operator, data, np.ones(grid.size), start, free, Curvature(start, free, 1e3, 1e3))


@pytest.mark.parametrize("error", [0.01, 1.0, 1e6])
def test_a_point_is_met_within_its_small_error_and_a_doubtful_one_is_not_heeded(valley, error):
    grid, problem = valley
    wanted = np.array([-120.0, -20.0])
    known = points_on(grid, np.array([3700.0, 1500.0]), np.array([2500.0, 6000.0]), wanted, np.full(2, error))
    result = invert(replace(problem, known=known), 0.02, Stopping(), Reporter())
    missed = np.abs(known.rows @ result.heights.ravel() - wanted)
    without = invert(problem, 0.02, Stopping(), Reporter()).heights
    if error > 1e3:
        np.testing.assert_allclose(result.heights, without, atol=1e-2)
    else:
        assert missed.max() < error
        assert np.abs(known.rows @ without.ravel() - wanted).max() > 20.0


def test_the_objective_counts_the_points_and_never_rises(valley):
    grid, problem = valley
    known = points_on(grid, np.array([3700.0]), np.array([2500.0]), np.array([-40.0]), np.array([3.0]))
    result = invert(replace(problem, known=known), 0.02, Stopping(), Reporter())
    objectives = [iteration.objective for iteration in result.iterations]
    assert objectives == sorted(objectives, reverse=True)
    missed = problem.data - result.predicted
    bent = 0.02 * (problem.penalty.rows @ result.heights.ravel())
    point = (-40.0 - known.rows @ result.heights.ravel()) / 3.0
    assert objectives[-1] == pytest.approx(missed @ missed + bent @ bent + point @ point, rel=1e-10)


def test_the_held_plane_is_the_starts_mean_and_tilt_over_the_free_cells():
    free = np.ones(GRID.shape, bool)
    free[0, :3] = False
    start = np.random.default_rng(2).standard_normal(GRID.shape)
    held = held_plane(GRID, free, start)
    assert isinstance(held.rows, sparse.csr_array) and (held.error == HELD_PLANE_ERROR).all()
    np.testing.assert_allclose(held.misfit(start), 0.0, atol=1e-9)
    east, north = (axis[free.ravel()] for axis in GRID.centres())
    plane = np.column_stack([np.ones(east.size), east - east.mean(), north - north.mean()])
    wiggle = np.random.default_rng(3).standard_normal(east.size)
    wiggle -= plane @ np.linalg.lstsq(plane, wiggle, rcond=None)[0]
    moved = start.copy()
    moved[free] += 50.0 * wiggle
    np.testing.assert_allclose(held.misfit(moved), 0.0, atol=1e-8)
    for shift in plane.T:
        moved[free] = start[free] + shift
        assert np.linalg.norm(held.misfit(moved) * held.error) == pytest.approx(np.sqrt(np.mean(shift**2)))


@pytest.mark.parametrize(
    ("cells", "equations"),
    [
        ((2, 3), 1),
        ((2, slice(1, 5)), 2),
        ((slice(None), 4), 2),
        ((np.arange(4), np.arange(4)), 2),
        ((slice(1, 3), slice(2, 4)), 3),
    ],
)
def test_cells_on_a_line_have_no_tilt_across_it_to_hold(cells, equations):
    """Whatever keeps their mean and their tilt along the line is left alone, and nothing else is."""
    free = np.zeros(GRID.shape, bool)
    free[cells] = True
    start = np.random.default_rng(4).standard_normal(GRID.shape)
    held = held_plane(GRID, free, start)
    assert held.rows.shape == (equations, GRID.size) and held.value.size == held.error.size == equations
    east, north = (axis[free.ravel()] for axis in GRID.centres())
    plane = np.column_stack([np.ones(east.size), east - east.mean(), north - north.mean()])
    wiggle = np.random.default_rng(5).standard_normal(east.size)
    wiggle -= plane @ np.linalg.lstsq(plane, wiggle, rcond=None)[0]
    moved = start.copy()
    moved[free] += 50.0 * wiggle
    np.testing.assert_allclose(held.misfit(moved), 0.0, atol=1e-8)
    moved[free] = start[free] + 7.0
    assert np.linalg.norm(held.misfit(moved) * held.error) == pytest.approx(7.0)


@pytest.mark.parametrize("task", ["invertrelief", "dampingcrossvalidation"])
def test_points_that_contradict_each_other_are_told_after_the_inversion(engine, survey, tmp_path, task):
    """Half a metre apart and 900 m different; the others are met, of which nothing is said."""
    relief = read_raster(RasterSource(str(tmp_path / "relief.tif")), "RELIEF")
    good = f"x,y,bed\n2000,3000,{relief.heights[3, 2]}\n9000,6000,{relief.heights[6, 9]}\n"
    keys = {
        "task": task,
        "known_points": "known.csv",
        "known_field": "bed",
        "known_error": 10.0,
        "inverted_relief": "r.tif",
    }
    keys |= {"damping": 0.01}
    if task != "invertrelief":
        keys |= {"test_field": "test", "trials": 1, "damping_min": keys["damping"], "damping_max": keys.pop("damping")}
    (tmp_path / "known.csv").write_text(good)
    assert engine(**survey, **keys).warnings == []
    (tmp_path / "known.csv").write_text(good + "6000,4000,-300\n6000.5,4000,600\n")
    told = [event for event in engine(**survey, **keys).of("warning") if "from the inverted relief" in event["text"]]
    (warning,) = told  # that they contradict each other is told before
    assert (warning["parameter"], warning["count"]) == ("KNOWN_POINTS", 2)
    assert "2 of 4 known points lie more than 5 of their errors" in warning["text"]
    assert "at 6000 east, 4000 north" in warning["text"]
