"""From an inverting job to its setting: everything it names is read, brought onto one grid and checked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..data.clearance import lies_at_stations
from ..data.padding import pad_relief, proposed_margin
from ..data.polygons import PolygonSource, cells_inside
from ..data.rasters import RasterSource
from ..data.relief import Grid, Relief
from ..data.stations import Stations
from ..errors import InputError
from ..events.protocol import Reporter
from ..inversion.known_relief import KnownRelief, points_on
from ..job.jobs import InversionJob
from ..operators.dense import ANNULUS
from ..regional.method import Samples
from ..regional.separation import separate
from ..survey.contrast_check import density_parameter, doubt_contrast_unit
from ..survey.height_evidence import Source, within_limits
from ..survey.heights import read_heights, read_layer
from ..survey.known_checks import check_known_heights
from ..survey.known_points import KnownPoints, inside, read_known_points
from ..survey.level_check import check_levels, doubt_reference_level
from ..survey.mistaken_rasters import check_mask, doubt_mask
from ..survey.offset_check import doubt_offset
from ..survey.sign_check import check_sign
from ..survey.sign_evidence import doubt_sign
from ..survey.survey import Survey, read_density, read_survey
from ..survey.voids import without_voids
from .first_relief import slab_depth, tell_first_relief
from .limit_check import doubt_upper_limit
from .relief_limits import below_stations, check_limits, with_levels
from .setting import InversionSetting, View
from .true_check import check_true_relief

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
    free = _free_cells(job, given.relief, grid, reporter) | margin
    lower, upper = (
        _limit(job.lower_limit, grid, -np.inf, "LOWER_LIMIT", reporter),
        _limit(job.upper_limit, grid, np.inf, "UPPER_LIMIT", reporter),
    )
    check_limits(job, survey.relief, free, lower, upper)
    if upper is not None:
        doubt_upper_limit(survey.stations, survey.relief, free, upper, reporter)
    limits = with_levels(job, grid, lower, upper)
    at_stations = lies_at_stations(survey.stations, survey.relief, free & ~margin)
    if at_stations or job.below_stations:
        _check_annulus(job, survey.stations)
        limits = limits[0], below_stations(survey.stations, grid, free, limits, asked=job.below_stations)
    points, true = _known(job, survey, (lower, upper), reporter), _true_relief(job, grid, reporter)
    if true is not None:
        check_true_relief(survey.stations, survey.relief, true, reporter)
    check_levels(job, survey, reporter)
    view = View(free, survey.relief.heights, _as_equations(points, grid), margin)
    setting = InversionSetting(job, survey, view, *limits, true, reporter, at_stations=at_stations)
    if setting.joint and not setting.pinned:
        reporter.warning(
            "Nothing is known of the relief, so gravity can't part its mean and tilt from the regional: they are held at "
            "the starting relief's. Give FREE_CELLS or KNOWN_POINTS to do better.",
            "REGIONAL",
        )
    doubted = _doubt_signs(setting, points)
    setting = _separated(setting, reporter)
    _doubt_contrast_unit(setting, reporter)
    if not (doubted or setting.joint):
        told = len(reporter.doubts)
        check_sign(
            setting.survey.stations,
            setting.start_gravity,
            survey.relief,
            survey.contrast,
            reporter,
            survey.law,
            density_parameter(job),
        )
        if job.regional == 0 and len(reporter.doubts) == told:
            stations = setting.survey.stations
            misfit = stations.gravity - setting.start_gravity - stations.regional
            doubt_offset(stations, misfit, survey.contrast, survey.law, reporter)
    if at_stations:
        tell_first_relief(setting.first_relief(survey.stations.used), survey.relief, free, reporter)
    return setting


def _doubt_contrast_unit(setting: InversionSetting, reporter: Reporter) -> None:
    """Doubt a small contrast's unit by the misfit before and, where that is known, after the regional was taken off."""
    survey = setting.survey
    stations = survey.stations
    misfit = stations.gravity - setting.start_gravity
    given = stations.regional if setting.given_regional is None else setting.given_regional
    doubt_contrast_unit(
        stations,
        misfit - given,
        None if setting.joint else misfit - stations.regional,
        survey.relief,
        survey.contrast,
        survey.law,
        density_parameter(setting.job),
        reporter,
    )


