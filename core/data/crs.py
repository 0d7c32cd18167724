"""Coordinate reference systems, through pyproj: the grid's must be projected, or a local one, and in metres."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import InputError

if TYPE_CHECKING:
    import pyproj

LOCAL_NAME = "Local grid (m)"
LOCAL_GRID = (
    f'ENGCRS["{LOCAL_NAME}",EDATUM["Local datum"],CS[Cartesian,2],AXIS["easting (E)",east,ORDER[1],LENGTHUNIT["metre",1]],'
    'AXIS["northing (N)",north,ORDER[2],LENGTHUNIT["metre",1]]]'
)
"""The system of places that have none, where LOCAL_GRID says that they are metres on one plane."""

NO_MEMORY = "out of memory"
KNOWN = "EPSG:4326"
"""If not even this is a system, something else is wrong."""


def parse_crs(text: Any, parameter: str) -> pyproj.CRS:
    """The horizontal part of a CRS from an authority code, WKT or PROJ text.

    Raises
    ------
    InputError
        It is none, or one that tells no place on a map.
    MemoryError
        There was none left to look it up.
    """
    crs = whole_crs(text, parameter)
    if not (crs.is_projected or crs.is_geographic or crs.is_engineering):
        raise InputError(
            f"{parameter}: {system_name(crs)} is of the kind {crs.type_name}, which tells no place on a map. Give a projected "
            "one like EPSG:3031.",
            parameter,
        )
    return crs.to_2d() if len(crs.axis_info) > 2 else crs


def whole_crs(text: Any, parameter: str) -> pyproj.CRS:
    """A CRS with its vertical part, if it has one; `InputError` where the text is none."""
    import pyproj

    try:
        return pyproj.CRS.from_user_input(text)
    except pyproj.exceptions.CRSError as error:
        _blame_memory(error)
        raise InputError(
            f"{parameter}: {str(text)[:80]!r} is no coordinate reference system. Give one like EPSG:3031.",
            parameter,
        ) from error


def _blame_memory(error: Exception) -> None:
    """`MemoryError` where PROJ knows a system no more because it got no memory: it says of any that there is none."""
    import pyproj

    if NO_MEMORY in str(error):
        raise MemoryError from error
    try:
        pyproj.CRS.from_user_input(KNOWN)
    except pyproj.exceptions.CRSError as second:
        if NO_MEMORY in str(second):
            raise MemoryError from second


@dataclass(frozen=True)
class Vertical:
    """How a system counts heights."""

    unit: str
    metres: float  # that a unit has
    down: bool = False  # whether it counts depths


def vertical_part(text: Any, parameter: str) -> Vertical | None:
    """How a CRS counts heights, if it says anything of them; `InputError` where the text is none."""
    axes = whole_crs(text, parameter).axis_info if text else []
    axis = next((axis for axis in axes if axis.direction in ("up", "down")), None)
    return Vertical(axis.unit_name, axis.unit_conversion_factor, axis.direction == "down") if axis else None


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
            f"{what} is in degrees ({system_name(crs)}), and prisms need metres. "
            f"Reproject it (Warp) to a projected system, here {utm_zone(centre[0], centre[1])}.",
            parameter,
        )
    units = {axis.unit_name for axis in crs.axis_info[:2]}
    if units and not units <= {"metre", "meter", "m"}:
        raise InputError(
            f"{what} is in {', '.join(sorted(units))} ({system_name(crs)}), and prisms need metres. "
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


def middle(easting: np.ndarray, northing: np.ndarray, period: float | None = None) -> tuple[float, float]:
    """The mean easting and the mean northing, of those that are finite; NaN where none is.

    With a `period`, after which eastings begin anew (360 degrees), the mean lies among the places: of 179 and -179 at 180.
    """
    east = easting[np.isfinite(easting)]
    if period is not None and east.size:
        angle = east * (2.0 * np.pi / period)
        about = math.atan2(np.sin(angle).mean(), np.cos(angle).mean()) * period / (2.0 * np.pi)
        east = about + (east - about + 0.5 * period) % period - 0.5 * period
    return _mean(east), _mean(northing[np.isfinite(northing)])


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if values.size else math.nan


def same_system(one: pyproj.CRS, other: pyproj.CRS) -> bool:
    """Whether two systems give a place the same coordinates; local grids of one name are the same."""
    if one.is_engineering and other.is_engineering:  # GeoTIFF keeps no more of one than its name
        return one.name.casefold() == other.name.casefold()
    return bool(one == other or one.equals(other, ignore_axis_order=True))


def transform(
    easting: np.ndarray, northing: np.ndarray, source: pyproj.CRS, target: pyproj.CRS, parameter: str | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Points brought from one CRS into another, x before y in both; unchanged where the two are equal.

    NaN where there is no such place in the other one.

    Raises
    ------
    InputError
        One of the two is a local grid, to which nothing leads; `parameter` names what is in the source.
    """
    import pyproj

    if same_system(source, target):
        return easting, northing
    if source.is_engineering or target.is_engineering:
        raise InputError(
            f"{parameter or 'One input'} is in {system_name(source)} and another in {system_name(target)}, and nothing tells "
            "how a local grid lies in another system. Give all in the same one.",
            parameter,
        )
    try:
        transformer = pyproj.Transformer.from_crs(source, target, always_xy=True)
    except pyproj.exceptions.ProjError as error:
        _blame_memory(error)
        raise
    x, y = transformer.transform(easting, northing)
    there = np.isfinite(x) & np.isfinite(y)
    return np.where(there, x, np.nan), np.where(there, y, np.nan)


def system_name(crs: pyproj.CRS) -> str:
    """A system's code, "EPSG:3031", else its name."""
    authority = crs.to_authority()
    return ":".join(authority) if authority else crs.name
