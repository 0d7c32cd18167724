"""Rasters read and written: what is in the file is what the engine computes with, cell by cell, whichever way it lies."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
import rioxarray  # noqa: F401  (adds .rio)
import xarray
from rasterio.transform import Affine, from_origin

from core.data.crs import parse_crs, utm_zone
from core.data.rasters import RASTER_DRIVERS, RasterSource, read_raster, write_raster
from core.data.relief import Grid, Relief
from core.errors import InputError

POLAR = parse_crs("EPSG:3031", "CRS")
SOUTH_FIRST = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])  # row 0 the southernmost


def relief_of(values, west=-1200.0, south=4000.0, dx=500.0, dy=250.0, crs=POLAR):
    ny, nx = values.shape
    return Relief(Grid(west + dx * np.arange(nx), south + dy * np.arange(ny), crs), values)


def write_tif(path, bands, transform, crs="EPSG:3031", **options):
    """Write arrays as they lie in a file: row 0 first."""
    bands = np.atleast_3d(np.asarray(bands)) if np.ndim(bands) == 2 else np.moveaxis(np.asarray(bands), 0, 2)
    height, width, count = bands.shape
    profile = {"driver": "GTiff", "height": height, "width": width, "count": count, "dtype": bands.dtype, **options}
    with rasterio.open(path, "w", crs=crs, transform=transform, **profile) as file:
        for band in range(count):
            file.write(bands[..., band], band + 1)
    return str(path)


def read(path, **settings):
    return read_raster(RasterSource(str(path), **settings), "STARTING_RELIEF")


@pytest.mark.parametrize("suffix", RASTER_DRIVERS)
def test_what_is_written_is_read_again_and_nothing_lies_beside_it(tmp_path, suffix):
    values = np.random.default_rng(0).normal(0.0, 1e3, (4, 5))
    values[1, 2] = np.nan
    relief = relief_of(values)
    path = tmp_path / f"relief{suffix}"
    write_raster(path, relief, path)
    again = read(path)
    np.testing.assert_array_equal(again.heights, values)
    assert again.grid.same_as(relief.grid)
    assert again.grid.crs.to_epsg() == 3031
    assert list(tmp_path.iterdir()) == [path]
    with rasterio.open(path) as file:
        assert np.isnan(file.nodata)


def test_the_first_row_is_the_southernmost_and_places_are_cell_centres(tmp_path):
    path = write_tif(tmp_path / "up.tif", SOUTH_FIRST[::-1], from_origin(100.0, 900.0, 50.0, 20.0))
    relief = read(path)
    np.testing.assert_array_equal(relief.heights, SOUTH_FIRST)
    np.testing.assert_allclose(relief.easting, [125.0, 175.0, 225.0])
    np.testing.assert_allclose(relief.northing, [870.0, 890.0])


def test_a_file_that_lies_south_up_gives_the_same(tmp_path):
    up = read(write_tif(tmp_path / "up.tif", SOUTH_FIRST[::-1], from_origin(100.0, 900.0, 50.0, 20.0)))
    south_up = Affine(50.0, 0.0, 100.0, 0.0, 20.0, 860.0)
    down = read(write_tif(tmp_path / "down.tif", SOUTH_FIRST, south_up))
    np.testing.assert_array_equal(down.heights, up.heights)
    assert down.grid.same_as(up.grid)


def test_a_netcdf_of_the_wider_world_is_read(tmp_path):
    array = xarray.DataArray(
        SOUTH_FIRST,
        dims=("y", "x"),
        coords={"y": [10.0, 20.0], "x": [0.0, 10.0, 20.0]},
        attrs={"grid_mapping": "spatial_ref", "_FillValue": -1.0},
        name="bed",
    )
    array["y"].attrs = {"standard_name": "projection_y_coordinate", "units": "m"}
    array["x"].attrs = {"standard_name": "projection_x_coordinate", "units": "m"}
    mapping = xarray.DataArray(0, attrs={"crs_wkt": POLAR.to_wkt(), "spatial_ref": POLAR.to_wkt()})
    xarray.Dataset({"bed": array, "spatial_ref": mapping}).to_netcdf(tmp_path / "bed.nc", engine="scipy")
    relief = read(tmp_path / "bed.nc")
    np.testing.assert_array_equal(relief.heights, SOUTH_FIRST)
    np.testing.assert_allclose(relief.northing, [10.0, 20.0])


def test_a_netcdf_of_several_variables_asks_for_one(tmp_path):
    places = {"y": [10.0, 0.0], "x": [0.0, 10.0, 20.0]}
    bed = xarray.DataArray(SOUTH_FIRST, dims=("y", "x"), coords=places)
    xarray.Dataset({"bed": bed, "ice": bed + 100.0}).to_netcdf(tmp_path / "two.nc", engine="scipy")
    with pytest.raises(InputError, match=r"several variables.*NETCDF:.*variable"):
        read(tmp_path / "two.nc")


@pytest.mark.parametrize("dtype", ["int16", "uint8", "float32"])
def test_the_files_own_nodata_is_empty_whatever_its_type(tmp_path, dtype):
    values = np.array([[1, 2], [3, 0]], dtype=dtype)
    path = write_tif(tmp_path / "nodata.tif", values, from_origin(0, 20, 10, 10), nodata=0)
    np.testing.assert_array_equal(read(path).heights, [[3.0, np.nan], [1.0, 2.0]])
    np.testing.assert_array_equal(read(path, use_nodata=False).heights, [[3.0, 0.0], [1.0, 2.0]])


def test_the_users_own_ranges_are_empty_with_both_ends(tmp_path):
    values = np.array([[-9999.0, 1.0, 2.0], [3.0, 4.0, 5.0]])
    path = write_tif(tmp_path / "ranges.tif", values, from_origin(0, 20, 10, 10))
    ranges = ((-9999.0, -9999.0), (2.0, 3.0))
    np.testing.assert_array_equal(read(path, nodata=ranges).heights, [[np.nan, 4.0, 5.0], [np.nan, 1.0, np.nan]])


def packed_tif(path):
    """Two bands of whole numbers, the first in tenths above 100, the second in halves; -9999 is empty."""
    values = np.array([[1, -9999, 3], [4, 5, 6]], dtype="int16")
    write_tif(path, [values, values], from_origin(0, 20, 10, 10), nodata=-9999)
    with rasterio.open(path, "r+") as file:
        file.scales, file.offsets = (0.1, 0.5), (100.0, 0.0)
    return path


@pytest.mark.filterwarnings("ignore:.*differ across bands")
def test_packed_values_are_unpacked_band_by_band_and_the_files_nodata_is_of_the_packed(tmp_path):
    path = packed_tif(tmp_path / "packed.tif")
    np.testing.assert_allclose(read(path).heights, [[100.4, 100.5, 100.6], [100.1, np.nan, 100.3]], rtol=1e-12)
    np.testing.assert_allclose(read(path, band=2).heights, [[2.0, 2.5, 3.0], [0.5, np.nan, 1.5]], rtol=1e-12)


@pytest.mark.filterwarnings("ignore:.*differ across bands")
def test_the_users_ranges_are_of_the_unpacked_values(tmp_path):
    path = packed_tif(tmp_path / "packed.tif")
    heights = read(path, nodata=((100.45, 100.55), (3.0, 3.0))).heights
    np.testing.assert_array_equal(np.isnan(heights), [[False, True, False], [False, True, False]])


def test_a_packed_netcdf_is_unpacked(tmp_path):
    places = {"y": [10.0, 0.0], "x": [0.0, 10.0, 20.0]}
    heights = np.array([[1.5, np.nan, -320.25], [0.0, 12.75, 8.0]])
    bed = xarray.DataArray(heights, dims=("y", "x"), coords=places, name="bed")
    bed = bed.rio.write_crs("EPSG:3031").rio.write_coordinate_system()
    bed.encoding |= {"dtype": "int16", "scale_factor": 0.25, "add_offset": -100.0, "_FillValue": -9999}
    bed.to_netcdf(tmp_path / "bed.nc", engine="scipy")
    np.testing.assert_array_equal(read(tmp_path / "bed.nc").heights, heights[::-1])


def test_infinite_values_are_empty(tmp_path):
    path = write_tif(tmp_path / "inf.tif", np.array([[np.inf, 1.0], [-np.inf, 2.0]]), from_origin(0, 20, 10, 10))
    np.testing.assert_array_equal(read(path).heights, [[np.nan, 2.0], [np.nan, 1.0]])


def test_each_band_is_its_own(tmp_path):
    path = write_tif(tmp_path / "bands.tif", [SOUTH_FIRST, 10 * SOUTH_FIRST], from_origin(0, 20, 10, 10))
    np.testing.assert_array_equal(read(path, band=2).heights, 10 * read(path).heights)
    with pytest.raises(InputError, match=r"2 band.*band 3.*from 1 to 2"):
        read(path, band=3)


def test_a_rotated_raster_is_refused(tmp_path):
    path = write_tif(tmp_path / "rotated.tif", SOUTH_FIRST, Affine.rotation(10.0) * from_origin(0, 20, 10, 10))
    with pytest.raises(InputError, match=r"rotated\. Warp it to a north-up grid"):
        read(path)


def test_a_raster_of_one_row_is_refused(tmp_path):
    path = write_tif(tmp_path / "row.tif", SOUTH_FIRST[:1], from_origin(0, 20, 10, 10))
    with pytest.raises(InputError, match="3 x 1 cells; at least 2 x 2"):
        read(path)


def test_a_crs_given_beside_the_file_goes_before_its_own(tmp_path):
    path = write_tif(tmp_path / "wrong.tif", SOUTH_FIRST, from_origin(0, 20, 10, 10), crs="EPSG:32633")
    assert read(path, crs="EPSG:3031").grid.crs.to_epsg() == 3031


@pytest.mark.parametrize(
    ("longitude", "latitude", "zone"),
    [
        (15.0, 50.0, "EPSG:32633 (UTM zone 33N)"),
        (-70.1, -33.0, "EPSG:32719 (UTM zone 19S)"),
        (-180.0, 10.0, "EPSG:32601 (UTM zone 1N)"),
        (179.9, -10.0, "EPSG:32760 (UTM zone 60S)"),
        (0.0, 86.0, "EPSG:3413 (polar stereographic north)"),
        (-100.0, -85.0, "EPSG:3031 (Antarctic polar stereographic)"),
    ],
)
def test_the_zone_that_fits(longitude, latitude, zone):
    assert utm_zone(longitude, latitude) == zone


def test_sampling_is_bilinear_takes_the_border_outwards_for_half_a_cell_and_ends_there():
    relief = relief_of(SOUTH_FIRST, west=0.0, south=0.0, dx=10.0, dy=20.0)
    at = relief.sample(np.array([0.0, 5.0, 10.0, -4.9, -5.1, 24.0]), np.array([0.0, 10.0, 20.0, -9.0, 0.0, 29.0]))
    np.testing.assert_allclose(at, [1.0, 3.0, 5.0, 1.0, np.nan, 6.0])
    nearest = relief.sample(np.array([4.0, 6.0]), np.array([0.0, 11.0]), nearest=True)
    np.testing.assert_array_equal(nearest, [1.0, 5.0])


def test_a_cell_beside_an_empty_one_keeps_its_value_at_its_centre():
    values = np.array([[1.0, 2.0, np.nan], [3.0, 4.0, np.nan], [np.nan, 6.0, np.nan]])
    relief = relief_of(values, west=0.0, south=0.0, dx=10.0, dy=20.0)
    np.testing.assert_array_equal(relief.sample(*(axis.reshape(3, 3) for axis in relief.grid.centres())), values)
    at = relief.sample(np.array([10.0 + 1e-9, 10.0, 10.0, 9.0]), np.array([20.0 - 1e-9, 30.0, 50.0, 30.0]))
    np.testing.assert_allclose(at, [4.0, 5.0, 6.0, np.nan], atol=1e-8)


def test_on_a_larger_grid_every_cell_is_kept_beside_a_hole():
    values = np.arange(20.0).reshape(4, 5)
    values[1, 2] = values[3, 0] = np.nan
    relief = relief_of(values)
    grid = Grid(relief.easting[0] + 500.0 * np.arange(-2, 8), relief.northing[0] + 250.0 * np.arange(-1, 6), POLAR)
    on = relief.on(grid)
    np.testing.assert_array_equal(on[1:5, 2:7], values)
    assert np.isnan(on[0]).all() and np.isnan(on[:, :2]).all() and np.isnan(on[5:]).all()


def test_a_relief_on_another_systems_grid_keeps_its_places():
    """A plane in UTM, seen on a polar grid, has the plane's value where each polar node lies in UTM."""
    import pyproj

    utm = parse_crs("EPSG:32701", "CRS")
    centre = pyproj.Transformer.from_crs(3031, 32701, always_xy=True).transform(-50_000.0, -1_900_000.0)
    axis = 2000.0 * np.arange(-20, 21)
    east, north = np.meshgrid(axis, axis)
    plane = Relief(Grid(centre[0] + axis, centre[1] + axis, utm), 0.01 * east - 0.02 * north + 7.0)
    grid = Grid(-50_000.0 + 1000.0 * np.arange(4), -1_900_000.0 + 1000.0 * np.arange(3), POLAR)
    back = pyproj.Transformer.from_crs(3031, 32701, always_xy=True).transform(*grid.centres())
    expected = 0.01 * (back[0] - centre[0]) - 0.02 * (back[1] - centre[1]) + 7.0
    np.testing.assert_allclose(plane.on(grid).ravel(), expected, atol=1e-6)


