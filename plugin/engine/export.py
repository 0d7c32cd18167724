"""Layers on their way to the engine: made where the layer lives, written in whichever thread works.

Making an export takes what it needs from the layer (a copy of the provider, a feature source), so that
`write` touches no layer and may run outside the main thread. `name` is the layer's, for messages.
"""

from __future__ import annotations

import json
import re
from array import array
from math import nan
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransformContext,
    QgsFeature,
    QgsFeatureRequest,
    QgsGeometry,
    QgsProcessingException,
    QgsProcessingFeatureSource,
    QgsProcessingFeedback,
    QgsRasterBlockFeedback,
    QgsRasterFileWriter,
    QgsRasterIterator,
    QgsRasterLayer,
    QgsRasterPipe,
)

from ..compat import NO_WRITER_ERROR, TEXT_FIELD, UNCHECKED, WKT
from .band_facts import band_facts
from .columns import Columns, write_columns
from .sources import own_file, whole_crs

FEATURES_BETWEEN_CHECKS = 1000
UNDEFINED = re.compile("Undefined .*SRS")
DECIMALS = 17  # as many as a double has


class Cancelled(QgsProcessingException):
    """The user asked for the run to stop."""

    def __init__(self) -> None:
        super().__init__("The job was cancelled; no result was written.")


class RasterExport:
    """One band of a raster layer, as GeoTIFF with its values untouched.

    What GeoTIFF can't say travels beside it: the NoData ranges that the user added, whether the
    source's own NoData value is in use, the CRS that the layer has in QGIS, and the unit that its band names.
    A NetCDF file is not copied: its axes and their units are for the engine to read.
    """

    def __init__(self, layer: QgsRasterLayer, band: int) -> None:
        self.name = layer.name()
        provider = layer.dataProvider()
        self._provider = provider.clone()
        self._crs = layer.crs()
        self._whole_crs = whole_crs(layer)
        self._own_file = own_file(layer)
        self._band = band
        self._use_nodata = provider.useSourceNoDataValue(band)
        self._ranges = [[limits.min(), limits.max()] for limits in provider.userNoDataValues(band)]
        self._provider.setUserNoDataValue(band, [])
        self._source = provider.name(), provider.dataSourceUri()

    def write(self, folder: Path, stem: str, feedback: QgsProcessingFeedback) -> dict[str, Any]:
        """Write the raster into a folder and return the job's value for it."""
        if not self._own_file:
            self._copy(folder, stem, feedback)
        facts = band_facts(*self._source, self._band)
        fills = [list(limits) for limits in facts.fills] if self._use_nodata else []
        return {
            "path": self._own_file or f"{stem}.tif",
            "band": self._band,
            "nodata": self._ranges + fills,
            "use_nodata": self._use_nodata,
            "crs": self._whole_crs or crs_text(self._crs),
            **({"unit": facts.unit} if facts.unit else {}),
        }

    def _copy(self, folder: Path, stem: str, feedback: QgsProcessingFeedback) -> None:
        path = folder / f"{stem}.tif"
        provider = self._provider
        pipe = QgsRasterPipe()
        pipe.set(provider.clone())
        listener = QgsRasterBlockFeedback()
        feedback.canceled.connect(listener.cancel)
        failed = QgsRasterFileWriter(str(path)).writeRaster(
            pipe,
            provider.xSize(),
            provider.ySize(),
            provider.extent(),
            self._crs,
            QgsCoordinateTransformContext(),
            listener,
        )
        whole = self._is_whole(listener)
        if feedback.isCanceled():
            raise Cancelled
        if failed != NO_WRITER_ERROR:
            raise QgsProcessingException(
                f"{stem.upper()}: '{self.name}' could not be read, or not be copied to {folder} (is the disk full?)."
            )
        if not whole:
            raise QgsProcessingException(
                f"{stem.upper()}: the values of '{self.name}' can't be read, so it is damaged or cut short. Give a whole copy."
            )

    def _is_whole(self, listener: QgsRasterBlockFeedback) -> bool:
        """Whether all values of the band can be read: the writer takes zeros where they can't, and says nothing."""
        provider = self._provider
        blocks = QgsRasterIterator(provider)
        blocks.startRasterRead(self._band, provider.xSize(), provider.ySize(), provider.extent(), listener)
        while (part := blocks.readNextRasterPart(self._band))[0]:
            if not part[3].isValid():
                return False
        return not listener.errors()


