"""What cases are made of: rasters, points and texts that are wrong, or right in an unusual way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from .case import Recipe
from .survey import CRS, E, N, Stations, relief, write_raster, write_table


def put(**columns: Callable[[Stations], Any]) -> Recipe:
    """Columns of the stations, each made from the stations as they are."""

    def recipe(folder: Path, stations: Stations, job: dict[str, Any]) -> None:
        stations.put(**{name: make(stations) for name, make in columns.items()})

    return recipe


def every(step: int, value: float, name: str = "gravity") -> Recipe:
    """One value in every so many rows of a column."""

    def recipe(folder: Path, stations: Stations, job: dict[str, Any]) -> None:
        column = stations[name].copy()
        column[::step] = value
        stations.put(**{name: column})

    return recipe


def raster(name: str, values: Callable[[], np.ndarray], **settings: Any) -> Recipe:
    """A raster on the survey's cells."""

    def recipe(folder: Path, stations: Stations, job: dict[str, Any]) -> None:
        write_raster(folder / name, values(), **settings)

    return recipe


def flat(value: float) -> Callable[[], np.ndarray]:
    return lambda: np.full(E.shape, float(value))


def holed(
    value: float, hole: float, rows: slice = slice(10, 12), columns: slice = slice(10, 13)
) -> Callable[[], np.ndarray]:
    """One value, and another in some cells."""

    def values() -> np.ndarray:
        made = np.full(E.shape, float(value))
        made[rows, columns] = hole
        return made

    return values


def known(change: Callable[[np.ndarray], np.ndarray] = lambda z: z, count: int = 12, name: str = "depth") -> Recipe:
    """known.csv: places where the true relief is known, its heights changed."""

    def recipe(folder: Path, stations: Stations, job: dict[str, Any]) -> None:
        some = np.random.default_rng(3).choice(E.size, count, replace=False)
        heights = change(relief().ravel()[some])
        write_table(folder / "known.csv", {"easting": E.ravel()[some], "northing": N.ravel()[some], name: heights})

    return recipe


KNOWN = {"known_points": "known.csv", "known_points_crs": CRS, "known_field": "depth"}


def text(name: str, change: Callable[[str], str], encoding: str = "utf-8") -> Recipe:
    """A text file written anew (a late recipe)."""

    def recipe(folder: Path, stations: Stations, job: dict[str, Any]) -> None:
        (folder / name).write_bytes(change((folder / name).read_text(encoding="utf-8")).encode(encoding))

    return recipe


def raw(name: str, content: bytes) -> Recipe:
    """A file of these bytes."""

    def recipe(folder: Path, stations: Stations, job: dict[str, Any]) -> None:
        (folder / name).write_bytes(content)

    return recipe


def header(*names: str) -> Recipe:
    """Other names for the columns of stations.csv (late)."""
    return text("stations.csv", lambda content: content.replace(content.splitlines()[0], ",".join(names), 1))


def repeated(count: int = 40, dx: float = 0.0, dz: float = 0.0, noise: float = 0.05, shift: float = 0.0) -> Recipe:
    """Some stations once more, near by, their gravity changed."""

    def recipe(folder: Path, stations: Stations, job: dict[str, Any]) -> None:
        twice = np.random.default_rng(0).choice(500, count, replace=False)
        change = shift + np.random.default_rng(1).normal(0, noise, count)
        change -= 0.3086 * dz
        moved = {"easting": dx, "northing": 0.0, "height": dz, "gravity": change}
        stations.put(**{name: np.r_[stations[name], stations[name][twice] + moved[name]] for name in moved})

    return recipe


def transformed(crs: str, **job_changes: Any) -> Recipe:
    """The stations in another system."""

    def recipe(folder: Path, stations: Stations, job: dict[str, Any]) -> None:
        import pyproj

        change = pyproj.Transformer.from_crs(CRS, crs, always_xy=True)
        x, y = change.transform(stations["easting"], stations["northing"])
        stations.put(easting=x, northing=y)
        job.update(job_changes)

    return recipe
