"""Limits inside the solve: the constrained minimum itself, never passed, and not the free one clipped after."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import lsq_linear

from core.data.columns import read_columns
from core.data.rasters import RasterSource, read_raster, write_raster
from core.data.relief import Grid, Relief
from core.data.stations import Positions
from core.errors import InputError
from core.events.protocol import Reporter
from core.inversion import solvers
from core.inversion.gauss_newton import invert
from core.inversion.joint_regional import JointRegional, SplineGrid
from core.inversion.known_relief import points_on
from core.inversion.limits import gradient, quadratic, solve_within_limits
from core.inversion.penalties import Curvature, StepDamping
from core.inversion.problem import Problem, evaluate, linear_step
from core.inversion.solvers import LinearStep, solve_by_conjugate_gradients, solve_normal_equations
from core.inversion.stopping import Stopping
from core.operators.dense import DenseDerivative, DenseOperator
from core.tasks import run_task

AXES = 1000.0 * np.arange(11), 1000.0 * np.arange(9)
NEVER = 1e-6  # m, by which no limit is passed


def random_step(seed):
    """A step of random size and smoothness, and limits that are tight, loose or shut."""
    rng = np.random.default_rng(seed)
    n, m = rng.integers(5, 40), rng.integers(4, 30)
    places = np.linspace(0, m, n)[:, None]
    matrix = rng.standard_normal((n, m)) if seed % 3 else np.exp(-(((places - np.arange(m)) / 4.0) ** 2))
    bend = sparse.csr_array(np.diff(np.eye(m), 2, axis=0))
    step = LinearStep(
        derivative=DenseDerivative(matrix),
        residual=5.0 * rng.standard_normal(n),
        weight=rng.uniform(0.5, 2.0, n),
        rows=bend,
        drawn=rng.standard_normal(m - 2),
        damping=float(10 ** rng.uniform(-2, 1)),
        extra_rows=sparse.csr_array(0.05 * np.eye(m)),
        extra_target=rng.standard_normal(m),
    )
    return step, -rng.uniform(0, 1, m) * rng.choice([0.0, 0.2, 1.0]), rng.uniform(0, 1, m)


def by_bounded_least_squares(step, lower, upper):
    rows = [
        step.weight[:, None] * step.derivative.matrix,
        step.damping * step.rows.toarray(),
        step.extra_rows.toarray(),
    ]
    right = [step.weight * step.residual, -step.damping * step.drawn, step.extra_target]
    opened = np.where(lower == upper, lower - 1e-13, lower)
    return lsq_linear(np.vstack(rows), np.concatenate(right), (opened, upper), method="bvls", tol=1e-14).x


@pytest.mark.parametrize("block", range(8))
def test_the_constrained_minimum_is_that_of_bounded_least_squares(block):
    """Random problems; in some of them the active set goes round in circles."""
    for seed in range(40 * block, 40 * block + 40):
        step, lower, upper = random_step(seed)
        x = solve_within_limits(step, solve_normal_equations, lower, upper)
        np.testing.assert_allclose(x, by_bounded_least_squares(step, lower, upper), atol=1e-7, err_msg=f"seed {seed}")
        assert ((x >= lower) & (x <= upper)).all()


def test_limits_that_nothing_reaches_change_nothing():
    step, lower, _ = random_step(1)
    far = np.full(lower.size, 1e9)
    np.testing.assert_array_equal(
        solve_within_limits(step, solve_normal_equations, -far, far), solve_normal_equations(step)
    )


def test_where_all_is_shut_nothing_moves():
    step, lower, _ = random_step(2)
    nothing = np.zeros(lower.size)
    assert (solve_within_limits(step, solve_normal_equations, nothing, nothing) == 0).all()


def test_the_gradient_is_the_slope_of_the_quadratic():
    step, _, upper = random_step(5)
    x, h = 0.3 * upper, 1e-4
    unit = np.eye(x.size)
    slope = [(quadratic(step, x + h * e) - quadratic(step, x - h * e)) / (4 * h) for e in unit]
    np.testing.assert_allclose(gradient(step, x), slope, rtol=1e-6, atol=1e-6)


@pytest.fixture(scope="module")
def basin():
    """A basin deeper than its lower limit allows, in noise; every kind of constraint at once."""
    grid = Grid(*AXES, None)
    east, north = np.meshgrid(grid.easting - 4500.0, grid.northing - 3500.0)
    truth = -400.0 * np.exp(-(east**2 + north**2) / 2500.0**2)
    places = Positions(*grid.centres(), np.full(grid.size, 500.0))
    free = np.ones(grid.shape, bool)
    free[:, :2] = False
    operator = DenseOperator(places, grid, np.full(grid.shape, 2669.0), 0.0, free)
    data = operator.gravity(truth) + np.random.default_rng(3).normal(0.0, 0.3, grid.size)
    start = np.where(free, -50.0, truth)
    known = points_on(
        grid, np.array([7200.0, 4500.0]), np.array([2500.0, 5100.0]), np.array([-30.0, -160.0]), np.full(2, 0.5)
    )
    problem = Problem(
        operator, data, np.full(grid.size, 0.3), start, free, Curvature(start, free, 1e3, 1e3), known=known
    )
    return replace(problem, lower=np.full(grid.shape, -250.0), upper=np.full(grid.shape, -20.0))


@pytest.mark.parametrize("damping", [1e-4, 1e-2, 0.3])
def test_in_an_inversion_no_limit_is_passed_and_fixed_cells_stay(basin, damping):
    heights = invert(basin, damping, Stopping(), Reporter()).heights
    free = basin.free
    assert heights[free].min() >= -250.0 - NEVER and heights[free].max() <= -20.0 + NEVER
    assert (heights[free] > -20.0 - NEVER).any()
    assert (heights[free] < -250.0 + NEVER).any() == (damping < 0.1)
    np.testing.assert_array_equal(heights[~free], basin.start[~free])


def test_the_answer_is_lower_than_the_free_one_clipped(basin):
    """And no small change that is allowed lowers it further."""
    damping, free = 1e-2, basin.free

    def objective(heights):
        start = replace(basin, start=heights)
        return invert(start, damping, Stopping(max_iterations=1), Reporter()).iterations[0].objective

    limited = invert(basin, damping, Stopping(objective_tolerance=1e-10), Reporter())
    unlimited = invert(replace(basin, lower=None, upper=None), damping, Stopping(), Reporter()).heights
    clipped = np.where(free, np.clip(unlimited, basin.lower, basin.upper), unlimited)
    lowest = limited.iterations[-1].objective
    assert lowest < 0.9 * objective(clipped)
    rng = np.random.default_rng(0)
    for _ in range(20):
        moved = np.clip(limited.heights + 0.1 * rng.standard_normal(free.shape), basin.lower, basin.upper)
        assert objective(np.where(free, moved, basin.start)) > lowest


def test_conjugate_gradients_find_the_same_constrained_minimum(basin):
    """With a joint regional beside the relief: large surveys are solved so."""
    spread = SplineGrid.around(Positions(*Grid(*AXES, None).centres(), np.zeros(99)))
    regional = JointRegional.at(spread, Positions(*Grid(*AXES, None).centres(), np.zeros(99)), 0.5)
    problem = replace(basin, regional=regional)
    step = linear_step(problem, 0.01, evaluate(problem, 0.01, basin.start, np.zeros(spread.size)))
    lower, upper = np.full((2, step.derivative.shape[1]), np.inf) * [[-1.0], [1.0]]
    cells = int(basin.free.sum())
    lower[:cells], upper[:cells] = -60.0, 30.0
    closely = partial(solve_by_conjugate_gradients, curved=True, tolerance=1e-9)
    direct = solve_within_limits(step, solve_normal_equations, lower, upper)
    assert ((direct[:cells] == -60.0).sum() > 3) and (direct[:cells] == 30.0).sum() > 3
    np.testing.assert_allclose(solve_within_limits(step, closely, lower, upper)[:cells], direct[:cells], atol=1e-3)


@pytest.mark.parametrize("direct", [3000, 0])
def test_limits_leave_a_joint_step_as_exact_as_it_is_without_them(direct, monkeypatch):
    """Directly or by conjugate gradients: an inexact one leaves long waves in the relief that are the regional's."""
    monkeypatch.setattr(solvers, "JOINED_UNKNOWNS", direct)
    grid, rng = Grid(1000.0 * np.arange(26), 1000.0 * np.arange(24), None), np.random.default_rng(1)
    places = Positions(rng.uniform(0, 25e3, 400), rng.uniform(0, 23e3, 400), rng.uniform(600.0, 900.0, 400))
    free, start = np.ones(grid.shape, bool), np.zeros(grid.shape)
    operator = DenseOperator(places, grid, np.full(grid.shape, 500.0), 0.0)
    truth = 150.0 * np.sin(grid.easting / 3000.0) * np.cos(grid.northing / 2500.0)[:, None]
    data = operator.gravity(truth) + places.easting / 5e3 + rng.normal(0.0, 0.2, 400)
    spread = SplineGrid.around(places)
    problem = Problem(operator, data, np.full(400, 0.2), start, free, Curvature(start, free, 1e3, 1e3))
    problem = replace(problem, regional=JointRegional.at(spread, places, 0.1))
    step = linear_step(problem, 0.01, evaluate(problem, 0.01, start, np.zeros(spread.size)))
    lower, upper = np.full((2, step.derivative.shape[1]), np.inf) * [[-1.0], [1.0]]
    upper[: grid.size] = 30.0
    closely = partial(solve_by_conjugate_gradients, curved=True, tolerance=1e-9)
    expected = solve_within_limits(step, closely, lower, upper)
    found = solve_within_limits(step, solve_normal_equations, lower, upper)
    assert (expected == 30.0).sum() > 5
    assert quadratic(step, found) == pytest.approx(quadratic(step, expected), rel=1e-5)
    assert np.abs(found - expected)[: grid.size].max() < 1.0  # m, of a relief of 150


