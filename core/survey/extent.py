"""From EXTENT and SPACING to a grid: whether centres or edges are meant, and whether the order is right."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

from ..data.columns import PointSource, read_columns
from ..data.coordinate_columns import locate
from ..data.crs import parse_crs, same_system, system_name, transform
from ..data.extent import ExtentSource
from ..data.longitudes import gathered, period
from ..data.rasters import RasterSource, raster_grid
from ..data.relief import ON_THE_GRID, Grid
from ..errors import InputError
from ..events.protocol import Reporter

if TYPE_CHECKING:
    import pyproj

Sides = tuple[float, float, float, float]
"""West, east, south, north."""

ORDERS = {
    "west, south, east, north": (0, 2, 1, 3),
    "south, north, west, east": (2, 3, 0, 1),
    "south, west, north, east": (1, 3, 0, 2),
}
"""Other orders, and where in each the west, the east, the south and the north are."""

MOST = 0.9  # of the stations, for which another order is right
SMALLER = 0.01  # of the area that the given order spans
DEGREES = "EPSG:4326"
KILOMETRE = 1000.0
ALONG = 9  # places on each side of a box that is brought into another system


def grid_of_extent(
    extent: Sides | ExtentSource,
    spacing: float,
    crs: pyproj.CRS,
    reporter: Reporter,
    rasters: dict[str, RasterSource] | None = None,
    places: tuple[np.ndarray, np.ndarray] | None = None,
) -> Grid:
    """The grid of EXTENT and SPACING.

    The numbers are the outermost centres; the edges of a layer or file that EXTENT names, or of an input raster that has
    these numbers as its edges, are the grid's edges.

    Parameters
    ----------
    extent : tuple or ExtentSource
        EXTENT.
    spacing : float
        SPACING, m.
    crs : pyproj.CRS
        The grid's.
    reporter : Reporter
    rasters : dict
        The job's rasters, by parameter.
    places : (array, array)
        Easting and northing of the stations in the grid's system, by which another order of the numbers is found out.

    Raises
    ------
    InputError
        Too many cells or too few, another system, another order.
    """
    if isinstance(extent, ExtentSource):
        edges, what = _sides_of_file(extent, crs), f"EXTENT is {extent.file.path}"
    else:
        _require_system(extent, crs)
        if places is not None:
            _require_order(extent, places)
            _require_metres(extent, crs, places)
        edges, what = extent, "EXTENT is a layer's" if getattr(extent, "edges", False) else ""
        if not what and (name := _with_these_edges(extent, spacing, crs, rasters or {})):
            what = f"EXTENT has the numbers of the edges of {name}"
    if not what:
        return Grid.from_extent(edges, spacing, crs)
    centres = _inside(edges, spacing)
    west, east, south, north = (f"{side:.10g}" for side in centres)
    reporter.log(
        f"{what}, so it is taken as the grid's outer edges: the outermost cell centres lie half a cell inside, at {west} and "
        f"{east} east, {south} and {north} north."
    )
    return Grid.from_extent(centres, spacing, crs)


def rasters_of(job: Any) -> dict[str, RasterSource]:
    """A job's rasters, by the names of their parameters."""
    values = {item.name.upper(): getattr(job, item.name) for item in fields(job)}
    return {name: value for name, value in values.items() if isinstance(value, RasterSource)}


def middle_of(extent: Sides | ExtentSource) -> tuple[float, float]:
    """A place in the middle of EXTENT, as far as its numbers tell; NaN for a file's."""
    if isinstance(extent, ExtentSource):
        return np.nan, np.nan
    west, east, south, north = extent
    return 0.5 * (west + east), 0.5 * (south + north)


def _inside(edges: Sides, spacing: float) -> Sides:
    """The outermost centres of the cells that fill a box, from its south-west corner on."""
    west, east, south, north = edges
    across, up = (max(int(np.ceil(side / spacing - ON_THE_GRID)), 1) for side in (east - west, north - south))
    first, second = west + 0.5 * spacing, south + 0.5 * spacing
    return first, first + (across - 1) * spacing, second, second + (up - 1) * spacing


def _require_system(extent: Sides, crs: pyproj.CRS) -> None:
    named = getattr(extent, "crs", "")
    if named and not same_system(parse_crs(named, "EXTENT"), crs):
        raise InputError(
            f"EXTENT is in {named}, and the grid in {crs.name}. Give it in the grid's system, or that one as CRS.",
            "EXTENT",
        )


