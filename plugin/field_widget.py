"""The choice of a field in an algorithm's dialog, for a parent that may be a raster.

QGIS's own widget ends the whole program (seen in 3.22, its source is the same in 3.44) as soon as the
parent parameter holds a raster layer, which may be before the user touched anything. This module is
imported by the dialogs alone, by the name in the parameter's metadata.
"""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsFieldProxyModel,
    QgsProcessingContext,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingUtils,
    QgsProject,
    QgsVectorLayer,
)
from qgis.gui import (
    QgsAbstractProcessingParameterWidgetWrapper,
    QgsFieldComboBox,
    QgsGui,
    QgsProcessingGui,
)
from qgis.PyQt.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from .compat import OPTIONAL

STANDARD = QgsProcessingGui.WidgetType.Standard
BATCH = QgsProcessingGui.WidgetType.Batch


class FieldWidget(QgsAbstractProcessingParameterWidgetWrapper):
    """A list of the parent's fields of numbers or texts, empty where the parent is no point layer; in batch, a line.

    The model designer, which asks for no layer, has QGIS's own widget.
    """

    def __new__(cls, parameter, dialog, row=0, col=0):
        if type(dialog).__name__ == "ModelerParametersDialog":
            registry = QgsGui.processingGuiRegistry()
            return registry.createModelerParameterWidget(dialog.model, dialog.childId, parameter, dialog.context)
        return super().__new__(cls, parameter, STANDARD)

    def __init__(self, parameter, dialog, row=0, col=0) -> None:
        super().__init__(parameter, BATCH if type(dialog).__name__ == "BatchAlgorithmDialog" else STANDARD)
        self._choice: QgsFieldComboBox | QLineEdit | None = None
        # Owns a layer that was opened from a file, for as long as its fields are shown.
        self._context = QgsProcessingContext()
        self._context.setProject(QgsProject.instance())

    def createWidget(self) -> QWidget:
        # In a frame of its own: QGIS hands the frame back as a new Python object, and the old one is void.
        frame = QWidget()
        layout = QVBoxLayout(frame)
        layout.setContentsMargins(0, 0, 0, 0)
        self._choice = self._line() if self.type() == BATCH else self._list()
        layout.addWidget(self._choice)
        frame.setToolTip(self.parameterDefinition().toolTip())
        return frame

    def _line(self) -> QLineEdit:
        line = QLineEdit()
        line.textChanged.connect(self._tell)
        return line

    def _list(self) -> QgsFieldComboBox:
        choice = QgsFieldComboBox()
        kinds = QgsFieldProxyModel.Filter
        choice.setFilters(kinds.Numeric | kinds.String | getattr(kinds, "Boolean", kinds.Numeric))  # newer than 3.22
        choice.setAllowEmptyFieldName(bool(self.parameterDefinition().flags() & OPTIONAL))
        choice.fieldChanged.connect(self._tell)
        return choice

    def setWidgetValue(self, value: Any, context: QgsProcessingContext) -> None:
        text = value if isinstance(value, str) else ""
        if isinstance(self._choice, QLineEdit):
            self._choice.setText(text)
        elif self._choice is not None:
            self._choice.setField(text)

    def widgetValue(self) -> str | None:
        if isinstance(self._choice, QLineEdit):
            return self._choice.text() or None
        return (self._choice.currentField() or None) if self._choice is not None else None

    def postInitialize(self, wrappers: list[QgsAbstractProcessingParameterWidgetWrapper]) -> None:
        parent = self.parameterDefinition().parentLayerParameterName()
        for wrapper in wrappers:
            if wrapper.parameterDefinition().name() == parent and self.type() != BATCH:
                wrapper.widgetValueHasChanged.connect(self._show_fields_of)
                self._show_fields_of(wrapper)

    def _show_fields_of(self, parent: QgsAbstractProcessingParameterWidgetWrapper) -> None:
        value = parent.parameterValue()
        if isinstance(value, QgsProcessingFeatureSourceDefinition):
            value = value.source.staticValue()
        if isinstance(value, str):
            value = QgsProcessingUtils.mapLayerFromString(value, self._context)
        self._choice.setLayer(value if isinstance(value, QgsVectorLayer) else None)

    def _tell(self, *changed: Any) -> None:
        self.widgetValueHasChanged.emit(self)
