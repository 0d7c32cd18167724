"""The kinds of parameter that are layers of the user's: each becomes an export that the engine reads."""

from __future__ import annotations

from dataclasses import dataclass

from qgis.core import (
    QgsMapLayer,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterMapLayer,
    QgsProcessingParameterRasterLayer,
    QgsRasterLayer,
    QgsVectorLayer,
    QgsWkbTypes,
)

from ..compat import POINT_GEOMETRY, POINT_LAYER, RASTER_LAYER
from ..engine.export import PointExport, RasterExport
from .answers import Answers
from .asks import Ask, Field, Switch


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
        return _no_crs(self.name, layer)

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
        source = answers.points(self.name)
        if source is None:
            return f"{self.name}: {_named(answers, self.name)} can't be opened. Choose a point layer."
        return _no_points(self.name, source.sourceName(), source)

    def for_job(self, answers: Answers) -> PointExport | None:
        source = answers.points(self.name)
        return PointExport(source, _fields_of(answers, self.name)) if source is not None else None


@dataclass(frozen=True)
class PointsOrRaster(Ask):
    """Gravity as people have it: stations or a grid."""

    band: str = ""

    def build(self) -> QgsProcessingParameterDefinition:
        return QgsProcessingParameterMapLayer(
            self.name, self.label, self.default, self.optional, [POINT_LAYER, RASTER_LAYER]
        )

    def problem(self, answers: Answers) -> str:
        if not answers.given(self.name):
            return f"{self.name} is empty. Choose a point layer or a raster layer."
        layer = answers.layer(self.name)
        if layer is None or not layer.isValid():
            return f"{self.name}: {_named(answers, self.name)} can't be opened. Choose a point layer or a raster layer."
        if isinstance(layer, QgsVectorLayer):
            return _no_points(self.name, layer.name(), layer) or self._no_selection(answers, layer)
        if not isinstance(layer, QgsRasterLayer):
            return f"{self.name}: '{layer.name()}' is neither points nor a raster. Choose one of these."
        if found := _no_crs(self.name, layer):
            return found
        band = answers.integer(self.band)
        if not 1 <= band <= layer.bandCount():
            return f"{self.band} is {band}, but '{layer.name()}' has {layer.bandCount()}. Give one that it has."
        return ""

    def _no_selection(self, answers: Answers, layer: QgsVectorLayer) -> str:
        if answers.boolean("SELECTED_ONLY") and not layer.selectedFeatureCount():
            return f"SELECTED_ONLY is on, but nothing is selected in '{layer.name()}'. Select stations, or turn it off."
        return ""

    def for_job(self, answers: Answers) -> PointExport | RasterExport | None:
        layer = answers.layer(self.name)
        if isinstance(layer, QgsRasterLayer):
            return RasterExport(layer, answers.integer(self.band))
        source = answers.points(self.name, answers.boolean("SELECTED_ONLY"))
        return PointExport(source, _fields_of(answers, self.name)) if source is not None else None


@dataclass(frozen=True)
class Selection(Switch):
    """Whether the export of GRAVITY stops at the selected features; the engine need not know."""

    def for_job(self, answers: Answers) -> None:
        return None


def _fields_of(answers: Answers, parent: str) -> list[str]:
    """The fields of a layer that the user named, each once."""
    asks = answers.algorithm.ASKS
    named = [ask.field(answers) for ask in asks if isinstance(ask, Field) and ask.parent == parent]
    return list(dict.fromkeys(name for name in named if name))


def _no_crs(parameter: str, layer: QgsRasterLayer) -> str:
    if layer.crs().isValid():
        return ""
    return (
        f"{parameter}: the raster '{layer.name()}' has no coordinate reference system. Set the one that it is in "
        "(layer properties, Source, or 'Assign projection')."
    )


def _no_points(parameter: str, name: str, layer) -> str:
    """A complaint where a layer or source has other geometry than points."""
    if QgsWkbTypes.geometryType(layer.wkbType()) == POINT_GEOMETRY:
        return ""
    return (
        f"{parameter}: the layer '{name}' has no points. Choose a point layer; a table becomes one with "
        "'Create points layer from table'."
    )


def _named(answers: Answers, name: str) -> str:
    value = answers.values.get(name)
    return f"'{value.name()}'" if isinstance(value, QgsMapLayer) else f"'{value}'"
