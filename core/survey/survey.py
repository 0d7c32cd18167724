"""From a job's files to stations and a starting relief in one projected CRS."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..data.columns import Columns, PointSource, read_columns
from ..data.coordinate_columns import locate, refuse_degrees_in_metres
from ..data.crs import LOCAL_GRID, middle, parse_crs, require_projected, transform
from ..data.gmt_grid import is_old_gmt_grid
from ..data.longitudes import period
from ..data.network import refuse_network
from ..data.rasters import RasterSource, refuse_more_cells
from ..data.relief import Grid, Places, Relief
from ..data.stations import Stations
from ..errors import InputError, given
from ..events.protocol import Reporter
from ..job.jobs import ForwardGravityJob
from ..job.parts import DensityJob, SurveyJob
from .contrast_check import density_parameter, refuse_contrast
from .extent import grid_of_extent, middle_of, rasters_of
from .gravity_checks import check_gravity, slab
from .height_checks import check_heights, doubt_far_heights, doubt_kilometres, height_parameter
from .heights import in_metres, points_vertical, read_heights, read_layer
from .law import doubt_length, read_law
from .mistaken_columns import refuse_mistaken
from .mistaken_rasters import doubt_mask, refuse_same
from .projection import check_projection
from .raster_units import LARGEST_CONTRAST, contrast_in_kg_per_m3, gravity_in_mgal
from .start_check import check_start
from .station_checks import check_stations
from .voids import FARTHEST, number_without_voids, refuse_beyond, refuse_voids, without_voids
from .zeros import doubt_zero_cells, doubt_zero_stations

if TYPE_CHECKING:
    import pyproj

LEAST_ERROR = 1e-9  # mGal
POINT_FIELDS = ("error_field", "regional_field", "height_field")
TEXT_RASTER = "XYZ"
SOME = 2000  # stations tell where all lie


@dataclass(frozen=True)
class Survey:
    """What was observed, and what is known of the relief beforehand."""

    stations: Stations
    relief: Relief  # the starting relief
    contrast: np.ndarray  # (ny, nx) kg/m3; with a law the one at its datum
    law: np.ndarray | None = None  # how density varies with depth, see `operators.density_law`


def read_survey(job: SurveyJob, reporter: Reporter) -> Survey:
    """The stations in the relief's CRS, the starting relief and the density contrast of its cells.

    Raises
    ------
    InputError
        Anything that is wrong with one of them; what can be borne is a warning.
    """
    places: tuple[np.ndarray, np.ndarray] | None
    if isinstance(job.gravity, PointSource):
        points = _read_points(job.gravity, reporter)
        located = locate(points, job.gravity_crs, "GRAVITY")
        places = located.east, located.north
        crs = located.crs or (parse_crs(job.crs, "CRS") if job.crs else None)
        relief = read_starting_relief(job, crs, places, reporter)
        refuse_degrees_in_metres(points, located, relief.grid, "GRAVITY")
        stations = _stations_of_points(job, points, places, crs or relief.grid.crs, relief.grid, reporter)
    else:
        places = None
        lattice = _gravity_raster(job, given(job.gravity, "GRAVITY"), reporter)
        relief = read_starting_relief(job, lattice.grid.crs, lattice.grid.centres(), reporter)
        stations = _stations_of_raster(job, lattice, relief.grid, reporter)
    contrast, law = read_density(job, relief.grid, reporter)
    stations = _checked(job, stations, places, relief, reporter)
    if job.starting_relief is not None:
        doubt_mask(relief, "STARTING_RELIEF", reporter)
        doubt_zero_cells(relief, "STARTING_RELIEF", reporter)
        refuse_same(relief.with_heights(contrast), relief, "DENSITY_GRID")
    gravity = "GRAVITY" if places is None else "GRAVITY_FIELD"
    check_gravity(stations, relief, slab(contrast, law), gravity, reporter)
    doubt_length(law, relief.heights, reporter)
    return Survey(stations, relief, contrast, law)


def _checked(
    job: SurveyJob, stations: Stations, places: tuple[np.ndarray, np.ndarray] | None, relief: Relief, reporter: Reporter
) -> Stations:
    """The stations with those marked that are used; `places` are their coordinates in their file, None for a raster's."""
    refuse_mistaken(job, stations, relief, places)
    parameter = height_parameter(job)
    check_heights(stations, parameter, reporter)
    start = "STARTING_RELIEF" if job.starting_relief is not None else "REFERENCE_LEVEL"
    check_start(stations, relief, (start, parameter), reporter)
    stations = check_stations(stations, relief, reporter, job.repeat_tolerance)
    doubt_kilometres(stations, relief, parameter, reporter)
    doubt_far_heights(stations, relief, parameter, reporter)
    doubt_zero_stations(stations, "GRAVITY" if places is None else "GRAVITY_FIELD", parameter, reporter)
    return stations


