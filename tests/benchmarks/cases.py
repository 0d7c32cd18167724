"""What is timed inside the engine: `python -m tests.benchmarks.cases NAME [ARGUMENT]` prints figures as one line of JSON.

Whole jobs, by cross validation too, are in `jobs`.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy import fft

from core.data.relief import Grid
from core.data.stations import Positions
from core.events.protocol import Reporter
from core.inversion.gauss_newton import InversionResult, invert
from core.inversion.penalties import Curvature
from core.inversion.problem import Problem
from core.inversion.stopping import Stopping
from core.operators import Operator, warm
from core.operators.choice import choose_operator
from core.operators.dense import DenseOperator
from core.operators.gridded import GriddedOperator
from core.operators.node_kernels import SHEET
from core.tasks import run_task
from plugin import tutorial

from .jobs import JOB_CASES
from .models import CONTRAST, DAMPING, above_ground, grid, noise, on_nodes, relief

Figures = dict[str, float]

REPEATS = 3
AS_PUBLISHED = tutorial.as_job({**tutorial.INVERSION, **tutorial.STUDY})
TUTORIAL = {
    "task": "dampingcrossvalidation",
    "gravity": "stations.csv",
    **tutorial.as_job({**tutorial.FIELDS, **tutorial.GRID}),
    "crs": tutorial.CRS,
    **{key: AS_PUBLISHED[key] for key in ("test_field", "damping_min", "damping_max", "trials")},
    "scores": "scores.csv",
}


def median(action: Callable[[], object]) -> float:
    """Median seconds of a few runs."""
    return float(np.median([seconds(action) for _ in range(REPEATS)]))


def seconds(action: Callable[[], object]) -> float:
    before = time.perf_counter()
    action()
    return time.perf_counter() - before


def gravity_operator(positions: Positions, cells: Grid, expected: np.ndarray, **options: object) -> Operator:
    contrast = np.full(cells.shape, CONTRAST)
    return choose_operator(positions, cells, contrast, 0.0, expected=expected, **options)  # type: ignore[arg-type]


def pairs() -> Figures:
    """Pairs of station and cell a second, of the dense operator and of harmonica."""
    import harmonica

    cells, heights = grid(100), relief(100)
    positions = Positions(*np.random.default_rng(0).uniform(0.0, 49500.0, (2, 300)), np.full(300, 1000.0))
    dense = DenseOperator(positions, cells, np.full(cells.shape, CONTRAST), 0.0)
    east, north = cells.centres()
    bottom, top = np.minimum(heights, 0.0).ravel(), np.maximum(heights, 0.0).ravel()
    prisms = np.column_stack([east - 250.0, east + 250.0, north - 250.0, north + 250.0, bottom, top])
    density = np.where(heights > 0.0, CONTRAST, -CONTRAST).ravel()
    places = positions.easting, positions.northing, positions.height

    def by_harmonica() -> np.ndarray:
        return harmonica.prism_gravity(places, prisms, density, field="g_z")

    largest = np.abs(dense.gravity(heights) - by_harmonica()).max()
    assert largest < 1e-6, largest
    count = positions.size * cells.size
    return {
        "dense_pairs_per_s": count / median(lambda: dense.gravity(heights)),
        "harmonica_pairs_per_s": count / median(by_harmonica),
    }


def seed() -> Figures:
    """The tutorial's eight dampings, final inversion included: as published, and with the default settings."""
    figures = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = {"task": "syntheticmodel", **tutorial.as_job(tutorial.MODEL), "stations": "stations.csv"}
        level = run_task(model, folder, Reporter())["reference_level_used"]
        job = {**TUTORIAL, "reference_level": level}
        for key, settings in (("seed_cv_tutorial_s", AS_PUBLISHED), ("seed_cv_default_s", {})):
            run_task({**job, **settings, "trials": 2}, folder, Reporter())
            figures[key] = median(lambda settings=settings: run_task({**job, **settings}, folder, Reporter()))
    return figures


