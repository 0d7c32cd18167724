"""The files a job writes: beside their final names first, then all renamed, so that either all appear or none: a
run that is cancelled or fails removes what it had begun."""

from __future__ import annotations

import errno
import re
import tempfile
from itertools import combinations, product
from pathlib import Path
from types import TracebackType

from ..data.columns import Columns, write_csv, write_raw
from ..data.columns_files import COLUMNS_SUFFIX, column_files
from ..data.rasters import raster_files, write_raster
from ..data.relief import Relief
from ..errors import InputError
from .renaming import rename_all, stage, sweep, unstage, unstage_rest

FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
TABLE_SUFFIXES = (".csv", ".json", ".geojson")


class Outputs:
    """A context: on leaving it without an error the files get their names, else they are removed.

    Parameters
    ----------
    wanted : dict
        Path by output key; a key that is not in it is not written.

    Raises
    ------
    InputError
        On entering: a folder that does not exist or can't be written. On leaving: a file that can't be written after all.
    """

    def __init__(self, wanted: dict[str, Path]) -> None:
        self.wanted = wanted
        self._staged: list[tuple[Path, Path]] = []
        self._writing: str | None = None  # the output's key

    def __enter__(self) -> Outputs:
        unstage_rest()
        for folder in {path.parent for path in self.wanted.values()}:
            sweep(folder)
        for key, path in self.wanted.items():
            _check_writable(path, key.upper())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._rename()
            return
        self._remove()
        if isinstance(error, OSError) and self._writing is not None:
            path = self.wanted[self._writing]
            raise InputError(
                f"{self._writing.upper()}: {path} can't be written ({error.strerror or 'is the disk full?'}). Make room "
                "there, or choose another folder.",
                self._writing.upper(),
            ) from error

    def _rename(self) -> None:
        try:
            rename_all(self._staged)
        except OSError as error:
            self._remove()
            verb, remedy = "replaced", "Close it where it is open, or give another name."
            if error.errno in FULL:
                verb, remedy = "written", "Make room there, or choose another folder."
            raise InputError(f"{error.filename2} can't be {verb} ({error.strerror}). {remedy}") from error

    def _remove(self) -> None:
        unstage([staged for staged, _ in self._staged])

    def __contains__(self, key: str) -> bool:
        return key in self.wanted

    def stage(self, key: str) -> Path:
        """The path under which to write an output for now; its suffix is the final one's."""
        self._writing = key
        return self._stage(self.wanted[key])

    def _stage(self, final: Path) -> Path:
        staged = stage(final)
        self._staged.append((staged, final))
        return staged

    def raster(self, key: str, relief: Relief) -> None:
        """Write a raster, where it was asked for."""
        if key in self:
            write_raster(self.stage(key), relief, self.wanted[key])
            self._writing = None

    def table(self, key: str, columns: Columns) -> None:
        """Write points or a table as CSV or as a columns file, where it was asked for."""
        if key not in self:
            return
        staged, final = self.stage(key), self.wanted[key]
        if final.name.lower().endswith(COLUMNS_SUFFIX):
            stem = final.name[: -len(COLUMNS_SUFFIX)]
            write_raw(staged, columns, stem, lambda name: self._stage(final.with_name(name)))
        else:
            write_csv(staged, columns)
        self._writing = None

    def paths(self) -> dict[str, str]:
        """What was written, by output key."""
        return {key: str(path) for key, path in self.wanted.items()}


def check_distinct(written: dict[str, Path], read: dict[str, Path]) -> None:
    """Refuse files that would replace one another, or one that the job reads; both by their keys."""
    for (first, path), (second, other) in combinations(written.items(), 2):
        if _same(path, other):
            raise InputError(
                f"{first.upper()} and {second.upper()} name the same file {path}. Give two.", second.upper()
            )
    parts = [(source, part) for source, file in read.items() for part in (file, *_parts(file))]
    for (key, path), (source, other) in product(written.items(), parts):
        if _same(path, other) or _column_of(path, other):
            part = "is" if other == read[source] else f"would replace {other}, a part of"
            raise InputError(f"{key.upper()} {part} the file of {source.upper()}. Give another name.", key.upper())


def _parts(file: Path) -> list[Path]:
    """The other files that a file is read from: a columns file's columns, the sources of a virtual raster."""
    if file.name.lower().endswith(COLUMNS_SUFFIX):
        return column_files(file)
    return [] if file.suffix.lower() in TABLE_SUFFIXES else raster_files(file)


def _column_of(written: Path, file: Path) -> bool:
    """Whether a file lies where a columns file that is written puts a column."""
    if not written.name.lower().endswith(COLUMNS_SUFFIX):
        return False
    stem = re.escape(written.name[: -len(COLUMNS_SUFFIX)])
    return _same(written.parent, file.parent) and re.fullmatch(rf"{stem}\.\d+\.f8", file.name) is not None


def _same(one: Path, other: Path) -> bool:
    """Whether two names are of one file: links count, and capitals where the folder takes them for the same."""
    return one.resolve() == other.resolve() or (one.exists() and other.exists() and one.samefile(other))


def _check_writable(path: Path, parameter: str) -> None:
    folder = path.parent
    if not folder.is_dir():
        raise InputError(f"{parameter}: there is no folder {folder}. Make it, or choose another one.", parameter)
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise InputError(
            f"{parameter}: the folder {folder} can't be written ({error.strerror}). Choose another one.",
            parameter,
        ) from error
    if path.is_dir():
        raise InputError(f"{parameter}: {path} is a folder. Give the name of a file.", parameter)
    if path.exists() and not path.is_file():
        raise InputError(
            f"{parameter}: {path} is a device or a pipe, which a result would replace. Give the name of a file.",
            parameter,
        )
