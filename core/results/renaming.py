"""Files that were written beside their names get them together: all, or none and what was there before stays.

What lies at a final name is first kept under a second one (a hard link: it never leaves its place), then each new file
replaces it in one step. Where a step fails, those before it are taken back. What goes with a raster that is replaced goes
too: overviews, masks and notes of the old one would be shown with the new.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

SIDECARS = (".aux.xml", ".ovr", ".msk", ".msk.ovr")
"""What GDAL and QGIS put beside a raster, after its whole name."""
RASTER_SUFFIXES = (".tif", ".tiff", ".nc")
QUERY_LIMITED_INFORMATION = 0x1000  # the right that OpenProcess is asked for
HOST = f"{zlib.crc32(socket.gethostname().encode()):08x}"
LEFTOVER = re.compile(rf"\..+\.{HOST}-(\d+)\.(part|kept)(\.\w+)?(\.aux\.xml)?")
"""A file of a run on this machine: its process, and whether it was being written or kept."""


def staged_name(final: Path) -> Path:
    """Where a file is written until it gets its name; the suffix is the final one's."""
    return final.with_name(f".{final.stem}.{HOST}-{os.getpid()}.part{final.suffix}")


def sidecars(path: Path) -> list[Path]:
    """What may lie beside a raster of this name."""
    return [path.with_name(f"{path.name}{end}") for end in SIDECARS]


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
    kept: list[tuple[Path, Path]] = []
    done: list[tuple[Path, Path]] = []
    try:
        for _, final in staged:
            for old in (final, *(sidecars(final) if final.suffix.lower() in RASTER_SUFFIXES else ())):
                if os.path.lexists(old):
                    kept.append((old, _named(_keep, old, final=final)))
        for source, final in _with_notes(staged):
            _named(os.replace, source, final, final=final)
            done.append((source, final))
        for old, _ in kept:
            if old not in {final for _, final in done}:
                old.unlink(missing_ok=True)
    except BaseException:
        _take_back(done, kept)
        raise
    for _, copy in kept:
        copy.unlink(missing_ok=True)


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


def _keep(old: Path) -> Path:
    """A second name for a file that may be replaced."""
    copy = old.with_name(f".{old.name}.{HOST}-{os.getpid()}.kept")
    copy.unlink(missing_ok=True)
    try:
        os.link(old, copy, follow_symlinks=False)
    except OSError:  # a file system without links
        shutil.copy2(old, copy, follow_symlinks=False)
    return copy


def _take_back(done: list[tuple[Path, Path]], kept: list[tuple[Path, Path]]) -> None:
    """Undo what was renamed, and put what was kept into its place again."""
    for source, final in reversed(done):
        try:
            os.replace(final, source)
        except OSError:
            final.unlink(missing_ok=True)
    for old, copy in kept:
        if os.path.lexists(copy):
            os.replace(copy, old)
            copy.unlink(missing_ok=True)  # two links of one file are both left there


def sweep(folder: Path) -> None:
    """Remove what runs of this machine that are dead left in a folder; what they kept gets its place back."""
    try:
        names = [entry.name for entry in os.scandir(folder) if entry.name.startswith(".")]
    except OSError:
        return
    for name in names:
        found = LEFTOVER.fullmatch(name)
        if found is None or _alive(int(found[1])):
            continue
        path = folder / name
        try:
            final = folder / name[1:].rpartition(f".{HOST}-")[0]
            if found[2] == "kept" and not os.path.lexists(final):
                os.replace(path, final)
            else:
                path.unlink(missing_ok=True)
        except OSError:
            continue  # another one's, or gone


def _alive(process: int) -> bool:
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
