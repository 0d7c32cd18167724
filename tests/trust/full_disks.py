"""Disks that are full: each output in turn finds no room, or half of what it needs, on a small disk of its own."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...plugin.engine import client
from ...plugin.engine.client import Worker
from . import jobs
from .folders import TRUST, state, use_temp
from .interruptions import Case, Stage
from .judge import content, judge
from .mounts import leave_room, make_room, read_only, small_disk
from .through_qgis import Qgis

SHARES = (0.0, 0.35, 0.8)  # of what the output needs
ROOM_OF_STUDY = (0, 4096)


def disks_of_the_engine(chance: random.Random) -> Iterator[Case]:
    """What the engine writes, without QGIS."""
    worker = Worker()

    def run(job: dict[str, Any], folder: Path) -> jobs.Run:
        return jobs.through_worker(worker, job, folder)

    stage = Stage("full_disk_engine", run, jobs.STUDY, jobs.STUDY_OUTPUTS)
    for key in ("inverted_relief", "relief_change", "stations", "scores", "report"):
        yield from _one(stage, "full_disk_engine", key, jobs.STUDY_OUTPUTS[key], chance.choice(SHARES))
    yield from _one(stage, "full_disk_engine", "stations", "stations.columns.json", 0.35)
    for room in ROOM_OF_STUDY:
        yield _study(stage, room)
    worker.stop()


def disks_under_qgis(chance: random.Random) -> Iterator[Case]:
    """What QGIS's sinks write, and the same outputs of the engine."""
    qgis = Qgis()
    stage = Stage("full_disk_qgis", qgis.run, jobs.STUDY, jobs.QGIS_STUDY_OUTPUTS)
    for share in SHARES:
        yield from _one(stage, "full_disk_qgis", "stations", "stations.gpkg", share)
    for name in ("stations.csv", "stations.shp", "stations.geojson", "stations.gpkg"):
        yield from _one(stage, "full_disk_qgis", "stations", name, chance.choice(SHARES[1:]))
    for key in ("scores", "inverted_relief", "report"):
        yield from _one(stage, "full_disk_qgis", key, jobs.STUDY_OUTPUTS[key], chance.choice(SHARES))
    for room in (0, 300_000):
        yield _table(stage, room)
    client.stop_shared_worker()


def temporary_folders(chance: random.Random) -> Iterator[Case]:
    """The temporary folder is full, read-only, or goes away."""
    qgis, kind = Qgis(), "temp"
    stage = Stage(kind, qgis.run, jobs.INVERSION, jobs.QGIS_OUTPUTS)
    plain = Path(tempfile.gettempdir())
    with small_disk(TRUST / kind / "small") as disk:
        for room in (0, 4096, 16384, 40960):
            client.stop_shared_worker()
            use_temp(disk)
            leave_room(disk, room)
            yield _in_temp(stage, f"{room} bytes left", lambda: make_room(disk))
        read_only(disk)
        yield _in_temp(stage, "read-only", lambda: read_only(disk, on=False))
    gone = TRUST / kind / "gone"
    use_temp(gone)
    tempfile.gettempdir()
    gone.rmdir()
    yield _in_temp(stage, "gone", lambda: use_temp(plain))
    client.stop_shared_worker()


def _in_temp(stage: Stage, what: str, mend: Any) -> Case:
    before = stage.reset()
    done = stage.run(stage.job, stage.folder)
    folder = tempfile.gettempdir()
    problems = judge(stage.folder, before, stage.reference, done.succeeded, done.said, kept_in_temp=True)
    if not done.succeeded and folder not in done.said:
        problems.append(f"it does not name {folder}: {done.said}")
    mend()
    return f"temporary folder {what}: {done.said or 'a result'}", problems + stage.next_run()


def _one(stage: Stage, kind: str, key: str, name: str, share: float) -> Iterator[Case]:
    """One output on a small disk with an older file of its name, and room for a share of the new one."""
    before_job = stage.job
    with small_disk(TRUST / kind / "small") as disk:
        stage.job = {**before_job, key: str(disk / name)}
        stage.reset()
        done = stage.run(stage.job, stage.folder)
        assert done.succeeded, done.said
        needed = sum(path.stat().st_size for path in disk.iterdir())
        expected = {str(disk / name): content(disk / name)}
        leave_room(disk, int(share * needed))
        before, there = stage.reset(), state(disk)
        reference = {file: held for file, held in stage.reference.items() if file != before_job[key]} | expected
        done = stage.run(stage.job, stage.folder)
        problems = judge(stage.folder, before, reference, done.succeeded, done.said)
        problems += judge(disk, there, expected, done.succeeded, done.said)
        if not done.succeeded and key.upper() not in done.said and str(disk) not in done.said:
            problems.append(f"it does not name {key.upper()}")
        what = f"{name} on a disk with room for {share:.0%}: {done.said or 'a result'}"
        make_room(disk)
        again = stage.run(stage.job, stage.folder)
        problems += [] if again.succeeded else [f"the next run failed: {again.said}"]
        problems += judge(disk, state(disk), expected, True, "") if again.succeeded else []
    stage.job = before_job
    yield what, problems


def _study(stage: Stage, room: int) -> Case:
    """The study's file finds no room: its finished trials stay."""
    before_job = stage.job
    with small_disk(TRUST / "full_disk_engine" / "small") as disk:
        stage.job = {**before_job, "study": str(disk / "study.log")}
        leave_room(disk, room)
        before = stage.reset()
        done = stage.run(stage.job, stage.folder)
        problems = judge(stage.folder, before, stage.reference, done.succeeded, done.said)
        if not done.succeeded and "STUDY" not in done.said:
            problems.append("it does not name STUDY")
        make_room(disk)
        problems += stage.next_run()
    stage.job = before_job
    return f"study on a disk with {room} bytes: {done.said or 'a result'}", problems


def _table(stage: Stage, room: int) -> Case:
    """A table more in a GeoPackage that is there: it keeps those it has."""
    before_job = stage.job
    with small_disk(TRUST / "full_disk_qgis" / "small") as disk:
        place = f"ogr:dbname='{disk / 'survey.gpkg'}' table=\"{{}}\" (geom)"
        done = stage.run({**before_job, "stations": place.format("first")}, stage.folder)
        assert done.succeeded, done.said
        leave_room(disk, room)
        before, there = stage.reset(), state(disk)
        stage.job = {**before_job, "stations": place.format("second")}
        done = stage.run(stage.job, stage.folder)
        reference = {file: held for file, held in stage.reference.items() if file != "stations.gpkg"}
        problems = judge(stage.folder, before, reference, done.succeeded, done.said)
        problems += judge(disk, there, {}, done.succeeded, done.said)
        make_room(disk)
        again = stage.run(stage.job, stage.folder)
        problems += [] if again.succeeded else [f"the next run failed: {again.said}"]
        tables = {row[0] for row in content(disk / "survey.gpkg")}
        problems += [] if tables == {"first", "second"} else [f"its tables are {tables}"]
    stage.job = before_job
    return f"a second table with {room} bytes: {done.said or 'a result'}", problems
