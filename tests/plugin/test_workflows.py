"""Whole jobs through qgis_process with the real engine: a model, a batch, a cancel, real data."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
from math import hypot
from pathlib import Path

import numpy as np
import pytest
from gravrelief.plugin import tutorial

from .command_line import ROOT
from .files import point_file, points_in, raster_in

MODEL = Path(__file__).parent / "data" / "damping_then_inversion.model3"
SHARED = ROOT.parent / "shared" / "data"
AMUNDSEN = SHARED / "amundsen_south"
# For errors of 1 mGal; the damping goes with the error.
DEFAULT_DAMPING = 0.1
GRID = {**tutorial.GRID, "EXTENT": "0,20000,0,15000", "CRS": tutorial.CRS}


@pytest.fixture(scope="module")
def synthetic(command_line, tmp_path_factory):
    """The tutorial's model on a part of its grid: the folder, and the reference level."""
    folder = tmp_path_factory.mktemp("synthetic")
    made = {"RELIEF": folder / "relief.tif", "STATIONS": folder / "stations.gpkg"}
    done = command_line.run("gravrelief:syntheticmodel", {**GRID, **made})
    assert done.code == 0, done.text
    return folder, float(done.result("REFERENCE_LEVEL_USED"))


@pytest.fixture()
def survey(synthetic):
    folder, level = synthetic
    return {
        "GRAVITY": folder / "stations.gpkg",
        "GRAVITY_FIELD": "gravity",
        "HEIGHT_FIELD": "height",
        "REFERENCE_LEVEL": level,
        **GRID,
    }


def test_the_synthetic_stations_are_nodes_and_test_stations(synthetic):
    rows = points_in(synthetic[0] / "stations.gpkg")
    assert len(rows) == 41 * 31
    assert all(bool(row["x"] % 1000 or row["y"] % 1000) == bool(row["test"]) for row in rows)


def test_forward_gravity_is_what_the_synthetic_stations_have_without_their_noise(command_line, synthetic, tmp_path):
    folder, level = synthetic
    values = {
        "RELIEF": folder / "relief.tif",
        "STATIONS": folder / "stations.gpkg",
        "HEIGHT_FIELD": "height",
        "REFERENCE_LEVEL": level,
        "PREDICTED": tmp_path / "predicted.csv",
    }
    done = command_line.run("gravrelief:forwardgravity", values)
    assert done.code == 0, done.text
    with (tmp_path / "predicted.csv").open() as table:
        predicted = np.array([float(row["predicted"]) for row in csv.DictReader(table)])
    observed = np.array([row["gravity"] for row in points_in(folder / "stations.gpkg")])
    assert np.std(observed - predicted) == pytest.approx(0.2, rel=0.1)


def test_a_model_hands_the_best_damping_to_the_inversion(command_line, synthetic, tmp_path):
    """Both fit the training stations alone, so the same damping means the same relief."""
    folder, _ = synthetic
    values = {
        "stations": folder / "stations.gpkg",
        "gravity": "gravity",
        "height": "height",
        "test": "test",
        "start": folder / "relief.tif",
        "trials": 3,
        "study:best": tmp_path / "best.tif",
        "inversion:inverted": tmp_path / "inverted.tif",
        "inversion:predicted": tmp_path / "predicted.gpkg",
    }
    done = command_line.run(str(MODEL), values)
    assert done.code == 0, done.text
    assert done.text.count(": damping ") == 3
    inverted = raster_in(tmp_path / "inverted.tif")
    assert np.ptp(inverted) > 50
    assert np.allclose(inverted, raster_in(tmp_path / "best.tif"), atol=1e-6, rtol=0)
    assert len(points_in(tmp_path / "predicted.gpkg")) == 41 * 31


def test_a_batch_over_three_dampings_gives_three_reliefs_smoother_and_smoother(command_line, survey, tmp_path):
    misfits, roughness = [], []
    for damping in (0.001, 0.03, 1.0):
        target = tmp_path / f"inverted {damping}.tif"
        done = command_line.run("gravrelief:invertrelief", {**survey, "DAMPING": damping, "INVERTED_RELIEF": target})
        assert done.code == 0, done.text
        misfits.append(float(done.result("RMS_MISFIT")))
        roughness.append(np.std(np.diff(raster_in(target), n=2)))
    assert misfits[0] < misfits[1] < misfits[2]
    assert roughness[0] > roughness[1] > roughness[2]


