"""Every case of the table through one warm engine: what is wrong is told, and what is right is not."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.cases.judge import complaints
from tests.cases.table import CASES

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 300.0  # s
LEFT_BEHIND = ("inverted.tif", "found.csv")


class Served:
    """One engine for all cases; one that gives no answer is ended, and the next case gets another."""

    def __init__(self) -> None:
        self.number = 0
        self.process: subprocess.Popen[str] | None = None

    def run(self, job: Path) -> list[dict]:
        if self.process is None:
            command = [sys.executable, "-m", "core", "serve"]
            self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.number += 1
        stuck = threading.Timer(PATIENCE, self.process.kill)
        stuck.start()
        try:
            self.process.stdin.write(json.dumps({"command": "run", "id": self.number, "job": str(job)}) + "\n")
            self.process.stdin.flush()
            return self._events()
        finally:
            stuck.cancel()

    def _events(self) -> list[dict]:
        events: list[dict] = []
        while not events or events[-1]["event"] not in ("result", "error"):
            line = self.process.stdout.readline()
            if not line:
                self.process = None
                pytest.fail(f"the engine died, or gave no answer in {PATIENCE} s")
            event = json.loads(line)
            if event.get("id") == self.number:
                events.append(event)
        return events

    def close(self) -> None:
        if self.process is not None:
            self.process.stdin.close()
            self.process.wait()


@pytest.fixture(scope="module")
def served():
    engine = Served()
    yield engine.run
    engine.close()


def test_the_table_is_whole():
    assert len(CASES) >= 120
    assert len({case.id for case in CASES}) == len(CASES)
    assert 3 * sum(case.qgis for case in CASES) >= len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_it_ends_as_it_must(case, served, tmp_path):
    case.make(tmp_path)
    events = served(tmp_path / "job.json")
    last = events[-1]
    assert last.get("kind") in (None, "input"), last
    texts = {kind: [event["text"] for event in events if event["event"] == kind] for kind in ("warning", "log")}
    error = last["message"] if last["event"] == "error" else ""
    assert not complaints(case.right, error, texts["warning"], texts["log"], last.get("outputs", {}))
    if error:
        assert last["parameter"] is None or last["parameter"] == last["parameter"].upper()
        assert not [name for name in LEFT_BEHIND if (tmp_path / name).is_file()]
        assert not list(tmp_path.glob(".*.part*"))
