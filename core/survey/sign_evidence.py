"""Whether gravity of what is known of the relief has the sign of what was observed.

A smooth regional, a start that is wrong, or noise must raise no doubt: observed and predicted are compared in parts of the
area, each less its own plane, and the opposite sign must fit better in nearly all of them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..data.stations import Stations
from ..events.protocol import Reporter
from ..operators.density_law import contrast_at
from .known_points import KnownPoints
from .likeness import compared, less_trend
from .sign_check import SLAB, has_no_sign
from .survey import Survey

HALVINGS = (2, 3)
"""How often the area is halved to compare in its parts."""
DEGREES = (1, 2, 3)
"""Of the trends less which the RMS is compared with either sign."""
BETTER, BETTER_ALONE = 1.3, 2.0
"""How many times better the opposite sign must fit; where one hill alone tells, clearly better."""
IN_KM = (300.0, 3000.0)
"""Observed over predicted: a start in kilometres has a thousandth of its gravity."""
IN_G_PER_CM3 = 10.0  # kg/m3; so has a contrast in g/cm3, which is none beyond this
FEWEST_POINTS = 6
SURE = 4.0
"""Student's t of a correlation, each two points counted as one."""
NEIGHBOURS = 4
SPACINGS_AWAY = 3.0


def doubt_sign(
    survey: Survey,
    predicted: np.ndarray,
    gravity_of: Callable[[np.ndarray], np.ndarray],
    known: KnownPoints | None,
    parameter: str,
    reporter: Reporter,
) -> bool:
    """Warn where a start that is not flat, or else known points, say that the contrast or gravity has the wrong sign.

    Parameters
    ----------
    survey : Survey
        The regional of its stations is what REGIONAL_FIELD holds.
    predicted : array (n,)
        Gravity of the starting relief, mGal; NaN at stations that are not used.
    gravity_of : callable
        Gravity of heights (ny, nx) at the used stations, mGal.
    known : KnownPoints or None
        Inside the relief.
    parameter : str
        That gave the contrast.
    reporter : Reporter

    Returns
    -------
    bool
        Whether a doubt was told.
    """
    if has_no_sign(survey.contrast.ravel()):
        return False
    if doubt_sign_of_start(survey, predicted, gravity_of, parameter, reporter):
        return True
    return known is not None and doubt_sign_at_points(survey, predicted, known, parameter, reporter)


def doubt_sign_of_start(
    survey: Survey,
    predicted: np.ndarray,
    gravity_of: Callable[[np.ndarray], np.ndarray],
    parameter: str,
    reporter: Reporter,
) -> bool:
    """Warn where gravity of a start that is not flat has the opposite sign of what was observed, see `doubt_sign`."""
    stations, heights = survey.stations, survey.relief.heights
    if np.ptp(heights) == 0.0:
        return False
    used = stations.where(stations.used)
    flat = gravity_of(np.full(heights.shape, heights.mean()))
    of_shape = predicted[stations.used] - flat  # what a slab's edges do is no evidence
    observed = used.gravity - used.regional - flat
    for halvings in HALVINGS:
        likeness = compared(used.easting, used.northing, observed, of_shape, halvings)
        if likeness is None:
            continue
        degree, right, turned = _rms_of_both(used.easting, used.northing, observed, of_shape)
        enough = BETTER if likeness.is_opposed else BETTER_ALONE
        if (likeness.is_opposed or likeness.is_opposed_alone) and right > enough * turned:
            reporter.warning(
                f"Less a trend of degree {degree}, the misfit of the starting relief is {right:.3g} mGal (RMS), and {turned:.3g} mGal "
                f"if the relief's gravity had the opposite sign. Check the sign of {parameter} (density below the relief minus "
                "that above it), of gravity (positive down), and of STARTING_RELIEF (heights, depths negative).",
                parameter,
            )
            return True
        in_km = IN_KM[0] < abs(likeness.factor) < IN_KM[1] and np.median(np.abs(survey.contrast)) > IN_G_PER_CM3
        if in_km and (likeness.is_alike or likeness.is_opposed):
            opposite = "" if likeness.factor > 0 else " and has the opposite sign"
            reporter.warning(
                "What was observed has the shape of the starting relief's gravity, but is "
                f"{abs(likeness.factor):.3g} times as large{opposite}. Check the unit{' and the sign' * bool(opposite)} of "
                "STARTING_RELIEF: heights are in metres, positive up, not in kilometres.",
                "STARTING_RELIEF",
            )
            return True
    return False


