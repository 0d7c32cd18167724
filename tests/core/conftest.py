"""What the engine's tests share: the published data, a small survey, and a way to run a job and see all it said."""

from __future__ import annotations

import gc
import json
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from core.worker.doctor import prepare

prepare()

from core.worker.run import run_job  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]

# No test times anything: a busy machine is no failure. `make test` draws the same every time, `make fuzz` anew.
untimed = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("repeatable", derandomize=True, database=None, **untimed)
settings.register_profile("fuzz", derandomize=False, database=None, print_blob=True, **untimed)
settings.load_profile(os.environ.get("GRAVRELIEF_DRAWS", "repeatable"))


@dataclass
class Run:
    """A finished job: its exit code, its events, its folder."""

    code: int
    folder: Path
    events: list[dict[str, Any]] = field(default_factory=list)

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The events of a kind; the verdict is none of the warnings that it sums up."""
        return [event for event in self.events if event["event"] == kind and "verdict" not in event]

    @property
    def outputs(self) -> dict[str, Any]:
        assert self.code == 0, self.events[-1]
        return self.events[-1]["outputs"]

    @property
    def error(self) -> dict[str, Any]:
        assert self.events[-1]["event"] == "error", self.events[-1]
        return self.events[-1]

    @property
    def warnings(self) -> list[str]:
        return [event["text"] for event in self.of("warning")]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of published data beside the repository, or the one that GRAVRELIEF_SHARED names."""
    folder = Path(os.environ.get("GRAVRELIEF_SHARED", ROOT.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"the published data are not there: {folder / 'data'}")
    return folder / "data"


@pytest.fixture
def engine(tmp_path):
    """Run a job in `tmp_path`: engine(task=..., ...) -> Run; `cancelled` as in run_job."""

    def run(cancelled=None, **job) -> Run:
        path = tmp_path / "job.json"
        path.write_text(json.dumps(job), encoding="utf-8")
        done = Run(-1, tmp_path)
        asked = (lambda: False) if cancelled is None else (lambda: cancelled(done))
        done.code = run_job(path, done.events.append, asked)
        return done

    return run


@pytest.fixture
def tidy():
    """No garbage of earlier tests is collected in this one: in the depth of a recursion Python could not even say what it found."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def undrawn(monkeypatch):
    """Leave the figures blank, for tests that read words alone: drawing takes most of a report's time."""
    blank = '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
    monkeypatch.setattr("matplotlib.figure.Figure.savefig", lambda figure, file, **how: file.write(blank))


@pytest.fixture(scope="session")
def _model(tmp_path_factory) -> tuple[Path, float]:
    """The tutorial's model on 13 x 10 cells with 475 stations, made once."""
    folder = tmp_path_factory.mktemp("model")
    job = {
        "task": "syntheticmodel",
        "extent": [0, 12000, 0, 9000],
        "relief": "relief.tif",
        "stations": "stations.csv",
    }
    (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
    run = Run(-1, folder)
    run.code = run_job(folder / "job.json", run.events.append)
    return folder, run.outputs["reference_level_used"]


@pytest.fixture
def survey(_model, tmp_path) -> dict[str, Any]:
    """The keys that name the small model's stations and grid; its files lie in `tmp_path`."""
    folder, level = _model
    for name in ("relief.tif", "stations.csv"):
        shutil.copy(folder / name, tmp_path)
    return {
        "gravity": "stations.csv",
        "height_field": "height",
        "extent": [0, 12000, 0, 9000],
        "spacing": 1000,
        "crs": "EPSG:3031",
        "reference_level": level,
    }
