"""The relief, one height per cell, and the grid it lies on; how rasters are read and written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import InputError
from .crs import parse_crs

if TYPE_CHECKING:
    import pyproj

ON_THE_GRID = 1e-3
"""Two places closer than this share of a cell are the same."""
MOST_CELLS = 20_000_000
"""More than these no machine computes with in reasonable time: an inversion takes some 1.4 kB of memory for each."""
NETCDF = "netCDF"
RASTER_DRIVERS = {".tif": "GTiff", ".tiff": "GTiff", ".nc": NETCDF}
"""The formats that keep 64-bit floats, empty cells and the CRS in one file, by suffix."""


class Extent(tuple[float, float, float, float]):
    """West, east, south and north, m, and the system that was named with them, if any."""

    crs: str

    def __new__(cls, sides: tuple[float, float, float, float], crs: str = "") -> Extent:
        extent = super().__new__(cls, sides)
        extent.crs = crs
        return extent


@dataclass(frozen=True)
class Grid:
    """Cells of one size, their centres west to east and south to north."""

    easting: np.ndarray  # (nx,) m, of the centres, ascending
    northing: np.ndarray  # (ny,) m, ascending
    crs: pyproj.CRS

    @classmethod
    def from_extent(cls, extent: tuple[float, float, float, float], spacing: float, crs: pyproj.CRS) -> Grid:
        """A grid of square cells whose outermost centres are the extent (west, east, south, north), m."""
        west, east, south, north = extent
        named = extent.crs if isinstance(extent, Extent) else ""
        if named and not parse_crs(named, "EXTENT").equals(crs, ignore_axis_order=True):
            raise InputError(
                f"EXTENT is in {named}, and the grid in {crs.name}. Give it in the grid's system, or that one as CRS.",
                "EXTENT",
            )
        cells = ((east - west) / spacing + 1.0) * ((north - south) / spacing + 1.0)
        if cells > MOST_CELLS:
            raise InputError(
                f"SPACING {spacing:g} m makes about {cells:.3g} cells of EXTENT, and at most {MOST_CELLS:.3g} are possible. "
                "Give a greater SPACING, or a smaller EXTENT.",
                "SPACING",
            )
        nx, ny = round((east - west) / spacing) + 1, round((north - south) / spacing) + 1
        if nx < 2 or ny < 2:
            raise InputError(
                f"EXTENT {west:g}..{east:g}, {south:g}..{north:g} m holds {nx} x {ny} cells of {spacing:g} m; at least "
                "2 x 2 are needed. Give a smaller SPACING or a larger EXTENT.",
                "SPACING",
            )
        return cls(west + spacing * np.arange(nx), south + spacing * np.arange(ny), crs)

    @property
    def shape(self) -> tuple[int, int]:
        return self.northing.size, self.easting.size

    @property
    def size(self) -> int:
        return self.northing.size * self.easting.size

    @property
    def dx(self) -> float:
        return float(self.easting[-1] - self.easting[0]) / (self.easting.size - 1)

    @property
    def dy(self) -> float:
        return float(self.northing[-1] - self.northing[0]) / (self.northing.size - 1)

    @property
    def west(self) -> float:
        """The outer edge of the first column, m."""
        return float(self.easting[0]) - 0.5 * self.dx

    @property
    def south(self) -> float:
        """The outer edge of the first row, m."""
        return float(self.northing[0]) - 0.5 * self.dy

    def centres(self) -> tuple[np.ndarray, np.ndarray]:
        """Easting and northing of every cell, flat, row by row from the south-west."""
        east, north = np.meshgrid(self.easting, self.northing)
        return east.ravel(), north.ravel()

    def fractional_index(self, easting: np.ndarray, northing: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Column and row of places, as real numbers: 0 at the first centre."""
        return (easting - self.easting[0]) / self.dx, (northing - self.northing[0]) / self.dy

    def corners(self, easting: np.ndarray, northing: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        """The four cells around places, each with its flat number and its bilinear share.

        Of places beyond the outermost centres, the nearest ones on the border.
        """
        ny, nx = self.shape
        col, row = self.fractional_index(np.asarray(easting, float), np.asarray(northing, float))
        col, row = np.clip(np.nan_to_num(col), 0, nx - 1), np.clip(np.nan_to_num(row), 0, ny - 1)
        j, i = np.minimum(col.astype(int), nx - 2), np.minimum(row.astype(int), ny - 2)
        u, v = col - j, row - i
        first = i * nx + j
        return [
            (first, (1.0 - u) * (1.0 - v)),
            (first + 1, u * (1.0 - v)),
            (first + nx, (1.0 - u) * v),
            (first + nx + 1, u * v),
        ]

    def contains(self, easting: np.ndarray, northing: np.ndarray) -> np.ndarray:
        """Which places lie inside, half a cell around the outermost centres included."""
        col, row = self.fractional_index(easting, northing)
        ny, nx = self.shape
        edge = 0.5 + ON_THE_GRID
        return (col >= -edge) & (col <= nx - 1 + edge) & (row >= -edge) & (row <= ny - 1 + edge)

    def same_as(self, other: Grid) -> bool:
        """Whether both have the same cells in the same system."""
        return (
            self.shape == other.shape
            and np.allclose(self.easting, other.easting, rtol=0, atol=ON_THE_GRID * self.dx)
            and np.allclose(self.northing, other.northing, rtol=0, atol=ON_THE_GRID * self.dy)
            and self.crs.equals(other.crs, ignore_axis_order=True)
        )


@dataclass(frozen=True)
class Relief:
    """Heights on a grid, m, positive up; also any other quantity that has one value per cell."""

    grid: Grid
    heights: np.ndarray  # (ny, nx), row 0 the southernmost; NaN where empty

    @property
    def easting(self) -> np.ndarray:
        return self.grid.easting

    @property
    def northing(self) -> np.ndarray:
        return self.grid.northing

    def with_heights(self, heights: np.ndarray) -> Relief:
        return replace(self, heights=heights)

    def sample(self, easting: np.ndarray, northing: np.ndarray, nearest: bool = False) -> np.ndarray:
        """Values at places in the grid's CRS: bilinear, or of the nearest cell; NaN outside the outer cells.

        Between the outermost centres and the outer edges the border's values are taken. A place at a cell's centre has that
        cell's value, whether its neighbours are empty or not; between a full cell and an empty one there is none.
        """
        inside = self.grid.contains(easting, northing)
        if nearest:
            from scipy.ndimage import map_coordinates

            col, row = self.grid.fractional_index(np.asarray(easting, float), np.asarray(northing, float))
            return np.where(inside, map_coordinates(self.heights, [row, col], order=0, mode="nearest"), np.nan)
        total, counted = np.zeros(inside.shape), np.zeros(inside.shape)
        for cell, share in self.grid.corners(easting, northing):
            value = self.heights.ravel()[cell]
            counts = (share > ON_THE_GRID) | (np.isfinite(value) & (share > 0.0))
            total += np.where(counts, share * value, 0.0)
            counted += np.where(counts, share, 0.0)
        return np.where(inside, total / counted, np.nan)

    def on(self, grid: Grid, nearest: bool = False) -> np.ndarray:
        """The values at another grid's centres (ny, nx), whatever its CRS; NaN where there are none."""
        if self.grid.same_as(grid):
            return self.heights
        from .crs import transform

        east, north = transform(*grid.centres(), grid.crs, self.grid.crs)
        return self.sample(east, north, nearest).reshape(grid.shape)


@dataclass(frozen=True)
class RasterSource:
    """Where a raster is, and how its cells are to be understood."""

    path: str
    band: int = 1
    nodata: tuple[tuple[float, float], ...] = ()  # ranges of values, unpacked, that mean empty, both ends included
    use_nodata: bool = True  # whether the file's own NoData counts
    crs: str | None = None  # in place of the file's


def read_raster(source: RasterSource, parameter: str) -> Relief:
    """A raster's band as heights on a grid, empty cells NaN.

    Raises
    ------
    InputError
        No such file, no raster, a damaged one, no such band, no CRS, no place, rotated, or fewer than 2 x 2 cells.
    """
    array = _open(source, parameter)
    crs = source.crs or array.rio.crs
    if crs is None:
        raise InputError(
            f"{parameter}: the raster {source.path} has no coordinate reference system. "
            "Set one (layer properties, or Assign projection).",
            parameter,
        )
    step = array.rio.transform()
    if step.is_identity:
        raise InputError(
            f"{parameter}: the raster {source.path} tells no place and no size of its cells, or they differ in size. Warp it to "
            "an even grid first.",
            parameter,
        )
    if abs(step.b) > 1e-9 * abs(step.a) or abs(step.d) > 1e-9 * abs(step.e):
        raise InputError(
            f"{parameter}: the raster {source.path} is rotated. Warp it to a north-up grid first.", parameter
        )
    values = array.values.astype(float)
    if source.use_nodata and array.rio.nodata is not None:
        values[array.values == array.rio.nodata] = np.nan
    scale, offset = _packing(array.attrs, source.band)
    values = values * scale + offset
    for low, high in source.nodata:
        values = np.where((values >= low) & (values <= high), np.nan, values)
    values[~np.isfinite(values)] = np.nan
    ny, nx = values.shape
    if nx < 2 or ny < 2:
        raise InputError(
            f"{parameter}: the raster {source.path} has {nx} x {ny} cells; at least 2 x 2 are needed.",
            parameter,
        )
    easting = step.c + step.a * (np.arange(nx) + 0.5)
    northing = step.f + step.e * (np.arange(ny) + 0.5)
    values = values[:: 1 if step.e > 0 else -1, :: 1 if step.a > 0 else -1]
    grid = Grid(np.sort(easting), np.sort(northing), parse_crs(crs, parameter))
    return Relief(grid, np.ascontiguousarray(values))


def _packing(attributes: dict[str, Any], band: int) -> tuple[float, float]:
    """What the band's numbers are multiplied with and what is added to give values."""
    scales, offsets = attributes.get("scales"), attributes.get("offsets")
    return (
        scales[band - 1] if scales else attributes.get("scale_factor", 1.0),
        offsets[band - 1] if offsets else attributes.get("add_offset", 0.0),
    )


def _open(source: RasterSource, parameter: str) -> Any:
    """The band with its values, an xarray.DataArray."""
    import rioxarray
    import xarray
    from rasterio.errors import RasterioError

    if not Path(source.path).exists() and not source.path.upper().startswith("NETCDF:"):
        raise InputError(f"{parameter}: there is no file {source.path}. Give an existing raster.", parameter)
    try:
        array = rioxarray.open_rasterio(source.path)
    except (RasterioError, OSError, ValueError) as error:
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
        return (array if array.ndim == 2 else array[source.band - 1]).load()
    except (RasterioError, OSError) as error:
        raise InputError(
            f"{parameter}: the values of {source.path} can't be read, so it is damaged or cut short. Give a whole copy.",
            parameter,
        ) from error


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
