"""EXTENT: numbers are centres, a layer's or a file's edges are edges, and another order is found out."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from core.data.crs import parse_crs
from core.data.extent import Extent, ExtentSource
from core.data.rasters import RasterSource
from core.errors import InputError
from core.events.protocol import Reporter
from core.survey.extent import grid_of_extent

UTM = parse_crs("EPSG:32633", "CRS")
EDGES = (400_000.0, 440_000.0, 5_500_000.0, 5_530_000.0)


def raster(path, edges=EDGES, step=1000.0, crs="EPSG:32633"):
    west, east, south, north = edges
    shape = {"width": round((east - west) / step), "height": round((north - south) / step)}
    place = from_origin(west, north, step, step)
    with rasterio.open(path, "w", driver="GTiff", count=1, dtype="float32", crs=crs, transform=place, **shape) as file:
        file.write(np.ones((shape["height"], shape["width"]), "float32"), 1)
    return RasterSource(str(path))


def made(extent, spacing=1000.0, **how):
    """The grid and the log."""
    events = []
    grid = grid_of_extent(extent, spacing, UTM, Reporter(events.append), **how)
    return grid, [event["text"] for event in events]


def box(grid):
    return grid.easting[0], grid.easting[-1], grid.northing[0], grid.northing[-1]


INSIDE = (400_500.0, 439_500.0, 5_500_500.0, 5_529_500.0)


def test_numbers_are_the_outermost_centres():
    grid, log = made(EDGES)
    assert box(grid) == EDGES and grid.shape == (31, 41) and log == []


def test_a_file_is_filled_to_its_edges_and_the_log_says_so(tmp_path):
    grid, log = made(ExtentSource(raster(tmp_path / "gravity.tif")))
    assert box(grid) == INSIDE and grid.shape == (30, 40)
    assert (
        "gravity.tif, so it is taken as the grid's outer edges" in log[0]
        and "half a cell inside, at 400500 and" in log[0]
    )


def test_a_layers_edges_come_from_qgis_as_such():
    grid, log = made(Extent(EDGES, edges=True))
    assert box(grid) == INSIDE and "EXTENT is a layer's" in log[0]


@pytest.mark.parametrize("off", [0.0, 0.4, -0.4])
def test_numbers_that_are_an_inputs_edges_mean_them(tmp_path, off):
    """Within a thousandth of a cell, as they are after a way through a text."""
    extent = tuple(side + off for side in EDGES)
    grid, log = made(extent, rasters={"HEIGHT_RASTER": raster(tmp_path / "heights.tif")})
    np.testing.assert_allclose(box(grid), INSIDE, atol=0.5)
    assert grid.shape == (30, 40) and "the numbers of the edges of HEIGHT_RASTER" in log[0]


def test_numbers_that_are_an_inputs_centres_stay_centres(tmp_path):
    grid, log = made(INSIDE, rasters={"HEIGHT_RASTER": raster(tmp_path / "heights.tif")})
    assert box(grid) == INSIDE and log == []


def test_the_edges_of_a_raster_in_another_system_are_only_numbers(tmp_path):
    other = raster(tmp_path / "other.tif", crs="EPSG:32634")
    assert box(made(EDGES, rasters={"GRAVITY": other, "DENSITY_GRID": RasterSource("nowhere.tif")})[0]) == EDGES


@pytest.mark.parametrize(("spacing", "cells"), [(2000.0, (15, 20)), (500.0, (60, 80)), (3000.0, (10, 14))])
def test_another_spacing_fills_the_same_edges_and_what_is_left_over_takes_a_cell_more(tmp_path, spacing, cells):
    grid, _ = made(ExtentSource(raster(tmp_path / "gravity.tif")), spacing)
    assert grid.shape == cells and (grid.west, grid.south) == (EDGES[0], EDGES[2])


def test_a_file_in_degrees_is_covered(tmp_path):
    degrees = raster(tmp_path / "degrees.tif", (14.0, 14.5, 49.6, 49.9), 0.01, "EPSG:4326")
    grid, _ = made(ExtentSource(degrees))
    places = grid.bring(
        np.array([14.0, 14.5, 14.0, 14.5]), np.array([49.6, 49.6, 49.9, 49.9]), parse_crs("EPSG:4326", "")
    )
    assert grid.contains(*places).all() and grid.shape == (34, 37)


STATIONS = (np.array([401e3, 420e3, 438e3]), np.array([5501e3, 5515e3, 5528e3]))


@pytest.mark.parametrize(
    ("order", "name"),
    [
        ((0, 2, 1, 3), "west, south, east, north"),
        ((2, 3, 0, 1), "south, north, west, east"),
    ],
)
def test_another_order_is_found_out_by_the_stations(order, name):
    given = tuple(EDGES[side] for side in order)
    with pytest.raises(InputError, match=f"EXTENT is in the order {name}: .*400000 to 440000 east.*5.5e.06 to"):
        made(given, places=STATIONS)


def test_kilometres_and_degrees_are_found_out_by_the_stations():
    with pytest.raises(
        InputError, match=r"EXTENT is 400, 440, 5500, 5530, which lies about the stations .* as kilometres"
    ):
        made(tuple(side / 1000.0 for side in EDGES), places=STATIONS)
    with pytest.raises(
        InputError, match=r"as degrees, and it is wanted in metres\. Give it in the grid's system \(EPSG:32633"
    ):
        made((13.5, 14.3, 49.5, 50.0), places=STATIONS)


@pytest.mark.parametrize("extent", [EDGES, (4e5, 9e5, 5e6, 6e6), (100.0, 200.0, 100.0, 200.0)])
def test_the_right_order_is_not_doubted_wherever_the_stations_lie(extent):
    made(extent, spacing=5000.0 if extent[1] > 1e3 else 10.0, places=STATIONS)


@pytest.mark.parametrize("how", ["path", "object", "bounds", "points"])
def test_a_job_names_a_file_or_a_layers_edges(engine, survey, tmp_path, how):
    raster(tmp_path / "box.tif", (-500.0, 12_500.0, -500.0, 9_500.0), crs="EPSG:3031")
    (tmp_path / "box.csv").write_text("x,y\n-500,-500\n12500,9500\n")
    extent = {
        "path": "box.tif",
        "object": {"path": "box.tif"},
        "bounds": {"bounds": [-500, 12500, -500, 9500], "edges": True},
        "points": "box.csv",
    }[how]
    run = engine(task="gravitymisfit", **{**survey, "extent": extent}, regional=0, misfit="misfit.tif")
    with rasterio.open(run.outputs["misfit"]) as file:
        assert tuple(file.bounds) == (-500.0, -500.0, 12_500.0, 9_500.0) and file.shape == (10, 13)
    assert any("outer edges" in event["text"] for event in run.of("log"))


def test_the_file_of_an_extent_is_not_written_over(engine, survey, tmp_path):
    raster(tmp_path / "box.tif", (-500.0, 12_500.0, -500.0, 9_500.0), crs="EPSG:3031")
    error = engine(task="gravitymisfit", **{**survey, "extent": "box.tif"}, misfit="box.tif").error
    assert error["parameter"] == "MISFIT" and "is the file of EXTENT" in error["message"]


def test_a_grid_of_the_gravity_rasters_edges_has_its_nodes(engine, survey, tmp_path):
    forward = {"task": "forwardgravity", "relief": "relief.tif", "reference_level": survey["reference_level"]}
    assert engine(**forward, height=1000, predicted_raster="gravity.tif").code == 0
    job = {**survey, "gravity": "gravity.tif", "height": 1000, "extent": [-500, 12500, -500, 9500], "regional": 0}
    del job["height_field"]
    run = engine(task="invertrelief", **job, inverted_relief="out.tif", max_iterations=50)
    assert run.code == 0 and run.warnings == []
    with rasterio.open(tmp_path / "out.tif") as file, rasterio.open(tmp_path / "gravity.tif") as gravity:
        assert file.transform == gravity.transform and file.shape == gravity.shape
