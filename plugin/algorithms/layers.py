"""The kinds of parameter that are layers of the user's: each becomes an export that the engine reads."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

from qgis.core import (
    QgsMapLayer,
    QgsPoint,
    QgsProcessingFeatureSource,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterMapLayer,
    QgsProcessingParameterRasterLayer,
    QgsRasterLayer,
    QgsVectorLayer,
    QgsWkbTypes,
)

from ..compat import COMPLEX, IMAGE_TO_LAYER, POINT_GEOMETRY, POINT_LAYER, POLYGON_GEOMETRY, POLYGON_LAYER, RASTER_LAYER
from ..engine.export import PointExport, PolygonExport, RasterExport
from ..engine.sources import own_file, whole_crs
from .answers import Answers
from .asks import Ask, Field, Switch

STRAIGHT = 1e-9  # of a cell's width
MOST_CELLS = 100_000_000  # that the engine reads of a raster


@dataclass(frozen=True)
class Raster(Ask):
    """The first band of a raster layer."""

    def build(self) -> QgsProcessingParameterDefinition:
        return QgsProcessingParameterRasterLayer(self.name, self.label, self.default, self.optional)

    def problem(self, answers: Answers) -> str:
        if not answers.given(self.name):
            return "" if self.optional else f"{self.name} is empty. Choose a raster layer."
        layer = answers.raster(self.name)
        if layer is None:
            named = _named(answers, self.name)
            return f"{self.name}: {named} can't be opened as a raster. Choose a raster layer."
        return _no_crs(answers, self.name, layer) or _rotated(self.name, layer) or _no_grid(self.name, layer)

    def for_job(self, answers: Answers) -> RasterExport | None:
        layer = answers.raster(self.name)
        return RasterExport(layer, 1) if layer is not None else None


@dataclass(frozen=True)
class Points(Ask):
    """A point layer, or its selection, with the fields that other parameters name."""

    def build(self) -> QgsProcessingParameterDefinition:
        return QgsProcessingParameterFeatureSource(self.name, self.label, [POINT_LAYER], self.default, self.optional)

    def problem(self, answers: Answers) -> str:
        if not answers.given(self.name):
            return "" if self.optional else f"{self.name} is empty. Choose a point layer."
        source = answers.features(self.name)
        if source is None:
            return f"{self.name}: {_named(answers, self.name)} can't be opened. Choose a point layer."
        return "" if _has(POINT_GEOMETRY, source) else _no_points(self.name, source.sourceName())

    def for_job(self, answers: Answers) -> PointExport | None:
        source = answers.features(self.name)
        return _points(answers, self.name, source)


@dataclass(frozen=True)
class FeaturesOrRaster(Ask, ABC):
    """A layer that may be of features or a raster; `selected` names the switch for its selection alone."""

    selected: str = ""
    feature: ClassVar[str]  # what one is called
    layers: ClassVar[list[Any]]
    geometry: ClassVar[Any]

    def build(self) -> QgsProcessingParameterDefinition:
        return QgsProcessingParameterMapLayer(self.name, self.label, self.default, self.optional, self.layers)

    def problem(self, answers: Answers) -> str:
        choose = f"Choose a {self.feature} layer or a raster layer."
        if not answers.given(self.name):
            return "" if self.optional else f"{self.name} is empty. {choose}"
        layer = answers.layer(self.name)
        if layer is None or not layer.isValid():
            return f"{self.name}: {_named(answers, self.name)} can't be opened. {choose}"
        if isinstance(layer, QgsRasterLayer):
            found = _no_crs(answers, self.name, layer) or _rotated(self.name, layer) or _no_grid(self.name, layer)
            return found or self.raster_problem(answers, layer)
        if not isinstance(layer, QgsVectorLayer) or not _has(self.geometry, layer):
            return self.no_features(layer)
        if answers.boolean(self.selected) and not layer.selectedFeatureCount():
            return (
                f"{self.selected} is on, but nothing is selected in '{layer.name()}'. Select {self.feature}s, or turn it "
                "off."
            )
        return ""

    def raster_problem(self, answers: Answers, layer: QgsRasterLayer) -> str:
        return ""

    @abstractmethod
    def no_features(self, layer: QgsMapLayer) -> str:
        """The complaint about a layer of another kind."""


@dataclass(frozen=True)
class PointsOrRaster(FeaturesOrRaster):
    """Gravity as people have it: stations or a grid."""

    band: str = ""
    feature: ClassVar[str] = "point"
    layers: ClassVar[list[Any]] = [POINT_LAYER, RASTER_LAYER]
    geometry: ClassVar[Any] = POINT_GEOMETRY

    def raster_problem(self, answers: Answers, layer: QgsRasterLayer) -> str:
        band = answers.integer(self.band)
        if not 1 <= band <= layer.bandCount():
            return f"{self.band} is {band}, but '{layer.name()}' has {layer.bandCount()}. Give one that it has."
        return ""

    def no_features(self, layer: QgsMapLayer) -> str:
        return _no_points(self.name, layer.name())

    def for_job(self, answers: Answers) -> PointExport | RasterExport | None:
        layer = answers.layer(self.name)
        if isinstance(layer, QgsRasterLayer):
            return RasterExport(layer, answers.integer(self.band))
        source = answers.features(self.name, answers.boolean(self.selected))
        return _points(answers, self.name, source)


@dataclass(frozen=True)
class PolygonsOrRaster(FeaturesOrRaster):
    """A part of the map: polygons around it, or a raster that is not zero there."""

    feature: ClassVar[str] = "polygon"
    layers: ClassVar[list[Any]] = [POLYGON_LAYER, RASTER_LAYER]
    geometry: ClassVar[Any] = POLYGON_GEOMETRY

    def no_features(self, layer: QgsMapLayer) -> str:
        return (
            f"{self.name}: '{layer.name()}' has no polygons and is no raster. Choose a polygon layer or a raster layer."
        )

    def for_job(self, answers: Answers) -> PolygonExport | RasterExport | None:
        layer = answers.layer(self.name)
        if isinstance(layer, QgsRasterLayer):
            return RasterExport(layer, 1)
        source = answers.features(self.name, answers.boolean(self.selected))
        return PolygonExport(source) if source is not None else None


@dataclass(frozen=True)
class Selection(Switch):
    """Whether the export of a layer stops at the selected features; the engine need not know."""

    def for_job(self, answers: Answers) -> None:
        return None


def _points(answers: Answers, name: str, source: QgsProcessingFeatureSource | None) -> PointExport | None:
    """The export of a parameter's points, with the whole CRS of their file."""
    layer = answers.layer(name)
    crs = whole_crs(layer) if layer is not None else ""
    return PointExport(source, _fields_of(answers, name), crs) if source is not None else None