def test_step_damping_keeps_the_limits_too(basin):
    start = basin.start
    damped = replace(basin, penalty=StepDamping(start, basin.free, 1e3, 1e3))
    heights = invert(damped, 0.05, Stopping(rule=1, max_iterations=6), Reporter()).heights
    assert heights[basin.free].min() >= -250.0 - NEVER and heights[basin.free].max() <= -20.0 + NEVER
    assert (heights[basin.free] < -250.0 + NEVER).any()


@pytest.fixture
def job(survey, tmp_path):
    """An inversion of the small model with limits that cut its hills and hollows, a fixed side and two known points."""
    relief = read_raster(RasterSource(str(tmp_path / "relief.tif")), "RELIEF")
    level = survey["reference_level"]
    save(tmp_path / "lower.tif", relief, np.full(relief.grid.shape, level - 60.0))
    save(tmp_path / "upper.tif", relief, np.full(relief.grid.shape, level + 80.0))
    free = np.ones(relief.grid.shape)
    free[:, 0] = 0
    save(tmp_path / "free.tif", relief, free)
    easting, northing = relief.easting[[4, 8]] + 250.0, relief.northing[[3, 6]] - 400.0
    height = np.array([level + 15.0, level - 25.0])
    lines = ["x,y,bed", *(f"{e},{n},{h}" for e, n, h in zip(easting, northing, height, strict=True))]
    (tmp_path / "known.csv").write_text("\n".join(lines), encoding="utf-8")
    limits = {"lower_limit": "lower.tif", "upper_limit": "upper.tif", "free_cells": "free.tif"}
    known = {"known_points": "known.csv", "known_field": "bed", "known_error": 0.01}
    return {"task": "invertrelief", **survey, **limits, **known, "damping": 0.003, "inverted_relief": "found.tif"}


