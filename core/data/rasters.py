"""How rasters are read and written: GeoTIFF and NetCDF, one band, empty cells NaN."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import InputError
from .crs import LOCAL_GRID
from .fill_values import declared_fills
from .gmt_grid import old_gmt_grid
from .network import refuse_network
from .placing import NETCDF, Place, place_of
from .raster_part import blame_memory, part_of, read_numbers, refuse_unreadable, too_great
from .relief import MOST_CELLS, Grid, Places, Relief
from .void_codes import is_code, void_cells

RASTER_DRIVERS = {".tif": "GTiff", ".tiff": "GTiff", ".nc": NETCDF}
"""The formats that keep 64-bit floats, empty cells and the CRS in one file, by suffix."""


@dataclass(frozen=True)
class RasterSource:
    """Where a raster is, and how its cells are to be understood."""

    path: str
    band: int = 1
    nodata: tuple[tuple[float, float], ...] = ()  # ranges of values, unpacked, that mean empty, both ends included
    use_nodata: bool = True  # whether the file's own NoData counts
    crs: str | None = None  # in place of the file's
    unit: str | None = None  # of the values, in place of the file's
    local: bool = False  # whether it lies on a local grid where no system is named


def read_raster(source: RasterSource, parameter: str, around: Places | None = None) -> Relief:
    """A raster's band as heights on a grid, empty cells NaN.

    Of a great one only the part `around` some places is read, where they are given.

    Raises
    ------
    InputError
        No such file, no raster, a damaged one, no such band, no CRS, no place, rotated, uneven, complex numbers, fewer than
        2 x 2 cells, or more than can be held.
    """
    array = _open(source, parameter, values=False)
    place = _place(source, array, parameter)
    rows, columns = part_of(place, around, source.path, parameter)
    packed = read_numbers(source.path, source.band, array, place, (rows, columns), parameter)
    values = packed.astype(float)
    if source.use_nodata and array.rio.nodata is not None:
        values[packed == array.rio.nodata] = np.nan
    for fill in declared_fills(source.path, source.band) if source.use_nodata else ():
        values[packed == fill] = np.nan
    scale, offset = _packing(array.attrs, source.band)
    values = values * scale + offset
    if (scale, offset) != (1.0, 0.0):  # a code among packed numbers is none once they are unpacked
        values[void_cells(values, is_code(packed) & np.isfinite(values))] = np.nan
    for low, high in source.nodata:
        values = np.where((values >= low) & (values <= high), np.nan, values)
    values[~np.isfinite(values)] = np.nan
    grid, flips = place.grid((rows, columns), parameter)
    return Relief(grid, np.ascontiguousarray(values[flips]), place.notes)


def raster_grid(source: RasterSource, parameter: str) -> Grid:
    """Where a raster's cells lie; its values are not read, and the errors are `read_raster`'s."""
    place = _place(source, _open(source, parameter, values=False), parameter)
    return place.grid((slice(None), slice(None)), parameter)[0]


def refuse_more_cells(source: RasterSource, parameter: str) -> None:
    """Refuse a raster with more cells than can be computed with, before its values are read."""
    ny, nx = raster_grid(source, parameter).shape
    if ny * nx > MOST_CELLS:
        raise too_great(source.path, nx, ny, MOST_CELLS, parameter)


def raster_crs(source: RasterSource, parameter: str) -> Any:
    """The system of a raster as it is named, its vertical part included; None where none is."""
    return source.crs or _open(source, parameter, values=False).rio.crs


def _place(source: RasterSource, array: Any, parameter: str) -> Place:
    crs = source.crs or array.rio.crs or (LOCAL_GRID if source.local else None)
    place = place_of(array, source.path, crs, parameter)
    nx, ny = place.easting.size, place.northing.size
    if nx < 2 or ny < 2:
        raise InputError(
            f"{parameter}: the raster {source.path} has {nx} x {ny} cells; at least 2 x 2 are needed.",
            parameter,
        )
    return place


def raster_unit(source: RasterSource, parameter: str) -> str:
    """The unit of a raster's values as it is written: the source's, else that of the file's band; empty where none is.

    The values are `read_raster`'s as they are: what a unit means is for those to know who know what the raster holds.

    Raises
    ------
    InputError
        No such file, no raster, no such band.
    """
    if source.unit is not None:
        return source.unit.strip()
    unit = _open(source, parameter, values=False).attrs.get("units", "")  # one for each band, or that of the only one
    return str((unit if isinstance(unit, str) else unit[source.band - 1]) or "").strip()


def _packing(attributes: dict[str, Any], band: int) -> tuple[float, float]:
    """What the band's numbers are multiplied with and what is added to give values."""
    scales, offsets = attributes.get("scales"), attributes.get("offsets")
    return (
        scales[band - 1] if scales else attributes.get("scale_factor", 1.0),
        offsets[band - 1] if offsets else attributes.get("add_offset", 0.0),
    )


