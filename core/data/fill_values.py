"""The values of a raster's band that its file declares empty: NoData, and NetCDF's other ways to say so."""

from __future__ import annotations

import re

NAMES = ("_FillValue", "missing_value")
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


def declared_fills(path: str, band: int) -> tuple[float, ...]:
    """Each value, as the band's numbers are packed, that the file says to be empty; GDAL takes one of them for NoData.

    None of a file that rasterio can't open.
    """
    import rasterio

    try:
        with rasterio.open(path) as file:
            nodata, tags = file.nodatavals[band - 1], file.tags(band)
    except (rasterio.errors.RasterioIOError, IndexError):
        return ()
    found = [float(text) for name in NAMES for text in NUMBER.findall(tags.get(name, ""))]
    return tuple(dict.fromkeys([*([] if nodata is None else [float(nodata)]), *found]))
