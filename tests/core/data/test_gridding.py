"""Values at stations as a raster: a node's own value, linear between, nothing far from stations or outside them."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.gridding import interpolate, station_raster
from core.data.rasters import RasterSource, read_raster
from core.data.relief import Grid
from core.data.stations import Stations

GRID = Grid(100.0 * np.arange(12), 100.0 * np.arange(9), None)


def plane(east, north):
    return 3.0 + 0.02 * np.asarray(east) - 0.05 * np.asarray(north)


def test_a_station_on_a_node_gives_that_cell_its_own_value():
    rng = np.random.default_rng(1)
    east, north = GRID.centres()
    values = rng.normal(size=GRID.size)
    order = rng.permutation(GRID.size)
    np.testing.assert_array_equal(
        interpolate(east[order], north[order], values[order], GRID), values.reshape(GRID.shape)
    )


def test_between_stations_it_is_linear():
    east, north = (
        places.ravel() for places in np.meshgrid(np.arange(-50.0, 1200.0, 100.0), np.arange(-50.0, 900.0, 100.0))
    )
    found = interpolate(east, north, plane(east, north), GRID)
    expected = plane(*GRID.centres()).reshape(GRID.shape)
    np.testing.assert_allclose(found, expected, atol=1e-10)


def test_a_plane_far_from_the_origin_is_as_linear():
    far = Grid(GRID.easting - 2.5e6, GRID.northing + 8e6, None)
    rng = np.random.default_rng(3)
    east = rng.uniform(-300.0, 1400.0, 400) - 2.5e6
    north = rng.uniform(-300.0, 1100.0, 400) + 8e6
    values = plane(east + 2.5e6, north - 8e6)
    found = interpolate(east, north, values, far)
    expected = plane(*GRID.centres()).reshape(GRID.shape)
    np.testing.assert_allclose(found[np.isfinite(found)], expected[np.isfinite(found)], atol=1e-6)
    assert np.isfinite(found).mean() > 0.9


def test_beyond_two_station_spacings_it_is_empty():
    """Two strips of stations 100 m apart with a gap of 600 m: only cells within 200 m of a strip have values."""
    north = np.tile(np.arange(-50.0, 900.0, 100.0), 4)
    east = np.repeat([-50.0, 50.0, 650.0, 750.0], 10)
    found = interpolate(east, north, plane(east, north), GRID)
    filled = np.isfinite(found).any(axis=0)
    np.testing.assert_array_equal(GRID.easting[filled], [0.0, 100.0, 200.0, 500.0, 600.0, 700.0])


def test_outside_the_stations_hull_it_is_empty():
    east, north = np.array([150.0, 850.0, 150.0]), np.array([150.0, 150.0, 750.0])
    found = interpolate(east, north, np.ones(3), GRID)
    inside = np.isfinite(found)
    assert inside.any()
    for row, col in zip(*np.nonzero(inside), strict=True):
        e, n = GRID.easting[col], GRID.northing[row]
        assert e >= 150.0 and n >= 150.0 and (e - 150.0) / 700.0 + (n - 150.0) / 600.0 <= 1.0 + 1e-9


@pytest.mark.parametrize("count", [0, 1, 2, 9])
def test_stations_on_one_line_fill_no_more_than_their_nodes(count):
    east, north = 100.0 * np.arange(count), np.full(count, 300.0)
    found = interpolate(east, north, np.arange(count) + 1.0, GRID)
    assert np.isfinite(found).sum() == count
    np.testing.assert_array_equal(found[3, :count], np.arange(count) + 1.0)


def stations_of(east, north, lattice=None, node=None):
    n = east.size
    zeros, ones = np.zeros(n), np.ones(n)
    flags = np.zeros(n, bool), np.ones(n, bool)
    return Stations(east, north, ones, zeros, ones, zeros, *flags, crs=None, lattice=lattice, node=node)


def test_a_station_without_a_value_leaves_its_place_to_its_neighbours():
    east, north = GRID.centres()
    values = plane(east, north)
    values[40] = np.nan
    raster = station_raster(stations_of(east, north), values, GRID)
    np.testing.assert_allclose(raster.heights.ravel(), plane(east, north), atol=1e-10)


def test_gravity_from_a_raster_goes_back_to_its_own_cells():
    lattice = Grid(30.0 * np.arange(4), 50.0 + 30.0 * np.arange(3), None)
    node = np.array([0, 2, 5, 11])
    east, north = (places[node] for places in lattice.centres())
    raster = station_raster(stations_of(east, north, lattice, node), np.array([1.0, 2.0, 3.0, 4.0]), GRID)
    assert raster.grid is lattice
    expected = np.full(12, np.nan)
    expected[node] = [1.0, 2.0, 3.0, 4.0]
    np.testing.assert_array_equal(raster.heights.ravel(), expected)


def test_the_residual_raster_of_a_job_holds_observed_less_predicted_less_regional(engine, survey, tmp_path):
    run = engine(task="gravitymisfit", **survey, regional_value=1.25, **{name: f"{name}.tif" for name in RASTERS})
    assert run.code == 0
    misfit, regional, residual = (
        read_raster(RasterSource(str(tmp_path / f"{name}.tif")), "RESIDUAL").heights for name in RASTERS
    )
    np.testing.assert_allclose(regional, 1.25)
    np.testing.assert_allclose(residual, misfit - 1.25, atol=1e-12)
    with open(tmp_path / "stations.csv", encoding="utf-8") as file:
        header, first = file.readline().split(","), file.readline().split(",")
    gravity = float(first[header.index("gravity")])
    assert misfit[0, 0] == pytest.approx(gravity, abs=1e-12)  # a flat relief at the reference level has no gravity


RASTERS = ("misfit", "regional_raster", "residual")


def test_the_residual_of_a_gravity_raster_lies_on_that_rasters_grid(engine, survey, tmp_path):
    forward = {"task": "forwardgravity", "relief": "relief.tif", "reference_level": survey["reference_level"]}
    assert engine(**forward, height=1000, predicted_raster="gravity.tif").code == 0
    job = {key: value for key, value in survey.items() if key not in ("height_field", "gravity")}
    job |= {"gravity": "gravity.tif", "height": 1000, "extent": [1000, 11000, 1000, 8000], "spacing": 500}
    run = engine(task="gravitymisfit", **job, regional=0, misfit="misfit.tif")
    assert run.warnings == ["42 of 130 stations lie outside the relief and are left out."]
    gravity, misfit = (read_raster(RasterSource(str(tmp_path / n)), "G") for n in ("gravity.tif", "misfit.tif"))
    assert misfit.grid.same_as(gravity.grid)
    np.testing.assert_allclose(misfit.heights[1:-1, 1:-1], gravity.heights[1:-1, 1:-1], atol=1e-12)
    assert np.isnan(misfit.heights[0]).all() and np.isnan(misfit.heights[:, -1]).all()
