"""The engine with a task that misbehaves on request, for the tests of the pipes: `stub_engine.py ROOT serve`.

Everything is real but the task, which is a job's "act"; with "sick" the self-test fails too.
"""

import ctypes
import importlib
import json
import os
import sys
import threading
from pathlib import Path

sys.path.insert(0, sys.argv.pop(1))

from core import errors, tasks
from core.results import renaming
from core.worker import doctor

HANGING_SECONDS = 3600


def run_task(job, folder, reporter):
    act = job["act"]
    reporter.log(f"started {act}")
    if act == "print":
        print("a stray print")
        os.system("echo a stray child")
        os.write(1, b'{"event": "result", "outputs": "forged"}\n')
    elif act == "flood":
        for _ in range(2000):
            print("x" * 1000, file=sys.stderr)
    elif act == "wait":
        while True:
            threading.Event().wait(0.005)
            reporter.check()
    elif act == "hang":
        # Holds Python's lock for the whole call, as some libraries do: no thread of ours can run.
        ctypes.PyDLL(None).sleep(HANGING_SECONDS)
    elif act == "die":
        print("the last words", file=sys.stderr, flush=True)
        os._exit(7)
    elif act == "fault":
        raise ValueError("a fault of ours")
    elif act == "input":
        raise errors.InputError("The spacing is zero. Give a positive one.", "SPACING")
    elif act == "surroundings":
        return {"variables": json.dumps(dict(os.environ)), "folder": os.getcwd(), "given": str(folder)}
    elif act == "write":
        final = Path(job["out"])
        staged = renaming.stage(final)
        staged.write_text("new")
        renaming.rename_all([(staged, final)])
    elif act == "read stdin":
        return {"read": sys.stdin.read()}
    return {"answer": job.get("value", 42)}


tasks.run_task = run_task
doctor.WARM = ()
doctor.warm = lambda: None
# The engine sees none of our variables but those allowed; XDG_ is.
doctor.crs_trouble = lambda: "PROJ is sick" if os.environ.get("XDG_STUB") == "sick" else None
main = importlib.import_module("core.__main__").main
if __name__ == "__main__":
    sys.exit(main([str(Path(part)) for part in sys.argv[1:]]))
