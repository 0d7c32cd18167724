"""The client against an engine that misbehaves on request (tests/stub_engine.py)."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from gravrelief.plugin.engine import channel, client, environment, process
from gravrelief.plugin.engine.client import EngineError, Worker
from gravrelief.plugin.engine.python import examine

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


def test_an_idle_process_is_ended(found, job):
    worker = Worker(idle_seconds=0.05)
    pids = []
    worker.run(job("answer"), lambda event: pids.append(worker.pid))
    assert gone(pids[0])
    assert worker.run(job("answer")) == {"answer": 42}
    worker.stop()


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


PARENT = """
import sys
sys.path.insert(0, {root!r})
from plugin.engine import client, environment, process
environment.status = lambda: environment.Status(True, sys.executable, "/", "ready")
stub = [sys.executable, "-I", {stub!r}, {root!r}, "serve"]
process.engine_command = lambda python, *rest: stub
worker = client.shared_worker()
worker.run({job!r}, lambda event: print(worker.pid, flush=True))
"""


@pytest.mark.parametrize("act", ["wait", "hang"])
def test_the_engine_dies_with_a_parent_that_is_killed(job, act):
    code = PARENT.format(root=str(ROOT), stub=str(STUB), job=job(act))
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    engine = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    assert gone(engine)


def test_the_engine_ends_with_a_parent_that_exits(job):
    code = PARENT.format(root=str(ROOT), stub=str(STUB), job=job("answer"))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=PATIENCE)
    assert gone(int(done.stdout))


def test_there_is_one_shared_worker_until_it_is_stopped():
    first = client.shared_worker()
    assert client.shared_worker() is first
    client.stop_shared_worker()
    assert client.shared_worker() is not first
    client.stop_shared_worker()


def test_the_installed_engine_is_well_whatever_qgis_has_set(monkeypatch, tmp_path):
    installed = environment.engine_python()
    if installed is None:
        pytest.skip("the engine is not installed here: run python3 -m plugin.engine --setup")
    (tmp_path / "numpy.py").write_text("raise ImportError('a numpy of somebody else')")
    for name in ("PYTHONPATH", "PYTHONHOME", "PROJ_LIB", "PROJ_DATA", "GDAL_DATA", "GDAL_DRIVER_PATH"):
        monkeypatch.setenv(name, str(tmp_path))
    assert examine(installed) == []
