"""What known points tell by themselves: another sign than those around, contradictions, errors without measure."""

from __future__ import annotations

import numpy as np

from ..data.relief import Grid
from ..events.protocol import Reporter
from .height_evidence import FAR_BETTER, nearness
from .known_points import SAME_HEIGHT, KnownPoints
from .repeats import ERRORS_APART

CLOSE = 0.1
"""Of a cell: points closer than that see the same relief."""
LEAST_SHARE = 0.05
"""Of the range of known heights without errors: closer ones agree."""
NEIGHBOURS = 5
OPPOSED = 0.8
"""Of the points that differ in sign from those around them: if so many agree once theirs is turned, it is a slip."""
FEWEST_OPPOSED = 3


def doubt_among(points: KnownPoints, grid: Grid, at_start: np.ndarray, reporter: Reporter) -> None:
    """Warn of what the known points tell by themselves: another sign, contradictions, errors without measure.

    Parameters
    ----------
    points : KnownPoints
    grid : Grid
        The relief's.
    at_start : array (n,)
        The starting relief at the points, m; empty where there is none yet.
    reporter : Reporter
    """
    if points.size > 1:
        _doubt_opposed(points, nearness(grid), reporter)
        _doubt_near_pairs(points, CLOSE * min(grid.dx, grid.dy), reporter)
    _doubt_errors(points, at_start, nearness(grid), reporter)


def _doubt_opposed(points: KnownPoints, near: float, reporter: Reporter) -> None:
    """Warn of a minority of known points that would agree with those around them, were their sign turned.

    Land among soundings differs from them by some height or other; soundings of the other sign by twice their depth.
    """
    if points.size < 2 * NEIGHBOURS:
        return
    from scipy.spatial import cKDTree

    places = np.column_stack([points.easting, points.northing])
    around = np.median(points.height[cKDTree(places).query(places, k=NEIGHBOURS + 1)[1][:, 1:]], axis=1)
    departure, turned = np.abs(points.height - around), np.abs(-points.height - around)
    opposed = (points.height * around < 0.0) & (departure > near)
    slips = opposed & (departure > FAR_BETTER * turned)
    count = int(slips.sum())
    if count < FEWEST_OPPOSED or count < OPPOSED * opposed.sum() or 2 * count > points.size:
        return
    k = int(np.argmax(slips))
    reporter.warning(
        f"{count} of {points.size} known points have the opposite sign of those around them, which they would agree with were "
        f"it turned, the first at {points.easting[k]:.0f} east, {points.northing[k]:.0f} north ({points.height[k]:.4g} m). "
        "Check the sign of KNOWN_FIELD there.",
        "KNOWN_FIELD",
        count,
    )


def _doubt_errors(points: KnownPoints, at_start: np.ndarray, near: float, reporter: Reporter) -> None:
    """Warn of standard errors so large that the points say nothing: beyond all that heights and start differ by."""
    given = points.error[points.error > 0]
    heights = np.concatenate([points.height, at_start[np.isfinite(at_start)]])
    if given.size == 0 or heights.size < 2:
        return
    error, spread = float(np.median(given)), float(np.ptp(heights))
    if error > max(spread, near):
        reporter.warning(
            f"The known points have errors of {error:.4g} m, and all their heights and the relief there lie within {spread:.4g} m: "
            "they hardly count. Check the unit of KNOWN_ERROR or KNOWN_ERROR_FIELD: metres.",
            "KNOWN_ERROR",
        )


def _doubt_near_pairs(points: KnownPoints, close: float, reporter: Reporter) -> None:
    """Warn of pairs much closer than a cell whose heights differ by more than their errors and a slope of 45 degrees let."""
    from scipy.spatial import cKDTree

    places = np.column_stack([points.easting, points.northing])
    apart, number = (column[:, 1] for column in cKDTree(places).query(places, k=2))
    difference = np.abs(points.height - points.height[number])
    error = np.hypot(points.error, points.error[number])
    allowed = apart + np.maximum(ERRORS_APART * error, np.where(error > 0, 0.0, LEAST_SHARE * np.ptp(points.height)))
    beyond = (apart < close) & (difference > allowed + SAME_HEIGHT)
    if not beyond.any():
        return
    one = int(np.argmax(np.where(beyond, difference - allowed, -np.inf)))
    two = int(number[one])
    reporter.warning(
        f"{int(beyond.sum())} of {points.size} known points contradict another one much closer than a cell, the worst by "
        f"{difference[one]:.4g} m within {apart[one]:.3g} m ({points.height[one]:.4g} and {points.height[two]:.4g} m at "
        f"{points.easting[one]:.0f} east, {points.northing[one]:.0f} north). Remove what is wrong, or give larger errors.",
        "KNOWN_POINTS",
        int(beyond.sum()),
    )
