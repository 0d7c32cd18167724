"""Engines that are not whole: packages, interpreters and files that are missing, caches that can't be read, setups that were killed."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...plugin.engine import environment, folders
from ...plugin.engine.client import Worker
from . import jobs
from .folders import ROOT, TRUST, fresh
from .interruptions import Case, Stage, orphans
from .judge import judge

REMEDY = "Set up the engine"
HIDE = """
import sys
class Hidden:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] == {name!r} or name == {name!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Hidden)
"""


def broken_engines(chance: random.Random) -> Iterator[Case]:
    """An interpreter that lacks something, in place of the one that works; the client and the next run."""
    stage = Stage("broken_engine", through_new_worker, jobs.INVERSION, jobs.OUTPUTS)
    good = str(environment.engine_python())
    programs = {
        **{
            f"without {name}": _lacking(good, name) for name in ("numpy", "numba", "rasterio", "pyproj", "core.results")
        },
        "that dies at once": "#!/bin/sh\necho 'undefined symbol: Py_Something' >&2\nexit 127\n",
        "that says nothing": "#!/bin/sh\nexit 0\n",
        "that is no program": "not a program\n",
    }
    for what, program in programs.items():
        path = TRUST / "broken_engine" / "python"
        path.write_text(program)
        path.chmod(0o755)
        before = stage.reset()
        with _named(path):
            done = stage.run(stage.job, stage.folder)
        problems = judge(stage.folder, before, stage.reference, done.succeeded, done.said, kept_in_temp=True)
        remedy = "Install the plugin again" if "core." in what else REMEDY
        problems += [] if done.succeeded or remedy.lower() in done.said.lower() else [f"no remedy: {done.said}"]
        problems += ["it succeeded"] if done.succeeded else []
        yield f"a Python {what}: {done.said}", problems + stage.next_run()


def through_new_worker(job: dict[str, Any], folder: Path) -> jobs.Run:
    worker = Worker()
    try:
        return jobs.through_worker(worker, job, folder)
    finally:
        worker.stop()


def _lacking(good: str, name: str) -> str:
    """A program that is the good Python, in which one module can't be imported."""
    hide = HIDE.format(name=name)
    return f"""#!{sys.executable} -I
import os, sys
words = sys.argv[1:]
if "-c" in words:
    place = words.index("-c") + 1
    if "runpy" in words[place]:
        words[place] = {hide!r} + words[place]
os.execv({good!r}, [{good!r}, *words])
"""


