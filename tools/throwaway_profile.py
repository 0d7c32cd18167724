"""A QGIS of our own under build/: a profile with the plugin in it, and nothing of the user's."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from system import find_qgis_process

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("__init__.py", "metadata.txt", "LICENSE", "core", "plugin", "ui", "resources")


def make_profile(folder: Path) -> dict[str, str]:
    """Make the profile anew, with the working tree's plugin enabled; the variables to run QGIS with."""
    shutil.rmtree(folder, ignore_errors=True)
    plugin = folder / "profiles" / "default" / "python" / "plugins" / "gravrelief"
    plugin.mkdir(parents=True)
    for part in PARTS:
        if (ROOT / part).exists():
            (plugin / part).symlink_to(ROOT / part)
    (folder / "home").mkdir()
    surroundings = {
        **os.environ,
        "HOME": str(folder / "home"),
        "QGIS_CUSTOM_CONFIG_PATH": str(folder),
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_RUNTIME_DIR": str(folder / "home"),
    }
    qgis_process(surroundings, "plugins", "enable", "gravrelief")
    return surroundings


def qgis_process(surroundings: dict[str, str], *arguments: str) -> str:
    """Run qgis_process; its standard output. The program ends where it fails."""
    program = find_qgis_process()
    if program is None:
        sys.exit("qgis_process.bin was not found. Install QGIS (sudo apt-get install qgis).")
    done = subprocess.run([program, *arguments], env=surroundings, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"qgis_process {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def run_algorithm(surroundings: dict[str, str], name: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Run one of our algorithms through qgis_process; its results."""
    given = [f"--{key}={value}" for key, value in parameters.items()]
    output = qgis_process(surroundings, "--json", "run", f"gravrelief:{name}", *given)
    results = json.loads(output[output.index("{") :])["results"]
    return dict(results)