def doubt_sign_at_points(
    survey: Survey, predicted: np.ndarray, points: KnownPoints, parameter: str, reporter: Reporter
) -> bool:
    """Warn where the misfit at known points is opposed to what their departure from the start asks for, see `doubt_sign`."""
    stations, relief = survey.stations, survey.relief
    used = stations.where(stations.used)
    misfit = _near(used, used.gravity - used.regional - predicted[stations.used], points)
    start = relief.sample(points.easting, points.northing)
    at_datum = relief.with_heights(survey.contrast).sample(points.easting, points.northing, nearest=True)
    asked = SLAB * contrast_at(at_datum, survey.law, 0.5 * (start + points.height)) * (points.height - start)
    there = np.isfinite(misfit + asked)
    count = int(there.sum())
    if count < FEWEST_POINTS:
        return False
    east, north, misfit, asked = (values[there] for values in (points.easting, points.northing, misfit, asked))
    worst = -1.0
    for degree in (0, 1):
        left, right = (less_trend(values, east, north, degree) for values in (misfit, asked))
        correlation = _correlation(left, right)
        freedom = count / 2.0 - 2.0 - 2.0 * degree / 2.0
        sure = _student(correlation, freedom) < -SURE
        if not sure or _rms(left - right) < BETTER * _rms(left + right):
            return False
        worst = max(worst, correlation)
    reporter.warning(
        f"At {count} known points the misfit is opposed to what their heights ask for (correlation {worst:.2f}). Check the sign of "
        f"{parameter} (density below the relief minus that above it), of gravity (positive down), and of KNOWN_FIELD (heights, "
        "depths negative).",
        parameter,
    )
    return True


def _rms_of_both(
    easting: np.ndarray, northing: np.ndarray, observed: np.ndarray, predicted: np.ndarray
) -> tuple[int, float, float]:
    """The degree of the trend less which the signs differ most, and the RMS with either: mGal."""
    told = []
    for degree in DEGREES:
        u, v = (less_trend(values, easting, northing, degree) for values in (observed, predicted))
        told.append((degree, _rms(u - v), _rms(u + v)))
    return max(told, key=lambda one: one[1] / max(one[2], 1e-300))


def _near(stations: Stations, values: np.ndarray, points: KnownPoints) -> np.ndarray:
    """Values at the points, by inverse distance from the stations around; NaN where none is near."""
    from scipy.spatial import cKDTree

    k = min(NEIGHBOURS, stations.size)
    places = np.column_stack([stations.easting, stations.northing])
    tree = cKDTree(places)
    spacing = float(np.median(tree.query(places, k=min(2, stations.size))[0].reshape(stations.size, -1)[:, -1]))
    apart, number = tree.query(np.column_stack([points.easting, points.northing]), k=k)
    apart, number = apart.reshape(points.size, k), number.reshape(points.size, k)
    weight = 1.0 / np.maximum(apart, 1e-3 * max(spacing, 1.0)) ** 2
    near = apart[:, 0] <= SPACINGS_AWAY * spacing
    return np.where(near, (weight * values[number]).sum(axis=1) / weight.sum(axis=1), np.nan)


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    size = float(np.sqrt((one @ one) * (other @ other)))
    return float(one @ other) / size if size > 0 else 0.0


def _student(correlation: float, freedom: float) -> float:
    """Student's t of a correlation."""
    if freedom <= 0:
        return 0.0
    return correlation * float(np.sqrt(freedom / max(1.0 - correlation**2, 1e-12)))


def _rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(values**2)))
