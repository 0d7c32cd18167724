"""Signs and units of real and of made surveys, through whole jobs: told where something tells them, else not."""

from __future__ import annotations

import csv
import shutil

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

CONTRAST = 1643
FILES = ("gravity.csv", "starting_bed.tif", "free_cells.tif", "true_bed.tif")


def rewrite(path, change, name):
    """A raster with its values changed by a function."""
    with rasterio.open(path) as file:
        values, profile = file.read(1), file.profile
    with rasterio.open(path.with_name(name), "w", **profile) as file:
        file.write(change(values).astype(profile["dtype"]), 1)
    return name


@pytest.fixture
def amundsen(engine, shared, tmp_path, undrawn):
    """One step of an inversion of the sea floor, with keys changed: its run."""
    for name in FILES:
        shutil.copy(shared / "amundsen_south" / name, tmp_path)

    def run(**keys):
        job = {
            "task": "invertrelief",
            "gravity": "gravity.csv",
            "height_field": "height",
            "density_contrast": CONTRAST,
            "starting_relief": "starting_bed.tif",
            "free_cells": "free_cells.tif",
            "true_relief": "true_bed.tif",
            "damping": 0.05,
            "max_iterations": 1,
        }
        return engine(**{key: value for key, value in {**job, **keys}.items() if value is not None})

    return run


def about_signs(run):
    return [text for text in run.warnings if "Check the sign" in text or "check its sign" in text]


@pytest.mark.parametrize("regional", [0, 1, 2, 3, 4, 6])
def test_on_a_real_sea_floor_the_right_sign_is_not_doubted_and_the_wrong_one_is(amundsen, regional):
    assert about_signs(amundsen(regional=regional)) == []
    (text,) = [
        text for text in about_signs(amundsen(regional=regional, density_contrast=-CONTRAST)) if "doubt" not in text
    ]
    assert "the misfit of the starting relief is 9.6 mGal (RMS), and 2.8 mGal" in text.replace("2.79", "2.8")
    assert "Check the sign of DENSITY_CONTRAST" in text


def test_a_sea_floor_of_depths_is_told_by_gravity_and_a_true_one_of_depths_by_the_start(amundsen, tmp_path):
    """Depths lie below the aircraft too, so that no station tells."""
    depths = rewrite(tmp_path / "starting_bed.tif", np.negative, "depths.tif")
    told = about_signs(amundsen(starting_relief=depths, true_relief=None))
    assert "STARTING_RELIEF (heights, depths negative)" in told[0]
    rewrite(tmp_path / "true_bed.tif", np.negative, "true_depths.tif")
    refused = amundsen(true_relief="true_depths.tif")
    assert refused.code == 2 and refused.error["parameter"] == "TRUE_RELIEF"
    assert "Check the sign of TRUE_RELIEF" in refused.error["message"]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("contrast", [CONTRAST, -CONTRAST])
def test_a_random_sea_floor_tells_nothing(amundsen, tmp_path, seed, contrast):
    from scipy.ndimage import gaussian_filter

    field = gaussian_filter(np.random.default_rng(seed).standard_normal((59, 73)), 1.0 + seed)
    start = rewrite(tmp_path / "starting_bed.tif", lambda bed: -500.0 + 300.0 * field / field.std(), "random.tif")
    assert about_signs(amundsen(starting_relief=start, density_contrast=contrast, regional=1)) == []


EASTING, NORTHING = 400_000.0 + 1000.0 * np.arange(40), 5_500_000.0 + 1000.0 * np.arange(30)
EAST, NORTH = np.meshgrid(EASTING, NORTHING)


@pytest.fixture
def made(engine, tmp_path, undrawn):
    """Gravity of a relief at its cells' centres, and one step of an inversion: made(relief, heights, noise, **keys)."""

    def run(relief, heights, noise, contrast=500.0, level=0.0, **keys):
        place = from_origin(EASTING[0] - 500.0, NORTHING[-1] + 500.0, 1000.0, 1000.0)
        shape = {"height": 30, "width": 40, "count": 1, "dtype": "float64"}
        with rasterio.open(
            tmp_path / "true.tif", "w", driver="GTiff", crs="EPSG:32633", transform=place, **shape
        ) as file:
            file.write(relief[::-1], 1)
        height = np.broadcast_to(heights, relief.shape).ravel()
        table(tmp_path / "places.csv", x=EAST.ravel(), y=NORTH.ravel(), height=height)
        model = {"reference_level": level, "density_contrast": contrast}
        points = {"stations": "places.csv", "height_field": "height", "predicted": "made.csv"}
        assert engine(task="forwardgravity", relief="true.tif", **points, **model).code == 0
        with open(tmp_path / "made.csv", encoding="utf-8") as file:
            exact = np.array([float(row["predicted"]) for row in csv.DictReader(file)])
        gravity = exact + noise * np.random.default_rng(0).standard_normal(exact.size)
        table(tmp_path / "stations.csv", x=EAST.ravel(), y=NORTH.ravel(), height=height, gravity=gravity)
        job = {
            "task": "invertrelief",
            "gravity": "stations.csv",
            "height_field": "height",
            "extent": [EASTING[0], EASTING[-1], NORTHING[0], NORTHING[-1]],
            "spacing": 1000,
            "crs": "EPSG:32633",
            "damping": 0.003,
            "max_iterations": 1,
        }
        return engine(**{**job, **model, **keys})

    return run


def table(path, **columns):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))


BASIN = -1800.0 * np.exp(-(((EAST - 420e3) / 9000.0) ** 2 + ((NORTH - 5515e3) / 6000.0) ** 2))


@pytest.mark.parametrize("regional", [0, 1])
def test_a_basin_under_stations_on_the_ground(made, regional):
    assert about_signs(made(BASIN, 0.0, 0.1, regional=regional)) == []
    told = about_signs(made(BASIN, 0.0, 0.1, regional=regional, density_law="exponential:-500,1e7"))
    assert "DENSITY_LAW is the density below the relief minus that above it" in told[0]


def test_an_island_surveyed_by_ship_with_points_on_land(made, tmp_path):
    """The start crosses the sea's level, and ships see the sea floor alone."""
    island = -2500.0 + 3400.0 * np.exp(-(((EAST - 420e3) / 7000.0) ** 2 + ((NORTH - 5515e3) / 6000.0) ** 2))
    land = island.ravel() > 100.0
    sea = np.where(island < 0.0, 0.0, np.maximum(island, 0.0))
    table(tmp_path / "known.csv", x=EAST.ravel()[land], y=NORTH.ravel()[land], bed=island.ravel()[land])
    points = {"known_points": "known.csv", "known_field": "bed", "known_error": 20}
    keys = {"contrast": 1640.0, "starting_relief": "true.tif"}
    assert about_signs(made(island, sea, 0.5, **keys)) == []
    assert about_signs(made(island, sea, 0.5, **keys, **points)) == []
    assert about_signs(made(island, sea, 0.5, **{**keys, "starting_relief": None}, level=-2500.0, **points)) == []
