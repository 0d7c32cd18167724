"""Surveys whose relief is known: exact gravity with noise, written as a user would give it, and run."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pyproj

from core.data.rasters import RasterSource, read_raster, write_raster
from core.data.relief import Grid, Relief
from core.data.stations import Positions
from core.events.protocol import Reporter
from core.operators.dense import DenseOperator
from core.survey.law import read_law
from core.tasks import run_task

EAST, NORTH = 400_000.0, 5_500_000.0


def grid(columns: int, rows: int, spacing: float) -> Grid:
    """Cells in a UTM zone."""
    return Grid(EAST + spacing * np.arange(columns), NORTH + spacing * np.arange(rows), pyproj.CRS("EPSG:32633"))


def hill(cells: Grid, east: float, north: float, width: float, depth: float) -> np.ndarray:
    """exp(−x² − y²), its centre and its widths as shares of the grid's sides."""
    (x, y) = ((axis - axis[0]) / (axis[-1] - axis[0]) for axis in (cells.easting, cells.northing))
    return np.exp(-(((x - east) / width) ** 2) - ((y[:, None] - north) / depth) ** 2)


def nodes(cells: Grid, height: float = 0.0) -> Positions:
    return Positions(*cells.centres(), np.full(cells.size, height))


def scattered(cells: Grid, count: int, height: float = 0.0) -> Positions:
    rng = np.random.default_rng(5)
    easting = rng.uniform(cells.easting[0], cells.easting[-1], count)
    return Positions(easting, rng.uniform(cells.northing[0], cells.northing[-1], count), np.full(count, height))


def write(
    folder: Path,
    true: Relief,
    places: Positions,
    contrast: float,
    level: float,
    noise: float,
    law: str | None = None,
    start: float | None = None,
    times: float = 1.0,
) -> dict[str, Any]:
    """The files of a survey, and the job's keys that name them; its start is flat, at the level where none is given.

    `times` multiplies its gravity, as another unit or sign would.
    """
    read = None if law is None else read_law(law, level)
    cells = np.full(true.grid.shape, contrast if read is None else read.contrast)
    operator = DenseOperator(places, true.grid, cells, level, law=None if read is None else read.packed())
    gravity = times * operator.gravity(true.heights) + noise * np.random.default_rng(1).standard_normal(places.size)
    write_raster(folder / "true.tif", true, folder / "true.tif")
    with open(folder / "stations.csv", "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["easting", "northing", "height", "gravity"])
        table.writerows(zip(places.easting, places.northing, places.height, gravity, strict=True))
    keys = {
        "task": "invertrelief",
        "gravity": "stations.csv",
        "gravity_crs": "EPSG:32633",
        "height_field": "height",
        "reference_level": level,
        "density_contrast": contrast,
        "error": noise,
        "true_relief": "true.tif",
        "inverted_relief": "inverted.tif",
    }
    if law is not None:
        keys["density_law"] = law
    if start is None:
        ends = true.easting[[0, -1]], true.northing[[0, -1]]
        return keys | {"extent": [float(e) for end in ends for e in end], "spacing": true.grid.dx}
    write_raster(folder / "start.tif", true.with_heights(np.full(true.grid.shape, start)), folder / "start.tif")
    return keys | {"starting_relief": "start.tif"}


def run(folder: Path, keys: dict[str, Any], **changes: Any) -> tuple[dict[str, Any], np.ndarray, list[dict[str, Any]]]:
    """The outputs, the inverted relief and the events of a job; a change to None leaves a key out."""
    events: list[dict[str, Any]] = []
    job = {name: value for name, value in {**keys, **changes}.items() if value is not None}
    outputs = run_task(job, folder, Reporter(events.append))
    return outputs, read_raster(RasterSource(outputs["inverted_relief"]), "INVERTED_RELIEF").heights, events


def warnings(events: list[dict[str, Any]]) -> list[str]:
    return [event["text"] for event in events if event["event"] == "warning"]


def logged(events: list[dict[str, Any]]) -> str:
    return " ".join(event["text"] for event in events if event["event"] == "log")
