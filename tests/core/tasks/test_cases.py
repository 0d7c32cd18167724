"""Every case of the table through one warm engine: what is wrong is told, and what is right is not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cases.judge import complaints
from tests.cases.table import CASES

ROOT = Path(__file__).resolve().parents[3]
LEFT_BEHIND = ("inverted.tif", "found.csv")


@pytest.fixture(scope="module")
def served():
    """Run a job in one engine for all: its events."""
    process = subprocess.Popen(
        [sys.executable, "-m", "core", "serve"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    number = 0

    def run(job: Path) -> list[dict]:
        nonlocal number
        number += 1
        process.stdin.write(json.dumps({"command": "run", "id": number, "job": str(job)}) + "\n")
        process.stdin.flush()
        events = []
        while not events or events[-1]["event"] not in ("result", "error"):
            line = process.stdout.readline()
            assert line, "the engine is gone"
            event = json.loads(line)
            if event.get("id") == number:
                events.append(event)
        return events

    yield run
    process.stdin.close()
    process.wait()


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
