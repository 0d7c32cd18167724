"""The provider in a real QGIS, an engine that only notes its job, and layers to give to both."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from gravrelief.plugin.engine import client, environment
from gravrelief.plugin.engine.columns import Columns, read_columns
from gravrelief.plugin.provider import GravReliefProvider
from qgis.core import (
    QgsApplication,
    QgsFeature,
    QgsGeometry,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProject,
    QgsVectorLayer,
)

from .stub_worker import found, job, worker  # noqa: F401  (fixtures)


@pytest.fixture(scope="session")
def provider(qgis_app) -> GravReliefProvider:
    """Our algorithms, outside the registry: that is the plugin's own affair."""
    provider = GravReliefProvider()
    provider.refreshAlgorithms()
    return provider


@pytest.fixture()
def project(qgis_app) -> QgsProject:
    """The project, empty before and after."""
    project = QgsProject.instance()
    project.clear()
    yield project
    project.clear()


@pytest.fixture()
def context(project) -> QgsProcessingContext:
    context = QgsProcessingContext()
    context.setProject(project)
    return context


class Feedback(QgsProcessingFeedback):
    """Keeps what a run says."""

    def __init__(self) -> None:
        super().__init__(False)
        self.info: list[str] = []
        self.warnings: list[str] = []
        self.errors: list[str] = []

    def pushInfo(self, text: str) -> None:
        self.info.append(text)

    def pushWarning(self, text: str) -> None:
        self.warnings.append(text)

    def reportError(self, text: str, fatal: bool = False) -> None:
        self.errors.append(text)


@pytest.fixture()
def feedback(qgis_app) -> Feedback:
    return Feedback()


class FakeWorker:
    """Stands in for the engine: notes the job and the points in it, says `events`, gives `outputs`.

    `outputs` may be a function of the job and its folder; an exception among them is raised.
    """

    def __init__(self) -> None:
        self.job: dict[str, Any] = {}
        self.points: dict[str, Columns] = {}
        self.folder: Path | None = None
        self.events: list[dict[str, Any]] = []
        self.outputs: Any = {}

    def run(self, job_path: str, on_event: Callable, is_cancelled: Callable, pump=None, keeper=None) -> dict[str, Any]:
        self.folder = Path(job_path).parent
        self.job = json.loads(Path(job_path).read_text(encoding="utf-8"))
        for key, value in self.job.items():
            if isinstance(value, str) and (self.folder / value).is_file() and value.endswith(".columns.json"):
                self.points[key] = read_columns(self.folder / value)
        for event in self.events:
            on_event(event)
        for value in self.job.values():
            if keeper is not None and isinstance(value, str) and Path(value).is_absolute():
                keeper.keep(Path(value))  # as the engine does before it replaces a file
        outputs = self.outputs(self.job, self.folder) if callable(self.outputs) else self.outputs
        if isinstance(outputs, Exception):
            raise outputs
        return outputs


@pytest.fixture()
def engine(monkeypatch) -> FakeWorker:
    """The fake worker in place of the shared one, and an environment that is said to be ready."""
    fake = FakeWorker()
    ready = environment.Status(True, "python", "folder", "")
    monkeypatch.setattr(environment, "status", lambda: ready)
    monkeypatch.setattr(client, "shared_worker", lambda: fake)
    return fake


@pytest.fixture()
def run(provider, context, feedback) -> Callable[..., tuple[dict[str, Any], bool]]:
    """Run an algorithm of the provider as Processing does; the results, and whether it succeeded."""

    def run(name: str, **values: Any) -> tuple[dict[str, Any], bool]:
        return provider.algorithm(name).run(values, context, feedback)

    return run


def point_layer(rows: list[tuple], fields: str = "gravity:double&field=height:double") -> QgsVectorLayer:
    """A memory layer of points: each row is x, y and the attributes; x None for no geometry."""
    layer = QgsVectorLayer(f"Point?crs=EPSG:3031&field={fields}", "stations", "memory")
    features = []
    for x, y, *attributes in rows:
        feature = QgsFeature(layer.fields())
        feature.setAttributes(attributes)
        if x is not None:
            feature.setGeometry(QgsGeometry.fromWkt(f"POINT({x!r} {y!r})"))
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    return layer


@pytest.fixture()
def stations(project) -> QgsVectorLayer:
    """Three stations in the project, the second without a value."""
    layer = point_layer([(0.0, 0.0, 1.5, 1000.0), (500.0, 0.25, None, 1000.0), (1000.0, 0.0, -2.0, 990.0)])
    project.addMapLayer(layer)
    return layer


@pytest.fixture()
def processing(qgis_app, monkeypatch) -> Callable[[str], Any]:
    """Import a module of QGIS's Processing plugin by its name."""
    monkeypatch.syspath_prepend(str(Path(QgsApplication.pkgDataPath()) / "python" / "plugins"))
    return importlib.import_module


SURVEY = {"GRAVITY_FIELD": "gravity", "HEIGHT_FIELD": "height", "EXTENT": "0,1000,0,1000", "SPACING": 500}


@pytest.fixture()
def survey(stations) -> dict[str, Any]:
    """The parameters that make a small survey complete."""
    return {"GRAVITY": stations, **SURVEY}


@pytest.fixture(scope="session")
def command_line(qgis_app, tmp_path_factory):
    """qgis_process with the real engine."""
    from .command_line import QgisProcess, why_no_engine

    if reason := why_no_engine():
        pytest.skip(reason)
    return QgisProcess(tmp_path_factory.mktemp("profile") / "qgis")
