"""The jobs of the trust runs: a small survey, inverted in about a second, with every kind of output."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...plugin.engine import environment, process
from ...plugin.engine.client import EngineError, Worker
from .folders import DATA

MODEL = {"task": "syntheticmodel", "extent": [0, 24000, 0, 18000], "spacing": 1000, "crs": "EPSG:3031", "holdout": True}
SURVEY = {
    "gravity": str(DATA / "stations.csv"),
    "gravity_field": "gravity",
    "height_field": "height",
    "extent": [0, 24000, 0, 18000],
    "spacing": 1000,
    "crs": "EPSG:3031",
    "reference_level": 495,
}
INVERSION = {"task": "invertrelief", **SURVEY, "damping": 0.01}
STUDY = {
    "task": "dampingcrossvalidation",
    **SURVEY,
    "test_field": "test",
    "damping_min": 0.001,
    "damping_max": 0.1,
    "trials": 4,
    "search": 0,
    "refine": 0,
}
RELIEFS = {"inverted_relief": "relief.tif", "relief_change": "change.nc", "residual": "residual.tif"}
OUTPUTS = {**RELIEFS, "stations": "stations.csv", "report": "report.html"}
STUDY_OUTPUTS = {**OUTPUTS, "scores": "scores.csv", "study": "study.log"}
QGIS_OUTPUTS = {**OUTPUTS, "stations": "stations.gpkg"}
QGIS_STUDY_OUTPUTS = {**STUDY_OUTPUTS, "stations": "stations.gpkg"}
SECONDS = 300


@dataclass(frozen=True)
class Run:
    """How a run ended: what it claims, its last sentence, and the exit code where it had one."""

    succeeded: bool
    said: str
    kind: str = ""
    code: int | None = None


def prepare() -> None:
    """Make the survey, once for all kinds."""
    shutil.rmtree(DATA, ignore_errors=True)
    DATA.mkdir(parents=True)
    files = {"relief": "true.tif", "stations": "stations.csv"}
    done = through_terminal({**MODEL, **files}, DATA)
    if not done.succeeded:
        raise SystemExit(f"The survey could not be made: {done.said}")


def write_job(job: dict[str, Any], folder: Path) -> Path:
    path = folder.parent / "job.json"
    named = {key: str(folder / value) for key, value in job.items() if key in STUDY_OUTPUTS or key == "relief"}
    path.write_text(json.dumps({**job, **named}), encoding="utf-8")
    return path


def through_worker(worker: Worker, job: dict[str, Any], folder: Path, on_event=lambda event: None, is_cancelled=None):
    """Run a job by the plugin's client, without QGIS."""
    try:
        worker.run(str(write_job(job, folder)), on_event, is_cancelled or (lambda: False))
    except EngineError as error:
        return Run(False, error.message, error.kind)
    return Run(True, "")


def terminal(
    job: dict[str, Any], folder: Path, python: str | None = None, **surroundings: str
) -> subprocess.Popen[str]:
    """The engine as a terminal starts it."""
    found = python or environment.engine_python()
    assert found is not None, environment.status().message
    command = process.engine_command(found, "run", str(write_job(job, folder)))
    return subprocess.Popen(
        command, env={**os.environ, **surroundings}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def ended(engine: subprocess.Popen[str]) -> Run:
    """Wait for an engine in a terminal; what it said last, and whether its exit code agrees."""
    out, _ = engine.communicate(timeout=SECONDS)
    lines = [line for line in out.splitlines() if line.startswith("{")]
    last = json.loads(lines[-1]) if lines and lines[-1].endswith("}") else {}
    code = engine.returncode
    if last.get("event") == "result":
        return Run(code == 0, "" if code == 0 else f"A result, and exit code {code}.", "result", code)
    kind = str(last.get("kind", ""))
    agrees = {"input": 2, "internal": 1, "cancelled": 130}.get(kind) == code or code < 0
    return Run(code == 0, last.get("message", "") if agrees else f"{last} and exit code {code}", kind, code)


def through_terminal(job: dict[str, Any], folder: Path, python: str | None = None, **surroundings: str) -> Run:
    return ended(terminal(job, folder, python, **surroundings))
