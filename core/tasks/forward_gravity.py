"""forwardgravity: gravity of a relief at points or at a raster's nodes."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..data.columns import PointSource, read_columns
from ..data.coordinate_columns import locate, refuse_degrees_in_metres
from ..data.relief import Grid, Relief
from ..data.stations import Positions, Stations
from ..errors import InputError, given
from ..events.protocol import Reporter
from ..job.jobs import ForwardGravityJob
from ..operators.choice import choose_operator
from ..results.outputs import Outputs
from ..results.station_table import station_columns
from ..survey.height_checks import height_parameter, refuse_heights
from ..survey.heights import read_heights
from ..survey.law import doubt_length
from ..survey.projection import check_projection
from ..survey.start_check import check_start
from ..survey.survey import read_density, read_relief, station_heights
from ..survey.voids import without_voids


def run(job: ForwardGravityJob, reporter: Reporter) -> dict[str, Any]:
    source = given(job.relief, "RELIEF", "Give the raster whose gravity is wanted.")
    with Outputs(job.outputs()) as outputs:
        reporter.progress(0.0, "Reading the relief", until=0.1)
        relief = read_relief(source, "RELIEF", "The relief", reporter)
        check_projection(relief.grid, "RELIEF", reporter, job.local_grid)
        contrast, law = read_density(job, relief.grid, reporter)
        doubt_length(law, relief.heights, reporter)
        stations = _points(job, job.stations, relief, reporter) if job.stations else _nodes(job, relief, reporter)
        refuse_heights(stations.height, height_parameter(job))
        used = _usable(stations, relief, reporter)
        check_start(stations, relief, ("RELIEF", height_parameter(job)), reporter, refuse=False)
        reporter.progress(0.1, f"Computing gravity at {int(used.sum())} places", until=0.9)
        places = Positions(stations.easting[used], stations.northing[used], stations.height[used])
        predicted = np.full(stations.size, np.nan)
        operator = choose_operator(
            places,
            relief.grid,
            contrast,
            job.reference_level,
            tolerance=job.tolerance,
            expected=relief.heights,
            reporter=reporter,
            law=law,
        )
        predicted[used] = operator.gravity(relief.heights)
        reporter.progress(0.9, "Writing gravity")
        outputs.table("predicted", station_columns(stations, "height", predicted=predicted))
        if stations.lattice is not None:
            outputs.raster("predicted_raster", Relief(stations.lattice, predicted.reshape(stations.lattice.shape)))
        elif "predicted_raster" in outputs:
            raise InputError(
                "PREDICTED_RASTER needs a raster's nodes, and STATIONS are points. Leave STATIONS out or ask for PREDICTED.",
                "PREDICTED_RASTER",
            )
    return {**outputs.paths(), "crs": stations.crs.to_wkt()}


def _points(job: ForwardGravityJob, points: PointSource, relief: Relief, reporter: Reporter) -> Stations:
    columns = read_columns(points.path, "STATIONS", reporter.log)
    if columns.count == 0:
        raise InputError(f"STATIONS: {columns.source} holds no points. Give a layer with points.", "STATIONS")
    places = locate(columns, job.stations_crs, "STATIONS")
    refuse_degrees_in_metres(columns, places, relief.grid, "STATIONS")
    easting, northing = relief.grid.bring(places.east, places.north, places.crs or relief.grid.crs, "STATIONS")
    height = station_heights(job, columns, (easting, northing, relief.grid.crs), "STATIONS", reporter)
    return _stations(easting, northing, height, relief.grid, None)


def _nodes(job: ForwardGravityJob, relief: Relief, reporter: Reporter) -> Stations:
    """The nodes of HEIGHT_RASTER, at its heights, else of the relief at HEIGHT."""
    if job.height_raster is not None:
        raster = read_heights(job.height_raster, "HEIGHT_RASTER", reporter)
        raster = without_voids(raster, "there is no gravity", "HEIGHT_RASTER", reporter)
        easting, northing = relief.grid.bring(*raster.grid.centres(), raster.grid.crs, "HEIGHT_RASTER")
        return _stations(easting, northing, raster.heights.ravel(), relief.grid, raster.grid)
    easting, northing = relief.grid.centres()
    height = station_heights(job, None, (easting, northing, relief.grid.crs), "RELIEF", reporter)
    return _stations(easting, northing, height, relief.grid, relief.grid)


def _stations(
    easting: np.ndarray, northing: np.ndarray, height: np.ndarray, grid: Grid, lattice: Grid | None
) -> Stations:
    n = easting.size
    nothing = np.zeros(n)
    return Stations(
        easting=easting,
        northing=northing,
        height=height,
        gravity=nothing,
        error=nothing,
        regional=nothing,
        test=np.zeros(n, dtype=bool),
        used=np.ones(n, dtype=bool),
        crs=grid.crs,
        lattice=lattice,
        node=None if lattice is None else np.arange(n),
    )


def _usable(stations: Stations, relief: Relief, reporter: Reporter) -> np.ndarray:
    """Which places have coordinates and a height; what is doubtful is said."""
    used = np.isfinite(stations.easting + stations.northing + stations.height)
    if not used.any():
        raise InputError("No station has coordinates and a height. Check HEIGHT_FIELD or HEIGHT_RASTER.", "STATIONS")
    surface = relief.sample(stations.easting, stations.northing, nearest=True)
    doubts = (
        (~used, "have no place or no height and are left out"),
        (used & np.isnan(surface), "lie outside the relief, whose edge acts on them; they are computed"),
        (used & (stations.height <= surface), "lie at or below the relief; they are computed"),
    )
    for mask, what in doubts:
        count = int(mask.sum())
        if count:
            reporter.warning(f"{count} of {mask.size} stations {what}.", "STATIONS", count)
    return used
