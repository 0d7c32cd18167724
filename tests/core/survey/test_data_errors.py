"""ERROR and ERROR_FIELD: they weigh the data in the fit and in the score, and end an inversion."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from core.data.rasters import RasterSource, read_raster
from core.errors import InputError
from core.events.protocol import Reporter
from core.tasks import run_task


@pytest.fixture
def job(survey):
    return {"task": "invertrelief", **survey, "damping": 0.05, "inverted_relief": "found.tif"}


@pytest.fixture
def with_errors(tmp_path, survey):
    """Write the stations with an error each, and gravity changed at some: with_errors(errors, added)."""

    def write(error, added=0.0):
        rows = list(csv.DictReader((tmp_path / "stations.csv").open(encoding="utf-8")))
        error, added = np.broadcast_to(error, len(rows)), np.broadcast_to(added, len(rows))
        for row, sigma, more in zip(rows, error, added, strict=True):
            row["sigma"], row["gravity"] = sigma, float(row["gravity"]) + more
        with (tmp_path / "uneven.csv").open("w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, rows[0])
            table.writeheader()
            table.writerows(rows)
        return {"gravity": "uneven.csv", "error_field": "sigma"}

    return write


def leave_out(path, stations):
    """Write a table of stations without some."""
    rows = list(csv.reader(path.open(encoding="utf-8")))
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([rows[0], *(row for row, out in zip(rows[1:], stations, strict=True) if not out)])


@pytest.fixture
def solved(job, tmp_path):
    def solve(**keys):
        outputs = run_task({**job, **keys}, tmp_path, Reporter())
        return read_raster(RasterSource(str(tmp_path / "found.tif")), "INVERTED_RELIEF").heights, outputs

    return solve


def test_one_error_for_all_is_the_same_as_a_field_of_it(solved, with_errors):
    one, by_field = solved(error=0.25)[0], solved(**with_errors(0.25))[0]
    np.testing.assert_array_equal(one, by_field)


def test_twice_the_error_is_half_the_damping(solved):
    """Where the errors end nothing: a misfit of σ is out of reach of these."""
    one, two = solved(error=0.01, damping=4.0)[0], solved(error=0.02, damping=2.0)[0]
    np.testing.assert_allclose(two, one, atol=1e-6)


def test_stations_with_a_large_error_do_not_count(solved, with_errors, tmp_path):
    """A third is spoiled by 30 mGal and says so; the relief is nearly that of the others alone."""
    bad = np.arange(475) % 3 == 0
    spoiled = with_errors(np.where(bad, 1e4, 0.01), np.where(bad, 30.0, 0.0))
    found = solved(**spoiled, damping=5.0)[0]
    leave_out(tmp_path / "uneven.csv", bad)
    without = solved(**spoiled, damping=5.0)[0]
    np.testing.assert_allclose(found, without, atol=0.01)


@pytest.mark.parametrize("keys", [{"error": 2.0}, {"error": 0.2, "damping": 1e-4}])
def test_a_weighted_misfit_of_1_ends_an_inversion(solved, keys):
    outputs = solved(**keys)[1]
    assert "error" in outputs["stop_reason"].split(",")
    assert outputs["rms_misfit"] <= keys["error"]


def test_without_errors_a_misfit_of_1_mgal_ends_nothing(solved):
    assert "error" not in solved(damping=0.01)[1]["stop_reason"]


def test_inside_cross_validation_they_end_nothing_and_the_last_inversion_they_do(survey, tmp_path):
    events = []
    job = {**survey, "task": "dampingcrossvalidation", "test_field": "test", "error": 1.0, "scores": "scores.csv"}
    job |= {"damping_min": 0.02, "damping_max": 0.2, "trials": 2}
    run_task(job, tmp_path, Reporter(events.append))
    rows = list(csv.DictReader((tmp_path / "scores.csv").open(encoding="utf-8")))
    assert all("error" not in row["stop_reason"] for row in rows)


def test_the_score_weighs_withheld_stations_by_their_errors(survey, with_errors, tmp_path):
    """Every tenth station is off by 5 mGal; told so it hardly counts in the score, untold it rules it."""
    bad = np.arange(475) % 10 == 0
    told = with_errors(np.where(bad, 500.0, 0.2), np.where(bad, 5.0, 0.0))
    job = {**survey, "task": "dampingcrossvalidation", "test_field": "test", "trials": 1}
    job |= {"damping_min": 0.1, "damping_max": 0.1}
    weighted = run_task({**job, **told}, tmp_path, Reporter())["best_score"]
    plain = run_task({**job, "gravity": "uneven.csv"}, tmp_path, Reporter())["best_score"]
    leave_out(tmp_path / "uneven.csv", bad)
    assert weighted == pytest.approx(run_task({**job, **told}, tmp_path, Reporter())["best_score"], rel=1e-3)
    assert plain > 1.5 * weighted


def test_an_error_of_0_is_refused(job, with_errors, tmp_path):
    with pytest.raises(InputError, match="1 stations have an error of 0 or below"):
        run_task({**job, **with_errors(np.arange(475.0))}, tmp_path, Reporter())
