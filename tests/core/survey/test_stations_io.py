"""From files to stations in the relief's system: coordinates, heights, errors, regional, density, gravity as a raster."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
import rasterio
from rasterio.transform import from_origin

from core.data.columns import Columns, write_raw
from core.events.protocol import Reporter
from core.job.jobs import JOBS
from core.survey.survey import read_survey

GRID = {"extent": [0, 12000, 0, 9000], "spacing": 1000, "crs": "EPSG:3031", "reference_level": 0.0}


@pytest.fixture
def read(tmp_path):
    """The survey of a misfit job in `tmp_path`."""

    def run(reporter=None, **job):
        settings = {**GRID, **job}
        kept = {key: value for key, value in settings.items() if value is not None}
        return read_survey(JOBS["gravitymisfit"].read(kept, tmp_path), reporter or Reporter())

    return run


@pytest.fixture
def points(tmp_path):
    """Write points.csv: a column for each keyword."""

    def write(**columns):
        rows = zip(*columns.values(), strict=True)
        lines = [",".join(columns), *(",".join(map(str, row)) for row in rows)]
        (tmp_path / "points.csv").write_text("\n".join(lines) + "\n")
        return "points.csv"

    return write


@pytest.fixture
def raster(tmp_path):
    """Write a GeoTIFF: rows from the south, `west` and `south` the first centre."""

    def write(name, values, west=0.0, south=0.0, step=1000.0, crs="EPSG:3031"):
        values = np.asarray(values, dtype="float64")
        top = south + (values.shape[0] - 0.5) * step
        shape = {"height": values.shape[0], "width": values.shape[1], "count": 1, "dtype": "float64"}
        transform = from_origin(west - 0.5 * step, top, step, step)
        with rasterio.open(tmp_path / name, "w", driver="GTiff", crs=crs, transform=transform, **shape) as file:
            file.write(values[::-1], 1)
        return name

    return write


def three(**more):
    return {"easting": [0, 5000, 12000], "northing": [0, 4000, 9000], "gravity": [1.5, -2, 3], **more}


class TestCoordinates:
    def test_stations_in_degrees_are_brought_into_the_reliefs_system(self, read, points):
        """EPSG:3031 is true to scale along 71°S, where 90°E lies due east of the pole and 0° due north."""
        e, phi = 0.0818191908426215, np.radians(71.0)  # WGS 84's eccentricity
        radius = 6378137.0 * np.cos(phi) / np.sqrt(1 - (e * np.sin(phi)) ** 2)
        name = points(x=[90.0, 0.0], y=[-71.0, -71.0], gravity=[1, 2])
        grid = {"extent": [-1000, radius + 1000, -1000, radius + 1000], "spacing": 50000}
        stations = read(gravity=name, gravity_crs="EPSG:4326", height=900, **grid).stations
        np.testing.assert_allclose(stations.easting, [radius, 0.0], atol=1e-3)
        np.testing.assert_allclose(stations.northing, [0.0, radius], atol=1e-3)
        assert stations.used.all()

    def test_stations_in_another_projection_land_where_pyproj_puts_them(self, read, points):
        there = pyproj.Transformer.from_crs(3031, 32758, always_xy=True)
        inside = np.array([300_000.0, 304_000.0]), np.array([-2_000_000.0, -1_997_000.0])
        east, north = there.transform(*inside)
        name = points(easting=east.tolist(), northing=north.tolist(), gravity=[1, 2])
        grid = {"extent": [299_000, 305_000, -2_001_000, -1_996_000], "spacing": 1000}
        stations = read(gravity=name, gravity_crs="EPSG:32758", height=900, **grid).stations
        np.testing.assert_allclose(stations.easting, inside[0], atol=1e-3)
        np.testing.assert_allclose(stations.northing, inside[1], atol=1e-3)

    def test_a_columns_file_names_its_own_system_which_goes_first(self, read, tmp_path):
        places = {"easting": np.array([90.0]), "northing": np.array([-71.0]), "gravity": np.array([1.0])}
        write_raw(tmp_path / "points.columns.json", Columns(places, crs="EPSG:4326"), "points")
        grid = {"extent": [2_000_000, 2_100_000, -5000, 5000], "spacing": 5000}
        stations = read(gravity="points.columns.json", gravity_crs="EPSG:3031", height=900, **grid).stations
        np.testing.assert_allclose(stations.northing, [0.0], atol=1e-3)

    def test_without_a_system_the_stations_are_in_that_of_the_relief(self, read, points, raster):
        name = raster("start.tif", np.zeros((10, 13)))
        survey = read(gravity=points(**three()), height=900, starting_relief=name, crs=None, extent=None, spacing=None)
        np.testing.assert_array_equal(survey.stations.easting, [0.0, 5000.0, 12000.0])
        assert survey.stations.crs.to_epsg() == 3031

    def test_the_grid_has_the_gravitys_system_where_none_is_asked_for(self, read, points):
        survey = read(gravity=points(**three()), gravity_crs="EPSG:32633", height=900, crs=None)
        assert survey.relief.grid.crs.to_epsg() == 32633


class TestColumns:
    def test_fields_become_gravity_height_error_and_regional(self, read, points):
        name = points(**three(h=[900, 910, 920], s=[0.1, 0.2, 0.3], reg=[7, 8, 9]), boug=[4, 5, 6])
        fields = {"gravity_field": "boug", "height_field": "h", "error_field": "s", "regional_field": "reg"}
        stations = read(gravity=name, **fields).stations
        np.testing.assert_array_equal(stations.gravity, [4, 5, 6])
        np.testing.assert_array_equal(stations.height, [900, 910, 920])
        np.testing.assert_array_equal(stations.error, [0.1, 0.2, 0.3])
        np.testing.assert_array_equal(stations.regional, [7, 8, 9])
        assert stations.has_errors

    def test_without_errors_each_is_one_and_known_to_be_none(self, read, points):
        stations = read(gravity=points(**three()), height=900).stations
        np.testing.assert_array_equal(stations.error, 1.0)
        assert not stations.has_errors
        given = read(gravity=points(**three()), height=900, error=0.5).stations
        np.testing.assert_array_equal(given.error, 0.5)
        assert given.has_errors

    @pytest.mark.parametrize("field", ["gravity", "h", "s", "reg"])
    def test_an_empty_value_in_any_field_leaves_the_station_out(self, read, points, field):
        columns = three(h=[900, 910, 920], s=[0.1, 0.2, 0.3], reg=[7, 8, 9])
        columns[field] = [columns[field][0], "NULL", columns[field][2]]
        fields = {"height_field": "h", "error_field": "s", "regional_field": "reg"}
        stations = read(gravity=points(**columns), **fields).stations
        np.testing.assert_array_equal(stations.used, [True, False, True])
        assert stations.size == 3


class TestHeights:
    def test_one_number_for_all(self, read, points):
        np.testing.assert_array_equal(read(gravity=points(**three()), height=750).stations.height, 750.0)

    def test_a_raster_is_read_between_its_nodes(self, read, points, raster):
        east, north = np.meshgrid(np.arange(-1, 14), np.arange(-1, 11))
        name = raster("heights.tif", 1000.0 + 2.0 * east - 3.0 * north, west=-1000.0, south=-1000.0)
        columns = three() | {"easting": [0, 4500, 12000], "northing": [0, 3250, 9000]}
        stations = read(gravity=points(**columns), height_raster=name).stations
        np.testing.assert_allclose(stations.height, [1000.0, 1000.0 + 9.0 - 9.75, 1000.0 + 24.0 - 27.0])

    def test_a_raster_in_another_system_is_read_at_the_stations_places(self, read, points, raster):
        """Longitude as height: each station's height is its own longitude."""
        longitudes = np.tile(np.arange(0.0, 181.0, 0.5), (5, 1))
        name = raster("degrees.tif", longitudes, west=0.0, south=-91.0, step=0.5, crs="EPSG:4326")
        east = np.array([100_000.0, 101_000.0])
        expected = pyproj.Transformer.from_crs(3031, 4326, always_xy=True).transform(east, [50_000.0, 52_000.0])[0]
        grid = {"extent": [99_000, 103_000, 49_000, 53_000], "spacing": 1000}
        name_of_points = points(easting=east, northing=[50_000, 52_000], gravity=[1, 2])
        stations = read(gravity=name_of_points, gravity_crs="EPSG:3031", height_raster=name, **grid).stations
        np.testing.assert_allclose(stations.height, expected, rtol=1e-9)

    def test_the_field_goes_before_raster_and_number(self, read, points, raster):
        name = raster("heights.tif", np.full((10, 13), 500.0))
        stations = read(gravity=points(**three(h=[1, 2, 3])), height_field="h", height_raster=name, height=7).stations
        np.testing.assert_array_equal(stations.height, [1, 2, 3])


