"""The pipes to one engine process: commands in, events out, and its stderr drained for ever."""

from __future__ import annotations

import json
import os
import queue
import threading
from collections import deque
from typing import Any

from . import process
from .jobobject import die_with_us

KEPT_LINES = 200
SHOWN_LINES = 5


class Channel:
    """A started engine.

    Parameters
    ----------
    python : str
        The interpreter of the engine's environment.

    Raises
    ------
    OSError
        Where it can't be started.
    """

    def __init__(self, python: str) -> None:
        self.python = python
        self.busy = True  # starting; until it has said that it is ready
        self.selftest: dict[str, Any] | None = None
        self._process = process.start(
            process.engine_command(python, "serve"),
            process.engine_surroundings(),
            with_input=True,
            folder=_lasting_folder(),
        )
        self._job_object = die_with_us(self._process)
        self._events: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._words: deque[str] = deque(maxlen=KEPT_LINES)
        self.drained = False
        self._readers = [
            threading.Thread(target=self._read_events, daemon=True),
            threading.Thread(target=self._read_words, daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def exit_code(self) -> int | None:
        return self._process.poll()

    def send(self, command: dict[str, Any]) -> None:
        """Write a command; a process that is gone is noticed when its events are read."""
        try:
            self._process.stdin.write(json.dumps(command).encode("ascii") + b"\n")  # type: ignore[union-attr]
            self._process.stdin.flush()  # type: ignore[union-attr]
        except (OSError, ValueError):
            pass

    def next_event(self, seconds: float) -> dict[str, Any] | None:
        """The next event, or None where none came in time or none can come any more."""
        if self.drained:
            self._process.wait()
            return None
        try:
            event = self._events.get(timeout=seconds)
        except queue.Empty:
            return None
        self.drained = event is None
        return event

    def last_words(self) -> str:
        """The end of what it wrote on stderr."""
        self._readers[1].join(timeout=1.0)
        return " / ".join(list(self._words)[-SHOWN_LINES:]) or "it left no message."

    def close(self) -> None:
        """End the process and its children, and close the pipes."""
        process.end(self._process)
        for reader in self._readers:
            reader.join(timeout=1.0)
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            try:
                pipe.close()  # type: ignore[union-attr]
            except OSError:
                pass
        self.drained = True

    def _read_events(self) -> None:
        for line in self._process.stdout:  # type: ignore[union-attr]
            try:
                event = json.loads(line)
            except ValueError:
                event = None
            if isinstance(event, dict):
                self._events.put(event)
            else:
                self._words.append(line.decode("utf-8", "replace").rstrip())
        self._events.put(None)

    def _read_words(self) -> None:
        for line in self._process.stderr:  # type: ignore[union-attr]
            self._words.append(line.decode("utf-8", "replace").rstrip())


def _lasting_folder() -> str:
    """A folder for the process to live in, which nobody wants to remove."""
    import tempfile  # not when QGIS starts

    try:
        folder = tempfile.gettempdir()
    except OSError:
        folder = ""
    return folder if os.path.isdir(folder) else os.path.abspath(os.sep)
