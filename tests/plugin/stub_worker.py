"""The client's worker on an engine that misbehaves on request (tests/stub_engine.py)."""

from __future__ import annotations

import json
import os
import select
import sys
from pathlib import Path

import pytest
from gravrelief.plugin.engine import environment, process
from gravrelief.plugin.engine.client import Worker

ROOT = Path(__file__).resolve().parents[2]
STUB = ROOT / "tests" / "stub_engine.py"
PATIENCE = 30.0


def gone(pid: int) -> bool:
    """Whether a process ends while we wait."""
    try:
        watch = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([watch], [], [], PATIENCE)[0])
    finally:
        os.close(watch)


def stub_command(python: str, *arguments: str) -> list[str]:
    return [python, "-I", "-X", "utf8", str(STUB), str(ROOT), *arguments]


@pytest.fixture
def found(monkeypatch, tmp_path) -> environment.Status:
    """An environment that is there: the Python of these tests, which the stub engine is content with."""
    status = environment.Status(True, sys.executable, str(tmp_path), "ready")
    monkeypatch.setattr(environment, "status", lambda: status)
    monkeypatch.setattr(process, "engine_command", stub_command)
    return status


@pytest.fixture
def worker(found):
    worker = Worker()
    yield worker
    worker.stop()


@pytest.fixture
def job(tmp_path):
    """Write a job file; its path."""

    def write(act: str, **keys) -> str:
        path = tmp_path / f"{act.replace(' ', '_')}.json"
        path.write_text(json.dumps({"task": "stub", "act": act, **keys}))
        return str(path)

    return write


class Button:
    """A cancel button that is pressed at the first event of a job."""

    def __init__(self) -> None:
        self.pressed = False

    def on_event(self, event: dict) -> None:
        self.pressed = True

    def is_pressed(self) -> bool:
        return self.pressed
