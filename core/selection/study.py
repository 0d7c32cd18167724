"""The search for the dampings: an Optuna study of one or two numbers on logarithmic scales."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..events.pace import Pace
from ..events.protocol import Reporter
from .study_file import RECORDED, open_study_file, writing

if TYPE_CHECKING:
    import optuna

SAME_DAMPING = 1e-9
SYMBOLS = {"damping": "λ", "regional_damping": "μ"}


@dataclass(frozen=True)
class Trial:
    """One setting of the dampings, and how well it predicted."""

    damping: float  # λ
    score: float  # mGal, at the withheld stations
    iterations: int
    rms_misfit: float  # mGal, at the fitted stations
    stop_reason: str  # comma-separated
    regional_damping: float | None = None  # μ, of a joint regional
    relief_score: float | None = None  # m, at withheld places of known relief
    relief_rmse: float | None = None  # m, where the true relief is known
    relief: np.ndarray | None = field(default=None, compare=False)  # (ny, nx) m; None where read from a file

    @property
    def criterion(self) -> float:
        """What is made small: the score, or where relief was withheld too its product with that score."""
        return self.score if self.relief_score is None else self.score * self.relief_score


@dataclass(frozen=True)
class Dimension:
    """A range that is searched."""

    name: str  # damping or regional_damping
    smallest: float
    largest: float
    count: int  # values on a grid

    def values(self) -> list[float]:
        """The grid: equal ratios, both ends."""
        if self.smallest == self.largest:
            return [self.smallest]
        return [float(v) for v in np.geomspace(self.smallest, self.largest, max(self.count, 2))]

    def ends(self) -> list[float]:
        return sorted({self.smallest, self.largest})


@dataclass(frozen=True)
class Search:
    """What to try."""

    dimensions: tuple[Dimension, ...]
    sampler: bool  # Optuna's TPE sampler in place of a grid; the ends are tried first
    trials: int  # of the sampler
    seed: int
    file: Path | None = None  # where the study is kept
    fingerprint: str = ""  # of the data and settings: a file with another one is refused
    strong_first: bool = (
        False  # whether a grid's large dampings are tried first: small ones may set out from their reliefs
    )
    halvings: int = 0  # how often a grid's step is halved about the best of its trials


def search_damping(search: Search, evaluate: Callable[..., Trial], reporter: Reporter) -> tuple[Trial, ...]:
    """Try dampings and return every trial, those of a reopened file too, ascending by damping.

    Parameters
    ----------
    search : Search
    evaluate : callable
        Inverts with the dampings, given by the dimensions' names, and scores.
    reporter : Reporter
        Told of every trial, and asked whether to stop; finished trials stay in the file then.

    Raises
    ------
    InputError
        The file is no study, or one of other data or settings.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = _open_study(search)
    done = [_from_record(trial) for trial in study.trials if trial.state == optuna.trial.TrialState.COMPLETE]
    scales: dict[str, Any] = {
        d.name: optuna.distributions.FloatDistribution(d.smallest, d.largest, log=True) for d in search.dimensions
    }

    def attempt(place: dict[str, float] | None, number: int, total: int) -> None:
        """One trial: at a place, or where the sampler says."""
        reporter.check()
        with writing(search.file):
            if place is not None:
                study.enqueue_trial(place)
            asked = study.ask(scales)
            while place is not None and asked.params != place:  # one left waiting in the file by a run that was killed
                study.tell(asked, state=optuna.trial.TrialState.FAIL)
                asked = study.ask(scales)
        try:
            best = f"best so far {_words(done)}" if done else ""
            reporter.step(pace.begin(f"Damping {number} of {total} ({_place(asked.params)})", number, total, best))
            trial = evaluate(**asked.params)
            pace.end()
        except BaseException:
            study.tell(asked, state=optuna.trial.TrialState.FAIL)
            raise
        with writing(search.file):
            for key, value in _record(trial).items():
                asked.set_user_attr(key, value)
            study.tell(asked, trial.criterion)
        done.append(trial)
        reporter.trial(number, total=total, **_told(trial))

    pace = Pace()
    reporter.follow(pace)
    rounds = 0 if search.sampler else search.halvings
    planned: list[dict[str, float] | None] = list(_planned(search, done))
    if search.sampler:
        wanted = max(search.trials - len(done), 0)
        planned = (planned + [None] * wanted)[:wanted]
    most = len(planned) + rounds * (3 ** len(search.dimensions) - 1)
    for number, place in enumerate(planned, 1):
        attempt(place, number, most)
    number = len(planned)
    for halving in range(1, rounds + 1):
        for place in _around(search, best_of(done), 0.5**halving, done):
            number += 1
            attempt(place, number, most)
    reporter.follow(None)
    return tuple(sorted(done, key=lambda trial: (trial.damping, trial.regional_damping or 0.0)))


