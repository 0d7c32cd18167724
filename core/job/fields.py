"""How a value of a job file is read: one function a kind of field, and what the schema says of it."""

from __future__ import annotations

import errno
import math
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..data.columns import PointSource
from ..data.extent import Extent, ExtentSource
from ..data.netcdf_axes import NAMED as NETCDF_VARIABLE
from ..data.polygons import PolygonSource
from ..data.rasters import RasterSource, raster_driver
from ..errors import InputError

POINT_SUFFIXES = (".csv", ".columns.json")
LARGEST = 1e30
"""No number is greater, and none but 0 smaller than one over it: squares of sums of squares must still be numbers."""
LARGEST_SEED = 2**31 - 1
BESIDE = 50
"""How many characters the names of what lies beside a file are longer: parts, locks, what GDAL notes."""
TABLE = "table:"


@dataclass(frozen=True)
class Kind:
    """How a field is read and how the JSON schema describes it."""

    read: Callable[[Any, str, Path], Any]  # value, parameter's name, the job's folder
    schema: dict[str, Any]


def job_field(kind: Kind, text: str, default: Any = None, output: bool = False) -> Any:
    """A dataclass field that knows its kind and its help text."""
    return field(default=default, metadata={"kind": kind, "text": text, "output": output})


def _is_number(value: Any) -> bool:
    """Whether it is a finite number that a float can hold."""
    try:
        return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:
        return False


def number(minimum: float = -math.inf, above: float = -math.inf) -> Kind:
    """A finite number, not below `minimum` and greater than `above`."""

    def read(value: Any, name: str, folder: Path) -> float:
        if not _is_number(value):
            raise InputError(f"{name} is {value!r:.60}. Give a number.", name)
        if abs(value) > LARGEST or 0.0 < abs(value) < 1.0 / LARGEST:
            raise InputError(
                f"{name} is {value:g}, which can't be computed with. Give a number between {1.0 / LARGEST:g} and {LARGEST:g} in "
                "size.",
                name,
            )
        if value < minimum:
            raise InputError(f"{name} is {value:g}. Give a number of at least {minimum:g}.", name)
        if value <= above:
            raise InputError(f"{name} is {value:g}. Give a number greater than {above:g}.", name)
        return float(value)

    limits = {"minimum": minimum} if minimum > -math.inf else {}
    limits |= {"exclusiveMinimum": above} if above > -math.inf else {}
    return Kind(read, {"type": "number", **limits})


def integer(minimum: int, maximum: float = LARGEST) -> Kind:
    """A whole number, not below `minimum` nor above `maximum`."""

    def read(value: Any, name: str, folder: Path) -> int:
        if not _is_number(value) or value != int(value):
            raise InputError(f"{name} is {value!r:.60}. Give a whole number.", name)
        if value < minimum:
            raise InputError(f"{name} is {int(value)}. Give a whole number of at least {minimum}.", name)
        if value > maximum:
            raise InputError(f"{name} is {value:g}. Give a whole number of at most {maximum:.10g}.", name)
        return int(value)

    limit = {"maximum": maximum} if maximum < LARGEST else {}
    return Kind(read, {"type": "integer", "minimum": minimum, **limit})


def choice(*labels: str) -> Kind:
    """One of several, by its number."""

    def read(value: Any, name: str, folder: Path) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < len(labels):
            options = ", ".join(f"{i} {label}" for i, label in enumerate(labels))
            raise InputError(f"{name} is {value!r:.60}. Give one of: {options}.", name)
        return value

    return Kind(read, {"enum": list(range(len(labels))), "x-labels": list(labels)})


def _read_flag(value: Any, name: str, folder: Path) -> bool:
    if not isinstance(value, bool):
        raise InputError(f"{name} is {value!r}. Give true or false.", name)
    return value


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"{name} is {value!r:.60}. Give a text.", name)
    return value


def _read_text(value: Any, name: str, folder: Path) -> str:
    value = _text(value, name)
    if "\0" in value or not _can_be_written(value):
        raise InputError(f"{name} is {value!r:.60}, which holds a character that no text can. Give another.", name)
    return value


