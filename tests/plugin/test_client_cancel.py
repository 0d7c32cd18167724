"""The client interrupted: jobs that are cancelled, threads that wait for each other, and the worker stopped."""

from __future__ import annotations

import threading

import pytest
from gravrelief.plugin.engine.client import EngineError

from .stub_worker import PATIENCE, Button, gone


def test_a_job_that_listens_is_cancelled_and_the_process_kept(worker, job):
    button = Button()
    with pytest.raises(EngineError) as caught:
        worker.run(job("wait"), button.on_event, button.is_pressed)
    assert caught.value.kind == "cancelled"
    before = worker.pid
    assert worker.run(job("answer")) == {"answer": 42}
    assert worker.pid == before


def test_a_job_that_hangs_is_killed_and_the_next_one_runs(worker, job):
    button, seen = Button(), []

    def on_event(event: dict) -> None:
        seen.append(worker.pid)
        button.on_event(event)

    with pytest.raises(EngineError) as caught:
        worker.run(job("hang"), on_event, button.is_pressed)
    assert caught.value.kind == "cancelled"
    assert gone(seen[0])
    assert worker.run(job("answer")) == {"answer": 42}


def test_a_second_thread_waits_for_its_turn(worker, job):
    button, second = Button(), []

    def run_second() -> None:
        second.append(worker.run(job("answer", value=2)))

    thread = threading.Thread(target=run_second)

    def on_event(event: dict) -> None:
        thread.start()
        button.pressed = True

    with pytest.raises(EngineError, match="cancelled"):
        worker.run(job("wait"), on_event, button.is_pressed)
    thread.join(PATIENCE)
    assert second == [{"answer": 2}]


def test_a_thread_in_the_queue_can_be_cancelled(worker, job):
    holding, outcome = Button(), []

    def run_second() -> None:
        try:
            worker.run(job("answer"), is_cancelled=lambda: True)
        except EngineError as error:
            outcome.append(error.kind)
        holding.pressed = True

    thread = threading.Thread(target=run_second)
    with pytest.raises(EngineError):
        worker.run(job("wait"), lambda event: thread.start(), holding.is_pressed)
    thread.join(PATIENCE)
    assert outcome == ["cancelled"]


def test_stopping_ends_the_process_in_the_middle_of_a_job(worker, job):
    seen = []

    def on_event(event: dict) -> None:
        seen.append(worker.pid)
        threading.Thread(target=worker.stop).start()

    with pytest.raises(EngineError):
        worker.run(job("wait"), on_event)
    assert gone(seen[0])
