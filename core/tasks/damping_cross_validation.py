"""dampingcrossvalidation: the damping that predicts withheld stations best, what is doubtful about it, and the inversion with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..assembly.read_setting import read_setting
from ..data.columns import Columns
from ..events.protocol import Reporter
from ..job.jobs import DampingCrossValidationJob
from ..report.telling import cross_validation_story
from ..results.inversion import inversion_figures, predicted_everywhere, write_inversion
from ..results.judgement import judge
from ..results.outputs import Outputs
from ..results.verdict import give_verdict
from ..selection.best_doubts import check_best
from ..selection.study import Trial, best_of
from ..selection.withholding import Withholding

READ = 2.0
"""Percent of the job, for what comes before the search."""
LEFT_OUT_AS = 1
"""Inversions that a damping takes whose turns are no inversions of their own."""
OPTIONAL_SCORES = ("regional_damping", "relief_score", "relief_rmse")


def run(job: DampingCrossValidationJob, reporter: Reporter) -> dict[str, Any]:
    with Outputs(job.outputs()) as outputs:
        reporter.section(0, READ)
        reporter.progress(0.0, "Reading the data")
        setting = read_setting(job, reporter)
        stations = setting.survey.stations
        reporter.progress(0.5, "Preparing the turns")
        withholding = Withholding(job, setting, reporter)
        test, turns = withholding.withheld, len(withholding.tests)
        in_turns = "" if turns == 1 else f", in {turns} turns"
        reporter.log(f"{int((stations.used).sum())} stations, of which {int(test.sum())} are withheld{in_turns}.")
        tried, drawing = _sections(withholding)
        reporter.section(READ, tried)
        trials = withholding.search()
        best = best_of(trials)
        check_best(trials, best, stations, withholding.withheld, setting.joint, reporter)
        reporter.section(tried, drawing)
        reporter.progress(0.0, "Inverting with the best damping", until=0.8)
        fitted = stations.used
        if job.refit == 1:
            result = withholding.fit_all(best.damping, best.regional_damping, reporter, last=True)
        else:
            result = withholding.fit_training(best)
            setting = withholding.trained
            fitted = stations.used & ~withholding.test
        predicted = predicted_everywhere(setting, result, fitted)
        reporter.progress(0.8, "Writing rasters and stations")
        write_inversion(outputs, setting, result, predicted, withholding.test)
        outputs.table("scores", _score_table(trials))
        figures = {
            **_best_figures(best, withholding.factor),
            **inversion_figures(setting, result, predicted, fitted),
        }
        nothing = judge(setting, result, predicted, fitted, damping="DAMPING_MIN")
        told = tuple(reporter.warnings)
        verdict = give_verdict(reporter, nothing)
        figures["verdict"] = verdict.number
        if "report" in outputs:
            from ..report import write_cross_validation_report

            reporter.section(drawing, 100)
            reporter.progress(0.0, "Drawing the report")
            missed = (withholding.forecast_of(best) - stations.gravity)[withholding.withheld]
            story = cross_validation_story(
                setting, result, predicted, withholding, figures, verdict, told, trials, missed
            )
            write_cross_validation_report(outputs.stage("report"), story)
    return {**outputs.paths(), **figures, "crs": stations.crs.to_wkt()}


def _sections(withholding: Withholding) -> tuple[float, float]:
    """Where the bar stands, in percent, when the search is over and when the report is drawn.

    Each of the two steps that follow is taken for as long as one of the search's inversions.
    """
    tried = float(np.prod([len(dimension.values()) for dimension in withholding.dimensions()]))
    turns = LEFT_OUT_AS if withholding.near_all or len(withholding.tests) == 1 else 1 + len(withholding.tests)
    inversions = tried * (turns + len(withholding.relief.turns))
    share = (100.0 - READ) / (inversions + 2.0)
    return 100.0 - 2.0 * share, 100.0 - share


def _best_figures(best: Trial, factor: float) -> dict[str, float]:
    figures = {"best_damping": best.damping, "damping_all": best.damping * factor, "best_score": best.score}
    if best.regional_damping is not None:
        figures["best_regional_damping"] = best.regional_damping
        figures["regional_damping_all"] = best.regional_damping * factor
    if best.relief_score is not None:
        figures["best_relief_score"] = best.relief_score
    return figures


def _score_table(trials: Sequence[Trial]) -> Columns:
    names = ("damping", "score", "iterations", "rms_misfit", *OPTIONAL_SCORES)
    numbers = {name: np.array([getattr(trial, name) for trial in trials], dtype=float) for name in names}
    for name in OPTIONAL_SCORES:
        if np.isnan(numbers[name]).all():
            del numbers[name]
    return Columns(numbers, {"stop_reason": [trial.stop_reason for trial in trials]})
