"""What a raster's file says of its band beside the values: their unit, and which of them are empty."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
import rioxarray  # noqa: F401  (adds .rio)
import xarray
from rasterio.transform import from_origin

from core.data.rasters import RasterSource, raster_unit, write_raster

from .test_relief_io import SOUTH_FIRST, read, relief_of, write_tif


def test_the_unit_of_each_band_is_read_and_the_given_one_goes_before_it(tmp_path):
    path = write_tif(tmp_path / "two.tif", np.stack([SOUTH_FIRST, SOUTH_FIRST]), from_origin(0.0, 0.0, 50.0, 20.0))
    assert raster_unit(RasterSource(path), "GRAVITY") == ""
    with rasterio.open(path, "r+") as file:
        file.units = ["m", "uGal"]
    assert raster_unit(RasterSource(path), "GRAVITY") == "m"
    assert raster_unit(RasterSource(path, band=2), "GRAVITY") == "uGal"
    assert raster_unit(RasterSource(path, band=2, unit=" ft "), "GRAVITY") == "ft"
    np.testing.assert_array_equal(read(path, band=2).heights, SOUTH_FIRST[::-1])


def test_the_units_attribute_of_a_netcdf_is_its_unit(tmp_path):
    path = tmp_path / "relief.nc"
    write_raster(path, relief_of(SOUTH_FIRST), path)
    with xarray.open_dataset(path, engine="scipy") as data:
        changed = data.load()
    changed["values"].attrs["units"] = "m s-2"
    changed.to_netcdf(path, engine="scipy")
    assert raster_unit(RasterSource(str(path)), "GRAVITY") == "m s-2"


def test_a_code_among_packed_numbers_is_empty(tmp_path):
    packed = np.add.outer(3 * np.arange(9), 5 * np.arange(8) - 10010).astype(
        "int16"
    )  # -9999 among them, where it belongs
    packed[4, 6] = -32768
    path = write_tif(tmp_path / "packed.tif", packed, from_origin(0.0, 0.0, 50.0, 20.0))
    with rasterio.open(path, "r+") as file:
        file.scales = [0.1]
    heights = read(path).heights[::-1]
    assert np.isnan(heights).sum() == 1 and np.isnan(heights[4, 6])
    assert (packed == -9999).any() and heights[packed == -9999] == pytest.approx(-999.9)


def test_both_values_that_a_netcdf_declares_empty_are(tmp_path):
    path = tmp_path / "two.nc"
    write_raster(path, relief_of(SOUTH_FIRST), path)
    with xarray.open_dataset(path, engine="scipy", mask_and_scale=False) as data:
        changed = data.load()
    changed["values"].values[0, 0], changed["values"].values[1, 2] = -123.0, -777.0
    changed["values"].attrs |= {"_FillValue": -123.0, "missing_value": -777.0}
    changed.to_netcdf(path, engine="scipy")
    heights = read(path).heights
    assert np.isnan(heights).sum() == 2
    assert np.isfinite(read(path, use_nodata=False).heights).all()
