"""Where a grid lies: its outermost cell centres, or the outer edges of its cells."""

from __future__ import annotations

from dataclasses import dataclass

from .columns import PointSource
from .rasters import RasterSource


class Extent(tuple[float, float, float, float]):
    """West, east, south and north, m: of the outermost centres, or of the outer `edges` of a layer.

    `crs` is the system that was named with them, if any.
    """

    crs: str
    edges: bool

    def __new__(cls, sides: tuple[float, float, float, float], crs: str = "", edges: bool = False) -> Extent:
        extent = super().__new__(cls, sides)
        extent.crs = crs
        extent.edges = edges
        return extent


@dataclass(frozen=True)
class ExtentSource:
    """An extent that is a file's: the outer edges of a raster, or of the box around points."""

    file: RasterSource | PointSource
