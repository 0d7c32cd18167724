"""The relief, one height per cell, and the grid it lies on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ..errors import InputError
from .crs import same_system, transform
from .longitudes import near, period

if TYPE_CHECKING:
    import pyproj

ON_THE_GRID = 1e-3
"""Two places closer than this share of a cell are the same."""
MOST_CELLS = 20_000_000
"""More than these no machine computes with in reasonable time: an inversion takes some 1.4 kB of memory for each."""


Places = tuple[np.ndarray, np.ndarray, "pyproj.CRS"]
"""Eastings, northings, and the system that they are in."""


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

    @property
    def turn(self) -> float | None:
        """After how much easting the same places come again: see `longitudes.period`."""
        return period(self.crs) if self.crs is not None else None

    def near(self, easting: np.ndarray) -> np.ndarray:
        """Eastings by whole turns round the Earth moved to the grid's."""
        return near(np.asarray(easting, float), 0.5 * float(self.easting[0] + self.easting[-1]), self.turn)

    def bring(
        self, easting: np.ndarray, northing: np.ndarray, crs: pyproj.CRS, parameter: str | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Places of another system in the grid's, on its side of the antimeridian; NaN where they are none."""
        east, north = transform(easting, northing, crs, self.crs, parameter)
        return self.near(east), north

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
            and same_system(self.crs, other.crs)
        )


@dataclass(frozen=True)
class Relief:
    """Heights on a grid, m, positive up; also any other quantity that has one value per cell."""

    grid: Grid
    heights: np.ndarray  # (ny, nx), row 0 the southernmost; NaN where empty
    notes: tuple[str, ...] = ()  # what was converted as it was read, a sentence each

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
        easting = self.grid.near(easting)
        inside = self.grid.contains(easting, northing)
        if self._goes_round and not (np.abs(easting - self.easting.mean()) <= 0.5 * np.ptp(self.easting)).all():
            return self._with_seam().sample(easting, northing, nearest)
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

    @property
    def _goes_round(self) -> bool:
        """Whether the last column's neighbour is the first: a raster of the whole Earth."""
        turn, dx = self.grid.turn, self.grid.dx
        return turn is not None and abs(self.easting.size * dx - turn) < 0.5 * dx

    def _with_seam(self) -> Relief:
        """With the last column before the first one again, and the first one behind the last."""
        dx = self.grid.dx
        easting = np.concatenate([self.easting[:1] - dx, self.easting, self.easting[-1:] + dx])
        return Relief(replace(self.grid, easting=easting), np.pad(self.heights, ((0, 0), (1, 1)), mode="wrap"))

    def on(self, grid: Grid, nearest: bool = False) -> np.ndarray:
        """The values at another grid's centres (ny, nx), whatever its CRS; NaN where there are none."""
        if self.grid.same_as(grid):
            return self.heights
        east, north = self.grid.bring(*grid.centres(), grid.crs)
        return self.sample(east, north, nearest).reshape(grid.shape)
