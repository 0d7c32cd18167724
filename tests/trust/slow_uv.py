"""Stands in for uv in the trust runs: an environment of links to the one in $XDG_GOOD, made as slowly as a download."""

import os
import shutil
import sys
import time
from pathlib import Path

arguments = sys.argv[1:]
good = Path(os.environ["XDG_GOOD"])


def slowly(text: str) -> None:
    print(text, flush=True)
    time.sleep(0.4)


if arguments == ["--version"]:
    print("uv 0.9.0")
elif arguments[0] == "venv":
    folder = Path(arguments[-1])
    (folder / "bin").mkdir(parents=True)
    slowly("Using the Python that is there")
    for name in ("pyvenv.cfg",):
        shutil.copy2(good / name, folder / name)
    (folder / "bin" / "python").symlink_to(os.path.realpath(good / "bin" / "python"))
elif arguments[:2] == ["pip", "install"]:
    folder = Path(arguments[arguments.index("--python") + 1]).parents[1]
    slowly("Downloading everything")
    packages = next(good.glob("lib/python*/site-packages"))
    own = folder / packages.relative_to(good)
    own.mkdir(parents=True)
    (own / "good.pth").write_text(f"{packages}\n")
    slowly("Prepared 57 packages")
    shutil.copytree(good / "numba-cache", folder / "numba-cache", dirs_exist_ok=True)
    shutil.copytree(good / "matplotlib-cache", folder / "matplotlib-cache", dirs_exist_ok=True)
    slowly("Installed 57 packages")
