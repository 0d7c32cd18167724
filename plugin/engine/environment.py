"""The engine's environment: is it there, what would be installed, and the making of it.

Standard library only and no qgis, so that the Makefile (`python3 -m plugin.engine --setup`) and the
plugin make it in the same way. A finished environment holds a marker file, written last; one without
it is half made and is made again, from the packages that were downloaded already.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from . import folders, process
from .folders import SetupError
from .install import Installer
from .lock import locked
from .python import Python, examine, find_python, try_python
from .uv import own_uv

SIZE_MB = 700  # installed, on Linux
CANCELLED = "The setting up was cancelled. What was downloaded is kept for the next time."
NOT_WHOLE = "GravRelief's own files are not whole: install the plugin again."
OFFER = "Run the algorithm 'Set up the engine' (or the plugin's menu, Set up the engine) to install it."


@dataclass(frozen=True)
class Status:
    """Whether the engine can be started, and one sentence for the user."""

    ready: bool
    python: str | None
    folder: str
    message: str


@dataclass(frozen=True)
class Plan:
    """What setting up would do, for the user to agree to."""

    folder: str
    python: str  # which interpreter, in words
    size_mb: int
    packages: tuple[str, ...]
    own_python: bool  # whether an interpreter would be fetched too


def named_python() -> str | None:
    """The interpreter that $GRAVRELIEF_PYTHON, or else the user's own choice, names."""
    named = os.environ.get("GRAVRELIEF_PYTHON")
    chosen = folders.read_json(folders.settings_file()).get("python")
    return named or (chosen if isinstance(chosen, str) else None)


def engine_python() -> str | None:
    """The interpreter of the working environment for this lock file, or None. It starts no process."""
    return status().python


def status() -> Status:
    """Look whether the engine can be started, without starting anything."""
    for file in (folders.LOCK, folders.ENGINE):
        if not file.is_file():
            return Status(False, None, str(folders.home()), f"{NOT_WHOLE} {file} is missing.")
    folder = folders.environment_folder()
    named = named_python()
    if named is not None:
        complete = folders.read_json(folders.settings_file()).get("complete", {})
        if isinstance(complete, dict) and complete.get(named) == folders.lock_hash():
            if Path(named).is_file():
                return Status(True, named, str(Path(named).parent), f"The engine uses {named}.")
            trouble = f"The Python that the setting PYTHON names, {named}, is gone."
            return Status(False, None, str(folder), f"{trouble} {OFFER}")
    marker = folders.read_json(folder / folders.MARKER)
    if marker.get("lock") != folders.lock_hash():
        state = "only half installed" if folder.is_dir() else "not installed yet"
        return Status(False, None, str(folder), f"GravRelief's engine is {state}. {OFFER}")
    if named is not None and marker.get("named") != named:
        return Status(False, None, str(folder), f"The engine does not use {named} yet. {OFFER}")
    python = folders.interpreter(folder)
    if not python.is_file() or not Path(marker.get("base", "")).is_file():
        gone = f"The Python below GravRelief's engine ({marker.get('base')}) is gone."
        return Status(False, None, str(folder), f"{gone} {OFFER}")
    return Status(True, str(python), str(folder), f"The engine is ready in {folder}.")


def lives_in(prefix: str, found: Status) -> bool:
    """Whether an interpreter that says it has this prefix is the one that was found."""
    if Path(found.folder) != folders.environment_folder():
        return True  # the user's own, used as it is
    return os.path.realpath(prefix) == os.path.realpath(found.folder)


def plan(python: str | None = None) -> Plan:
    """Say what would be installed and where, without installing."""
    named = python or named_python()
    found = try_python(named) if named else find_python()
    words = found.text if found else "Python 3.12, fetched by uv"
    packages = re.findall(r"^([A-Za-z0-9_.-]+==[^ ;\\]+)", folders.LOCK.read_text(encoding="utf-8"), re.M)
    return Plan(str(folders.environment_folder()), words, SIZE_MB, tuple(packages), found is None)


