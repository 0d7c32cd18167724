"""The worker's manners, seen from the other end of its pipes."""

import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
STUB = ROOT / "tests" / "stub_engine.py"
PATIENCE = 30.0


def gone(descriptor: int) -> bool:
    """Whether the process of a pidfd ends while we wait."""
    return bool(select.select([descriptor], [], [], PATIENCE)[0])


class Engine:
    """A served stub engine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-X", "utf8", str(STUB), str(ROOT), "serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.watch = os.pidfd_open(self.process.pid)

    def send(self, **command) -> None:
        self.process.stdin.write(json.dumps(command).encode() + b"\n")
        self.process.stdin.flush()

    def run(self, act: str, number: int = 1, **keys) -> None:
        path = self.folder / f"job{number}.json"
        path.write_text(json.dumps({"task": "stub", "act": act, **keys}))
        self.send(command="run", id=number, job=str(path))

    def event(self) -> dict:
        return json.loads(self.process.stdout.readline())

    def until(self, *kinds: str) -> dict:
        while (event := self.event())["event"] not in kinds:
            pass
        return event

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()
        os.close(self.watch)


@pytest.fixture
def engine(tmp_path):
    served = Engine(tmp_path)
    yield served
    served.close()


def guards_of(worker: int) -> list[int]:
    """The processes whose parent is the worker."""
    children = Path(f"/proc/{worker}/task/{worker}/children").read_text().split()
    return [int(child) for child in children]


def test_ready_comes_first_and_names_the_interpreter(engine):
    ready = engine.event()
    assert ready["event"] == "ready"
    assert ready["protocol"] == 1
    assert ready["prefix"] == sys.prefix
    assert ready["pid"] == engine.process.pid


def test_the_selftest_comes_before_any_result(engine):
    engine.run("answer")
    seen = [engine.event()["event"] for _ in range(4)]
    assert seen == ["ready", "selftest", "log", "result"]


def test_a_result_carries_the_number_of_its_job(engine):
    engine.run("answer", number=31, value=7)
    result = engine.until("result", "error")
    assert (result["id"], result["task"], result["outputs"]) == (31, "stub", {"answer": 7})


def test_a_stray_print_does_not_break_the_stream(engine):
    engine.run("print")
    assert engine.until("result")["outputs"] == {"answer": 42}


def test_a_library_that_reads_standard_input_gets_nothing_and_eats_no_command(engine):
    engine.run("read stdin")
    assert engine.until("result")["outputs"] == {"read": ""}
    engine.run("answer", number=2)
    assert engine.until("result")["id"] == 2


def test_a_wrong_input_keeps_its_words_and_parameter_and_the_worker_lives(engine):
    engine.run("input")
    error = engine.until("error")
    assert error["kind"] == "input"
    assert error["message"] == "The spacing is zero. Give a positive one."
    assert error["parameter"] == "SPACING"
    engine.run("answer", number=2)
    assert engine.until("result", "error")["event"] == "result"


def test_a_fault_names_a_log_file_that_holds_the_traceback(engine):
    engine.run("fault")
    error = engine.until("error")
    assert error["kind"] == "internal"
    assert "a fault of ours" in error["message"]
    log = Path(error["log"])
    assert str(log) in error["message"]
    assert "ValueError: a fault of ours" in log.read_text()
    log.unlink()


def test_cancel_ends_the_job_and_not_the_worker(engine):
    engine.run("wait")
    engine.until("log")
    engine.send(command="cancel")
    assert engine.until("error", "result")["kind"] == "cancelled"
    engine.run("answer", number=2)
    assert engine.until("result", "error")["event"] == "result"


def test_a_cancel_right_after_the_command_is_not_lost(engine):
    engine.run("wait")
    engine.send(command="cancel")
    assert engine.until("error", "result")["kind"] == "cancelled"


def test_a_cancel_without_a_job_does_not_hit_the_next_one(engine):
    engine.send(command="cancel")
    engine.run("answer")
    assert engine.until("error", "result")["event"] == "result"


def test_a_second_job_is_refused_while_one_runs(engine):
    engine.run("wait", number=1)
    engine.until("log")
    engine.run("answer", number=2)
    refused = engine.until("error", "result")
    assert (refused["id"], refused["kind"]) == (2, "internal")
    assert "busy" in refused["message"]


@pytest.mark.parametrize("line", [b"no json\n", b"[1]\n", b'{"command": "dance", "id": 3}\n'])
def test_a_line_that_is_no_command_is_answered(engine, line):
    engine.process.stdin.write(line)
    engine.process.stdin.flush()
    assert engine.until("error")["kind"] == "internal"


def test_the_job_runs_in_its_own_folder(engine, tmp_path):
    engine.run("surroundings")
    outputs = engine.until("result")["outputs"]
    assert outputs["folder"] == outputs["given"] == str(tmp_path)


def test_quit_ends_the_worker(engine):
    engine.send(command="quit")
    assert gone(engine.watch)


@pytest.mark.parametrize("act", ["wait", "hang"])
def test_a_closed_pipe_ends_the_worker_in_the_middle_of_a_job(engine, act):
    engine.run(act)
    engine.until("log")
    engine.process.stdin.close()
    assert gone(engine.watch)
    engine.process.stdin = None


def test_the_guard_ends_with_its_worker(engine):
    engine.run("answer")
    engine.until("result")
    (guard,) = guards_of(engine.process.pid)
    watch = os.pidfd_open(guard)
    try:
        engine.process.kill()
        assert gone(watch)
    finally:
        os.close(watch)


def test_an_interrupt_from_the_terminal_does_not_hit_the_worker(engine):
    engine.until("ready")
    engine.process.send_signal(signal.SIGINT)
    engine.run("answer")
    assert engine.until("result", "error")["event"] == "result"


def run_alone(folder: Path, act: str) -> subprocess.Popen:
    path = folder / "job.json"
    path.write_text(json.dumps({"task": "stub", "act": act}))
    command = [sys.executable, str(STUB), str(ROOT), "run", str(path)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


@pytest.mark.parametrize(
    ("act", "code", "last"), [("answer", 0, "result"), ("fault", 1, "error"), ("input", 2, "error")]
)
def test_run_ends_with_its_event_and_exit_code(tmp_path, act, code, last):
    process = run_alone(tmp_path, act)
    lines = process.communicate()[0].splitlines()
    assert process.returncode == code
    assert json.loads(lines[-1])["event"] == last


def test_run_takes_an_interrupt_as_a_cancel(tmp_path):
    with run_alone(tmp_path, "wait") as process:
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert json.loads(process.stdout.readlines()[-1])["kind"] == "cancelled"
    assert process.returncode == 130


@pytest.mark.parametrize("text", ["", "{", "[]", '{"task": 3}'])
def test_a_damaged_job_file_is_an_input_error(tmp_path, text):
    path = tmp_path / "job.json"
    path.write_text(text)
    command = [sys.executable, str(STUB), str(ROOT), "run", str(path)]
    done = subprocess.run(command, capture_output=True, check=False)
    error = json.loads(done.stdout)
    assert done.returncode == 2
    assert error["kind"] == "input"
    assert str(path) in error["message"]
