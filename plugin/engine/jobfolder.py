"""The temporary folder of one job, and what is said where it can't be written.

Its name holds our process, `gravrelief-PROCESS-XXXXXXXX`, so that the engine can tell the folders of dead runs (see
core/worker/leftovers.py); one in which a fault is to be found holds a mark, and goes after a week.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from .folders import WINDOWS

MARK = "kept-for-a-week"


def make_job_folder() -> Path:
    """A new folder for a job.

    Raises
    ------
    OSError
        The temporary folder is full, can't be written, or is gone.
    """
    import tempfile  # not when QGIS starts

    return Path(tempfile.mkdtemp(prefix=f"gravrelief-{os.getpid()}-"))


def remove_job_folder(folder: Path) -> None:
    """The job is over, and its folder of no more use."""
    shutil.rmtree(folder, ignore_errors=True)


def keep_job_folder(folder: Path) -> None:
    """Leave the folder for a week, to find a fault in it."""
    try:
        (folder / MARK).touch()
    except OSError:
        pass


def temp_trouble(error: OSError | None = None) -> str:
    """A sentence about a temporary folder that can't be used, with the remedy."""
    import tempfile  # not when QGIS starts

    variable = "TEMP" if WINDOWS else "TMPDIR"
    try:
        folder = tempfile.gettempdir()
    except OSError:
        return f"No temporary folder can be written. Set {variable} to one that can be, and start QGIS again."
    reason = (error.strerror if error is not None else None) or "is it full?"
    return (
        f"The temporary folder {folder} can't be written ({reason}). Make room there, or set {variable} to another folder "
        "and start QGIS again."
    )
