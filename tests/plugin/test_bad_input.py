"""Bad input through qgis_process: exit code, the sentence with the remedy, and no result file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from .files import point_file, raster_file

SIZE = 1000.0
PLACE = (-500.0, 4500.0, SIZE)  # cell centres at 0, 1000 .. 5000 east, 0 .. 4000 north
FIELDS = ("gravity", "height", "test", "name")


def relief(path: Path, values: Any = None, **settings: Any) -> str:
    heights = np.full((5, 6), 100.0) if values is None else values
    return raster_file(path, heights, **{"place": PLACE, "nodata": -9999.0, **settings})


def stations(path: Path, rows: Any = None, epsg: Any = 3031) -> str:
    made = [
        (SIZE * i, SIZE * j, 5.0 + 0.1 * i, 1000.0, (i + j) % 2, f"station {i}") for j in range(5) for i in range(6)
    ]
    return point_file(path, FIELDS, made if rows is None else rows, epsg)


@pytest.fixture()
def survey(tmp_path) -> dict[str, Any]:
    """A survey that would run."""
    return {
        "GRAVITY": stations(tmp_path / "stations.gpkg"),
        "GRAVITY_FIELD": "gravity",
        "HEIGHT_FIELD": "height",
        "STARTING_RELIEF": relief(tmp_path / "relief.tif"),
        "INVERTED_RELIEF": str(tmp_path / "inverted.tif"),
        "STATIONS": str(tmp_path / "result.gpkg"),
        "REPORT": str(tmp_path / "report.html"),
    }


def without_crs(survey, folder):
    survey["GRAVITY"] = stations(folder / "lost.gpkg", epsg=None)
    survey["STARTING_RELIEF"] = relief(folder / "lost.tif", epsg=None)


def relief_in_degrees(survey, folder):
    survey["STARTING_RELIEF"] = relief(folder / "degrees.tif", epsg=4326, place=(11.0, 50.0, 0.01))


def rasters_apart(survey, folder):
    survey["DENSITY_GRID"] = relief(folder / "far.tif", place=(900000.0, 900000.0, SIZE))


def stations_apart(survey, folder):
    survey["STARTING_RELIEF"] = relief(folder / "far.tif", place=(900000.0, 900000.0, SIZE))


def empty_cells(survey, folder):
    heights = np.full((5, 6), 100.0)
    heights[1:3, 2] = -9999.0
    survey["STARTING_RELIEF"] = relief(folder / "holes.tif", heights)


def no_usable_station(survey, folder):
    rows = [(0.0, 0.0, None, 1000.0, 0, "a"), (1000.0, 0.0, 5.0, None, 0, "b"), (2e6, 2e6, None, 9.0, 0, "c")]
    survey["GRAVITY"] = stations(folder / "empty.gpkg", rows)


def text_for_gravity(survey, folder):
    survey["GRAVITY_FIELD"] = "name"


def doubled_stations(survey, folder):
    rows = [(SIZE * i, 1000.0, 5.0, 1000.0, 0, "a") for i in range(4)]
    survey["GRAVITY"] = stations(folder / "doubled.gpkg", [*rows, (0.0, 1000.0, 7.5, 1000.0, 0, "b")])


def no_height(survey, folder):
    survey["HEIGHT_FIELD"] = None


def height_field_that_is_not_there(survey, folder):
    survey["HEIGHT_FIELD"] = "altitude"


def contrast_zero(survey, folder):
    survey["DENSITY_CONTRAST"] = 0


def no_raster(survey, folder):
    (folder / "words.tif").write_text("These are words.")
    survey["STARTING_RELIEF"] = str(folder / "words.tif")


def folder_that_is_not_there(survey, folder):
    survey["INVERTED_RELIEF"] = str(folder / "nowhere" / "inverted.tif")


def folder_that_takes_no_files(survey, folder):
    survey["INVERTED_RELIEF"] = "/proc/inverted.tif"


INVERSION = [
    (without_crs, "STARTING_RELIEF", "has no coordinate reference system. Set the one"),
    (relief_in_degrees, "STARTING_RELIEF", "EPSG:32632"),
    (rasters_apart, "DENSITY_GRID", "covers"),
    (stations_apart, "GRAVITY", "do not overlap"),
    (empty_cells, "STARTING_RELIEF", "2 empty cells (6.7 percent). Fill them (Fill NoData cells)"),
    (no_usable_station, "GRAVITY", "no usable station"),
    (text_for_gravity, "GRAVITY_FIELD", "the field 'name' is not numeric. Choose a numeric field"),
    (doubled_stations, "GRAVITY", "same place"),
    (no_height, "HEIGHT_FIELD", "no height. Give"),
    (height_field_that_is_not_there, "HEIGHT_FIELD", "has no field 'altitude'. Choose one"),
    (contrast_zero, "DENSITY_CONTRAST", "is 0. Give a number other than zero"),
    (no_raster, "STARTING_RELIEF", "can't be opened as a raster. Choose a raster layer"),
    (folder_that_is_not_there, "INVERTED_RELIEF", "there is no folder"),
    (folder_that_takes_no_files, "INVERTED_RELIEF", "can't be written. Choose another folder"),
]


@pytest.mark.parametrize(("spoil", "parameter", "words"), INVERSION, ids=[case[0].__name__ for case in INVERSION])
def test_an_inversion_of_bad_input(command_line, survey, tmp_path, spoil: Callable, parameter, words):
    spoil(survey, tmp_path)
    refused(command_line, "invertrelief", survey, parameter, words)


VALIDATION = [
    ({}, "TEST_FIELD", "marks no usable station as a test station"),
    ({"TEST_FIELD": None}, "TEST_FIELD", "is empty. Choose the field"),
    ({"DAMPING_MIN": 0}, "DAMPING_MIN", "is 0. Give a number greater than 0"),
    ({"DAMPING_MAX": -1}, "DAMPING_MAX", "is -1. Give a number greater than 0"),
    ({"DAMPING_MIN": 10}, "DAMPING_MIN", "greater than DAMPING_MAX, 1. Exchange them"),
]


@pytest.mark.parametrize(
    ("change", "parameter", "words"), VALIDATION, ids=["-".join(case[0]) or "one class" for case in VALIDATION]
)
def test_a_cross_validation_of_bad_input(command_line, survey, tmp_path, change, parameter, words):
    rows = [(SIZE * i, SIZE * j, 5.0, 1000.0, 0, "a") for j in range(5) for i in range(6)]
    survey["GRAVITY"] = stations(tmp_path / "untested.gpkg", rows)
    values = {**survey, "TEST_FIELD": "test", **change}
    refused(command_line, "dampingcrossvalidation", values, parameter, words)


def test_an_engine_that_is_not_there(command_line, survey, tmp_path):
    absent = {"GRAVRELIEF_HOME": str(tmp_path / "no engine"), "GRAVRELIEF_PYTHON": ""}
    refused(command_line, "invertrelief", survey, "Set up the engine", "not installed yet", **absent)


def test_an_engine_that_is_broken(command_line, survey, tmp_path):
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    named = {"GRAVRELIEF_HOME": str(tmp_path / "no engine"), "GRAVRELIEF_PYTHON": str(broken)}
    refused(command_line, "invertrelief", survey, "Set up the engine", "engine", **named)


def test_the_same_survey_unspoilt_runs(command_line, survey):
    done = command_line.run("gravrelief:invertrelief", survey)
    assert done.code == 0, done.text
    for name in ("INVERTED_RELIEF", "STATIONS", "REPORT"):
        assert Path(survey[name]).is_file(), done.text


def refused(command_line, algorithm, values, parameter, words, **surroundings):
    """Assert that a run ended with a sentence that holds both, and left nothing behind."""
    done = command_line.run(f"gravrelief:{algorithm}", values, **surroundings)
    said = done.text[done.text.index("ERROR") :]
    assert done.code != 0, done.text
    assert parameter in said and words in said, done.text
    assert "Traceback" not in done.text
    for name in ("INVERTED_RELIEF", "STATIONS", "REPORT"):
        assert not Path(values[name]).exists(), name
