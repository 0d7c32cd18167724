"""The looks of results, built in code from each layer's own values: the same in every QGIS.

Relief has a terrain ramp; differences and residuals a diverging ramp, symmetric about zero; gravity a
perceptually even one.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, hypot, log10, sqrt
from typing import NamedTuple

from qgis.core import (
    QgsBasicNumericFormat,
    QgsColorRampLegendNodeSettings,
    QgsColorRampShader,
    QgsGradientColorRamp,
    QgsGradientStop,
    QgsGraduatedSymbolRenderer,
    QgsMarkerSymbol,
    QgsPalettedRasterRenderer,
    QgsRasterLayer,
    QgsRasterShader,
    QgsRendererRange,
    QgsSingleBandPseudoColorRenderer,
    QgsVectorLayer,
)
from qgis.PyQt.QtGui import QColor

from .compat import INTERPOLATED

TERRAIN = ("#14505f", "#3f8f7c", "#a9c98a", "#ece3b4", "#c99a62", "#8f5d3d", "#f6f2ee")
DIVERGING = ("#17407f", "#4b8bc2", "#b6d5e8", "#f7f7f5", "#f5c3a3", "#d6664d", "#82132b")
SEQUENTIAL = ("#2b1a52", "#4f3f91", "#3f74a6", "#3fa79b", "#8ccf7a", "#f2e55c")
SUPPORTED, UNSUPPORTED = "#8ccf7a", "#f0c4b4"
CLASSES = 9
# A diverging ramp reaches no further than so many times the RMS, so that one wild cell does not bleach it.
REACH_IN_RMS = 4.0


class Values(NamedTuple):
    """What a ramp needs to know of the values that it colours."""

    low: float
    high: float
    rms: float

    @property
    def reach(self) -> float:
        """How far from zero a symmetric ramp goes."""
        return min(max(abs(self.low), abs(self.high)), REACH_IN_RMS * self.rms)


def relief(layer: QgsRasterLayer) -> None:
    """Terrain colours between the layer's own lowest and highest values."""
    values = _raster_values(layer)
    _shade(layer, TERRAIN, values.low, values.high)


def difference(layer: QgsRasterLayer) -> None:
    """Blue below zero, white at it, red above; as far on either side."""
    reach = _raster_values(layer).reach
    _shade(layer, DIVERGING, -reach, reach)


def gravity(layer: QgsRasterLayer | QgsVectorLayer) -> None:
    """One even ramp over the values of a raster, or of the field 'gravity' of points."""
    if isinstance(layer, QgsRasterLayer):
        values = _raster_values(layer)
        _shade(layer, SEQUENTIAL, values.low, values.high)
    else:
        _colour_evenly(layer, "gravity")


def predicted(layer: QgsVectorLayer) -> None:
    """One even ramp over the field 'predicted'."""
    _colour_evenly(layer, "predicted")


def residual(layer: QgsVectorLayer) -> None:
    """Stations by their residual, symmetric about zero."""
    reach = _field_values(layer, "residual").reach
    _colour(layer, "residual", DIVERGING, -reach, reach)


def support(layer: QgsRasterLayer) -> None:
    """Cells that rest on data in green, those that do not in a pale red."""
    classes = [
        QgsPalettedRasterRenderer.Class(1.0, QColor(SUPPORTED), "rests on data"),
        QgsPalettedRasterRenderer.Class(0.0, QColor(UNSUPPORTED), "follows from the penalty alone"),
    ]
    layer.setRenderer(QgsPalettedRasterRenderer(layer.dataProvider(), 1, classes))


STYLES = {
    "relief": relief,
    "difference": difference,
    "gravity": gravity,
    "predicted": predicted,
    "residual": residual,
    "support": support,
}


def _raster_values(layer: QgsRasterLayer) -> Values:
    found = layer.dataProvider().bandStatistics(1)
    return Values(found.minimumValue, found.maximumValue, hypot(found.mean, found.stdDev))


def _field_values(layer: QgsVectorLayer, field: str) -> Values:
    """The values of a field, NULL left out; all zero where there are none."""
    index = layer.fields().lookupField(field)
    attributes = (feature.attribute(index) for feature in layer.getFeatures())
    values = [value for value in attributes if isinstance(value, (int, float))] or [0.0]
    rms = sqrt(sum(value * value for value in values) / len(values))
    return Values(min(values), max(values), rms)


def _colour_evenly(layer: QgsVectorLayer, field: str) -> None:
    values = _field_values(layer, field)
    _colour(layer, field, SEQUENTIAL, values.low, values.high)


def _ramp(colours: Sequence[str]) -> QgsGradientColorRamp:
    last = len(colours) - 1
    stops = [QgsGradientStop(number / last, QColor(colours[number])) for number in range(1, last)]
    return QgsGradientColorRamp(QColor(colours[0]), QColor(colours[-1]), False, stops)


def _shade(layer: QgsRasterLayer, colours: Sequence[str], low: float, high: float) -> None:
    """Give a raster a continuous ramp from low to high."""
    if not low < high:
        low, high = low - 1.0, low + 1.0
    last = len(colours) - 1
    function = QgsColorRampShader(low, high, _ramp(colours), INTERPOLATED)
    items = []
    for number, colour in enumerate(colours):
        value = low + (high - low) * number / last
        items.append(QgsColorRampShader.ColorRampItem(value, QColor(colour), f"{value:.4g}"))
    function.setColorRampItemList(items)
    function.setLegendSettings(_three_digits(high - low))
    shader = QgsRasterShader(low, high)
    shader.setRasterShaderFunction(function)
    renderer = QgsSingleBandPseudoColorRenderer(layer.dataProvider(), 1, shader)
    renderer.setClassificationMin(low)
    renderer.setClassificationMax(high)
    layer.setRenderer(renderer)


def _three_digits(span: float) -> QgsColorRampLegendNodeSettings:
    """A legend whose numbers have as many decimals as a span of values calls for."""
    numbers = QgsBasicNumericFormat()
    numbers.setNumberDecimalPlaces(max(0, 2 - floor(log10(span))))
    numbers.setShowThousandsSeparator(False)
    settings = QgsColorRampLegendNodeSettings()
    settings.setNumericFormat(numbers)
    return settings


def _colour(layer: QgsVectorLayer, field: str, colours: Sequence[str], low: float, high: float) -> None:
    """Give points a colour by a field, in equal classes; the outermost take in what lies beyond."""
    if not low < high:
        low, high = low - 1.0, low + 1.0
    ramp, width = _ramp(colours), (high - low) / CLASSES
    ranges = []
    for number in range(CLASSES):
        lower, upper = low + number * width, low + (number + 1) * width
        symbol = QgsMarkerSymbol.createSimple({"name": "circle", "size": "1.8", "outline_style": "no"})
        symbol.setColor(ramp.color(number / (CLASSES - 1)))
        label = f"{lower:.3g} to {upper:.3g}"
        first, last = number == 0, number == CLASSES - 1
        ranges.append(QgsRendererRange(-1e300 if first else lower, 1e300 if last else upper, symbol, label))
    layer.setRenderer(QgsGraduatedSymbolRenderer(field, ranges))
