"""The misfit at points of known relief: where the starting relief is right, it is the regional."""

from __future__ import annotations

import numpy as np

from ..errors import InputError
from ..events.protocol import Reporter
from ..operators.density_law import contrast_at
from ..survey.known_points import KnownPoints
from ..survey.survey import Survey
from ..validation.scores import rms
from .low_pass import spacing
from .method import Samples

SPACINGS_AWAY = 2.0
SLAB = 1e5 * 2.0 * np.pi * 6.6743e-11  # mGal of a slab of 1 m and 1 kg/m3
DOUBTFUL = 0.25
"""A start that misses the points by so much of their misfit's spread, as a slab's gravity, is worth a word."""


def misfit_at(points: KnownPoints, misfit: Samples, survey: Survey, reporter: Reporter) -> Samples:
    """The misfit interpolated linearly between the stations around each known point.

    Parameters
    ----------
    points : KnownPoints
    misfit : Samples
        At the stations, mGal.
    survey : Survey
        Its relief is the one that the misfit is of.
    reporter : Reporter
        Told of points that lie more than two station spacings from every station, which are left out, and where the
        relief misses the points by so much that their misfit is not the regional's alone.

    Returns
    -------
    Samples
        Weighted by the stations' errors and by the slab that the known height's error is.
    """
    from scipy.interpolate import LinearNDInterpolator
    from scipy.spatial import cKDTree

    stations = np.column_stack([misfit.easting, misfit.northing])
    distance, nearest = cKDTree(stations).query(np.column_stack([points.easting, points.northing]))
    near = distance <= SPACINGS_AWAY * spacing(misfit)
    if not near.any():
        raise InputError(
            "KNOWN_POINTS: none has a station nearby, so the misfit at them is not known. Give points among the stations.",
            "KNOWN_POINTS",
        )
    if not near.all():
        count = int((~near).sum())
        reporter.warning(
            f"{count} of {near.size} known points lie farther than {SPACINGS_AWAY:g} station spacings from every station; "
            "the regional does without them.",
            "KNOWN_POINTS",
            count,
        )
    points, nearest = points.where(near), nearest[near]
    value = misfit.value[nearest]
    if _spans_an_area(stations):
        centre = stations.mean(axis=0)
        places = np.column_stack([points.easting, points.northing]) - centre
        between = LinearNDInterpolator(stations - centre, misfit.value)(places)
        value = np.where(np.isnan(between), value, between)
    start = survey.relief.sample(points.easting, points.northing)
    at_datum = survey.relief.with_heights(survey.contrast).sample(points.easting, points.northing, nearest=True)
    contrast = contrast_at(at_datum, survey.law, 0.5 * (start + points.height))
    _check_start(SLAB * contrast * (start - points.height), value, reporter)
    variance = 1.0 / misfit.weight[nearest] + (SLAB * contrast * points.error) ** 2
    return Samples(points.easting, points.northing, value, 1.0 / variance)


def _spans_an_area(places: np.ndarray) -> bool:
    if len(places) < 3:
        return False
    spread = np.linalg.svd(places - places.mean(axis=0), compute_uv=False)
    return bool(spread[1] > 1e-9 * spread[0])


def _check_start(slab: np.ndarray, value: np.ndarray, reporter: Reporter) -> None:
    """Say where the relief does not pass through the points: then their misfit is not the regional's alone."""
    off, spread = rms(slab), float(np.std(value))
    if value.size > 1 and off > DOUBTFUL * spread:
        reporter.warning(
            f"The starting relief misses the known points by what would be {off:.3g} mGal (RMS, as a slab), beside a spread "
            f"of {spread:.3g} mGal of the misfit there, so that part of the regional is the relief's. "
            "Make the start from these points (startingrelief).",
            "STARTING_RELIEF",
        )
