"""The last step fails: results find a folder in their place, a disk that became read-only, a file that can't be replaced."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ...plugin.engine import client
from ...plugin.engine.client import Worker
from . import jobs
from .folders import TRUST, state
from .interruptions import Case, Stage
from .judge import judge
from .mounts import read_only, small_disk
from .through_qgis import Qgis

Fault = Callable[[Path], None]


def folder_in_place(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.mkdir(exist_ok=True)


def immutable(path: Path) -> None:
    subprocess.run(["chattr", "+i", str(path)], check=False, capture_output=True)


def mutable(path: Path) -> None:
    subprocess.run(["chattr", "-i", str(path)], check=False, capture_output=True)


def fail_at_the_end(chance: random.Random) -> Iterator[Case]:
    """While a run computes, one of its results' names becomes one that can't be taken."""
    worker = Worker()

    def plain(job: dict[str, Any], folder: Path, at_event: Callable[[], None] = lambda: None) -> jobs.Run:
        return jobs.through_worker(worker, job, folder, lambda event: at_event())

    stage = Stage("renames", plain, jobs.INVERSION, jobs.OUTPUTS)
    for name in ("relief.tif", "change.nc", "stations.csv", "report.html"):
        yield _case(stage, plain, name, folder_in_place, None)
    yield _case(stage, plain, chance.choice(("relief.tif", "report.html")), immutable, mutable)
    worker.stop()
    qgis = Qgis()

    def in_qgis(job: dict[str, Any], folder: Path, at_event: Callable[[], None] = lambda: None) -> jobs.Run:
        return qgis.run(job, folder, qgis.feedback(at_event))

    stage = Stage("renames", in_qgis, jobs.INVERSION, jobs.QGIS_OUTPUTS)
    for name in ("relief.tif", "stations.gpkg", "report.html"):
        yield _case(stage, in_qgis, name, folder_in_place, None)
    yield _case(stage, in_qgis, "stations.gpkg", immutable, mutable)
    yield from _read_only(stage, in_qgis)
    client.stop_shared_worker()


def _case(stage: Stage, run: Any, name: str, fault: Fault, mend: Fault | None) -> Case:
    before, place, struck = stage.reset(), stage.folder / name, []

    def strike() -> None:
        if not struck:
            fault(place)
            struck.append(state(stage.folder))

    done = run(stage.job, stage.folder, strike)
    if mend is not None:
        mend(place)
    before = struck[0] if struck else before
    problems = judge(stage.folder, before, stage.reference, done.succeeded, done.said)
    if not done.succeeded and name not in done.said and "stations" not in name:
        problems.append(f"it does not name {name}: {done.said}")
    if place.is_dir():
        shutil.rmtree(place)
    return f"{fault.__name__} at {name}: {done.said or 'a result'}", problems + stage.next_run()


def _read_only(stage: Stage, run: Any) -> Iterator[Case]:
    """The disk of all results becomes read-only in the middle of a run."""
    usual = stage.folder
    for strikes in (2, 4):
        with small_disk(TRUST / "renames" / "small") as disk:
            stage.folder = disk
            before, count = stage.reset(), [0]

            def strike(disk: Path = disk, strikes: int = strikes, count: list[int] = count) -> None:
                count[0] += 1
                if count[0] == strikes:
                    read_only(disk)

            done = run(stage.job, disk, strike)
            read_only(disk, on=False)
            problems = judge(disk, before, stage.reference, done.succeeded, done.said, hidden_may_stay=True)
            problems += stage.next_run()
        yield f"read-only at event {strikes}: {done.said or 'a result'}", problems
    stage.folder = usual
