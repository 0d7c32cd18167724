"""invertrelief: the relief that explains gravity, with one damping."""

from __future__ import annotations

from typing import Any

from ..jobs import InvertReliefJob
from ..outputs import Outputs
from ..protocol import Reporter
from ..selection.scores import prediction_score
from ..selection.splits import by_field
from .inversion import inversion_figures, predict, read_setting, write_inversion
from .stories import inversion_story


def run(job: InvertReliefJob, reporter: Reporter) -> dict[str, Any]:
    with Outputs(job.outputs()) as outputs:
        setting = read_setting(job, reporter)
        stations = setting.survey.stations
        test = by_field(stations) if stations.has_test else stations.test & False
        fitted = stations.used & ~test
        reporter.progress(0.1, f"Inverting {int(fitted.sum())} stations for {int(setting.free.sum())} cells")
        result = setting.invert(setting.problem(fitted), job.damping, reporter)
        predicted = predict(setting, result, fitted)
        reporter.progress(0.7, "Writing rasters and stations")
        write_inversion(outputs, setting, result.heights, predicted, test)
        figures = inversion_figures(setting, result, predicted, fitted)
        if test.any():
            observed = (stations.gravity - stations.regional)[test]
            figures["score"] = prediction_score(predicted[test], observed, stations.error[test])
        if "report" in outputs:
            from ..report import write_inversion_report

            reporter.progress(0.8, "Drawing the report")
            story = inversion_story(setting, result, predicted, test, figures, tuple(reporter.warnings))
            write_inversion_report(outputs.stage("report"), story)
    return {**outputs.paths(), **figures, "crs": stations.crs.to_wkt()}
