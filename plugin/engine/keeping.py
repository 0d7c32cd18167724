"""The files that a run replaces, kept until it has succeeded: all of its results get their names, or none does."""

from __future__ import annotations

import itertools
import os
import shutil
from pathlib import Path

from .leftovers import NEW, OLDER, drop, hidden_folder, restore, sweep

ATTENDANTS = {
    ".gpkg": ("-wal", "-shm", "-journal"),
    ".sqlite": ("-wal", "-shm", "-journal"),
    ".db": ("-wal", "-shm", "-journal"),
}
"""What belongs to a file of this suffix, after its whole name, and must not meet another file of that name."""
FAMILIES = {
    ".shp": (".shx", ".dbf", ".prj", ".cpg", ".qpj", ".qix", ".idm", ".ind", ".sbn", ".sbx"),
    ".tab": (".dat", ".map", ".id", ".ind"),
    ".mif": (".mid",),
    ".csv": (".csvt",),
}
"""The files that are one with a file of this suffix, after its stem."""

_number = itertools.count(1)


class Keeper:
    """All that one run has replaced or is about to; at its end exactly one of `drop` and `undo` is called."""

    def __init__(self) -> None:
        self.kept: list[Path] = []  # hidden folders, the engine's too
        self.folders: list[Path] = []  # where results go
        self._own: dict[Path, Path] = {}
        self._stages: list[Path] = []

    def writes_to(self, file: Path) -> None:
        """Note a folder of a result; what dead runs left there goes."""
        if file.parent not in self.folders:
            self.folders.append(file.parent)
            sweep(file.parent)

    def stage(self, file: Path) -> Path:
        """Where a file is written for now, under its own name in a hidden folder beside it: its tables take their names from it.

        Raises
        ------
        OSError
        """
        folder = hidden_folder(file.parent, next(_number), "part")
        folder.mkdir()
        self._stages.append(folder)
        return folder / file.name

    def keep(self, file: Path) -> None:
        """Keep a copy of a file that is about to be changed in its place, or note that there is none.

        Raises
        ------
        OSError
            There is no room for the copy.
        """
        for old in belonging(file.resolve()):
            self._keep(old, copy=True)

    def publish(self) -> None:
        """Give all staged files their names.

        Raises
        ------
        OSError
            One can't be replaced; its name is `filename2`. `undo` brings back what was replaced before it.
        """
        for folder in self._stages:
            for staged in sorted(folder.iterdir()):
                final = folder.parent / staged.name
                for old in belonging(final):
                    self._keep(old, copy=False)
        for folder in self._stages:
            arrived = sorted(folder.iterdir())
            for staged in arrived:
                final = folder.parent / staged.name
                for old in set(belonging(final)) - {final} - {folder.parent / other.name for other in arrived}:
                    old.unlink() if os.path.lexists(old) else None
                os.replace(staged, final)
            folder.rmdir()
        self._stages = []

    def drop(self) -> None:
        """The run has succeeded: its results stay."""
        for folder in self.kept:
            drop(folder)
        self.kept = []

    def undo(self) -> list[Path]:
        """The run has failed: remove what is new and put back what was there; the files where that can't be done."""
        for folder in self._stages:
            shutil.rmtree(folder, ignore_errors=True)
        failed = [file for folder in self.kept for file in restore(folder)]
        for folder in self.folders:
            sweep(folder)
        self.kept, self._stages = [], []
        return failed

    def _keep(self, old: Path, copy: bool) -> None:
        folder = self._own.get(old.parent)
        if folder is None:
            folder = hidden_folder(old.parent, next(_number), "kept")
            folder.mkdir()
            self._own[old.parent] = folder
            self.kept.append(folder)
        if (folder / f"{OLDER}{old.name}").exists() or (folder / f"{NEW}{old.name}").exists():
            return  # of another table of the same file
        if not os.path.lexists(old):
            (folder / f"{NEW}{old.name}").touch()
        elif copy:
            _copy(old, folder / f"{OLDER}{old.name}")
        else:
            _link(old, folder / f"{OLDER}{old.name}")


def belonging(file: Path) -> list[Path]:
    """A file, and the names of those that go with it."""
    suffix = file.suffix.lower()
    attendants = [file.with_name(f"{file.name}{end}") for end in ATTENDANTS.get(suffix, ())]
    return [file, *attendants, *(file.with_suffix(end) for end in FAMILIES.get(suffix, ()))]


def _link(old: Path, copy: Path) -> None:
    """A second name for a file that another one replaces."""
    try:
        os.link(old, copy, follow_symlinks=False)
    except OSError:  # a file system without links
        _copy(old, copy)


def _copy(old: Path, copy: Path) -> None:
    """A whole copy under its name, or none."""
    partial = copy.with_name(f"part.{copy.name}")
    try:
        shutil.copy2(old, partial, follow_symlinks=False)
        os.replace(partial, copy)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
