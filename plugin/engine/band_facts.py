"""What a raster's file says of a band and QGIS passes over: the unit of its values, and further ones that mean empty."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:  # osgeo brings numpy, and the plugin's start needs none
    from osgeo import gdal

PROVIDER = "gdal"
FILLS = ("_FillValue", "missing_value")
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
SAME = 1e-6
"""Share of a fill value within which a value is it, after a scale and an offset in 32 bits."""


class BandFacts(NamedTuple):
    """Of one band."""

    unit: str = ""
    fills: tuple[tuple[float, float], ...] = ()  # ranges of values, unpacked


def band_facts(provider: str, source: str, band: int) -> BandFacts:
    """The facts of a band by a layer's provider and its data source; none where GDAL does not read it."""
    if provider != PROVIDER:
        return BandFacts()
    from osgeo import gdal

    try:
        dataset = gdal.OpenEx(source.partition("|")[0], gdal.OF_RASTER)
        return _of(dataset, band) if dataset is not None else BandFacts()
    except RuntimeError:  # where another plugin has GDAL raise what it can't open
        return BandFacts()


def _of(dataset: gdal.Dataset, band: int) -> BandFacts:
    found = dataset.GetRasterBand(band)
    unit = found.GetUnitType().strip()
    system = dataset.GetSpatialRef()
    if unit in ("metre", "m") and system is not None and system.IsCompound():
        unit = ""  # that of the system's heights, whatever the band holds; feet are told, for reliefs need them
    scale, offset = found.GetScale(), found.GetOffset()
    metadata = found.GetMetadata() or {}
    packed = {float(text) for name in FILLS for text in NUMBER.findall(metadata.get(name, ""))}
    values = (value * (1.0 if scale is None else scale) + (offset or 0.0) for value in sorted(packed))
    return BandFacts(unit, tuple((value - SAME * abs(value), value + SAME * abs(value)) for value in values))
