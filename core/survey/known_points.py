"""Points at which the relief is known: soundings, wells, picks of a seismic section."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ..data.columns import Columns, read_columns
from ..data.coordinate_columns import locate
from ..data.crs import LOCAL_GRID, middle, parse_crs, require_projected, transform
from ..data.longitudes import gathered, period
from ..data.relief import Relief
from ..errors import InputError, given
from ..events.protocol import Reporter
from ..job.parts import KnownPointsJob
from .heights import in_metres, points_vertical
from .mistaken_columns import same
from .repeats import ERRORS_APART
from .voids import FARTHEST, number_without_voids

if TYPE_CHECKING:
    import pyproj

SAME_PLACE = 1e-3  # m
SAME_HEIGHT = 1.0  # m: what points without errors count as known to
LEAST_ERROR = 1e-9  # m, but for 0


@dataclass(frozen=True)
class KnownPoints:
    """Heights of the relief at places in the grid's CRS."""

    easting: np.ndarray  # (n,) m
    northing: np.ndarray  # (n,) m
    height: np.ndarray  # (n,) m, positive up
    error: np.ndarray  # (n,) m, standard error; 0 where none was given
    crs: pyproj.CRS

    @property
    def size(self) -> int:
        return self.height.size

    def where(self, mask: np.ndarray) -> KnownPoints:
        """Only the points of the mask (n,)."""
        return KnownPoints(self.easting[mask], self.northing[mask], self.height[mask], self.error[mask], self.crs)


def read_known_points(job: KnownPointsJob, target: pyproj.CRS | None, reporter: Reporter) -> KnownPoints:
    """The known points of a job that has some, brought into a CRS.

    Points without a value are left out, those at one place are averaged; each with a warning.

    Parameters
    ----------
    job : KnownPointsJob
    target : pyproj.CRS or None
        The grid's. None: the points' own, which then must be projected and in metres.
    reporter : Reporter

    Raises
    ------
    InputError
        No file, no field, no CRS, no point with a value, a negative error.
    """
    columns = read_columns(given(job.known_points, "KNOWN_POINTS").path, "KNOWN_POINTS", reporter.log)
    places = locate(columns, job.known_points_crs, "KNOWN_POINTS")
    source = places.crs or target
    if source is None and job.local_grid:
        source = parse_crs(LOCAL_GRID, "LOCAL_GRID")
    if source is None:
        raise InputError(
            "KNOWN_POINTS has no coordinate reference system. Give one, or CRS for the grid.", "KNOWN_POINTS"
        )
    if target is None:
        require_projected(source, middle(places.east, places.north, period(source)), "KNOWN_POINTS", "KNOWN_POINTS")
    crs = target or source
    raw = places.east, places.north
    easting, northing = transform(*raw, source, crs, "KNOWN_POINTS")
    easting = gathered(easting, period(crs))
    field = given(job.known_field, "KNOWN_FIELD")
    counted = points_vertical(columns.crs or job.known_points_crs, columns, field, "KNOWN_POINTS")
    height = number_without_voids(columns, field, "KNOWN_FIELD", "known points", raw, reporter)
    refuse_known(height, raw, columns.source)
    height = in_metres(height, counted, "KNOWN_FIELD", reporter)
    error = _errors(job, columns, raw, reporter)
    complete = np.isfinite(easting + northing + height + error)
    if not complete.any():
        raise InputError(
            f"KNOWN_POINTS: {columns.source} holds no point with a height. Check KNOWN_FIELD.", "KNOWN_POINTS"
        )
    _warn(reporter, ~complete, "have no place, height or error and are left out")
    easting, northing, height, error = (values[complete] for values in (easting, northing, height, error))
    return _averaged(KnownPoints(easting, northing, height, error, crs), reporter)


def inside(points: KnownPoints, relief: Relief, reporter: Reporter) -> KnownPoints:
    """The points that lie in a cell of the relief; a warning with the number of the others, an error if none does."""
    points = replace(points, easting=relief.grid.near(points.easting))
    within = relief.grid.contains(points.easting, points.northing)
    if not within.any():
        raise InputError(
            "KNOWN_POINTS and the relief do not overlap. Check their coordinate reference systems.", "KNOWN_POINTS"
        )
    _warn(reporter, ~within, "lie outside the relief and are left out")
    return points.where(within)