def test_the_log_tells_iterations_trials_and_warnings_in_sentences(command_line, survey, tmp_path):
    values = {**survey, "TEST_FIELD": "test", "TRIALS": 2, "SCORES": tmp_path / "scores.csv", "HEIGHT": None}
    done = command_line.run("gravrelief:dampingcrossvalidation", values)
    assert done.code == 0, done.text
    assert "Trial 1: damping 0.001, score " in done.text
    with (tmp_path / "scores.csv").open() as table:
        rows = list(csv.DictReader(table))
    assert [float(row["damping"]) for row in rows] == pytest.approx([0.001, 1.0])
    assert min(float(row["score"]) for row in rows) == pytest.approx(float(done.result("BEST_SCORE")))


def test_ctrl_c_ends_a_run_with_an_error_and_without_a_result(command_line, survey, tmp_path):
    """qgis_process itself exits 0 after a cancel: the algorithm must raise."""
    target = tmp_path / "inverted.tif"
    values = {**survey, "TEST_FIELD": "test", "TRIALS": 500, "MAX_ITERATIONS": 1000, "INVERTED_RELIEF": target}
    process = subprocess.Popen(
        command_line.command("gravrelief:dampingcrossvalidation", values),
        env=command_line.surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    for line in process.stdout:
        if line.startswith("Trial"):
            break
    os.kill(process.pid, signal.SIGINT)
    rest, _ = process.communicate(timeout=30)
    assert process.returncode != 0
    assert "cancelled" in rest
    assert not target.exists()


@pytest.mark.skipif(not AMUNDSEN.is_dir(), reason="the real data, ../shared/data/amundsen_south, are not here")
def test_real_gravity_over_a_hidden_sea_floor(command_line, tmp_path, capsys):
    """With a constant regional. Interpolation alone errs by 83.6 m.

    The damping follows from what the constant leaves unexplained at the stations, not from the true bed.
    """
    with (AMUNDSEN / "gravity.csv").open() as table:
        rows = [tuple(float(value) for value in list(row.values())) for row in csv.DictReader(table)]
    stations = point_file(tmp_path / "gravity.gpkg", ("height", "gravity"), rows)
    model = {"STARTING_RELIEF": AMUNDSEN / "starting_bed.tif", "DENSITY_CONTRAST": 1643, "REFERENCE_LEVEL": 0}
    data = {"GRAVITY_FIELD": "gravity", "HEIGHT_FIELD": "height", **model}
    separated = {"GRAVITY": stations, "REGIONAL": 1, "STATIONS": tmp_path / "separated.gpkg"}
    done = command_line.run("gravrelief:gravitymisfit", {**data, **separated})
    assert done.code == 0, done.text
    damping = DEFAULT_DAMPING * float(done.result("RMS_RESIDUAL"))
    inversion = {
        "GRAVITY": tmp_path / "separated.gpkg",
        "REGIONAL_FIELD": "regional",
        "FREE_CELLS": AMUNDSEN / "free_cells.tif",
        "PENALTY": 1,
        "DAMPING": damping,
        "INVERTED_RELIEF": tmp_path / "bed.tif",
    }
    done = command_line.run("gravrelief:invertrelief", {**data, **inversion})
    assert done.code == 0, done.text
    inverted, start = raster_in(tmp_path / "bed.tif"), raster_in(AMUNDSEN / "starting_bed.tif")
    error = inverted - raster_in(AMUNDSEN / "true_bed.tif")
    rmse = hypot(np.nanmean(error), np.nanstd(error))
    with capsys.disabled():
        print(f"\namundsen_south, constant regional, damping {damping:.3g}: RMSE {rmse:.1f} m")
    assert np.isfinite(error).sum() == 217
    fixed = raster_in(AMUNDSEN / "free_cells.tif") != 1
    assert np.array_equal(inverted[fixed], start[fixed])
    assert rmse < 83.6