def _can_be_written(text: str) -> bool:
    """Whether a text is Unicode throughout: half of a pair of surrogates, or a byte that is no UTF-8, is not."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _read_path(value: Any, name: str, folder: Path) -> Path:
    """The path of a file that is written; what lies beside it for a while has a longer name."""
    path = _located(value, name, folder)
    _located(f"{path}{'+' * BESIDE}", name, folder)
    return path


def _located(value: Any, name: str, folder: Path) -> Path:
    """The whole path of a file, refused where no file can be called so."""
    path = folder / _text(value, name)
    try:
        os.lstat(path)
        str(path).encode("utf-8")
    except ValueError as error:
        raise InputError(f"{name}: no file can be called {value!r:.60}. Give another name.", name) from error
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise InputError(f"{name}: the name {value!r:.60}... is too long. Give a shorter one.", name) from error
    return path


def _read_raster_output(value: Any, name: str, folder: Path) -> Path:
    path = _read_path(value, name, folder)
    if raster_driver(path) is None:
        raise InputError(
            f"{name}: {path} ends like no raster that can be written. Give a name ending in .tif or .nc.", name
        )
    return path


def _read_table_output(value: Any, name: str, folder: Path) -> Path:
    path = _read_path(value, name, folder)
    if not path.name.lower().endswith(POINT_SUFFIXES):
        raise InputError(f"{name}: {path} ends like no table that can be written. Give a name ending in .csv.", name)
    return path


def _read_extent(value: Any, name: str, folder: Path) -> Extent | ExtentSource:
    """West, east, south, north, as a list or as QGIS's text "xmin,xmax,ymin,ymax [EPSG:n]"; or a file.

    An object {"bounds": [...], "edges": true} says that they are the edges of a layer.
    """
    if isinstance(value, dict) and "path" in value:
        return ExtentSource(_read_raster(value, name, folder))
    if isinstance(value, str) and _is_file(value, folder):
        points = value.lower().endswith(POINT_SUFFIXES)
        return ExtentSource((_read_points if points else _read_raster)(value, name, folder))
    settings = value if isinstance(value, dict) else {"bounds": value}
    edges = settings.get("edges", False)
    if unknown := sorted(set(settings) - {"bounds", "edges"}):
        raise InputError(f"{name} has the key {unknown[0]!r:.60}. Known are: bounds, edges, path.", name)
    if not isinstance(edges, bool):
        raise InputError(f"{name}: edges is {edges!r:.60}. Give true or false.", name)
    value = settings.get("bounds")
    text, _, named = value.partition("[") if isinstance(value, str) else (value, "", "")
    parts = text.split(",") if isinstance(text, str) else text
    try:
        west, east, south, north = (float(part) for part in parts)
    except (TypeError, ValueError, OverflowError):
        file = " an existing file, or" if isinstance(value, str) else ""
        raise InputError(f"{name} is {value!r:.60}. Give{file} west, east, south and north in metres.", name) from None
    if max(map(abs, (west, east, south, north))) > LARGEST:
        raise InputError(
            f"{name} is {value!r:.60}, which no place has. Give west, east, south and north in metres.", name
        )
    if not all(map(math.isfinite, (west, east, south, north))) or west >= east or south >= north:
        raise InputError(
            f"{name} is west {west:g}, east {east:g}, south {south:g}, north {north:g}. "
            "East must be greater than west and north greater than south. Give west, east, south, north in this order.",
            name,
        )
    return Extent((west, east, south, north), named.rstrip().removesuffix("]"), edges)


def _is_file(text: str, folder: Path) -> bool:
    """Whether a text names a file, or a variable in one."""
    variable = NETCDF_VARIABLE.fullmatch(text)
    try:
        return (folder / (variable[1] if variable else text)).is_file()
    except (OSError, ValueError):
        return False


def on_local_grid(value: Any) -> Any:
    """A job's value, a raster as one that lies on a local grid where no system is named."""
    if isinstance(value, ExtentSource):
        return replace(value, file=on_local_grid(value.file))
    return replace(value, local=True) if isinstance(value, RasterSource) else value


def _read_points(value: Any, name: str, folder: Path) -> PointSource:
    path = _text(value, name)
    if not path.lower().endswith(POINT_SUFFIXES):
        raise InputError(f"{name}: {path} is neither .csv nor .columns.json. Give points in one of these.", name)
    return PointSource(str(_located(path, name, folder)))


def _read_law(value: Any, name: str, folder: Path) -> str:
    """A density law's text, a table's path made absolute."""
    kind, colon, rest = _text(value, name).partition(":")
    return f"{TABLE}{_located(rest.strip(), name, folder)}" if colon and kind.strip().lower() == "table" else str(value)


