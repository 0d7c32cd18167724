"""The folders of the trust runs, all under build/trust, and what lies in one."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TRUST = ROOT / "build" / "trust"
DATA = TRUST / "data"  # the survey, the same for all kinds

State = dict[str, str]


def start(kind: str) -> None:
    """Empty folders for a kind, and a temporary folder of its own for all that it starts."""
    shutil.rmtree(TRUST / kind, ignore_errors=True)
    use_temp(TRUST / kind / "temp")


def use_temp(folder: Path) -> None:
    """Have everything from here on take this for the temporary folder."""
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["TMPDIR"] = str(folder)
    tempfile.tempdir = None


def fresh(folder: Path, like: Path | None = None) -> Path:
    """An empty folder, or one with copies of another's files; a mounted one is only emptied."""
    folder.mkdir(parents=True, exist_ok=True)
    for entry in folder.iterdir():
        shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
    for file in like.iterdir() if like is not None else ():
        shutil.copy2(file, folder / file.name)
    return folder


def state(folder: Path) -> State:
    """What lies in a folder: a digest of each file by its name, hidden ones too."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        found[name] = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "a folder"
    return found


def changes(before: State, after: State) -> list[str]:
    """How two states differ, in words."""
    gone = [f"{name} is gone" for name in before if name not in after]
    new = [f"{name} is left over" for name in after if name not in before]
    changed = [f"{name} has changed" for name in before if name in after and before[name] != after[name]]
    return gone + new + changed


def temp_leftovers() -> list[str]:
    """Job folders, logs and half-written files in the temporary folder, caches left out."""
    folder = Path(tempfile.gettempdir())
    if not folder.is_relative_to(TRUST) or not folder.is_dir():
        return []  # where ours has no room at all, Python takes another one, which is not ours to look into
    names = sorted(path.name for path in folder.iterdir())
    return [name for name in names if name.startswith("gravrelief-") and "cache" not in name]


def clear_temp() -> None:
    """Remove what an internal error rightly leaves."""
    for name in temp_leftovers():
        path = Path(tempfile.gettempdir()) / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
