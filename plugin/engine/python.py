"""Finding a Python that can carry the engine: none is trusted before it has been tried."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from . import process
from .folders import WINDOWS, SetupError

OLDEST = (3, 11)
NEWEST = (3, 14)
# Those that have had wheels for longest come first.
NAMES = ("python3.12", "python3.13", "python3.11", "python3.14", "python3", "python")
TRIAL_SECONDS = 20.0
VERIFY_SECONDS = 600.0
TRIAL = (
    "import sys, json, struct, platform; print(json.dumps({"
    "'version': list(sys.version_info[:3]), 'bits': struct.calcsize('P') * 8, "
    "'kind': platform.python_implementation(), 'prefix': sys.prefix, "
    "'base': getattr(sys, '_base_executable', '') or sys.executable}))"
)


@dataclass(frozen=True)
class Python:
    """An interpreter that answered when it was tried."""

    path: str
    version: tuple[int, ...]
    bits: int
    kind: str
    base: str  # the interpreter below, where this one belongs to a virtual environment

    @property
    def text(self) -> str:
        return f"Python {'.'.join(map(str, self.version))} ({self.path})"

    @property
    def trouble(self) -> str | None:
        """Why the engine can't run on it; None where it can."""
        if self.kind != "CPython" or self.bits != 64:
            return f"{self.text} is not a 64-bit CPython"
        if not OLDEST <= self.version[:2] <= NEWEST:
            allowed = f"{OLDEST[0]}.{OLDEST[1]} to {NEWEST[0]}.{NEWEST[1]}"
            return f"{self.text} can't be used: the engine needs {allowed}"
        return None


def try_python(path: str) -> Python:
    """Start an interpreter, isolated and with a time limit, and let it say what it is.

    Raises
    ------
    SetupError
        Where it can't be started, hangs, or says something else.
    """
    command = [path, "-I", "-c", TRIAL]
    try:
        code, output = process.run(command, process.engine_surroundings(), seconds=TRIAL_SECONDS, merged=False)
        answer = json.loads(output.splitlines()[-1]) if code == 0 and output else None
    except OSError as error:
        raise SetupError(f"{path} can't be started: {error.strerror}.") from None
    except process.TooLong:
        raise SetupError(f"{path} did not answer within {TRIAL_SECONDS:.0f} seconds.") from None
    except ValueError:
        answer = None
    if not isinstance(answer, dict) or "version" not in answer:
        raise SetupError(f"{path} did not answer as a Python does.")
    version = tuple(int(part) for part in answer["version"])
    return Python(path, version, answer["bits"], answer["kind"], answer["base"])


def find_python() -> Python | None:
    """The first interpreter on PATH that works and is new enough; QGIS's own only on Linux."""
    seen = set()
    for name in NAMES:
        for folder in process.path_without_qgis():
            path = shutil.which(name, path=folder)
            if path is None or os.path.realpath(path) in seen or _is_qgis(path):
                continue
            seen.add(os.path.realpath(path))
            try:
                python = try_python(path)
            except SetupError:
                continue
            if python.trouble is None:
                return python
    return None


def _is_qgis(path: str) -> bool:
    """sys.executable is QGIS itself where QGIS is a bundle: trying it would open a second window."""
    bundled = WINDOWS or sys.platform == "darwin"
    return bundled and os.path.realpath(path) == os.path.realpath(sys.executable)


def pip_python() -> str:
    """The Python whose pip may fetch uv: QGIS's own, which on Windows and macOS is not sys.executable."""
    if WINDOWS:
        places = [Path(sys.base_prefix) / "python.exe", Path(sys.base_prefix) / "python3.exe"]
    elif sys.platform == "darwin":
        places = [Path(sys.base_prefix) / "bin" / "python3", Path(sys.executable).parent / "bin" / "python3"]
    else:
        places = [Path(sys.executable)]
    for place in places:
        if place.is_file() and "qgis" not in place.name.lower():
            return str(place)
    return shutil.which("python3", path=os.pathsep.join(process.path_without_qgis())) or "python3"


def examine(python: str, is_cancelled: Callable[[], bool] = lambda: False) -> list[str]:
    """Let an interpreter try everything a job needs, kernels too; its troubles, none where all is well."""
    command = process.engine_command(python, "doctor", "--json")
    try:
        code, output = process.run(
            command,
            process.engine_surroundings(),
            is_cancelled=is_cancelled,
            seconds=VERIFY_SECONDS,
            merged=False,
        )
        findings = json.loads(output.splitlines()[-1]) if output else None
    except OSError as error:
        return [f"{python} can't be started: {error.strerror}"]
    except process.TooLong:
        return [f"{python} did not finish its self-test within {VERIFY_SECONDS:.0f} seconds"]
    except ValueError:
        findings = None
    if not isinstance(findings, dict) or "troubles" not in findings:
        return [f"{python} ended its self-test early (exit code {code})"]
    return [str(trouble) for trouble in findings["troubles"]]
