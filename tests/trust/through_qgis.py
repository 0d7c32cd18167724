"""Our algorithms in one QGIS of this process, and in cold ones by qgis_process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .folders import DATA, ROOT, TRUST
from .jobs import SECONDS, Run

sys.path.insert(0, str(ROOT / "tools"))
PLACES = {"stations": "STATIONS", "gravity": "GRAVITY"}


class Qgis:
    """A QGIS without a window, and our provider in it."""

    def __init__(self) -> None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        (TRUST / "runtime").mkdir(mode=0o700, exist_ok=True)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(TRUST / "runtime"))
        from qgis.core import QgsApplication, QgsProcessingContext, QgsProcessingFeedback, QgsProject

        from ...plugin.provider import GravReliefProvider

        class Feedback(QgsProcessingFeedback):
            """Keeps what a run says, and calls `at_event` at each thing it says."""

            def __init__(self, at_event: Callable[[], None]) -> None:
                super().__init__(False)
                self.errors: list[str] = []
                self.at_event = at_event

            def setProgressText(self, text: str) -> None:
                self.at_event()

            def pushInfo(self, text: str) -> None:
                self.at_event()

            def reportError(self, text: str, fatal: bool = False) -> None:
                self.errors.append(text)

        self._application = QgsApplication([], True)
        self._application.initQgis()
        self._provider = GravReliefProvider()
        self._provider.refreshAlgorithms()
        self._context, self._project = QgsProcessingContext, QgsProject.instance()
        self._feedback = Feedback

    def feedback(self, at_event: Callable[[], None] = lambda: None) -> Any:
        return self._feedback(at_event)

    def run(self, job: dict[str, Any], folder: Path, feedback: Any = None) -> Run:
        """Run a job as an algorithm, its stations from a GeoPackage."""
        feedback = feedback or self.feedback()
        context = self._context()
        context.setProject(self._project)
        _, succeeded = self._provider.algorithm(job["task"]).run(values_of(job, folder), context, feedback)
        return Run(succeeded, feedback.errors[-1] if feedback.errors else "")


def values_of(job: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The parameters of a job as QGIS takes them; outputs go into the folder, where they name no other place."""
    from .jobs import STUDY_OUTPUTS

    values = {key.upper(): value for key, value in job.items() if key != "task"}
    values["GRAVITY"] = str(survey())
    values["EXTENT"] = ",".join(str(number) for number in job["extent"])
    for key in STUDY_OUTPUTS:
        if key in job and "/" not in job[key] and ":" not in job[key]:
            values[key.upper()] = str(folder / job[key])
    return values


def survey() -> Path:
    """The stations as a GeoPackage, made at the first call."""
    path = DATA / "stations.gpkg"
    if not path.exists():
        from osgeo import gdal

        gdal.UseExceptions()
        options = ["X_POSSIBLE_NAMES=easting", "Y_POSSIBLE_NAMES=northing", "AUTODETECT_TYPE=YES"]
        table = gdal.OpenEx(str(DATA / "stations.csv"), gdal.OF_VECTOR, open_options=options)
        gdal.VectorTranslate(str(path), table, format="GPKG", srcSRS="EPSG:3031", dstSRS="EPSG:3031")
    return path


def profile() -> dict[str, str]:
    """The variables of a throw-away profile with the plugin."""
    from throwaway_profile import make_profile

    return make_profile(TRUST / "profile")


def cold(surroundings: dict[str, str], job: dict[str, Any], folder: Path, **more: str) -> subprocess.Popen[str]:
    """qgis_process at a job."""
    from system import find_qgis_process

    values = [f"--{key}={value}" for key, value in values_of(job, folder).items()]
    command = [str(find_qgis_process()), "run", f"gravrelief:{job['task']}", *values]
    return subprocess.Popen(
        command,
        env={**surroundings, "TMPDIR": os.environ["TMPDIR"], **more},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def cold_end(process: subprocess.Popen[str]) -> Run:
    """What qgis_process said last, in a sentence, and whether its exit code agrees."""
    text, _ = process.communicate(timeout=SECONDS)
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("-")]
    code, named = process.returncode, "Results" in lines
    if (code == 0) != named:
        return Run(code == 0, f"exit code {code}, and {'results' if named else 'no results'}: {text[-500:]}", "", code)
    said = next((line for line in reversed(lines) if line.endswith(".")), text[-300:])
    return Run(code == 0, said, "", code)


def orphans() -> list[int]:
    """Processes that were started with our temporary folder and outlived who started them."""
    mark, found = f"TMPDIR={os.environ['TMPDIR']}\0".encode(), []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if mark in (entry / "environ").read_bytes() + b"\0":
                    found.append(int(entry.name))
            except OSError:
                continue
    return found
