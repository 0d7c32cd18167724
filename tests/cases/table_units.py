"""Units: gravity, contrasts and heights that are right numbers of another unit."""

from __future__ import annotations

import numpy as np

from .case import Case, doubted, refused, silent
from .recipes import KNOWN, every, flat, known, put, raster
from .survey import grid_gravity, relief

CONTRAST = ("g/cm", "contrast")
RASTER = {"gravity": "gravity.tif", "gravity_crs": None, "height_field": None, "height": 300}


def absolute(stations):
    latitude = np.radians(49.65 + (stations["northing"] - 5_500_000) / 111_200)
    return 978_032.7 * (1 + 0.0053024 * np.sin(latitude) ** 2) + stations["gravity"] - 0.3086 * 300


UNITS = (
    Case("units", "the survey itself", {"report": "report.html"}, silent(), qgis=True),
    Case("units", "gravity as a raster", RASTER, silent(), (raster("gravity.tif", grid_gravity),), qgis=True),
    Case("units", "contrast in g/cm3", {"density_contrast": 0.4}, doubted(*CONTRAST), qgis=True),
    Case("units", "contrast in g/cm3 of lows", {"density_contrast": 0.4}, doubted(*CONTRAST), (put(gravity=lambda s: -abs(s["gravity"])),)),
    Case("units", "grid of contrasts in g/cm3", {"density_grid": "contrast.tif"}, doubted("g/cm", "DENSITY_GRID"), (raster("contrast.tif", flat(0.4)),), qgis=True),
    Case("units", "exponential law in g/cm3", {"density_law": "exponential:0.4,5000", "max_iterations": 1}, doubted("g/cm", "DENSITY_LAW")),
    Case("units", "hyperbolic law in g/cm3", {"density_law": "hyperbolic:0.4,8000", "max_iterations": 1}, doubted("g/cm", "DENSITY_LAW")),
    Case("units", "contrast in g/cm3 of a strict run", {"density_contrast": 0.4, "strict": True}, refused("g/cm", "STRICT")),
    Case("units", "microgal survey with a small contrast", {"density_contrast": 4, "error": 0.001}, silent(), (put(gravity=lambda s: s["gravity"] / 100),)),
    Case("units", "absolute gravity", {"regional": 1}, refused("normal gravity", "GRAVITY"), (put(gravity=absolute),), qgis=True),
    Case("units", "absolute gravity of a raster", RASTER, refused("normal gravity"), (raster("gravity.tif", lambda: grid_gravity() + 981_000),)),
    Case("units", "gravity in m/s2", {"error": None}, doubted(("m/s", "mGal")), (put(gravity=lambda s: s["gravity"] * 1e-5),), qgis=True),
    Case("units", "raster in m/s2 by its unit", RASTER, silent(log=(("m/s", "mGal"),)), (raster("gravity.tif", lambda: grid_gravity() * 1e-5, unit="m/s2"),), qgis=True),
    Case("units", "raster in uGal by its unit", RASTER, silent(log=("mGal",)), (raster("gravity.tif", lambda: grid_gravity() * 1e3, unit="uGal"),), qgis=True),
    Case("units", "raster in mGal by its unit", RASTER, silent(), (raster("gravity.tif", grid_gravity, unit="mGal"),)),
    Case("units", "raster of temperatures by its unit", RASTER, refused("unit"), (raster("gravity.tif", grid_gravity, unit="K"),)),
    Case("units", "gravity that is a coordinate", {"gravity_field": "easting"}, refused("GRAVITY_FIELD"), qgis=True),
    Case("units", "gravity that is the height", {"gravity_field": "height"}, refused("GRAVITY_FIELD"), (put(height=lambda s: 300 + s["gravity"] * 7),)),
    Case("units", "gravity that is the same everywhere", {}, doubted("gravity"), (put(gravity=lambda s: 0 * s["gravity"] + 3.5),)),
    Case("units", "start in feet by its system", {"starting_relief": "feet.tif"}, silent(log=(("feet", "foot", "in ft"),)), (raster("feet.tif", flat(-1500 / 0.3048006096), crs="EPSG:32633+6360", unit="US survey foot"),), qgis=True),
    Case("units", "start in feet by its unit", {"starting_relief": "feet.tif"}, silent(log=(("feet", "foot", "in ft"),)), (raster("feet.tif", flat(-1500 / 0.3048), unit="ft"),), qgis=True),
    Case("units", "start in km by its unit", {"starting_relief": "km.tif"}, silent(log=("km",)), (raster("km.tif", flat(-1.5), unit="km"),)),
    Case("units", "true relief in feet by its unit", {"true_relief": "feet.tif"}, silent(log=(("feet", "foot", "in ft"),)), (raster("feet.tif", lambda: relief() / 0.3048, unit="ft"),)),
    Case("units", "limit in feet by its unit", {"lower_limit": "feet.tif"}, silent(log=(("feet", "foot", "in ft"),)), (raster("feet.tif", flat(-2500 / 0.3048), unit="ft"),)),
    Case("units", "station heights by a raster in feet", {"height_field": None, "height_raster": "feet.tif"}, silent(log=(("feet", "foot", "in ft"),)), (raster("feet.tif", flat(300 / 0.3048), unit="ft"),)),
    Case("units", "known points in km", KNOWN, refused("KNOWN_FIELD", ("km", "1000")), (known(lambda z: z / 1000),), qgis=True),
    Case("units", "known points in km, positive down", KNOWN, refused("KNOWN_FIELD"), (known(lambda z: -z / 1000),)),
    Case("units", "heights that no place has", {}, refused("50", "height"), (every(10, 2_100_000.0, "height"),), qgis=True),
    Case("units", "heights of a tenth that no ground has", {}, doubted("50", "height"), (every(10, 30_000.0, "height"),)),
    Case("units", "one height in feet", {}, doubted("height"), (every(500, 9_000.0, "height"),)),
    Case("units", "errors in microgal", {"error_field": "sigma", "error": None}, doubted("ERROR"), (put(sigma=lambda s: 0 * s["height"] + 100.0),)),
)  # fmt: skip