def _open(source: RasterSource, parameter: str, values: bool = True) -> Any:
    """The band, an xarray.DataArray, with its `values` or only with what is told of them."""
    import rioxarray
    import xarray
    from rasterio.errors import NotGeoreferencedWarning, RasterioError

    refuse_network(source.path, parameter)
    if not Path(source.path).exists() and not source.path.upper().startswith("NETCDF:"):
        raise InputError(f"{parameter}: there is no file {source.path}. Give an existing raster.", parameter)
    try:
        refuse_unreadable(source.path, parameter)
        array = old_gmt_grid(source.path)
        if array is None:
            with warnings.catch_warnings():  # whether it has a place is looked at later
                warnings.simplefilter("ignore", NotGeoreferencedWarning)
                array = rioxarray.open_rasterio(source.path)
    except (RasterioError, OSError, ValueError) as error:
        blame_memory(error)
        raise InputError(
            f"{parameter}: {source.path} is no raster that can be read. Give a GeoTIFF or NetCDF file.",
            parameter,
        ) from error
    if not isinstance(array, xarray.DataArray):
        raise InputError(
            f'{parameter}: {source.path} holds several variables. Name one as NETCDF:"{source.path}":variable.',
            parameter,
        )
    bands = 1 if array.ndim == 2 else array.shape[0]
    if not 1 <= source.band <= bands:
        raise InputError(
            f"{parameter}: the raster {source.path} has {bands} band(s), and band {source.band} was asked for. "
            f"Give a band from 1 to {bands}.",
            parameter,
        )
    try:
        band = array if array.ndim == 2 else array[source.band - 1]
        return band.load() if values else band
    except (RasterioError, OSError) as error:
        raise InputError(
            f"{parameter}: the values of {source.path} can't be read, so it is damaged or cut short. Give a whole copy.",
            parameter,
        ) from error


def raster_files(path: Path) -> list[Path]:
    """Every file that a raster is read from: those that a virtual one names too; none where it can't be opened."""
    import rasterio

    try:
        with rasterio.open(path) as file:
            return [Path(name) for name in file.files]
    except (rasterio.errors.RasterioError, OSError, ValueError):
        return []


def raster_driver(path: Path) -> str | None:
    """GDAL's name of the format that a file's suffix asks for; None where it can't be written."""
    return RASTER_DRIVERS.get(path.suffix.lower())


def write_raster(path: Path, relief: Relief, final: Path) -> None:
    """Write values as 64-bit floats, empty cells NaN, north up.

    Parameters
    ----------
    path : Path
        The file that is written.
    relief : Relief
        The values.
    final : Path
        The name that the file will have in the end; its suffix (.tif, .nc) chooses the format.

    Raises
    ------
    OSError
        The disk is full, say.
    """
    import rasterio
    import rioxarray  # noqa: F401  (adds .rio)
    import xarray

    array = xarray.DataArray(
        relief.heights[::-1], dims=("y", "x"), coords={"y": relief.northing[::-1], "x": relief.easting}
    )
    array = array.rio.write_crs(relief.grid.crs).rio.write_nodata(np.nan)
    driver = raster_driver(final)
    if driver == NETCDF:  # which rasterio's own GDAL reads but does not write
        array.rename("values").rio.write_coordinate_system().to_netcdf(path, engine="scipy")
        return
    array.rio.to_raster(path, driver=driver, dtype="float64", compress="deflate", tiled=True)
    with rasterio.open(path) as file:  # GDAL does not say when the disk is full as it closes a file
        if not np.array_equal(file.read(1), array.values, equal_nan=True):
            raise OSError(f"{path} was not written whole")
