"""Voids that were not declared, and files given for one another."""

from __future__ import annotations

import numpy as np

from .case import Case, Right, doubted, refused, silent
from .recipes import KNOWN, every, flat, holed, known, put, raster
from .survey import E, grid_gravity, relief
from .table_units import RASTER

LEFT_OUT = Right(warns=("10", "left out"), verdict=(0, 1), rmse=46.0)


def trench():
    """A start that really passes -9999 m, smoothly."""
    return -9999.0 + 40.0 * (E - E.mean()) / 1000.0


def two_fills():
    values = grid_gravity().copy()
    values[:2] = -9999.0
    values[-2:] = 1e20
    return values


VOIDS = (
    Case("voids", "-9999 in the start", {"starting_relief": "void.tif"}, refused("6", "-9999", "STARTING_RELIEF"), (raster("void.tif", holed(-1500, -9999)),), qgis=True),
    Case("voids", "-32768 in the start", {"starting_relief": "void.tif"}, refused("6", "-32768"), (raster("void.tif", holed(-1500, -32768)),)),
    Case("voids", "9999 in the start", {"starting_relief": "void.tif"}, refused("6", "9999"), (raster("void.tif", holed(-1500, 9999)),)),
    Case("voids", "0 in the declared void of the start", {"starting_relief": "void.tif"}, refused("empty"), (raster("void.tif", holed(-1500, -9999), nodata=-9999),), qgis=True),
    Case("voids", "-9999 in the contrasts", {"density_grid": "contrast.tif"}, refused("24", "-9999", "DENSITY_GRID"), (raster("contrast.tif", holed(400, -9999, slice(14, 18), slice(12, 18))),), qgis=True),
    Case("voids", "-9999 in a limit", {"lower_limit": "limit.tif"}, doubted("LOWER_LIMIT", "-9999", verdict=(0, 1)), (raster("limit.tif", holed(-2500, -9999)),)),
    Case("voids", "-9999 in the true relief", {"true_relief": "void.tif"}, Right(verdict=(0, 1), rmse=46.0), (raster("void.tif", lambda: np.where(holed(0, 1)() == 1, -9999.0, relief())),)),
    Case("voids", "-99999 in gravity", {}, LEFT_OUT, (every(50, -99999.0),), qgis=True),
    Case("voids", "-9999 in gravity", {}, LEFT_OUT, (every(50, -9999.0),)),
    Case("voids", "1e20 in gravity", {}, LEFT_OUT, (every(50, 1e20),)),
    Case("voids", "-9999 in heights", {}, LEFT_OUT, (every(50, -9999.0, "height"),), qgis=True),
    Case("voids", "-9999 in errors", {"error_field": "sigma", "error": None}, LEFT_OUT, (put(sigma=lambda s: np.where(np.arange(500) % 50, 0.1, -9999.0)),)),
    Case("voids", "-9999 in the regional", {"regional_field": "trend"}, LEFT_OUT, (put(trend=lambda s: np.where(np.arange(500) % 50, 0.0, -9999.0)),)),
    Case("voids", "-9999 among known points", KNOWN, Right(verdict=(0, 1), rmse=46.0), (known(lambda z: np.r_[z[:-1], -9999.0]),)),
    Case("voids", "-9999 in a gravity raster", RASTER, Right(warns=("6", "-9999"), verdict=(0, 1), rmse=46.0), (raster("gravity.tif", lambda: np.where(holed(0, 1)() == 1, -9999.0, grid_gravity())),), qgis=True),
    Case("voids", "two fill values in one raster", RASTER, refused("GRAVITY", "80", "1e+20"), (raster("gravity.tif", two_fills, nodata=-9999),)),
    Case("voids", "a trench of -9999 m", {"task": "forwardgravity", "relief": "trench.tif", "stations": "stations.csv", "stations_crs": "EPSG:32633", "height_field": "height", "reference_level": -10000, "predicted": "predicted.csv", **dict.fromkeys(("gravity", "gravity_crs", "starting_relief", "error", "damping", "true_relief", "inverted_relief"))}, silent(None, verdict=()), (raster("trench.tif", trench),)),
    Case("voids", "a mask for the start", {"starting_relief": "mask.tif"}, doubted("STARTING_RELIEF", "mask"), (raster("mask.tif", holed(0, 1, slice(5, 20), slice(5, 30))),), qgis=True),
    Case("voids", "a relief for the free cells", {"free_cells": "true.tif"}, doubted("FREE_CELLS"), (raster("mask.tif", flat(1)),)),
    Case("voids", "one outlier in gravity", {}, doubted("gravity", ("further", "farther")), (every(500, 300.0),)),
    Case("voids", "no value in a column", {}, refused("no usable station"), (put(gravity=lambda s: [""] * 500),)),
    Case("voids", "some empty values", {}, Right(warns=("10", "left out"), verdict=(0,), rmse=46.0), (put(gravity=lambda s: ["" if i % 50 == 0 else v for i, v in enumerate(s["gravity"])]),), qgis=True),
)  # fmt: skip
