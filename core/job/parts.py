"""What the jobs of several tasks have in common: the density, the survey, known points, the regional."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from ..data.columns import PointSource
from ..data.rasters import RasterSource
from ..errors import InputError, given
from .fields import (
    EXTENT,
    FLAG,
    GRAVITY,
    LARGEST_SEED,
    LAW,
    PATH,
    POINTS,
    RASTER,
    RASTER_OUTPUT,
    TABLE_OUTPUT,
    TEXT,
    Extent,
    ExtentSource,
    choice,
    file_of,
    integer,
    job_field,
    number,
    on_local_grid,
)

EXTENT_TEXT = "Outermost cell centres: west, east, south, north, m; or a file, whose edges are the grid's."
SEPARATIONS = ("none", "constant", "trend", "low-pass", "equivalent sources", "known points")
JobType = TypeVar("JobType", bound="Job")


def output(text: str) -> Any:
    return job_field(PATH, text, output=True)


def raster_output(text: str) -> Any:
    return job_field(RASTER_OUTPUT, text, output=True)


def table_output(text: str) -> Any:
    return job_field(TABLE_OUTPUT, text, output=True)


@dataclass(frozen=True, kw_only=True)
class Job:
    """What every job has."""

    strict: bool = job_field(FLAG, "End the run at the first warning.", False)
    local_grid: bool = job_field(
        FLAG, "Rasters and points without a CRS lie on a local grid in metres, which no projection is judged by.", False
    )

    @classmethod
    def read(cls: type[JobType], values: dict[str, Any], folder: Path) -> JobType:
        """A job from a job file's keys; paths are relative to `folder`.

        Raises
        ------
        InputError
            A key this task does not know, or a value that can't be.
        """
        known = {item.name: item for item in fields(cls)}
        unknown = sorted(set(values) - set(known) - {"task"})
        if unknown:
            raise InputError(
                f"The job has the key {unknown[0]!r}, which its task does not know. Known are: {', '.join(known)}.",
                unknown[0].upper(),
            )
        read = {
            name: known[name].metadata["kind"].read(value, name.upper(), folder)
            for name, value in values.items()
            if name != "task" and value is not None
        }
        if read.get("local_grid"):
            read = {name: on_local_grid(value) for name, value in read.items()}
        job = cls(**read)
        job.check()
        return job

    def check(self) -> None:
        """What concerns more than one value; raises InputError."""

    def outputs(self) -> dict[str, Path]:
        """The files that were asked for, by their keys."""
        asked = {item.name: getattr(self, item.name) for item in fields(self) if item.metadata["output"]}
        return {name: path for name, path in asked.items() if path is not None}

    def files_written(self) -> dict[str, Path]:
        """By their keys: the outputs, and a study."""
        return {item.name: value for item in fields(self) if isinstance(value := getattr(self, item.name), Path)}

    def files_read(self) -> dict[str, Path]:
        """By their keys: rasters, points, polygons, a density law's table."""
        return {item.name: file for item in fields(self) if (file := file_of(getattr(self, item.name)))}


def check_contrast(contrast: float) -> None:
    if contrast == 0:
        raise InputError(
            "DENSITY_CONTRAST is 0, so the relief has no gravity. Give the density below it minus the density above it, "
            "in kg/m3.",
            "DENSITY_CONTRAST",
        )


@dataclass(frozen=True, kw_only=True)
class DensityJob(Job):
    """The density's part of a job."""

    reference_level: float = job_field(number(), "Reference level, m.", 0.0)
    density_contrast: float = job_field(number(), "Density below the relief minus density above it, kg/m3.", 2669.0)
    density_grid: RasterSource | None = job_field(RASTER, "Density contrast that varies with place, kg/m3.")
    density_law: str | None = job_field(
        LAW,
        "Contrast that varies with depth: exponential:Δρ0,scale_m, hyperbolic:Δρ0,beta_m or table:file.csv (depth, "
        "contrast). With DENSITY_GRID: the law times grid/Δρ0.",
    )
    density_datum: float | None = job_field(
        number(), "Level from which the law's depth counts, m; left out: REFERENCE_LEVEL."
    )
    tolerance: float | None = job_field(number(above=0), "Accuracy of the forward model, mGal.")

    def check(self) -> None:
        super().check()
        check_contrast(self.density_contrast)


