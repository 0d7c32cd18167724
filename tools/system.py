"""Install with apt what this machine lacks of the things named: `tools/system.py qgis tests`.

As root or with sudo; otherwise it says the one line to run. Standard library only, run by the Makefile.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable

QGIS_PROCESS = ("/usr/lib/qgis/qgis_process.bin", "/usr/bin/qgis_process.bin")


def find_qgis_process() -> str | None:
    """The real program: the distribution's wrapper around it fails."""
    found = shutil.which("qgis_process.bin")
    return found or next((path for path in QGIS_PROCESS if os.path.exists(path)), None)


def _module(name: str) -> Callable[[], bool]:
    return lambda: importlib.util.find_spec(name) is not None


def _program(name: str) -> Callable[[], bool]:
    return lambda: shutil.which(name) is not None


# For each purpose: is it there, and the packages that bring it.
NEEDS: dict[str, list[tuple[Callable[[], bool], list[str]]]] = {
    "python": [
        (lambda: _module("pip")() or _module("ensurepip")(), ["python3-venv"]),
        (_program("git"), ["git"]),
    ],
    "qgis": [
        (lambda: _module("pip")() or _module("ensurepip")(), ["python3-venv"]),
        (lambda: find_qgis_process() is not None, ["qgis"]),
        (_module("qgis"), ["python3-qgis"]),
    ],
    "tests": [
        (_module("pytest"), ["python3-pytest"]),
        (_program("xvfb-run"), ["xvfb", "xauth"]),
        (_program("git"), ["git"]),
    ],
    "debootstrap": [(_program("debootstrap"), ["debootstrap"])],
}


def missing(purposes: list[str]) -> list[str]:
    """The packages to install for these purposes."""
    packages = []
    for purpose in purposes:
        for is_there, bringers in NEEDS[purpose]:
            if not is_there():
                packages += [package for package in bringers if package not in packages]
    return packages


def main(purposes: list[str]) -> int:
    packages = missing(purposes)
    if not packages:
        return 0
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    one_line = f"sudo apt-get update && sudo {' '.join(install)}"
    if shutil.which("apt-get") is None:
        print(f"Missing: {', '.join(packages)}. Only Debian and Ubuntu are installed on by themselves.")
        return 1
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if sudo and (not shutil.which("sudo") or subprocess.run([*sudo, "true"], check=False).returncode):
        print(f"Some packages are missing. Run\n\n    {one_line}\n\nand then make again.")
        return 1
    print(f"Installing {' '.join(packages)}", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    keep = ["--preserve-env=DEBIAN_FRONTEND"] if sudo else []
    for command in (["apt-get", "update", "-qq"], install):
        prefix = [*sudo, *keep] if sudo else []
        if subprocess.run([*prefix, *command], env=quiet, check=False).returncode:
            print(f"apt-get failed. Run\n\n    {one_line}\n\nand then make again.")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
