"""Files that were written beside their names get them together: all, or none and what was there before stays.

What lies at a final name is first kept in a hidden folder beside it (as a hard link: it never leaves its place), then each
new file replaces it in one step. Where a step fails, those before it are taken back. One more step, the renaming of the
hidden folder, makes the new files stay; a run that is killed before it is undone by the next one, see `sweep`. What goes
with a raster that is replaced goes too: overviews, masks and notes of the old one would be shown with the new.

The names are those of plugin/engine/leftovers.py, which cleans up behind an engine that was killed.
"""

from __future__ import annotations

import filecmp
import itertools
import os
import re
import shutil
import socket
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SIDECARS = (".aux.xml", ".ovr", ".msk", ".msk.ovr")
"""What GDAL and QGIS put beside a raster, after its whole name."""
RASTER_SUFFIXES = (".tif", ".tiff", ".nc")
QUERY_LIMITED_INFORMATION = 0x1000  # the right that OpenProcess is asked for
HOST = f"{zlib.crc32(socket.gethostname().encode()):08x}"
LEFTOVER = re.compile(rf"\..+\.{HOST}-(\d+)(?:-\d+)?\.(part|kept|done)((?:\.\w+)*)")
"""A file or folder of a run on this machine: its process, and whether it holds what is being written, what is kept until
the run has succeeded, or what was kept."""
OLDER, NEW = "older.", "new."
"""Before the name of a file in a folder of what is kept: the one that was there, or a mark that there was none."""
PATIENCE = 0.2  # seconds that `abandon` waits for a renaming to end

_number = itertools.count(1)
_staged: set[Path] = set()
_kept: set[Path] = set()
_held: list[Path] | None = None
_moving = threading.Lock()


def staged_name(final: Path) -> Path:
    """Where a file is written until it gets its name; the suffix is the final one's."""
    return final.with_name(f".{final.stem}.{HOST}-{os.getpid()}.part{final.suffix}")


def sidecars(path: Path) -> list[Path]:
    """What may lie beside a raster of this name."""
    return [path.with_name(f"{path.name}{end}") for end in SIDECARS]


@contextmanager
def holding() -> Iterator[list[Path]]:
    """What is replaced inside stays kept, in the folders of this list, until the caller calls `drop` or `restore`."""
    global _held
    before, _held = _held, []
    try:
        yield _held
    finally:
        _held = before


def stage(final: Path) -> Path:
    """The name under which to write a file; it is removed where the process is asked to end."""
    staged = staged_name(final)
    _staged.add(staged)
    return staged


def unstage(staged: list[Path]) -> None:
    """Remove files that do not get their names, and what lies beside them; what can't be removed now is tried again."""
    for file in staged:
        try:
            for path in (file, *sidecars(file)):
                path.unlink(missing_ok=True)
        except OSError:  # a disk that has become read-only, say
            continue
        _staged.discard(file)


def unstage_rest() -> None:
    """Try again to remove what earlier runs of this process could not."""
    unstage(list(_staged))
    for kept in list(_kept):
        if not kept.is_dir():
            _kept.discard(kept)


def rename_all(staged: list[tuple[Path, Path]]) -> None:
    """Give files their final names.

    Parameters
    ----------
    staged : list of (Path, Path)
        Where each was written, and its final name.

    Raises
    ------
    OSError
        One can't get its name; `filename2` is that name. All is then as it was before, and the staged files are still there.
    """
    with _moving:
        folders: dict[Path, Path] = {}
        done: list[tuple[Path, Path]] = []
        try:
            older = [path for _, final in staged for path in _keep(final, folders)]
            for source, final in _with_notes(staged):
                _named(os.replace, source, final, final=final)
                done.append((source, final))
            for old in set(older) - {final for _, final in done}:
                old.unlink(missing_ok=True)
        except BaseException:
            _take_back(done, list(folders.values()))
            raise
        _staged.difference_update(source for source, _ in staged)
    if _held is None:
        for kept in folders.values():
            drop(kept)
    else:
        _held.extend(folders.values())


def _named(step: Callable[..., Any], *arguments: Path, final: Path) -> Any:
    """Do a step; an error names the final file."""
    try:
        return step(*arguments)
    except OSError as error:
        error.filename2 = str(final)
        raise


def _with_notes(staged: list[tuple[Path, Path]]) -> list[tuple[Path, Path]]:
    """The staged files, each before what GDAL wrote beside it: a CRS that GeoTIFF can't hold."""
    pairs = []
    for source, final in staged:
        pairs += [(source, final), *zip(sidecars(source), sidecars(final), strict=True)]
    return [(source, final) for source, final in pairs if source.exists()]


def _keep(final: Path, folders: dict[Path, Path]) -> list[Path]:
    """Keep what lies at a name and goes with it, or note that there is nothing; the files that were kept."""
    if final.parent not in folders:
        kept = final.with_name(f".gravrelief.{HOST}-{os.getpid()}-{next(_number)}.kept")
        _named(os.mkdir, kept, final=final)
        folders[final.parent] = kept
        _kept.add(kept)
    kept, older = folders[final.parent], []
    for old in (final, *sidecars(final)):
        if old != final and final.suffix.lower() not in RASTER_SUFFIXES:
            continue
        if os.path.lexists(old):
            _named(_link, old, kept / f"{OLDER}{old.name}", final=final)
            older.append(old)
        elif old in (final, sidecars(final)[0]):
            _named(Path.touch, kept / f"{NEW}{old.name}", final=final)
    return older


def _link(old: Path, copy: Path) -> None:
    """A second name for a file."""
    try:
        os.link(old, copy, follow_symlinks=False)
    except OSError:  # a file system without links
        shutil.copy2(old, copy, follow_symlinks=False)


def _take_back(done: list[tuple[Path, Path]], folders: list[Path]) -> None:
    """Undo what was renamed, and put what was kept into its place again."""
    for source, final in reversed(done):
        try:
            os.replace(final, source)
        except OSError:
            final.unlink(missing_ok=True)
    for kept in folders:
        restore(kept)


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
    _kept.discard(kept)


def abandon() -> bool:
    """Before the process ends in the middle of a job: remove what is being written, put back what is kept; False where
    files are just getting their names, which must not be disturbed."""
    if not _moving.acquire(timeout=PATIENCE):
        return False
    try:
        unstage(list(_staged))
        for kept in _kept:
            restore(kept)
    except OSError:
        pass  # the next run sweeps
    finally:
        _moving.release()
    return True


def sweep(folder: Path, dead: int | None = None) -> None:
    """Remove what runs of this machine that are dead left in a folder; what they kept gets its place back.

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
        found = LEFTOVER.fullmatch(name)
        if found is None or (int(found[1]) != dead and alive(int(found[1]))):
            continue
        path = folder / name
        try:
            if found[2] == "kept" and path.is_dir():
                restore(path)
            elif path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        except OSError:
            continue  # another one's, or gone


def alive(process: int) -> bool:
    """Whether there is a process of this number; asking does nothing to it."""
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32  # type: ignore[attr-defined, unused-ignore]
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
