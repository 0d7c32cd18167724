"""Points at which the relief is known: soundings, wells, picks of a seismic section."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ..data.columns import Columns, read_columns
from ..data.crs import LOCAL_GRID, middle, parse_crs, require_projected, transform
from ..data.longitudes import gathered, period
from ..data.relief import Relief
from ..errors import InputError, given
from ..events.protocol import Reporter
from ..job.parts import KnownPointsJob
from .heights import in_metres, points_vertical

if TYPE_CHECKING:
    import pyproj

SAME_PLACE = 1e-3  # m


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
    columns = read_columns(given(job.known_points, "KNOWN_POINTS").path, "KNOWN_POINTS")
    source = _source_crs(job, columns, target)
    easting, northing = columns.coordinates("KNOWN_POINTS")
    if target is None:
        require_projected(source, middle(easting, northing, period(source)), "KNOWN_POINTS", "KNOWN_POINTS")
    crs = target or source
    easting, northing = transform(easting, northing, source, crs, "KNOWN_POINTS")
    easting = gathered(easting, period(crs))
    counted = points_vertical(columns.crs or job.known_points_crs, "KNOWN_POINTS")
    height = columns.number(given(job.known_field, "KNOWN_FIELD"), "KNOWN_FIELD")
    height = in_metres(height, counted, "KNOWN_FIELD", reporter)
    error = _errors(job, columns, counted.metres)
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


def _source_crs(job: KnownPointsJob, columns: Columns, target: pyproj.CRS | None) -> pyproj.CRS:
    text = columns.crs or job.known_points_crs
    if text:
        return parse_crs(text, "KNOWN_POINTS")
    if target is None and job.local_grid:
        return parse_crs(LOCAL_GRID, "LOCAL_GRID")
    if target is None:
        raise InputError(
            "KNOWN_POINTS has no coordinate reference system. Give one, or CRS for the grid.", "KNOWN_POINTS"
        )
    return target


def _errors(job: KnownPointsJob, columns: Columns, metres: float) -> np.ndarray:
    """Standard errors, m; those of a field are in the unit of the heights."""
    if job.known_error_field is None:
        return np.full(columns.count, job.known_error or 0.0)
    errors = columns.number(job.known_error_field, "KNOWN_ERROR_FIELD")
    negative = int((errors < 0).sum())
    if negative:
        raise InputError(
            f"KNOWN_ERROR_FIELD: {negative} points have an error below 0. Give standard errors in metres.",
            "KNOWN_ERROR_FIELD",
        )
    return errors * metres


def _averaged(points: KnownPoints, reporter: Reporter) -> KnownPoints:
    """Points at one place as one, at the mean of their heights and with the RMS of their errors."""
    keys = np.round(np.column_stack([points.easting, points.northing]) / SAME_PLACE)
    _, first, group = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    if first.size == points.size:
        return points
    group = group.ravel()
    reporter.warning(
        f"{points.size - first.size} of {points.size} known points lie where another one does; each such place takes the "
        "mean of its heights.",
        "KNOWN_POINTS",
        points.size - first.size,
    )
    count = np.bincount(group)
    order = np.argsort(first)
    height = (np.bincount(group, points.height) / count)[order]
    error = np.sqrt(np.bincount(group, points.error**2) / count)[order]
    kept = np.sort(first)
    return KnownPoints(points.easting[kept], points.northing[kept], height, error, points.crs)


def _warn(reporter: Reporter, mask: np.ndarray, what: str) -> None:
    count = int(mask.sum())
    if count:
        reporter.warning(f"{count} of {mask.size} known points {what}.", "KNOWN_POINTS", count)
