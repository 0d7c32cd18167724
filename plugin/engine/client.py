"""The engine as the plugin sees it: one warm worker process that runs one job at a time."""

from __future__ import annotations

import atexit
import json
import os
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Optional

from .channel import Channel
from .keeping import Keeper
from .leftovers import sweep

if TYPE_CHECKING:
    from . import environment

Event = dict[str, Any]
OnEvent = Callable[[Event], None]
Pump = Optional[Callable[[], None]]

PROTOCOL = 1
READY_SECONDS = 60.0
SELFTEST_SECONDS = 120.0
CANCEL_SECONDS = 1.0
IDLE_SECONDS = 600.0
SECONDS_BETWEEN_LOOKS = 0.03
REMEDY = "Run 'Set up the engine' to mend it."


class EngineError(Exception):
    """A job ended without a result.

    Parameters
    ----------
    kind : str
        input (the user can mend it), internal, setup (the engine is absent or broken) or cancelled.
    message : str
        Sentences for the user.
    parameter : str or None
        The Processing parameter at fault.
    log : str or None
        The file with the details.
    """

    def __init__(self, kind: str, message: str, parameter: str | None = None, log: str | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.parameter = parameter
        self.log = log


class Worker:
    """The engine process, started at the first job and again where it was ended.

    Parameters
    ----------
    idle_seconds : float
        How long it is kept without a job.
    """

    def __init__(self, idle_seconds: float = IDLE_SECONDS) -> None:
        self._idle_seconds = idle_seconds
        self._channel: Channel | None = None
        self._one_job = threading.Lock()
        self._number = 0
        self._idle_timer: threading.Timer | None = None

    @property
    def pid(self) -> int | None:
        """The process's number, while there is one."""
        channel = self._channel
        return channel.pid if channel is not None and channel.alive else None

    def run(
        self,
        job_path: str,
        on_event: OnEvent = lambda event: None,
        is_cancelled: Callable[[], bool] = lambda: False,
        pump: Pump = None,
        keeper: Keeper | None = None,
    ) -> dict[str, Any]:
        """Run a job file and return its outputs; wait for the worker where another thread has it.

        Parameters
        ----------
        job_path : str
            The job file, absolute.
        on_event : callable
            Takes each event, on the calling thread.
        is_cancelled : callable
            Returns True once the user asked to stop.
        pump : callable or None
            Called every few hundredths of a second; keeps the window alive on the main thread.
        keeper : Keeper or None
            Takes what the results replaced, and decides later whether they stay; without one they stay.

        Raises
        ------
        EngineError
            Where the job ended in any other way. Without a keeper nothing of its results is there then.
        """
        own = Keeper()
        try:
            outputs = self._run(job_path, on_event, is_cancelled, pump, keeper or own)
        except BaseException:
            own.undo()
            raise
        own.drop()
        return outputs

    def _run(
        self, job_path: str, on_event: OnEvent, is_cancelled: Callable[[], bool], pump: Pump, keeper: Keeper
    ) -> dict[str, Any]:
        while not self._one_job.acquire(timeout=SECONDS_BETWEEN_LOOKS):
            _look_around(is_cancelled, pump)
        try:
            self._stop_timer()
            channel = self._ready_channel(is_cancelled, pump)
            self._number += 1
            folders = [str(folder) for folder in keeper.folders]
            command = {"command": "run", "id": self._number, "job": job_path, "hold": True, "folders": folders}
            channel.send(command)
            return self._follow(channel, on_event, is_cancelled, pump, keeper)
        except BaseException:
            # Whatever interrupted us, a worker that may still be busy is not used again.
            if self._channel is None or self._channel.busy:
                self._end_channel()
                for folder in {*keeper.folders, *_folders_in(job_path)}:
                    sweep(folder)
            raise
        finally:
            self._start_timer()
            self._one_job.release()

    def stop(self) -> None:
        """End the process, in the middle of a job too."""
        self._stop_timer()
        self._end_channel()

    def _ready_channel(self, is_cancelled: Callable[[], bool], pump: Pump) -> Channel:
        """The running process, or a new one that has said it is ready and where it lives."""
        from . import environment

        found = environment.status()
        if found.python is None:
            raise EngineError("setup", found.message)
        channel = self._channel
        if channel is not None and channel.alive and channel.python == found.python:
            return channel
        self._end_channel()
        try:
            channel = self._channel = Channel(found.python)
        except OSError as error:
            message = f"The engine's Python {found.python} can't be started ({error.strerror}). {REMEDY}"
            raise EngineError("setup", message) from None
        limit = time.monotonic() + READY_SECONDS
        while True:
            event = channel.next_event(SECONDS_BETWEEN_LOOKS)
            if event is None and channel.alive and time.monotonic() < limit:
                _look_around(is_cancelled, pump)
                continue
            trouble = _ready_trouble(event, found)
            if trouble is None:
                channel.busy = False
                return channel
            remedy = REMEDY
            if not channel.alive:
                words = channel.last_words().rpartition(" / ")[2].rstrip(".")
                trouble = f"The engine ended as soon as it was started: {words}."
                remedy = environment.NOT_WHOLE if "No module named 'core" in words else REMEDY
            self._end_channel()
            raise EngineError("setup", f"{trouble} {remedy}")

    def _follow(
        self, channel: Channel, on_event: OnEvent, is_cancelled: Callable[[], bool], pump: Pump, keeper: Keeper
    ) -> dict[str, Any]:
        """Hand on the job's events until the last one; ask it to stop, and then make it stop."""
        channel.busy = True
        asked_at: float | None = None
        while True:
            event = channel.next_event(SECONDS_BETWEEN_LOOKS)
            if pump is not None:
                pump()
            if asked_at is None and is_cancelled():
                asked_at = time.monotonic()
                channel.send({"command": "cancel"})
            if event is None:
                if asked_at is not None and time.monotonic() - asked_at > CANCEL_SECONDS:
                    self._end_channel()
                    raise _cancelled()
                if not channel.alive and channel.drained:
                    raise self._died(channel, asked_at)
                continue
            if event.get("event") == "selftest":
                channel.selftest = event
            elif event.get("id") == self._number:
                if event.get("event") in ("result", "error"):
                    channel.busy = False
                    keeper.kept += [Path(folder) for folder in event.get("held", [])]
                    outputs = self._outputs(channel, event)
                    if asked_at is not None:  # it came too late for the engine, and not for the keeper
                        raise _cancelled()
                    return outputs
                on_event(event)

    def _outputs(self, channel: Channel, event: Event) -> dict[str, Any]:
        """The outputs of a last event, if it is a result and the engine's PROJ can be trusted."""
        if event["event"] == "error":
            kind = str(event.get("kind", "internal"))
            raise EngineError(kind, str(event.get("message")), event.get("parameter"), event.get("log"))
        if channel.selftest is None or channel.selftest.get("crs") is not True:
            detail = (channel.selftest or {}).get("detail") or "it did not try its coordinate systems"
            self._end_channel()
            raise EngineError("setup", f"The engine's results can't be trusted: {detail}. {REMEDY}")
        return dict(event.get("outputs", {}))

    def _died(self, channel: Channel, asked_at: float | None) -> EngineError:
        if asked_at is not None:
            return _cancelled()
        code, words = channel.exit_code(), channel.last_words()
        self._end_channel()
        memory = " The machine may have run out of memory." if code == -9 else ""
        end = f"The engine ended in the middle of the job (exit code {code}); no result was written."
        return EngineError("internal", f"{end}{memory} {words}")

    def _end_channel(self) -> None:
        channel, self._channel = self._channel, None
        if channel is not None:
            channel.close()

    def _start_timer(self) -> None:
        self._idle_timer = threading.Timer(self._idle_seconds, self._rest)
        self._idle_timer.daemon = True
        self._idle_timer.start()

    def _stop_timer(self) -> None:
        timer, self._idle_timer = self._idle_timer, None
        if timer is not None:
            timer.cancel()

    def _rest(self) -> None:
        """End an idle process; one that has just been given a job goes on."""
        if self._one_job.acquire(blocking=False):
            try:
                self._end_channel()
            finally:
                self._one_job.release()


def _look_around(is_cancelled: Callable[[], bool], pump: Pump) -> None:
    if pump is not None:
        pump()
    if is_cancelled():
        raise _cancelled()


def _folders_in(job_path: str) -> set[Path]:
    """The folders of all that a job names, where a worker that was killed may have left what it was writing."""
    try:
        job = json.loads(Path(job_path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return set()
    base = os.path.dirname(job_path)
    named = (os.path.dirname(os.path.join(base, value)) for value in dict(job).values() if isinstance(value, str))
    return {Path(folder) for folder in named if "\0" not in folder and os.path.isdir(folder)}


def _cancelled() -> EngineError:
    return EngineError("cancelled", "The job was cancelled; no result was written.")


def _ready_trouble(event: Event | None, found: environment.Status) -> str | None:
    """Why a first event can't be the right engine's; None where it can."""
    from . import environment

    if event is None or event.get("event") != "ready":
        return "The engine did not say that it is ready."
    if event.get("protocol") != PROTOCOL:
        return "The engine is of another version than the plugin; QGIS must be started again."
    if not environment.lives_in(str(event.get("prefix")), found):
        return f"The engine's Python runs from {event.get('prefix')} and not from {found.folder}."
    return None


_shared: Worker | None = None
_sharing = threading.Lock()


def shared_worker() -> Worker:
    """The worker of this QGIS, made at the first call; its process starts with its first job."""
    global _shared
    with _sharing:
        if _shared is None:
            _shared = Worker()
            atexit.register(stop_shared_worker)
        return _shared


def stop_shared_worker() -> None:
    """End the shared worker's process, on unload and at exit."""
    global _shared
    with _sharing:
        worker, _shared = _shared, None
    if worker is not None:
        worker.stop()
