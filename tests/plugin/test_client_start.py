"""The client and its surroundings: what the engine sees of them, and an engine that can't be started or trusted."""

from __future__ import annotations

import json
import sys

import pytest
from gravrelief.plugin.engine import environment, process
from gravrelief.plugin.engine.client import EngineError, Worker
from gravrelief.plugin.engine.python import examine


def test_the_child_sees_none_of_our_variables_but_those_allowed(worker, job, monkeypatch, tmp_path):
    for name in ("PYTHONPATH", "PYTHONHOME", "PROJ_LIB", "GDAL_DATA", "LD_PRELOAD_X", "VIRTUAL_ENV"):
        monkeypatch.setenv(name, "/poison")
    monkeypatch.setenv("XDG_STUB", "kept")
    outputs = worker.run(job("surroundings"))
    variables = json.loads(outputs["variables"])
    assert "/poison" not in variables.values()
    assert variables["XDG_STUB"] == "kept"
    assert outputs["folder"] == str(tmp_path)


def test_a_result_is_not_trusted_where_the_selftest_failed(worker, job, monkeypatch):
    monkeypatch.setenv("XDG_STUB", "sick")
    with pytest.raises(EngineError, match=r"can't be trusted: PROJ is sick.*Set up the engine") as caught:
        worker.run(job("answer"))
    assert caught.value.kind == "setup"


def test_an_absent_environment_is_said_and_nothing_is_started(job, monkeypatch):
    absent = environment.Status(False, None, "/nowhere", "GravRelief's engine is not installed yet.")
    monkeypatch.setattr(environment, "status", lambda: absent)
    worker = Worker()
    with pytest.raises(EngineError, match="not installed yet") as caught:
        worker.run(job("answer"))
    assert caught.value.kind == "setup"
    assert worker.pid is None


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo no python here >&2; exit 1", "ended as soon as it was started: no python here"),
        ('echo \'{"event": "hello"}\'; read line', "did not say that it is ready"),
        ('echo \'{"event": "ready", "protocol": 99}\'; read line', "another version"),
    ],
)
def test_a_broken_environment_is_said_with_its_remedy(found, job, monkeypatch, script, words):
    monkeypatch.setattr(process, "engine_command", lambda python, *rest: ["/bin/sh", "-c", script])
    worker = Worker()
    with pytest.raises(EngineError, match=words) as caught:
        worker.run(job("answer"))
    assert caught.value.kind == "setup"
    assert "Set up the engine" in caught.value.message
    assert worker.pid is None


def test_an_interpreter_that_cannot_be_started_is_named(found, job, monkeypatch):
    monkeypatch.setattr(process, "engine_command", lambda python, *rest: ["/nowhere/python"])
    with pytest.raises(EngineError, match="can't be started") as caught:
        Worker().run(job("answer"))
    assert caught.value.kind == "setup"


def test_an_engine_that_runs_from_elsewhere_is_refused(found, job, monkeypatch):
    ours = environment.Status(True, sys.executable, str(environment.folders.environment_folder()), "ready")
    monkeypatch.setattr(environment, "status", lambda: ours)
    with pytest.raises(EngineError, match=f"runs from {sys.prefix} and not from"):
        Worker().run(job("answer"))


def test_the_installed_engine_is_well_whatever_qgis_has_set(monkeypatch, tmp_path):
    installed = environment.engine_python()
    if installed is None:
        pytest.skip("the engine is not installed here: run python3 -m plugin.engine --setup")
    (tmp_path / "numpy.py").write_text("raise ImportError('a numpy of somebody else')")
    for name in ("PYTHONPATH", "PYTHONHOME", "PROJ_LIB", "PROJ_DATA", "GDAL_DATA", "GDAL_DRIVER_PATH"):
        monkeypatch.setenv(name, str(tmp_path))
    assert examine(installed) == []
