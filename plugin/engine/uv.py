"""uv, which makes the environment: one on PATH, or its locked version fetched by pip into our folder."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Callable

from . import process
from .folders import UV_LOCK, WINDOWS, SetupError
from .python import pip_python

Log = Callable[[str], None]
Cancelled = Callable[[], bool]

OLDEST_UV = (0, 5)
FETCH_SECONDS = 900.0
# What pip calls its settings, and what uv calls the same.
PIP_TO_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
}
NO_PIP = (
    "The engine's installer needs pip or venv, and this Python has neither. On Debian and Ubuntu run "
    "`sudo apt-get install python3-venv`, then try again; or name a Python that has the engine's "
    "packages in the setting PYTHON."
)


def find_uv(home: Path) -> str | None:
    """A uv that is there already: ours, or one on PATH that is recent enough."""
    own = own_uv(home)
    if own.is_file():
        return str(own)
    path = shutil.which("uv", path=os.pathsep.join(process.path_without_qgis()))
    if path is None:
        return None
    try:
        code, output = process.run([path, "--version"], process.engine_surroundings(), seconds=20.0)
    except (OSError, process.TooLong):
        return None
    version = re.match(r"uv (\d+)\.(\d+)", output)
    return path if code == 0 and version and tuple(map(int, version.groups())) >= OLDEST_UV else None


def fetch_uv(home: Path, surroundings: dict[str, str], wheels: str | None, log: Log, is_cancelled: Cancelled) -> str:
    """Fetch the locked uv by pip, by its hash, into a folder of its own; return its path."""
    uv = own_uv(home)
    target = uv.parent.parent
    log("Fetching uv, which installs the engine")
    partial = home / f"{target.name}.part"
    shutil.rmtree(partial, ignore_errors=True)
    options = ["--no-index", "--find-links", wheels] if wheels else []
    pip = _pip(home, surroundings)
    install = ["install", "--no-deps", "--only-binary", ":all:", "--require-hashes", "-r", str(UV_LOCK)]
    command = [*pip, *install, "--target", str(partial), *options]
    try:
        code, output = process.run(command, surroundings, on_line=log, is_cancelled=is_cancelled, seconds=FETCH_SECONDS)
    except process.TooLong:
        raise SetupError("uv could not be fetched: the network is too slow. Try again later.") from None
    if code:
        raise SetupError(explain(output, "uv, which installs the engine, could not be fetched", wheels))
    shutil.rmtree(target, ignore_errors=True)
    os.replace(partial, target)
    return str(uv)


def own_uv(home: Path) -> Path:
    """Where the uv that we fetch is, for the locked version."""
    import hashlib  # not when QGIS starts

    mark = hashlib.sha256(UV_LOCK.read_bytes().replace(b"\r\n", b"\n")).hexdigest()[:8]
    return home / f"uv-{mark}" / "bin" / ("uv.exe" if WINDOWS else "uv")


def _pip(home: Path, surroundings: dict[str, str]) -> list[str]:
    """A command line that is pip: this Python's own, or the one of a virtual environment made for it."""
    python = pip_python()
    if _works([python, "-m", "pip", "--version"], surroundings):
        return [python, "-m", "pip"]
    folder = home / "pip"
    shutil.rmtree(folder, ignore_errors=True)
    inside = folder / ("Scripts/python.exe" if WINDOWS else "bin/python")
    made = _works([python, "-I", "-m", "venv", str(folder)], surroundings)
    if made and _works([str(inside), "-m", "pip", "--version"], surroundings):
        return [str(inside), "-m", "pip"]
    raise SetupError(NO_PIP)


def _works(command: list[str], surroundings: dict[str, str]) -> bool:
    try:
        return process.run(command, surroundings, seconds=120.0)[0] == 0
    except (OSError, process.TooLong):
        return False


def with_pip_settings(surroundings: dict[str, str]) -> dict[str, str]:
    """Tell uv where this machine's pip looks for packages, where uv itself has not been told."""
    try:
        command = [pip_python(), "-m", "pip", "config", "list"]
        code, output = process.run(command, surroundings, seconds=60.0, merged=False)
    except (OSError, process.TooLong):
        return surroundings
    found: dict[str, str] = {}
    for line in output.splitlines() if code == 0 else []:
        match = re.match(r"(?:global|install|user|site|:env:)\.([a-z-]+)='(.*)'$", line.strip())
        if match and match.group(1) in PIP_TO_UV:
            values = match.group(2).replace("\\n", " ").split()
            comma = "," if match.group(1) == "find-links" else " "
            found[PIP_TO_UV[match.group(1)]] = comma.join(values)
    told = {**found, **surroundings}
    if "UV_INDEX" in told:
        # As pip does it: every index counts. The hashes make that safe.
        told.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    return told


def explain(output: str, what: str, wheels: str | None = None) -> str:
    """Turn the output of pip or uv into one sentence that names the remedy."""
    said = output.lower()
    last = next((line.strip() for line in reversed(output.splitlines()) if line.strip()), "no reason given")
    if "no space left" in said:
        return f"{what}: the disk is full. Make room (1.5 GB), or set GRAVRELIEF_HOME to another disk."
    if "certificate" in said or "unknownissuer" in said:
        return (
            f"{what}: the server's certificate is not trusted. If your network has its own certificate, "
            "set SSL_CERT_FILE to its file, start QGIS again and retry."
        )
    if "hash mismatch" in said or "do not match the hashes" in said:
        return f"{what}: a package is not the one that was locked. Check your package index, then retry."
    if "permission denied" in said or "access is denied" in said or "os error 13" in said:
        return (
            f"{what}: the folder can't be written or holds no programs. Set GRAVRELIEF_HOME to another "
            "folder, or name a Python that has the engine's packages in the setting PYTHON."
        )
    if wheels:
        return f"{what} from {wheels}: {last}. The folder must hold every wheel of core/engine.lock."
    if any(word in said for word in ("connect", "resolve host", "dns", "timed out", "fetch", "network")):
        return (
            f"{what}: the package index can't be reached. Check the network and QGIS's proxy settings and "
            "retry; without a network, name a folder of wheels (WHEELS) or a Python that has the "
            "engine's packages (PYTHON)."
        )
    return f"{what}: {last}. Retry, or name a Python that has the engine's packages in the setting PYTHON."
