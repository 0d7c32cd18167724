"""What the inverting tasks share: the problem from a job, and the files from its solution."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ..errors import InputError
from ..gridding import station_raster
from ..inversion.gauss_newton import InversionResult, invert
from ..inversion.problem import Problem
from ..inversion.penalties import PENALTIES, Penalty
from ..inversion.stopping import Stopping
from ..jobs import InversionJob
from ..operators.dense import DenseOperator
from ..outputs import Outputs
from ..protocol import Reporter
from ..relief import Grid, read_raster
from ..selection.scores import rms
from ..survey import Survey, read_survey
from .station_table import result_columns


@dataclass(frozen=True)
class InversionSetting:
    """A job's survey, its free cells and, to score with only, the true relief."""

    job: InversionJob
    survey: Survey
    free: np.ndarray  # (ny, nx) bool
    true: np.ndarray | None  # (ny, nx) m, NaN where unknown

    @cached_property
    def penalty(self) -> Penalty:
        grid = self.survey.relief.grid
        return PENALTIES[self.job.penalty](self.survey.relief.heights, self.free, grid.dx, grid.dy)

    def operator(self, chosen: np.ndarray) -> DenseOperator:
        """The operator at the stations of a mask."""
        survey = self.survey
        return DenseOperator(
            survey.stations.where(chosen),
            survey.relief.grid,
            survey.contrast,
            self.job.reference_level,
            self.free,
            self.job.derivative,
        )

    def problem(self, chosen: np.ndarray) -> Problem:
        """The inversion of the stations of a mask."""
        stations = self.survey.stations.where(chosen)
        return Problem(
            operator=self.operator(chosen),
            data=stations.gravity - stations.regional,
            sigma=stations.error,
            start=self.survey.relief.heights,
            free=self.free,
            penalty=self.penalty,
        )

    def invert(self, problem: Problem, damping: float, reporter: Reporter, withheld: bool = False) -> InversionResult:
        """Invert by the job's rules; inside cross validation the data's errors end nothing."""
        job = self.job
        stopping = Stopping(
            rule=job.stopping,
            max_iterations=job.max_iterations,
            objective_tolerance=job.objective_tolerance,
            stop_at_error=self.survey.stations.has_errors and not withheld,
            l2_tolerance=job.l2_tolerance,
            delta_l2_tolerance=job.delta_l2_tolerance,
            increase_limit=job.increase_limit,
        )
        return invert(problem, damping, stopping, reporter)

    def relief_rmse(self, heights: np.ndarray) -> float | None:
        """How far a relief is from the true one, m; None where that is not known."""
        if self.true is None:
            return None
        known = np.isfinite(self.true)
        return rms((heights - self.true)[known])


def read_setting(job: InversionJob, reporter: Reporter) -> InversionSetting:
    """Read all that a job names."""
    survey = read_survey(job, reporter)
    grid = survey.relief.grid
    return InversionSetting(job, survey, _free_cells(job, grid), _true_relief(job, grid))


def _free_cells(job: InversionJob, grid: Grid) -> np.ndarray:
    if job.free_cells is None:
        return np.ones(grid.shape, dtype=bool)
    free = np.nan_to_num(read_raster(job.free_cells, "FREE_CELLS").on(grid, nearest=True)) != 0
    if not free.any():
        raise InputError(
            "FREE_CELLS frees no cell of the relief: it is 0 or empty everywhere there. Give a raster that overlaps the "
            "relief and is 1 where it may move.",
            "FREE_CELLS",
        )
    return free


def _true_relief(job: InversionJob, grid: Grid) -> np.ndarray | None:
    if job.true_relief is None:
        return None
    true = read_raster(job.true_relief, "TRUE_RELIEF").on(grid)
    if not np.isfinite(true).any():
        raise InputError("TRUE_RELIEF does not overlap the starting relief. Give one that does.", "TRUE_RELIEF")
    return true


def predict(setting: InversionSetting, result: InversionResult, fitted: np.ndarray) -> np.ndarray:
    """Gravity of the inverted relief at every used station, NaN at the others: (n,), mGal."""
    stations = setting.survey.stations
    predicted = np.full(stations.size, np.nan)
    predicted[fitted] = result.predicted
    others = stations.used & ~fitted
    if others.any():
        predicted[others] = setting.operator(others).gravity(result.heights)
    return predicted


def write_inversion(
    outputs: Outputs, setting: InversionSetting, heights: np.ndarray, predicted: np.ndarray, test: np.ndarray
) -> None:
    """The rasters and the stations of an inverted relief."""
    relief, stations = setting.survey.relief, setting.survey.stations
    outputs.raster("inverted_relief", relief.with_heights(heights))
    outputs.raster("relief_change", relief.with_heights(heights - relief.heights))
    residual = stations.gravity - predicted - stations.regional
    outputs.raster("residual", station_raster(stations, residual, relief.grid))
    outputs.table("stations", result_columns(stations, predicted, test))


def inversion_figures(
    setting: InversionSetting, result: InversionResult, predicted: np.ndarray, fitted: np.ndarray
) -> dict[str, Any]:
    """The numbers that an inversion returns."""
    stations = setting.survey.stations
    residual = (stations.gravity - predicted - stations.regional)[fitted]
    figures = {
        "rms_misfit": rms(residual),
        "iterations": result.count,
        "stop_reason": ",".join(result.stop_reason),
    }
    rmse = setting.relief_rmse(result.heights)
    return figures if rmse is None else {**figures, "relief_rmse": rmse}
