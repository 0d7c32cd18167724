"""A tiny process that makes the worker's death certain when the one who started it is gone.

The worker's own watcher thread ends it in milliseconds, but not while a library holds Python's lock for
a long call. The guard sees the same pipe close and kills the worker from outside. Windows has job
objects for this, which the plugin's side sets.
"""

from __future__ import annotations

import subprocess  # nosec B404: arguments in a list, never a shell
import sys

# It wakes each second to see whether the worker is still its parent; a closed pipe wakes it at once,
# and the worker then has a second to undo what it was writing and to end by itself.
GUARD = """
import os, select, signal, sys, time
worker = int(sys.argv[1])
poll = select.poll()
poll.register(0, 0)
while os.getppid() == worker:
    if poll.poll(1000):
        time.sleep(1.0)
        if os.getppid() == worker:
            os.kill(worker, signal.SIGKILL)
        break
"""


def start_guard(pipe: int, worker: int) -> subprocess.Popen[bytes] | None:
    """Start the guard of a worker, which watches the pipe for its end without reading from it."""
    if sys.platform == "win32":
        return None
    return subprocess.Popen(  # nosec B603: a list, no shell
        [sys.executable, "-I", "-S", "-c", GUARD, str(worker)],
        stdin=pipe,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
