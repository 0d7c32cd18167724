"""The survey that every case changes: a basement under 500 stations at 300 m, done right within 45 m of the truth.

The basement lies 1000 to 1900 m deep on 40 x 30 cells of 1 km (UTM 33N), 400 kg/m3 under its fill; noise 0.1 mGal.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.transform import from_origin

from core.data.relief import Grid
from core.data.stations import Positions
from core.operators.dense import DenseOperator

EASTING = 400_000.0 + 1000.0 * np.arange(40)
NORTHING = 5_500_000.0 + 1000.0 * np.arange(30)
E, N = np.meshgrid(EASTING, NORTHING)
LEVEL, CONTRAST, HEIGHT = -1500.0, 400.0, 300.0
CRS = "EPSG:32633"
JOB: dict[str, Any] = {
    "task": "invertrelief",
    "gravity": "stations.csv",
    "height_field": "height",
    "gravity_crs": CRS,
    "starting_relief": "start.tif",
    "reference_level": LEVEL,
    "density_contrast": CONTRAST,
    "error": 0.1,
    "damping": 0.003,
    "true_relief": "true.tif",
    "inverted_relief": "inverted.tif",
    "stations": "found.csv",
}


def relief() -> np.ndarray:
    """The true basement (ny, nx), m."""
    x, y = (E - EASTING[0]) / 39000, (N - NORTHING[0]) / 29000
    high = 500 * np.exp(-((x - 0.35) ** 2 + (y - 0.5) ** 2) / 0.03)
    return LEVEL + high - 400 * np.exp(-((x - 0.7) ** 2 + (y - 0.4) ** 2) / 0.02)


def basin() -> np.ndarray:
    """A basin below the ground at 0, 1800 m deep, m."""
    return -1800 * np.exp(-(((E - 420_000) / 9000) ** 2 + ((N - 5_515_000) / 6000) ** 2))


def gravity_of(
    heights: np.ndarray, x: np.ndarray, y: np.ndarray, h: np.ndarray, level: float = LEVEL, contrast: float = CONTRAST
) -> np.ndarray:
    """The exact gravity of a relief on the survey's cells, mGal."""
    grid = Grid(EASTING, NORTHING, None)  # type: ignore[arg-type]
    return DenseOperator(Positions(x, y, h), grid, np.full(E.shape, contrast), level).gravity(heights)


@dataclass
class Stations:
    """The columns of stations.csv, and more where a case adds them."""

    columns: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> np.ndarray:
        return self.columns[name]

    def put(self, **columns: Any) -> Stations:
        self.columns.update(columns)
        return self


@cache
def _measured() -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(1)
    x, y = rng.uniform(401_000, 438_000, 500), rng.uniform(5_501_000, 5_528_000, 500)
    h = np.full(500, HEIGHT)
    return x, y, h, gravity_of(relief(), x, y, h) + 0.1 * rng.standard_normal(500)


def stations() -> Stations:
    x, y, h, g = (values.copy() for values in _measured())
    return Stations({"easting": x, "northing": y, "height": h, "gravity": g})


@cache
def grid_gravity() -> np.ndarray:
    """Gravity of the true relief over its nodes at 300 m, with noise (ny, nx), mGal."""
    exact = gravity_of(relief(), E.ravel(), N.ravel(), np.full(E.size, HEIGHT)).reshape(E.shape)
    return exact + 0.1 * np.random.default_rng(5).standard_normal(E.shape)


@cache
def basin_gravity() -> np.ndarray:
    """Gravity of the basin on the ground, contrast 500, with noise: (n,), mGal."""
    exact = gravity_of(basin(), E.ravel(), N.ravel(), np.zeros(E.size), 0.0, 500.0)
    return exact + 0.1 * np.random.default_rng(2).standard_normal(E.size)


def write_raster(
    path: Path,
    values: np.ndarray,
    crs: str | None = CRS,
    unit: str | None = None,
    place: tuple[float, float, float, float] | None = None,
    **profile: Any,
) -> None:
    """A GeoTIFF, rows from the south; `place` is west, north, dx, dy."""
    transform = from_origin(*(place or (EASTING[0] - 500, NORTHING[-1] + 500, 1000, 1000)))
    ny, nx = values.shape
    shape = {"height": ny, "width": nx, "count": 1, "dtype": values.dtype.name, "crs": crs, "transform": transform}
    with rasterio.open(path, "w", driver="GTiff", **{**shape, **profile}) as file:
        file.write(values[::-1], 1)
        if unit:
            file.units = [unit]


def write_table(path: Path, columns: dict[str, Sequence[Any]], separator: str = ",") -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=separator)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))


def write_job(folder: Path, job: dict[str, Any]) -> None:
    """The job, keys that are None left out."""
    kept = {key: value for key, value in job.items() if value is not None}
    (folder / "job.json").write_text(json.dumps(kept, indent=1), encoding="utf-8")
