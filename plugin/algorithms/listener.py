"""The engine's events as sentences in the log, and as progress."""

from __future__ import annotations

import time
from typing import Any, Callable

from qgis.core import QgsProcessingFeedback
from qgis.PyQt.QtCore import QCoreApplication, QThread

from ..compat import ONLY_SYSTEM_EVENTS

# The figures of an iteration or a trial that have a name and a unit, in the order in which they are said.
PHRASES = {
    "damping": "damping {:.6g}",
    "regional_damping": "regional damping {:.6g}",
    "score": "score {:.6g} mGal",
    "relief_score": "score at known relief {:.4g} m",
    "iterations": "{:.0f} iterations",
    "rms_misfit": "RMS misfit {:.4g} mGal",
    "rms": "RMS misfit {:.4g} mGal",
    "objective": "objective {:.6g}",
    "step_rms": "RMS step {:.4g} m",
}


SECONDS_BETWEEN_LINES = 60.0


class Listener:
    """Passes events on to the feedback of a run.

    `plain` puts a text into the user's words; `show` shows what is being done where each text takes the place of the last.
    The feedback keeps every text that it is given, so it is given one where something else begins, and one a minute.
    """

    def __init__(
        self,
        feedback: QgsProcessingFeedback,
        plain: Callable[[str], str] = str,
        show: Callable[[str], None] | None = None,
    ) -> None:
        self._feedback = feedback
        self._plain = plain
        self._show = show
        self._kind = ""
        self._line_at = -SECONDS_BETWEEN_LINES
        self.last_warning = ""

    def __call__(self, event: dict[str, Any]) -> None:
        kind = event.get("event")
        if kind == "progress":
            self._feedback.setProgress(event["percent"])
            if event.get("text"):
                self._progress_text(event["text"])
        elif kind == "log":
            self._feedback.pushInfo(self._plain(event["text"]))
        elif kind == "warning":
            self.last_warning = self._plain(event["text"])
            self._feedback.pushWarning(self.last_warning)
        elif kind in ("iteration", "trial"):
            self._feedback.pushInfo(sentence(event))

    def _progress_text(self, text: str) -> None:
        kind, now = text.partition(" ")[0], time.monotonic()
        if kind != self._kind or now - self._line_at >= SECONDS_BETWEEN_LINES:
            self._kind, self._line_at = kind, now
            self._feedback.setProgressText(text)
        elif self._show is not None:
            self._show(text)


def sentence(event: dict[str, Any]) -> str:
    """'Iteration 3: RMS misfit 0.2 mGal, RMS step 4 m.'"""
    said = [phrase.format(event[name]) for name, phrase in PHRASES.items() if isinstance(event.get(name), (int, float))]
    start = f"{event['event'].capitalize()} {event['number']}"
    return f"{start}: {', '.join(said)}." if said else f"{start}."


def above_the_map(title: str, text: str) -> None:
    """Show a warning in QGIS's message bar, where there is a window."""
    from qgis.utils import iface

    if iface is not None:
        iface.messageBar().pushWarning(title, text)


def pump() -> Callable[[], None] | None:
    """What keeps the main thread alive while it waits; None in any other thread.

    Under qgis_process the run is in the main thread, and Ctrl-C arrives only by way of its event loop.
    """
    application = QCoreApplication.instance()
    if application is None or QThread.currentThread() != application.thread():
        return None
    return lambda: QCoreApplication.processEvents(ONLY_SYSTEM_EVENTS)
