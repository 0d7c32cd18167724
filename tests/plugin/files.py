"""Small rasters and point files, made by GDAL."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from osgeo import gdal, ogr, osr

gdal.UseExceptions()
ogr.UseExceptions()
TYPES = {float: ogr.OFTReal, int: ogr.OFTInteger, str: ogr.OFTString}
# The north-west corner and the cell size of a raster.
PLACE = (1000.0, -2000.0, 500.0)


def raster_file(
    path: Path,
    values,
    kind: int = gdal.GDT_Float64,
    nodata: float | None = None,
    epsg: int | None = 3031,
    place: tuple[float, float, float] = PLACE,
) -> str:
    """A GeoTIFF of the values (rows from the north, or bands of rows); its path."""
    bands = np.asarray(values)
    bands = bands[np.newaxis] if bands.ndim == 2 else bands
    west, north, size = place
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), bands.shape[2], bands.shape[1], len(bands), kind)
    dataset.SetGeoTransform([west, size, 0.0, north, 0.0, -size])
    if epsg is not None:
        dataset.SetProjection(_reference(epsg).ExportToWkt())
    for number, band in enumerate(bands, 1):
        dataset.GetRasterBand(number).WriteArray(band)
        if nodata is not None:
            dataset.GetRasterBand(number).SetNoDataValue(nodata)
    return str(path)


def point_file(path: Path, fields: Sequence[str], rows: Sequence[tuple], epsg: int | None = 3031) -> str:
    """A GeoPackage of points: each row is x, y and the values of the fields, None for NULL; its path."""
    source = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    layer = source.CreateLayer(path.stem, _reference(epsg) if epsg else None, ogr.wkbPoint)
    for number, name in enumerate(fields, 2):
        value = next(row[number] for row in rows if row[number] is not None)
        layer.CreateField(ogr.FieldDefn(name, TYPES[type(value)]))
    layer.StartTransaction()
    for x, y, *values in rows:
        feature = ogr.Feature(layer.GetLayerDefn())
        for name, value in zip(fields, values, strict=True):
            if value is not None:
                feature.SetField(name, value)
        point = ogr.Geometry(ogr.wkbPoint)
        point.AddPoint_2D(x, y)
        feature.SetGeometry(point)
        layer.CreateFeature(feature)
    layer.CommitTransaction()
    return str(path)


def points_in(path: Path) -> list[dict[str, Any]]:
    """The features of a file, in their order: the fields, and x and y."""
    source = ogr.Open(str(path))
    found = []
    for feature in source.GetLayer(0):
        place = feature.GetGeometryRef()
        found.append({**feature.items(), "x": place.GetX(), "y": place.GetY()})
    return found


def raster_in(path: Path) -> np.ndarray:
    """The first band, NaN where there is NoData."""
    dataset = gdal.Open(str(path))
    values = dataset.GetRasterBand(1).ReadAsArray().astype(float)
    values[values == dataset.GetRasterBand(1).GetNoDataValue()] = np.nan
    return values


def _reference(epsg: int) -> osr.SpatialReference:
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(epsg)
    return reference