def _doubt_signs(setting: InversionSetting, points: KnownPoints | None) -> bool:
    """Whether the start or the known points make the contrast's sign doubtful; so it and the reference level's is said."""
    job, survey, everywhere = setting.job, setting.survey, np.ones(setting.view.free.shape, dtype=bool)
    gravity_of = setting.operator(survey.stations.used, everywhere).gravity
    doubt_reference_level(job, survey, setting.start_gravity, gravity_of, setting.reporter)
    return doubt_sign(survey, setting.start_gravity, gravity_of, points, density_parameter(job), setting.reporter)


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
    proposed = proposed_margin(survey.stations, survey.relief, slab_depth(survey))
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
        return replace(survey, relief=relief, contrast=read_density(job, relief.grid, reporter.quiet())[0])
    contrast = pad_relief(survey.relief.with_heights(survey.contrast), margin).heights
    return replace(survey, relief=relief, contrast=contrast)


def _free_cells(job: InversionJob, relief: Relief, grid: Grid, reporter: Reporter) -> np.ndarray:
    if job.free_cells is None:
        return np.ones(grid.shape, dtype=bool)
    if isinstance(job.free_cells, PolygonSource):
        free = cells_inside(job.free_cells, grid, "FREE_CELLS")
    else:
        around = (*grid.centres(), grid.crs)
        mask = without_voids(
            read_layer(job.free_cells, "FREE_CELLS", reporter, around), "not free", "FREE_CELLS", reporter
        )
        check_mask(mask, relief, "FREE_CELLS", reporter)
        free = np.nan_to_num(mask.on(grid, nearest=True)) != 0
    if not free.any():
        raise InputError(
            "FREE_CELLS frees no cell of the relief: it is 0 or empty everywhere there. Give a raster that overlaps the "
            "relief and is 1 where it may move, or polygons over it.",
            "FREE_CELLS",
        )
    return free


def _limit(
    source: RasterSource | None, grid: Grid, without: float, parameter: str, reporter: Reporter
) -> np.ndarray | None:
    if source is None:
        return None
    raster = read_heights(source, parameter, reporter, (*grid.centres(), grid.crs))
    values = without_voids(raster, "no limit", parameter, reporter).on(grid)
    if not np.isfinite(values).any():
        raise InputError(f"{parameter} does not overlap the starting relief. Give one that does.", parameter)
    return np.where(np.isfinite(values), values, without)


def _known(
    job: InversionJob, survey: Survey, limits: tuple[np.ndarray | None, np.ndarray | None], reporter: Reporter
) -> KnownPoints | None:
    if job.known_points is None:
        return None
    relief = survey.relief
    points = inside(read_known_points(job, relief.grid.crs, reporter), relief, reporter)
    at_points = [
        None if limit is None else relief.with_heights(limit).sample(points.easting, points.northing, nearest=True)
        for limit in limits
    ]
    more: list[Source] = []
    if job.lower_limit is not None or job.upper_limit is not None:
        more.append(within_limits("what the limits allow", points.height, *at_points))
    check_known_heights(points, survey.stations, relief, reporter, more)
    return points


def _as_equations(points: KnownPoints | None, grid: Grid) -> KnownRelief | None:
    if points is None:
        return None
    error = np.where(points.error > 0, points.error, DEFAULT_KNOWN_ERROR)
    return points_on(grid, points.easting, points.northing, points.height, error)


def _true_relief(job: InversionJob, grid: Grid, reporter: Reporter) -> np.ndarray | None:
    if job.true_relief is None:
        return None
    raster = read_heights(job.true_relief, "TRUE_RELIEF", reporter, (*grid.centres(), grid.crs))
    raster = without_voids(raster, "not scored", "TRUE_RELIEF", reporter)
    doubt_mask(raster, "TRUE_RELIEF", reporter)
    true = raster.on(grid)
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
