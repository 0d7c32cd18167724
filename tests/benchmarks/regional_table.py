"""How well each method finds a regional that was added to the tutorial's gravity: the table of docs/regional.md.

    python tests/benchmarks/regional_table.py [draws]

The tutorial's relief and its 1271 stations on the nodes, noise of 0.2 mGal, and a regional given by `formula`. The relief is
known at 10 random points and nowhere else; the start is the bi-harmonic spline through them. Each draw has its own
noise and its own points. Printed is the RMS of the regional found less the formula at the stations.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from core.data.columns import Columns, read_columns, write_csv  # noqa: E402
from core.data.rasters import RasterSource, read_raster  # noqa: E402
from core.events.protocol import Reporter  # noqa: E402
from core.tasks import run_task  # noqa: E402
from plugin import tutorial  # noqa: E402

DRAWS = 10
POINTS = 10
_, EAST, _, NORTH = tutorial.BOUNDS

AT_POINTS = {"known_points": "known.csv", "known_field": "bed"}
METHODS: dict[str, dict[str, Any]] = {
    "none": {"regional": 0},
    "constant, the median": {"regional": 1},
    "constant, the median at the points": {"regional": 1, **AT_POINTS},
    "plane": {"regional": 2, "trend_degree": 1},
    "trend": {"regional": 2},
    "trend, chosen at the points": {"regional": 2, **AT_POINTS},
    "low-pass": {"regional": 3},
    "low-pass, chosen at the points": {"regional": 3, **AT_POINTS},
    "equivalent sources": {"regional": 4},
    "equivalent sources, chosen at the points": {"regional": 4, **AT_POINTS},
    "known points, spline": {"regional": 5, **AT_POINTS},
    "known points, equivalent sources": {"regional": 5, "known_interpolation": 1, **AT_POINTS},
    "joint": {
        "task": "dampingcrossvalidation",
        "regional": 6,
        "split": 1,
        "damping_min": 2e-3,
        "damping_max": 5e-2,
        "trials": 4,
        "regional_trials": 5,
        **AT_POINTS,
    },
}
"""The keys of each method's job; its task is gravitymisfit unless they name another whose stations have a regional."""


def formula(easting: np.ndarray, northing: np.ndarray) -> np.ndarray:
    """The regional, mGal: a slope of 12 over the width and of -8 over the height, and a wave of 4."""
    wave = np.cos(2 * np.pi * easting / 60_000) * np.cos(2 * np.pi * northing / 50_000)
    return 10.0 + 12.0 * easting / EAST - 8.0 * northing / NORTH + 4.0 * wave


def make_case(folder: Path, draw: int) -> float:
    """Write stations.csv, known.csv and start.tif of a draw; the reference level, which is the relief's mean, m."""
    model = {"task": "syntheticmodel", **tutorial.as_job(tutorial.MODEL), "holdout": False, "seed": draw}
    made = run_task({**model, "relief": "true.tif", "stations": "stations.csv"}, folder, Reporter())
    given = read_columns(str(folder / "stations.csv"), "GRAVITY")
    numbers = {name: given.number(name, "GRAVITY") for name in given.texts}
    numbers["gravity"] = numbers["gravity"] + formula(numbers["easting"], numbers["northing"])
    write_csv(folder / "stations.csv", Columns(numbers))
    random = np.random.default_rng(1000 + draw)
    east, north = EAST * random.random(POINTS), NORTH * random.random(POINTS)
    bed = read_raster(RasterSource(str(folder / "true.tif")), "RELIEF").sample(east, north)
    write_csv(folder / "known.csv", Columns({"easting": east, "northing": north, "bed": bed}))
    start = {"task": "startingrelief", **tutorial.as_job(tutorial.GRID), "crs": tutorial.CRS, "spline_damping": 0}
    run_task({**start, **AT_POINTS, "starting_relief": "start.tif"}, folder, Reporter())
    return float(made["reference_level_used"])


def error_of(folder: Path, level: float, keys: dict[str, Any]) -> float:
    """The RMS of the regional that a method finds less the formula, mGal."""
    job = {"task": "gravitymisfit", "gravity": "stations.csv", "height_field": "height", "reference_level": level}
    run_task({**job, "starting_relief": "start.tif", "stations": "out.csv", **keys}, folder, Reporter())
    found = read_columns(str(folder / "out.csv"), "STATIONS")
    difference = found.number("regional", "STATIONS") - formula(
        *(found.number(name, "STATIONS") for name in ("easting", "northing"))
    )
    return float(np.sqrt(np.nanmean(difference**2)))


def main(draws: int) -> None:
    errors: dict[str, list[float]] = {name: [] for name in METHODS}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for draw in range(draws):
            level = make_case(folder, draw)
            for method, keys in METHODS.items():
                errors[method].append(error_of(folder, level, keys))
            print(f"draw {draw + 1} of {draws}", file=sys.stderr)
    print("| method | mean RMS (mGal) | smallest | largest |\n|---|---|---|---|")
    for method, found in errors.items():
        print(f"| {method} | {np.mean(found):.2f} | {min(found):.2f} | {max(found):.2f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else DRAWS)