@pytest.mark.parametrize(
    ("extent", "spacing", "shape"),
    [((0, 40000, 0, 30000), 1000, (31, 41)), ((0, 1049, -20, 0), 100, None), ((0, 1049, -120, 0), 100, (2, 11))],
)
def test_the_extent_names_the_outermost_centres(extent, spacing, shape):
    if shape is None:
        with pytest.raises(InputError, match="at least"):
            Grid.from_extent(extent, spacing, POLAR)
        return
    grid = Grid.from_extent(extent, spacing, POLAR)
    assert grid.shape == shape
    assert (grid.easting[0], grid.northing[0]) == (extent[0], extent[2])
    assert (grid.west, grid.south) == (extent[0] - spacing / 2, extent[2] - spacing / 2)


@pytest.mark.parametrize("uneven", ["x", "y"])
def test_a_netcdf_whose_coordinates_are_uneven_is_refused(tmp_path, uneven):
    """GDAL gives such a grid cells of one metre from the origin on."""
    sides = {"x": 1000.0 * np.arange(6), "y": 1000.0 * np.arange(5)}
    sides[uneven][3] += 500.0
    array = xarray.DataArray(np.ones((5, 6)), dims=("y", "x"), coords=sides, name="bed").rio.write_crs(3031)
    array.rio.write_coordinate_system().to_netcdf(tmp_path / "uneven.nc", engine="scipy")
    told = rf"uneven.nc differ in size: along {uneven} most steps are 1000.*, and the one from 2000 to 3500 is 1500. Warp it"
    with pytest.raises(InputError, match=told):
        read(tmp_path / "uneven.nc")


@pytest.mark.filterwarnings("ignore:Dataset has no geotransform")
def test_a_raster_without_a_place_is_refused(tmp_path):
    path = write_tif(tmp_path / "nowhere.tif", SOUTH_FIRST, None)
    with pytest.raises(InputError, match="tells no place"):
        read(path)
