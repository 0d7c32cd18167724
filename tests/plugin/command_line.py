"""qgis_process as a user runs it, in a profile of its own with this repository as the plugin."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gravrelief.plugin.engine import environment

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
from system import find_qgis_process  # noqa: E402
from throwaway_profile import make_profile  # noqa: E402

# Where the Makefile keeps the engine; its own setting comes first.
os.environ.setdefault("GRAVRELIEF_HOME", str(ROOT / "build" / "engine-home"))


@dataclass(frozen=True)
class Run:
    """How a call of qgis_process ended, and all that it said."""

    code: int
    text: str

    def result(self, name: str) -> str:
        """One of the results that were printed at the end."""
        lines = self.text[self.text.index("Results\n") :].splitlines()
        return next(line.split("\t")[1] for line in lines if line.startswith(f"{name}:"))

    def has_result(self, name: str) -> bool:
        return f"\n{name}:\t" in self.text[self.text.rindex("Results\n") :]


class QgisProcess:
    """Runs algorithms and models in a throw-away profile below `folder`."""

    def __init__(self, folder: Path) -> None:
        self.surroundings = make_profile(folder)

    def run(self, algorithm: str, values: dict[str, Any], **surroundings: str) -> Run:
        done = subprocess.run(
            self.command(algorithm, values),
            env={**self.surroundings, **surroundings},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        return Run(done.returncode, done.stdout)

    def command(self, algorithm: str, values: dict[str, Any]) -> list[str]:
        given = [f"--{key}={value}" for key, value in values.items() if value is not None]
        return [str(find_qgis_process()), "run", algorithm, *given]


def why_no_engine() -> str:
    """Why the engine can't be run, empty where it can."""
    status = environment.status()
    return "" if status.ready else status.message
