"""Where a raster's cells lie: by GDAL, and where GDAL can't tell or tells it wrong, by the file's own axes."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import InputError
from .crs import parse_crs, system_name
from .lengths import metres
from .longitudes import near, period
from .netcdf_axes import Axes, Axis, read_axes
from .relief import Grid

if TYPE_CHECKING:
    import pyproj

NETCDF = "netCDF"
DEGREES = "EPSG:4326"
UNEVEN = 1e-2  # of a step
SAME = 1e-3  # of a step
SAME_UNIT = 1e-12
SINGLE = 2.0**-23  # what a 32-bit float can tell apart, of a number


@dataclass(frozen=True)
class Place:
    """Where the columns and rows of a raster lie, in the order in which they are read."""

    easting: np.ndarray  # (nx,) of the columns
    northing: np.ndarray  # (ny,) of the rows
    crs: Any  # a text or an object that names the system
    own: bool = False  # by the file's own axes: its rows are to be read as they lie in the file
    transposed: bool = False  # its rows run along x
    notes: tuple[str, ...] = ()  # what was converted, a sentence each

    def grid(self, part: tuple[slice, slice], parameter: str) -> tuple[Grid, tuple[slice, slice]]:
        """The grid of some rows and columns, and how their values are turned to lie south to north and west to east."""
        rows, columns = self.northing[part[0]], self.easting[part[1]]
        flips = tuple(slice(None, None, 1 if side[-1] > side[0] else -1) for side in (rows, columns))
        return Grid(np.sort(columns), np.sort(rows), parse_crs(self.crs, parameter)), (flips[0], flips[1])


def place_of(array: Any, path: str, crs: Any, parameter: str) -> Place:
    """The place of a raster.

    Parameters
    ----------
    array : xarray.DataArray
        The band, as rioxarray opens it.
    path : str
        Its file.
    crs : str, object or None
        Its system, if it is known.
    parameter : str

    Raises
    ------
    InputError
        No system, no place, rotated, uneven cells, axes in another unit than any system has.
    """
    step = array.rio.transform()
    axes = _axes(path, array.shape[-2:])
    if crs is None and axes is not None and axes.x.in_degrees and axes.y.in_degrees:
        crs = DEGREES
    if axes is not None and (place := _own_place(axes, step, path, crs, parameter)):
        return place
    if crs is None:
        raise _no_system(path, parameter)
    if step.is_identity:
        raise InputError(
            f"{parameter}: the raster {path} tells no place and no size of its cells, or they differ in size. Warp it to "
            "an even grid first.",
            parameter,
        )
    if abs(step.b) > 1e-9 * abs(step.a) or abs(step.d) > 1e-9 * abs(step.e):
        raise InputError(f"{parameter}: the raster {path} is rotated. Warp it to a north-up grid first.", parameter)
    ny, nx = array.shape[-2:]
    return Place(step.c + step.a * (np.arange(nx) + 0.5), step.f + step.e * (np.arange(ny) + 0.5), crs)


def _no_system(path: str, parameter: str) -> InputError:
    return InputError(
        f"{parameter}: the raster {path} has no coordinate reference system. "
        "Set one (layer properties, or Assign projection), or turn LOCAL_GRID on where it lies on a local grid in metres.",
        parameter,
    )


def _axes(path: str, shape: tuple[int, int]) -> Axes | None:
    """The file's own axes where it is NetCDF."""
    import rasterio

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
        try:
            with rasterio.open(path) as file:
                variable = file.tags(1).get("NETCDF_VARNAME") if file.driver == NETCDF else None
        except rasterio.errors.RasterioError:
            return None
    return read_axes(path, variable, shape) if variable else None


def _own_place(axes: Axes, step: Any, path: str, crs: Any, parameter: str) -> Place | None:
    """The place by a file's axes, None where GDAL has the same."""
    x, y = axes.x, axes.y
    if crs is None:
        raise _no_system(path, parameter)
    system = parse_crs(crs, parameter)
    odd = [axis for axis in (x, y) if (metres(axis.unit) is not None if system.is_geographic else axis.in_degrees)]
    if odd:
        unit = odd[0].unit or "degrees"
        raise InputError(
            f"{parameter}: the axes of {path} are in {unit}, and its coordinate reference system {system_name(system)} in "
            f"{system.axis_info[0].unit_name}. Assign it the one that its coordinates are in.",
            parameter,
        )
    factors = [1.0 if system.is_geographic else _factor(axis, system) for axis in (x, y)]
    sides = [axis.values * factor for axis, factor in zip((x, y), factors, strict=True)]
    notes = [
        f"{parameter}: the axis {axis.name} of {path} is in {axis.unit}, and its system in {system.axis_info[0].unit_name}: "
        f"converted (times {factor:.10g})."
        for axis, factor in zip((x, y), factors, strict=True)
        if factor != 1.0
    ]
    turn = period(system) if system.is_geographic else None
    placed = not step.is_identity
    if placed and _agree(sides[0], step.c, step.a, turn) and _agree(sides[1], step.f, step.e):
        return None
    transposed = axes.transposed
    if placed and not transposed:
        transposed = _agree(sides[1], step.c, step.a) and _agree(sides[0], step.f, step.e, turn)
        if not transposed and not notes:  # GDAL knows better: a GeoTransform that the file names
            return None
    for axis, values in zip((x, y), sides, strict=True):
        _require_even(axis, values, path, parameter)
    east, north = (np.linspace(values[0], values[-1], values.size) for values in sides)
    return Place(east, north, crs, True, transposed, tuple(notes))


def _factor(axis: Axis, system: pyproj.CRS) -> float:
    """What an axis's numbers are multiplied with to be in the unit of the system; 1 where the axis tells no unit."""
    size = metres(axis.unit)
    factor = 1.0 if size is None else size / system.axis_info[0].unit_conversion_factor
    return 1.0 if abs(factor - 1.0) < SAME_UNIT else factor


def _agree(values: np.ndarray, corner: float, step: float, turn: float | None = None) -> bool:
    """Whether GDAL's cells, from a corner on, have their outermost centres at an axis's ends."""
    if values.size < 2:
        return False
    ends = np.sort([corner + 0.5 * step, corner + (values.size - 0.5) * step])
    own = np.sort([values[0], values[-1]])
    moved = near(own, float(ends.mean()), turn) if turn else own
    return bool(np.allclose(np.sort(moved), ends, rtol=SINGLE, atol=SAME * abs(step)))


def _require_even(axis: Axis, values: np.ndarray, path: str, parameter: str) -> None:
    """Refuse an axis whose steps are not all the same."""
    if values.size < 2:
        return
    steps = np.diff(values)
    usual = float(np.median(steps))
    bearable = UNEVEN * abs(usual) + SINGLE * float(np.abs(values).max(initial=0.0))
    odd = ~(np.abs(steps - usual) <= bearable)
    if usual == 0 or odd.any():
        first = int(np.argmax(odd))
        raise InputError(
            f"{parameter}: the cells of {path} differ in size: along {axis.name} most steps are {usual:g} {axis.unit}".rstrip()
            + f", and the one from {values[first]:.10g} to {values[first + 1]:.10g} is {steps[first]:g}. Warp it to an even "
            "grid first.",
            parameter,
        )