def _read_raster(value: Any, name: str, folder: Path) -> RasterSource:
    settings = {"path": value} if isinstance(value, str) else value
    if not isinstance(settings, dict) or "path" not in settings:
        raise InputError(f"{name} is {value!r:.60}. Give the path of a raster.", name)
    if unknown := sorted(set(settings) - set(RASTER_KEYS)):
        raise InputError(f"{name} has the key {unknown[0]!r:.60}. Known are: {', '.join(RASTER_KEYS)}.", name)
    use_nodata = settings.get("use_nodata", True)
    if not isinstance(use_nodata, bool):
        raise InputError(f"{name}: use_nodata is {use_nodata!r:.60}. Give true or false.", name)
    path = _text(settings["path"], name)
    variable = NETCDF_VARIABLE.fullmatch(path)
    return RasterSource(
        f'NETCDF:"{_located(variable[1], name, folder)}":{variable[2]}'
        if variable
        else str(_located(path, name, folder)),
        band=integer(1).read(settings.get("band", 1), name, folder),
        nodata=_read_ranges(settings.get("nodata", []), name),
        use_nodata=use_nodata,
        crs=settings.get("crs"),
        unit=_read_unit(settings.get("unit"), name),
    )


def _read_unit(value: Any, name: str) -> str | None:
    if value is not None and not isinstance(value, str):
        raise InputError(f"{name}: unit is {value!r:.60}. Give the name of the values' unit, as 'm' or 'ft'.", name)
    return value


def _read_ranges(value: Any, name: str) -> tuple[tuple[float, float], ...]:
    """Ranges of values that mean empty; without an end or not, NaN or not, as QGIS has them."""
    try:
        ranges = tuple((float(low), float(high)) for low, high in value)
    except (TypeError, ValueError, OverflowError):
        ranges = ((math.inf, -math.inf),)
    if any(low > high for low, high in ranges):
        raise InputError(
            f"{name}: nodata is {value!r:.60}. Give ranges of values, the least first: [[-9999, -9999]].", name
        )
    return ranges


def _read_gravity(value: Any, name: str, folder: Path) -> PointSource | RasterSource:
    if isinstance(value, str) and value.lower().endswith(POINT_SUFFIXES):
        return _read_points(value, name, folder)
    return _read_raster(value, name, folder)


def _read_raster_or_polygons(value: Any, name: str, folder: Path) -> RasterSource | PolygonSource:
    if isinstance(value, str) and value.lower().endswith((".geojson", ".json")):
        return PolygonSource(str(_located(value, name, folder)))
    return _read_raster(value, name, folder)


RASTER_KEYS = ("path", "band", "nodata", "use_nodata", "crs", "unit")
_RASTER_OBJECT: dict[str, Any] = {
    "type": "object",
    "required": ["path"],
    "additionalProperties": False,
    "properties": {
        "path": {"type": "string"},
        "band": {"type": "integer", "minimum": 1},
        "nodata": {
            "type": "array",
            "items": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
        },
        "use_nodata": {"type": "boolean"},
        "crs": {"type": ["string", "null"]},
        "unit": {"type": ["string", "null"]},
    },
}
_RASTER_SCHEMA: dict[str, Any] = {"anyOf": [{"type": "string"}, _RASTER_OBJECT]}
_BOUNDS: dict[str, Any] = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4}


def file_of(value: Any) -> Path | None:
    """The file that the engine reads for a job's value; None for other values."""
    if isinstance(value, RasterSource):
        variable = NETCDF_VARIABLE.fullmatch(value.path)
        return Path(variable[1] if variable else value.path)
    if isinstance(value, ExtentSource):
        return file_of(value.file)
    if isinstance(value, (PointSource, PolygonSource)):
        return Path(value.path)
    return Path(value.removeprefix(TABLE)) if isinstance(value, str) and value.startswith(TABLE) else None


FLAG = Kind(_read_flag, {"type": "boolean"})
LAW = Kind(_read_law, {"type": "string", "pattern": "^(exponential|hyperbolic|table):"})
TEXT = Kind(_read_text, {"type": "string"})
PATH = Kind(_read_path, {"type": "string"})
RASTER_OUTPUT = Kind(_read_raster_output, {"type": "string", "pattern": r"\.([Tt][Ii][Ff][Ff]?|[Nn][Cc])$"})
TABLE_OUTPUT = Kind(_read_table_output, {"type": "string", "pattern": r"\.([Cc][Ss][Vv]|columns\.json)$"})
EXTENT = Kind(
    _read_extent,
    {
        "anyOf": [
            {"type": "string"},
            _BOUNDS,
            {
                "type": "object",
                "additionalProperties": False,
                "properties": {**_RASTER_OBJECT["properties"], "bounds": _BOUNDS, "edges": {"type": "boolean"}},
            },
        ]
    },
)
POINTS = Kind(_read_points, {"type": "string", "pattern": r"\.(csv|columns\.json)$"})
RASTER = Kind(_read_raster, _RASTER_SCHEMA)
GRAVITY = Kind(_read_gravity, _RASTER_SCHEMA)
RASTER_OR_POLYGONS = Kind(_read_raster_or_polygons, _RASTER_SCHEMA)
