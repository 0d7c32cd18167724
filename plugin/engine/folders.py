"""Where the engine's environment lives, and what is remembered there."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

PLUGIN = Path(__file__).resolve().parent.parent.parent
LOCK = PLUGIN / "core" / "engine.lock"
ENGINE = PLUGIN / "core" / "__main__.py"
UV_LOCK = PLUGIN / "core" / "uv.lock.txt"
MARKER = "gravrelief-engine.json"
WINDOWS = sys.platform == "win32"


class SetupError(Exception):
    """The engine's environment can't be made or used; the message says why and what to do."""


def home() -> Path:
    """The folder of everything that the installer writes: $GRAVRELIEF_HOME, or the platform's place."""
    named = os.environ.get("GRAVRELIEF_HOME")
    if named:
        return Path(named).absolute()
    if WINDOWS:
        # Not the roaming profile: this is most of a gigabyte, with long paths.
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Application Support")
    else:
        base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "gravrelief"


def lock_hash() -> str:
    """The fingerprint of engine.lock, whatever line ends a checkout gave it."""
    import hashlib  # not when QGIS starts

    return hashlib.sha256(LOCK.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def environment_folder() -> Path:
    """The folder of the environment that belongs to this lock file."""
    return home() / f"e-{lock_hash()[:8]}"


def interpreter(folder: Path) -> Path:
    """The Python of an environment."""
    return folder / "Scripts" / "python.exe" if WINDOWS else folder / "bin" / "python"


def settings_file() -> Path:
    """What the user chose and what was found to work, one small JSON file for all profiles."""
    return home() / "gravrelief.json"


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file; empty where there is none or it is damaged."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write a JSON file whole or not at all."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.part")
    partial.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    os.replace(partial, path)


def make_home() -> Path:
    """Make the home folder and try that it can be written.

    Raises
    ------
    SetupError
        Where it can't, with the ways out.
    """
    import tempfile  # not when QGIS starts

    folder = home()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=str(folder)):
            pass
    except OSError as error:
        raise SetupError(
            f"The folder {folder} can't be written ({error.strerror}). Set GRAVRELIEF_HOME to a folder "
            "that can be, or name a Python that has the engine's packages in the setting PYTHON."
        ) from None
    return folder
