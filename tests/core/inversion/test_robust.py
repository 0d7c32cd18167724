"""Huber's misfit: least squares where all residuals are small, and a bounded pull where one is gross."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pytest

from core.data.rasters import RasterSource, read_raster
from core.data.relief import Grid
from core.data.stations import Positions
from core.events.protocol import Reporter
from core.inversion.gauss_newton import invert
from core.inversion.penalties import Curvature
from core.inversion.problem import Problem
from core.inversion.stopping import Stopping
from core.operators.dense import DenseOperator
from core.tasks import run_task

DAMPING = 0.1
LIMIT = 1.5
TO_THE_END = Stopping(objective_tolerance=1e-14, max_iterations=100)


@pytest.fixture(scope="module")
def hill():
    """Noisy gravity of a hill, errors uneven; the truth."""
    grid = Grid(1000.0 * np.arange(9), 1000.0 * np.arange(8), None)
    east, north = np.meshgrid(grid.easting - 3700.0, grid.northing - 3300.0)
    truth = 250.0 * np.exp(-(east**2 + north**2) / 2200.0**2)
    nodes = Grid(500.0 * np.arange(17), 500.0 * np.arange(15), None)
    places = Positions(*nodes.centres(), np.full(nodes.size, 700.0))
    operator = DenseOperator(places, grid, np.full(grid.shape, 2669.0), 0.0)
    rng = np.random.default_rng(0)
    sigma = rng.uniform(0.1, 0.4, nodes.size)
    data = operator.gravity(truth) + sigma * rng.standard_normal(nodes.size)
    start, free = np.zeros(grid.shape), np.ones(grid.shape, bool)
    return Problem(operator, data, sigma, start, free, Curvature(start, free, 1e3, 1e3)), truth


def spoiled(problem, by):
    data = problem.data.copy()
    data[119] += by  # in the middle
    return replace(problem, data=data)


def solved(problem, stopping=TO_THE_END):
    return invert(problem, DAMPING, stopping, Reporter())


def test_a_gross_outlier_barely_moves_the_answer_and_does_so_without(hill):
    problem, truth = hill
    clean = solved(problem).heights
    moved = np.abs(solved(spoiled(problem, 60.0)).heights - clean).max()
    robust = np.abs(solved(replace(spoiled(problem, 60.0), robust=LIMIT)).heights - clean).max()
    assert moved > 100.0
    assert robust < 0.1 * moved
    assert np.sqrt(np.mean((solved(replace(spoiled(problem, 60.0), robust=LIMIT)).heights - truth) ** 2)) < 20.0


def test_how_gross_it_is_does_not_matter(hill):
    problem = replace(hill[0], robust=LIMIT)
    large, huge = solved(spoiled(problem, 60.0)), solved(spoiled(problem, 6000.0))
    np.testing.assert_allclose(huge.heights, large.heights, atol=0.05)


def test_where_no_residual_passes_the_limit_it_is_least_squares(hill):
    problem = hill[0]
    plain, robust = solved(problem, Stopping()), solved(replace(problem, robust=1e6), Stopping())
    np.testing.assert_array_equal(robust.heights, plain.heights)
    assert robust.iterations[-1].objective == pytest.approx(plain.iterations[-1].objective, rel=1e-12)


@pytest.mark.parametrize("limit", [0.3, 1.5])
def test_at_the_answer_the_bounded_pulls_and_the_penalty_balance(hill, limit):
    """The gradient of Huber's objective vanishes: residuals within the limit pull by their size, others by the limit."""
    problem = replace(spoiled(hill[0], 60.0), robust=limit)
    result = solved(problem)
    pulls = np.clip((problem.data - result.predicted) / problem.sigma, -limit, limit) / problem.sigma
    matrix = problem.operator.derivative(result.heights).matrix
    bend = problem.penalty.rows.T @ (problem.penalty.rows @ result.heights.ravel())
    slope = matrix.T @ pulls - DAMPING**2 * bend
    assert np.abs(slope).max() < 1e-4 * np.abs(matrix.T @ np.abs(pulls)).max()


def test_the_objective_is_hubers_and_never_rises(hill):
    problem = replace(spoiled(hill[0], 60.0), robust=LIMIT)
    result = solved(problem)
    objectives = [iteration.objective for iteration in result.iterations]
    assert objectives == sorted(objectives, reverse=True) and len(objectives) > 3
    size = np.abs(problem.data - result.predicted) / problem.sigma
    bend = DAMPING * (problem.penalty.rows @ result.heights.ravel())
    expected = np.sum(np.where(size <= LIMIT, size**2, 2 * LIMIT * size - LIMIT**2)) + bend @ bend
    assert objectives[-1] == pytest.approx(expected, rel=1e-10)


def test_the_robust_limit_of_a_job_bears_an_outlier_in_the_data(survey, tmp_path):
    rows = list(csv.DictReader((tmp_path / "stations.csv").open(encoding="utf-8")))
    rows[200]["gravity"] = float(rows[200]["gravity"]) + 15.0
    with (tmp_path / "spoiled.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, rows[0])
        table.writeheader()
        table.writerows(rows)
    job = {"task": "invertrelief", **survey, "damping": 0.02, "error": 0.2, "inverted_relief": "found.tif"}
    job |= {"objective_tolerance": 1e-6}
    heights = []
    for keys in ({}, {"gravity": "spoiled.csv"}, {"gravity": "spoiled.csv", "robust": 2.0}):
        run_task({**job, **keys}, tmp_path, Reporter())
        heights.append(read_raster(RasterSource(str(tmp_path / "found.tif")), "INVERTED_RELIEF").heights)
    clean, pulled, borne = heights
    assert np.abs(borne - clean).max() < 0.2 * np.abs(pulled - clean).max()