class _named:
    """The user's own Python, said to have everything."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)

    def __enter__(self) -> None:
        os.environ["GRAVRELIEF_PYTHON"] = self._path
        self._before = folders.read_json(folders.settings_file())
        complete = {**self._before.get("complete", {}), self._path: folders.lock_hash()}
        folders.write_json(folders.settings_file(), {**self._before, "complete": complete})

    def __exit__(self, *error: object) -> None:
        del os.environ["GRAVRELIEF_PYTHON"]
        folders.write_json(folders.settings_file(), self._before)


def broken_caches(chance: random.Random) -> Iterator[Case]:
    """Compiled kernels that were cut short, overwritten, or can't be read."""
    cache = TRUST / "broken_cache" / "temp" / "gravrelief-cache"
    cache.mkdir(parents=True, exist_ok=True)

    def run(job: dict[str, Any], folder: Path) -> jobs.Run:
        return jobs.through_terminal(job, folder, NUMBA_CACHE_DIR=str(cache))

    usual = Path(str(environment.engine_python())).parents[1] / "numba-cache"
    shutil.copytree(usual, cache, dirs_exist_ok=True)
    stage = Stage("broken_cache", run, jobs.INVERSION, jobs.OUTPUTS)
    whole = TRUST / "broken_cache" / "whole"
    shutil.rmtree(whole, ignore_errors=True)
    shutil.copytree(cache, whole)
    for what in ("cut short", "overwritten", "empty"):
        shutil.rmtree(cache)
        shutil.copytree(whole, cache)
        for path in [path for path in cache.rglob("*") if path.is_file()]:
            size = path.stat().st_size
            spoilt = {"cut short": path.read_bytes()[: size // 2], "overwritten": chance.randbytes(size), "empty": b""}
            path.write_bytes(spoilt[what])
        before = stage.reset()
        done = stage.run(stage.job, stage.folder)
        problems = judge(stage.folder, before, stage.reference, done.succeeded, done.said)
        problems += [] if done.succeeded else [f"it failed: {done.said}"]
        shutil.rmtree(cache)
        shutil.copytree(whole, cache)
        yield f"a cache that is {what}: {done.said or 'a result'}", problems


def study_locks(chance: random.Random) -> Iterator[Case]:
    """The lock of a study whose holder was killed, and files that hold less than a study."""
    stage = Stage("study_lock", jobs.through_terminal, jobs.STUDY, jobs.STUDY_OUTPUTS)
    study = stage.folder / "study.log"
    whole = study.read_bytes()
    for what in ("held by a process that is killed", "left by one that was", "cut in its last line"):
        before = stage.reset()
        study.write_bytes(whole if what.startswith("held") else whole[: len(whole) * 2 // 3])
        if what.startswith("held"):
            code = "import fcntl, sys, time; f = open(sys.argv[1], 'a'); fcntl.flock(f, 2); print(flush=True); time.sleep(99)"
            holder = subprocess.Popen([sys.executable, "-c", code, str(study)], stdout=subprocess.PIPE)
            holder.stdout.readline()
            holder.kill()
            holder.wait()
        elif what.startswith("left"):
            os.symlink("12345", f"{study}.lock")  # as Optuna's own lock
        started = time.monotonic()
        done = stage.run(stage.job, stage.folder)
        slow = time.monotonic() - started > 5 * stage.seconds + 20
        Path(f"{study}.lock").unlink(missing_ok=True)
        problems = judge(stage.folder, before, stage.reference, done.succeeded, done.said)
        problems += [] if done.succeeded else [f"it failed: {done.said}"]
        problems += ["it waited for a dead process"] if slow else []
        yield f"a study {what}: {done.said or 'a result'}", problems


def killed_setups(chance: random.Random) -> Iterator[Case]:
    """A setup is killed at its steps; a stand-in for uv makes an environment out of the one that works."""
    home = fresh(TRUST / "setup" / "home")
    programs = TRUST / "setup" / "programs"
    programs.mkdir(parents=True, exist_ok=True)
    uv = programs / "uv"
    uv.write_text(f"#!{sys.executable} -I\n" + (ROOT / "tests" / "trust" / "slow_uv.py").read_text())
    uv.chmod(0o755)
    surroundings = {
        **os.environ,
        "GRAVRELIEF_HOME": str(home),
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "XDG_GOOD": str(Path(str(environment.engine_python())).parents[1]),
    }
    command = [sys.executable, "-m", "plugin.engine", "--setup"]
    for number in range(5):
        setup = subprocess.Popen(command, cwd=ROOT, env=surroundings, stdout=subprocess.PIPE, text=True)
        line = ("Making", "Downloading", "Prepared", "Trying", "Making")[number]
        for said in setup.stdout:
            if line in said:
                break
        time.sleep(chance.uniform(0, 0.5))
        setup.kill()
        setup.wait()
        setup.stdout.close()
        (home / f"e-00000000.old.{number}").mkdir(exist_ok=True)
        started = time.monotonic()
        again = subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False)
        problems = [] if again.returncode == 0 else [f"the next setup failed: {again.stderr[-500:]}"]
        alone = {f"e-{folders.lock_hash()[:8]}", "setup.lock"}
        problems += [f"{path.name} is left over" for path in home.iterdir() if path.name not in alone]
        limit = time.monotonic() + 10
        while orphans() and time.monotonic() < limit:
            time.sleep(0.1)
        problems += [f"process {pid} lives on" for pid in orphans()]
        seconds = time.monotonic() - started
        if number < 4:
            shutil.rmtree(home / f"e-{folders.lock_hash()[:8]}", ignore_errors=True)
        yield f"a setup killed at '{line}', the next one took {seconds:.1f} s", problems
