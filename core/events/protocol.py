"""What the engine says while it works, and whether it was asked to stop: events, one JSON object a line, and their `Reporter`.

Every event has the key ``event``: ready, selftest, progress, log, iteration, trial, warning, result or error.
The last event of a job is result or error; an error's ``kind`` is input (the user can mend it),
internal (a fault of ours or of the machine) or cancelled.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from typing import Any

from ..errors import Cancelled, InputError

Event = dict[str, Any]

EVENTS = ("ready", "selftest", "progress", "log", "iteration", "trial", "warning", "result", "error")
SECONDS_BETWEEN_PROGRESS = 0.1


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
        self._window = (0.0, 100.0)

    def check(self) -> None:
        """Raise `Cancelled` where the user asked to stop. Cheap: call it in every loop."""
        if self._cancelled():
            raise Cancelled

    def quiet(self) -> Reporter:
        """One that asks whether to stop but says nothing."""
        return Reporter(cancelled=self._cancelled)

    def section(self, start: float, end: float) -> None:
        """The share of the whole job, in percent, that the next calls of progress fill."""
        self._window = (start, end)

    def progress(self, fraction: float, text: str = "") -> None:
        """How much of the section is done, 0 to 1; at most ten events a second leave."""
        self.check()
        now = time.monotonic()
        if now - self._last_progress < SECONDS_BETWEEN_PROGRESS:
            return
        self._last_progress = now
        start, end = self._window
        percent = start + (end - start) * min(max(fraction, 0.0), 1.0)
        self._write({"event": "progress", "percent": round(percent, 1), "text": text})

    def log(self, text: str) -> None:
        self._write({"event": "log", "text": text})

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
        self._write({"event": "warning", "text": text, "parameter": parameter, "count": count})

    def verdict(self, number: int, text: str) -> None:
        """What is to be thought of the whole result, where it was not found beyond doubt: a warning too."""
        if self.strict:
            raise InputError(f"{text} (STRICT is on, so this ends the run.)")
        self._write({"event": "warning", "text": text, "parameter": None, "count": None, "verdict": number})

    def iteration(self, number: int, **figures: float) -> None:
        """One step of an inversion, with its figures (rms, objective, ...)."""
        self.check()
        self._write({"event": "iteration", "number": number, **figures})

    def trial(self, number: int, **figures: Any) -> None:
        """One trial of a study, with its damping and score."""
        self.check()
        self._write({"event": "trial", "number": number, **figures})