def refuse_known(height: np.ndarray, places: tuple[np.ndarray, np.ndarray], source: str) -> None:
    """Refuse heights that are the points' coordinates, or beyond 1,000 km.

    Raises
    ------
    InputError
        With the number of those beyond.
    """
    for name, coordinate in zip(("easting", "northing"), places, strict=True):
        if same(height, coordinate):
            raise InputError(
                f"KNOWN_FIELD holds the {name} of the points in {source}. Choose the field of the relief's heights in metres.",
                "KNOWN_FIELD",
            )
    beyond = np.abs(height) > FARTHEST
    if beyond.any():
        raise InputError(
            f"KNOWN_FIELD: {int(beyond.sum())} of {beyond.size} known points have a height of {height[beyond][0]:,.0f} m or the like, "
            "where no relief is. Give heights in metres, empty where there is none.",
            "KNOWN_FIELD",
        )


def _errors(
    job: KnownPointsJob, columns: Columns, places: tuple[np.ndarray, np.ndarray], reporter: Reporter
) -> np.ndarray:
    """Standard errors, m; those of a field are in the unit of the points' heights."""
    if job.known_error_field is None:
        return np.full(columns.count, job.known_error or 0.0)
    field = job.known_error_field
    errors = number_without_voids(columns, field, "KNOWN_ERROR_FIELD", "known points", places, reporter)
    negative = int((errors < 0).sum())
    if negative:
        raise InputError(
            f"KNOWN_ERROR_FIELD: {negative} points have an error below 0. Give standard errors in metres.",
            "KNOWN_ERROR_FIELD",
        )
    crs = columns.crs or job.known_points_crs
    errors = errors * points_vertical(crs, columns, field, "KNOWN_POINTS").metres
    if ((errors > 0) & (errors < LEAST_ERROR)).any():
        raise InputError(
            f"KNOWN_ERROR_FIELD: there are errors of less than {LEAST_ERROR:g} m. Give standard errors in metres, 0 for none.",
            "KNOWN_ERROR_FIELD",
        )
    return errors


def _averaged(points: KnownPoints, reporter: Reporter) -> KnownPoints:
    """Points at one place as one, at the mean of their heights and with the RMS of their errors."""
    keys = np.round(np.column_stack([points.easting, points.northing]) / SAME_PLACE)
    _, first, group = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    if first.size == points.size:
        return points
    group = group.ravel()
    _tell_repeats(points, group, reporter)
    count = np.bincount(group)
    order = np.argsort(first)
    height = (np.bincount(group, points.height) / count)[order]
    error = np.sqrt(np.bincount(group, points.error**2) / count)[order]
    kept = np.sort(first)
    return KnownPoints(points.easting[kept], points.northing[kept], height, error, points.crs)


def _tell_repeats(points: KnownPoints, group: np.ndarray, reporter: Reporter) -> None:
    """Log that places are averaged; a doubt where the heights of one differ by more than their errors let them."""
    places = int(group.max()) + 1
    low, high, error = np.full(places, np.inf), np.full(places, -np.inf), np.zeros(places)
    np.minimum.at(low, group, points.height)
    np.maximum.at(high, group, points.height)
    np.maximum.at(error, group, points.error)
    spread = high - low
    text = (
        f"{group.size - places} of {group.size} known points lie where another one does; each such place takes the mean of "
        f"its heights, which differ by up to {spread.max():.3g} m."
    )
    beyond = int((spread > np.maximum(SAME_HEIGHT, ERRORS_APART * np.sqrt(2.0) * error)).sum())
    if beyond:
        reporter.warning(
            f"{text} Remove what is wrong at {beyond} of them, or give larger errors.", "KNOWN_POINTS", beyond
        )
    else:
        reporter.log(text)


def _warn(reporter: Reporter, mask: np.ndarray, what: str) -> None:
    count = int(mask.sum())
    if count:
        reporter.warning(f"{count} of {mask.size} known points {what}.", "KNOWN_POINTS", count)
