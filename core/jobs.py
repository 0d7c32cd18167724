"""A job for each task: frozen, its values checked on the way in.

A job file's keys are the names of the Processing parameters in lower case, and of the outputs, whose
values are the files to write; what is left out has its default, an output left out is not written.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from .errors import InputError
from .job_fields import (
    EXTENT,
    FLAG,
    GRAVITY,
    PATH,
    POINTS,
    RASTER,
    RASTER_OUTPUT,
    TEXT,
    Extent,
    PointSource,
    choice,
    integer,
    job_field,
    number,
)
from .relief import RasterSource

JobType = TypeVar("JobType", bound="Job")


def output(text: str) -> Any:
    return job_field(PATH, text, output=True)


def raster_output(text: str) -> Any:
    return job_field(RASTER_OUTPUT, text, output=True)


@dataclass(frozen=True, kw_only=True)
class Job:
    """What every job has."""

    strict: bool = job_field(FLAG, "End the run at the first warning.", False)

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
        job = cls(**read)
        job.check()
        return job

    def check(self) -> None:
        """What concerns more than one value; raises InputError."""

    def outputs(self) -> dict[str, Path]:
        """The files that were asked for, by their keys."""
        asked = {item.name: getattr(self, item.name) for item in fields(self) if item.metadata["output"]}
        return {name: path for name, path in asked.items() if path is not None}


def _check_contrast(contrast: float) -> None:
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
    tolerance: float | None = job_field(number(above=0), "Accuracy of the forward model, mGal.")

    def check(self) -> None:
        super().check()
        _check_contrast(self.density_contrast)


@dataclass(frozen=True, kw_only=True)
class SyntheticModelJob(Job):
    """syntheticmodel: the tutorial's relief and its gravity."""

    extent: Extent = job_field(
        EXTENT, "Outermost cell centres: west, east, south, north, m.", (0.0, 40000.0, 0.0, 30000.0)
    )
    spacing: float = job_field(number(above=0), "Size of a cell, m.", 1000.0)
    crs: str = job_field(TEXT, "Coordinate reference system, projected.", "EPSG:3031")
    density_contrast: float = job_field(number(), "Density below the relief minus density above it, kg/m3.", 2669.0)
    reference_level: float | None = job_field(number(), "Reference level, m; left out: the relief's mean.")
    station_height: float = job_field(number(), "Height of the stations, m.", 1000.0)
    noise: float = job_field(number(minimum=0), "Standard deviation of the noise, mGal.", 0.2)
    seed: int = job_field(integer(0), "Seed of the noise.", 0)
    holdout: bool = job_field(FLAG, "Stations at half the spacing as well, marked in the field test.", True)
    relief: Path | None = raster_output("The relief, a raster.")
    stations: Path | None = output("The stations, points.")

    def check(self) -> None:
        super().check()
        _check_contrast(self.density_contrast)


@dataclass(frozen=True, kw_only=True)
class ForwardGravityJob(DensityJob):
    """forwardgravity: gravity of a relief."""

    relief: RasterSource | None = job_field(RASTER, "The relief, m.")
    stations: PointSource | None = job_field(
        POINTS, "Where gravity is wanted; left out: the nodes of HEIGHT_RASTER, else of the relief."
    )
    stations_crs: str | None = job_field(TEXT, "The stations' CRS, where their file names none.")
    height_field: str | None = job_field(TEXT, "The stations' field of heights, m.")
    height: float | None = job_field(number(), "One height of all stations, m.")
    height_raster: RasterSource | None = job_field(RASTER, "Heights of the stations, m.")
    predicted: Path | None = output("Gravity at the stations, points.")
    predicted_raster: Path | None = raster_output("Gravity at the nodes, a raster; none for points.")


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
    starting_relief: RasterSource | None = job_field(
        RASTER, "The starting relief, m; left out: flat at REFERENCE_LEVEL on a grid of EXTENT and SPACING."
    )
    extent: Extent | None = job_field(EXTENT, "Outermost cell centres: west, east, south, north, m.")
    spacing: float | None = job_field(number(above=0), "Size of a cell, m.")
    crs: str | None = job_field(TEXT, "The grid's CRS, projected.")

    def check(self) -> None:
        super().check()
        if self.gravity is None:
            raise InputError("GRAVITY is missing. Give a point layer or a raster of gravity.", "GRAVITY")
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
        if self.known_points is not None and self.known_field is None:
            raise InputError(
                "KNOWN_FIELD is missing. Name the field of KNOWN_POINTS that holds the relief in metres.", "KNOWN_FIELD"
            )


