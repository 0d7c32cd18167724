"""A basement under 500 stations, its gravity computed by the engine once; a case is a copy with something changed."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.transform import from_origin

from core.events.protocol import Reporter
from core.tasks import run_task

EASTING, NORTHING = 400_000.0 + 1000.0 * np.arange(40), 5_500_000.0 + 1000.0 * np.arange(30)
SHAPE = (30, 40)
LEVEL = -1500.0
JOB = {
    "task": "gravitymisfit",
    "gravity": "stations.csv",
    "height_field": "height",
    "gravity_crs": "EPSG:32633",
    "starting_relief": "start.tif",
    "reference_level": LEVEL,
    "density_contrast": 400.0,
    "error": 0.1,
    "regional": 0,
}
INVERSION = {**JOB, "task": "invertrelief", "damping": 0.003}


def true_relief() -> np.ndarray:
    """m, from -1887 to -1007."""
    x, y = np.meshgrid((EASTING - 400_000.0) / 39_000.0, (NORTHING - 5_500_000.0) / 29_000.0)
    hill = 500.0 * np.exp(-((x - 0.35) ** 2 + (y - 0.5) ** 2) / 0.03)
    return LEVEL + hill - 400.0 * np.exp(-((x - 0.7) ** 2 + (y - 0.4) ** 2) / 0.02)


def write_raster(
    path: Path, values: np.ndarray, unit: str | None = None, crs: str = "EPSG:32633", **options: Any
) -> str:
    """A GeoTIFF on the basement's grid, row 0 of the values the southernmost; its name."""
    place = from_origin(EASTING[0] - 500.0, NORTHING[-1] + 500.0, 1000.0, 1000.0)
    shape = {"height": values.shape[0], "width": values.shape[1], "count": 1, "dtype": values.dtype}
    with rasterio.open(path, "w", driver="GTiff", **shape, crs=crs, transform=place, **options) as file:
        file.write(values[::-1], 1)
        if unit is not None:
            file.units = [unit]
    return path.name


def write_table(path: Path, **columns: Any) -> str:
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*(np.asarray(values).tolist() for values in columns.values()), strict=True))
    return path.name


class Basement:
    """The survey: `gravity` (mGal) at `easting`, `northing`, all 300 m high; `true` the relief, `grid_gravity` at its nodes."""

    def __init__(self, folder: Path) -> None:
        rng = np.random.default_rng(1)
        self.easting, self.northing = rng.uniform(401e3, 438e3, 500), rng.uniform(5501e3, 5528e3, 500)
        self.height = np.full(500, 300.0)
        self.true = true_relief()
        write_raster(folder / "true.tif", self.true)
        write_table(folder / "places.csv", easting=self.easting, northing=self.northing, height=self.height)
        job = {"task": "forwardgravity", "relief": "true.tif", "reference_level": LEVEL, "density_contrast": 400.0}
        points = {"stations": "places.csv", "height_field": "height", "predicted": "predicted.csv"}
        run_task({**job, **points}, folder, Reporter())
        with open(folder / "predicted.csv", encoding="utf-8") as file:
            exact = np.array([float(row["predicted"]) for row in csv.DictReader(file)])
        self.gravity = exact + 0.1 * rng.standard_normal(500)
        run_task({**job, "height": 300.0, "predicted_raster": "grid.tif"}, folder, Reporter())
        with rasterio.open(folder / "grid.tif") as file:
            self.grid_gravity = file.read(1)[::-1]

    def write(self, folder: Path, **changed: Any) -> None:
        """The stations with columns changed or added, a flat start, the true relief."""
        columns = {"easting": self.easting, "northing": self.northing, "height": self.height, "gravity": self.gravity}
        write_table(folder / "stations.csv", **{**columns, **changed})
        write_raster(folder / "start.tif", np.full(SHAPE, LEVEL))
        write_raster(folder / "true.tif", self.true)


def told(events: list[dict[str, Any]]) -> list[str]:
    """The texts of all warnings but a verdict's."""
    return [event["text"] for event in events if event["event"] == "warning" and "verdict" not in event]


def run_case(folder: Path, job: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A job's outputs and its events."""
    events: list[dict[str, Any]] = []
    outputs = run_task(json.loads(json.dumps(job)), folder, Reporter(events.append))
    return outputs, events