def read_relief(source: RasterSource, parameter: str, what: str, reporter: Reporter) -> Relief:
    """A relief that can be computed with: projected or on a local grid, in metres, no cell empty."""
    refuse_more_cells(source, parameter)
    relief = read_heights(source, parameter, reporter)
    centre = float(relief.easting.mean()), float(relief.northing.mean())
    require_projected(relief.grid.crs, centre, what, parameter)
    refuse_beyond(FARTHEST, "m", relief.heights, what, parameter)
    refuse_voids(relief, "m", what, parameter)
    empty = int(np.isnan(relief.heights).sum())
    if empty:
        percent = 100.0 * empty / relief.heights.size
        raise InputError(
            f"{what} has {empty} empty cells ({percent:.2g} percent). Fill them (Fill NoData cells) or cut the raster "
            f"to where it has values, and give that as {parameter}.",
            parameter,
        )
    return relief


def read_starting_relief(
    job: SurveyJob, gravity_crs: pyproj.CRS | None, places: tuple[np.ndarray, np.ndarray], reporter: Reporter
) -> Relief:
    """The raster that was given, else flat at the reference level on a grid of EXTENT and SPACING.

    The gravity's `places`, easting and northing in its CRS, tell which projection to advise.
    """
    if job.starting_relief is not None:
        relief = read_relief(job.starting_relief, "STARTING_RELIEF", "The starting relief", reporter)
        check_projection(relief.grid, "STARTING_RELIEF", reporter, job.local_grid)
        return relief
    extent: Any = given(job.extent, "EXTENT")  # an Extent or an ExtentSource
    spacing = given(job.spacing, "SPACING")
    crs = parse_crs(job.crs, "CRS") if job.crs else gravity_crs
    if crs is None and job.local_grid:
        crs = parse_crs(LOCAL_GRID, "LOCAL_GRID")
    if crs is None:
        raise InputError(
            "There is no coordinate reference system: neither the gravity has one nor was CRS given. Give CRS, or turn LOCAL_GRID "
            "on where all lies on a local grid in metres.",
            "CRS",
        )
    if job.crs:
        require_projected(crs, middle_of(extent), "CRS", "CRS")
    else:
        require_projected(crs, middle(*places, period(crs)), "The gravity", "GRAVITY")
    every = slice(None, None, max(places[0].size // SOME, 1))
    some = transform(places[0][every], places[1][every], gravity_crs or crs, crs, "GRAVITY")
    grid = grid_of_extent(extent, spacing, crs, reporter, rasters_of(job), some)
    check_projection(grid, "CRS" if job.crs else "GRAVITY", reporter, job.local_grid)
    return Relief(grid, np.full(grid.shape, job.reference_level))


def read_density(job: DensityJob, grid: Grid, reporter: Reporter) -> tuple[np.ndarray, np.ndarray | None]:
    """The density contrast of each cell, kg/m3, and the law by which it varies with depth, if any.

    The contrast is that of DENSITY_GRID at the cells' centres, else of the law at its datum, else DENSITY_CONTRAST.
    """
    if job.density_law is None:
        return _contrast(job, job.density_contrast, grid, reporter), None
    law = read_law(job.density_law, job.reference_level if job.density_datum is None else job.density_datum)
    return _contrast(job, law.contrast, grid, reporter), law.packed()


def _contrast(job: DensityJob, plain: float, grid: Grid, reporter: Reporter) -> np.ndarray:
    if job.density_grid is None:
        refuse_contrast(plain, density_parameter(job))
        return np.full(grid.shape, plain)
    raster = read_layer(job.density_grid, "DENSITY_GRID", reporter, (*grid.centres(), grid.crs))
    refuse_beyond(LARGEST_CONTRAST, "kg/m3", raster.on(grid), "DENSITY_GRID", "DENSITY_GRID")
    refuse_voids(raster, "kg/m3", "DENSITY_GRID", "DENSITY_GRID", grid)
    contrast = contrast_in_kg_per_m3(raster, job.density_grid, reporter).on(grid)
    empty = int(np.isnan(contrast).sum())
    if empty:
        raise InputError(
            f"DENSITY_GRID has no value at {empty} of the relief's {grid.size} cells. Give a raster that covers it.",
            "DENSITY_GRID",
        )
    if not contrast.any():
        raise InputError("DENSITY_GRID is 0 everywhere, so the relief has no gravity. Give contrasts.", "DENSITY_GRID")
    return contrast


def _gravity_raster(job: SurveyJob, raster: RasterSource, reporter: Reporter) -> Relief:
    field = next((name.upper() for name in POINT_FIELDS if getattr(job, name)), None)
    _require_raster(raster.path, field is None)
    if field:
        raise InputError(
            f"{field} names a field of points, and GRAVITY is a raster. Leave it out, or give GRAVITY as points.", field
        )
    refuse_more_cells(raster, "GRAVITY")
    source = replace(raster, band=max(raster.band, job.gravity_band))
    return gravity_in_mgal(read_layer(source, "GRAVITY", reporter), source, reporter)


def _require_raster(path: str, text: bool) -> None:
    """Refuse what is no raster, or only one of `text` that GDAL takes for one: it may be meant as points."""
    import rasterio

    refuse_network(path, "GRAVITY")
    if not Path(path).exists() and not path.upper().startswith("NETCDF:"):
        raise InputError(
            f"GRAVITY: there is no file {path}. Give an existing raster, or points (.csv or .columns.json).", "GRAVITY"
        )
    try:
        with rasterio.open(path) as file:
            driver = file.driver
    except rasterio.errors.RasterioIOError:
        driver = None
    if driver is None and is_old_gmt_grid(path):
        return
    if driver is None or (driver == TEXT_RASTER and not text):
        raise InputError(
            f"GRAVITY: {path} is no raster that can be read. Give a GeoTIFF or NetCDF file, or points as .csv or "
            ".columns.json.",
            "GRAVITY",
        )


def _read_points(source: PointSource, reporter: Reporter) -> Columns:
    columns = read_columns(source.path, "GRAVITY", reporter.log)
    if columns.count == 0:
        raise InputError(f"GRAVITY: {columns.source} holds no stations. Give a layer with points.", "GRAVITY")
    return columns


def _stations_of_points(
    job: SurveyJob,
    points: Columns,
    places: tuple[np.ndarray, np.ndarray],
    crs: pyproj.CRS,
    grid: Grid,
    reporter: Reporter,
) -> Stations:
    easting, northing = grid.bring(*places, crs, "GRAVITY")

    def column(field: str, parameter: str) -> np.ndarray:
        return number_without_voids(points, field, parameter, "stations", (easting, northing), reporter)

    field = given(job.gravity_field, "GRAVITY_FIELD", "Name the field of gravity in mGal.")
    gravity = column(field, "GRAVITY_FIELD")
    test_field = getattr(job, "test_field", None)
    test = column(test_field, "TEST_FIELD") if test_field else np.zeros(points.count)
    return Stations(
        easting=easting,
        northing=northing,
        height=station_heights(job, points, (easting, northing, grid.crs), "GRAVITY", reporter),
        gravity=gravity,
        error=_errors(job, column(job.error_field, "ERROR_FIELD") if job.error_field else None, points.count),
        regional=column(job.regional_field, "REGIONAL_FIELD") if job.regional_field else np.zeros(points.count),
        test=np.nan_to_num(test) != 0,
        used=np.ones(points.count, dtype=bool),
        crs=grid.crs,
        has_errors=bool(job.error_field or job.error),
        has_test=bool(test_field),
    )


def _stations_of_raster(job: SurveyJob, lattice: Relief, grid: Grid, reporter: Reporter) -> Stations:
    if getattr(job, "test_field", None):
        raise InputError(
            "TEST_FIELD names a field of points, and GRAVITY is a raster. Leave it out; SPLIT 1 withholds alternate nodes.",
            "TEST_FIELD",
        )
    node = np.flatnonzero(np.isfinite(lattice.heights))
    if node.size == 0:
        raise InputError("GRAVITY has no cell with a value. Give another band or raster.", "GRAVITY")
    east, north = lattice.grid.centres()
    easting, northing = grid.bring(east[node], north[node], lattice.grid.crs, "GRAVITY")
    return Stations(
        easting=easting,
        northing=northing,
        height=station_heights(job, None, (easting, northing, grid.crs), "GRAVITY", reporter),
        gravity=lattice.heights.ravel()[node],
        error=np.full(node.size, job.error or 1.0),
        regional=np.zeros(node.size),
        test=np.zeros(node.size, dtype=bool),
        used=np.ones(node.size, dtype=bool),
        crs=grid.crs,
        has_errors=bool(job.error),
        lattice=lattice.grid,
        node=node,
    )


def station_heights(
    job: SurveyJob | ForwardGravityJob,
    points: Columns | None,
    places: Places,
    parameter: str,
    reporter: Reporter,
) -> np.ndarray:
    """Heights of stations, m: of their field, else of HEIGHT_RASTER, else the one number HEIGHT.

    A field is converted from the unit of the vertical part of the points' CRS.
    """
    if points is not None and job.height_field:
        crs = points.crs or getattr(job, f"{parameter.lower()}_crs") or getattr(job, "crs", None)
        at = places[0], places[1]
        heights = number_without_voids(points, job.height_field, "HEIGHT_FIELD", "stations", at, reporter)
        return in_metres(heights, points_vertical(crs, points, job.height_field, parameter), "HEIGHT_FIELD", reporter)
    if job.height_raster is not None:
        raster = read_heights(job.height_raster, "HEIGHT_RASTER", reporter, places)
        there = raster.grid.bring(*places, "HEIGHT_RASTER")
        refuse_beyond(FARTHEST, "m", raster.sample(*there), "HEIGHT_RASTER", "HEIGHT_RASTER")
        heights = without_voids(raster, "stations there have no height", "HEIGHT_RASTER", reporter).sample(*there)
        if np.isnan(heights).all():
            raise InputError(
                f"HEIGHT_RASTER does not overlap {parameter}: no station has a height. Give one that covers them.",
                "HEIGHT_RASTER",
            )
        return heights
    if job.height is not None:
        return np.full(places[0].size, job.height)
    raise InputError(
        "The stations have no heights. Give HEIGHT_FIELD, HEIGHT_RASTER or one HEIGHT for all, in metres, in the relief's "
        "vertical datum.",
        "HEIGHT",
    )


def _errors(job: SurveyJob, of_field: np.ndarray | None, count: int) -> np.ndarray:
    if of_field is None:
        return np.full(count, job.error or 1.0)
    bad = int((of_field < LEAST_ERROR).sum())
    if bad:
        least = "0 or below" if (of_field <= 0).any() else f"less than {LEAST_ERROR:g} mGal"
        raise InputError(
            f"ERROR_FIELD: {bad} stations have an error of {least}. Give standard errors above 0, in mGal.",
            "ERROR_FIELD",
        )
    return of_field
