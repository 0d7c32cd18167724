"""Codes that no file declares: left out of what stations and points hold, refused in reliefs and densities."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from core.data.crs import parse_crs
from core.data.rasters import RasterSource, read_raster
from core.data.relief import Grid
from core.errors import InputError
from core.events.protocol import Reporter
from core.job.jobs import read_job
from core.survey.known_points import read_known_points
from core.survey.survey import read_density

from .basement import JOB, SHAPE, write_raster, write_table

EVERY_50TH = np.arange(500) % 50 == 0


def with_voids(values, where, code):
    return np.where(where, code, values)


@pytest.mark.parametrize("code", [-99999, -9999, 1e20, 9999, -32768, 3.4028234663852886e38, 999999])
def test_dummies_in_gravity_are_left_out_and_counted(basement, misfit, tmp_path, code):
    void, left_out = misfit({"gravity": with_voids(basement.gravity, EVERY_50TH, code)}, stations="out.csv")
    assert void.startswith(f"10 of 500 stations have {code:.10g} in GRAVITY_FIELD ('gravity')")
    assert "10 of 500 stations have no value" in left_out and "left out" in left_out
    assert misfit.verdict == 0
    with open(tmp_path / "out.csv", encoding="utf-8") as file:
        used = [row["used"] == "1" for row in csv.DictReader(file)]
    np.testing.assert_array_equal(used, ~EVERY_50TH)


@pytest.mark.parametrize("parameter", ["HEIGHT_FIELD", "ERROR_FIELD", "REGIONAL_FIELD"])
@pytest.mark.parametrize("code", [-9999, 1e20])
def test_dummies_in_other_columns_are_left_out_too(basement, misfit, parameter, code):
    usual = {"HEIGHT_FIELD": 300.0, "ERROR_FIELD": 0.1, "REGIONAL_FIELD": 0.0}[parameter]
    error = {"error": None} if parameter == "ERROR_FIELD" else {}
    texts = misfit({"column": with_voids(usual, EVERY_50TH, code)}, **{parameter.lower(): "column"}, **error)
    assert texts[0].startswith(f"10 of 500 stations have {code:g} in {parameter} ('column')")
    assert "10 of 500 stations have no value" in texts[1] and misfit.verdict == 0


def test_a_code_is_one_in_any_unit(basement, misfit):
    """As it is written: -9999 ft are no height of -3048 m."""
    feet = np.full(500, 300.0 / 0.3048)
    texts = misfit({"Height (ft)": with_voids(feet, EVERY_50TH, -9999)}, height_field="Height (ft)")
    assert texts[0].startswith("10 of 500 stations have -9999 in HEIGHT_FIELD ('Height (ft)')") and misfit.verdict == 0


def test_dummies_in_a_column_in_feet_are_found_as_they_are_written(basement, misfit):
    feet = with_voids(basement.height / 0.3048, EVERY_50TH, -9999)
    void, left_out = misfit({"elevation (ft)": feet}, height_field="elevation")
    assert void.startswith("10 of 500 stations have -9999 in HEIGHT_FIELD ('elevation')")
    assert "left out" in left_out and misfit.verdict == 0


def test_several_codes_are_all_named(basement, misfit):
    gravity = with_voids(with_voids(basement.gravity, EVERY_50TH, -9999), np.arange(500) % 50 == 1, -999)
    assert misfit({"gravity": gravity})[0].startswith("20 of 500 stations have -9999 and -999 in GRAVITY_FIELD")


def test_a_void_in_the_flags_of_withheld_stations_is_no_flag(engine, survey, tmp_path):
    rows = list(csv.DictReader((tmp_path / "stations.csv").open(encoding="utf-8")))
    for row in rows[::7]:
        row["test"] = "-9999"
    write_table(tmp_path / "stations.csv", **{name: [row[name] for row in rows] for name in rows[0]})
    run = engine(task="invertrelief", **survey, test_field="test", max_iterations=1, stations="out.csv")
    assert "68 of 475 stations have -9999 in TEST_FIELD" in run.warnings[0]
    with (tmp_path / "out.csv").open(encoding="utf-8") as file:
        assert not any(row["test"] == "1" for row in list(csv.DictReader(file))[::7])


def test_gravity_of_0_among_others_far_from_it_is_doubted(basement, misfit):
    texts = misfit({"gravity": with_voids(basement.gravity - 80.0, EVERY_50TH, 0.0)}, regional=1)
    assert any("10 of 500 stations have exactly 0 mGal in GRAVITY_FIELD, and those around" in text for text in texts)
    assert misfit({"gravity": with_voids(basement.gravity, EVERY_50TH, 0.0)}) == []


def test_heights_of_0_among_others_far_from_it_are_doubted(basement, misfit):
    (text,) = misfit({"height": with_voids(basement.height, EVERY_50TH, 0.0)})
    assert "exactly 0 m in HEIGHT_FIELD" in text
    sea = np.maximum(900.0 - 0.1 * np.abs(basement.easting - 418e3), 0.0)
    assert misfit({"height": sea}) == []


def test_voids_in_the_start_and_in_densities_are_refused_with_their_number(misfit, tmp_path):
    start = np.full(SHAPE, -1500.0)
    start[10:12, 10:13] = -9999.0
    write_raster(tmp_path / "void.tif", start)
    with pytest.raises(InputError, match="The starting relief has 6 cells of -9999 m") as raised:
        misfit(starting_relief="void.tif")
    assert raised.value.parameter == "STARTING_RELIEF"
    contrast = np.full(SHAPE, 400.0)
    contrast[14:18, 12:18] = -9999.0
    write_raster(tmp_path / "contrast.tif", contrast)
    with pytest.raises(InputError, match="DENSITY_GRID has 24 cells of -9999 kg/m3"):
        misfit(density_grid="contrast.tif")


def test_voids_of_a_density_grid_outside_the_relief_do_not_matter(tmp_path, basement):
    """The relief is but the middle of the grid; its neighbours are full."""
    contrast = np.full(SHAPE, 400.0)
    contrast[0:3, 0:4] = -9999.0
    write_raster(tmp_path / "contrast.tif", contrast)
    basement.write(tmp_path)
    job = read_job({**JOB, "density_grid": "contrast.tif"}, tmp_path)[1]
    grid = inner(tmp_path)
    found, _ = read_density(job, grid, Reporter())
    np.testing.assert_array_equal(found, np.full(grid.shape, 400.0))


def inner(folder):
    whole = read_raster(RasterSource(str(folder / "start.tif")), "STARTING_RELIEF").grid
    return Grid(whole.easting[8:-8], whole.northing[8:-8], whole.crs)


def test_a_law_with_a_void_row_is_refused(misfit, tmp_path):
    (tmp_path / "law.csv").write_text("depth,contrast\n0,500\n1000,400\n2000,-9999\n3000,250\n4000,200\n")
    with pytest.raises(InputError, match="has a contrast of -9999, far from the others"):
        misfit(density_law=f"table:{tmp_path}/law.csv")


def test_dummies_among_known_points_are_left_out(basement, tmp_path):
    some = np.arange(40)
    here = {"easting": basement.easting[some], "northing": basement.northing[some]}
    write_table(
        tmp_path / "known.csv",
        **here,
        z=np.where(some % 10 == 0, -99999.0, -1500.0 + some),
        s=np.where(some == 5, -999.0, 5.0),
    )
    job = read_job(
        {
            "task": "startingrelief",
            "known_points": "known.csv",
            "known_field": "z",
            "known_error_field": "s",
            "spacing": 1000,
        },
        tmp_path,
    )[1]
    reporter = Reporter()
    points = read_known_points(job, parse_crs("EPSG:32633", "CRS"), reporter)
    assert points.size == 35
    assert "4 of 40 known points have -99999 in KNOWN_FIELD" in reporter.warnings[0]
    assert "1 of 40 known points have -999 in KNOWN_ERROR_FIELD" in reporter.warnings[1]


def test_voids_in_a_gravity_raster_are_no_stations(basement, misfit, tmp_path):
    gravity = basement.grid_gravity.copy()
    gravity[4:7, 4:9] = -9999.0
    write_raster(tmp_path / "gravity.tif", gravity)
    keys = {"gravity": "gravity.tif", "gravity_crs": None, "height_field": None, "height": 300}
    (text,) = misfit(**keys, stations="out.csv")
    assert "GRAVITY has 15 cells of -9999, far from all around, taken as empty: there is no station" in text
    with open(tmp_path / "out.csv", encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == 1185


def test_a_trench_9999_m_deep_is_a_relief(basement, misfit, tmp_path):
    rows, cols = np.mgrid[0:30, 0:40].astype(float)
    trench = np.round(-6000.0 - 4900.0 * np.exp(-(((cols - 20.0 + 0.02 * (rows - 15.0) ** 2) / 6.0) ** 2)))
    trench -= np.round(trench[15, 17] + 9999.0)  # so that a cell of its wall is just that deep
    assert (trench == -9999.0).any()
    write_raster(tmp_path / "trench.tif", trench)
    texts = misfit({"gravity": basement.gravity}, starting_relief="trench.tif", reference_level=-6000)
    assert not any("-9999" in text for text in texts)
