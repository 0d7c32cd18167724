"""qgis_process from nothing with wrong input, and what dead runs left in the temporary folder."""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import jobs
from .engines import through_new_worker
from .interruptions import Case, Stage
from .judge import judge
from .through_qgis import cold, cold_end, profile

WEEK = 7 * 24 * 3600
WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"spacing": 0}, "SPACING"),
    ({"height_field": "no such field"}, "HEIGHT_FIELD"),
    ({"damping": -1}, "DAMPING"),
    ({"report": "no/such/folder/report.html"}, "REPORT"),
    ({"inverted_relief": "relief.png"}, "INVERTED_RELIEF"),
    ({"starting_relief": "no_such_file.tif"}, "STARTING_RELIEF"),
    ({"crs": "EPSG:4326"}, "EPSG:4326"),
)


def wrong_input(chance: random.Random) -> Iterator[Case]:
    """One sentence that names the parameter, another exit code than 0, and no change to the folder."""
    surroundings = profile()

    def run(job: dict[str, Any], folder: Path) -> jobs.Run:
        return cold_end(cold(surroundings, job, folder))

    stage = Stage("wrong_input", run, jobs.INVERSION, jobs.QGIS_OUTPUTS)
    for wrong, name in WRONG:
        before = stage.reset()
        done = stage.run({**stage.job, **wrong}, stage.folder)
        problems = judge(stage.folder, before, stage.reference, done.succeeded, done.said)
        problems += ["it succeeded"] if done.succeeded else []
        problems += [] if name in done.said else [f"it does not name {name}: {done.said}"]
        yield f"{wrong}: {done.said}", problems
    yield "the next run", stage.next_run()


def old_leftovers(chance: random.Random) -> Iterator[Case]:
    """Logs and job folders of dead runs go after a week; those of others, of the living and the caches stay."""
    stage = Stage("leftovers", through_new_worker, jobs.INVERSION, jobs.OUTPUTS)
    temp, dead = Path(tempfile.gettempdir()), 4_000_000
    cases = {
        "gravrelief-abcdefgh.log": ("file", WEEK + 60, False),
        "gravrelief-abcdefgi.log": ("file", WEEK - 3600, True),
        f"gravrelief-{dead}-abcdefgh": ("folder", 0, False),
        f"gravrelief-{dead}-abcdefgi": ("kept", WEEK - 3600, True),
        f"gravrelief-{dead}-abcdefgj": ("kept", WEEK + 60, False),
        f"gravrelief-{os.getpid()}-abcdefgh": ("folder", WEEK + 60, True),
        "gravrelief-0-numba-cache": ("folder", WEEK + 60, True),
        "gravrelief-reports": ("folder", WEEK + 60, True),
        "gravrelief-notes.log": ("file", WEEK + 60, True),
    }
    for name, (what, age, _) in cases.items():
        path = temp / name
        path.write_text("") if what == "file" else path.mkdir()
        if what == "kept":
            (path / "kept-for-a-week").touch()
        os.utime(path, (time.time() - age,) * 2)
    done = stage.run(stage.job, stage.folder)
    assert done.succeeded, done.said
    for name, (what, age, stays) in cases.items():
        there = (temp / name).exists()
        problems = [] if there == stays else [f"{name} {'stays' if there else 'is gone'}"]
        yield f"{name}, a {what} of {age} s: {'stays' if stays else 'goes'}", problems
