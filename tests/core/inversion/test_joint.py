"""The regional as a second unknown: its splines, and that it is found together with the relief."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pytest

from core.data.rasters import RasterSource, read_raster, write_raster
from core.data.relief import Grid
from core.data.stations import Positions
from core.errors import InputError
from core.events.protocol import Reporter
from core.inversion.gauss_newton import invert
from core.inversion.joint_regional import JointRegional, SplineGrid
from core.inversion.penalties import Curvature
from core.inversion.problem import Problem
from core.inversion.stopping import Stopping
from core.operators.dense import DenseOperator
from core.tasks import run_task


def places(count=60, seed=0):
    easting, northing = np.random.default_rng(seed).uniform((0, 5000), (30000, 25000), (count, 2)).T
    return Positions(easting, northing, np.full(count, 800.0))


SPREAD = places()


def formula(easting, northing):
    """A sloping regional with a bend, mGal."""
    return 5.0 + 8e-4 * easting - 5e-4 * northing + 3.0 * np.cos(easting / 6000.0)


@pytest.mark.parametrize("spacing", [None, 1700.0, 9000.0])
def test_the_splines_sum_to_1_and_hold_any_plane_exactly(spacing):
    grid = SplineGrid.around(SPREAD, spacing)
    basis = grid.basis(SPREAD.easting, SPREAD.northing)
    np.testing.assert_allclose(basis.sum(axis=1), 1.0, atol=1e-12)
    east, north = np.meshgrid(grid.easting, grid.northing)
    plane = (3.0 + 2e-4 * east - 7e-4 * north).ravel()
    expected = 3.0 + 2e-4 * SPREAD.easting - 7e-4 * SPREAD.northing
    np.testing.assert_allclose(basis @ plane, expected, atol=1e-9)
    np.testing.assert_allclose(grid.curvature() @ plane, 0.0, atol=1e-8)


def test_a_bend_is_curvature():
    grid = SplineGrid.around(SPREAD)
    east, north = np.meshgrid(grid.easting, grid.northing)
    for bend in (east**2, north**2, east * north):
        assert np.abs(grid.curvature() @ bend.ravel()).max() > 1.0


def test_a_plane_goes_on_where_data_hold_it_and_flattens_where_nothing_does():
    """A slope over the west of the nodes, and whatever the penalty says of the east."""
    grid = SplineGrid.around(SPREAD)
    west = SPREAD.easting < 12_000
    basis = grid.basis(SPREAD.easting[west], SPREAD.northing[west]).toarray()
    slope = 1e-3
    ends = grid.basis(np.array([2000.0, 10_000.0, 22_000.0, 30_000.0]), np.full(4, 15_000.0))
    for rows, flattens in ((grid.curvature().toarray(), False), (grid.penalty().toarray(), True)):
        normal = basis.T @ basis + 0.01**2 * rows.T @ rows + 1e-9 * np.eye(grid.size)
        values = ends @ np.linalg.solve(normal, basis.T @ (slope * SPREAD.easting[west]))
        assert (values[1] - values[0]) / 8000.0 == pytest.approx(slope, rel=0.05)
        beyond = (values[3] - values[2]) / 8000.0
        assert (beyond < 0.6 * slope) if flattens else beyond == pytest.approx(slope, rel=0.05)


def test_the_penalty_does_not_depend_on_the_nodes():
    """The same wave on nodes half as far apart costs the same, as an integral over the area does."""
    costs = []
    for spacing in (1000.0, 500.0):
        grid = SplineGrid.around(SPREAD, spacing)
        east, north = np.meshgrid(grid.easting, grid.northing)
        wave = np.sin(east / 5000.0) * np.cos(north / 7000.0)
        costs.append([np.sum((rows @ wave.ravel()) ** 2) for rows in (grid.curvature(), grid.slopes())])
    np.testing.assert_allclose(costs[0], costs[1], rtol=0.2)  # the margins differ


def test_nodes_lie_a_tenth_of_the_longer_side_apart_and_one_beyond_the_stations():
    grid = SplineGrid.around(SPREAD)
    assert grid.spacing == pytest.approx(np.ptp(SPREAD.easting) / 10)
    assert grid.extent == pytest.approx(np.ptp(SPREAD.easting))
    assert grid.easting.size == 13 and grid.easting[1] == pytest.approx(SPREAD.easting.min())
    assert grid.northing[0] < SPREAD.northing.min() and grid.northing[-1] > SPREAD.northing.max()
    assert SplineGrid.around(SPREAD, 1000.0).spacing == pytest.approx(1000.0)


@pytest.mark.parametrize("spacing", [100.0, 1e-3, 1e-300])
def test_more_nodes_than_can_be_solved_for_are_refused_before_they_are_made(spacing):
    with pytest.raises(InputError, match=f"REGIONAL_SPACING {spacing:g} m makes about .* nodes") as raised:
        SplineGrid.around(SPREAD, spacing)
    assert raised.value.parameter == "REGIONAL_SPACING"


def test_far_from_the_nodes_the_regional_has_run_out():
    grid = SplineGrid.around(SPREAD, 2000.0)
    assert grid.basis(np.array([90_000.0]), np.array([10_000.0])).nnz == 0


def test_the_penalty_of_a_field_hardly_depends_on_the_nodes_spacing():
    """μ means the same on finer nodes: the integral of the squared curvature, times L²."""
    sizes = []
    for spacing in (1500.0, 750.0):
        grid = SplineGrid.around(SPREAD, spacing)
        east, north = np.meshgrid(grid.easting, grid.northing)
        bent = grid.curvature() @ np.sin(east / 5000.0 + north / 9000.0).ravel()
        sizes.append(bent @ bent)
    assert sizes[1] == pytest.approx(sizes[0], rel=0.2)


@pytest.fixture(scope="module")
def window():
    """A hill in a window that may move, the relief around it known, under the formula's regional: problem, truth."""
    grid = Grid(1000.0 * np.arange(17), 1000.0 * np.arange(15), None)
    east, north = np.meshgrid(grid.easting - 8000.0, grid.northing - 7000.0)
    truth = 60.0 * np.sin(east / 3000.0) + 250.0 * np.exp(-(east**2 + north**2) / 2000.0**2)
    free = (np.abs(east) < 3500) & (np.abs(north) < 3500)
    stations = Positions(*grid.centres(), np.full(grid.size, 900.0))
    operator = DenseOperator(stations, grid, np.full(grid.shape, 2669.0), 0.0, free)
    noise = np.random.default_rng(0).normal(0.0, 0.1, grid.size)
    data = operator.gravity(truth) + formula(stations.easting, stations.northing) + noise
    start = np.where(free, 0.0, truth)
    problem = Problem(operator, data, np.ones(grid.size), start, free, Curvature(start, free, 1e3, 1e3))
    return problem, truth, stations