def _require_order(extent: Sides, places: tuple[np.ndarray, np.ndarray]) -> None:
    """Refuse numbers in another order: it alone is a box about the stations, or a far smaller one."""
    for order, where in ORDERS.items():
        west, east, south, north = (extent[place] for place in where)
        if west >= east or south >= north:
            continue
        held = _share_inside((west, east, south, north), places)
        smaller = (east - west) * (north - south) < SMALLER * (extent[1] - extent[0]) * (extent[3] - extent[2])
        if held >= MOST and (smaller or _share_inside(extent, places) == 0.0):
            raise InputError(
                f"EXTENT is in the order {order}: so taken it lies about the stations, at {west:g} to {east:g} east and "
                f"{south:g} to {north:g} north. Give it in the order west, east, south, north.",
                "EXTENT",
            )


def _require_metres(extent: Sides, crs: pyproj.CRS, places: tuple[np.ndarray, np.ndarray]) -> None:
    """Refuse numbers in kilometres or degrees: only so taken they are a box about the stations."""
    if _share_inside(extent, places) > 0.0:
        return
    west, east, south, north = extent
    metres = KILOMETRE * west, KILOMETRE * east, KILOMETRE * south, KILOMETRE * north
    taken = {"kilometres": metres}
    if max(abs(south), abs(north)) <= 90.0 and max(abs(west), abs(east)) <= 360.0 and crs.is_projected:
        taken["degrees"] = _box(*_along(extent), parse_crs(DEGREES, "EXTENT"), crs)
    for unit, sides in taken.items():
        if _share_inside(sides, places) >= MOST:
            raise InputError(
                f"EXTENT is {west:g}, {east:g}, {south:g}, {north:g}, which lies about the stations when it is taken as {unit}, and "
                f"it is wanted in metres. Give it in the grid's system ({system_name(crs)}).",
                "EXTENT",
            )


def _share_inside(sides: Sides, places: tuple[np.ndarray, np.ndarray]) -> float:
    easting, northing = places
    there = np.isfinite(easting + northing)
    west, east, south, north = sides
    inside = (easting >= west) & (easting <= east) & (northing >= south) & (northing <= north)
    return float(inside.sum()) / max(int(there.sum()), 1)


def _with_these_edges(extent: Sides, spacing: float, crs: pyproj.CRS, rasters: dict[str, RasterSource]) -> str:
    """The parameter of an input raster that has these edges; empty where none has."""
    for name, source in rasters.items():
        try:
            grid = raster_grid(source, name)
        except InputError:  # told where it is read
            continue
        close = np.allclose(extent, _edges(grid), rtol=0.0, atol=ON_THE_GRID * min(spacing, grid.dx, grid.dy))
        if close and same_system(grid.crs, crs):
            return name
    return ""


def _edges(grid: Grid) -> Sides:
    return grid.west, grid.west + grid.easting.size * grid.dx, grid.south, grid.south + grid.northing.size * grid.dy


def _sides_of_file(extent: ExtentSource, crs: pyproj.CRS) -> Sides:
    """The box around a file in the grid's system."""
    if isinstance(extent.file, PointSource):
        columns = read_columns(extent.file.path, "EXTENT")
        places = locate(columns, None, "EXTENT")
        easting, northing = places.east, places.north
        source = places.crs or crs
    else:
        grid = raster_grid(extent.file, "EXTENT")
        if same_system(grid.crs, crs):
            return _edges(grid)
        easting, northing = _along(_edges(grid))
        source = grid.crs
    sides = _box(easting, northing, source, crs)
    if not np.isfinite(sides).all():
        raise InputError(f"EXTENT: the file has no place in {system_name(crs)}. Check the CRS of both.", "EXTENT")
    return sides


def _along(sides: Sides) -> tuple[np.ndarray, np.ndarray]:
    """Places all over a box, whose sides bend in another system."""
    easting, northing = np.meshgrid(np.linspace(*sides[:2], ALONG), np.linspace(*sides[2:], ALONG))
    return easting.ravel(), northing.ravel()


def _box(easting: np.ndarray, northing: np.ndarray, source: pyproj.CRS, crs: pyproj.CRS) -> Sides:
    """The box around places in another system; NaN where they have none there."""
    east, north = transform(easting, northing, source, crs, "EXTENT")
    east = gathered(east, period(crs))
    there = np.isfinite(east + north)
    if not there.any():
        return np.nan, np.nan, np.nan, np.nan
    return float(east[there].min()), float(east[there].max()), float(north[there].min()), float(north[there].max())
