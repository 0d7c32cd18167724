"""The files that a job names: none is written over another, and what can't be written is refused before the run."""

from __future__ import annotations

import json
import os

import pytest

from core.errors import InputError
from core.job.fields import file_of
from core.job.jobs import read_job


@pytest.fixture
def refused(engine, survey, tmp_path):
    """Run a job that must be refused: (the error event); every file in the folder stays as it was."""

    def run(task="invertrelief", **changes):
        before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
        done = engine(**{"task": task, **survey, **changes})
        assert (done.code, done.error["kind"]) == (2, "input"), done.events[-1]
        (tmp_path / "job.json").unlink()
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
        return done.error

    return run


def window(folder):
    """Polygons over half of the small model, on one line."""
    ring = [[0, 0], [6000, 0], [6000, 9000], [0, 9000], [0, 0]]
    shape = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    (folder / "window.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [shape]}))
    return "window.geojson"


@pytest.mark.parametrize(
    ("source", "result", "keys"),
    [
        ("GRAVITY", "STATIONS", {"stations": "stations.csv"}),
        ("FREE_CELLS", "RESIDUAL", {"free_cells": {"path": "relief.tif"}, "residual": "./relief.tif"}),
        ("TRUE_RELIEF", "INVERTED_RELIEF", {"true_relief": "relief.tif", "inverted_relief": "linked.tif"}),
        ("DENSITY_LAW", "REPORT", {"density_law": "table: law.csv", "report": "law.csv"}),
        ("FREE_CELLS", "REPORT", {"free_cells": "window.geojson", "report": "window.geojson"}),
        ("STARTING_RELIEF", "RESIDUAL", {"starting_relief": 'NETCDF:"bed.nc":bed', "residual": "bed.nc"}),
    ],
)
def test_no_result_is_written_over_what_the_job_reads(refused, tmp_path, source, result, keys):
    window(tmp_path)
    (tmp_path / "law.csv").write_text("depth,contrast\n0,500\n3000,100\n")
    (tmp_path / "linked.tif").symlink_to("relief.tif")
    error = refused(**keys)
    assert error["parameter"] == result
    assert error["message"] == f"{result} is the file of {source}. Give another name."


def test_a_hard_link_is_the_same_file(refused, tmp_path):
    os.link(tmp_path / "relief.tif", tmp_path / "also.tif")
    assert "is the file of TRUE_RELIEF" in refused(true_relief="relief.tif", residual="also.tif")["message"]


@pytest.mark.parametrize("key", ["report", "stations"])
def test_the_job_file_is_no_result(refused, key):
    error = refused(**{key: "job.json"})
    assert (error["parameter"], error["message"]) == (key.upper(), f"{key.upper()} is the job file. Give another name.")


def test_a_study_is_neither_a_result_nor_a_source(refused, tmp_path):
    search = {"task": "dampingcrossvalidation", "test_field": "test"}
    assert "name the same file" in refused(**search, study="scores.csv", scores="scores.csv")["message"]
    error = refused(**search, study=window(tmp_path), free_cells="window.geojson")
    assert (error["parameter"], "is the file of FREE_CELLS" in error["message"]) == ("STUDY", True)


def test_a_variable_of_a_netcdf_lies_in_the_jobs_folder(tmp_path):
    for written in ('NETCDF:"bed.nc":bed', "netcdf:bed.nc:bed"):
        _, job = read_job({"task": "forwardgravity", "relief": written}, tmp_path)
        assert job.relief.path == f'NETCDF:"{tmp_path / "bed.nc"}":bed'
        assert file_of(job.relief) == tmp_path / "bed.nc"


@pytest.mark.parametrize("name", ["x.gpkg", "x.shp", "x.json", "x", "x.csv.zip", "x.tif"])
def test_a_table_is_written_as_csv_or_columns_alone(refused, name):
    for key, task in (("stations", "gravitymisfit"), ("scores", "dampingcrossvalidation")):
        error = refused(task, test_field="test", **{key: name}) if key == "scores" else refused(task, **{key: name})
        assert error["parameter"] == key.upper()
        assert f"{name} ends like no table that can be written. Give a name ending in .csv." in error["message"]


WRITTEN = [("residual", ".tif"), ("stations", ".csv"), ("report", ".html"), ("study", ".log")]
READ = [("free_cells", ".tif"), ("gravity", ".csv"), ("free_cells", ".geojson"), ("density_law", "table:{}.csv")]


def a_job(key, suffix, stem, folder):
    named = suffix.format(stem) if "{}" in suffix else stem + suffix
    task = {"task": "dampingcrossvalidation", "split": 3, "gravity": "gravity.tif", "starting_relief": "start.tif"}
    return read_job({**task, key: named}, folder)[1]


@pytest.mark.parametrize(("key", "suffix"), WRITTEN + READ)
def test_a_name_that_no_file_can_have(tmp_path, key, suffix):
    for stem in ("a\0b", "\ud800", "x" * 300, "d/" * 3000):
        with pytest.raises(InputError, match=r"can be called|too long") as refused:
            a_job(key, suffix, stem, tmp_path)
        assert refused.value.parameter == key.upper()
        assert len(refused.value.message) < 150 and refused.value.message.isprintable()


@pytest.mark.parametrize("name", ["residual", "stations", "report"])
def test_the_longest_name_that_is_taken_can_be_written(engine, survey, tmp_path, name):
    suffix = {"residual": ".tif", "stations": ".columns.json", "report": ".html"}[name]
    for length in range(255 - len(suffix), 0, -1):
        done = engine(task="gravitymisfit", **survey, **{name: "x" * length + suffix})
        if done.code != 2:
            break
        assert "too long. Give a shorter one." in done.error["message"]
    assert done.code == 0, done.error
    assert length > 180
