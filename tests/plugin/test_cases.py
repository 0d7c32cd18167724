"""A third of the table of cases as users meet them: layers in QGIS, a run of Processing, and the words that come back."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from gravrelief.plugin.engine import environment
from qgis.core import QgsProcessingException, QgsVectorLayer

from tests.cases.judge import complaints

from .command_line import ROOT, why_no_engine

POINTS = {"gravity": "gravity_crs", "known_points": "known_points_crs", "stations": "stations_crs"}
RASTERS = (
    "starting_relief",
    "true_relief",
    "density_grid",
    "lower_limit",
    "upper_limit",
    "free_cells",
    "height_raster",
    "relief",
)
WRITTEN = ("inverted_relief", "relief_change", "residual", "report", "study", "predicted", "stations")


@pytest.fixture(scope="module")
def cases(qgis_app, tmp_path_factory) -> list[dict[str, Any]]:
    """The cases' folders, made by the engine's Python."""
    if reason := why_no_engine():
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("cases")
    python = environment.status().python
    subprocess.run([python, "-m", "tests.cases", str(folder)], cwd=ROOT, check=True, capture_output=True, text=True)
    return json.loads((folder / "index.json").read_text(encoding="utf-8"))


def points(path: Path, crs: str | None) -> QgsVectorLayer:
    """A table loaded as people load it, every field as the text that it is."""
    place = f"&crs={crs}" if crs else ""
    uri = f"{path.as_uri()}?type=csv&detectTypes=no&xField=easting&yField=northing{place}"
    layer = QgsVectorLayer(uri, path.stem, "delimitedtext")
    assert layer.isValid(), uri
    return layer


def parameters(job: dict[str, Any], folder: Path, keep: list[QgsVectorLayer]) -> dict[str, Any]:
    """A job as Processing's parameters."""
    values: dict[str, Any] = {}
    for key, value in job.items():
        if key == "task" or key in POINTS.values():
            continue
        if key in WRITTEN and not (key == "stations" and job["task"] == "forwardgravity"):
            value = str(folder / value)
        elif key in POINTS and str(value).endswith(".csv"):
            layer = points(folder / value, job.get(POINTS[key]))
            keep.append(layer)
            value = layer
        elif key in (*POINTS, *RASTERS) or (key == "extent" and isinstance(value, str)):
            value = str(folder / value)
        elif key == "extent":
            value = ",".join(map(repr, value)) + f" [{job['crs']}]"
        values[key.upper()] = value
    if str(job.get("gravity", "")).endswith(".csv"):
        values.setdefault("GRAVITY_FIELD", "gravity")
    return values


def outcome(provider, context, feedback, name: str, values: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The refusal, if any, and the results by lower-case name."""
    algorithm = provider.algorithm(name).create()
    right, message = algorithm.checkParameterValues(values, context)
    if not right:
        return message, {}
    try:
        results, done = algorithm.run(values, context, feedback)
    except QgsProcessingException as error:
        return str(error), {}
    return "" if done else " ".join(feedback.errors), {key.lower(): value for key, value in results.items()}


def test_the_cases_through_processing(cases, provider, context, feedback):
    """One QGIS and one warm engine for all; each that is not as it must be is named."""
    wrong = {}
    for case in cases:
        folder = Path(case["folder"])
        keep: list[QgsVectorLayer] = []
        told = type(feedback)()
        job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
        error, outputs = outcome(provider, context, told, job["task"], parameters(job, folder, keep))
        found = complaints(SimpleNamespace(**case["right"]), error, told.warnings, told.info, outputs)
        if found:
            wrong[case["id"]] = found
    assert not wrong, "\n".join(f"{name}: {found}" for name, found in wrong.items())