def _fields_of(answers: Answers, parent: str) -> list[str]:
    """The fields of a layer that the user named, each once."""
    asks = answers.algorithm.ASKS
    named = [ask.field(answers) for ask in asks if isinstance(ask, Field) and ask.parent == parent]
    return list(dict.fromkeys(name for name in named if name))


def _no_crs(answers: Answers, parameter: str, layer: QgsRasterLayer) -> str:
    if layer.crs().isValid() or answers.boolean("LOCAL_GRID"):
        return ""
    return (
        f"{parameter}: the raster '{layer.name()}' has no coordinate reference system. Set the one that it is in "
        "(layer properties, Source, or 'Assign projection'), or turn LOCAL_GRID on where it lies on a local grid in metres."
    )


def _no_grid(parameter: str, layer: QgsRasterLayer) -> str:
    """The complaint about a raster that can't be copied for the engine: too great, or of complex numbers."""
    provider = layer.dataProvider()
    if provider.dataType(1) in COMPLEX:
        return f"{parameter}: the raster '{layer.name()}' holds complex numbers. Give one of real numbers."
    if provider.xSize() * provider.ySize() > MOST_CELLS and not own_file(layer):
        return (
            f"{parameter}: the raster '{layer.name()}' has {provider.xSize()} x {provider.ySize()} cells, and at most "
            f"{MOST_CELLS:.0e} can be read. Cut it to the relief's area (Clip raster by extent)."
        )
    return ""


def _rotated(parameter: str, layer: QgsRasterLayer) -> str:
    """The complaint about a raster whose rows do not run east: QGIS would lay it on another grid without a word."""
    corners = [QgsPoint(0, 0), QgsPoint(1, 0), QgsPoint(0, 1)]
    corner, right, down = (layer.dataProvider().transformCoordinates(place, IMAGE_TO_LAYER) for place in corners)
    skew = max(abs(right.y() - corner.y()), abs(down.x() - corner.x()))
    if skew > STRAIGHT * abs(right.x() - corner.x()):
        return f"{parameter}: the raster '{layer.name()}' is rotated. Warp it to a north-up grid first."
    return ""


def _has(geometry: Any, layer: QgsVectorLayer | QgsProcessingFeatureSource) -> bool:
    return QgsWkbTypes.geometryType(layer.wkbType()) == geometry


def _no_points(parameter: str, name: str) -> str:
    return (
        f"{parameter}: the layer '{name}' has no points. Choose a point layer; a table becomes one with "
        "'Create points layer from table'."
    )


def _named(answers: Answers, name: str) -> str:
    value = answers.values.get(name)
    return f"'{value.name()}'" if isinstance(value, QgsMapLayer) else f"'{value}'"
