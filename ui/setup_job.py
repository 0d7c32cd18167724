"""The setup of the engine, run in a thread of its own and told to the window by signals."""

from __future__ import annotations

import threading
from typing import Any, ClassVar

from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..plugin.engine import client


class SetupJob(QObject):
    """One run of ``environment.setup`` beside the window.

    It belongs to no widget and is kept until its run has ended, so that a window may go first.
    Every signal arrives in the window's thread. A run ends with exactly one of `succeeded`, `failed`
    and `cancelled`, and by then `is_running` is False.

    Parameters
    ----------
    environment : module or object
        Has ``setup`` and ``SetupError``, as ``plugin.engine.environment`` does.
    """

    line = pyqtSignal(str)
    progress = pyqtSignal(float)
    succeeded = pyqtSignal(str)
    failed = pyqtSignal(str)
    cancelled = pyqtSignal()

    _ended = pyqtSignal(str, str)
    _under_way: ClassVar[set[SetupJob]] = set()

    def __init__(self, environment: Any) -> None:
        super().__init__()
        self._environment = environment
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._ended.connect(self._announce)

    def is_running(self) -> bool:
        """Whether a run has begun and its end has not been announced yet."""
        return self._thread is not None

    def start(self, python: str | None = None, wheels: str | None = None, proxy: str | None = None) -> None:
        """Begin; while a run is under way another start does nothing."""
        if self.is_running():
            return
        self._stop.clear()
        self._under_way.add(self)
        # A daemon: should an installer hang, QGIS can still be closed.
        self._thread = threading.Thread(target=self._run, args=(python, wheels, proxy), daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """Ask the run to stop; `cancelled` follows once it has."""
        self._stop.set()

    def wait(self, seconds: float) -> bool:
        """Wait for the thread itself; True where it has ended. For the unloading of the plugin alone."""
        thread = self._thread
        if thread is not None:
            thread.join(seconds)
        return thread is None or not thread.is_alive()

    def _run(self, python: str | None, wheels: str | None, proxy: str | None) -> None:
        client.stop_shared_worker()  # a running engine would hold the files that may be replaced
        try:
            interpreter = self._environment.setup(
                python=python,
                wheels=wheels,
                proxy=proxy,
                on_line=self.line.emit,
                on_progress=self.progress.emit,
                is_cancelled=self._stop.is_set,
            )
        except self._environment.SetupError as error:
            self._ended.emit("cancelled" if self._stop.is_set() else "failed", str(error))
        except Exception as error:  # a fault of ours must not end in a window that waits for ever
            self._ended.emit("failed", f"{type(error).__name__}: {error}")
        else:
            self._ended.emit("succeeded", interpreter)

    def _announce(self, kind: str, text: str) -> None:
        self._thread = None
        self._under_way.discard(self)
        if kind == "succeeded":
            self.succeeded.emit(text)
        elif kind == "cancelled":
            self.cancelled.emit()
        else:
            self.failed.emit(text)