def joint(window, smoothness, spacing=None):
    problem, _, stations = window
    return replace(problem, regional=JointRegional.at(SplineGrid.around(stations, spacing), stations, smoothness))


def test_a_regional_of_a_formula_and_a_relief_beside_known_ones_are_both_found(window):
    problem, truth, stations = window
    result = invert(joint(window, 0.02), 3e-3, Stopping(), Reporter())
    off = result.regional - formula(stations.easting, stations.northing)
    assert np.sqrt(np.mean(off**2)) < 0.1
    assert np.sqrt(np.mean((result.heights - truth)[problem.free] ** 2)) < 8.0
    np.testing.assert_array_equal(result.heights[~problem.free], truth[~problem.free])
    alone = invert(problem, 3e-3, Stopping(), Reporter()).heights
    assert np.sqrt(np.mean((alone - truth)[problem.free] ** 2)) > 40.0


def test_the_answer_is_that_of_the_stacked_least_squares(window):
    problem = joint(window, 0.3)
    state = invert(problem, 0.05, Stopping(objective_tolerance=1e-13), Reporter())
    regional, cells = problem.regional, np.flatnonzero(problem.free)
    slope = problem.operator.derivative(state.heights).matrix
    left = problem.data - state.predicted - state.regional
    bend = problem.penalty.rows @ state.heights.ravel()
    by_relief = slope.T @ left - 0.05**2 * (problem.penalty.rows[:, cells].T @ bend)
    by_regional = regional.basis.T @ left - 0.3**2 * (regional.rows.T @ (regional.rows @ state.coefficients))
    assert np.abs(by_relief).max() < 1e-5 * np.abs(slope).T.dot(np.abs(left)).max()
    assert np.abs(by_regional).max() < 1e-5 * (regional.basis.T @ np.abs(left)).max()


