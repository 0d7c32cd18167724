"""Rasters of gravity and of density contrasts brought to mGal and kg/m3 by the unit that their band names."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..data.field_units import is_known, is_length, kg_per_m3, mgal, says_nothing
from ..data.rasters import RasterSource, raster_unit
from ..data.relief import Relief
from ..errors import InputError
from ..events.protocol import Reporter
from .voids import refuse_beyond, without_voids

LARGEST_GRAVITY = 1e7  # mGal
LARGEST_CONTRAST = 1e5  # kg/m3
MOST_SPAN = 1e4  # mGal
"""Between the least and the greatest gravity on Earth, observed or reduced, lie some 6,000."""


def gravity_in_mgal(raster: Relief, source: RasterSource, reporter: Reporter) -> Relief:
    """Gravity in mGal, void cells empty.

    A conversion is logged; a unit that no one knows is doubted, and the numbers taken as mGal.

    Raises
    ------
    InputError
        The unit is that of something else, or the values can't be in it; numbers that must mean empty.
    """
    size = _size(raster_unit(source, "GRAVITY"), mgal, "gravity", "mGal", source, reporter)
    if size == 1.0:
        refuse_beyond(LARGEST_GRAVITY, "mGal", raster.heights, "GRAVITY", "GRAVITY")
        return without_voids(raster, "there is no station", "GRAVITY", reporter)
    _refuse_span(raster.heights * size, raster_unit(source, "GRAVITY"))
    clean = without_voids(raster, "there is no station", "GRAVITY", reporter)
    refuse_beyond(LARGEST_GRAVITY, "mGal", clean.heights * size, "GRAVITY", "GRAVITY")
    return clean.with_heights(clean.heights * size)


def contrast_in_kg_per_m3(raster: Relief, source: RasterSource, reporter: Reporter) -> Relief:
    """Density contrasts in kg/m3; a conversion is logged, an unknown unit doubted, that of something else refused."""
    size = _size(raster_unit(source, "DENSITY_GRID"), kg_per_m3, "density", "kg/m3", source, reporter)
    return raster.with_heights(raster.heights * size)


def _size(
    unit: str,
    known: Callable[[str], float | None],
    what: str,
    ours: str,
    source: RasterSource,
    reporter: Reporter,
) -> float:
    """How many of our own unit the raster's has."""
    parameter = "GRAVITY" if ours == "mGal" else "DENSITY_GRID"
    size = known(unit)
    if size is not None:
        if size != 1.0:
            reporter.log(f"{parameter} is in {unit} and was converted to {ours} (times {size:g}).")
        return size
    if says_nothing(unit) or (is_length(unit) and _has_vertical_part(source)):  # then it is the heights' unit
        return 1.0
    remedy = f"Give a raster of {what}, or mend its unit (gdal_edit.py -units {ours}, or a NetCDF's attribute units)."
    if is_known(unit):
        raise InputError(
            f"{parameter}: the raster's unit is {unit!r:.60}, which is none of {what}. {remedy}", parameter
        )
    reporter.warning(
        f"{parameter}: the raster's unit is {unit!r:.60}, which is not known; its numbers are taken as {ours}. {remedy}",
        parameter,
    )
    return 1.0


def _has_vertical_part(source: RasterSource) -> bool:
    """Whether the raster's system is one of places and heights, whose unit GDAL gives to every band."""
    import pyproj
    import rasterio

    try:
        with rasterio.open(source.path) as file:
            crs = file.crs
    except rasterio.errors.RasterioIOError:
        return False
    return crs is not None and len(pyproj.CRS.from_wkt(crs.to_wkt()).axis_info) > 2


def _refuse_span(gravity: np.ndarray, unit: str) -> None:
    """Refuse a unit in which the values would be farther apart than gravity is anywhere."""
    known = gravity[np.isfinite(gravity)]
    span = float(np.subtract(*np.percentile(known, [95, 5]))) if known.size else 0.0
    if span > MOST_SPAN:
        raise InputError(
            f"GRAVITY: the raster's unit is {unit!r}, in which its values would span {span:,.0f} mGal, and gravity does so "
            "nowhere. Mend the unit (gdal_edit.py -units mGal, or a NetCDF's attribute units).",
            "GRAVITY",
        )