class PointExport:
    """The points of a feature source with some of its fields, as columns.

    A multipoint becomes several points with the same values; a feature without geometry has NaN for
    coordinates, and NULL is NaN, so that the engine can count them. A field of texts travels as such:
    the engine reads numbers in them as it does those of a CSV, by what all of them say of commas and points.
    """

    def __init__(self, source: QgsProcessingFeatureSource, fields: list[str], crs: str = "") -> None:
        self.name = source.sourceName()
        self._source = source
        self._fields = fields
        self._crs = crs  # with its vertical part, where the file has one

    def write(self, folder: Path, stem: str, feedback: QgsProcessingFeedback) -> str:
        """Write the columns into a folder and return the job's value for them."""
        known = self._source.fields()
        indices = [known.lookupField(name) for name in self._fields]
        texts = [known.at(index).type() == TEXT_FIELD for index in indices]
        easting, northing = array("d"), array("d")
        columns: list[Any] = [[] if text else array("d") for text in texts]
        reads = [_text if text else _number for text in texts]
        request = QgsFeatureRequest().setSubsetOfAttributes(indices)
        for number, feature in enumerate(self._source.getFeatures(request, UNCHECKED)):
            if number % FEATURES_BETWEEN_CHECKS == 0 and feedback.isCanceled():
                raise Cancelled
            values = [read(feature.attribute(index)) for read, index in zip(reads, indices)]
            for x, y in _coordinates(feature):
                easting.append(x)
                northing.append(y)
                for column, value in zip(columns, values):
                    column.append(value)
        named = list(zip(map(column_name, self._fields), texts, columns))
        numbers = {name: column for name, text, column in named if not text}
        written = Columns(
            {"easting": easting, "northing": northing, **numbers},
            self._crs or crs_text(self._source.sourceCrs()),
            {name: column for name, text, column in named if text},
        )
        return write_columns(folder, stem, written).name


class PolygonExport:
    """The polygons of a feature source, without its fields, as GeoJSON that names its CRS.

    Curves become chains of chords; features without geometry are left out.
    """

    def __init__(self, source: QgsProcessingFeatureSource) -> None:
        self.name = source.sourceName()
        self._source = source

    def write(self, folder: Path, stem: str, feedback: QgsProcessingFeedback) -> str:
        """Write the polygons into a folder and return the job's value for them."""
        features = []
        request = QgsFeatureRequest().setSubsetOfAttributes([])
        for number, feature in enumerate(self._source.getFeatures(request, UNCHECKED)):
            if number % FEATURES_BETWEEN_CHECKS == 0 and feedback.isCanceled():
                raise Cancelled
            geometry = feature.geometry()
            if not geometry.isNull() and not geometry.isEmpty():
                drawn = json.loads(QgsGeometry(geometry.constGet().segmentize()).asJson(DECIMALS))
                features.append({"type": "Feature", "properties": {}, "geometry": drawn})
        collection: dict[str, Any] = {"type": "FeatureCollection", "features": features}
        crs = crs_text(self._source.sourceCrs())
        if crs is not None:
            collection["crs"] = {"type": "name", "properties": {"name": crs}}
        path = folder / f"{stem}.geojson"
        path.write_text(json.dumps(collection), encoding="utf-8")
        return path.name


def column_name(field: str) -> str:
    """The column that holds a field: its name, unless the coordinates have it."""
    return f"{field} (field)" if field in ("easting", "northing") else field


def crs_text(crs: QgsCoordinateReferenceSystem) -> str | None:
    """A CRS as the engine reads it: its EPSG code where it has one, else WKT; None for none.

    A GeoPackage without one has an "Undefined geographic SRS", which says no more.
    """
    if not crs.isValid() or UNDEFINED.fullmatch(crs.description()):
        return None
    return crs.authid() if crs.authid().startswith("EPSG:") else crs.toWkt(WKT)


def _coordinates(feature: QgsFeature) -> list[tuple[float, float]]:
    geometry = feature.geometry()
    if geometry.isNull() or geometry.isEmpty():
        return [(nan, nan)]
    if geometry.isMultipart():
        return [(point.x(), point.y()) for point in geometry.asMultiPoint()]
    point = geometry.constGet()
    return [(point.x(), point.y())]


def _number(value: Any) -> float:
    """A field's value, NaN for NULL, which comes as None or as a QVariant of no value."""
    return float(value) if isinstance(value, (int, float)) else nan


def _text(value: Any) -> str:
    """A text field's value, empty for NULL."""
    return value if isinstance(value, str) else ""