def save(path, relief: Relief, heights):
    write_raster(path, relief.with_heights(np.asarray(heights, float)), path)


def test_limits_known_points_and_fixed_cells_hold_in_the_written_relief(job, survey, tmp_path):
    run_task(job, tmp_path, Reporter())
    found = read_raster(RasterSource(str(tmp_path / "found.tif")), "INVERTED_RELIEF")
    level, free = (
        survey["reference_level"],
        read_raster(RasterSource(str(tmp_path / "free.tif")), "FREE_CELLS").heights != 0,
    )
    assert found.heights.min() >= level - 60.0 - NEVER and found.heights.max() <= level + 80.0 + NEVER
    assert (found.heights < level - 60.0 + NEVER).any() and (found.heights > level + 80.0 - NEVER).any()
    assert (found.heights[~free] == level).all()
    known = read_columns(str(tmp_path / "known.csv"), "KNOWN_POINTS")
    places = (known.number(name, "KNOWN_POINTS") for name in ("x", "y"))
    met = found.sample(*places) - known.number("bed", "KNOWN_FIELD")
    assert np.abs(met).max() <= 0.01


def test_empty_cells_of_a_limit_are_no_limit(job, survey, tmp_path):
    relief = read_raster(RasterSource(str(tmp_path / "relief.tif")), "RELIEF")
    upper = np.full(relief.grid.shape, survey["reference_level"] + 80.0)
    upper[relief.heights > upper] = np.nan
    save(tmp_path / "upper.tif", relief, upper)
    run_task(job, tmp_path, Reporter())
    found = read_raster(RasterSource(str(tmp_path / "found.tif")), "INVERTED_RELIEF").heights
    limited = np.isfinite(upper)
    assert (found[limited] <= upper[limited] + NEVER).all()
    assert found[~limited].max() > survey["reference_level"] + 85.0


