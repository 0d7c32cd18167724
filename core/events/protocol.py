"""What the engine says while it works, and whether it was asked to stop: events, one JSON object a line, and their `Reporter`.

Every event has the key ``event``: ready, selftest, progress, log, iteration, trial, warning, result or error.
The last event of a job is result or error; an error's ``kind`` is input (the user can mend it),
internal (a fault of ours or of the machine) or cancelled.
"""

from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from ..errors import Cancelled, InputError
from .pace import Pace
from .step import Moment, Step

Event = dict[str, Any]

EVENTS = ("ready", "selftest", "progress", "log", "iteration", "trial", "warning", "result", "error")
SECONDS_BETWEEN_PROGRESS = 0.1
SECONDS_OF_SILENCE = 1.2
"""After so many without an event what is being done is said once more."""


def encode(event: Event) -> str:
    """One line of JSON; a number that JSON can't hold (NaN, infinity) becomes null."""
    return json.dumps(_finite(event), ensure_ascii=True, allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    if hasattr(value, "item") and not isinstance(value, (str, bytes)):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


class Board:
    """What is being done, as a reporter and the quiet ones made of it know it."""

    def __init__(self) -> None:
        self.moment = Moment(Step("Starting"), time.monotonic(), (0.0, 100.0))
        self.pace: Pace | None = None


class Reporter:
    """The voice of a running job: what tasks and inversions call, whoever listens.

    Parameters
    ----------
    write : callable
        Takes an event (a dict). The default forgets it.
    cancelled : callable
        Returns True once the user asked to stop.
    strict : bool
        Warnings are raised as `InputError` (the parameter STRICT).
    """

    def __init__(
        self,
        write: Callable[[Event], None] = lambda event: None,
        cancelled: Callable[[], bool] = lambda: False,
        strict: bool = False,
    ) -> None:
        self._write = write
        self._cancelled = cancelled
        self.strict = strict
        self.warnings: list[str] = []
        self.doubts: list[str] = []  # the warnings that put the result in doubt
        self.causes: list[str] = []  # those of them that name another unit in the input
        self._once: set[str] = set()
        self._last_progress = -math.inf
        self._last_stage = ""
        self._window = (0.0, 100.0)
        self._board = Board()
        self._voice = threading.Lock()
        self._percent = 0.0
        self._said_at = time.monotonic()

    def check(self) -> None:
        """Raise `Cancelled` where the user asked to stop. Cheap: call it in every loop."""
        if self._cancelled():
            raise Cancelled

    def quiet(self) -> Reporter:
        """One that asks whether to stop but says nothing; what it is at, this one says where nothing else is said."""
        quiet = Reporter(cancelled=self._cancelled)
        quiet._board = self._board
        return quiet

    def section(self, start: float, end: float) -> None:
        """The share of the whole job, in percent, that the next calls of progress fill."""
        self._window = (start, end)

    def progress(self, fraction: float, text: str = "", until: float | None = None) -> None:
        """How much of the section is done, 0 to 1, what is done next, and how much of the section that will have done."""
        self.step(Step(text, share=fraction, until=until))

    def step(self, step: Step) -> None:
        """A step begins. Of those of one stage at most ten a second are said; the bar never goes back."""
        self.check()
        now = time.monotonic()
        self._board.moment = Moment(step, now, self._window)
        if step.stage == self._last_stage and now - self._last_progress < SECONDS_BETWEEN_PROGRESS:
            return
        self._last_progress, self._last_stage = now, step.stage
        self._tell_moment()

    def at(self, detail: str, share: float = 0.0) -> None:
        """What of the step is done now, and the share of it done before: said where nothing else is said for a while."""
        moment = self._board.moment
        self._board.moment = replace(moment, detail=detail, detail_began=time.monotonic(), detail_share=share)

    def follow(self, pace: Pace | None) -> None:
        """The search whose trials and turns are told from now on; None for no search any more."""
        self._board.pace = pace

    def parts(self, count: int) -> None:
        """Of how many turns and other parts a trial of the search is made."""
        if self._board.pace is not None:
            self._board.pace.parts = count

    def turn(self, text: str) -> None:
        """The next part of a search's trial begins."""
        if self._board.pace is None:
            self.check()
            self.at(text)
        else:
            self.step(self._board.pace.turn(text))

    @contextmanager
    def speaking(self) -> Iterator[None]:
        """Never silent for long while it is open: a thread says what is being done, and since when.

        It can speak while compiled code runs that leaves Python's lock alone.
        """
        over = threading.Event()
        self._said_at = time.monotonic()

        def work() -> None:
            wait = SECONDS_OF_SILENCE
            while not over.wait(wait):
                wait = self.beat()

        thread = threading.Thread(target=work, name="heartbeat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def beat(self) -> float:
        """Say what is being done where nothing was said for long; seconds until it is worth looking again."""
        wait = self._said_at + SECONDS_OF_SILENCE - time.monotonic()
        if wait > 0.0:
            return wait
        self._tell_moment()
        return SECONDS_OF_SILENCE

    def _tell_moment(self) -> None:
        moment, now = self._board.moment, time.monotonic()
        with self._voice:
            self._percent = max(self._percent, moment.percent(now))
            self._said_at = now
            said = {"percent": round(self._percent, 1), "text": moment.text(now), "stage": moment.step.stage}
            self._write({"event": "progress", **said})

    def _tell(self, event: Event) -> None:
        with self._voice:
            self._said_at = time.monotonic()
            self._write(event)

    def log(self, text: str) -> None:
        self._tell({"event": "log", "text": text})

    def warning(
        self,
        text: str,
        parameter: str | None = None,
        count: int | None = None,
        doubt: bool = True,
        once: str | None = None,
        cause: bool = False,
    ) -> None:
        """Something the user should know; the run goes on unless it is strict.

        `doubt` says that the result may be wrong because of it; a warning that only tells what was left out is none. Of
        those named `once` only the first is said. A `cause` names another unit, which explains why a run finds nothing.
        """
        if once is not None:
            if once in self._once:
                return
            self._once.add(once)
        if self.strict:
            raise InputError(f"{text} (STRICT is on, so this warning ends the run.)", parameter)
        self.warnings.append(text)
        if doubt:
            self.doubts.append(text)
        if cause:
            self.causes.append(text)
        self._tell({"event": "warning", "text": text, "parameter": parameter, "count": count})

    def verdict(self, number: int, text: str) -> None:
        """What is to be thought of the whole result, where it was not found beyond doubt: a warning too."""
        if self.strict:
            raise InputError(f"{text} (STRICT is on, so this ends the run.)")
        self._tell({"event": "warning", "text": text, "parameter": None, "count": None, "verdict": number})

    def iteration(self, number: int, **figures: float) -> None:
        """One step of an inversion, with its figures (rms, objective, ...)."""
        self.check()
        self._tell({"event": "iteration", "number": number, **figures})

    def trial(self, number: int, **figures: Any) -> None:
        """One trial of a study, with its damping and score."""
        self.check()
        self._tell({"event": "trial", "number": number, **figures})