def forward() -> Figures:
    """A forward model of 1000 x 1000 cells, and the bare transforms that it can't do without."""
    cells, heights = grid(1000), relief(1000)
    operator = gravity_operator(on_nodes(cells), cells, heights)
    assert isinstance(operator, GriddedOperator)
    operator.gravity(heights)
    order = operator.kernels.made[SHEET][-1].orders.gravity
    field = np.random.default_rng(0).normal(size=operator.kernels.padded.shape)

    def bare() -> None:
        for _ in range(order):
            spectrum = fft.rfft2(field, workers=2)
        fft.irfft2(spectrum, workers=2)

    both = [(seconds(lambda: operator.gravity(heights)), seconds(bare)) for _ in range(5)]
    taken, floor = np.median(both, axis=0)
    return {"forward_1000_s": float(taken), "fft_floor_1000_s": float(floor)}


def inversion(positions: Positions, cells: Grid, data: np.ndarray, start: np.ndarray) -> InversionResult:
    operator = gravity_operator(positions, cells, start, data=data, reporter=Reporter())
    free = np.ones(cells.shape, dtype=bool)
    penalty = Curvature(start, free, cells.dx, cells.dy)
    problem = Problem(operator, data, np.ones(data.size), start, free, penalty)
    return invert(problem, DAMPING, Stopping(objective_tolerance=1e-3), Reporter())


def gridded(size: str) -> Figures:
    """An inversion of n x n cells from as many stations on the nodes, from a flat start."""
    n = int(size)
    cells, heights = grid(n), relief(n)
    positions = on_nodes(cells)
    data = gravity_operator(positions, cells, heights, tolerance=1e-5).gravity(heights) + noise(n * n)
    before = time.perf_counter()
    result = inversion(positions, cells, data, np.zeros(cells.shape))
    taken = time.perf_counter() - before
    return {
        f"invert_{n}_s": taken,
        f"invert_{n}_peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9,
        f"invert_{n}_rms": result.iterations[-1].rms,
        f"invert_{n}_relief_rmse": float(np.sqrt(np.mean((result.heights - heights) ** 2))),
    }


def scattered() -> Figures:
    """Gravity of 500 x 500 cells at 100,000 stations just above them, and an inversion from below the lowest."""
    cells, heights = grid(500), relief(500)
    positions = above_ground(cells, heights, 100_000)
    before = time.perf_counter()
    operator = gravity_operator(positions, cells, heights, tolerance=1e-3)
    gravity = operator.gravity(heights)
    setup = time.perf_counter() - before
    forward_s = median(lambda: operator.gravity(heights))
    chosen = np.random.default_rng(2).choice(positions.size, 200, replace=False)
    some = Positions(positions.easting[chosen], positions.northing[chosen], positions.height[chosen])
    exact = DenseOperator(some, cells, np.full(cells.shape, CONTRAST), 0.0).gravity(heights)
    data = gravity + noise(gravity.size)
    start = np.full(cells.shape, heights.min())
    return {
        "scattered_setup_s": setup - forward_s,
        "scattered_forward_s": forward_s,
        "scattered_max_error_mgal": float(np.abs(gravity[chosen] - exact).max()),
        "scattered_invert_s": seconds(lambda: inversion(positions, cells, data, start)),
    }


def scaling() -> dict[str, list[list[float]]]:
    """For the plot: cells, seconds of a forward model, bytes of what an inversion holds; gridded and dense."""
    rows: dict[str, list[list[float]]] = {"gridded": [], "dense": []}
    for n in (16, 32, 64, 125, 250, 500, 1000):
        cells, heights = grid(n), relief(n)
        positions, contrast = on_nodes(cells), np.full(cells.shape, CONTRAST)
        chosen = gravity_operator(positions, cells, heights, tolerance=1e-2)
        if isinstance(chosen, GriddedOperator):
            chosen.gravity(heights)
            taken = median(lambda chosen=chosen, heights=heights: chosen.gravity(heights))
            rows["gridded"].append([n * n, taken, chosen.memory(float(heights.min()), float(heights.max()))])
        if n <= 64:
            dense = DenseOperator(positions, cells, contrast, 0.0)
            dense.gravity(heights)
            rows["dense"].append([n * n, median(lambda d=dense, h=heights: d.gravity(h)), 8.0 * n**4])
    return rows


CASES: dict[str, Callable[..., object]] = {
    case.__name__: case for case in (pairs, seed, forward, gridded, scattered, scaling)
} | JOB_CASES

if __name__ == "__main__":
    warm()
    print(json.dumps(CASES[sys.argv[1]](*sys.argv[2:])))