@dataclass(frozen=True, kw_only=True)
class BlocksJob(Job):
    """How points are withheld where settings are chosen by cross validation."""

    block_size: float | None = job_field(
        number(above=0), "Side of the blocks that are withheld, m; left out: a 36th part of the area."
    )
    folds: int = job_field(integer(2), "In how many turns the blocks are withheld.", 5)
    seed: int = job_field(integer(0), "Seed of everything random.", 0)


@dataclass(frozen=True, kw_only=True)
class GravityMisfitJob(SurveyJob, KnownPointsJob, BlocksJob):
    """gravitymisfit: observed less predicted gravity, and its regional part."""

    regional: int = job_field(
        choice("none", "constant", "trend", "low-pass", "equivalent sources", "known points"),
        "The method that separates the regional.",
        1,
    )
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
    misfit: Path | None = raster_output("Observed less predicted, a raster.")
    regional_raster: Path | None = raster_output("The regional, a raster.")
    residual: Path | None = raster_output("Misfit less regional, a raster.")
    stations: Path | None = output("The stations, points.")
    report: Path | None = output("The report, HTML.")

    def check(self) -> None:
        super().check()
        if self.regional == 5 and self.known_points is None:
            raise InputError(
                "REGIONAL 5 (known points) needs KNOWN_POINTS. Give points of known relief, or choose another REGIONAL.",
                "KNOWN_POINTS",
            )


@dataclass(frozen=True, kw_only=True)
class StartingReliefJob(KnownPointsJob, BlocksJob):
    """startingrelief: a starting relief from points of known relief."""

    method: int = job_field(choice("bi-harmonic spline", "nearest", "flat"), "What lies between the points.", 0)
    spacing: float | None = job_field(number(above=0), "Size of a cell, m.")
    extent: Extent | None = job_field(
        EXTENT, "Outermost cell centres: west, east, south, north, m; left out: around the points."
    )
    crs: str | None = job_field(TEXT, "The grid's CRS, projected; left out: the points'.")
    spline_damping: float | None = job_field(number(minimum=0), "METHOD 0: left out: by cross validation.")
    level: float | None = job_field(number(), "METHOD 2: m; left out: the points' mean.")
    starting_relief: Path | None = output("The starting relief, a raster, m.")
    distance: Path | None = output("Distance to the nearest point, a raster, m.")

    def check(self) -> None:
        super().check()
        if self.spacing is None:
            raise InputError("SPACING is missing. Give the size of a cell in metres.", "SPACING")
        if self.known_points is not None:
            return
        if self.method != 2 or self.level is None:
            raise InputError(
                "KNOWN_POINTS is missing. Give points of known relief; only METHOD 2 (flat) with LEVEL needs none.",
                "KNOWN_POINTS",
            )
        if self.extent is None or self.crs is None:
            raise InputError("Without KNOWN_POINTS the grid needs EXTENT and CRS. Give both.", "EXTENT")


