"""Levels beside limit rasters, the tighter holds; and a relief kept below the stations."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from core.data.rasters import RasterSource, read_raster, write_raster
from core.errors import InputError
from core.events.protocol import Reporter
from core.tasks import run_task

NEVER = 1e-6  # m, by which no limit is passed


@pytest.fixture
def job(survey):
    return {"task": "invertrelief", **survey, "damping": 0.003, "inverted_relief": "found.tif"}


def read(path):
    return read_raster(RasterSource(str(path)), "RELIEF")


def invert(job, folder):
    run_task(job, folder, Reporter())
    return read(folder / "found.tif").heights


def raster(folder, name, change):
    relief = read(folder / "relief.tif")
    write_raster(folder / name, relief.with_heights(change(relief.heights)), folder / name)
    return {name.removesuffix(".tif"): name}


def test_levels_hold_to_the_last_digit_and_are_reached(job, survey, tmp_path):
    level = survey["reference_level"]
    free = invert(job, tmp_path)
    assert free.min() < level - 100 and free.max() > level + 100
    found = invert({**job, "lower_level": level - 50, "upper_level": level + 80}, tmp_path)
    assert found.min() == pytest.approx(level - 50, abs=NEVER) and found.min() >= level - 50 - NEVER
    assert found.max() == pytest.approx(level + 80, abs=NEVER) and found.max() <= level + 80 + NEVER


def test_of_raster_and_level_the_tighter_holds_in_each_cell(job, survey, tmp_path):
    level = survey["reference_level"]
    west = lambda heights: np.where(np.arange(heights.shape[1]) < 6, level - 30.0, level - 90.0) + 0 * heights  # noqa: E731
    lower = raster(tmp_path, "lower_limit.tif", west)
    found = invert({**job, **lower, "lower_level": level - 60}, tmp_path)
    assert found[:, :6].min() == pytest.approx(level - 30, abs=NEVER)
    assert found[:, 6:].min() == pytest.approx(level - 60, abs=NEVER)


@pytest.mark.parametrize(("name", "side", "sign"), [("lower_level", "below", 1.0), ("upper_level", "above", -1.0)])
def test_a_start_outside_a_level_is_an_error_with_count_and_place(job, survey, tmp_path, name, side, sign):
    with pytest.raises(
        InputError, match=rf"lies {side} {name.upper()} in 130 free cells, the first at 0 east"
    ) as raised:
        run_task({**job, name: survey["reference_level"] + sign * 20}, tmp_path, Reporter())
    assert raised.value.parameter == name.upper()


def test_levels_that_cross_are_an_error(job, tmp_path):
    with pytest.raises(InputError, match=r"LOWER_LEVEL \(600\) is above UPPER_LEVEL \(400\). Exchange them") as raised:
        run_task({**job, "lower_level": 600, "upper_level": 400}, tmp_path, Reporter())
    assert raised.value.parameter == "LOWER_LEVEL"


def test_a_raster_that_crosses_a_level_is_an_error_with_its_place(job, survey, tmp_path):
    level = survey["reference_level"]
    lower = raster(
        tmp_path, "lower_limit.tif", lambda heights: np.where(heights == heights.max(), level + 50, level - 200)
    )
    with pytest.raises(InputError, match=r"LOWER_LIMIT lies above UPPER_LEVEL at \d+ east, \d+ north") as raised:
        run_task({**job, **lower, "upper_level": level + 20}, tmp_path, Reporter())
    assert raised.value.parameter == "LOWER_LIMIT"


def low_stations(job, folder, height):
    """The same stations, said to lie at a height that the hills reach."""
    with open(folder / "stations.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    lines = ["easting,northing,gravity", *(f"{row['easting']},{row['northing']},{row['gravity']}" for row in rows)]
    (folder / "low.csv").write_text("\n".join(lines))
    return {**job, "gravity": "low.csv", "height_field": None, "height": height}


def test_below_stations_keeps_a_thousandth_of_a_cell_below_them(job, survey, tmp_path):
    height = survey["reference_level"] + 60
    low = {k: v for k, v in low_stations(job, tmp_path, height).items() if v is not None}
    found = invert({**low, "below_stations": True}, tmp_path)
    assert found.max() == pytest.approx(height - 1.0, abs=NEVER)
    assert found.max() <= height - 1.0 + NEVER


def test_a_lower_limit_above_the_stations_contradicts_it(job, survey, tmp_path):
    height = survey["reference_level"] - 100
    low = {k: v for k, v in low_stations(job, tmp_path, height).items() if v is not None}
    asked = {**low, "below_stations": True, "lower_level": height + 20}
    with pytest.raises(InputError, match="its lower limit lies above one at") as raised:
        run_task(asked, tmp_path, Reporter())
    assert raised.value.parameter == "BELOW_STATIONS"
