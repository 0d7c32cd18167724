"""The coordinates among a table's columns, and the system they are in: no degrees are taken for metres."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..errors import InputError
from .column_units import ANGLE, LENGTH, Unit, split_name, unit_of
from .columns import Columns
from .crs import parse_crs, system_name

if TYPE_CHECKING:
    import pyproj

    from .relief import Grid

EASTING = {"easting", "eastings", "east"}, {"northing", "northings", "north"}
X_AND_Y = {"x"}, {"y"}
OTHERS = (
    {"e", "utm_e", "utm_east", "utm_easting", "utm_x", "utme", "utmx", "e_utm", "x_utm", "easting_utm", "east_utm"}
    | {"x_coord", "xcoord", "coord_x", "x_coordinate", "xcoordinate", "point_x", "proj_x", "x_proj"},
    {"n", "utm_n", "utm_north", "utm_northing", "utm_y", "utmn", "utmy", "n_utm", "y_utm", "northing_utm", "north_utm"}
    | {"y_coord", "ycoord", "coord_y", "y_coordinate", "ycoordinate", "point_y", "proj_y", "y_proj"},
)
GLOBE = (
    {"longitude", "lon", "long", "lng", "longitud", "lon_wgs84", "wgs84_lon", "longitude_wgs84", "gps_lon", "dec_long"}
    | {"gps_longitude", "decimallongitude", "longitude_decimal", "dec_lon", "lon_dec"},
    {"latitude", "lat", "latitud", "lat_wgs84", "wgs84_lat", "latitude_wgs84", "gps_lat", "dec_lat", "lat_dec"}
    | {"gps_latitude", "decimallatitude", "latitude_decimal"},
)
"""Names of longitudes and of latitudes; the others are names of eastings and northings."""
IN_BRACKETS = re.compile(r"[\[({].*?[\])}]")
UNIT_AT_THE_END = re.compile(r"_(m|metres?|meters?|km|ft|deg|degs|degrees?|dd)$")
WIDEST, HIGHEST = 360.0, 90.0  # degrees
MOST = 0.5
"""Of the places: where more have no latitude, the system is not the one in degrees that was named."""
FEW = 4
"""Fewer places may well lie in one cell."""
WGS_84 = "EPSG:4326"


@dataclass(frozen=True)
class Located:
    """Places as a table has them, and the system they are in where the table or a parameter tells it."""

    east: np.ndarray  # (n,) m or degrees
    north: np.ndarray  # (n,)
    crs: pyproj.CRS | None


@dataclass(frozen=True)
class _Pair:
    east: str
    north: str
    degrees: bool


def locate(columns: Columns, named: str | None, parameter: str) -> Located:
    """The places of a table.

    Columns of longitude and latitude without a system are WGS 84, with a line in the log.

    Parameters
    ----------
    columns : Columns
    named : str or None
        The system that a parameter names for the table; one that the table names itself goes before.
    parameter : str
        What the table is: GRAVITY, STATIONS or KNOWN_POINTS. The other one is `parameter`_CRS.

    Raises
    ------
    InputError
        No coordinates or several, a system that is none, degrees in a system in metres or the other way round, a unit that
        the system is not in.
    """
    told_by = parameter if columns.crs else f"{parameter}_CRS"
    crs = parse_crs(columns.crs or named, told_by) if columns.crs or named else None
    pair = _pair(columns, parameter, crs)
    east, north = columns.number(pair.east, parameter), columns.number(pair.north, parameter)
    if crs is None and not pair.degrees and _are_degrees(east, north):
        pair = _pair_of(columns, GLOBE, parameter) or pair  # which says that they are
        east, north = columns.number(pair.east, parameter), columns.number(pair.north, parameter)
    if crs is None and pair.degrees:
        _require_degrees(columns, pair, east, north, parameter)
        columns.tell(
            f"{parameter}: {pair.east!r} and {pair.north!r} of {columns.source} are taken as degrees in WGS 84 ({WGS_84}), "
            f"since no {parameter}_CRS is given."
        )
        return Located(east, north, parse_crs(WGS_84, parameter))
    if crs is not None and crs.is_geographic:
        _refuse_metres(columns, pair, east, north, crs, told_by)
        return Located(east, north, crs)
    if crs is not None and pair.degrees and _are_degrees(east, north):
        raise InputError(
            f"{told_by}: {pair.east!r} and {pair.north!r} of {columns.source} hold degrees, and {system_name(crs)} is in metres. "
            f"Give the system of the degrees, most often {WGS_84}.",
            told_by,
        )
    size = crs.axis_info[0].unit_conversion_factor if crs is not None and crs.axis_info else 1.0
    return Located(
        east * _factor(columns, pair.east, size, parameter), north * _factor(columns, pair.north, size, parameter), crs
    )


def refuse_degrees_in_metres(columns: Columns, places: Located, grid: Grid, parameter: str) -> None:
    """Refuse places of no told system that could be degrees, and as metres lie all within one cell."""
    if places.crs is not None or not _are_degrees(places.east, places.north):
        return
    finite = np.isfinite(places.east + places.north)
    distinct = np.unique(np.column_stack([places.east, places.north])[finite], axis=0)
    if len(distinct) >= FEW and (np.ptp(distinct, axis=0) < (grid.dx, grid.dy)).all():
        raise InputError(
            f"{parameter}: the coordinates of {columns.source} lie within {WIDEST:g} and {HIGHEST:g}, as degrees do, and as "
            f"metres in one cell of the relief. Give the system they are in as {parameter}_CRS, for degrees {WGS_84}.",
            parameter,
        )


def _pair(columns: Columns, parameter: str, crs: pyproj.CRS | None) -> _Pair:
    """The columns of coordinates, those first that the system asks for."""
    if crs is None:
        kinds = (EASTING, X_AND_Y, GLOBE, OTHERS)
    else:
        kinds = (GLOBE, EASTING, X_AND_Y, OTHERS) if crs.is_geographic else (EASTING, X_AND_Y, OTHERS, GLOBE)
    for kind in kinds:
        if pair := _pair_of(columns, kind, parameter):
            return pair
    remedy = "Name its coordinates so, or longitude and latitude."
    if len(columns.names) == 1:
        remedy = "Part the columns by commas, semicolons or tabs."
    raise InputError(
        f"{parameter}: {columns.source} has no columns easting and northing (or x and y) among its columns "
        f"{columns.listed()}. {remedy}",
        parameter,
    )


def _pair_of(columns: Columns, kind: tuple[set[str], set[str]], parameter: str) -> _Pair | None:
    """The columns of coordinates with names of this kind, if there are any."""
    east, north = ([name for name in columns.names if _bare(name) in names] for names in kind)
    if not (east and north):
        return None
    names = _one(columns, east, parameter), _one(columns, north, parameter)
    units = [unit_of(columns.unit(name)) for name in names]
    return _Pair(*names, kind is GLOBE or all(unit is not None and unit.kind == ANGLE for unit in units))


def _one(columns: Columns, names: list[str], parameter: str) -> str:
    """The only name, or the one that is spelled as documented."""
    plain = [name for name in names if name in ("easting", "northing", "x", "y")]
    if len(names) > 1 and len(plain) != 1:
        raise InputError(
            f"{parameter}: {columns.source} has the columns {names[0]!r} and {names[1]!r} for one coordinate. Rename the one "
            "that is not meant.",
            parameter,
        )
    return plain[0] if plain else names[0]


def _bare(name: str) -> str:
    """A name in lower case without brackets and unit: "Easting (m)" is easting, "UTM E" utm_e."""
    plain = re.sub(r"[\W_]+", "_", IN_BRACKETS.sub(" ", split_name(name)[0]).lower()).strip("_")
    return UNIT_AT_THE_END.sub("", plain)


def _are_degrees(east: np.ndarray, north: np.ndarray) -> bool:
    """Whether every place could be one in degrees, and there is one."""
    finite = np.isfinite(east + north)
    inside = (np.abs(east) <= WIDEST) & (np.abs(north) <= HIGHEST)
    return bool(finite.any() and inside[finite].all())


def _require_degrees(columns: Columns, pair: _Pair, east: np.ndarray, north: np.ndarray, parameter: str) -> None:
    if not np.isfinite(east + north).any() or _are_degrees(east, north):
        return
    if _are_degrees(north, east):
        remedy = "They seem to be exchanged: rename them."
    else:
        remedy = f"Give the system they are in as {parameter}_CRS, and name them easting and northing."
    raise InputError(
        f"{parameter}: {pair.east!r} and {pair.north!r} of {columns.source} hold values up to {_largest(east):g} and "
        f"{_largest(north):g}, which are no degrees. {remedy}",
        parameter,
    )


def _refuse_metres(
    columns: Columns, pair: _Pair, east: np.ndarray, north: np.ndarray, crs: pyproj.CRS, told_by: str
) -> None:
    finite = np.isfinite(east + north)
    beyond = finite & ((np.abs(east) > WIDEST) | (np.abs(north) > HIGHEST))
    if beyond.sum() <= MOST * finite.sum():
        return
    if _are_degrees(north, east):
        remedy = "They seem to be exchanged: longitude is the easting, latitude the northing."
    else:
        remedy = "Give the system in metres that they are in."
    raise InputError(
        f"{told_by}: {system_name(crs)} is in degrees, and {pair.east!r} and {pair.north!r} of {columns.source} hold values up to "
        f"{_largest(east):g} and {_largest(north):g}. {remedy}",
        told_by,
    )


def _largest(values: np.ndarray) -> float:
    return float(np.nanmax(np.abs(values)))


def _factor(columns: Columns, name: str, size: float, parameter: str) -> float:
    """What brings a coordinate from the unit that its column names to the system's, which is so many metres."""
    text = columns.unit(name)
    unit: Unit | None = unit_of(text)
    if not text or (unit is not None and unit.kind == LENGTH and abs(unit.size / size - 1.0) < 1e-5):
        return 1.0
    if unit is not None and unit.kind == LENGTH and size == 1.0 and unit.size >= 1.0:
        columns.tell(f"{parameter}: {name!r} of {columns.source} was brought from {text} to m.")
        return unit.size
    raise InputError(
        f"{parameter}: {name!r} of {columns.source} is in {text:.40}, and its coordinate reference system is not. Give "
        f"coordinates in metres, or their own system as {parameter}_CRS.",
        parameter,
    )
