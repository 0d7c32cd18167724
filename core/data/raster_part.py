"""The part of a raster that is read: all of it, or of a great one what lies around the places that ask."""

from __future__ import annotations

import re
import warnings
from typing import Any

import numpy as np

from ..errors import InputError
from .placing import Place
from .relief import MOST_CELLS, Places

MOST_WHOLE = MOST_CELLS // 5
"""A raster with more cells is read around the places alone, where there are any."""
MOST_READ = 5 * MOST_CELLS
NO_MEMORY = re.compile("out of memory|allocat", re.IGNORECASE)
SPARE = 3.0  # cells
BESIDE = 0.1  # of the places' width

Part = tuple[slice, slice]
"""Rows and columns."""


def part_of(place: Place, around: Places | None, path: str, parameter: str) -> Part:
    """The rows and columns to read; `InputError` where they are more than can be held."""
    rows, columns = slice(0, place.northing.size), slice(0, place.easting.size)
    if around is not None and place.northing.size * place.easting.size > MOST_WHOLE:
        grid = place.grid((rows, columns), parameter)[0]
        easting, northing = grid.bring(*around, parameter)
        rows, columns = _between(place.northing, northing), _between(place.easting, easting)
    if (rows.stop - rows.start) * (columns.stop - columns.start) > MOST_READ:
        raise too_great(path, place.easting.size, place.northing.size, MOST_READ, parameter)
    return rows, columns


def too_great(path: str, nx: int, ny: int, most: float, parameter: str) -> InputError:
    """The refusal of a raster with more cells than can be read or computed with."""
    return InputError(
        f"{parameter}: the raster {path} has {nx} x {ny} cells, and at most {most:.3g} are possible. Cut it to the area that is "
        "wanted (Clip raster by extent), or make its cells greater (Warp).",
        parameter,
    )


def blame_memory(error: BaseException) -> None:
    """`MemoryError` where GDAL could not read because it got no memory: it says the same of a file that is damaged."""
    cause: BaseException | None = error
    while cause is not None:
        if "OutOfMemory" in type(cause).__name__ or NO_MEMORY.search(str(cause)):
            raise MemoryError from error
        cause = cause.__cause__ or cause.__context__


def refuse_unreadable(path: str, parameter: str) -> None:
    """Refuse a raster whose header alone says that it can't be held: one of sides without end, or of complex numbers."""
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning, RasterioError

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        try:
            with rasterio.open(path) as file:
                ny, nx = file.shape
                kinds = set(file.dtypes)
        except (RasterioError, OSError, ValueError):
            return  # told by who opens it for good
    if max(ny, nx) > MOST_CELLS:
        raise too_great(path, nx, ny, MOST_READ, parameter)
    if any("complex" in str(kind) for kind in kinds):
        raise InputError(
            f"{parameter}: the raster {path} holds complex numbers. Give one of real numbers (gdal_translate -ot Float64 "
            "takes their real parts).",
            parameter,
        )


def _between(axis: np.ndarray, places: np.ndarray) -> slice:
    """The cells of an axis that lie around places, with some to spare; two at least."""
    there = places[np.isfinite(places)]
    if there.size == 0:
        return slice(0, 2)
    beside = SPARE * abs(float(axis[-1] - axis[0])) / (axis.size - 1) + BESIDE * float(np.ptp(there))
    inside = np.flatnonzero((axis >= there.min() - beside) & (axis <= there.max() + beside))
    return slice(int(inside[0]), int(inside[-1]) + 1) if inside.size > 1 else slice(0, 2)


def read_numbers(path: str, band: int, array: Any, place: Place, part: Part, parameter: str) -> np.ndarray:
    """The numbers of a part as they are in the file (rows, columns), in the order of `place`.

    Parameters
    ----------
    path : str
    band : int
    array : xarray.DataArray
        The band as rioxarray opens it.
    place : Place
    part : Part
    parameter : str

    Raises
    ------
    InputError
        They can't be read.
    """
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning, RasterioError

    try:
        if not place.own:
            return np.array(array[part].values)
        rows, columns = part[::-1] if place.transposed else part
        window = ((rows.start, rows.stop), (columns.start, columns.stop))
        with warnings.catch_warnings(), rasterio.Env(GDAL_NETCDF_BOTTOMUP="NO"):
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.open(path) as file:
                numbers = np.array(file.read(band, window=window))
        return numbers.T if place.transposed else numbers
    except (RasterioError, OSError) as error:
        blame_memory(error)
        raise InputError(
            f"{parameter}: the values of {path} can't be read, so it is damaged or cut short. Give a whole copy.",
            parameter,
        ) from error