def _place(dampings: dict[str, float]) -> str:
    """'λ 0.0132, μ 0.5'."""
    return ", ".join(f"{SYMBOLS[name]} {value:.3g}" for name, value in dampings.items())


def _words(done: Sequence[Trial]) -> str:
    """The best trial: its dampings and its scores."""
    best = best_of(done)
    dampings = {name: value for name in SYMBOLS if (value := getattr(best, name)) is not None}
    relief = "" if best.relief_score is None else f" and {best.relief_score:.3g} m"
    return f"{_place(dampings)}, score {best.score:.3g} mGal{relief}"


def best_of(trials: Sequence[Trial]) -> Trial:
    """The trial with the lowest criterion; one whose prediction is no number is the worst."""
    return min(trials, key=lambda trial: trial.criterion if np.isfinite(trial.criterion) else np.inf)


def _planned(search: Search, done: Sequence[Trial]) -> list[dict[str, float]]:
    """The places known beforehand that are not done yet: the whole grid, or the corners of the sampler's ranges."""
    order = -1 if search.strong_first and not search.sampler else 1
    axes = [(d.ends() if search.sampler else d.values())[::order] for d in search.dimensions]
    names = [d.name for d in search.dimensions]
    places = [dict(zip(names, values, strict=True)) for values in itertools.product(*axes)]
    return [place for place in places if not any(_same(place, trial) for trial in done)]


def _around(search: Search, best: Trial, share: float, done: Sequence[Trial]) -> list[dict[str, float]]:
    """The places around the best trial, that share of the grid's step away in each direction, which are not done yet."""
    axes = []
    for d in search.dimensions:
        centre, values = float(getattr(best, d.name)), d.values()
        ratio = (values[1] / values[0]) ** share if len(values) > 1 else 1.0
        near = (centre / ratio, centre, centre * ratio) if ratio > 1.0 else (centre,)
        axes.append([v for v in near if d.smallest <= v <= d.largest])
    names = [d.name for d in search.dimensions]
    places = [dict(zip(names, values, strict=True)) for values in itertools.product(*axes)]
    return [place for place in places if not any(_same(place, trial) for trial in done)]


def _same(place: dict[str, float], trial: Trial) -> bool:
    return all(abs(getattr(trial, name) - value) <= SAME_DAMPING * value for name, value in place.items())


def _open_study(search: Search) -> optuna.Study:
    import optuna

    if search.file is None:
        return optuna.create_study(sampler=_sampler(search, 0))
    study = open_study_file(search.file, [d.name for d in search.dimensions], search.fingerprint)
    study.sampler = _sampler(search, len(study.trials))
    return study


def _sampler(search: Search, done: int) -> Any:
    """A sampler seeded by the trials done before too, lest a reopened study draw the same dampings again."""
    import optuna

    return optuna.samplers.TPESampler(seed=search.seed + done, n_startup_trials=max(4, search.trials // 4))


def _record(trial: Trial) -> dict[str, Any]:
    return {key: getattr(trial, key) for key in RECORDED}


def _from_record(trial: optuna.trial.FrozenTrial) -> Trial:
    return Trial(**trial.params, **trial.user_attrs)


def _told(trial: Trial) -> dict[str, Any]:
    names = ("damping", "regional_damping", "score", "relief_score", "iterations", "rms_misfit")
    return {name: getattr(trial, name) for name in names if getattr(trial, name) is not None}
