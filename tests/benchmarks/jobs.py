"""Whole jobs that are timed, from the files to the results: seconds each, and the longest time in which none says a word.

`python -m tests.benchmarks.cases NAME` measures one of these cases, `... NAME KEY` one of its figures alone; on standard error it
says what each job found, and after which event it was silent for longest.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from core.events.protocol import Event, Reporter
from core.operators import lattice_kernels
from core.tasks import run_task

from . import surveys
from .surveys import Keys

Figures = dict[str, float]

REPEATS = 3
LONG = 15.0
"""Seconds from which a job is measured once."""
LONGEST_FOR_THE_PLOT = 120.0
"""Seconds from which no larger survey is tried."""
STATIONS_OF_THE_PLOT = 300, 1000, 3000, 10_000

INVERSION = {"task": "invertrelief", "damping": 0.003, "inverted_relief": "inverted.tif"}
BLOCKS = {"task": "dampingcrossvalidation", "split": 2, "inverted_relief": "inverted.tif"}
ONE_TRIAL = {"damping_min": 0.003, "damping_max": 0.003, "trials": 1}


class Times:
    """Runs jobs and keeps their seconds by key, and the longest silence of all."""

    def __init__(self, wanted: tuple[str, ...], repeats: int = REPEATS) -> None:
        self._wanted, self._repeats = wanted, repeats
        self.figures: Figures = {"longest_silence_s": 0.0}

    def take(self, key: str, folder: Path, job: Keys) -> None:
        """The median of a job's seconds, where that key is wanted."""
        if self._wanted and key not in self._wanted:
            return
        taken = [self._run(key, folder, job)]
        while taken[0] < LONG and len(taken) < self._repeats:
            taken.append(self._run(key, folder, job))
        self.figures[key] = float(np.median(taken))

    def _run(self, key: str, folder: Path, job: Keys) -> float:
        lattice_kernels._shared.clear()  # of the run before: a user's first run finds none
        begun = time.perf_counter()
        heard: list[tuple[float, str]] = [(begun, "the start")]

        def listen(event: Event) -> None:
            heard.append((time.perf_counter(), str(event.get("text") or event["event"])))

        outputs = run_task(job, folder, Reporter(listen))
        heard.append((time.perf_counter(), "the end"))
        moments = np.array([moment for moment, _ in heard])
        longest = int(np.argmax(np.diff(moments)))
        silence, taken = float(np.diff(moments)[longest]), float(moments[-1] - begun)
        found = {
            name: outputs[name] for name in ("verdict", "relief_rmse", "best_damping", "iterations") if name in outputs
        }
        print(f"{key}: {taken:.2f} s, {found}; silent for {silence:.2f} s after: {heard[longest][1]}", file=sys.stderr)
        self.figures["longest_silence_s"] = max(self.figures["longest_silence_s"], silence)
        return taken


@contextmanager
def _folder() -> Iterator[Path]:
    """An empty folder; what a job imports and compiles is there already."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run_task(surveys.bowl(folder, law=True, columns=12, rows=12) | INVERSION, folder, Reporter())
        small = surveys.scattered(folder, 60, 12) | BLOCKS | ONE_TRIAL
        for changes in ({}, {"regional": 6, "regional_trials": 1, "refine": 0, "repeats": 1}):
            run_task(small | changes, folder, Reporter())
        yield folder


def law(*wanted: str) -> Figures:
    """A basin of 48 x 64 cells, its contrast constant or by a law: an inversion, and nine dampings by blocks."""
    times = Times(wanted)
    with _folder() as folder:
        times.take("law_invert_constant_s", folder, surveys.bowl(folder, law=False) | INVERSION)
        by_law = surveys.bowl(folder, law=True)
        times.take("law_invert_s", folder, by_law | INVERSION)
        times.take("law_cv_s", folder, by_law | BLOCKS | {"trials": 9})
    return times.figures


def survey(*wanted: str) -> Figures:
    """5000 scattered stations over 100 x 100 cells: an inversion, and eight dampings by blocks."""
    times = Times(wanted)
    with _folder() as folder:
        keys = surveys.scattered(folder, 5000, 100)
        times.take("survey_invert_s", folder, keys | INVERSION)
        times.take("survey_cv_s", folder, keys | BLOCKS)
    return times.figures


def close(*wanted: str) -> Figures:
    """The same with its stations 50 to 300 m above the relief itself; no figure of `make bench`."""
    times = Times(wanted)
    with _folder() as folder:
        times.take("close_invert_s", folder, surveys.scattered(folder, 5000, 100, on_relief=True) | INVERSION)
    return times.figures


def joint(*wanted: str) -> Figures:
    """The published survey with a hidden window, relief and regional found together, with the default settings."""
    times = Times(wanted)
    with _folder() as folder:
        keys = surveys.amundsen(folder)
        times.take("joint_invert_s", folder, {**keys, **INVERSION, "damping": 0.1})
        times.take("joint_cv_s", folder, keys | BLOCKS)
    return times.figures


def joint_13000(*wanted: str) -> Figures:
    """13,000 scattered stations over 80 x 80 cells and 40 known points, relief and regional found together."""
    times = Times(wanted)
    with _folder() as folder:
        keys = surveys.scattered(folder, 13_000, 80, regional=True)
        times.take("joint_13000_s", folder, keys | BLOCKS | {"trials": 5, "regional_trials": 5})
    return times.figures


def trial(*wanted: str) -> Figures:
    """One damping by blocks in a basin under stations on the nodes, and on a grid with other nodes."""
    times = Times(wanted)
    with _folder() as folder:
        keys = surveys.bowl(folder, law=False) | BLOCKS | ONE_TRIAL
        times.take("aligned_trial_s", folder, keys)
        del keys["true_relief"]
        times.take("unaligned_trial_s", folder, surveys.unaligned(keys))
    return times.figures


def cv_scaling() -> dict[str, list[list[float]]]:
    """For the plot: stations and seconds, of an inversion and of a cross validation of eight dampings by blocks."""
    rows: dict[str, list[list[float]]] = {"inversion": [], "cross validation": []}
    with _folder() as folder:
        for stations in STATIONS_OF_THE_PLOT:
            keys = surveys.scattered(folder, stations, round(float(np.sqrt(2.0 * stations))))
            times = Times((), repeats=1)
            for name, job in (("inversion", INVERSION), ("cross validation", BLOCKS)):
                times.take(name, folder, keys | job)
                rows[name].append([stations, times.figures[name]])
            if rows["cross validation"][-1][1] > LONGEST_FOR_THE_PLOT:
                break
    return rows


JOB_CASES: dict[str, Callable[..., object]] = {
    case.__name__: case for case in (law, survey, close, joint, joint_13000, trial, cv_scaling)
}
