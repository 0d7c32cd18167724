"""One job from its file to its last event: what is no job, and an engine that is not whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.worker import run as run_module
from core.worker.run import run_job

ROOT = Path(__file__).resolve().parents[3]
MODEL = {"task": "syntheticmodel", "extent": [0, 4000, 0, 3000], "relief": "relief.tif", "stations": "stations.csv"}


def last(path):
    events = []
    code = run_job(path, events.append)
    return code, events[-1]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b'{"task": "syntheticmodel", "relief": "a\\u0000b.tif"}', "no file can be called"),
        (
            b'{"task": "invertrelief", "gravity": "g.csv", "gravity_field": "\\ud800"}',
            "holds a character that no text can",
        ),
        (b'{"task": "syntheticmodel", "noise": 1e400}', "NOISE is inf. Give a number"),
        (b'{"task": "syntheticmodel", "noise": NaN}', "NOISE is nan. Give a number"),
        (b"\xff\xfe{}", "is not valid JSON"),
        (b"", "is not valid JSON"),
        (b"null", "names no task"),
        (b'{"task": ["syntheticmodel"]}', "names no task"),
    ],
)
def test_what_is_no_job_is_said_in_a_sentence(tidy, tmp_path, content, said):
    (tmp_path / "job.json").write_bytes(content)
    code, event = last(tmp_path / "job.json")
    assert (code, event["kind"]) == (2, "input")
    assert said in event["message"]


def test_a_mark_of_the_byte_order_is_passed_over(tmp_path):
    (tmp_path / "job.json").write_text(json.dumps(MODEL), encoding="utf-8-sig")
    assert last(tmp_path / "job.json")[0] == 0


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every folder's name is Unicode")
def test_a_folder_whose_name_is_no_utf_8_is_said(tmp_path):
    folder = os.path.join(os.fsencode(tmp_path), b"caf\xe9")
    os.mkdir(folder)
    with open(os.path.join(folder, b"job.json"), "w") as file:
        json.dump(MODEL, file)
    command = [sys.executable, "-m", "core", "run", os.path.join(folder, b"job.json")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    event = json.loads(done.stdout.splitlines()[-1])
    assert (done.returncode, event["kind"]) == (2, "input")
    assert "has a name that is not UTF-8. Rename it" in event["message"]


def test_a_package_that_is_not_there_asks_for_the_setup(tmp_path, monkeypatch):
    def fail(*_):
        raise ModuleNotFoundError("No module named 'verde'")

    monkeypatch.setattr(run_module, "_computed", fail)
    (tmp_path / "job.json").write_text(json.dumps(MODEL))
    code, event = last(tmp_path / "job.json")
    assert code == 1
    assert event["message"] == "The engine is not whole: No module named 'verde'. Run 'Set up the engine' to mend it."


def test_kernels_that_can_not_be_read_are_made_anew(tmp_path):
    """Of a cache that was cut short, by a full disk say."""
    cache = tmp_path / "gravrelief-cache"
    cache.mkdir()
    (tmp_path / "job.json").write_text(json.dumps(MODEL))
    command = [sys.executable, "-m", "core", "run", str(tmp_path / "job.json")]
    surroundings = {**os.environ, "NUMBA_CACHE_DIR": str(cache), "TMPDIR": str(tmp_path)}

    def run():
        return subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False)

    assert run().returncode == 0
    relief = (tmp_path / "stations.csv").read_bytes()
    files = [path for path in cache.rglob("*") if path.is_file()]
    assert files
    for path in files:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    done = run()
    assert done.returncode == 0, done.stdout
    assert "they are made anew" in done.stdout
    assert (tmp_path / "stations.csv").read_bytes() == relief
