"""What GDAL knows of a layer's source and QGIS does not: its format, and the vertical part of its CRS."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from qgis.core import QgsCoordinateReferenceSystem, QgsMapLayer, QgsRasterLayer

if TYPE_CHECKING:  # osgeo brings numpy
    from osgeo import osr

GDAL, OGR = "gdal", "ogr"
NETCDF = "netCDF"
VARIABLE = "NETCDF:"
NAMED = re.compile(r'NETCDF:"?(.*?)"?:([^:"]*)', re.IGNORECASE)


def own_file(layer: QgsRasterLayer) -> str:
    """The source of a NetCDF layer, empty for others.

    The engine reads such a file itself: QGIS and its copies take axes in kilometres for metres, and give axes whose
    attributes are missing no place at all.
    """
    from osgeo import gdal

    source = _gdal_source(layer)
    try:
        dataset = gdal.OpenEx(source, gdal.OF_RASTER) if source else None
    except RuntimeError:  # where another plugin has GDAL raise what it can't open
        return ""
    if dataset is None or dataset.GetDriver().ShortName != NETCDF:
        return ""
    named = NAMED.fullmatch(source)
    return f'{VARIABLE}"{os.path.abspath(named[1])}":{named[2]}' if named else os.path.abspath(source)


def whole_crs(layer: QgsMapLayer) -> str:
    """The CRS of a layer's file as WKT where it has a vertical part beside the layer's own; else empty.

    QGIS keeps the horizontal part alone, and the unit of heights may stand in the other one.
    """
    try:
        reference = _reference(layer)
    except RuntimeError:
        return ""
    if reference is None or not reference.IsCompound():
        return ""
    horizontal = reference.Clone()
    horizontal.StripVertical()
    own = QgsCoordinateReferenceSystem.fromWkt(horizontal.ExportToWkt())
    return reference.ExportToWkt(["FORMAT=WKT2_2018"]) if own == layer.crs() else ""


def _gdal_source(layer: QgsMapLayer) -> str:
    return layer.source().partition("|")[0] if layer.providerType() == GDAL else ""


def _reference(layer: QgsMapLayer) -> osr.SpatialReference | None:
    from osgeo import gdal, ogr

    if source := _gdal_source(layer):
        dataset = gdal.OpenEx(source, gdal.OF_RASTER)
        return dataset.GetSpatialRef() if dataset is not None else None
    if layer.providerType() != OGR:
        return None
    file, _, rest = layer.source().partition("|")
    options = dict(part.partition("=")[::2] for part in rest.split("|"))
    dataset = ogr.Open(file)
    if dataset is None:
        return None
    table = dataset.GetLayerByName(options["layername"]) if "layername" in options else dataset.GetLayer(0)
    return table.GetSpatialRef() if table is not None else None
