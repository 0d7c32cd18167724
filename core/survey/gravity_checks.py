"""Gravity that is observed gravity, in other units, all the same, or below its errors: told by the numbers."""

from __future__ import annotations

import numpy as np

from ..data.crs import parse_crs, transform
from ..data.relief import Relief
from ..data.stations import Stations
from ..errors import InputError
from ..events.protocol import Reporter
from ..operators.density_law import HEAD
from ..operators.prism import GRAVITATIONAL_CONSTANT, MGAL_PER_SI

LARGEST = 1e4
"""mGal: no anomaly and no disturbance is so large."""
OBSERVED = {"mGal": 1.0, "Gal": 1e3, "m/s2": 1e5, "µm/s2 (gravity units)": 0.1, "µGal": 1e-3, "nm/s2": 1e-4}
NEAR_NORMAL = 1e3
"""mGal: observed gravity is nowhere farther from normal gravity, less what height takes off."""
FREE_AIR = 0.3086  # mGal/m
LEAST_SPAN = 1e-3
"""mGal: the microgal that no survey reaches."""
SMALL_SPAN = 1e-2
LEAST_RELIEF = 1.0  # m
LEAST_SHARE = 1e-3
"""Of the stations' clearance, to tell a small signal in mGal from a large one in m/s2."""
FEWEST = 10
MIDDLE = (5.0, 95.0)
GEOGRAPHIC = "EPSG:4326"


def span(values: np.ndarray) -> float:
    """How far apart all but the tenth part that lies outermost is: a few wild values don't matter."""
    low, high = np.percentile(values, MIDDLE)
    return float(high - low)


def slab(contrast: np.ndarray, law: np.ndarray | None = None) -> float:
    """Gravity of the slab of 1 m with the largest contrast there is, mGal."""
    largest = float(np.abs(contrast).max())
    if law is not None and law.size > HEAD:
        largest *= max(1.0, float(np.abs(law[HEAD + (law.size - HEAD) // 2 :]).max()))
    return MGAL_PER_SI * 2.0 * np.pi * GRAVITATIONAL_CONSTANT * largest


def clearance(stations: Stations, relief: Relief) -> float:
    """The median distance (m) of the used stations from the starting relief, up or down."""
    used = stations.used
    surface = relief.sample(stations.easting[used], stations.northing[used], nearest=True)
    return float(np.nanmedian(np.abs(stations.height[used] - surface)))


def check_gravity(stations: Stations, relief: Relief, slab_gravity: float, parameter: str, reporter: Reporter) -> None:
    """Refuse observed gravity, and doubt gravity that can't be in mGal, is one number, or lies below its errors.

    Parameters
    ----------
    stations : Stations
    relief : Relief
        The starting relief.
    slab_gravity : float
        Of 1 m with the largest contrast, mGal.
    parameter : str
        Where gravity comes from, GRAVITY or GRAVITY_FIELD.
    reporter : Reporter

    Raises
    ------
    InputError
        Observed gravity, or numbers larger than any anomaly.
    """
    used = stations.where(stations.used)
    refuse_observed(used, parameter)
    if used.size < FEWEST:
        return
    gravity = used.gravity - used.regional
    if np.ptp(used.gravity) == 0.0:
        reporter.warning(
            f"{parameter} is {used.gravity[0]:.6g} mGal at all {used.size} stations, so that nothing can be found by it. Check "
            f"{parameter}.",
            parameter,
        )
        return
    wide = span(gravity)
    asked, above = wide / slab_gravity if slab_gravity > 0.0 else np.inf, clearance(stations, relief)
    if wide < LEAST_SPAN or (wide < SMALL_SPAN and asked < min(LEAST_RELIEF, LEAST_SHARE * above)):
        reporter.warning(
            f"{parameter} varies by {wide:.2g} mGal among the stations, less than any relief there would need. That looks like m/s2 or "
            "Gal: give mGal, 100000 or 1000 times as much.",
            parameter,
            cause=True,
        )
        return
    error = float(np.median(used.error))
    if stations.has_errors and error > span(used.gravity):
        name = "ERROR" if np.ptp(used.error) == 0.0 else "ERROR_FIELD"
        reporter.warning(
            f"{name} is {error:.4g} mGal and gravity varies by {span(used.gravity):.3g} mGal among the stations: by its errors it "
            f"says nothing. Check that {name} is in mGal (1 mGal = 1000 µGal).",
            name,
        )


def refuse_observed(stations: Stations, parameter: str) -> None:
    """Refuse observed (absolute) gravity and what is as large, saying what to take off.

    Raises
    ------
    InputError
        By the median, and for other units than mGal by normal gravity at the stations' latitudes.
    """
    typical = float(np.median(stations.gravity))
    unit = _observed_unit(stations)
    if unit is not None:
        raise InputError(
            f"{parameter} has a median of {_number(typical)}: that is observed gravity in {unit}. Take normal gravity at the stations' "
            "latitude and height off it (ellipsoid GRS 80), and the gravity of the topography where it is not in the model; give "
            "the gravity disturbance or Bouguer anomaly that is left, in mGal.",
            parameter,
        )
    if abs(typical) > LARGEST:
        raise InputError(
            f"{parameter} has a median of {_number(typical)} mGal, and no anomaly is so large. Is it observed gravity (take normal "
            "gravity off it and give the disturbance or Bouguer anomaly), or in µGal (divide it by 1000)?",
            parameter,
        )


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= LARGEST else f"{value:.6g}"


def _observed_unit(stations: Stations) -> str | None:
    """The unit in which the stations' gravity is normal gravity, but for what anomalies may be; None where it is not."""
    if stations.crs.geodetic_crs is None:
        return None
    _, latitude = transform(stations.easting, stations.northing, stations.crs, parse_crs(GEOGRAPHIC, "CRS"))
    normal = normal_gravity(latitude) - FREE_AIR * stations.height
    for unit, size in OBSERVED.items():
        if np.median(np.abs(np.abs(stations.gravity) * size - normal)) < NEAR_NORMAL:
            return unit
    return None


def normal_gravity(latitude: np.ndarray) -> np.ndarray:
    """Of the ellipsoid GRS 80 at its surface, mGal, by Somigliana's formula (Moritz 1980); latitude in degrees."""
    sine = np.sin(np.radians(latitude)) ** 2
    return 978032.67715 * (1.0 + 0.001931851353 * sine) / np.sqrt(1.0 - 0.00669438002290 * sine)
