"""The client and the files of a job: results that come too late to be wanted, and a worker that dies among them."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from gravrelief.core.results.renaming import HOST
from gravrelief.plugin.engine.client import EngineError
from gravrelief.plugin.engine.keeping import Keeper

from .stub_worker import Button


@pytest.fixture
def out(tmp_path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "old.txt").write_text("old")
    return folder


def content(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_a_result_that_comes_after_the_cancel_is_taken_back(worker, job, out):
    button = Button()
    with pytest.raises(EngineError, match="cancelled; no result was written") as caught:
        worker.run(job("write", out=str(out / "old.txt")), button.on_event, button.is_pressed)
    assert caught.value.kind == "cancelled"
    assert content(out) == {"old.txt": "old"}


def test_without_a_keeper_results_stay(worker, job, out):
    worker.run(job("write", out=str(out / "old.txt")))
    assert content(out) == {"old.txt": "new"}


@pytest.mark.parametrize("wanted", [True, False])
def test_a_keeper_decides_whether_results_stay(worker, job, out, wanted):
    keeper = Keeper()
    worker.run(job("write", out=str(out / "old.txt")), keeper=keeper)
    assert (out / "old.txt").read_text() == "new"
    keeper.drop() if wanted else keeper.undo()
    assert content(out) == {"old.txt": "new" if wanted else "old"}


def test_what_a_killed_worker_was_writing_is_removed(worker, job, out):
    def kill(event: dict) -> None:
        (out / f".new.{HOST}-{worker.pid}.part.txt").write_text("half")
        os.kill(worker.pid, signal.SIGKILL)

    with pytest.raises(EngineError, match=r"in the middle of the job .*; no result was written") as caught:
        worker.run(job("wait", out=str(out / "new.txt")), kill)
    assert caught.value.kind == "internal"
    assert content(out) == {"old.txt": "old"}


def test_what_a_worker_that_hangs_was_writing_goes_when_it_is_killed(worker, job, out):
    button = Button()

    def press(event: dict) -> None:
        (out / f".new.{HOST}-{worker.pid}.part.txt").write_text("half")
        button.on_event(event)

    with pytest.raises(EngineError, match="cancelled"):
        worker.run(job("hang", out=str(out / "new.txt")), press, button.is_pressed)
    assert content(out) == {"old.txt": "old"}
