"""Make build/dev: the engine's packages and the tools of lint and tests, as locked."""

from __future__ import annotations

import hashlib
import shutil
import sys

from plugin.engine.python import find_python
from tools.uv_command import ROOT, call

LOCKS = (ROOT / "core" / "engine.lock", ROOT / "tools" / "dev.lock")
FOLDER = ROOT / "build" / "dev"


def main() -> None:
    """Make it anew where a lock file has changed; else do nothing."""
    stamp = FOLDER / "locks.txt"
    wanted = "".join(f"{hashlib.sha256(lock.read_bytes()).hexdigest()}\n" for lock in LOCKS)
    python = FOLDER / "bin" / "python"
    if python.is_file() and stamp.is_file() and stamp.read_text() == wanted:
        return
    shutil.rmtree(FOLDER, ignore_errors=True)
    base = find_python()
    if base is None:
        sys.exit("No Python from 3.11 to 3.14 was found. Install one, then make again.")
    call("venv", "-q", "--no-project", "--python", base.path, str(FOLDER))
    hashed = ["--require-hashes", "--only-binary", ":all:", "--compile-bytecode"]
    files = [part for lock in LOCKS for part in ("-r", str(lock))]
    call("pip", "install", "-q", "--python", str(python), *hashed, *files)
    stamp.write_text(wanted)


if __name__ == "__main__":
    main()
