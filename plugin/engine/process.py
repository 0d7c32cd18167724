"""How every process of ours is started, what it may see of our surroundings, and how it is ended."""

from __future__ import annotations

import os
import queue
import signal
import subprocess  # nosec B404: arguments in a list, never a shell
import sys
import threading
import time
from pathlib import Path
from typing import Callable

from .folders import PLUGIN, WINDOWS
from .jobobject import die_with_us

# The engine's folder goes first on sys.path inside, because -I leaves it off.
BOOT = (
    "import sys, runpy; sys.path.insert(0, sys.argv.pop(1)); "
    "runpy.run_module('core', run_name='__main__', alter_sys=True)"
)
SECONDS_BETWEEN_LOOKS = 0.05
SHARED: set[int] = set()
"""The descriptors of locks that what `run` starts holds with us: where we are killed it may still be writing."""
# QGIS's own PROJ, GDAL, Qt and Python settings would break another Python: nothing passes but these.
ALLOWED = {
    "HOME",
    "USER",
    "LOGNAME",
    "TMPDIR",
    "TEMP",
    "TMP",
    "TZ",
    "LANG",
    "LANGUAGE",
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "WINDIR",
    "COMSPEC",
    "PATHEXT",
    "APPDATA",
    "LOCALAPPDATA",
    "PROGRAMDATA",
    "USERPROFILE",
    "USERNAME",
    "HOMEDRIVE",
    "HOMEPATH",
    "NUMBER_OF_PROCESSORS",
    "PROCESSOR_ARCHITECTURE",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    "GRAVRELIEF_HOME",
    "NUMBA_NUM_THREADS",
    "OMP_NUM_THREADS",
}
ALLOWED_PREFIXES = ("LC_", "XDG_")
# What pip and uv read of the machine's index, cache and network; the rest of theirs redirects installs.
INSTALLER_ALLOWED = {
    "CURL_CA_BUNDLE",
    "NETRC",
    "PIP_CERT",
    "PIP_CLIENT_CERT",
    "PIP_CONFIG_FILE",
    "PIP_DEFAULT_TIMEOUT",
    "PIP_EXTRA_INDEX_URL",
    "PIP_FIND_LINKS",
    "PIP_INDEX_URL",
    "PIP_NO_INDEX",
    "PIP_PROXY",
    "PIP_RETRIES",
    "PIP_TRUSTED_HOST",
    "UV_CACHE_DIR",
    "UV_CONFIG_FILE",
    "UV_DEFAULT_INDEX",
    "UV_EXTRA_INDEX_URL",
    "UV_FIND_LINKS",
    "UV_INDEX",
    "UV_INDEX_STRATEGY",
    "UV_INDEX_URL",
    "UV_INSECURE_HOST",
    "UV_KEYRING_PROVIDER",
    "UV_LINK_MODE",
    "UV_NATIVE_TLS",
    "UV_NO_INDEX",
    "UV_OFFLINE",
    "UV_PYTHON_INSTALL_MIRROR",
    "UV_SYSTEM_CERTS",
}
INSTALLER_PREFIXES = ("UV_HTTP_", "UV_CONCURRENT_", "UV_INDEX_")


def engine_surroundings() -> dict[str, str]:
    """The environment variables of the engine."""
    return _allowed(ALLOWED, ALLOWED_PREFIXES)


def installer_surroundings(proxy: str | None = None) -> dict[str, str]:
    """The environment variables of pip and uv: the engine's, and the machine's ways to its packages."""
    kept = _allowed(ALLOWED | INSTALLER_ALLOWED, ALLOWED_PREFIXES + INSTALLER_PREFIXES)
    if proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY"):
            kept[name] = kept[name.lower()] = proxy
    kept["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    kept["PIP_NO_INPUT"] = "1"
    return kept


def _allowed(names: set[str], prefixes: tuple[str, ...]) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if name.upper() in names or name.upper().startswith(prefixes)
    }
    kept["PATH"] = os.pathsep.join(path_without_qgis())
    return kept