class TestDensity:
    def test_one_number_for_all_cells(self, read, points):
        survey = read(gravity=points(**three()), height=900, density_contrast=-450)
        np.testing.assert_array_equal(survey.contrast, np.full((10, 13), -450.0))

    def test_a_grid_is_read_at_the_cells_centres(self, read, points, raster):
        east, north = np.meshgrid(np.arange(-2000.0, 16000.0, 2000.0), np.arange(-2000.0, 14000.0, 2000.0))
        name = raster("density.tif", 2000.0 + 0.01 * east + 0.02 * north, west=-2000.0, south=-2000.0, step=2000.0)
        survey = read(gravity=points(**three()), height=900, density_grid=name)
        east, north = survey.relief.grid.centres()
        np.testing.assert_allclose(survey.contrast.ravel(), 2000.0 + 0.01 * east + 0.02 * north)


class TestGravityRaster:
    def test_every_cell_with_a_value_is_a_station_at_its_centre(self, read, raster):
        values = np.arange(12.0).reshape(3, 4)
        values[1, 1] = np.nan
        name = raster("gravity.tif", values, west=2100.0, south=3100.0, step=500.0)
        stations = read(gravity=name, height=900).stations
        assert stations.size == 11
        np.testing.assert_array_equal(stations.gravity, values[np.isfinite(values)])
        assert (stations.easting[0], stations.northing[0]) == (2100.0, 3100.0)
        assert (stations.easting[-1], stations.northing[-1]) == (3600.0, 4100.0)

    def test_its_band_is_chosen(self, engine, read, tmp_path):
        shape = {"height": 3, "width": 4, "count": 2, "dtype": "float64", "driver": "GTiff"}
        where = {"crs": "EPSG:3031", "transform": from_origin(2000.0, 6000.0, 500.0, 500.0)}
        with rasterio.open(tmp_path / "bands.tif", "w", **shape, **where) as file:
            file.write(np.zeros((3, 4)), 1)
            file.write(np.full((3, 4), 8.0), 2)
        np.testing.assert_array_equal(read(gravity="bands.tif", gravity_band=2, height=900).stations.gravity, 8.0)

    def test_without_another_system_the_grid_has_its_own(self, read, raster):
        name = raster("gravity.tif", np.ones((3, 5)), west=2000.0, south=3000.0)
        assert read(gravity=name, height=900, crs=None).relief.grid.crs.to_epsg() == 3031

    def test_in_degrees_it_is_brought_into_the_grids_system(self, read, raster):
        name = raster("degrees.tif", np.ones((2, 2)), west=90.0, south=-71.0, step=0.001, crs="EPSG:4326")
        grid = {"extent": [2_070_000, 2_090_000, -5000, 5000], "spacing": 5000}
        stations = read(gravity=name, height=900, **grid).stations
        expected = pyproj.Transformer.from_crs(4326, 3031, always_xy=True).transform([90.0, 90.001], [-71.0, -71.0])
        np.testing.assert_allclose(stations.easting[:2], expected[0], atol=1e-3)
        np.testing.assert_allclose(stations.northing[:2], expected[1], atol=1e-3)
