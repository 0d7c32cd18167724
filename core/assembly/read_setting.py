"""From an inverting job to its setting: everything it names is read, brought onto one grid and checked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..data.clearance import lies_at_stations
from ..data.padding import pad_relief, proposed_margin
from ..data.polygons import PolygonSource, cells_inside
from ..data.rasters import RasterSource, read_raster
from ..data.relief import Grid, Relief
from ..data.stations import Stations
from ..errors import InputError
from ..events.protocol import Reporter
from ..inversion.known_relief import KnownRelief, points_on
from ..job.jobs import InversionJob
from ..operators.dense import ANNULUS
from ..regional.method import Samples
from ..regional.separation import separate
from ..survey.known_points import inside, read_known_points
from ..survey.sign_check import check_sign
from ..survey.survey import Survey, read_density, read_survey
from .first_relief import tell_first_relief
from .relief_limits import below_stations, check_limits, with_levels
from .setting import InversionSetting, View

DEFAULT_KNOWN_ERROR = 1.0  # m, of a known point that comes without one


def read_setting(job: InversionJob, reporter: Reporter) -> InversionSetting:
    """Read all that a job names.

    Raises
    ------
    InputError
        As for a survey; nothing free; a start outside its limits; limits that cross.
    """
    given = read_survey(job, reporter)
    survey = _padded(job, given, reporter)
    grid = survey.relief.grid
    margin = ~given.relief.grid.contains(*grid.centres()).reshape(grid.shape)
    free = _free_cells(job, grid) | margin
    lower, upper = (
        _limit(job.lower_limit, grid, -np.inf, "LOWER_LIMIT"),
        _limit(job.upper_limit, grid, np.inf, "UPPER_LIMIT"),
    )
    check_limits(job, survey.relief, free, lower, upper)
    limits = with_levels(job, grid, lower, upper)
    at_stations = lies_at_stations(survey.stations, survey.relief, free & ~margin)
    if at_stations or job.below_stations:
        _check_annulus(job, survey.stations)
        limits = limits[0], below_stations(survey.stations, grid, free, limits, asked=job.below_stations)
    view = View(free, survey.relief.heights, _known(job, survey.relief, reporter), margin)
    true = _true_relief(job, grid)
    setting = InversionSetting(job, survey, view, *limits, true, reporter, at_stations=at_stations)
    if setting.joint and not setting.pinned:
        reporter.warning(
            "Nothing is known of the relief, so gravity can't part its mean and tilt from the regional: they are held at "
            "the starting relief's. Give FREE_CELLS or KNOWN_POINTS to do better.",
            "REGIONAL",
        )
    setting = _separated(setting, reporter)
    if not setting.joint:
        check_sign(setting.survey.stations, setting.start_gravity, survey.relief, survey.contrast, reporter, survey.law)
    if at_stations:
        tell_first_relief(setting.first_relief(survey.stations.used), survey.relief, free, reporter)
    return setting


def _check_annulus(job: InversionJob, stations: Stations) -> None:
    """Refuse the annulus where it is 0, or has the wrong sign, at most stations: no step would move the relief."""
    height = stations.height[stations.used]
    if job.derivative == ANNULUS and np.mean(height <= job.reference_level) > 0.5:
        raise InputError(
            "DERIVATIVE 1 (annulus) tells nothing of a relief where REFERENCE_LEVEL is as high as the stations. Use "
            "DERIVATIVE 0 (exact).",
            "DERIVATIVE",
        )


def _padded(job: InversionJob, survey: Survey, reporter: Reporter) -> Survey:
    """The survey on a relief with a margin, where one is asked for."""
    proposed = proposed_margin(survey.stations, survey.relief)
    margin = proposed if job.padding < 0 else 1000.0 * job.padding
    if margin == 0 and proposed > 0 and job.padding == 0:
        reporter.log(
            f"Stations reach the relief's edge, whose cells then take up what lies beyond: PADDING {proposed / 1000:.3g} "
            "(km) would put a margin around it."
        )
    if margin <= 0:
        return survey
    relief = pad_relief(survey.relief, margin)
    reporter.log(f"A margin of {margin / 1000:.3g} km was put around the relief: {relief.grid.size} cells.")
    if job.density_grid is None:
        return replace(survey, relief=relief, contrast=read_density(job, relief.grid)[0])
    contrast = pad_relief(survey.relief.with_heights(survey.contrast), margin).heights
    return replace(survey, relief=relief, contrast=contrast)


def _free_cells(job: InversionJob, grid: Grid) -> np.ndarray:
    if job.free_cells is None:
        return np.ones(grid.shape, dtype=bool)
    if isinstance(job.free_cells, PolygonSource):
        free = cells_inside(job.free_cells, grid, "FREE_CELLS")
    else:
        free = np.nan_to_num(read_raster(job.free_cells, "FREE_CELLS").on(grid, nearest=True)) != 0
    if not free.any():
        raise InputError(
            "FREE_CELLS frees no cell of the relief: it is 0 or empty everywhere there. Give a raster that overlaps the "
            "relief and is 1 where it may move, or polygons over it.",
            "FREE_CELLS",
        )
    return free


def _limit(source: RasterSource | None, grid: Grid, without: float, parameter: str) -> np.ndarray | None:
    if source is None:
        return None
    values = read_raster(source, parameter).on(grid)
    if not np.isfinite(values).any():
        raise InputError(f"{parameter} does not overlap the starting relief. Give one that does.", parameter)
    return np.where(np.isfinite(values), values, without)


def _known(job: InversionJob, relief: Relief, reporter: Reporter) -> KnownRelief | None:
    if job.known_points is None:
        return None
    points = inside(read_known_points(job, relief.grid.crs, reporter), relief, reporter)
    error = np.where(points.error > 0, points.error, DEFAULT_KNOWN_ERROR)
    return points_on(relief.grid, points.easting, points.northing, points.height, error)


def _true_relief(job: InversionJob, grid: Grid) -> np.ndarray | None:
    if job.true_relief is None:
        return None
    true = read_raster(job.true_relief, "TRUE_RELIEF").on(grid)
    if not np.isfinite(true).any():
        raise InputError("TRUE_RELIEF does not overlap the starting relief. Give one that does.", "TRUE_RELIEF")
    return true


def _separated(setting: InversionSetting, reporter: Reporter) -> InversionSetting:
    """The setting with its stations' regional separated beforehand, where the job names such a method."""
    if setting.job.regional in (0, 6):
        return setting
    stations = setting.survey.stations
    used = stations.where(stations.used)
    rest = used.gravity - setting.start_gravity[stations.used] - used.regional
    samples = Samples(used.easting, used.northing, rest, 1.0 / used.error**2)
    separation = separate(setting.job, setting.survey, samples, reporter)
    found = stations.regional.copy()
    found[stations.used] += separation.predict(used.easting, used.northing)
    survey = replace(setting.survey, stations=replace(stations, regional=found))
    separated = replace(setting, survey=survey, separation=separation, given_regional=stations.regional)
    separated.__dict__["start_gravity"] = setting.start_gravity  # which does not depend on it
    return separated
