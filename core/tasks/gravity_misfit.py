"""gravitymisfit: observed less predicted gravity of the starting relief, and its regional part."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ..gridding import station_raster
from ..jobs import GravityMisfitJob
from ..operators.dense import DenseOperator
from ..outputs import Outputs
from ..protocol import Reporter
from ..regional.constant import constant_regional
from ..selection.scores import rms
from ..stations import Stations
from ..survey import read_survey
from .station_table import result_columns
from .stories import misfit_story


def run(job: GravityMisfitJob, reporter: Reporter) -> dict[str, Any]:
    with Outputs(job.outputs()) as outputs:
        survey = read_survey(job, reporter)
        stations = survey.stations
        used = stations.used
        reporter.progress(0.2, f"Computing gravity at {int(used.sum())} stations")
        predicted = np.full(stations.size, np.nan)
        chosen = stations.where(used)
        operator = DenseOperator(chosen, survey.relief.grid, survey.contrast, job.reference_level)
        predicted[used] = operator.gravity(survey.relief.heights)
        stations = replace(stations, regional=_regional(job, stations, predicted))
        misfit = stations.gravity - predicted
        residual = misfit - stations.regional
        reporter.progress(0.6, "Writing rasters")
        regional = np.where(used, stations.regional, np.nan)
        for key, values in (("misfit", misfit), ("regional_raster", regional), ("residual", residual)):
            outputs.raster(key, station_raster(stations, values, survey.relief.grid))
        outputs.table("stations", result_columns(stations, predicted, stations.test))
        if "report" in outputs:
            from ..report import write_misfit_report

            story = misfit_story(job, replace(survey, stations=stations), predicted, tuple(reporter.warnings))
            write_misfit_report(outputs.stage("report"), story)
    return {
        **outputs.paths(),
        "rms_misfit": rms(misfit[used]),
        "rms_residual": rms(residual[used]),
        "crs": stations.crs.to_wkt(),
    }


def _regional(job: GravityMisfitJob, stations: Stations, predicted: np.ndarray) -> np.ndarray:
    """The regional at every station: what REGIONAL_FIELD holds plus what the method finds in the rest, mGal."""
    if job.regional == 0:
        return stations.regional
    rest = (stations.gravity - predicted - stations.regional)[stations.used]
    found = np.zeros(stations.size)
    found[stations.used] = constant_regional(rest, job.regional_value)
    return stations.regional + found
