"""Results that can't be, runs that did nothing, and the plain basin."""

from __future__ import annotations

import numpy as np

from .case import Case, Right, doubted, refused
from .recipes import put, raster
from .survey import EASTING, NORTHING, E, N, basin, basin_gravity

BASIN = {
    "starting_relief": None,
    "extent": [EASTING[0], EASTING[-1], NORTHING[0], NORTHING[-1]],
    "spacing": 1000,
    "crs": "EPSG:32633",
    "reference_level": 0,
    "true_relief": "basin.tif",
    "density_contrast": 500,
}
FILES = (
    raster("basin.tif", basin),
    put(easting=lambda s: E.ravel(), northing=lambda s: N.ravel(), height=lambda s: np.zeros(E.size), gravity=lambda s: basin_gravity()),
)  # fmt: skip


def few(folder, stations, job):
    """Twelve stations in one corner of the grid."""
    near = np.argsort(np.hypot(stations["easting"] - EASTING[0], stations["northing"] - NORTHING[0]))[:12]
    stations.put(**{name: stations[name][near] for name in list(stations.columns)})


def ground(height):
    return (
        FILES[0],
        put(
            easting=lambda s: E.ravel(),
            northing=lambda s: N.ravel(),
            height=lambda s: np.full(E.size, height),
            gravity=lambda s: basin_gravity(),
        ),
    )


RESULTS = (
    Case("results", "gravity in tenths of a mGal", {}, doubted("above", "station"), (put(gravity=lambda s: 10 * s["gravity"]),), qgis=True),
    Case("results", "a basin under stations on the ground", BASIN, Right(rmse=100.0, verdict=(0,)), FILES, qgis=True),
    Case("results", "a basin by a law", {**BASIN, "density_law": "hyperbolic:500,20000"}, Right(rmse=150.0, verdict=(0,)), FILES),
    Case("results", "a basin with a trend taken off", {**BASIN, "regional": 2}, Right(verdict=(1, 2)), FILES, qgis=True),
    Case("results", "a basin of the other sign", {**BASIN, "density_contrast": -500}, Right(doubts=("sign",), verdict=(2,)), FILES, qgis=True),
    Case("results", "a basin under a limit", {**BASIN, "lower_level": -1500}, Right(verdict=(0, 1)), FILES),
    Case("results", "a start outside its limit", {"lower_level": -1000}, refused("LOWER_LEVEL")),
    Case("results", "limits that cross", {"lower_level": -1000, "upper_level": -2000}, refused("LOWER_LEVEL")),
    Case("results", "a damping that lets nothing move", {"damping": 1e9}, Right(verdict=(1, 2), doubts=(("DAMPING", "damping"),)), qgis=True),
    Case("results", "stations in one corner", {}, doubted("far"), (few,)),
    Case("results", "gravity without a signal", {"error": None, "damping": 0.1}, Right(verdict=(0, 1, 2)), (put(gravity=lambda s: np.random.default_rng(8).normal(0, 0.1, 500)),)),
    Case("results", "no iterations", {"max_iterations": 0}, refused("MAX_ITERATIONS"), qgis=True),
)  # fmt: skip