@pytest.mark.parametrize(("name", "side", "sign"), [("lower_limit", "below", 1.0), ("upper_limit", "above", -1.0)])
def test_a_start_outside_its_limits_is_an_error_that_says_where(job, survey, tmp_path, name, side, sign):
    relief = read_raster(RasterSource(str(tmp_path / "relief.tif")), "RELIEF")
    limit = np.full(relief.grid.shape, survey["reference_level"] - sign * 50.0)
    limit[3, 5] += sign * 60.0
    limit[0, 0] += sign * 60.0  # where nothing may move, no limit counts
    save(tmp_path / f"{name.split('_')[0]}.tif", relief, limit)
    with pytest.raises(
        InputError, match=rf"lies {side} {name.upper()} in 1 free cell, .* at 5000 east, 3000 north"
    ) as raised:
        run_task(job, tmp_path, Reporter())
    assert raised.value.parameter == name.upper()


def test_limits_that_cross_are_an_error_that_says_where(job, survey, tmp_path):
    relief = read_raster(RasterSource(str(tmp_path / "relief.tif")), "RELIEF")
    lower = np.full(relief.grid.shape, survey["reference_level"] - 60.0)
    lower[7, 2] += 200.0
    save(tmp_path / "lower.tif", relief, lower)
    with pytest.raises(InputError, match="above UPPER_LIMIT at 2000 east, 7000 north"):
        run_task(job, tmp_path, Reporter())


def test_a_limit_elsewhere_is_refused(job, tmp_path):
    relief = read_raster(RasterSource(str(tmp_path / "relief.tif")), "RELIEF")
    away = Relief(Grid(relief.easting + 1e6, relief.northing, relief.grid.crs), relief.heights)
    write_raster(tmp_path / "lower.tif", away, tmp_path / "lower.tif")
    with pytest.raises(InputError, match="LOWER_LIMIT does not overlap"):
        run_task(job, tmp_path, Reporter())
