"""Repeated stations through the tasks: the relief of their means, no place on both sides of a split, every row in the table."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from core.assembly.read_setting import read_setting
from core.data.rasters import RasterSource, read_raster
from core.events.protocol import Reporter
from core.job.jobs import JOBS
from core.selection.withholding import Withholding


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, rows[0])
        table.writeheader()
        table.writerows(rows)
    return path.name


@pytest.fixture
def rows(survey, tmp_path):
    """The small model's 475 stations with an error each."""
    return [{**row, "sigma": 0.2} for row in read(tmp_path / "stations.csv")]


@pytest.fixture
def invert(engine, survey, tmp_path):
    def invert(rows, task="invertrelief", **changes):
        keys = {
            "error_field": "sigma",
            "inverted_relief": "found.tif",
            "stations": "out.csv",
            "damping": 0.01,
            **changes,
        }
        job = {"task": task, **survey, "gravity": write(tmp_path / "given.csv", rows), **keys}
        run = engine(**{key: value for key, value in job.items() if value is not None})
        if run.code:
            return run, None, None
        return (
            run,
            read_raster(RasterSource(str(tmp_path / "found.tif")), "INVERTED_RELIEF").heights,
            read(tmp_path / "out.csv"),
        )

    return invert


def again(row, more, sigma=0.2):
    return {**row, "gravity": float(row["gravity"]) + more, "sigma": sigma}


def test_repeats_invert_as_their_weighted_means_do(invert, rows):
    """0.2 and 0.1 mGal: weights 1 to 4, and 0.2/√5 for both."""
    repeated = [*rows, *(again(row, 0.3, 0.1) for row in rows[::20])]
    means = [again(row, 0.24, 0.2 / np.sqrt(5)) if i % 20 == 0 else row for i, row in enumerate(rows)]
    run, found, table = invert(repeated)
    np.testing.assert_allclose(found, invert(means)[1], atol=1e-6)
    assert run.warnings == [] and run.outputs["verdict"] == 0
    assert any(event["text"].startswith("24 places averaged, largest difference 0.3 mGal") for event in run.of("log"))
    assert [float(row["gravity"]) for row in table] == [float(row["gravity"]) for row in repeated]
    assert all(row["used"] == "1" for row in table) and len(table) == len(repeated)


def test_a_file_twice_is_the_same_as_once(invert, rows):
    run, found, table = invert([*rows, *rows])
    np.testing.assert_array_equal(found, invert(rows)[1])
    assert "475 of 950 stations repeat another one" in run.warnings[0] and run.outputs["verdict"] == 0
    assert [row["used"] for row in table] == ["1"] * 475 + ["0"] * 475


def test_the_stations_of_a_misfit_invert_as_those_it_was_given(invert, rows, engine, survey, tmp_path):
    """Each row keeps its own reading, so that the mean is not taken of means."""
    repeated = [*rows, *(again(row, 0.3) for row in rows[::20]), *(again(row, 0.1) for row in rows[::40])]
    expected = invert(repeated)[1]
    keys = {"gravity": "given.csv", "error_field": "sigma", "regional": 0}
    assert engine(task="gravitymisfit", **{**survey, **keys}, stations="misfit.csv").code == 0
    run, found, _ = invert(read(tmp_path / "misfit.csv"), error_field="error", regional_field="regional")
    np.testing.assert_array_equal(found, expected)
    assert run.warnings == []


@pytest.mark.parametrize("split", [0, 2, 3])
def test_no_place_is_on_both_sides_of_a_split(rows, survey, tmp_path, split):
    repeated = [*rows, *(again(row, 0.3) | {"test": 1 - int(row["test"])} for row in rows[::3])]
    job = {
        **survey,
        "gravity": write(tmp_path / "given.csv", repeated),
        "error": 0.2,
        "split": split,
        "test_field": "test",
    }
    read_job = JOBS["dampingcrossvalidation"].read(job, tmp_path)
    setting = read_setting(read_job, Reporter())
    stations = setting.survey.stations
    places = list(zip(stations.easting, stations.northing, strict=True))
    for test in Withholding(read_job, setting, Reporter()).tests:
        withheld = {places[i] for i in np.flatnonzero(test)}
        fitted = {places[i] for i in np.flatnonzero(stations.used & ~test)}
        assert withheld and fitted and not withheld & fitted


def test_beyond_the_tolerance_it_is_an_error_by_name(invert, rows):
    repeated = [*rows, again(rows[3], 4.0)]
    run, _, _ = invert(repeated)
    assert run.code == 2 and "stations 4 and 476 lie at the same place" in run.error["message"]
    assert "REPEAT_TOLERANCE lets pass (1.7 mGal)" in run.error["message"]
    assert invert(repeated, repeat_tolerance=5)[0].code == 0
    run, _, _ = invert(repeated, repeat_tolerance=-1)
    assert run.code == 2 and run.error["parameter"] == "REPEAT_TOLERANCE"


def test_near_ones_that_contradict_put_the_relief_in_doubt(invert, rows):
    near = {**again(rows[3], 4.0), "easting": float(rows[3]["easting"]) + 0.5}
    run, _, _ = invert([*rows, near])
    assert "1 pair of stations closer than 100 m" in run.warnings[0] and run.outputs["verdict"] == 1
    run, _, _ = invert([*rows, near], strict=True)
    assert run.code == 2 and "STRICT" in run.error["message"] and "stations 4 and 476" in run.error["message"]
