"""A case: what is changed in the survey, and what must be said of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .survey import JOB, Stations, relief, stations, write_job, write_raster, write_table

Recipe = Callable[[Path, Stations, dict[str, Any]], None]
"""Changes a case's folder, its stations before they are written, or its job."""


@dataclass(frozen=True)
class Right:
    """The right outcome: words are looked for without regard to capitals; a tuple of words means any one of them."""

    exits: int = 0
    error: tuple[Any, ...] = ()  # in the error's message
    doubts: tuple[Any, ...] = ()  # in one warning
    warns: tuple[Any, ...] = ()  # in one warning that is no doubt
    log: tuple[Any, ...] = ()  # in one line of the log
    verdict: tuple[int, ...] = (0,)
    rmse: float | None = None  # m, at most
    outputs: Callable[[dict[str, Any]], bool] | None = None


def refused(*words: Any) -> Right:
    """An error of input with these words."""
    return Right(exits=2, error=words)


def doubted(*words: Any, verdict: tuple[int, ...] = (1, 2)) -> Right:
    """A warning with these words, an error with STRICT; a verdict that is not 0."""
    return Right(doubts=words, verdict=verdict)


def silent(rmse: float | None = 45.0, log: tuple[Any, ...] = (), **more: Any) -> Right:
    """Nothing is warned of, and the relief is as near the truth as the base case's."""
    return Right(rmse=rmse, log=log, **more)


@dataclass(frozen=True)
class Case:
    """One row of the table."""

    kind: str
    name: str
    job: dict[str, Any]
    right: Right
    recipes: tuple[Recipe, ...] = ()
    qgis: bool = False  # whether it is run through Processing too
    late: tuple[Recipe, ...] = field(default=())  # after the files are written

    @property
    def id(self) -> str:
        return f"{self.kind}: {self.name}"

    def make(self, folder: Path) -> None:
        """Write the case's files into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        measured, job = stations(), {**JOB, **self.job}
        write_raster(folder / "true.tif", relief())
        write_raster(folder / "start.tif", 0.0 * relief() + JOB["reference_level"])
        for recipe in self.recipes:
            recipe(folder, measured, job)
        write_table(folder / "stations.csv", measured.columns)
        for recipe in self.late:
            recipe(folder, measured, job)
        write_job(folder, job)
