"""Rasters that no run can take, and some that look odd and can be taken."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio

from ..data.test_raster_part import sparse
from .refusals import REMOVED, says


@pytest.mark.parametrize("parameter", ["STARTING_RELIEF", "GRAVITY"])
def test_a_relief_and_gravity_have_no_more_cells_than_can_be_computed_with(refused, tmp_path, parameter):
    sparse(tmp_path / "great.tif", 5000, 5000, crs="EPSG:3031", place=(0.0, 5000.0, 1.0))
    heights = {} if parameter == "STARTING_RELIEF" else {"height_field": REMOVED, "height": 1000}
    error = refused(**{parameter.lower(): "great.tif"}, **heights)
    says(error, parameter, "5000 x 5000 cells", "at most 2e+07 are possible", "Clip raster by extent")


@pytest.mark.parametrize("parameter", ["STARTING_RELIEF", "FREE_CELLS", "HEIGHT_RASTER"])
def test_complex_numbers_are_refused(refused, tmp_path, parameter):
    sparse(tmp_path / "complex.tif", 13, 10, "complex64", "EPSG:3031", (-500.0, 9500.0, 1000.0))
    heights = {"height_field": REMOVED} if parameter == "HEIGHT_RASTER" else {}
    says(refused(**{parameter.lower(): "complex.tif"}, **heights), parameter, "holds complex numbers", "real numbers")


def test_bytes_are_heights_like_others(engine, survey, tmp_path):
    path = sparse(tmp_path / "bytes.tif", 13, 10, "uint8", "EPSG:3031", (-500.0, 9500.0, 1000.0))
    with rasterio.open(path, "r+") as file:
        file.write(np.full((10, 13), 200, dtype="uint8"), 1)
        file.write_colormap(1, {200: (10, 20, 30, 255)})
    run = engine(task="gravitymisfit", **survey, starting_relief="bytes.tif", regional=0)
    assert run.code == 0, run.events[-1]
