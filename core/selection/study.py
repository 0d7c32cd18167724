"""The search for the damping: an Optuna study of one number on a logarithmic scale."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import InputError
from ..protocol import Reporter

if TYPE_CHECKING:
    import optuna

STUDY_NAME = "gravrelief damping"
SAME_DAMPING = 1e-9


@dataclass(frozen=True)
class Trial:
    """One damping, and how well it predicted."""

    damping: float
    score: float  # mGal, at the test stations
    iterations: int
    rms_misfit: float  # mGal, at the training stations
    stop_reason: str  # comma-separated
    relief_rmse: float | None = None  # m, where the true relief is known
    relief: np.ndarray | None = None  # (ny, nx) m; None where the trial was read from a file


@dataclass(frozen=True)
class Search:
    """Which dampings to try."""

    smallest: float
    largest: float
    trials: int
    sampler: bool  # Optuna's TPE sampler in place of a logarithmic grid; both ends are tried first
    seed: int
    file: Path | None = None  # where the study is kept
    fingerprint: str = ""  # of the data and settings: a file with another one is refused


def search_damping(search: Search, evaluate: Callable[[float], Trial], reporter: Reporter) -> tuple[Trial, ...]:
    """Try dampings and return every trial, those of a reopened file too, ascending by damping.

    Parameters
    ----------
    search : Search
    evaluate : callable
        Inverts with one damping and scores it.
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
    planned = _planned(search, [trial.damping for trial in done])
    total = len(planned) if not search.sampler else max(search.trials - len(done), 0)
    for damping in planned:
        study.enqueue_trial({"damping": damping})
    scale = optuna.distributions.FloatDistribution(search.smallest, search.largest, log=True)
    for number in range(total):
        reporter.progress(number / total, f"Damping {number + 1} of {total}")
        asked = study.ask({"damping": scale})
        try:
            trial = evaluate(asked.params["damping"])
        except BaseException:
            study.tell(asked, state=optuna.trial.TrialState.FAIL)
            raise
        for key, value in _record(trial).items():
            asked.set_user_attr(key, value)
        study.tell(asked, trial.score)
        done.append(trial)
        figures = {"damping": trial.damping, "score": trial.score, "iterations": trial.iterations}
        reporter.trial(number + 1, **figures, total=total, rms_misfit=trial.rms_misfit)
    return tuple(sorted(done, key=lambda trial: trial.damping))


def best_of(trials: tuple[Trial, ...]) -> Trial:
    """The trial with the lowest score."""
    return min(trials, key=lambda trial: trial.score)


def _planned(search: Search, done: list[float]) -> list[float]:
    """The dampings known beforehand that are not done yet: the whole grid, or the sampler's two ends."""
    if search.smallest == search.largest:
        values = np.array([search.smallest])
    else:
        count = 2 if search.sampler else search.trials
        values = np.geomspace(search.smallest, search.largest, count)
    tried = np.array(done)
    return [float(v) for v in values if not (np.abs(tried - v) <= SAME_DAMPING * v).any()]


def _open_study(search: Search) -> optuna.Study:
    import optuna

    if search.file is None:
        return optuna.create_study(sampler=_sampler(search, 0))
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock

    path = str(search.file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            storage = JournalStorage(JournalFileBackend(path, JournalFileOpenLock(path)))
            study = optuna.create_study(storage=storage, study_name=STUDY_NAME, load_if_exists=True)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"STUDY: {path} can't be used as a study ({error}). Give a new name, or a file made by this tool.",
            "STUDY",
        ) from error
    known = study.user_attrs.get("fingerprint")
    if known is None:
        study.set_user_attr("fingerprint", search.fingerprint)
    elif known != search.fingerprint:
        raise InputError(
            f"STUDY: {path} was made with other data or settings. Give a new name, or the same data and settings.",
            "STUDY",
        )
    study.sampler = _sampler(search, len(study.trials))
    return study


def _sampler(search: Search, done: int) -> Any:
    """A sampler seeded by the trials done before too, lest a reopened study draw the same dampings again."""
    import optuna

    return optuna.samplers.TPESampler(seed=search.seed + done, n_startup_trials=max(4, search.trials // 4))


def _record(trial: Trial) -> dict[str, Any]:
    keys = ("iterations", "rms_misfit", "stop_reason", "relief_rmse")
    return {key: getattr(trial, key) for key in keys}


def _from_record(trial: optuna.trial.FrozenTrial) -> Trial:
    assert trial.value is not None
    return Trial(damping=trial.params["damping"], score=trial.value, **trial.user_attrs)


def without_relief(trial: Trial) -> Trial:
    """The same trial without its relief, to keep memory low."""
    return replace(trial, relief=None)