def path_without_qgis() -> list[str]:
    """The entries of PATH, but for the folders that QGIS brought along on Windows and macOS."""
    entries = [entry for entry in os.environ.get("PATH", os.defpath).split(os.pathsep) if entry]
    return [entry for entry in entries if not belongs_to_qgis(entry)]


def belongs_to_qgis(path: str) -> bool:
    """Whether a file or folder is inside a bundled QGIS; on Linux QGIS uses the distribution's Python."""
    if not (WINDOWS or sys.platform == "darwin"):
        return False
    lowered = path.replace("\\", "/").lower()
    if "/qgis" in lowered or "/osgeo4w" in lowered:
        return True
    bundle = os.path.normcase(sys.base_prefix)
    return "qgis" in bundle.lower() and os.path.normcase(path).startswith(bundle)


def engine_command(python: str, *arguments: str) -> list[str]:
    """The command line of the engine, told where it is by the plugin's folder."""
    return [python, "-I", "-X", "utf8", "-c", BOOT, str(PLUGIN), *arguments]


def start(
    command: list[str],
    surroundings: dict[str, str],
    with_input: bool = False,
    folder: str | None = None,
    merged: bool = False,
    descriptors: tuple[int, ...] = (),
) -> subprocess.Popen[bytes]:
    """Start a process in a group of its own, so that Ctrl-C does not hit it and it can be ended whole.

    It shares the open `descriptors` with us: a lock on one is held until the last of us has ended.
    """
    options: dict[str, object] = {"start_new_session": True, "pass_fds": descriptors}
    if WINDOWS:
        flags = ("CREATE_NO_WINDOW", "CREATE_NEW_PROCESS_GROUP")
        options = {"creationflags": sum(getattr(subprocess, flag) for flag in flags)}
    return subprocess.Popen(  # type: ignore[call-overload, no-any-return]  # nosec B603: a list, no shell
        command,
        env=surroundings,
        cwd=folder,
        stdin=subprocess.PIPE if with_input else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if merged else subprocess.PIPE,
        **options,
    )


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and all that it started, and wait until it is gone."""
    if WINDOWS:
        root = os.environ.get("SYSTEMROOT", "C:\\Windows")
        taskkill = str(Path(root) / "System32" / "taskkill.exe")
        subprocess.run(  # nosec B603: a list, no shell
            [taskkill, "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False
        )
    else:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
    process.kill()
    process.wait()


class Stopped(Exception):
    """The user asked to stop while a process was running."""


class TooLong(Exception):
    """A process did not end in the time it was given."""


def run(
    command: list[str],
    surroundings: dict[str, str],
    on_line: Callable[[str], None] = lambda line: None,
    is_cancelled: Callable[[], bool] = lambda: False,
    seconds: float | None = None,
    merged: bool = True,
) -> tuple[int, str]:
    """Run a process to its end, handing on its lines as they come; its exit code and its whole output.

    Raises
    ------
    OSError
        Where it can't be started.
    Stopped, TooLong
        Where the user asked, or the time was up; the process is gone then.
    """
    process = start(command, surroundings, merged=merged, descriptors=tuple(SHARED))
    tie = die_with_us(process)
    lines: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=_read, args=(process.stdout, lines), daemon=True).start()
    if not merged:
        threading.Thread(target=_read, args=(process.stderr, queue.Queue()), daemon=True).start()
    limit = time.monotonic() + seconds if seconds else None
    output = []
    try:
        while True:
            if is_cancelled():
                raise Stopped
            if limit and time.monotonic() > limit:
                raise TooLong
            try:
                line = lines.get(timeout=SECONDS_BETWEEN_LOOKS)
            except queue.Empty:
                continue
            if line is None:
                return process.wait(), "\n".join(output)
            output.append(line)
            on_line(line)
    finally:
        if process.poll() is None:
            end(process)
        del tie


def _read(pipe: object, lines: queue.Queue[str | None]) -> None:
    for line in pipe:  # type: ignore[attr-defined]
        lines.put(line.decode("utf-8", "replace").rstrip())
    lines.put(None)
