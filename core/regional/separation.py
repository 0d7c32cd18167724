"""From a job and a misfit to the regional: the method it names, its settings given or chosen, and how good it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..errors import InputError
from ..events.protocol import Reporter
from ..job.parts import RegionalJob
from ..survey.known_points import inside, read_known_points
from ..survey.survey import Survey
from . import candidates
from .constant import Constant
from .cross_validation import Choice, Folds, choose
from .equivalent_sources import MOST_SOURCES
from .given_settings import check_degree, check_depth, check_wavelength
from .known_misfit import misfit_at
from .method import Method, Prediction, Samples
from .thinning import thinned

NONE, CONSTANT, TREND, LOW_PASS, EQUIVALENT_SOURCES, KNOWN_POINTS = range(6)
NAMES = ("none", "a constant", "a trend", "a low-pass filter", "equivalent sources", "the known points")
TO_TRY = {
    TREND: "a lower TREND_DEGREE",
    LOW_PASS: "a longer WAVELENGTH",
    EQUIVALENT_SOURCES: "a greater SOURCE_DEPTH or SOURCE_DAMPING",
    KNOWN_POINTS: "a greater damping, or more known points",
}


@dataclass(frozen=True)
class Separation:
    """The regional of a misfit."""

    predict: Prediction
    name: str  # "a trend"
    settings: str  # "degree 2"
    score: float | None  # share of the withheld variance that was predicted; None where nothing was withheld
    scores: Sequence[tuple[str, float]]  # of all settings tried
    again: Callable[[Samples], Prediction]  # the same method and settings fitted to the misfit at other stations


def separate(job: RegionalJob, survey: Survey, misfit: Samples, reporter: Reporter) -> Separation:
    """The regional by the job's method.

    Parameters
    ----------
    job : RegionalJob
    survey : Survey
    misfit : Samples
        At the used stations, mGal, less what REGIONAL_FIELD holds.
    reporter : Reporter
        Told what was chosen, and where it predicts withheld misfit worse than a constant.
    """
    known = _known_misfit(job, survey, misfit, reporter)
    fitted = _fitted(job, misfit, known)
    choice = _choice(job, known, fitted, reporter)

    def again(other: Samples) -> Prediction:
        try:
            at_points = _known_misfit(job, survey, other, Reporter())
        except InputError:  # no known point has one of these stations nearby
            at_points = known
        return choice.method.fit(_fitted(job, other, at_points))

    predict, name = choice.method.fit(fitted), NAMES[job.regional]
    return Separation(predict, name, str(choice.method), choice.score, choice.scores, again)


def _fitted(job: RegionalJob, misfit: Samples, known: Samples | None) -> Samples:
    """What the method is fitted to: the misfit at the known points or at the stations, thinned where they are too many."""
    at_points = known is not None and job.regional in (NONE, CONSTANT, KNOWN_POINTS)
    fitted = known if at_points and known is not None else misfit
    return thinned(fitted, MOST_SOURCES) if job.regional == EQUIVALENT_SOURCES else fitted


def _choice(job: RegionalJob, known: Samples | None, fitted: Samples, reporter: Reporter) -> Choice:
    """The method with its settings, as they are given or as they predict best."""
    if job.regional in (NONE, CONSTANT):
        return Choice(Constant(0.0 if job.regional == NONE else job.regional_value), None, [])
    folds = Folds(job.folds, job.block_size, job.seed)
    choice = choose(_candidates(job, fitted, reporter), fitted, folds, known, reporter.check)
    _tell(job, choice, known is not None, reporter)
    return choice


def _known_misfit(job: RegionalJob, survey: Survey, misfit: Samples, reporter: Reporter) -> Samples | None:
    """The misfit at the known points, where there are any and the method has a use for them."""
    if (
        job.known_points is None
        or job.regional == NONE
        or (job.regional == CONSTANT and job.regional_value is not None)
    ):
        return None
    points = read_known_points(job, survey.relief.grid.crs, reporter)
    return misfit_at(inside(points, survey.relief, reporter), misfit, survey, reporter)


def _candidates(job: RegionalJob, fitted: Samples, reporter: Reporter) -> Sequence[Method]:
    if job.regional == TREND:
        check_degree(job.trend_degree, fitted)
        return candidates.trends(job.trend_degree, fitted)
    if job.regional == LOW_PASS:
        check_wavelength(job.wavelength, fitted, reporter)
        return candidates.low_passes(job.wavelength, fitted)
    if job.regional == KNOWN_POINTS and job.known_interpolation == 0:
        return candidates.splines(job.spline_damping, fitted)
    check_depth(job.source_depth, fitted, reporter)
    return candidates.equivalent_sources(job.source_depth, job.source_damping, fitted)


def _tell(job: RegionalJob, choice: Choice, at_known: bool, reporter: Reporter) -> None:
    name = NAMES[job.regional]
    if choice.score is None:
        reporter.log(f"Regional by {name}, {choice.method}; too few blocks of data to score it.")
        return
    reporter.log(f"Regional by {name}, {choice.method}: score {choice.score:.3f}.")
    if choice.score < 0:
        where = "withheld known points" if at_known else "withheld stations"
        reporter.warning(
            f"The regional by {name} ({choice.method}) predicts the misfit at {where} worse than a constant does (score "
            f"{choice.score:.2f}). Try REGIONAL 1 (constant), {TO_TRY[job.regional]}, or another BLOCK_SIZE.",
            "REGIONAL",
        )
