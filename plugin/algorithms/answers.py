"""What the user answered, read by the names of the parameters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsMapLayer,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingFeatureSource,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingUtils,
    QgsProperty,
    QgsRasterLayer,
    QgsVectorLayer,
)

NUMBERS = re.compile(r"\s*[-+.\d][-+.\deE]*\s*,")  # how a text of four numbers begins


class Answers:
    """The values of one run of one algorithm.

    A layer with a selection (``QgsProcessingFeatureSourceDefinition``) given where QGIS asks for any map
    layer is taken apart into the layer and the switch beside it: see `unwrapped`.
    """

    def __init__(
        self, algorithm: QgsProcessingAlgorithm, values: Mapping[str, Any], context: QgsProcessingContext
    ) -> None:
        self.algorithm = algorithm
        self.values = dict(values)
        self.context = context

    def given(self, name: str) -> bool:
        """Whether there is a value, the user's or the parameter's default."""
        definition = self.algorithm.parameterDefinition(name)
        if definition is None:
            return False
        value = self.values.get(name)
        if _empty(value):
            value = definition.defaultValue()
        return not _empty(value)

    def number(self, name: str) -> float | None:
        return self.algorithm.parameterAsDouble(self.values, name, self.context) if self.given(name) else None

    def integer(self, name: str) -> int | None:
        return self.algorithm.parameterAsInt(self.values, name, self.context) if self.given(name) else None

    def boolean(self, name: str) -> bool:
        return self.given(name) and self.algorithm.parameterAsBool(self.values, name, self.context)

    def choice(self, name: str) -> int:
        return self.algorithm.parameterAsEnum(self.values, name, self.context)

    def text(self, name: str) -> str:
        return self.algorithm.parameterAsString(self.values, name, self.context) if self.given(name) else ""

    def crs(self, name: str) -> QgsCoordinateReferenceSystem:
        if not self.given(name):
            return QgsCoordinateReferenceSystem()
        return self.algorithm.parameterAsCrs(self.values, name, self.context)

    def layer(self, name: str) -> QgsMapLayer | None:
        """The layer behind a parameter of any kind of layer, or None where it can't be opened."""
        return self.algorithm.parameterAsLayer(self.values, name, self.context) if self.given(name) else None

    def extent_layer(self, name: str) -> QgsMapLayer | None:
        """The layer that an extent is given by, itself or by its name, id or file; None where it is given by numbers."""
        value = self.values.get(name)
        if isinstance(value, QgsProperty):
            value = self.algorithm.parameterAsString(self.values, name, self.context)
        if isinstance(value, QgsProcessingFeatureSourceDefinition):
            value = value.source.staticValue()
        if isinstance(value, str) and not NUMBERS.match(value):
            return QgsProcessingUtils.mapLayerFromString(value, self.context)
        return value if isinstance(value, QgsMapLayer) else None

    def raster(self, name: str) -> QgsRasterLayer | None:
        layer = self.layer(name)
        return layer if isinstance(layer, QgsRasterLayer) else None

    def features(self, name: str, selected_only: bool = False) -> QgsProcessingFeatureSource | None:
        """The features of a layer, or of its selection."""
        values = self.values
        if selected_only:
            layer = self.layer(name)
            if not isinstance(layer, QgsVectorLayer):
                return None
            values = {**values, name: QgsProcessingFeatureSourceDefinition(layer.id(), True)}
        return self.algorithm.parameterAsSource(values, name, self.context) if self.given(name) else None


def unwrapped(values: Mapping[str, Any], switches: Mapping[str, str]) -> dict[str, Any]:
    """The values with each layer-and-selection taken apart, for parameters of any map layer.

    `switches` holds their names, each with that of the parameter that says whether only the selection counts.
    """
    plain = dict(values)
    for name, switch in switches.items():
        value = plain.get(name)
        if isinstance(value, QgsProcessingFeatureSourceDefinition):
            plain[name] = value.source.staticValue()
            plain[switch] = bool(value.selectedFeaturesOnly) or bool(plain.get(switch))
    return plain


def _empty(value: Any) -> bool:
    return value is None or value == "" or (hasattr(value, "isNull") and not _is_layer(value) and value.isNull())


def _is_layer(value: Any) -> bool:
    return isinstance(value, QgsMapLayer)
