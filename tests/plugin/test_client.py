"""The client and a job: its outputs, its events, and how it is told when something went wrong."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest
from gravrelief.plugin.engine import channel
from gravrelief.plugin.engine.client import EngineError

from .stub_worker import Button, gone


def test_a_job_gives_its_outputs_and_its_events_on_the_calling_thread(worker, job):
    events, threads = [], set()

    def on_event(event: dict) -> None:
        events.append(event)
        threads.add(threading.current_thread())

    assert worker.run(job("answer", value=7), on_event) == {"answer": 7}
    assert [event["event"] for event in events] == ["log"]
    assert threads == {threading.current_thread()}


def test_the_process_stays_warm_between_jobs(worker, job):
    worker.run(job("answer"))
    first = worker.pid
    worker.run(job("answer"))
    assert worker.pid == first


def test_a_stray_print_and_a_forged_event_do_no_harm(worker, job):
    assert worker.run(job("print")) == {"answer": 42}


def test_a_flood_on_stderr_does_not_block(worker, job):
    assert worker.run(job("flood")) == {"answer": 42}
    assert len(worker._channel._words) == channel.KEPT_LINES


def test_a_wrong_input_arrives_with_its_parameter(worker, job):
    with pytest.raises(EngineError, match="The spacing is zero") as caught:
        worker.run(job("input"))
    assert (caught.value.kind, caught.value.parameter) == ("input", "SPACING")


def test_a_fault_arrives_with_its_log(worker, job):
    with pytest.raises(EngineError, match="a fault of ours") as caught:
        worker.run(job("fault"))
    assert caught.value.kind == "internal"
    log = Path(caught.value.log)
    assert "ValueError" in log.read_text()
    log.unlink()


def test_a_process_that_dies_leaves_its_last_words(worker, job):
    with pytest.raises(EngineError, match=r"exit code 7.*the last words") as caught:
        worker.run(job("die"))
    assert caught.value.kind == "internal"
    assert worker.run(job("answer")) == {"answer": 42}


def test_a_process_killed_by_the_system_is_told_as_such(worker, job):
    def kill(event: dict) -> None:
        os.kill(worker.pid, signal.SIGKILL)

    with pytest.raises(EngineError, match="out of memory"):
        worker.run(job("wait"), kill)


def test_an_error_in_the_listener_ends_a_busy_process(worker, job):
    seen = []

    def fail(event: dict) -> None:
        seen.append(worker.pid)
        raise RuntimeError("the window is gone")

    with pytest.raises(RuntimeError, match="the window is gone"):
        worker.run(job("wait"), fail)
    assert gone(seen[0])
    assert worker.run(job("answer")) == {"answer": 42}


def test_the_window_is_kept_alive_while_waiting(worker, job):
    button, turns = Button(), []

    def pump() -> None:
        turns.append(1)
        if len(turns) > 20:
            button.pressed = True

    with pytest.raises(EngineError):
        worker.run(job("wait"), is_cancelled=button.is_pressed, pump=pump)
    assert len(turns) > 20
