"""Cancels and kills, at random moments that a seed fixes."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

from ...plugin.engine import client
from ...plugin.engine.client import Worker
from . import jobs
from .folders import TRUST, fresh, state
from .judge import contents, judge
from .through_qgis import Qgis, cold, cold_end, orphans, profile

Case = tuple[str, list[str]]
TOO_LATE = 1.05  # moments up to this share of a whole run
CANCELLED = "cancelled; no result was written"
PATIENCE = 30.0


class Stage:
    """A folder with whole results of an earlier run, and what a run says where nothing goes wrong."""

    def __init__(self, kind: str, run: Any, job: dict[str, Any], outputs: dict[str, str]) -> None:
        self.folder, self.older = TRUST / kind / "out", TRUST / kind / "older"
        self.job = {**job, **outputs}
        self.run = run
        names = [name for name in outputs.values() if name != "study.log"]
        fresh(self.older)
        other = {"damping": 0.02} if "damping" in job else {"damping_max": 0.2}
        done = run({**self.job, **other}, self.older)
        assert done.succeeded, done.said
        (self.older / "study.log").unlink(missing_ok=True)
        fresh(self.folder, self.older)
        started = time.monotonic()
        done = run(self.job, self.folder)
        assert done.succeeded, done.said
        self.seconds = time.monotonic() - started
        self.reference = contents(self.folder, names)

    def reset(self) -> dict[str, str]:
        """The earlier run's results, and nothing else; the state."""
        return state(fresh(self.folder, self.older))

    def next_run(self) -> list[str]:
        """Whether the next run works as if nothing had happened."""
        before = state(self.folder)
        done = self.run(self.job, self.folder)
        if not done.succeeded:
            return [f"the next run failed: {done.said}"]
        return [f"after the next run {text}" for text in judge(self.folder, before, self.reference, True, "")]


def later(seconds: float, act: Any) -> threading.Timer:
    timer = threading.Timer(seconds, act)
    timer.daemon = True
    timer.start()
    return timer


def cancels_by_client(chance: random.Random) -> Iterator[Case]:
    """The client is told to cancel, without QGIS."""
    worker = Worker()
    for job, outputs, count in ((jobs.INVERSION, jobs.OUTPUTS, 6), (jobs.STUDY, jobs.STUDY_OUTPUTS, 4)):
        stage = Stage("cancel_client", lambda job, folder: jobs.through_worker(worker, job, folder), job, outputs)
        for _ in range(count):
            before, moment = stage.reset(), chance.uniform(0, TOO_LATE * stage.seconds)
            limit = time.monotonic() + moment
            done = jobs.through_worker(
                worker, stage.job, stage.folder, is_cancelled=lambda limit=limit: time.monotonic() > limit
            )
            problems = judge(stage.folder, before, stage.reference, done.succeeded, done.said)
            problems += [] if done.succeeded or CANCELLED in done.said else [f"it said: {done.said}"]
            yield (
                f"{job['task']} cancelled after {moment:.2f} s: {done.said or 'a result'}",
                problems + stage.next_run(),
            )
    worker.stop()


def cancels_in_qgis(chance: random.Random) -> Iterator[Case]:
    """The dialog's cancel button."""
    qgis = Qgis()
    cases = ((jobs.INVERSION, jobs.QGIS_OUTPUTS, 9), (jobs.STUDY, jobs.QGIS_STUDY_OUTPUTS, 6))
    for job, outputs, count in cases:
        stage = Stage("cancel_qgis", qgis.run, job, outputs)
        for number in range(count):
            before, moment = stage.reset(), chance.uniform(0, TOO_LATE * stage.seconds)
            if number >= count - 3:  # the end, when files get their names and sinks are written
                moment = chance.uniform(0.85, 1.0) * stage.seconds
            feedback = qgis.feedback()
            timer = later(moment, feedback.cancel)
            done = qgis.run(stage.job, stage.folder, feedback)
            timer.cancel()
            problems = judge(stage.folder, before, stage.reference, done.succeeded, done.said)
            problems += [] if done.succeeded or CANCELLED in done.said else [f"it said: {done.said}"]
            yield (
                f"{job['task']} cancelled after {moment:.2f} s: {done.said or 'a result'}",
                problems + stage.next_run(),
            )
    client.stop_shared_worker()


