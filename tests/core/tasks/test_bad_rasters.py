"""Rasters and grids that can not be used: each a sentence saying what, where and what to do."""

from __future__ import annotations

import numpy as np
import pytest

from .refusals import REMOVED, flat, says, write_tif


def test_stations_and_relief_that_do_not_overlap(refused, tmp_path):
    name = write_tif(tmp_path / "far.tif", flat(), west=5e5)
    error = refused(starting_relief=name)
    says(
        error,
        "GRAVITY",
        "do not overlap",
        "0 to 12000 east",
        "500500 to",
        "Check their coordinate reference systems",
    )


@pytest.mark.parametrize(
    ("parameter", "words"),
    [
        ("FREE_CELLS", ("frees no cell", "overlaps the relief")),
        ("TRUE_RELIEF", ("does not overlap the starting relief",)),
        ("DENSITY_GRID", ("no value at 130 of the relief's 130 cells", "covers it")),
        ("HEIGHT_RASTER", ("does not overlap GRAVITY", "no station has a height")),
    ],
)
def test_another_raster_that_does_not_overlap(refused, tmp_path, parameter, words):
    name = write_tif(tmp_path / "far.tif", flat(), west=5e5)
    height = {"height_field": REMOVED} if parameter == "HEIGHT_RASTER" else {}
    says(refused(**{parameter.lower(): name}, **height), parameter, *words)


def test_empty_cells_in_the_relief_are_counted(refused, tmp_path):
    holes = flat()
    holes[2:5, 3:7] = np.nan
    error = refused(starting_relief=write_tif(tmp_path / "holes.tif", holes))
    says(error, "STARTING_RELIEF", "12 empty cells (9.2 percent)", "Fill NoData cells")


@pytest.mark.parametrize("empty", [-3.4028234663852886e38, 1e20, -2147483648.0])
@pytest.mark.parametrize("parameter", ["STARTING_RELIEF", "HEIGHT_RASTER", "DENSITY_GRID", "GRAVITY"])
def test_numbers_that_mean_empty_but_are_not_said_to(refused, tmp_path, parameter, empty):
    values = flat()
    values[2, 3:5] = empty
    height = {"GRAVITY": {"height": 1000.0}}.get(parameter, {})
    height |= {} if parameter in ("STARTING_RELIEF", "DENSITY_GRID") else {"height_field": REMOVED}
    name = write_tif(tmp_path / "empty.tif", values)
    error = refused(**{parameter.lower(): name}, **height)
    between = "values of" if parameter == "HEIGHT_RASTER" else f"2 values of {empty:.4g} "
    says(error, parameter, between, "must mean empty", "NoData value", f"give that as {parameter}")
    write_tif(tmp_path / "empty.tif", values, nodata=empty)
    if parameter == "STARTING_RELIEF":
        says(refused(starting_relief=name), parameter, "2 empty cells")


def test_a_raster_that_is_none(refused, tmp_path):
    (tmp_path / "text.tif").write_text("not a raster")
    error = refused(starting_relief="text.tif")
    says(error, "STARTING_RELIEF", "text.tif", "no raster that can be read", "GeoTIFF or NetCDF")


def test_a_raster_that_is_cut_short(refused, tmp_path):
    path = tmp_path / write_tif(tmp_path / "half.tif", flat(shape=(400, 300)))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    error = refused(free_cells="half.tif")
    says(error, "FREE_CELLS", "the values of", "half.tif can't be read", "damaged or cut short", "Give a whole copy")


def test_a_raster_that_is_not_there(refused):
    says(refused(free_cells="nowhere.tif"), "FREE_CELLS", "no file", "nowhere.tif", "Give an existing")


def test_a_band_that_is_not_there(refused):
    error = refused(starting_relief={"path": "relief.tif", "band": 3})
    says(error, "STARTING_RELIEF", "1 band(s)", "band 3", "from 1 to 1")


def test_a_density_grid_of_zeros(refused, tmp_path):
    says(refused(density_grid=write_tif(tmp_path / "zeros.tif", flat(0.0))), "DENSITY_GRID", "0 everywhere")


@pytest.mark.parametrize("task", ["invertrelief", "dampingcrossvalidation"])
@pytest.mark.parametrize("columns", [3, 10])
def test_free_cells_without_a_contrast(refused, tmp_path, task, columns):
    """Few of them, and most of them, which are computed in two ways."""
    free, contrast = flat(0.0), flat(500.0)
    free[:, :columns], contrast[:, :columns] = 1.0, 0.0
    rasters = {
        "free_cells": write_tif(tmp_path / "free.tif", free),
        "density_grid": write_tif(tmp_path / "contrast.tif", contrast),
    }
    keys = {"split": 1} if task == "dampingcrossvalidation" else {}
    error = refused(task, **rasters, **keys)
    says(error, "DENSITY_GRID", f"0 in all {10 * columns} free cells", "Give contrasts there", "(FREE_CELLS)")


def test_free_cells_that_free_none(refused, tmp_path):
    says(refused(free_cells=write_tif(tmp_path / "none.tif", flat(0.0))), "FREE_CELLS", "frees no cell")


def test_neither_relief_nor_grid(refused):
    says(refused(spacing=REMOVED), "STARTING_RELIEF", "neither", "Give STARTING_RELIEF, or both EXTENT and SPACING")


@pytest.mark.parametrize("task", ["gravitymisfit", "startingrelief", "syntheticmodel"])
def test_an_extent_that_names_another_system(engine, survey, task):
    keys = {"spacing": 1000, "crs": "EPSG:3031"}
    keys |= survey if task == "gravitymisfit" else {"method": 2, "level": 5} if task == "startingrelief" else {}
    assert engine(task=task, **{**keys, "extent": "0,12000,0,9000 [EPSG:3031]"}).code == 0
    assert engine(task=task, **{**keys, "extent": "0,12000,0,9000"}).code == 0
    error = engine(task=task, **{**keys, "extent": "0,12000,0,9000 [EPSG:32701] "}).error
    says(error, "EXTENT", "is in EPSG:32701, and the grid in WGS 84 / Antarctic Polar Stereographic", "as CRS")
    error = engine(task=task, **{**keys, "extent": "0,12000,0,9000 [here]"}).error
    says(error, "EXTENT", "'here' is no coordinate reference system")


@pytest.mark.parametrize("spacing", [1, 1e-9, 1e-29])
def test_a_spacing_that_makes_more_cells_than_can_be(refused, spacing):
    says(refused(spacing=spacing), "SPACING", "makes about", "at most 2e+07 are possible", "greater SPACING")


def test_a_spacing_wider_than_the_extent(refused):
    says(refused(spacing=50000), "SPACING", "at least", "smaller SPACING")
