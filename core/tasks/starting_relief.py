"""startingrelief: a starting relief from points of known relief."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ..data.crs import parse_crs, require_projected
from ..data.relief import Grid, Relief
from ..errors import InputError, given
from ..events.protocol import Reporter
from ..job.jobs import StartingReliefJob
from ..regional.candidates import splines
from ..regional.cross_validation import Choice, Folds, choose
from ..regional.method import Samples
from ..regional.spline import MOST_POINTS
from ..regional.thinning import thinned
from ..results.outputs import Outputs
from ..survey.extent import grid_of_extent, middle_of
from ..survey.known_checks import doubt_among
from ..survey.known_points import KnownPoints, read_known_points
from ..survey.projection import check_projection

SPLINE, NEAREST, FLAT = range(3)
FEWEST_FOR_SPLINE = 3


def run(job: StartingReliefJob, reporter: Reporter) -> dict[str, Any]:
    with Outputs(job.outputs()) as outputs:
        reporter.progress(0.0, "Reading the known points", until=0.2)
        crs = parse_crs(job.crs, "CRS") if job.crs else None
        if crs is not None and job.extent is not None:
            require_projected(crs, middle_of(job.extent), "CRS", "CRS")
        points = read_known_points(job, crs, reporter) if job.known_points else None
        grid = _grid(job, points, crs, reporter)
        if points is not None:
            points = replace(points, easting=grid.near(points.easting))
        check_projection(grid, "CRS" if job.crs else "KNOWN_POINTS", reporter, job.local_grid)
        if points is not None and not grid.contains(points.easting, points.northing).any():
            reporter.warning(
                "No known point lies inside EXTENT, so the starting relief is but a guess there. Check EXTENT, and the "
                "coordinate reference systems of KNOWN_POINTS and of the grid.",
                "EXTENT",
            )
        if points is not None:
            doubt_among(points, grid, np.empty(0), reporter)
        reporter.progress(0.2, f"Filling {grid.shape[1]} x {grid.shape[0]} cells")
        figures: dict[str, Any] = {}
        if points is None or (job.method == FLAT and job.level is not None):
            heights = np.full(grid.shape, given(job.level, "LEVEL"))
        elif job.method == FLAT:
            heights = np.full(grid.shape, points.height.mean())
        elif job.method == NEAREST:
            heights = points.height[_nearest(points, grid)[1]].reshape(grid.shape)
        else:
            choice = _spline(job, points, reporter)
            figures = spline_figures(choice)
            heights = choice.method.fit(_samples(points))(*grid.centres()).reshape(grid.shape)
        reporter.progress(0.9, "Writing the relief")
        outputs.raster("starting_relief", Relief(grid, heights))
        if "distance" in outputs:
            if points is None:
                raise InputError("DISTANCE needs KNOWN_POINTS. Give them, or leave it out.", "DISTANCE")
            outputs.raster("distance", Relief(grid, _nearest(points, grid)[0].reshape(grid.shape)))
    return {**outputs.paths(), **figures, "crs": grid.crs.to_wkt()}


def spline_figures(choice: Choice) -> dict[str, Any]:
    """The outputs that say what was chosen: the damping, 0 for none, and the score where there is one."""
    damping = {"damping_used": getattr(choice.method, "damping", None) or 0.0}
    return damping if choice.score is None else {**damping, "score": choice.score}


def _grid(job: StartingReliefJob, points: KnownPoints | None, crs: Any, reporter: Reporter) -> Grid:
    """The grid of EXTENT, else the one of whole multiples of SPACING around the points."""
    step = given(job.spacing, "SPACING")
    if job.extent is not None:
        if points is None:
            return grid_of_extent(job.extent, step, crs, reporter)
        return grid_of_extent(job.extent, step, points.crs, reporter, places=(points.easting, points.northing))
    points = given(points, "KNOWN_POINTS")
    east, north = points.easting, points.northing
    require_projected(points.crs, (float(east.mean()), float(north.mean())), "CRS", "CRS")
    extent = (
        step * np.floor(east.min() / step),
        step * np.ceil(east.max() / step),
        step * np.floor(north.min() / step),
        step * np.ceil(north.max() / step),
    )
    return Grid.from_extent(extent, step, points.crs)


def _spline(job: StartingReliefJob, points: KnownPoints, reporter: Reporter) -> Choice:
    if points.size < FEWEST_FOR_SPLINE:
        raise InputError(
            f"KNOWN_POINTS holds {points.size} usable points, and a spline needs at least {FEWEST_FOR_SPLINE} at different "
            "places. Give more, or METHOD 1 (nearest) or 2 (flat).",
            "KNOWN_POINTS",
        )
    samples = _samples(points)
    few = thinned(samples, MOST_POINTS)
    if few.size < samples.size:
        reporter.warning(
            f"{samples.size} known points are more than a spline can hold ({MOST_POINTS}); they are averaged in "
            f"{few.size} blocks.",
            "KNOWN_POINTS",
            samples.size,
        )
    folds = Folds(job.folds, job.block_size, job.seed)
    choice = choose(splines(job.spline_damping, few), few, folds, check=reporter.check)
    if choice.score is None:
        reporter.log(f"Spline with {choice.method}; too few blocks of points to score it.")
    else:
        reporter.log(f"Spline with {choice.method}: score {choice.score:.3f}.")
        if choice.score < 0:
            reporter.warning(
                f"The spline ({choice.method}) predicts withheld points worse than their mean does (score "
                f"{choice.score:.2f}). Give more points, a greater SPLINE_DAMPING, or METHOD 2 (flat).",
                "METHOD",
            )
    return choice


def _samples(points: KnownPoints) -> Samples:
    """The heights, weighted by their errors where all have one."""
    weight = 1.0 / points.error**2 if (points.error > 0).all() else np.ones(points.size)
    return Samples(points.easting, points.northing, points.height, weight)


def _nearest(points: KnownPoints, grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """Distance (m) to the nearest point, and its number, of every cell."""
    from scipy.spatial import cKDTree

    tree = cKDTree(np.column_stack([points.easting, points.northing]))
    distance, number = tree.query(np.column_stack(grid.centres()))
    return distance, number
