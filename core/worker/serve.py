"""The warm worker: commands in on standard input, events out on standard output, one job at a time.

    {"command": "run", "id": 7, "job": "/folder/job.json"}     {"command": "cancel"}     {"command": "quit"}

The first event is ready; `selftest` follows from the background and always comes before a job's result.
Every event of a job carries its id. When standard input closes, the process ends at once, and leaves nothing half-written.
With `"hold": true` in a run's command what the results replaced is kept, see `run_job`; `folders` are those in which the
caller itself writes, where its leftovers are removed if it dies.
"""

from __future__ import annotations

import json
import os
import platform
import queue
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from ..events.protocol import Event
from .doctor import crs_trouble, warm_steps
from .guard import start_guard
from .leftovers import clean_up, remove_old
from .run import run_job, write_log
from .streams import EventStream, private_stdin, watch

PROTOCOL = 1


class Server:
    """The state that the watcher thread, the warm-up thread and the jobs on the main thread share."""

    def __init__(self, stream: EventStream) -> None:
        self._stream = stream
        self._jobs: queue.Queue[tuple[Any, str, bool]] = queue.Queue()
        self._caller = os.getppid()
        self._folders: list[Path] = []
        self._job: Path | None = None
        self._cancelled = threading.Event()
        self._busy = threading.Event()
        # Two threads must not import at once: a half-initialised module could be seen.
        self._importing = threading.Lock()
        self._selftest = threading.Lock()
        self._selftest_done = False

    def on_line(self, line: bytes) -> None:
        """Take a command; called on the watcher thread."""
        if not line.strip():
            return
        try:
            command = json.loads(line)
            name = command["command"]
        except (ValueError, TypeError, KeyError, RecursionError):
            self._refuse(None, "The engine was sent a line that is no command.")
            return
        if name == "quit":
            self.end()
        elif name == "cancel":
            self._cancelled.set()
        elif name != "run" or not isinstance(command.get("job"), str):
            self._refuse(command.get("id"), f"The engine does not know the command {line.decode()!r}.")
        elif self._busy.is_set():
            self._refuse(command.get("id"), "The engine is busy with another job.")
        else:
            self._cancelled.clear()
            self._busy.set()
            self._job = Path(command["job"])
            self._folders = [Path(folder) for folder in command.get("folders", []) if isinstance(folder, str)]
            self._jobs.put((command.get("id"), command["job"], bool(command.get("hold"))))

    def end(self) -> None:
        """The caller wants no more, or is gone."""
        clean_up(self._caller, self._folders, self._job)
        os._exit(0)

    def _refuse(self, number: Any, message: str) -> None:
        event = {"event": "error", "kind": "internal", "message": message, "parameter": None, "log": None}
        self._stream.write({**event, "id": number})

    def warm_up(self) -> None:
        """Import and compile ahead of the first job; it steps aside as soon as one is waiting."""
        self.report_selftest()
        try:
            for step in warm_steps():
                with self._importing:
                    if self._busy.is_set():
                        return
                    step()
        except Exception:  # the job that needs it will say what is wrong
            write_log()

    def report_selftest(self) -> None:
        """Say once whether PROJ works; whoever comes second waits for the first."""
        with self._selftest, self._importing:
            if not self._selftest_done:
                trouble = crs_trouble()
                self._stream.write({"event": "selftest", "crs": trouble is None, "detail": trouble})
                self._selftest_done = True

    def work(self) -> None:
        """Run jobs for ever, on the main thread."""
        while True:
            number, job, hold = self._jobs.get()
            self.report_selftest()
            with self._importing:
                last = self._run(number, Path(job), hold)
            self._busy.clear()
            self._stream.write(last)

    def _run(self, number: Any, job: Path, hold: bool) -> Event:
        """Run one job in its own folder; its last event is handed back, to be sent when we are free again."""
        last: Event = {}

        def write(event: Event) -> None:
            if event["event"] in ("result", "error"):
                last.update(event, id=number)
            else:
                self._stream.write({**event, "id": number})

        home = os.path.abspath(os.sep)
        try:
            home = os.getcwd()
            os.chdir(job.parent)
        except OSError:
            pass  # run_job says that the file can't be read
        try:
            run_job(job, write, self._cancelled.is_set, hold)
        finally:
            os.chdir(home if os.path.isdir(home) else os.path.abspath(os.sep))
        return last


def serve() -> None:
    """Answer commands until standard input closes. It never returns."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    stream = EventStream()
    pipe = private_stdin()
    server = Server(stream)
    stream.at_end = server.end
    stream.write(
        {
            "event": "ready",
            "protocol": PROTOCOL,
            "version": _version(),
            "prefix": sys.prefix,
            "python": platform.python_version(),
            "executable": sys.executable,
            "pid": os.getpid(),
        }
    )
    watch(pipe, server.on_line, server.end)
    start_guard(pipe, os.getpid())
    threading.Thread(target=server.warm_up, name="warm-up", daemon=True).start()
    remove_old()
    server.work()


def _version() -> str | None:
    """The plugin's version, from its metadata."""
    metadata = Path(__file__).parents[2] / "metadata.txt"
    if metadata.is_file():
        for line in metadata.read_text(encoding="utf-8").splitlines():
            if line.startswith("version="):
                return line.partition("=")[2].strip()
    return None
