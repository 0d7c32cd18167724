"""The surveys whose whole jobs are timed, written into a folder as a user would give them: each gives the job's keys."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
from scipy.ndimage import gaussian_filter

from core.data.rasters import write_raster
from core.data.relief import Grid, Relief
from core.data.stations import Positions
from core.operators.dense import DenseOperator
from core.survey.law import read_law

Keys = dict[str, Any]

AMUNDSEN = Path(__file__).resolve().parents[3] / "shared" / "data" / "amundsen_south"
EAST, NORTH, CRS = 400_000.0, 5_500_000.0, "EPSG:32633"
NOISE = 0.1  # mGal
LAW = "hyperbolic:450,2500"
BOWL_DEPTH = 3400.0  # m
SHIFT, WIDER = 0.37, 1.2  # of a cell; of the grid's sides


def grid(columns: int, rows: int, spacing: float) -> Grid:
    return Grid(EAST + spacing * np.arange(columns), NORTH + spacing * np.arange(rows), pyproj.CRS(CRS))


def bowl(folder: Path, law: bool, columns: int = 48, rows: int = 64) -> Keys:
    """A smooth basin under stations on the nodes, at the reference level; its fill lighter by a law or by a constant."""
    cells = grid(columns, rows, 1000.0)
    x, y = np.linspace(-2.0, 2.0, columns), np.linspace(-2.0, 2.0, rows)
    heights = -BOWL_DEPTH * np.exp(-(x**2) - y[:, None] ** 2)
    places = Positions(*cells.centres(), np.zeros(cells.size))
    keys = _write(folder, Relief(cells, heights), places, 450.0, 0.0, law=LAW if law else None)
    return keys | {"extent": _extent(cells), "spacing": cells.dx}


def unaligned(keys: Keys) -> Keys:
    """The same survey over a grid whose nodes are not the stations', and which reaches further."""
    west, east, south, north = keys["extent"]
    spacing = keys["spacing"]
    (left, right), (low, high) = (
        (a + 0.5 * (1.0 - WIDER) * (b - a), WIDER * (b - a)) for a, b in ((west, east), (south, north))
    )
    steps = [spacing * round(width / spacing) for width in (right, high)]
    left, low = (start + SHIFT * spacing for start in (left, low))
    return keys | {"extent": [left, left + steps[0], low, low + steps[1]]}


def scattered(folder: Path, stations: int, cells: int, regional: bool = False, on_relief: bool = False) -> Keys:
    """Stations anywhere, 50 to 300 m above level ground, over square cells of 500 m; hills of 150 m some 800 m below it.

    `regional` adds a smooth one and 40 known points. `on_relief`: the stations lie so far above the hills themselves.
    """
    rng = np.random.default_rng(0)
    where = grid(cells, cells, 500.0)
    hills = gaussian_filter(rng.standard_normal(where.shape), 2.0 + 6.0 * cells / 100.0, mode="wrap")
    true = Relief(where, -700.0 + 150.0 * hills / hills.std())
    east, north = (rng.uniform(axis[0], axis[-1], stations) for axis in (where.easting, where.northing))
    ground = true.sample(east, north) if on_relief else np.full(stations, 100.0)
    places = Positions(east, north, ground + rng.uniform(50.0, 300.0, stations))
    added = _smooth(where, east, north) if regional else 0.0
    keys = _write(folder, true, places, 400.0, -700.0, added)
    if regional:
        at = [rng.uniform(axis[0], axis[-1], 40) for axis in (where.easting, where.northing)]
        _table(folder / "known.csv", easting=at[0], northing=at[1], relief=true.sample(*at))
        keys |= {"regional": 6, "known_points": "known.csv", "known_points_crs": CRS, "known_field": "relief"}
    if on_relief:
        write_raster(
            folder / "start.tif", true.with_heights(np.full(where.shape, true.heights.min())), folder / "start.tif"
        )
        return keys | {"starting_relief": "start.tif"}
    return keys | {"extent": _extent(where), "spacing": where.dx}


def amundsen(folder: Path) -> Keys:
    """The published survey with a hidden window, relief and regional found together; where it is absent, one of its size."""
    if not AMUNDSEN.is_dir():
        return _hidden_window(folder)
    named = {"gravity": "gravity.csv", "starting_relief": "starting_bed.tif", "free_cells": "free_cells.tif"}
    return {key: str(AMUNDSEN / name) for key, name in named.items()} | {
        "true_relief": str(AMUNDSEN / "true_bed.tif"),
        "height_field": "height",
        "density_contrast": 1643,
        "reference_level": 0,
        "regional": 6,
    }


def _hidden_window(folder: Path) -> Keys:
    """18 x 18 stations over 60 x 60 cells, of which 15 x 15 are not known."""
    where = grid(60, 60, 1000.0)
    hills = gaussian_filter(np.random.default_rng(0).standard_normal(where.shape), 4.0)
    true = Relief(where, -600.0 + 180.0 * hills / hills.std())
    free = np.zeros(where.shape)
    free[22:37, 22:37] = 1.0
    start = np.where(free > 0.0, -600.0, true.heights)
    east, north = (axis.ravel() for axis in np.meshgrid(where.easting[4:56:3], where.northing[4:56:3]))
    places = Positions(east, north, np.full(east.size, 400.0))
    keys = _write(folder, true, places, 1643.0, 0.0, _smooth(where, east, north))
    for name, values in (("start.tif", start), ("free.tif", free)):
        write_raster(folder / name, true.with_heights(values), folder / name)
    return keys | {"regional": 6, "starting_relief": "start.tif", "free_cells": "free.tif"}


def _smooth(where: Grid, east: np.ndarray, north: np.ndarray) -> np.ndarray:
    """A sloping, bent regional, mGal."""
    x, y = ((at - axis[0]) / (axis[-1] - axis[0]) for at, axis in ((east, where.easting), (north, where.northing)))
    return 5.0 + 8.0 * x - 6.0 * y + 3.0 * np.cos(3.0 * x + 2.0 * y)


def _write(
    folder: Path,
    true: Relief,
    places: Positions,
    contrast: float,
    level: float,
    regional: Any = 0.0,
    law: str | None = None,
) -> Keys:
    """Exact gravity with noise and the true relief as files; the keys but for the grid."""
    read = None if law is None else read_law(law, level)
    density = np.full(true.grid.shape, contrast if read is None else read.contrast)
    operator = DenseOperator(places, true.grid, density, level, law=None if read is None else read.packed())
    gravity = operator.gravity(true.heights) + regional + np.random.default_rng(1).normal(scale=NOISE, size=places.size)
    _table(
        folder / "stations.csv", easting=places.easting, northing=places.northing, height=places.height, gravity=gravity
    )
    write_raster(folder / "true.tif", true, folder / "true.tif")
    keys = {
        "gravity": "stations.csv",
        "gravity_crs": CRS,
        "height_field": "height",
        "reference_level": level,
        "density_contrast": contrast,
        "error": NOISE,
        "true_relief": "true.tif",
    }
    return keys if law is None else keys | {"density_law": law}


def _table(path: Path, **columns: np.ndarray) -> None:
    with open(path, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(columns)
        table.writerows(zip(*columns.values(), strict=True))


def _extent(cells: Grid) -> list[float]:
    return [float(axis[end]) for axis in (cells.easting, cells.northing) for end in (0, -1)]
