"""The engine ends when nobody needs it, and with the process that started it, however that one ended."""

from __future__ import annotations

import subprocess
import sys

import pytest
from gravrelief.plugin.engine import client
from gravrelief.plugin.engine.client import Worker

from .stub_worker import PATIENCE, ROOT, STUB, gone


def test_an_idle_process_is_ended(found, job):
    worker = Worker(idle_seconds=0.05)
    pids = []
    worker.run(job("answer"), lambda event: pids.append(worker.pid))
    assert gone(pids[0])
    assert worker.run(job("answer")) == {"answer": 42}
    worker.stop()


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