@dataclass(frozen=True, kw_only=True)
class InversionJob(SurveyJob):
    """What the tasks that invert ask."""

    penalty: int = job_field(
        choice("step damping", "curvature", "curvature of the change"), "What keeps the relief reasonable.", 1
    )
    derivative: int = job_field(choice("exact", "annulus"), "How the derivative is computed.", 0)
    stopping: int = job_field(choice("objective", "the reference's"), "When an inversion ends.", 0)
    max_iterations: int = job_field(integer(1), "The largest number of iterations.", 200)
    objective_tolerance: float = job_field(
        number(above=0), "STOPPING 0: the fraction by which the objective must fall.", 0.001
    )
    l2_tolerance: float = job_field(number(minimum=0), "STOPPING 1: end below this square root of the RMS.", 0.2)
    delta_l2_tolerance: float = job_field(
        number(minimum=0), "STOPPING 1: end below this ratio of two such, twice running.", 1.01
    )
    increase_limit: float = job_field(number(minimum=0), "STOPPING 1: end above this fraction of increase.", 0.2)
    free_cells: RasterSource | None = job_field(RASTER, "Cells that may move: not 0. Left out: all.")
    true_relief: RasterSource | None = job_field(RASTER, "The true relief, to score with only, m.")
    test_field: str | None = job_field(TEXT, "The points' field that marks withheld stations: not 0.")
    inverted_relief: Path | None = raster_output("The inverted relief, a raster, m.")
    relief_change: Path | None = raster_output("Inverted less starting relief, a raster, m.")
    residual: Path | None = raster_output("Observed less predicted less regional, a raster, mGal.")
    stations: Path | None = output("The stations, points.")
    report: Path | None = output("The report, HTML.")


@dataclass(frozen=True, kw_only=True)
class InvertReliefJob(InversionJob):
    """invertrelief: the inversion with one damping."""

    damping: float = job_field(number(minimum=0), "λ, mGal/m where no errors are given.", 0.1)

    def check(self) -> None:
        super().check()
        if self.damping == 0:
            raise InputError("DAMPING is 0, which leaves the relief undetermined. Give a number above 0.", "DAMPING")


@dataclass(frozen=True, kw_only=True)
class DampingCrossValidationJob(InversionJob):
    """dampingcrossvalidation: the damping that predicts withheld stations best, and the inversion with it."""

    damping_min: float = job_field(number(), "The smallest damping.", 1e-3)
    damping_max: float = job_field(number(), "The largest damping.", 1.0)
    trials: int = job_field(integer(1), "How many dampings are tried.", 8)
    search: int = job_field(choice("grid", "sampler"), "How the dampings are chosen.", 0)
    split: int = job_field(choice("field", "alternate nodes"), "Which stations are withheld.", 0)
    seed: int = job_field(integer(0), "Seed of everything random.", 0)
    refit: int = job_field(
        choice("the training stations alone", "all stations"), "What the final inversion is fitted to.", 1
    )
    study: Path | None = job_field(PATH, "File of the study, made or reopened.")
    scores: Path | None = output("A row for each damping, a table.")

    def check(self) -> None:
        super().check()
        for name in ("damping_min", "damping_max"):
            if getattr(self, name) <= 0:
                raise InputError(
                    f"{name.upper()} is {getattr(self, name):g}, and the range is searched on a logarithmic scale. "
                    "Give a number above 0.",
                    name.upper(),
                )
        if self.damping_min > self.damping_max:
            raise InputError(
                f"DAMPING_MIN ({self.damping_min:g}) is greater than DAMPING_MAX ({self.damping_max:g}). Exchange them.",
                "DAMPING_MIN",
            )
        if self.trials == 1 and self.damping_min != self.damping_max:
            raise InputError(
                "TRIALS is 1 and the range has two ends. Give at least 2, or DAMPING_MIN = DAMPING_MAX.",
                "TRIALS",
            )
        if self.split == 0 and self.test_field is None:
            raise InputError(
                "SPLIT is 0 (field) and TEST_FIELD is missing. Give the field that marks the stations to withhold, or "
                "choose another SPLIT.",
                "TEST_FIELD",
            )


JOBS: dict[str, type[Job]] = {
    "syntheticmodel": SyntheticModelJob,
    "forwardgravity": ForwardGravityJob,
    "gravitymisfit": GravityMisfitJob,
    "startingrelief": StartingReliefJob,
    "invertrelief": InvertReliefJob,
    "dampingcrossvalidation": DampingCrossValidationJob,
}


def read_job(values: Any, folder: Path) -> tuple[str, Job]:
    """The task's name and its job, from what a job file holds."""
    if not isinstance(values, dict):
        raise InputError("The job is no JSON object. Give one with the key task.", "TASK")
    task = values.get("task")
    if task not in JOBS:
        raise InputError(f"The job's task is {task!r}. Known tasks are: {', '.join(JOBS)}.", "TASK")
    return task, JOBS[task].read(values, folder)