def test_a_larger_damping_of_the_regional_makes_it_smoother_up_to_a_plane(window):
    stations = window[2]
    bends = []
    for smoothness in (1e-3, 1e-1, 1e1, 1e4):
        problem = joint(window, smoothness)
        result = invert(problem, 0.01, Stopping(), Reporter())
        bends.append(float(np.linalg.norm(problem.regional.rows @ result.coefficients)))
    assert bends == sorted(bends, reverse=True)
    plane = np.column_stack([np.ones(stations.size), stations.easting, stations.northing])
    left = result.regional - plane @ np.linalg.lstsq(plane, result.regional, rcond=None)[0]
    assert np.abs(left).max() < 0.01


def test_the_same_damping_on_finer_nodes_gives_nearly_the_same_regional(window):
    coarse, fine = (invert(joint(window, 0.2, s), 0.01, Stopping(), Reporter()).regional for s in (1600.0, 1000.0))
    assert np.sqrt(np.mean((fine - coarse) ** 2)) < 0.05 * np.std(coarse)


@pytest.fixture
def job(survey, tmp_path):
    """The small model under the formula's regional."""
    rows = list(csv.DictReader((tmp_path / "stations.csv").open(encoding="utf-8")))
    for row in rows:
        row["gravity"] = float(row["gravity"]) + formula(float(row["easting"]), float(row["northing"]))
    with (tmp_path / "stations.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, rows[0])
        table.writeheader()
        table.writerows(rows)
    return {**survey, "task": "invertrelief", "regional": 6, "inverted_relief": "found.tif"}


def raster(path):
    return read_raster(RasterSource(str(path)), "RASTER")


def beside_known_relief(tmp_path):
    """The keys of a start that is true but for a window, which may move."""
    truth = raster(tmp_path / "relief.tif")
    free = np.zeros(truth.grid.shape)
    free[3:7, 4:9] = 1.0
    write_raster(tmp_path / "free.tif", truth.with_heights(free), tmp_path / "free.tif")
    flat = np.where(free > 0, truth.heights[free == 0].mean(), truth.heights)
    write_raster(tmp_path / "start.tif", truth.with_heights(flat), tmp_path / "start.tif")
    return {"starting_relief": "start.tif", "free_cells": "free.tif", "true_relief": "relief.tif"}


def test_the_regionals_raster_is_written_and_what_each_took_is_told(job, tmp_path):
    files = {**beside_known_relief(tmp_path), "regional_raster": "regional.tif", "report": "report.html"}
    outputs = run_task({**job, **files, "damping": 0.003, "regional_damping": 0.05}, tmp_path, Reporter())
    found = raster(tmp_path / "regional.tif")
    east, north = (axis.reshape(found.grid.shape) for axis in found.grid.centres())
    assert np.sqrt(np.mean((found.heights - formula(east, north)) ** 2)) < 0.2
    assert outputs["relief_rmse"] < 10.0
    assert outputs["rms_misfit"] < 0.3
    assert outputs["rms_regional_part"] > 4.0 > outputs["rms_relief_part"] > 0.5
    assert "regional" in (tmp_path / "report.html").read_text(encoding="utf-8").lower()


def test_where_nothing_is_known_mean_and_tilt_are_the_starts_and_a_warning_says_so(job, tmp_path):
    reporter = Reporter()
    run_task({**job, "damping": 0.01}, tmp_path, reporter)
    assert any("held at the starting relief's" in text and "FREE_CELLS" in text for text in reporter.warnings)
    change = raster(tmp_path / "found.tif").heights - job["reference_level"]
    north, east = np.mgrid[0:10, 0:13]
    plane = np.column_stack([np.ones(130), east.ravel() - 6.0, north.ravel() - 4.5])
    assert np.abs(np.linalg.lstsq(plane, change.ravel(), rcond=None)[0]).max() < 0.01
    assert np.std(change) > 20.0


def test_known_points_determine_mean_and_tilt_and_no_warning_is_said(job, tmp_path):
    """From a start 100 m too high: held to it the relief stays so, six known points bring it down."""
    truth = raster(tmp_path / "relief.tif")
    start = truth.with_heights(np.full(truth.grid.shape, job["reference_level"] + 100.0))
    write_raster(tmp_path / "start.tif", start, tmp_path / "start.tif")
    corners = [(row, col) for row in (1, 8) for col in (1, 6, 11)]
    lines = ["x,y,bed", *(f"{1000 * col},{1000 * row},{truth.heights[row, col]}" for row, col in corners)]
    (tmp_path / "known.csv").write_text("\n".join(lines), encoding="utf-8")
    files, known = {"starting_relief": "start.tif", "true_relief": "relief.tif"}, {"known_points": "known.csv"}
    reporter = Reporter()
    pinned = run_task({**job, **files, **known, "known_field": "bed", "damping": 0.01}, tmp_path, reporter)
    assert not any("held" in text for text in reporter.warnings)
    assert pinned["relief_rmse"] < 40.0
    assert run_task({**job, **files, "damping": 0.01}, tmp_path, Reporter())["relief_rmse"] > 90.0


def test_cross_validation_chooses_both_dampings_and_without_known_relief_says_what_is_missing(job, tmp_path):
    reporter = Reporter()
    search = {"task": "dampingcrossvalidation", "test_field": "test", "trials": 2, "regional_trials": 2, "refine": 0}
    search |= {"damping_min": 0.01, "damping_max": 0.1, "regional_damping_min": 0.05, "regional_damping_max": 50.0}
    outputs = run_task({**job, **search, "scores": "scores.csv"}, tmp_path, reporter)
    rows = list(csv.DictReader((tmp_path / "scores.csv").open(encoding="utf-8")))
    tried = {(float(row["damping"]), float(row["regional_damping"])) for row in rows}
    assert tried == {(d, m) for d in (0.01, 0.1) for m in (0.05, 50.0)}
    best = min(rows, key=lambda row: float(row["score"]))
    assert outputs["best_regional_damping"] == float(best["regional_damping"]) == 0.05
    assert outputs["regional_damping_all"] / 0.05 == pytest.approx(outputs["damping_all"] / outputs["best_damping"])
    assert "relief_score" not in rows[0]
    assert any("No known relief could be withheld" in text for text in reporter.warnings)


@pytest.mark.parametrize("count", [1, 3, 9])
def test_a_profile_or_a_few_stations_can_be_cross_validated(job, tmp_path, count):
    """Along a line the splines are not determined by the data and their penalty together; the least solution is taken."""
    lines = (tmp_path / "stations.csv").read_text(encoding="utf-8").splitlines()
    names = lines[0].split(",")
    row = next(line.split(",")[names.index("northing")] for line in lines[1:])
    profile = [line for line in lines[1:] if line.split(",")[names.index("northing")] == row]
    assert len(profile) > 9
    step = max(len(profile) // count, 1) if count > 1 else 1
    (tmp_path / "profile.csv").write_text("\n".join([lines[0], *profile[::step]]), encoding="utf-8")
    search = {"task": "dampingcrossvalidation", "gravity": "profile.csv", "split": 3, "folds": 2, "trials": 2}
    outputs = run_task({**job, **search, "regional_trials": 2, "refine": 0}, tmp_path, Reporter())
    assert np.isfinite(outputs["best_score"])
