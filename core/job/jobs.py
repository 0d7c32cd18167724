"""A job for each task: frozen, its values checked on the way in.

A job file's keys are the names of the Processing parameters in lower case, and of the outputs, whose
values are the files to write; what is left out has its default, an output left out is not written.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..data.columns import PointSource
from ..data.polygons import PolygonSource
from ..data.rasters import RasterSource
from ..errors import InputError, given
from .fields import (
    EXTENT,
    FLAG,
    LARGEST_SEED,
    PATH,
    POINTS,
    RASTER,
    RASTER_OR_POLYGONS,
    TEXT,
    Extent,
    ExtentSource,
    choice,
    integer,
    job_field,
    number,
)
from .parts import (
    EXTENT_TEXT,
    SEPARATIONS,
    BlocksJob,
    DensityJob,
    Job,
    KnownPointsJob,
    RegionalJob,
    check_contrast,
    output,
    raster_output,
    table_output,
)


@dataclass(frozen=True, kw_only=True)
class SyntheticModelJob(Job):
    """syntheticmodel: the tutorial's relief and its gravity."""

    extent: Extent | ExtentSource = job_field(EXTENT, EXTENT_TEXT, (0.0, 40000.0, 0.0, 30000.0))
    spacing: float = job_field(number(above=0), "Size of a cell, m.", 1000.0)
    crs: str = job_field(TEXT, "Coordinate reference system, projected.", "EPSG:3031")
    density_contrast: float = job_field(number(), "Density below the relief minus density above it, kg/m3.", 2669.0)
    reference_level: float | None = job_field(number(), "Reference level, m; left out: the relief's mean.")
    station_height: float = job_field(number(), "Height of the stations, m.", 1000.0)
    noise: float = job_field(number(minimum=0), "Standard deviation of the noise, mGal.", 0.2)
    seed: int = job_field(integer(0, LARGEST_SEED), "Seed of the noise.", 0)
    holdout: bool = job_field(FLAG, "Stations at half the spacing as well, marked in the field test.", True)
    relief: Path | None = raster_output("The relief, a raster.")
    stations: Path | None = table_output("The stations, points.")

    def check(self) -> None:
        super().check()
        check_contrast(self.density_contrast)


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
    predicted: Path | None = table_output("Gravity at the stations, points.")
    predicted_raster: Path | None = raster_output("Gravity at the nodes, a raster; none for points.")


@dataclass(frozen=True, kw_only=True)
class GravityMisfitJob(RegionalJob):
    """gravitymisfit: observed less predicted gravity, and its regional part."""

    misfit: Path | None = raster_output("Observed less predicted, a raster.")
    regional_raster: Path | None = raster_output("The regional, a raster.")
    residual: Path | None = raster_output("Misfit less regional, a raster.")
    stations: Path | None = table_output("The stations, points.")
    report: Path | None = output("The report, HTML.")


@dataclass(frozen=True, kw_only=True)
class StartingReliefJob(KnownPointsJob, BlocksJob):
    """startingrelief: a starting relief from points of known relief."""

    method: int = job_field(choice("bi-harmonic spline", "nearest", "flat"), "What lies between the points.", 0)
    spacing: float | None = job_field(number(above=0), "Size of a cell, m.")
    extent: Extent | ExtentSource | None = job_field(EXTENT, f"{EXTENT_TEXT} Left out: around the points.")
    crs: str | None = job_field(TEXT, "The grid's CRS, projected; left out: the points'.")
    spline_damping: float | None = job_field(number(minimum=0), "METHOD 0: left out: by cross validation.")
    level: float | None = job_field(number(), "METHOD 2: m; left out: the points' mean.")
    starting_relief: Path | None = raster_output("The starting relief, a raster, m.")
    distance: Path | None = raster_output("Distance to the nearest point, a raster, m.")

    def check(self) -> None:
        super().check()
        given(self.spacing, "SPACING", "Give the size of a cell in metres.")
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
class InversionJob(RegionalJob):
    """What the tasks that invert ask."""

    penalty: int = job_field(
        choice("step damping", "curvature", "curvature of the change"), "What keeps the relief reasonable.", 1
    )
    derivative: int = job_field(choice("exact", "annulus"), "How the derivative is computed.", 0)
    stopping: int = job_field(choice("objective", "the reference's"), "When an inversion ends.", 0)
    max_iterations: int = job_field(integer(1, 10_000), "The largest number of iterations.", 200)
    objective_tolerance: float = job_field(
        number(above=0), "STOPPING 0: the fraction by which the objective must fall.", 0.001
    )
    l2_tolerance: float = job_field(number(minimum=0), "STOPPING 1: end below this square root of the RMS.", 0.2)
    delta_l2_tolerance: float = job_field(
        number(minimum=0), "STOPPING 1: end below this ratio of two such, twice running.", 1.01
    )
    increase_limit: float = job_field(number(minimum=0), "STOPPING 1: end above this fraction of increase.", 0.2)
    regional: int = job_field(
        choice(*SEPARATIONS, "joint"), "The regional: separated beforehand, or found together with the relief.", 0
    )
    regional_spacing: float | None = job_field(
        number(above=0), "REGIONAL 6: spacing of the regional's nodes, m; left out: a tenth of the stations' extent."
    )
    robust: float | None = job_field(
        number(above=0), "Residuals beyond so many standard errors count less (Huber); mGal where no errors are given."
    )
    padding: float = job_field(
        number(minimum=-1), "Margin of cells around the starting relief, km; -1: as wide as the data ask for.", 0.0
    )
    free_cells: RasterSource | PolygonSource | None = job_field(
        RASTER_OR_POLYGONS, "Cells that may move: a raster that is not 0 there, or polygons. Left out: all."
    )
    lower_limit: RasterSource | None = job_field(RASTER, "The relief lies not below, m; empty: no limit.")
    upper_limit: RasterSource | None = job_field(RASTER, "The relief lies not above, m; empty: no limit.")
    lower_level: float | None = job_field(
        number(), "The relief lies nowhere below this level, m; beside LOWER_LIMIT the higher one holds."
    )
    upper_level: float | None = job_field(
        number(), "The relief lies nowhere above this level, m; beside UPPER_LIMIT the lower one holds."
    )
    below_stations: bool = job_field(
        FLAG,
        "Keep the relief below the stations in and beside each cell. A start at the stations' level is kept below those in "
        "each cell anyway.",
        False,
    )
    true_relief: RasterSource | None = job_field(RASTER, "The true relief, to score with only, m.")
    test_field: str | None = job_field(TEXT, "The points' field that marks withheld stations: not 0.")
    inverted_relief: Path | None = raster_output("The inverted relief, a raster, m.")
    relief_change: Path | None = raster_output("Inverted less starting relief, a raster, m.")
    residual: Path | None = raster_output("Observed less predicted less regional, a raster, mGal.")
    regional_raster: Path | None = raster_output("The regional, a raster, mGal.")
    data_support: Path | None = raster_output("1 where the relief rests on data, else 0, a raster.")
    stations: Path | None = table_output("The stations, points.")
    report: Path | None = output("The report, HTML.")

    def check(self) -> None:
        super().check()
        if self.lower_level is not None and self.upper_level is not None and self.lower_level > self.upper_level:
            raise InputError(
                f"LOWER_LEVEL ({self.lower_level:g}) is above UPPER_LEVEL ({self.upper_level:g}). Exchange them: heights are "
                "positive up.",
                "LOWER_LEVEL",
            )


