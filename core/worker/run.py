"""One job from its file to its last event and its exit code, the same for `run` and for `serve`."""

from __future__ import annotations

import json
import os
import platform
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import Cancelled, InputError
from ..events.protocol import Event, Reporter
from ..results.renaming import drop, holding, restore
from .kernel_cache import drop_broken

EXIT_CODES = {"input": 2, "internal": 1, "cancelled": 130}


def run_job(
    path: Path, write: Callable[[Event], None], cancelled: Callable[[], bool] = lambda: False, hold: bool = False
) -> int:
    """Run the job of a file and write its events, the last of them result or error.

    Parameters
    ----------
    path : Path
        The job file (JSON); relative paths inside it are relative to its folder.
    write : callable
        Takes each event.
    cancelled : callable
        Returns True once the user asked to stop.
    hold : bool
        What the results replaced stays kept, in the folders that the result event names under `held`: who asked for it
        renames each to end in `.done` and removes it, or puts back what is in it.

    Returns
    -------
    int
        What a terminal is told: 0, 1 (internal), 2 (input) or 130 (cancelled).
    """
    with holding() as kept:
        last = _last_event(path, write, cancelled)
        if last["event"] == "error":
            for folder in kept:
                restore(folder)
        elif hold:
            last["held"] = [str(folder) for folder in kept]
        else:
            for folder in kept:
                drop(folder)
    write(last)
    return EXIT_CODES[last["kind"]] if last["event"] == "error" else 0


def _last_event(path: Path, write: Callable[[Event], None], cancelled: Callable[[], bool]) -> Event:
    try:
        job = _read(path)
        _keep(path, job)
        reporter = Reporter(write, cancelled, strict=bool(job.get("strict", False)))
        outputs = _computed(job, path.resolve().parent, reporter)
    except InputError as error:
        return _error("input", error.message, parameter=error.parameter)
    except Cancelled:
        study = " The study keeps the trials that were finished." if job.get("study") else ""
        return _error("cancelled", f"The job was cancelled; no result was written.{study}")
    except ImportError as error:
        return _error("internal", f"The engine is not whole: {_sentence(error)} {_mending(error)}", log=write_log(path))
    except MemoryError:
        return _error(
            "internal",
            "There was not enough memory for this job. Close other programs, or use fewer cells (a greater SPACING, a smaller "
            "PADDING, a coarser STARTING_RELIEF) or stations.",
            log=write_log(path),
        )
    except Exception as error:
        log = write_log(path)
        kept = f"The details are in {log}." if log else "The details could not be written down."
        return _error("internal", f"The engine failed: {_sentence(error)} {kept}", log=log)
    return {"event": "result", "task": job["task"], "outputs": outputs}


def _mending(error: ImportError) -> str:
    """What brings back what can't be imported: a package, or a file of ours."""
    if (error.name or "").split(".")[0] == __name__.split(".")[0]:
        return "Install the plugin again: files of its own are missing."
    return "Run 'Set up the engine' to mend it."


def _computed(job: dict[str, Any], folder: Path, reporter: Reporter) -> dict[str, Any]:
    """Run the task; once more where the compiled kernels of an earlier run can't be read, with new ones."""
    from ..tasks import run_task

    try:
        return run_task(job, folder, reporter)
    except (InputError, Cancelled, MemoryError, ImportError):
        raise
    except Exception as error:
        if not drop_broken(error):
            raise
    reporter.log("The compiled kernels could not be read: they are made anew.")
    return run_task(job, folder, reporter)


def _read(path: Path) -> dict[str, Any]:
    try:
        str(path.resolve()).encode("utf-8")
    except UnicodeEncodeError:
        raise InputError(
            f"The folder of {str(path)!r} has a name that is not UTF-8. Rename it, or move the job."
        ) from None
    try:
        job = json.loads(path.read_bytes())  # UTF-8 or UTF-16, with a byte order mark or without
    except OSError as error:
        raise InputError(f"The job file {path} can't be read: {error.strerror}.") from None
    except ValueError as error:
        raise InputError(f"The job file {path} is not valid JSON: {error}.") from None
    except RecursionError:
        raise InputError(f"The job file {path} is nested too deeply to be a job. Give one JSON object.") from None
    if not isinstance(job, dict) or not isinstance(job.get("task"), str):
        raise InputError(
            f'The job file {path} names no task. It must be one JSON object with a key "task"; '
            "see `python -m core schema` for the tasks and their keys."
        )
    return job


def _keep(path: Path, job: dict[str, Any]) -> None:
    """Refuse a parameter that names the job file itself."""
    for key, value in job.items():
        if isinstance(value, str) and os.path.abspath(path.parent / value) == os.path.abspath(path):
            raise InputError(f"{key.upper()} is the job file. Give another name.", key.upper())


def _error(kind: str, message: str, parameter: str | None = None, log: str | None = None) -> Event:
    return {"event": "error", "kind": kind, "message": message, "parameter": parameter, "log": log}


def _sentence(error: BaseException) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text if text.endswith(".") else f"{text}."


def write_log(job: Path | None = None) -> str | None:
    """Keep the exception being handled in a file of its own in the temporary folder; its path, if any."""
    try:
        handle, name = tempfile.mkstemp(prefix="gravrelief-", suffix=".log")
        with os.fdopen(handle, "w", encoding="utf-8") as log:
            log.write(f"GravRelief engine, Python {platform.python_version()}, {platform.platform()}\n")
            if job is not None:
                log.write(f"job {job}\n")
                if job.is_file():
                    log.write(job.read_text(encoding="utf-8", errors="replace") + "\n")
            log.write(traceback.format_exc())
    except OSError:
        return None
    return name
