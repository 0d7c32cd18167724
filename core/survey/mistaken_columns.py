"""Columns of stations that were taken one for another: gravity that is a coordinate or a height, told by the numbers."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from ..data.columns import PointSource
from ..data.crs import parse_crs, transform
from ..data.relief import Relief
from ..data.stations import Stations
from ..errors import InputError
from ..job.parts import SurveyJob

FEWEST = 10
"""Among fewer stations two columns may be alike by chance."""
ALIKE = 1e-6
"""Share of a column's size within which two numbers are the same."""
DEGREES_ALIKE = 1e-4
STEEPEST = 0.5
"""mGal a metre: gravity changes less, on land, in water, in the air, and across any contrast."""
IN_KM = 5.0
"""mGal a metre, beyond what heights in metres or feet would show that were taken for gravity."""
LOOSE = 0.1
"""Share of gravity's range that may be left over of what is as steep as that."""
FIELDS = ("gravity_field", "height_field", "error_field", "regional_field")
GEOGRAPHIC = "EPSG:4326"


def refuse_mistaken(
    job: SurveyJob, stations: Stations, relief: Relief, places: tuple[np.ndarray, np.ndarray] | None
) -> None:
    """Refuse stations one of whose columns holds what another is for.

    Parameters
    ----------
    job : SurveyJob
    stations : Stations
    relief : Relief
        The starting relief.
    places : (array (n,), array (n,)) or None
        The stations' coordinates as their file has them.

    Raises
    ------
    InputError
        One field is named twice; gravity, heights, errors or the regional equal a coordinate or each other; gravity follows
        heights or the starting relief as no gravity can.
    """
    points = isinstance(job.gravity, PointSource)
    if points:
        _refuse_twice(job)
    gravity = "GRAVITY_FIELD" if points else "GRAVITY"
    height = next((name.upper() for name in ("height_field", "height_raster") if getattr(job, name)), "HEIGHT")
    columns = {gravity: stations.gravity, height: stations.height}
    columns |= {"ERROR_FIELD": stations.error, "REGIONAL_FIELD": stations.regional} if points else {}
    coordinates = _coordinates(stations, places)
    for name, values in columns.items():
        for coordinate, other, tolerance in coordinates:
            if same(values, other, tolerance):
                raise InputError(f"{name} holds the stations' {coordinate}. {_choose(name)}", name)
    for (name, values), (second, other) in combinations(columns.items(), 2):
        if same(values, other):
            raise InputError(f"{name} and {second} hold the same numbers. {_choose(name)} {_choose(second)}", name)
    surface = relief.sample(stations.easting, stations.northing)
    for what, other, exactly in (
        (f"the heights of {height}", stations.height, True),
        ("the starting relief", surface, False),
    ):
        if (slope := follows(stations.gravity, other, exactly)) is not None:
            if not exactly and abs(slope) > IN_KM:
                raise InputError(
                    f"{gravity} follows the starting relief by {slope:.3g} mGal a metre, as it may by a kilometre. Check the unit of "
                    "STARTING_RELIEF: heights are in metres.",
                    "STARTING_RELIEF",
                )
            raise InputError(
                f"{gravity} follows {what} by {slope:.3g} mGal a metre at every station, as no gravity does. {_choose(gravity)} "
                "Check that heights are in metres.",
                gravity,
            )


def same(values: np.ndarray, other: np.ndarray, tolerance: float = 0.0) -> bool:
    """Whether two columns (n,) that vary are one another, where both have values."""
    both = np.isfinite(values) & np.isfinite(other)
    if both.sum() < FEWEST or np.ptp(other[both]) <= tolerance:
        return False
    return bool(np.abs(values - other)[both].max() <= max(tolerance, ALIKE * np.abs(other[both]).max()))


def follows(gravity: np.ndarray, heights: np.ndarray, exactly: bool) -> float | None:
    """The slope (mGal/m) of gravity that is but a multiple of heights and a constant; None where it is not.

    It must be steeper than any gravity, or, with `exactly`, leave nothing over to the last digit.
    """
    both = np.isfinite(gravity) & np.isfinite(heights)
    x, y = heights[both], gravity[both]
    if np.unique(x).size < FEWEST or np.ptp(y) == 0.0:
        return None
    x = x - x.mean()
    slope = float(x @ y / (x @ x))
    rest = float(np.abs(y - y.mean() - slope * x).max() / np.ptp(y))
    return slope if (abs(slope) > STEEPEST and rest < LOOSE) or (exactly and rest < ALIKE) else None


def _coordinates(
    stations: Stations, places: tuple[np.ndarray, np.ndarray] | None
) -> list[tuple[str, np.ndarray, float]]:
    """What the stations' coordinates are called, their values, and how far a number that is one may be off."""
    found = [("easting", stations.easting, 0.0), ("northing", stations.northing, 0.0)]
    if places is not None:
        found += [("easting", places[0], 0.0), ("northing", places[1], 0.0)]
    found += [(f"{name} in km", values / 1e3, 0.0) for name, values, _ in found if np.nanmean(np.abs(values)) > 1e5]
    if stations.crs.geodetic_crs is not None:
        longitude, latitude = transform(stations.easting, stations.northing, stations.crs, parse_crs(GEOGRAPHIC, "CRS"))
        found += [("longitude", longitude, DEGREES_ALIKE), ("latitude", latitude, DEGREES_ALIKE)]
    return found


def _refuse_twice(job: SurveyJob) -> None:
    for first, second in combinations(FIELDS, 2):
        name = getattr(job, second)
        if name and name == getattr(job, first):
            raise InputError(
                f"{first.upper()} and {second.upper()} are both {name!r}. Choose the field that holds each.",
                second.upper(),
            )


def _choose(parameter: str) -> str:
    what = {
        "GRAVITY": "Give a raster of gravity in mGal.",
        "GRAVITY_FIELD": "Choose the field of gravity in mGal.",
        "HEIGHT_RASTER": "Give a raster of the stations' heights.",
        "ERROR_FIELD": "Choose the field of standard errors in mGal.",
        "REGIONAL_FIELD": "Choose the field of the regional in mGal.",
    }
    return what.get(parameter, "Choose the field of the stations' heights in metres.")
