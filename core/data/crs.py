"""Coordinate reference systems, through pyproj: the grid's must be projected and in metres."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import InputError

if TYPE_CHECKING:
    import pyproj


def parse_crs(text: Any, parameter: str) -> pyproj.CRS:
    """A CRS of places on a map from an authority code, WKT or PROJ text; `InputError` where it is none."""
    import pyproj

    try:
        crs = pyproj.CRS.from_user_input(text)
    except pyproj.exceptions.CRSError as error:
        raise InputError(
            f"{parameter}: {str(text)[:80]!r} is no coordinate reference system. Give one like EPSG:3031.",
            parameter,
        ) from error
    if not (crs.is_projected or crs.is_geographic):
        raise InputError(
            f"{parameter}: {name_of(crs)} is of the kind {crs.type_name}, which tells no place on a map. Give a projected one like "
            "EPSG:3031.",
            parameter,
        )
    return crs


def require_projected(crs: pyproj.CRS, centre: tuple[float, float], what: str, parameter: str) -> None:
    """Refuse a CRS in degrees, naming the UTM zone that fits, or one not in metres.

    Parameters
    ----------
    crs : pyproj.CRS
    centre : (float, float)
        A point in the middle of the data, in this CRS, from which the zone is found.
    what : str
        What has this CRS, for the sentence: "The starting relief".
    parameter : str
        The parameter at fault.
    """
    if crs.is_geographic:
        raise InputError(
            f"{what} is in degrees ({name_of(crs)}), and prisms need metres. "
            f"Reproject it (Warp) to a projected system, here {utm_zone(centre[0], centre[1])}.",
            parameter,
        )
    units = {axis.unit_name for axis in crs.axis_info[:2]}
    if units and not units <= {"metre", "meter", "m"}:
        raise InputError(
            f"{what} is in {', '.join(sorted(units))} ({name_of(crs)}), and prisms need metres. "
            "Reproject it to a system in metres.",
            parameter,
        )


def utm_zone(longitude: float, latitude: float) -> str:
    """The WGS 84 UTM zone of a place: "EPSG:32633 (UTM zone 33N)"; polar stereographic near the poles."""
    if not np.isfinite(longitude + latitude):
        return "one of the UTM zones"
    if latitude > 84:
        return "EPSG:3413 (polar stereographic north)"
    if latitude < -80:
        return "EPSG:3031 (Antarctic polar stereographic)"
    zone = int((longitude + 180.0) // 6.0) % 60 + 1
    south = latitude < 0
    return f"EPSG:{(32700 if south else 32600) + zone} (UTM zone {zone}{'S' if south else 'N'})"


def middle(easting: np.ndarray, northing: np.ndarray) -> tuple[float, float]:
    """The mean easting and the mean northing, of those that are finite; NaN where none is."""
    return _mean(easting[np.isfinite(easting)]), _mean(northing[np.isfinite(northing)])


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if values.size else math.nan


def transform(
    easting: np.ndarray, northing: np.ndarray, source: pyproj.CRS, target: pyproj.CRS
) -> tuple[np.ndarray, np.ndarray]:
    """Points brought from one CRS into another, x before y in both; unchanged where the two are equal.

    NaN where there is no such place in the other one.
    """
    import pyproj

    if source == target or source.equals(target, ignore_axis_order=True):
        return easting, northing
    transformer = pyproj.Transformer.from_crs(source, target, always_xy=True)
    x, y = transformer.transform(easting, northing)
    there = np.isfinite(x) & np.isfinite(y)
    return np.where(there, x, np.nan), np.where(there, y, np.nan)


def name_of(crs: pyproj.CRS) -> str:
    authority = crs.to_authority()
    return ":".join(authority) if authority else crs.name