def cancels_in_a_terminal(chance: random.Random) -> Iterator[Case]:
    """Ctrl-C, and being told to end."""
    stage = Stage("cancel_terminal", jobs.through_terminal, jobs.INVERSION, jobs.OUTPUTS)
    for number in range(5):
        before, moment = stage.reset(), chance.uniform(0.2, TOO_LATE) * stage.seconds
        engine = jobs.terminal(stage.job, stage.folder)
        engine.stdout.readline() if number % 2 else None  # its handlers are set by then
        timer = later(moment, lambda engine=engine: engine.poll() is None and engine.send_signal(signal.SIGINT))
        done = jobs.ended(engine)
        timer.cancel()
        too_early = done.code == -signal.SIGINT or (done.code == 1 and not done.said)
        said = "it was interrupted before it could speak." if too_early else done.said
        problems = judge(stage.folder, before, stage.reference, done.succeeded, said)
        yield f"interrupted after {moment:.2f} s: {said or 'a result'}", problems + stage.next_run()


def kills_of_the_worker(chance: random.Random) -> Iterator[Case]:
    """The engine's process dies under QGIS."""
    qgis = Qgis()
    cases = ((jobs.INVERSION, jobs.QGIS_OUTPUTS, 9), (jobs.STUDY, jobs.QGIS_STUDY_OUTPUTS, 5))
    for job, outputs, count in cases:
        stage = Stage("kill_worker", qgis.run, job, outputs)
        for _ in range(count):
            before, moment = stage.reset(), chance.uniform(0, TOO_LATE * stage.seconds)

            def kill() -> None:
                pid = client.shared_worker().pid
                os.kill(pid, signal.SIGKILL) if pid else None

            timer = later(moment, kill)
            done = qgis.run(stage.job, stage.folder)
            timer.cancel()
            timer.join()
            problems = judge(stage.folder, before, stage.reference, done.succeeded, done.said, kept_in_temp=True)
            yield f"{job['task']} killed after {moment:.2f} s: {done.said or 'a result'}", problems + stage.next_run()
    client.stop_shared_worker()


def kills_in_a_terminal(chance: random.Random) -> Iterator[Case]:
    """kill -9 of the engine: the next run cleans up."""
    stage = Stage("kill_terminal", jobs.through_terminal, jobs.INVERSION, jobs.OUTPUTS)
    for _ in range(4):
        before, moment = stage.reset(), chance.uniform(0.4, TOO_LATE) * stage.seconds
        engine = jobs.terminal(stage.job, stage.folder)
        timer = later(moment, engine.kill)
        done = jobs.ended(engine)
        timer.cancel()
        told = done.succeeded or done.kind == "result"  # a kill that came after the last word takes nothing back
        said = "" if told else done.said or "it was killed."
        problems = judge(stage.folder, before, stage.reference, told, said, hidden_may_stay=True)
        yield f"killed after {moment:.2f} s: {said or 'a result'}", problems + stage.next_run()


def kills_of_qgis(chance: random.Random) -> Iterator[Case]:
    """kill -9 of qgis_process: its engine cleans up behind it."""
    surroundings = profile()

    def run(job: dict[str, Any], folder: Any) -> jobs.Run:
        return cold_end(cold(surroundings, job, folder))

    stage = Stage("kill_qgis", run, jobs.INVERSION, jobs.QGIS_OUTPUTS)
    for _ in range(6):
        before, moment = stage.reset(), chance.uniform(0.3, 1.0) * stage.seconds
        process = cold(surroundings, stage.job, stage.folder)
        timer = later(moment, process.kill)
        process.communicate()
        timer.cancel()
        limit = time.monotonic() + PATIENCE
        while orphans() and time.monotonic() < limit:
            time.sleep(0.05)
        problems = [f"process {pid} lives on" for pid in orphans()]
        ends = (True,) if process.returncode == 0 else (False, True)  # killed after all was written, nobody can be told
        problems += min(
            (judge(stage.folder, before, stage.reference, done, "it was killed.", temp_may_stay=True) for done in ends),
            key=len,
        )
        yield f"qgis_process killed after {moment:.2f} s", problems + stage.next_run()
