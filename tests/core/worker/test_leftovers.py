"""What the worker leaves behind when its caller dies, and what it removes of runs before."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from core.results import renaming
from core.worker.leftovers import KEPT_SECONDS, clean_up, remove_old
from core.worker.run import run_job

ROOT = Path(__file__).resolve().parents[3]
MODEL = {"task": "syntheticmodel", "extent": [0, 4000, 0, 3000], "relief": "relief.tif", "stations": "stations.csv"}


@pytest.fixture
def temp(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "temp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def out(tmp_path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def dead_process() -> int:
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    return done.pid


def aged(path: Path, seconds: float) -> Path:
    os.utime(path, (time.time() - seconds,) * 2)
    return path


def test_logs_and_kept_job_folders_go_after_a_week_and_others_at_once(temp):
    dead = dead_process()
    names = {
        "gravrelief-abcdefgh.log": (KEPT_SECONDS + 60, False),
        "gravrelief-abcdefgi.log": (KEPT_SECONDS - 60, True),
        f"gravrelief-{dead}-abcdefgh": (0.0, False),
        f"gravrelief-{dead}-kept_new": (KEPT_SECONDS - 60, True),
        f"gravrelief-{dead}-kept_old": (KEPT_SECONDS + 60, False),
        f"gravrelief-{os.getpid()}-abcdefgh": (KEPT_SECONDS + 60, True),
        "gravrelief-0-numba-cache": (KEPT_SECONDS + 60, True),
        "gravrelief-thesis.log": (KEPT_SECONDS + 60, True),
    }
    for name, (age, _) in names.items():
        path = temp / name
        path.write_text("") if name.endswith(".log") else path.mkdir()
        if "kept" in name:
            (path / "kept-for-a-week").touch()
        aged(path, age)
    remove_old()
    assert {path.name for path in temp.iterdir()} == {name for name, (_, stays) in names.items() if stays}


def test_a_link_with_the_name_of_a_job_folder_is_left_alone(temp, tmp_path):
    (tmp_path / "mine").mkdir()
    (temp / f"gravrelief-{dead_process()}-abcdefgh").symlink_to(tmp_path / "mine")
    remove_old()
    assert (tmp_path / "mine").is_dir()


def test_without_a_temporary_folder_nothing_is_removed(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    remove_old()


def test_what_a_dead_caller_was_writing_goes_with_its_job_folder(temp, out):
    caller = dead_process()
    job = temp / f"gravrelief-{caller}-abcdefgh" / "job.json"
    job.parent.mkdir()
    job.write_text("{}")
    half = out / f".gravrelief.{renaming.HOST}-{caller}-1.part"
    half.mkdir()
    (half / "stations.gpkg").write_text("half")
    clean_up(caller, [out], job)
    assert list(out.iterdir()) == [] and not job.parent.exists()


def test_a_job_folder_of_another_name_stays(temp, out):
    (out / "job.json").write_text("{}")
    clean_up(dead_process(), [], out / "job.json")
    assert (out / "job.json").exists()


def test_what_is_held_can_be_dropped_or_put_back(out):
    (out / "job.json").write_text(json.dumps(MODEL))
    (out / "relief.tif").write_text("old")
    events: list[dict] = []
    assert run_job(out / "job.json", events.append, hold=True) == 0
    (held,) = (Path(folder) for folder in events[-1]["held"])
    assert (held / "older.relief.tif").read_text() == "old"
    assert (out / "stations.csv").exists()
    renaming.restore(held)
    assert sorted(path.name for path in out.iterdir()) == ["job.json", "relief.tif"]
    assert (out / "relief.tif").read_text() == "old"


def test_without_asking_nothing_is_held(out):
    (out / "job.json").write_text(json.dumps(MODEL))
    events: list[dict] = []
    run_job(out / "job.json", events.append)
    assert "held" not in events[-1]
    assert sorted(path.name for path in out.iterdir()) == ["job.json", "relief.tif", "stations.csv"]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
@pytest.mark.parametrize("moment", ["while it computes", "while it holds"])
def test_a_worker_whose_caller_is_killed_puts_all_back(out, moment):
    """The caller is a process of its own, so that it can die."""
    (out / "job.json").write_text(json.dumps({**MODEL, "extent": [0, 40000, 0, 30000]}))
    (out / "relief.tif").write_text("old")
    until = "progress" if moment == "while it computes" else "result"
    command = json.dumps({"command": "run", "id": 1, "job": str(out / "job.json"), "hold": True})
    code = f"""
import json, os, signal, subprocess, sys
worker = subprocess.Popen([sys.executable, "-m", "core", "serve"], stdin=-1, stdout=-1, cwd={str(ROOT)!r})
print(worker.pid, flush=True)
worker.stdin.write({command!r}.encode() + b"\\n")
worker.stdin.flush()
for line in worker.stdout:
    if json.loads(line)["event"] in ({until!r}, "result"):
        os.kill(os.getpid(), signal.SIGKILL)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as caller:
        worker = int(caller.stdout.readline())
        caller.wait()
    assert caller.returncode == -signal.SIGKILL
    while renaming.alive(worker) and Path(f"/proc/{worker}").exists() and not _zombie(worker):
        time.sleep(0.01)
    assert sorted(path.name for path in out.iterdir()) == ["job.json", "relief.tif"]
    assert (out / "relief.tif").read_text() == "old"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no such device")
def test_events_that_nobody_can_take_end_the_job_with_a_sentence(out):
    (out / "job.json").write_text(json.dumps(MODEL))
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "core", "run", str(out / "job.json")], cwd=ROOT, stdout=full, stderr=-1, check=False
        )
    assert done.returncode == 1
    assert b"The events can't be written (No space left on device), so the job ends." in done.stderr
    assert not [path.name for path in out.iterdir() if ".part" in path.name]


def _zombie(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
