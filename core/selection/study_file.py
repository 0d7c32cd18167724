"""The file that a study is kept in: an Optuna journal, locked while it is written, and believed in nothing.

It may come from another machine or an editor, and what it says goes into results: each value of each trial is looked at
before it is used.
"""

from __future__ import annotations

import json
import math
import os
import sys
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from ..inversion.stopping import REASONS

if TYPE_CHECKING:
    import optuna

STUDY_NAME = "gravrelief damping"
MOST_TRIALS = 100_000
LOCK_SECONDS = 60.0
SECONDS_BETWEEN_LOOKS = 0.01
RECORDED = ("score", "iterations", "rms_misfit", "stop_reason", "relief_score", "relief_rmse")
"""What is kept of a trial beside its dampings, see `study.Trial`."""
MAY_BE_EMPTY = ("relief_score", "relief_rmse")
SAME = 1e-6  # relative, of a trial's value and what its scores make of it


class HeldLock:
    """A lock on a file that the system takes back when its holder dies, for Optuna's journal.

    Where a file can't be both locked and written, on Windows, one beside it is locked.
    """

    def __init__(self, file: Path) -> None:
        self._path = f"{file}.lock" if sys.platform == "win32" else str(file)
        self._descriptor = -1

    def acquire(self) -> bool:
        """Wait for the lock; OSError where another run has kept it for a minute."""
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        limit = time.monotonic() + LOCK_SECONDS
        while not _taken(self._descriptor):
            if time.monotonic() > limit:
                self.release()
                raise OSError(11, "another run holds it")
            time.sleep(SECONDS_BETWEEN_LOOKS)
        return True

    def release(self) -> None:
        """Give it back."""
        os.close(self._descriptor)


def _taken(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def open_study_file(file: Path, names: Sequence[str], fingerprint: str) -> optuna.Study:
    """The study that a file holds, or a new one in it.

    Parameters
    ----------
    file : Path
    names : sequence of str
        The dampings that each of its trials must have.
    fingerprint : str
        Of the data and settings.

    Raises
    ------
    InputError
        The file is no study, or one of other data or settings, or a value in it can't be.
    """
    import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    held = _require_journal(file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            storage = JournalStorage(JournalFileBackend(str(file), HeldLock(file)))
            if held:  # which making it once more would write to
                study = optuna.load_study(study_name=STUDY_NAME, storage=storage)
            else:
                study = optuna.create_study(study_name=STUDY_NAME, storage=storage)
            trials, known = study.trials, study.user_attrs.get("fingerprint")
    except Exception as error:  # a journal that was edited can break Optuna anywhere
        raise _no_study(file, " ".join(str(error).split())[:120] or type(error).__name__) from error
    if known is None and not trials:
        with writing(file):
            study.set_user_attr("fingerprint", fingerprint)
    elif known != fingerprint:
        raise InputError(
            f"STUDY: {file} was made with other data or settings. Give a new name, or the same data and settings.",
            "STUDY",
        )
    if len(trials) > MOST_TRIALS:
        raise _no_study(file, f"it holds {len(trials)} trials")
    for trial in trials:
        if wrong := _wrong(trial, names):
            raise _no_study(file, f"trial {trial.number} has {wrong}")
    return study


@contextmanager
def writing(file: Path | None) -> Iterator[None]:
    """Say in a sentence where a study can't be written any more."""
    try:
        yield
    except OSError as error:
        raise InputError(
            f"STUDY: {file} can't be written ({error.strerror or error}). Make room, or give another file; the trials that "
            "it holds are kept.",
            "STUDY",
        ) from error


def _wrong(trial: optuna.trial.FrozenTrial, names: Sequence[str]) -> str:
    """What of a trial can't be, in words; empty where all can."""
    import optuna

    logarithmic = (optuna.distributions.FloatDistribution,)
    planned = trial.system_attrs.get("fixed_params", {})
    if not isinstance(planned, dict) or not all(_positive(value) for value in planned.values()):
        return "planned dampings that are none"
    if not all(isinstance(one, logarithmic) and one.log and one.step is None for one in trial.distributions.values()):
        return "dampings from a range that is no range of dampings"
    if trial.state != optuna.trial.TrialState.COMPLETE:
        return ""
    if set(trial.params) != set(names) or not all(_positive(value) for value in trial.params.values()):
        return f"the dampings {trial.params!r:.80}"
    record = trial.user_attrs
    if set(record) != set(RECORDED):
        return "not the figures of a trial"
    for name in RECORDED:
        if not _can_be(name, record[name]):
            return f"{name} {record[name]!r:.40}"
    criterion = record["score"] * (1.0 if record["relief_score"] is None else record["relief_score"])
    if math.isfinite(criterion) and (trial.value is None or abs(trial.value - criterion) > SAME * abs(criterion)):
        return f"the value {trial.value!r:.40}, which is not its scores'"
    return ""


def _can_be(name: str, value: Any) -> bool:
    """Whether a figure of a trial can have this value; a score that is no number is one of a trial that diverged."""
    if name == "stop_reason":
        return isinstance(value, str) and all(part in REASONS for part in value.split(","))
    if value is None:
        return name in MAY_BE_EMPTY
    if isinstance(value, bool) or not isinstance(value, int if name == "iterations" else (int, float)):
        return False
    return not value < 0


def _positive(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0.0 < value < math.inf


def _require_journal(file: Path) -> bool:
    """Whether a file holds a study. One that holds anything else is refused before it is written to; a last line that was
    never finished is cut off."""
    if file.exists() and not file.is_file():
        raise _no_study(file, "it is a folder, a device or a pipe")
    try:
        held = file.read_bytes() if file.exists() else b""
    except OSError:
        return False  # opening it says why
    if not held:
        return False
    try:
        journal = "op_code" in json.loads(held.splitlines()[0])
    except (ValueError, TypeError, RecursionError):
        journal = False
    if not journal:
        raise _no_study(file, "it holds something else")
    if not held.endswith(b"\n"):
        with writing(file), file.open("r+b") as handle:
            handle.truncate(held.rfind(b"\n") + 1)
    return True


def _no_study(file: Path, why: str) -> InputError:
    return InputError(
        f"STUDY: {file} can't be used as a study ({why}). Give a new name, or a file made by this tool.", "STUDY"
    )