@dataclass(frozen=True, kw_only=True)
class SurveyJob(DensityJob):
    """What all tasks with observed gravity ask."""

    gravity: PointSource | RasterSource | None = job_field(GRAVITY, "Observed gravity: points or a raster.")
    gravity_field: str | None = job_field(TEXT, "The points' field of gravity, mGal.", "gravity")
    gravity_band: int = job_field(integer(1), "The raster's band of gravity, mGal.", 1)
    gravity_crs: str | None = job_field(TEXT, "The stations' CRS, where their file names none.")
    height_field: str | None = job_field(TEXT, "The points' field of heights, m.")
    height: float | None = job_field(number(), "One height of all stations, m.")
    height_raster: RasterSource | None = job_field(RASTER, "Heights of the stations, m.")
    error_field: str | None = job_field(TEXT, "The points' field of standard errors, mGal.")
    error: float | None = job_field(number(above=0), "One standard error of all data, mGal.")
    regional_field: str | None = job_field(TEXT, "The points' field of the regional, mGal.")
    repeat_tolerance: float | None = job_field(
        number(minimum=0),
        "How far gravity at one place may differ to be averaged, mGal; left out: 6 standard errors of a difference, and at "
        "least 1 mGal or a tenth of the data's range.",
    )
    starting_relief: RasterSource | None = job_field(
        RASTER, "The starting relief, m; left out: flat at REFERENCE_LEVEL on a grid of EXTENT and SPACING."
    )
    extent: Extent | ExtentSource | None = job_field(EXTENT, EXTENT_TEXT)
    spacing: float | None = job_field(number(above=0), "Size of a cell, m.")
    crs: str | None = job_field(TEXT, "The grid's CRS, projected.")

    def check(self) -> None:
        super().check()
        given(self.gravity, "GRAVITY", "Give a point layer or a raster of gravity.")
        if self.starting_relief is None and (self.extent is None or self.spacing is None):
            raise InputError(
                "There is neither a STARTING_RELIEF nor a grid for a flat one. Give STARTING_RELIEF, or both EXTENT and "
                "SPACING.",
                "STARTING_RELIEF",
            )


@dataclass(frozen=True, kw_only=True)
class KnownPointsJob(Job):
    """Points at which the relief is known."""

    known_points: PointSource | None = job_field(POINTS, "Points of known relief.")
    known_points_crs: str | None = job_field(TEXT, "The known points' CRS, where their file names none.")
    known_field: str | None = job_field(TEXT, "The known points' field of heights, m.")
    known_error: float | None = job_field(number(minimum=0), "One standard error of all known heights, m.")
    known_error_field: str | None = job_field(TEXT, "The known points' field of standard errors, m.")

    def check(self) -> None:
        super().check()
        if self.known_points is not None:
            given(self.known_field, "KNOWN_FIELD", "Name the field of KNOWN_POINTS that holds the relief in metres.")


@dataclass(frozen=True, kw_only=True)
class BlocksJob(Job):
    """How points are withheld where settings are chosen by cross validation."""

    block_size: float | None = job_field(
        number(above=0), "Side of the blocks that are withheld, m; left out: a 36th part of the area."
    )
    folds: int = job_field(integer(2, 1000), "In how many turns the blocks are withheld.", 5)
    seed: int = job_field(integer(0, LARGEST_SEED), "Seed of everything random.", 0)


@dataclass(frozen=True, kw_only=True)
class RegionalJob(SurveyJob, KnownPointsJob, BlocksJob):
    """The separation of the regional before anything is inverted."""

    regional: int = job_field(choice(*SEPARATIONS), "The method that separates the regional.", 1)
    regional_value: float | None = job_field(
        number(), "REGIONAL 1: mGal; left out: the median of the misfit, at the known points where there are any."
    )
    trend_degree: int | None = job_field(integer(0), "REGIONAL 2: left out: by cross validation.")
    wavelength: float | None = job_field(number(above=0), "REGIONAL 3: cut-off, m; left out: by cross validation.")
    known_interpolation: int = job_field(
        choice("bi-harmonic spline", "equivalent sources"), "REGIONAL 5: between the known points.", 0
    )
    spline_damping: float | None = job_field(number(minimum=0), "REGIONAL 5: left out: by cross validation.")
    source_depth: float | None = job_field(
        number(above=0), "Equivalent sources: m below the stations; left out: by cross validation."
    )
    source_damping: float | None = job_field(number(above=0), "Equivalent sources: left out: by cross validation.")

    def check(self) -> None:
        super().check()
        if self.regional == 5 and self.known_points is None:
            raise InputError(
                "REGIONAL 5 (known points) needs KNOWN_POINTS. Give points of known relief, or choose another REGIONAL.",
                "KNOWN_POINTS",
            )
