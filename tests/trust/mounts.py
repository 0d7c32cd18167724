"""Small disks of our own, that can be filled, made read-only and taken away without harm to any other."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PAGE = 4096
FILLER = "filler"


def can_mount() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


@contextmanager
def small_disk(folder: Path, kilobytes: int = 8192) -> Iterator[Path]:
    """A file system in memory; it is gone afterwards, whatever happened."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "gravrelief-trust", str(folder)], check=True)
    try:
        yield folder
    finally:
        unmount(folder)


def leave_room(folder: Path, bytes_left: int) -> None:
    """Fill a small disk up to a rest."""
    filler = folder / FILLER
    filler.unlink(missing_ok=True)
    disk = os.statvfs(folder)
    pages = max(disk.f_bavail * disk.f_frsize - bytes_left, 0) // PAGE
    with filler.open("wb") as file:
        for _ in range(pages):
            file.write(b"\0" * PAGE)


def make_room(folder: Path) -> None:
    (folder / FILLER).unlink(missing_ok=True)


def read_only(folder: Path, on: bool = True) -> None:
    """Make a small disk read-only, or writable again; False where files are open for writing."""
    subprocess.run(["mount", "-o", f"remount,{'ro' if on else 'rw'}", str(folder)], check=False, capture_output=True)


def unmount(folder: Path) -> None:
    subprocess.run(["umount", "-l", str(folder)], check=False, capture_output=True)


def unmount_all(below: Path) -> None:
    """Take away every disk below a folder, of a run that was killed too."""
    mounted = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
    for place in sorted(mounted, reverse=True):
        if Path(place).is_relative_to(below):
            unmount(Path(place))
