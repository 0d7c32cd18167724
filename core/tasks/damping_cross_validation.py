"""dampingcrossvalidation: the damping that predicts withheld stations best, and the inversion with it."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from ..columns import Columns
from ..inversion.gauss_newton import InversionResult
from ..jobs import DampingCrossValidationJob
from ..outputs import Outputs
from ..protocol import Reporter
from ..selection.scores import expected_score, prediction_score, rms
from ..selection.splits import alternate_nodes, by_field
from ..selection.study import Search, Trial, best_of, search_damping
from .inversion import InversionSetting, inversion_figures, predict, read_setting, write_inversion
from .stories import cross_validation_story

SPLITS = (by_field, alternate_nodes)
SETTINGS_OF_A_STUDY = (
    "reference_level",
    "penalty",
    "derivative",
    "stopping",
    "max_iterations",
    "objective_tolerance",
    "l2_tolerance",
    "delta_l2_tolerance",
    "increase_limit",
)


def run(job: DampingCrossValidationJob, reporter: Reporter) -> dict[str, Any]:
    with Outputs(job.outputs()) as outputs:
        setting = read_setting(job, reporter)
        stations = setting.survey.stations
        test = SPLITS[job.split](stations)
        training = stations.used & ~test
        reporter.log(f"{int(training.sum())} stations to fit, {int(test.sum())} withheld.")
        trials = _search(setting, training, test, reporter)
        best = best_of(trials)
        _warn_of_doubtful_best(setting, trials, best, test, reporter)
        damping_all = best.damping * _refit_factor(stations.error, stations.used, training)
        fitted = stations.used if job.refit == 1 else training
        reporter.section(70, 85)
        reporter.progress(0.0, "Inverting with the best damping")
        damping = damping_all if job.refit == 1 else best.damping
        result = setting.invert(setting.problem(fitted), damping, reporter, withheld=job.refit == 0)
        predicted = predict(setting, result, fitted)
        write_inversion(outputs, setting, result.heights, predicted, test)
        outputs.table("scores", _score_table(trials))
        figures = {
            "best_damping": best.damping,
            "damping_all": damping_all,
            "best_score": best.score,
            **inversion_figures(setting, result, predicted, fitted),
        }
        if "report" in outputs:
            from ..report import write_cross_validation_report

            reporter.section(85, 100)
            reporter.progress(0.0, "Drawing the report")
            warned = tuple(reporter.warnings)
            withheld = _predict_withheld(setting, result, best, training, test)
            story = cross_validation_story(setting, result, predicted, test, figures, warned, trials, withheld)
            write_cross_validation_report(outputs.stage("report"), story)
    return {**outputs.paths(), **figures, "crs": stations.crs.to_wkt()}


def _search(setting: InversionSetting, training: np.ndarray, test: np.ndarray, reporter: Reporter) -> tuple[Trial, ...]:
    job = setting.job
    assert isinstance(job, DampingCrossValidationJob)
    stations = setting.survey.stations
    problem, test_operator = setting.problem(training), setting.operator(test)
    observed = (stations.gravity - stations.regional)[test]

    def evaluate(damping: float) -> Trial:
        result = setting.invert(problem, damping, reporter, withheld=True)
        return Trial(
            damping=damping,
            score=prediction_score(test_operator.gravity(result.heights), observed, stations.error[test]),
            iterations=result.count,
            rms_misfit=rms(problem.data - result.predicted),
            stop_reason=",".join(result.stop_reason),
            relief_rmse=setting.relief_rmse(result.heights),
            relief=result.heights,
        )

    search = Search(
        smallest=job.damping_min,
        largest=job.damping_max,
        trials=job.trials,
        sampler=job.search == 1,
        seed=job.seed,
        file=job.study,
        fingerprint=_fingerprint(setting, training, test),
    )
    reporter.section(5, 70)
    return search_damping(search, evaluate, reporter)


def _fingerprint(setting: InversionSetting, training: np.ndarray, test: np.ndarray) -> str:
    """What makes two studies comparable: the data, the start, and every setting but the range of dampings."""
    job, survey = setting.job, setting.survey
    stations = survey.stations
    digest = hashlib.sha256()
    for array in (
        stations.easting,
        stations.northing,
        stations.height,
        stations.gravity,
        stations.error,
        stations.regional,
        survey.relief.heights,
        survey.contrast,
        setting.free,
        training,
        test,
    ):
        digest.update(np.ascontiguousarray(array).tobytes())
    digest.update(repr([getattr(job, name) for name in SETTINGS_OF_A_STUDY]).encode())
    return digest.hexdigest()[:16]


def _refit_factor(error: np.ndarray, used: np.ndarray, training: np.ndarray) -> float:
    """What λ is multiplied by when all stations are fitted: the root of the ratio of Σ(1/σ²)."""
    weight = 1.0 / error**2
    return float(np.sqrt(weight[used].sum() / weight[training].sum()))


def _warn_of_doubtful_best(
    setting: InversionSetting, trials: tuple[Trial, ...], best: Trial, test: np.ndarray, reporter: Reporter
) -> None:
    stations = setting.survey.stations
    if len(trials) > 1 and (best is trials[0] or best is trials[-1]):
        end, name = ("lower", "DAMPING_MIN") if best is trials[0] else ("upper", "DAMPING_MAX")
        reporter.warning(
            f"The best damping, {best.damping:.4g}, lies at the {end} end of the range: a better one may lie beyond. "
            f"Move {name} and run again.",
            name,
        )
    if stations.has_errors:
        expected = expected_score(stations.error[test])
        if best.score < 0.9 * expected:
            reporter.warning(
                f"The best score, {best.score:.3g} mGal, lies below the data's own error of {expected:.3g} mGal: either the "
                "errors are too large, or the withheld stations are not independent of the others. "
                "Withhold them otherwise.",
                "SPLIT",
            )


def _predict_withheld(
    setting: InversionSetting, result: InversionResult, best: Trial, training: np.ndarray, test: np.ndarray
) -> np.ndarray:
    """Predicted + regional − observed at the test stations, of the relief that has not seen them: mGal."""
    heights = best.relief
    if heights is None:
        quiet = Reporter()
        heights = setting.invert(setting.problem(training), best.damping, quiet, withheld=True).heights
    stations = setting.survey.stations
    return setting.operator(test).gravity(heights) + (stations.regional - stations.gravity)[test]


def _score_table(trials: tuple[Trial, ...]) -> Columns:
    numbers = {
        name: np.array([getattr(trial, name) for trial in trials], dtype=float)
        for name in ("damping", "score", "iterations", "rms_misfit", "relief_rmse")
    }
    if np.isnan(numbers["relief_rmse"]).all():
        del numbers["relief_rmse"]
    return Columns(numbers, {"stop_reason": [trial.stop_reason for trial in trials]})
