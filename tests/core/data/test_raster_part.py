"""Great rasters: only the part around the relief is read; what can't be held or computed with is refused before."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from core.data.crs import parse_crs
from core.data.raster_part import MOST_WHOLE
from core.data.rasters import RasterSource, raster_grid, read_raster
from core.errors import InputError

UTM = parse_crs("EPSG:32633", "CRS")
SIDE = 200_000


def sparse(path, width=SIDE, height=SIDE, dtype="float32", crs="EPSG:32633", place=(400_000.0, 7_500_000.0, 10.0)):
    """A raster without a value of its own, but for a few tiles."""
    west, north, step = place
    shape = {"width": width, "height": height, "count": 1, "dtype": dtype, "driver": "GTiff"}
    tiles = {"tiled": True, "blockxsize": 512, "blockysize": 512, "SPARSE_OK": "TRUE", "BIGTIFF": "YES"}
    with rasterio.open(path, "w", crs=crs, transform=from_origin(west, north, step, step), **shape, **tiles):
        pass
    return str(path)


def test_around_some_places_a_great_raster_is_read_and_its_values_are_in_their_places(tmp_path):
    path = sparse(tmp_path / "great.tif")
    column, row = 5000, 190_000
    with rasterio.open(path, "r+") as file:
        file.write(np.arange(12.0, dtype="float32").reshape(3, 4), 1, window=((row, row + 3), (column, column + 4)))
    places = (400_005.0 + 10.0 * np.arange(column, column + 4), np.full(4, 7_499_995.0 - 10.0 * (row + 1)), UTM)
    relief = read_raster(RasterSource(path), "HEIGHT_RASTER", places)
    assert relief.heights.size < 1000
    np.testing.assert_allclose(relief.sample(places[0], places[1]), [4.0, 5.0, 6.0, 7.0])
    assert raster_grid(RasterSource(path), "HEIGHT_RASTER").shape == (SIDE, SIDE)


def test_a_small_raster_is_read_whole(tmp_path):
    path = sparse(tmp_path / "small.tif", 40, 30)
    assert read_raster(RasterSource(path), "HEIGHT_RASTER", (np.zeros(1), np.zeros(1), UTM)).heights.shape == (30, 40)
    assert MOST_WHOLE > 1200


def test_places_in_another_system_and_beyond_the_antimeridian(tmp_path):
    path = sparse(tmp_path / "globe.tif", 36_000, 18_000, "int16", "EPSG:4326", (0.0, 90.0, 0.01))
    degrees = parse_crs("EPSG:4326", "CRS")
    relief = read_raster(
        RasterSource(path), "HEIGHT_RASTER", (np.array([-170.5, -170.0]), np.array([10.0, 10.2]), degrees)
    )
    assert 189.4 < relief.easting[0] < 189.5 and 190.0 < relief.easting[-1] < 190.1
    assert 9.9 < relief.northing[0] < 10.0 and 10.2 < relief.northing[-1] < 10.3


@pytest.mark.parametrize(("width", "height"), [(SIDE, SIDE), (30_000_000, 3)])
def test_a_raster_that_can_not_be_held_is_refused_before_it_is_read(tmp_path, width, height):
    path = sparse(tmp_path / "great.tif", width, height)
    with pytest.raises(InputError, match=rf"{width} x {height} cells, and at most 1e\+08 are possible. Cut it"):
        read_raster(RasterSource(path), "HEIGHT_RASTER")
