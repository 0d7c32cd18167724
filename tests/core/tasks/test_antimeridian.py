"""Stations, rasters and points on both sides of 180 degrees, or in 0..360, give the result of the same survey elsewhere."""

from __future__ import annotations

import csv
import json

import numpy as np
import pyproj
import pytest
import rasterio
from rasterio.transform import from_origin

ZONES = {
    "at 177 W": "EPSG:32601",
    "at 180": "+proj=tmerc +lat_0=0 +lon_0=180 +k=0.9996 +x_0=500000 +datum=WGS84 +type=crs",
}
MIDDLE = 500_000.0 - 6000.0, 0.0


def degrees(crs, east, north, turn):
    """Longitudes and latitudes, the first from -180 or from 0 on."""
    longitude, latitude = pyproj.Transformer.from_crs(crs, 4326, always_xy=True).transform(east, north)
    return (np.asarray(longitude) % 360.0 if turn else longitude), latitude


@pytest.fixture
def moved(survey, tmp_path):
    """The small model about 180 degrees: its stations in degrees, its grid's keys."""

    def write(crs, turn):
        with open(tmp_path / "stations.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        east, north = (np.array([float(row[name]) for row in rows]) for name in ("easting", "northing"))
        longitude, latitude = degrees(crs, east + MIDDLE[0], north + MIDDLE[1], turn)
        with open(tmp_path / "degrees.csv", "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["x", "y", "gravity", "height"])
            writer.writerows(
                zip(longitude, latitude, (r["gravity"] for r in rows), (r["height"] for r in rows), strict=True)
            )
        places = {"gravity": "degrees.csv", "gravity_crs": "EPSG:4326", "crs": crs}
        return {**survey, **places, "extent": [MIDDLE[0], MIDDLE[0] + 12000, MIDDLE[1], MIDDLE[1] + 9000]}

    return write


def heights(path):
    with rasterio.open(path) as file:
        return file.read(1)


@pytest.mark.parametrize("turn", [False, True])
def test_stations_in_degrees_from_either_side(engine, survey, moved, tmp_path, turn):
    job = {"task": "invertrelief", "damping": 0.3, "max_iterations": 50}
    assert engine(**job, **survey, inverted_relief="here.tif").code == 0
    run = engine(**job, **moved(ZONES["at 180"], turn), inverted_relief="there.tif")
    assert run.warnings == []
    np.testing.assert_allclose(heights(tmp_path / "there.tif"), heights(tmp_path / "here.tif"), atol=1e-3)


def raster(path, west, values, step=0.01):
    shape = {"height": values.shape[0], "width": values.shape[1], "count": 1, "dtype": "float64", "driver": "GTiff"}
    with rasterio.open(path, "w", crs="EPSG:4326", transform=from_origin(west, 0.2, step, step), **shape) as file:
        file.write(values, 1)
    return path.name


@pytest.mark.parametrize(
    ("zone", "west", "columns", "step"),
    [
        ("at 180", 179.0, 200, 0.01),
        ("at 180", -181.0, 800, 0.01),
        ("at 180", 0.0, 720, 0.5),
        ("at 180", -180.0, 720, 0.5),
        ("at 177 W", -181.0, 800, 0.01),
        ("at 177 W", 0.0, 720, 0.5),
        ("at 177 W", -180.0, 720, 0.5),
    ],
)
def test_a_height_raster_that_begins_anywhere(engine, moved, tmp_path, zone, west, columns, step):
    """It holds the way from 180 degrees, so that every station's height is known."""
    longitude = west + step * (np.arange(columns) + 0.5)
    distance = (longitude - 180.0 + 180.0) % 360.0 - 180.0
    rows = 40 if step == 0.01 else 4
    name = raster(tmp_path / "heights.tif", west, np.tile(1000.0 + 10.0 * distance, (rows, 1)), step)
    job = moved(ZONES[zone], turn=True)
    del job["height_field"]
    run = engine(task="gravitymisfit", **job, height_raster=name, stations="out.csv", regional=0)
    assert run.code == 0, run.events[-1]
    with open(tmp_path / "out.csv", newline="") as file:
        table = [(float(row["easting"]), float(row["northing"]), float(row["height"])) for row in csv.DictReader(file)]
    east, north, height = np.array(table).T
    longitude, _ = degrees(ZONES[zone], east, north, True)
    np.testing.assert_allclose(height, 1000.0 + 10.0 * (longitude - 180.0), atol=1e-6)


def test_gravity_as_a_raster_across_180(engine, survey, tmp_path):
    """Its nodes lie in the grid's zone, the easternmost beyond 180."""
    name = raster(tmp_path / "gravity.tif", 179.95, np.add.outer(np.arange(10.0), np.arange(10.0)))
    job = {**survey, "crs": ZONES["at 180"], "gravity": name, "height": 2000, "extent": [490000, 510000, 0, 25000]}
    del job["height_field"]
    run = engine(task="gravitymisfit", **job, stations="out.csv", misfit="misfit.tif", regional=0)
    assert run.warnings == []
    with open(tmp_path / "out.csv", newline="") as file:
        east = [float(row["easting"]) for row in csv.DictReader(file)]
    assert min(east) < 495_500 and max(east) > 504_500


def test_polygons_in_degrees_free_the_cells_inside_on_both_sides(engine, moved, tmp_path):
    """The eastern one is written in 0..360, the western one in -180..180; between them lies a strip of 3 km."""
    half = 1500.0 / 111_320.0
    corners = [(179.9, 180.0 - half), (-180.0 + half, -179.9)]
    for turn in (0.0, 360.0):
        rings = [[[west, -0.1], [east, -0.1], [east, 0.2], [west, 0.2], [west, -0.1]] for west, east in corners]
        rings[1] = [[x + turn, y] for x, y in rings[1]]
        features = [
            {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [r]}} for r in rings
        ]
        collection = {"type": "FeatureCollection", "features": features, "crs": "EPSG:4326"}
        (tmp_path / "free.geojson").write_text(json.dumps(collection))
        job = {**moved(ZONES["at 180"], True), "free_cells": "free.geojson", "damping": 0.3, "max_iterations": 1}
        assert engine(task="invertrelief", **job, relief_change="change.tif").code == 0
        moving = (heights(tmp_path / "change.tif") != 0.0).any(axis=0)
        np.testing.assert_array_equal(moving, np.abs(np.arange(13) - 6) > 1)


def test_known_points_on_both_sides_of_web_mercators_end(engine, tmp_path):
    """They lie 10 km apart, and the grid about them is as wide."""
    half = np.pi * 6378137.0
    rows = [(half - 5000.0, 0.0, 10.0), (-half + 5000.0, 2000.0, 20.0), (-half, 5000.0, 30.0)]
    (tmp_path / "known.csv").write_text("x,y,z\n" + "\n".join(f"{x!r},{y},{z}" for x, y, z in rows))
    job = {"task": "startingrelief", "known_points": "known.csv", "known_points_crs": "EPSG:3857", "known_field": "z"}
    run = engine(**job, spacing=1000, method=1, starting_relief="start.tif")
    assert run.code == 0, run.events[-1]
    assert heights(tmp_path / "start.tif").shape[1] in (11, 12)
