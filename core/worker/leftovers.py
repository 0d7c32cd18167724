"""What dead runs left in the temporary folder, and what a caller leaves that dies before its worker.

The plugin's job folders are named after its process, `gravrelief-PROCESS-XXXXXXXX`, and one that is kept for a fault to be
found in it holds a mark, see plugin/engine/jobfolder.py. The logs are `gravrelief-XXXXXXXX.log`.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import tempfile
import time
from pathlib import Path

from ..results.renaming import abandon, alive, sweep

OF_A_RUN = re.compile(r"gravrelief-(\d+)-[a-z0-9_]{8}")
LOG = re.compile(r"gravrelief-[a-z0-9_]{8}\.log")
MARK = "kept-for-a-week"
KEPT_SECONDS = 7 * 24 * 3600.0
SECONDS_UNTIL_GONE = 0.2


def remove_old(dead: int | None = None) -> None:
    """Remove job folders of dead runs, and logs and kept job folders of more than a week; the user's own alone.

    `dead` is a process that counts as dead, though the system may not have forgotten it yet.
    """
    try:
        entries = list(os.scandir(tempfile.gettempdir()))
    except OSError:
        return
    for entry in entries:
        run, log = OF_A_RUN.fullmatch(entry.name), LOG.fullmatch(entry.name)
        if not run and not log:
            continue
        try:
            found = entry.stat(follow_symlinks=False)
            if hasattr(os, "getuid") and found.st_uid != os.getuid():
                continue
            old = time.time() - found.st_mtime > KEPT_SECONDS
            if log and old and stat.S_ISREG(found.st_mode):
                os.unlink(entry.path)
            elif run and stat.S_ISDIR(found.st_mode) and (int(run[1]) == dead or not alive(int(run[1]))):
                if old or not os.path.exists(os.path.join(entry.path, MARK)):
                    shutil.rmtree(entry.path, ignore_errors=True)
        except OSError:
            continue


def clean_up(caller: int, folders: list[Path], job: Path | None) -> None:
    """The caller is gone in the middle of a job: leave nothing half-written, neither of ours nor of its own.

    Parameters
    ----------
    caller : int
        Its process.
    folders : list of Path
        Where it writes results.
    job : Path or None
        The job's file, whose folder goes where the caller made it for the job.
    """
    abandon()
    limit = time.monotonic() + SECONDS_UNTIL_GONE
    while hasattr(os, "getppid") and os.getppid() == caller and time.monotonic() < limit:
        time.sleep(0.01)
    if os.getppid() == caller:
        return  # it closed our pipe and lives on
    for folder in folders:
        sweep(folder, dead=caller)
    remove_old(dead=caller)
    own = OF_A_RUN.fullmatch(job.parent.name) if job is not None else None
    if job is not None and own is not None and int(own[1]) == caller:
        shutil.rmtree(job.parent, ignore_errors=True)
