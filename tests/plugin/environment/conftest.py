"""A home folder, an installer and environments of the tests' own."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from gravrelief.plugin.engine import environment, folders, install, python


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch) -> Path:
    """A home folder of the test's own, and no choice of the machine's."""
    folder = tmp_path / "home"
    monkeypatch.setenv("GRAVRELIEF_HOME", str(folder))
    for name in ("GRAVRELIEF_PYTHON", "UV_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def fake_uv(tmp_path, monkeypatch):
    """A uv on PATH that is ours; call it with a plan, ask it for its calls."""
    folder = tmp_path / "programs"
    folder.mkdir()
    program = folder / "uv"
    source = (Path(__file__).parent / "fake_uv.py").read_text()
    program.write_text(f"#!{sys.executable} -I\n{source}")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    def plan(**steps) -> None:
        (folder / "uv.json").write_text(json.dumps(steps))

    def calls() -> list[dict]:
        return [json.loads(line) for line in (folder / "calls.jsonl").read_text().splitlines()]

    plan()
    plan.calls = calls
    # Looking through PATH and asking pip have tests of their own; here they would only take time.
    base = python.Python(sys.executable, sys.version_info[:3], 64, "CPython", sys.executable)
    monkeypatch.setattr(install, "find_python", lambda: base)
    monkeypatch.setattr(install, "with_pip_settings", dict)
    return plan


@pytest.fixture
def healthy(monkeypatch):
    """Every interpreter of an environment of ours passes the self-test; others have no packages."""
    asked = []

    def examine(path, is_cancelled=lambda: False):
        asked.append(path)
        return [] if "e-" in path else ["numpy can't be imported"]

    monkeypatch.setattr(environment, "examine", examine)
    monkeypatch.setattr(install, "examine", examine)
    return asked


def finished(folder: Path, **changes) -> Path:
    """Make what a finished environment looks like; its interpreter."""
    inside = folders.interpreter(folder)
    inside.parent.mkdir(parents=True)
    inside.symlink_to(sys.executable)
    (folder / "pyvenv.cfg").write_text("")
    marker = {"lock": folders.lock_hash(), "base": os.path.realpath(sys.executable), "named": None}
    folders.write_json(folder / folders.MARKER, {**marker, **changes})
    return inside


def program(path: Path, text: str) -> str:
    """Write a script that can be started; its path."""
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)
