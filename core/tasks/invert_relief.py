"""invertrelief: the relief that explains gravity, with one damping."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..assembly.read_setting import read_setting
from ..assembly.setting import InversionSetting
from ..events.protocol import Reporter
from ..job.jobs import InvertReliefJob
from ..report.telling import inversion_story
from ..results.inversion import inversion_figures, predicted_everywhere, write_inversion
from ..results.judgement import judge
from ..results.outputs import Outputs
from ..results.verdict import give_verdict
from ..validation.scores import prediction_score
from ..validation.splits import by_field


def run(job: InvertReliefJob, reporter: Reporter) -> dict[str, Any]:
    with Outputs(job.outputs()) as outputs:
        reporter.progress(0.0, "Reading the data", until=0.1)
        setting = read_setting(job, reporter)
        stations = setting.survey.stations
        test = by_field(stations) if stations.has_test else np.zeros(stations.size, dtype=bool)
        fitted = stations.used & ~test
        if test.any():
            setting = setting.trained_on(fitted)
        cells = int(setting.view.free.sum())
        reporter.progress(0.1, f"Inverting {int(fitted.sum())} stations for {cells} cells", until=0.8)
        problem = setting.with_regional(setting.problem(fitted), fitted, _smoothness(job, setting, reporter))
        result = setting.invert(problem, job.damping, reporter)
        predicted = predicted_everywhere(setting, result, fitted)
        reporter.progress(0.8, "Writing rasters and stations")
        write_inversion(outputs, setting, result, predicted, test)
        figures = inversion_figures(setting, result, predicted, fitted)
        if test.any():
            forecast = predicted[test] + setting.regional_at(result, test)
            figures["score"] = prediction_score(forecast, stations.gravity[test], stations.error[test])
        nothing = judge(setting, result, predicted, fitted)
        told = tuple(reporter.warnings)
        verdict = give_verdict(reporter, nothing)
        figures["verdict"] = verdict.number
        if "report" in outputs:
            from ..report import write_inversion_report

            reporter.progress(0.9, "Drawing the report")
            story = inversion_story(setting, result, predicted, test, figures, verdict, told)
            write_inversion_report(outputs.stage("report"), story)
    return {**outputs.paths(), **figures, "crs": stations.crs.to_wkt()}


def _smoothness(job: InvertReliefJob, setting: InversionSetting, reporter: Reporter) -> float | None:
    """μ of a joint regional: the given one, else the middle of the range that cross validation would search."""
    if not setting.joint or job.regional_damping is not None:
        return job.regional_damping
    middle = float(np.sqrt(np.prod(setting.smoothness_range)))
    reporter.log(f"REGIONAL_DAMPING was left out; {middle:.3g} is taken. Cross validation chooses it by the data.")
    return middle
