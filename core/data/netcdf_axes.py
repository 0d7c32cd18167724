"""The axes of a NetCDF grid as its own coordinate variables tell them: GDAL places none whose attributes it misses."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

NAMED = re.compile(r'NETCDF:"?(.*?)"?:([^:"]*)', re.IGNORECASE)
"""A variable of a file that holds several: the file, the variable."""
X_NAMES = ("x", "lon", "longitude", "easting", "east", "e", "long", "rlon", "xc")
Y_NAMES = ("y", "lat", "latitude", "northing", "north", "n", "lat", "rlat", "yc")
X_SIGNS, Y_SIGNS = ("projection_x_coordinate", "longitude", "x"), ("projection_y_coordinate", "latitude", "y")
EAST_UNITS = ("degrees_east", "degree_east", "degree_e", "degrees_e", "degreee", "degreese")
NORTH_UNITS = ("degrees_north", "degree_north", "degree_n", "degrees_n", "degreen", "degreesn")


@dataclass(frozen=True)
class Axis:
    """A coordinate variable."""

    name: str
    values: np.ndarray  # (n,) in the file's order and unit
    attributes: dict[str, Any]

    @property
    def unit(self) -> str:
        return str(self.attributes.get("units", "")).strip()

    @property
    def side(self) -> str:
        """ "x" or "y", by its attributes, else by its name; empty where neither tells."""
        said = {str(self.attributes.get(key, "")).lower() for key in ("standard_name", "axis")}
        if said & set(X_SIGNS) or self.unit.lower() in EAST_UNITS:
            return "x"
        if said & set(Y_SIGNS) or self.unit.lower() in NORTH_UNITS:
            return "y"
        plain = self.name.lower()
        return "x" if plain in X_NAMES else "y" if plain in Y_NAMES else ""

    @property
    def in_degrees(self) -> bool:
        """Whether it counts degrees of longitude or latitude."""
        if self.unit:
            return self.unit.lower().startswith("deg")
        most = 360.0 if self.side == "x" else 90.0
        return self.name.lower().startswith(("lon", "lat")) and bool((np.abs(self.values) <= most).all())


@dataclass(frozen=True)
class Axes:
    """Where the columns and the rows of a grid lie."""

    x: Axis
    y: Axis
    transposed: bool  # whether the file's rows run along x


def read_axes(path: str, variable: str, shape: tuple[int, int]) -> Axes | None:
    """The axes of a variable of a NetCDF file, `shape` being its rows and columns as GDAL has them; None where none fit."""
    named = NAMED.fullmatch(path)
    file = named[1] if named else path
    dimensions = _dimensions(file, variable)
    if dimensions is not None:
        rows, columns = (_axis(file, name) for name in dimensions)
        if rows is None or columns is None or (rows.values.size, columns.values.size) != shape:
            return None
        transposed = (rows.side == "x" and columns.side != "x") or (columns.side == "y" and rows.side != "y")
        return Axes(rows, columns, True) if transposed else Axes(columns, rows, False)
    for x_name, y_name in zip(X_NAMES, Y_NAMES, strict=True):
        for spell in (str.lower, str.upper, str.title):
            x, y = _axis(file, spell(x_name)), _axis(file, spell(y_name))
            if x is None or y is None:
                continue
            sizes = y.values.size, x.values.size
            if shape in (sizes, sizes[::-1]):
                return Axes(x, y, shape != sizes)
    return None


def _dimensions(file: str, variable: str) -> tuple[str, str] | None:
    """The names of a variable's last two dimensions, where the file is of the classic kind."""
    import xarray

    try:
        with xarray.open_dataset(file, engine="scipy", decode_cf=False) as dataset:
            names = dataset.variables[variable].dims
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return (str(names[-2]), str(names[-1])) if len(names) >= 2 else None


def _axis(file: str, name: str) -> Axis | None:
    """A variable of one dimension, None where there is none of this name: GDAL reads it as a raster of one row."""
    import rasterio

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
        try:
            with rasterio.open(f'NETCDF:"{file}":{name}') as variable:
                if 1 not in variable.shape or variable.count != 1:
                    return None
                return Axis(name, variable.read(1).astype(float).ravel(), variable.tags(1))
        except rasterio.errors.RasterioError:
            return None
