"""Places: projections, extents, grids that are told otherwise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyproj
import rasterio
import xarray as xr
from rasterio.transform import from_origin

from .case import Case, Right, doubted, refused, silent
from .recipes import flat, put, raster, transformed
from .survey import CRS, EASTING, NORTHING, grid_gravity, relief, write_raster

FLAT = {"starting_relief": None, "true_relief": None}
GRID = {**FLAT, "extent": [EASTING[0], EASTING[-1], NORTHING[0], NORTHING[-1]], "spacing": 1000, "crs": CRS}


def web_mercator(latitude):
    """The survey laid at a latitude, in Web Mercator."""

    def recipe(folder, stations, job):
        local = f"+proj=laea +lat_0={latitude} +lon_0=20 +datum=WGS84 +units=m"
        change = pyproj.Transformer.from_crs(local, "EPSG:3857", always_xy=True)
        x, y = change.transform(stations["easting"] - 420_000, stations["northing"] - 5_515_000)
        (cx, cy), scale = change.transform(0, 0), 1 / np.cos(np.radians(latitude))
        stations.put(easting=x, northing=y)
        extent = [cx - 20_000 * scale, cx + 20_000 * scale, cy - 15_000 * scale, cy + 15_000 * scale]
        job.update(gravity_crs="EPSG:3857", crs="EPSG:3857", extent=extent, spacing=1000 * scale)

    return recipe


def laid_at(crs, x, y):
    """The survey with its south-west corner at a place of another system."""

    def recipe(folder, stations, job):
        shift = x - EASTING[0], y - NORTHING[0]
        stations.put(easting=stations["easting"] + shift[0], northing=stations["northing"] + shift[1])
        extent = [EASTING[0] + shift[0], EASTING[-1] + shift[0], NORTHING[0] + shift[1], NORTHING[-1] + shift[1]]
        job.update(gravity_crs=crs, crs=crs, extent=extent, spacing=1000)

    return recipe


def netcdf(name, values, units="m", descending=False, swapped=False, placed=True, stretched=False):
    """A NetCDF grid with axes as programs write them."""

    def recipe(folder: Path, stations, job):
        factor = 1000.0 if units == "km" else 1.0
        x, y, z = EASTING / factor, NORTHING / factor, values()
        if stretched:
            x = x + np.linspace(0, 15, x.size) ** 2 * 10.0
        if descending:
            y, z = y[::-1], z[::-1]
        attributes = {"units": units} if placed else {}
        axes = {
            a: (a, v, {**attributes, **({"standard_name": f"projection_{a}_coordinate"} if placed else {})})
            for a, v in (("x", x), ("y", y))
        }
        data = xr.Dataset({"z": (("x", "y"), z.T) if swapped else (("y", "x"), z)}, coords=axes)
        if placed:
            data["crs"] = ((), 0, pyproj.CRS(CRS).to_cf())
            data.z.attrs["grid_mapping"] = "crs"
        data.to_netcdf(folder / name, engine="scipy")

    return recipe


def written_otherwise(name, **settings):
    """A start that is written in an unusual way."""

    def recipe(folder, stations, job):
        place = {"crs": CRS, "transform": from_origin(EASTING[0] - 500, NORTHING[-1] + 500, 1000, 1000)}
        shape = {"height": 30, "width": 40, "count": 1, "dtype": "float64", **place, **settings}
        with rasterio.open(folder / name, "w", driver="GTiff", **shape) as file:
            if shape["height"] == 30:
                file.write(np.full((shape["count"], 30, 40), -1500).astype(shape["dtype"]))

    return recipe


def edges(folder, stations, job):
    """A raster whose outer edges are given as the extent."""
    write_raster(folder / "edges.tif", 0.0 * relief())
    job["extent"] = "edges.tif"


def between(folder, stations, job):
    """The survey across the antimeridian in a Mercator of the Pacific; its stations in degrees from -180 to 180."""
    crs = "EPSG:32760"
    change = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    x, y = change.transform(stations["easting"] - EASTING[0] + 760_000, stations["northing"] - NORTHING[0] + 6_000_000)
    stations.columns["longitude"], stations.columns["latitude"] = x, y
    del stations.columns["easting"], stations.columns["northing"]
    extent = [760_000, 799_000, 6_000_000, 6_029_000]
    job.update(gravity_crs="EPSG:4326", crs=crs, extent=extent, spacing=1000)


def from_0_to_360(folder, stations, job):
    """Stations at longitudes from 0 to 360."""
    crs = "EPSG:32610"
    change = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    x, y = change.transform(stations["easting"], stations["northing"])
    stations.columns["longitude"], stations.columns["latitude"] = np.asarray(x) % 360.0, y
    del stations.columns["easting"], stations.columns["northing"]
    job.update(gravity_crs="EPSG:4326", crs=crs)


ALIGNED = Right(log=("EXTENT", "edge"), verdict=(0,))
FOUND = Right(verdict=(0,))

PLACES = (
    Case("places", "Web Mercator at 70 degrees", FLAT, doubted("2.9", "UTM"), (web_mercator(70),), qgis=True),
    Case("places", "Web Mercator at 30 degrees", FLAT, doubted("UTM"), (web_mercator(30),)),
    Case("places", "Web Mercator on the equator", FLAT, FOUND, (web_mercator(0.0),)),
    Case("places", "plate carree at 60 degrees", FLAT, Right(exits=2, error=("UTM",)), (laid_at("EPSG:32662", 2_000_000, 6_700_000),)),
    Case("places", "UTM of a zone far away", FLAT, doubted("UTM"), (laid_at("EPSG:32633", 3_500_000, 5_500_000),)),
    Case("places", "UTM", FLAT, FOUND, (laid_at("EPSG:32633", 300_000, 5_500_000),), qgis=True),
    Case("places", "polar stereographic, south", FLAT, FOUND, (laid_at("EPSG:3031", -1_500_000, -600_000),)),
    Case("places", "polar stereographic, north", FLAT, FOUND, (laid_at("EPSG:3413", 300_000, -2_500_000),)),
    Case("places", "Europe's equal areas", FLAT, FOUND, (laid_at("EPSG:3035", 4_300_000, 3_200_000),)),
    Case("places", "the United States' equal areas", FLAT, FOUND, (laid_at("EPSG:5070", -2_000_000, 1_800_000),)),
    Case("places", "Australia's equal areas", FLAT, FOUND, (laid_at("EPSG:3577", 1_500_000, -3_500_000),)),
    Case("places", "a grid in degrees", {**FLAT, "extent": [14, 15, 49, 50], "spacing": 0.1, "crs": "EPSG:4326"}, refused("degrees", "UTM"), qgis=True),
    Case("places", "a system in feet", {**GRID, "crs": "EPSG:2225"}, Right(exits=2, error=(("feet", "foot", "metre"),))),
    Case("places", "a grid as wide as a continent", {**GRID, "extent": [-200_000, 1_000_000, 5_400_000, 5_600_000], "spacing": 20_000}, doubted(("curv", "round"))),
    Case("places", "no system at all", {**GRID, "gravity_crs": None, "crs": None}, refused("CRS")),
    Case("places", "a local grid in metres", {**GRID, "gravity_crs": None, "crs": None, "local_grid": True}, FOUND),
    Case("places", "a local grid's own rasters", {"gravity_crs": None, "local_grid": True, "starting_relief": "local.tif", "true_relief": None}, FOUND, (raster("local.tif", flat(-1500), crs=None),), qgis=True),
    Case("places", "an extent by a raster's name", {**FLAT, "spacing": 1000, "crs": CRS}, ALIGNED, (edges,), qgis=True),
    Case("places", "an extent that equals a raster's edges", {**GRID, "extent": [EASTING[0] - 500, EASTING[-1] + 500, NORTHING[0] - 500, NORTHING[-1] + 500], "gravity": "gravity.tif", "gravity_crs": None, "height_field": None, "height": 300}, ALIGNED, (raster("gravity.tif", grid_gravity),)),
    Case("places", "an extent of centres", GRID, FOUND, qgis=True),
    Case("places", "an extent in another order", {**GRID, "extent": [EASTING[0], NORTHING[0], EASTING[-1], NORTHING[-1]]}, Right(exits=2, error=("EXTENT",))),
    Case("places", "an extent that is empty", {**GRID, "extent": [0, 0, 0, 0]}, refused("EXTENT")),
    Case("places", "a spacing that makes too many cells", {**GRID, "spacing": 0.1}, refused("SPACING", "cells"), qgis=True),
    Case("places", "axes in km", {"starting_relief": "start.nc", "true_relief": None}, Right(log=("km",), verdict=(0,)), (netcdf("start.nc", flat(-1500), "km"),), qgis=True),
    Case("places", "axes that descend", {"starting_relief": "start.nc"}, silent(), (netcdf("start.nc", flat(-1500), descending=True),)),
    Case("places", "axes in the other order", {"starting_relief": "start.nc"}, silent(), (netcdf("start.nc", flat(-1500), swapped=True),)),
    Case("places", "axes that are not even", {"starting_relief": "start.nc"}, refused(("even", "differ in size", "uneven")), (netcdf("start.nc", flat(-1500), stretched=True),)),
    Case("places", "axes without attributes", {"starting_relief": {"path": "start.nc", "crs": CRS}}, silent(), (netcdf("start.nc", flat(-1500), placed=False),)),
    Case("places", "stations across the antimeridian", FLAT, FOUND, (between,)),
    Case("places", "longitudes from 0 to 360", {**GRID, "crs": None}, FOUND, (from_0_to_360,)),
    Case("places", "stations in another system", {}, silent(), (transformed("EPSG:25832", gravity_crs="EPSG:25832"),), qgis=True),
    Case("places", "stations in degrees", {}, silent(), (transformed("EPSG:4326", gravity_crs="EPSG:4326"),), qgis=True),
    Case("places", "stations elsewhere", {}, refused("do not overlap"), (put(easting=lambda s: s["easting"] + 1e6),), qgis=True),
    Case("places", "eastings and northings exchanged", {}, refused("do not overlap"), (put(easting=lambda s: s["northing"], northing=lambda s: s["easting"].copy()),)),
    Case("places", "a start of complex numbers", {"starting_relief": "odd.tif"}, refused("complex"), (written_otherwise("odd.tif", dtype="complex64"),)),
    Case("places", "a start of whole numbers", {"starting_relief": "odd.tif"}, silent(), (written_otherwise("odd.tif", dtype="int16"),)),
    Case("places", "a start of a million million cells", {"starting_relief": "odd.tif"}, refused("cells"), (written_otherwise("odd.tif", height=1_000_000, width=1_000_000, tiled=True, sparse_ok=True, dtype="uint8", BIGTIFF="YES", blockxsize=4096, blockysize=4096),)),
    Case("places", "a start of one row", {"starting_relief": "odd.tif"}, refused("at least 2 x 2"), (written_otherwise("odd.tif", height=1),)),
    Case("places", "a rotated start", {"starting_relief": "odd.tif"}, refused("rotated"), (written_otherwise("odd.tif", transform=from_origin(0, 0, 1000, 1000) @ rasterio.Affine.rotation(20)),), qgis=True),
    Case("places", "a start in degrees", {"starting_relief": "odd.tif"}, refused("degrees"), (raster("odd.tif", flat(-1500), crs="EPSG:4326", place=(14.0, 50.0, 0.01, 0.01)),), qgis=True),
)  # fmt: skip