@dataclass(frozen=True, kw_only=True)
class InvertReliefJob(InversionJob):
    """invertrelief: the inversion with one damping."""

    damping: float = job_field(number(minimum=0), "λ, mGal/m where no errors are given.", 0.1)
    regional_damping: float | None = job_field(
        number(above=0), "REGIONAL 6: μ, how smooth the regional is; left out: a middling one."
    )

    def check(self) -> None:
        super().check()
        if self.damping == 0:
            raise InputError("DAMPING is 0, which leaves the relief undetermined. Give a number above 0.", "DAMPING")


@dataclass(frozen=True, kw_only=True)
class DampingCrossValidationJob(InversionJob):
    """dampingcrossvalidation: the damping that predicts withheld stations best, and the inversion with it."""

    damping_min: float = job_field(number(), "The smallest damping.", 1e-3)
    damping_max: float = job_field(number(), "The largest damping.", 1.0)
    trials: int = job_field(integer(1, 10_000), "How many dampings are tried.", 8)
    regional_damping_min: float | None = job_field(
        number(), "REGIONAL 6: the smallest smoothness of the regional; left out: from the data."
    )
    regional_damping_max: float | None = job_field(
        number(), "REGIONAL 6: the largest smoothness of the regional; left out: from the data."
    )
    regional_trials: int = job_field(
        integer(1, 1000), "REGIONAL 6: how many smoothnesses are tried with each damping.", 6
    )
    search: int = job_field(choice("grid", "sampler"), "How the dampings are chosen.", 0)
    refine: int | None = job_field(
        integer(0, 12),
        "SEARCH 0: how often the grid's step is halved about the best; left out: never, with REGIONAL 6 twice.",
    )
    split: int = job_field(
        choice("field", "alternate nodes", "spatial blocks", "random"), "Which stations are withheld.", 0
    )
    repeats: int | None = job_field(
        integer(1, 1000),
        "SPLIT 2 and 3: how often the stations are dealt out anew; left out: once, with REGIONAL 6 24 times, or twice where "
        "each turn has to be inverted.",
    )
    withhold_relief: bool = job_field(
        FLAG,
        "Withhold blocks of known relief as well, where cells are fixed or points are known, and score both.",
        True,
    )
    refit: int = job_field(
        choice("the training stations alone", "all stations"), "What the final inversion is fitted to.", 1
    )
    study: Path | None = job_field(PATH, "File of the study, made or reopened.")
    scores: Path | None = table_output("A row for each damping, a table.")

    def check(self) -> None:
        super().check()
        _check_range(self.damping_min, self.damping_max, "DAMPING")
        if self.regional_damping_min is not None and self.regional_damping_max is not None:
            _check_range(self.regional_damping_min, self.regional_damping_max, "REGIONAL_DAMPING")
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
        if self.split in (2, 3) and self.refit == 0:
            raise InputError(
                "REFIT 0 fits the training stations alone, and with SPLIT 2 or 3 every station is withheld once. "
                "Choose REFIT 1.",
                "REFIT",
            )


def _check_range(smallest: float, largest: float, name: str) -> None:
    for end, value in (("MIN", smallest), ("MAX", largest)):
        if value <= 0:
            raise InputError(
                f"{name}_{end} is {value:g}, and the range is searched on a logarithmic scale. Give a number above 0.",
                f"{name}_{end}",
            )
    if smallest > largest:
        raise InputError(
            f"{name}_MIN ({smallest:g}) is greater than {name}_MAX ({largest:g}). Exchange them.", f"{name}_MIN"
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
