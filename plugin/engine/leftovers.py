"""What a run leaves beside its results when it dies: found by its name, removed, and what it had kept put back.

The names and their meaning are those of core/results/renaming.py, which does the same for the engine; a test holds both together.
"""

from __future__ import annotations

import filecmp
import os
import re
import shutil
import zlib
from functools import cache
from pathlib import Path

from .folders import WINDOWS

OLDER, NEW = "older.", "new."
"""Before the name of a file in a folder of what is kept: the one that was there, or a mark that there was none."""
QUERY_LIMITED_INFORMATION = 0x1000  # the right that OpenProcess is asked for


@cache
def host() -> str:
    """This machine, in the names of what its runs leave."""
    import socket  # not when QGIS starts

    return f"{zlib.crc32(socket.gethostname().encode()):08x}"


@cache
def leftover() -> re.Pattern[str]:
    """A file or folder of a run on this machine: its process, and whether it holds what is being written, what is kept
    until the run has succeeded, or what was kept."""
    return re.compile(rf"\..+\.{host()}-(\d+)(?:-\d+)?\.(part|kept|done)((?:\.\w+)*)")


def hidden_folder(beside: Path, number: int, kind: str) -> Path:
    """The hidden folder of this process with a number, of the kind part or kept."""
    return beside / f".gravrelief.{host()}-{os.getpid()}-{number}.{kind}"


def sweep(folder: Path, dead: int | None = None) -> None:
    """Remove what dead runs of this machine left in a folder; what they kept gets its place back.

    Parameters
    ----------
    folder : Path
    dead : int or None
        A process that counts as dead, though the system may not have forgotten it yet.
    """
    try:
        names = [entry.name for entry in os.scandir(folder) if entry.name.startswith(".")]
    except OSError:
        return
    for name in sorted(names):
        found = leftover().fullmatch(name)
        if found is None or (int(found[1]) != dead and alive(int(found[1]))):
            continue
        path = folder / name
        try:
            if found[2] == "kept" and path.is_dir():
                restore(path)
            elif path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()
        except OSError:
            continue  # another one's, or gone


def restore(kept: Path) -> list[Path]:
    """Put what a folder keeps into its place again; the names where that can't be done, whose files are still kept."""
    failed = []
    for copy in sorted(kept.iterdir()) if kept.is_dir() else []:
        final = kept.parent / copy.name.partition(".")[2]
        try:
            if copy.name.startswith(NEW):
                if final.is_file() or final.is_symlink():
                    final.unlink()
            elif copy.name.startswith(OLDER) and not _is_there(final, copy):
                os.replace(copy, final)
        except OSError:
            failed.append(final)
    if not failed:
        shutil.rmtree(kept, ignore_errors=True)
    return failed


def _is_there(final: Path, copy: Path) -> bool:
    """Whether a file was not replaced at all."""
    try:
        return final.samefile(copy) or (
            final.stat().st_mtime_ns == copy.stat().st_mtime_ns and filecmp.cmp(final, copy)
        )
    except OSError:
        return False


def drop(kept: Path) -> None:
    """Forget what a folder keeps: from here on the new files stay, whatever happens."""
    done = kept.with_suffix(".done")
    try:
        os.rename(kept, done)
    except OSError:
        done = kept
    shutil.rmtree(done, ignore_errors=True)


def alive(process: int) -> bool:
    """Whether there is a process of this number; asking does nothing to it."""
    if WINDOWS:
        import ctypes

        kernel = ctypes.windll.kernel32  # type: ignore[attr-defined]
        handle = kernel.OpenProcess(QUERY_LIMITED_INFORMATION, False, process)
        if handle:
            kernel.CloseHandle(handle)
        return bool(handle)
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
