"""syntheticmodel: the tutorial's relief and its gravity."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ..data.crs import parse_crs, require_projected
from ..data.stations import Stations
from ..events.protocol import Reporter
from ..job.jobs import SyntheticModelJob
from ..operators.synthetic import station_grid, tutorial_gravity, tutorial_relief
from ..results.outputs import Outputs
from ..results.station_table import station_columns
from ..survey.extent import grid_of_extent, middle_of


def run(job: SyntheticModelJob, reporter: Reporter) -> dict[str, Any]:
    crs = parse_crs(job.crs, "CRS")
    require_projected(crs, middle_of(job.extent), "CRS", "CRS")
    with Outputs(job.outputs()) as outputs:
        grid = grid_of_extent(job.extent, job.spacing, crs, reporter)
        relief = tutorial_relief(grid)
        level = float(relief.heights.mean()) if job.reference_level is None else job.reference_level
        positions, test = station_grid(grid, job.holdout)
        positions = replace(positions, height=np.full(positions.size, job.station_height))
        below = int((relief.sample(positions.easting, positions.northing) >= job.station_height).sum())
        if below:
            reporter.warning(
                f"{below} of {positions.size} stations lie at or below the relief. Give a greater STATION_HEIGHT.",
                "STATION_HEIGHT",
                below,
            )
        reporter.progress(0.1, "Computing gravity", until=0.9)
        gravity = tutorial_gravity(relief, positions, job.density_contrast, level, job.noise, job.seed)
        n = positions.size
        stations = Stations(
            easting=positions.easting,
            northing=positions.northing,
            height=positions.height,
            gravity=gravity,
            error=np.full(n, job.noise or np.nan),
            regional=np.zeros(n),
            test=test,
            used=np.ones(n, dtype=bool),
            crs=crs,
        )
        reporter.progress(0.9, "Writing the relief and its stations")
        outputs.raster("relief", relief)
        outputs.table("stations", station_columns(stations, "gravity", "height", "error", "test"))
    return {**outputs.paths(), "reference_level_used": level, "crs": crs.to_wkt()}
