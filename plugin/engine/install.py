"""The making of the engine's environment, step by step, by uv."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path
from typing import Callable

from . import folders, process
from .folders import SetupError
from .python import Python, examine, find_python, try_python
from .uv import explain, fetch_uv, find_uv, with_pip_settings

FETCHED_PYTHON = "3.12"
FREE_MB = 1500
# The shares of the whole that the steps end at; the packages' is filled as they come.
AFTER_UV, AFTER_PYTHON, AFTER_PACKAGES = 0.1, 0.2, 0.75
BIG_PACKAGES = 15  # those uv announces one by one; the rest are small


class Installer:
    """One run of the installer, with its ears and its mouth.

    Parameters
    ----------
    home : Path
        Where everything is written.
    wheels : str or None
        A folder of wheels instead of a package index.
    proxy : str or None
        A proxy's URL.
    on_line, on_progress, is_cancelled : callable
        See `environment.setup`.
    """

    def __init__(
        self,
        home: Path,
        wheels: str | None,
        proxy: str | None,
        on_line: Callable[[str], None],
        on_progress: Callable[[float], None],
        is_cancelled: Callable[[], bool],
    ) -> None:
        self._home = home
        self._wheels = wheels
        self._say = on_line
        self._progress = on_progress
        self._is_cancelled = is_cancelled
        self._surroundings = process.installer_surroundings(proxy)
        self._uv = ""

    def install(self, base: Python | None, named: str | None) -> str:
        """Make the environment on a Python (None: find or fetch one) and return its interpreter."""
        self._check_room()
        self._surroundings = with_pip_settings(self._surroundings)
        # Ours, so that an interrupted download goes on; its files are links, not copies, in the end.
        cache = self._home / "cache"
        self._surroundings.setdefault("UV_CACHE_DIR", str(cache))
        self._uv = find_uv(self._home) or fetch_uv(
            self._home, self._surroundings, self._wheels, self._say, self._is_cancelled
        )
        self._progress(AFTER_UV)
        python = base or find_python() or self._fetch_python()
        self._say(f"The engine's Python: {python.text}")
        self._progress(AFTER_PYTHON)
        folder = folders.environment_folder()
        _remove(folder)
        self._make(folder, python)
        self._add_packages(folder, python)
        self._verify(folder)
        marker = {"lock": folders.lock_hash(), "base": _lasting(python), "named": named}
        folders.write_json(folder / folders.MARKER, marker)
        shutil.rmtree(cache, ignore_errors=True)
        self._progress(1.0)
        self._say(f"The engine is ready in {folder}")
        return str(folders.interpreter(folder))

    def _check_room(self) -> None:
        free = shutil.disk_usage(str(self._home)).free // 2**20
        if free < FREE_MB:
            raise SetupError(
                f"The disk of {self._home} has {free} MB left, and {FREE_MB} MB are needed. Make room, or "
                "set GRAVRELIEF_HOME to a folder on another disk."
            )

    def _fetch_python(self) -> Python:
        """Let uv fetch a Python into our folder."""
        failed = "No Python from 3.11 to 3.14 was found, and none could be fetched"
        if self._wheels:
            raise SetupError(f"{failed} without a network. Install one, or name it in the setting PYTHON.")
        self._say(f"No Python from 3.11 to 3.14 was found: uv fetches {FETCHED_PYTHON}")
        self._surroundings["UV_PYTHON_INSTALL_DIR"] = str(self._home / "python")
        self._call(["python", "install", "--no-bin", FETCHED_PYTHON], failed)
        find = ["python", "find", "--managed-python", "--no-python-downloads", FETCHED_PYTHON]
        return try_python(self._call(find, failed).splitlines()[-1])

    def _make(self, folder: Path, python: Python) -> None:
        self._say(f"Making {folder}")
        command = ["venv", "--no-project", "--python", python.path, str(folder)]
        self._call(command, "The engine's folder could not be made")
        try:
            try_python(str(folders.interpreter(folder)))
        except SetupError as error:
            raise SetupError(
                f"The folder {folder} holds no programs that can be started ({error}) Set GRAVRELIEF_HOME to "
                "another folder, or name a Python that has the engine's packages in the setting PYTHON."
            ) from None

    def _add_packages(self, folder: Path, python: Python) -> None:
        """Install what the lock file names, by hash, wheels only, and compile it to bytecode."""
        command = ["pip", "install", "--python", str(folders.interpreter(folder)), "--only-binary", ":all:"]
        command += ["--require-hashes", "--compile-bytecode", "-r", str(folders.LOCK)]
        if self._wheels:
            command += ["--no-index", "--find-links", self._wheels, "--offline"]
        arrived = 0

        def on_line(line: str) -> None:
            nonlocal arrived
            self._say(line)
            if re.match(r"\s*(Downloaded|Prepared|Installed)", line):
                arrived += 1
                share = min(arrived / BIG_PACKAGES, 1.0)
                self._progress(AFTER_PYTHON + share * (AFTER_PACKAGES - AFTER_PYTHON))

        self._call(command, f"The engine's packages could not be installed on {python.text}", on_line)
        self._progress(AFTER_PACKAGES)

    def _verify(self, folder: Path) -> None:
        self._say("Trying the engine and compiling its kernels")
        troubles = examine(str(folders.interpreter(folder)), self._is_cancelled)
        if troubles:
            raise SetupError(
                f"The engine was installed in {folder} but does not work: {'; '.join(troubles)}. Retry, or "
                "name a Python that has the engine's packages in the setting PYTHON."
            )

    def _call(self, arguments: list[str], failed: str, on_line: Callable[[str], None] | None = None) -> str:
        """Run uv; its output, or a sentence about why it failed."""
        try:
            code, output = process.run(
                [self._uv, *arguments],
                self._surroundings,
                on_line=on_line or self._say,
                is_cancelled=self._is_cancelled,
            )
        except OSError as error:
            raise SetupError(
                f"{self._uv} can't be started ({error.strerror}). Set GRAVRELIEF_HOME to a folder that may "
                "hold programs, or name a Python that has the engine's packages in the setting PYTHON."
            ) from None
        if code:
            raise SetupError(explain(output, failed, self._wheels))
        return output


def _remove(folder: Path) -> None:
    """Remove a half-made or broken environment; one in use (Windows) is moved out of the way."""
    (folder / folders.MARKER).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        os.replace(folder, folder.with_name(f"{folder.name}.old.{os.getpid()}"))


def _lasting(python: Python) -> str:
    """The file whose going breaks the environment: the interpreter below every virtual environment."""
    return os.path.realpath(python.base) if sys.platform != "win32" else python.base