def setup(
    python: str | None = None,
    wheels: str | None = None,
    proxy: str | None = None,
    on_line: Callable[[str], None] = lambda line: None,
    on_progress: Callable[[float], None] = lambda fraction: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> str:
    """Make the environment, or mend it, or do nothing where it works; return its interpreter.

    Parameters
    ----------
    python : str or None
        An interpreter to use: as it is where it has every package, else below a new environment.
    wheels : str or None
        A folder of wheels, instead of a package index.
    proxy : str or None
        The proxy of QGIS's settings, as a URL.
    on_line, on_progress : callable
        Take a line of the log; a fraction from 0 to 1.
    is_cancelled : callable
        Returns True once the user asked to stop.

    Raises
    ------
    SetupError
        With a sentence that says what was wrong and what to do.
    """
    home = folders.make_home()
    if wheels is not None and not Path(wheels).is_dir():
        raise SetupError(f"The folder of wheels (WHEELS) {wheels} does not exist.")

    def on_wait() -> None:
        on_line("Another QGIS is setting up the engine: waiting until it has ended")

    try:
        with locked(home / "setup.lock", on_wait, is_cancelled):
            _remove_half_made(home)
            named, base = _base(python, on_line)
            if named is not None and base is not None:
                if not examine(named, is_cancelled):
                    on_line(f"{named} has everything already and is used as it is")
                    _remember(named, complete=True)
                    on_progress(1.0)
                    return named
            if python is not None:
                _remember(python, complete=False)
            ready = status().python
            if ready is not None and not examine(ready, is_cancelled):
                shutil.rmtree(home / "cache", ignore_errors=True)
                on_line("The engine is installed and works")
                on_progress(1.0)
                return ready
            installer = Installer(home, wheels, proxy, on_line, on_progress, is_cancelled)
            made = installer.install(base, named)
            _remove_old(home)
            return made
    except process.Stopped:
        raise SetupError(CANCELLED) from None
    except OSError as error:
        where = error.filename or home
        raise SetupError(
            f"{where}: {error.strerror}. Close other QGIS windows and retry, or set GRAVRELIEF_HOME to another folder."
        ) from error


def forget_python() -> None:
    """Take back the user's choice of an interpreter."""
    remembered = folders.read_json(folders.settings_file())
    if remembered.pop("python", None) is not None:
        folders.write_json(folders.settings_file(), remembered)


def _base(python: str | None, on_line: Callable[[str], None]) -> tuple[str | None, Python | None]:
    """The named interpreter, tried; an earlier choice that no longer works is given up."""
    asked = python or os.environ.get("GRAVRELIEF_PYTHON")
    if asked:
        return asked, _usable(asked)
    chosen = named_python()
    try:
        return chosen, _usable(chosen) if chosen else None
    except SetupError as error:
        on_line(f"{error} Another one is looked for.")
        forget_python()
        return None, None


def _usable(named: str) -> Python:
    try:
        python = try_python(named)
        trouble = python.trouble
    except SetupError as error:
        trouble = str(error).rstrip(".")
    if trouble is not None:
        raise SetupError(f"PYTHON can't be used: {trouble}. Name another interpreter, or leave it empty.")
    return python


def _remember(python: str, complete: bool) -> None:
    """Write down the user's choice, and whether it works for this lock file as it is."""
    remembered = folders.read_json(folders.settings_file())
    if python != os.environ.get("GRAVRELIEF_PYTHON"):
        remembered["python"] = python
    known = {**remembered.get("complete", {})}
    known.pop(python, None)
    if complete:
        known[python] = folders.lock_hash()
    folders.write_json(folders.settings_file(), {**remembered, "complete": known})


def _remove_half_made(home: Path) -> None:
    """Remove what a setup that was killed left: nobody else is at work while we hold the lock."""
    for path in home.iterdir():
        if re.fullmatch(r"e-[0-9a-f]{8}\.old\.\d+|uv-[0-9a-f]{8}\.part", path.name):
            shutil.rmtree(path, ignore_errors=True)
        elif re.fullmatch(r"gravrelief\.json\.\d+\.part", path.name):
            path.unlink()
        elif re.fullmatch(r"e-[0-9a-f]{8}", path.name) and (path / "pyvenv.cfg").is_file():
            if path != folders.environment_folder() and not (path / folders.MARKER).is_file():
                shutil.rmtree(path, ignore_errors=True)


def _remove_old(home: Path) -> None:
    """Remove the environments and the uv of other lock files, now that the new ones work."""
    current = {folders.environment_folder(), own_uv(home).parent.parent}
    for folder in home.iterdir():
        named_so = re.fullmatch(r"(e|uv)-[0-9a-f]{8}", folder.name)
        ours = (folder / "pyvenv.cfg").is_file() or (folder / "bin" / own_uv(home).name).is_file()
        if named_so and ours and folder not in current:
            shutil.rmtree(folder, ignore_errors=True)
