"""Heights as the survey needs them: in metres, positive up, whatever unit and vertical system their file names."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..data.columns import Columns
from ..data.crs import Vertical, vertical_part
from ..data.lengths import metres
from ..data.rasters import RasterSource, raster_crs, raster_unit, read_raster
from ..data.relief import Places, Relief
from ..data.void_codes import void_cells
from ..events.protocol import Reporter

METRES = Vertical("metre", 1.0)
SAME = 1e-12
OF_SOMETHING_ELSE = (
    "mgal",
    "ugal",
    "µgal",
    "gal",
    "m/s2",
    "m/s^2",
    "m s-2",
    "kg/m3",
    "kg m-3",
    "g/cm3",
    "g cm-3",
    "nt",
    "k",
)


def read_layer(source: RasterSource, parameter: str, reporter: Reporter, around: Places | None = None) -> Relief:
    """A raster (`core.data.rasters.read_raster`), with a log line on what was converted."""
    raster = read_raster(source, parameter, around)
    for note in raster.notes:
        reporter.log(note)
    return raster


def read_heights(source: RasterSource, parameter: str, reporter: Reporter, around: Places | None = None) -> Relief:
    """A raster of heights in metres, positive up.

    They are converted from the unit of the band, else from that of the vertical part of the CRS, with a log line. The
    grid's CRS is the horizontal part alone.

    Raises
    ------
    InputError
        As for any raster.
    """
    raster = read_layer(source, parameter, reporter, around)
    counted = vertical_part(raster_crs(source, parameter), parameter) or METRES
    unit = raster_unit(source, parameter)
    size = metres(unit) if unit else None
    if unit and size is None:
        _say_unknown(unit, parameter, reporter)
    if size is not None:
        counted = Vertical(unit, size, counted.down)
    if counted == METRES:
        return raster
    void = void_cells(raster.heights)  # a code in feet is a code no more in metres
    heights = in_metres(np.where(void, np.nan, raster.heights), counted, parameter, reporter)
    return raster.with_heights(np.where(void, raster.heights, heights))


def points_vertical(crs: Any, columns: Columns, field: str, parameter: str) -> Vertical:
    """How the heights of points count in a field, by their CRS (None: in metres, up).

    A field whose table names its unit is in metres already; only whether it counts down is the CRS's to say.
    """
    counted = vertical_part(crs, parameter) or METRES
    return Vertical("metre", 1.0, counted.down) if columns.names_unit(field, parameter) else counted


def in_metres(heights: np.ndarray, counted: Vertical, parameter: str, reporter: Reporter) -> np.ndarray:
    """Heights in metres, positive up, with a log line where they were not."""
    if abs(counted.metres - 1.0) > SAME:
        reporter.log(
            f"{parameter}: the heights are in {counted.unit} and were converted to metres (times {counted.metres:.10g})."
        )
        heights = heights * counted.metres
    if not counted.down:
        return heights
    if np.isfinite(heights).any() and np.nanmedian(heights) < 0.0:
        reporter.warning(
            f"{parameter} is in a system of depths, which count down, and most of its values are below 0 as heights are. They are "
            "taken as heights, positive up. Check its CRS, or give heights.",
            parameter,
        )
        return heights
    reporter.log(f"{parameter}: the values are depths by their CRS, and were turned into heights, positive up.")
    return -heights


def _say_unknown(unit: str, parameter: str, reporter: Reporter) -> None:
    if unit.lower() in OF_SOMETHING_ELSE:
        reporter.warning(
            f"{parameter} holds values in {unit} by what its file says, and heights are wanted. Check that it is the right raster "
            "and band; its numbers are taken as metres.",
            parameter,
        )
    else:
        reporter.log(f"{parameter}: the unit {unit!r} of its values is not known; they are taken as metres.")
