"""Heights of stations that no place has, and those far from their neighbours'."""

from __future__ import annotations

import numpy as np

from ..data.relief import Relief
from ..data.stations import Stations
from ..errors import InputError
from ..events.protocol import Reporter
from ..job.jobs import ForwardGravityJob
from ..job.parts import SurveyJob
from .neighbours import lone
from .voids import FARTHEST

GROUND = 12_000.0
"""m: no ground is higher, and no sea deeper."""
APART = 1.5
"""A survey flown higher has no gap of this ratio between its own heights and the others'."""
LEAST = 1.0  # m, that neighbours' heights are taken to differ
FEW = 0.2
"""Of the stations: where more are far from their neighbours, the heights are but rough."""


def height_parameter(job: SurveyJob | ForwardGravityJob) -> str:
    """The parameter that a job's heights come from."""
    return next((name.upper() for name in ("height_field", "height_raster") if getattr(job, name)), "HEIGHT")


def check_heights(stations: Stations, parameter: str, reporter: Reporter) -> None:
    """Warn of heights beyond all ground where others are on it.

    Parameters
    ----------
    stations : Stations
    parameter : str
        Where the heights come from.
    reporter : Reporter

    Raises
    ------
    InputError
        Heights beyond 1,000 km.
    """
    height = stations.height
    refuse_heights(height, parameter)
    beyond = np.abs(height) > GROUND
    others = np.abs(height[~beyond & np.isfinite(height)])
    if beyond.any() and others.size and np.abs(height[beyond]).min() > APART * others.max():
        reporter.warning(
            f"{_stations(beyond)} a height of {_largest(height[beyond])} m or the like, and no ground is so high or deep, while "
            f"the others lie within {others.max():,.0f} m. Check {parameter}: metres, and nothing that stands for none.",
            parameter,
            int(beyond.sum()),
        )


def doubt_far_heights(stations: Stations, relief: Relief, parameter: str, reporter: Reporter) -> None:
    """Warn of used stations above the starting relief and on the ground whose heights are far from those around them."""
    surface = relief.sample(stations.easting, stations.northing, nearest=True)
    far = _far_from_neighbours(stations) & stations.used & (stations.height > surface) & (stations.height <= GROUND)
    count = int(far.sum())
    if 0 < count <= FEW * stations.size:
        worst = int(np.flatnonzero(far)[0])
        reporter.warning(
            f"{_stations(far)} a height far from those around {'them' if count > 1 else 'it'}, the first {stations.height[worst]:,.0f} m "
            f"in row {worst + 1}. {'They are' if count > 1 else 'It is'} used. Check {parameter}.",
            parameter,
            count,
        )


def refuse_heights(height: np.ndarray, parameter: str) -> None:
    """Refuse heights (n,), m, beyond 1,000 km, with their number; `InputError`."""
    beyond = np.abs(height) > FARTHEST
    if beyond.any():
        raise InputError(
            f"{_stations(beyond)} a height of {_largest(height[beyond])} m or the like, where gravity is not measured. "
            f"Check {parameter}: metres above the relief's datum, empty where there is none.",
            parameter,
        )


def doubt_kilometres(stations: Stations, relief: Relief, parameter: str, reporter: Reporter) -> None:
    """Warn where heights put most stations below the starting relief, and taken as kilometres would put all above it."""
    used = stations.used
    height = stations.height[used]
    surface = relief.sample(stations.easting[used], stations.northing[used], nearest=True)
    if height.size == 0 or np.abs(height).max() > GROUND / 1000.0:
        return
    below = height <= surface
    if below.mean() > 0.5 and (1000.0 * height > surface).all():
        reporter.warning(
            f"{int(below.sum())} of {height.size} stations lie at or below the starting relief by heights of "
            f"{height.min():.3g} to {height.max():.3g} m; in kilometres all would lie above it. Give {parameter} in metres.",
            parameter,
            int(below.sum()),
        )


def _far_from_neighbours(stations: Stations) -> np.ndarray:
    """Whose height differs from its neighbours' as theirs do not, and by more than the way to them: no slope does so."""
    known = np.isfinite(stations.height)
    if not known.any() or np.ptp(stations.height[known]) <= LEAST:
        return np.zeros(stations.size, dtype=bool)
    far, slope = lone(stations.easting, stations.northing, stations.height, known, LEAST)
    return far & (slope > 1.0)


def _stations(mask: np.ndarray) -> str:
    count = int(mask.sum())
    return f"{count} of {mask.size} station{'s have' if mask.size > 1 else ' has'}"


def _largest(heights: np.ndarray) -> str:
    return f"{heights[np.argmax(np.abs(heights))]:,.0f}"
