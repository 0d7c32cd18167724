"""The pictures of docs/: QGIS with the tutorial's results, the Set up window, the tutorial.

After `make demo`: `/usr/bin/python3 tools/screenshot.py`. It runs QGIS under Xvfb with a throw-away
profile; what happens inside is in screenshot_session.py.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from system import find_qgis_process
from throwaway_profile import ROOT, make_profile

PROFILE = ROOT / "build" / "screenshot-profile"
PICTURES = ROOT / "build" / "pictures"
DEMO = ROOT / "build" / "demo"
SCREEN = "-screen 0 1600x1000x24"
PAGE = "1100,1380"
SECONDS = 150
COLOURS = 255


def main() -> int:
    os.environ.setdefault("GRAVRELIEF_HOME", str(ROOT / "build" / "engine-home"))
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    summary = json.loads((DEMO / "summary.json").read_text(encoding="utf-8"))
    surroundings = make_profile(PROFILE)
    del surroundings["QT_QPA_PLATFORM"]
    surroundings["GRAVRELIEF_PICTURES"] = str(PICTURES)
    surroundings["GRAVRELIEF_DAMPING"] = repr(summary["best_damping"])
    failure = run_session(surroundings)
    if failure:
        print(failure)
        return 1
    shutil.copy(DEMO / "map.png", PICTURES / "result.png")
    photograph(DEMO / "cross_validation.html", PICTURES / "report.png")
    for picture in sorted(PICTURES.glob("*.png")):
        target = ROOT / "docs" / picture.name
        shrink(picture, target)
        print(f"{target.relative_to(ROOT)}: {target.stat().st_size / 1000:.0f} kB")
    return 0


def run_session(surroundings: dict[str, str]) -> str:
    """Run QGIS; what went wrong there, or nothing."""
    program = str(find_qgis_process()).replace("qgis_process", "qgis")
    session = ROOT / "tools" / "screenshot_session.py"
    flags = ["--nologo", "--noversioncheck", "--profiles-path", str(PROFILE), "--code", str(session)]
    command = ["xvfb-run", "-a", "-s", SCREEN, program, *flags]
    with subprocess.Popen(command, env=surroundings, start_new_session=True) as process:
        try:
            process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return f"QGIS did not end within {SECONDS} seconds."
    failure = PICTURES / "failure.txt"
    return failure.read_text(encoding="utf-8") if failure.exists() else ""


def photograph(page: Path, picture: Path) -> None:
    """The top of a report, where there is a Chromium to draw it."""
    browser = shutil.which("chromium")
    if browser is None:
        return
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--window-size={PAGE}"]
    home = {**os.environ, "HOME": str(PROFILE / "home")}
    command = [browser, *flags, f"--screenshot={picture}", page.as_uri()]
    subprocess.run(command, env=home, check=True, capture_output=True, timeout=SECONDS)


def shrink(picture: Path, target: Path) -> None:
    """Write a picture with a palette, which is all that windows and maps need."""
    convert = shutil.which("convert")
    if convert is None:
        shutil.copy(picture, target)
        return
    palette = ["-strip", "+dither", "-colors", str(COLOURS)]
    subprocess.run([convert, str(picture), *palette, f"PNG8:{target}"], check=True)


if __name__ == "__main__":
    sys.exit(main())
