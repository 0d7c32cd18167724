"""What the inverting tasks write, and the numbers they return."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ..assembly.setting import InversionSetting
from ..assembly.true_check import doubt_true_relief
from ..data.gridding import station_raster
from ..data.padding import data_support
from ..data.relief import Relief
from ..data.stations import Stations
from ..inversion.gauss_newton import InversionResult
from ..inversion.known_check import check_known
from ..validation.scores import rms
from .outputs import Outputs
from .station_table import result_columns


def predicted_everywhere(setting: InversionSetting, result: InversionResult, fitted: np.ndarray) -> np.ndarray:
    """Gravity of the inverted relief at every used station, NaN at the others: (n,), mGal."""
    stations = setting.survey.stations
    predicted = np.full(stations.size, np.nan)
    predicted[fitted] = result.predicted
    others = stations.used & ~fitted
    if others.any():
        predicted[others] = setting.relief_gravity(result.heights, others)
    return predicted


def stations_with_regional(setting: InversionSetting, result: InversionResult) -> Stations:
    """The stations, their regional with the part that was found."""
    stations = setting.survey.stations
    return replace(stations, regional=setting.regional_at(result, np.ones(stations.size, dtype=bool)))


def write_inversion(
    outputs: Outputs, setting: InversionSetting, result: InversionResult, predicted: np.ndarray, test: np.ndarray
) -> None:
    """The rasters and the stations of an inverted relief; a doubt about its known points first."""
    relief = setting.survey.relief
    check_known(setting.view.known, result.heights, relief.grid, setting.reporter)
    if setting.true is not None:
        doubt_true_relief(relief, result.heights, setting.true, setting.reporter)
    stations = stations_with_regional(setting, result)
    outputs.raster("inverted_relief", relief.with_heights(result.heights))
    outputs.raster("relief_change", relief.with_heights(result.heights - relief.heights))
    residual = stations.gravity - predicted - stations.regional
    outputs.raster("residual", station_raster(stations, residual, relief.grid))
    if "regional_raster" in outputs:
        outputs.raster("regional_raster", regional_raster(setting, stations, result))
    if "data_support" in outputs:
        outputs.raster("data_support", data_support(stations, relief, setting.view.free))
    outputs.table("stations", result_columns(stations, predicted, test))


def regional_raster(setting: InversionSetting, stations: Stations, result: InversionResult) -> Relief:
    """The regional as a raster: of a joint one its own values wherever the stations reach, else interpolated."""
    grid = setting.survey.relief.grid
    raster = station_raster(stations, np.where(stations.used, stations.regional, np.nan), grid)
    if result.coefficients.size == 0 or stations.lattice is not None or setting.survey.stations.regional.any():
        return raster
    values = (setting.splines.basis(*grid.centres()) @ result.coefficients).reshape(grid.shape)
    return raster.with_heights(np.where(np.isfinite(raster.heights), values, np.nan))


def inversion_figures(
    setting: InversionSetting, result: InversionResult, predicted: np.ndarray, fitted: np.ndarray
) -> dict[str, Any]:
    """The numbers that an inversion returns."""
    stations = stations_with_regional(setting, result)
    residual = (stations.gravity - predicted - stations.regional)[fitted]
    figures = {"rms_misfit": rms(residual), "iterations": result.count, "stop_reason": ",".join(result.stop_reason)}
    if setting.joint:
        start = (stations.gravity - setting.survey.stations.regional - setting.start_gravity)[fitted]
        figures["rms_start"] = rms(start)
        figures["rms_relief_part"] = rms((predicted - setting.start_gravity)[fitted])
        figures["rms_regional_part"] = rms((stations.regional - setting.survey.stations.regional)[fitted])
    rmse = setting.relief_rmse(result.heights)
    return figures if rmse is None else {**figures, "relief_rmse": rmse}
