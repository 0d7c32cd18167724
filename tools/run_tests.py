"""Run the three suites and print one line for each: engine, plugin (QGIS), windows (QGIS under Xvfb)."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SYSTEM_PYTHON = sys.executable
SUITES: dict[str, tuple[list[str], dict[str, str]]] = {
    "core": ([str(ROOT / "build/dev/bin/python")], {"HYPOTHESIS_STORAGE_DIRECTORY": str(ROOT / "build/hypothesis")}),
    "plugin": ([SYSTEM_PYTHON], {"QT_QPA_PLATFORM": "offscreen"}),
    "ui": (["xvfb-run", "-a", SYSTEM_PYTHON], {}),
}


def run_suite(name: str) -> tuple[int, str]:
    """Run a suite, showing its output; its exit code and pytest's closing line."""
    prefix, extra = SUITES[name]
    home = ROOT / "build" / "home"
    home.mkdir(parents=True, exist_ok=True)
    command = [*prefix, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"tests/{name}"]
    surroundings = {**os.environ, "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1", **extra}
    last = ""
    with subprocess.Popen(
        command, cwd=ROOT, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            if line.startswith(("=", "no tests")) or " in " in line:
                last = line.strip(" =\n")
    return process.returncode, last


def main(names: list[str]) -> int:
    results = []
    for name in names or list(SUITES):
        print(f"\n--- tests/{name}", flush=True)
        started = time.monotonic()
        code, last = run_suite(name)
        results.append((name, code, last, time.monotonic() - started))
    print()
    for name, code, last, seconds in results:
        print(f"{'passed' if code == 0 else 'FAILED':<7} tests/{name:<7} {seconds:5.0f} s   {last}")
    return int(any(code for _, code, _, _ in results))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
