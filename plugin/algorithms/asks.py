"""The kinds of parameter: each makes its QGIS definition, checks its value, and puts it into the job."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from qgis.core import (
    QgsProcessingParameterBoolean,
    QgsProcessingParameterCrs,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterExtent,
    QgsProcessingParameterField,
    QgsProcessingParameterFile,
    QgsProcessingParameterNumber,
    QgsRasterLayer,
    QgsVectorLayer,
)

from ..compat import ADVANCED, ANY_FIELD, FILE, FOLDER, INTEGER, REAL
from ..engine.export import column_name, crs_text
from ..engine.sources import own_file
from .answers import Answers
from .field_values import holds_numbers

# By name: the module needs a window, and is imported by the dialogs alone.
FIELD_WIDGET = f"{__name__.rsplit('.', 2)[0]}.field_widget.FieldWidget"


@dataclass(frozen=True)
class Ask(ABC):
    """A parameter: its name, its label with the unit, and its help, in one place.

    `for_job` gives what stands in the job under the name in lower case: a JSON value, an export of
    `plugin.engine.export` to be written later, or None to leave the key out.
    """

    name: str
    label: str
    help: str
    default: Any = None
    optional: bool = False
    advanced: bool = False

    def definition(self) -> QgsProcessingParameterDefinition:
        definition = self.build()
        definition.setHelp(self.help)
        if self.advanced:
            definition.setFlags(definition.flags() | ADVANCED)
        return definition

    @abstractmethod
    def build(self) -> QgsProcessingParameterDefinition: ...

    def problem(self, answers: Answers) -> str:
        """One sentence on what is wrong with the value, with the remedy; or nothing."""
        return ""

    @abstractmethod
    def for_job(self, answers: Answers) -> Any: ...


@dataclass(frozen=True)
class Number(Ask):
    """A real number, in the unit that its label names."""

    above: float | None = None
    least: float | None = None
    most: float | None = None
    nonzero: bool = False
    decimals: int = 6
    kind: Any = REAL

    def build(self) -> QgsProcessingParameterDefinition:
        definition = QgsProcessingParameterNumber(self.name, self.label, self.kind, self.default, self.optional)
        definition.setMetadata({"widget_wrapper": {"decimals": self.decimals}})
        return definition

    def problem(self, answers: Answers) -> str:
        definition = answers.algorithm.parameterDefinition(self.name)
        value = answers.values.get(self.name)
        if not answers.given(self.name):
            return "" if self.optional else f"{self.name} is empty. Give {self._wanted()}."
        if isinstance(value, str) and not definition.checkValueIsAcceptable(value, answers.context):
            return f"{self.name} is '{value}', which is no number. Give {self._wanted()}."
        number = answers.number(self.name)
        fits = (
            number == number
            and (self.above is None or number > self.above)
            and (self.least is None or number >= self.least)
            and (self.most is None or number <= self.most)
            and not (self.nonzero and number == 0)
        )
        return "" if fits else f"{self.name} is {number:g}. Give {self._wanted()}."

    def _wanted(self) -> str:
        noun = "a whole number" if self.kind == INTEGER else "a number"
        bounds = []
        if self.above is not None:
            bounds.append(f"greater than {self.above:g}")
        if self.least is not None:
            bounds.append(f"not less than {self.least:g}")
        if self.most is not None:
            bounds.append(f"not greater than {self.most:g}")
        if self.nonzero:
            bounds.append("other than zero")
        return " ".join([noun, " and ".join(bounds)]).strip()

    def for_job(self, answers: Answers) -> float | None:
        return answers.number(self.name)


@dataclass(frozen=True)
class Count(Number):
    """A whole number."""

    kind: Any = INTEGER

    def for_job(self, answers: Answers) -> int | None:
        return answers.integer(self.name)


@dataclass(frozen=True)
class Switch(Ask):
    """Yes or no."""

    default: Any = False

    def build(self) -> QgsProcessingParameterDefinition:
        return QgsProcessingParameterBoolean(self.name, self.label, self.default)

    def for_job(self, answers: Answers) -> bool:
        return answers.boolean(self.name)


@dataclass(frozen=True)
class Choice(Ask):
    """One of a list, known to the engine by its place in it."""

    default: Any = 0
    options: tuple[str, ...] = ()

    def build(self) -> QgsProcessingParameterDefinition:
        return QgsProcessingParameterEnum(self.name, self.label, list(self.options), False, self.default)

    def problem(self, answers: Answers) -> str:
        definition = answers.algorithm.parameterDefinition(self.name)
        value = answers.values.get(self.name, self.default)
        if definition.checkValueIsAcceptable(value, answers.context):
            return ""
        listed = ", ".join(f"{number} ({text})" for number, text in enumerate(self.options))
        return f"{self.name} is {value}. Choose one of {listed}."

    def for_job(self, answers: Answers) -> int:
        return answers.choice(self.name)


@dataclass(frozen=True)
class Field(Ask):
    """A field of numbers of a point layer that is asked for by `parent`; texts may hold them too."""

    optional: bool = True
    parent: str = ""

    def build(self) -> QgsProcessingParameterDefinition:
        definition = QgsProcessingParameterField(
            self.name, self.label, self.default, self.parent, ANY_FIELD, False, self.optional
        )
        definition.setMetadata({"widget_wrapper": {"class": FIELD_WIDGET}})
        return definition

    def problem(self, answers: Answers) -> str:
        name = answers.text(self.name)
        if not name:
            return ""
        layer = answers.layer(self.parent)
        if layer is None:
            return "" if answers.given(self.parent) else f"{self.name} needs a point layer in {self.parent}."
        if not isinstance(layer, QgsVectorLayer):
            return f"{self.name} is a field, but {self.parent} is a raster. Leave {self.name} empty."
        index = layer.fields().lookupField(name)
        if index < 0:
            return f"{self.name}: the layer '{layer.name()}' has no field '{name}'. Choose one that it has."
        if not holds_numbers(layer, index):
            return (
                f"{self.name}: the field '{name}' is not numeric. Choose a numeric field, or make one from "
                "it with the field calculator."
            )
        return ""

    def field(self, answers: Answers) -> str | None:
        """The field as the layer spells it."""
        name = answers.text(self.name)
        layer = answers.layer(self.parent)
        if not name or not isinstance(layer, QgsVectorLayer):
            return None
        return layer.fields().at(layer.fields().lookupField(name)).name()

    def for_job(self, answers: Answers) -> str | None:
        name = self.field(answers)
        return column_name(name) if name else None


@dataclass(frozen=True)
class Extent(Ask):
    """The outermost cell centres of a grid, in the grid's CRS; or a layer, whose edges are the grid's."""

    layer: str = "GRAVITY"  # whose CRS the grid has where none is asked for

    def build(self) -> QgsProcessingParameterDefinition:
        return QgsProcessingParameterExtent(self.name, self.label, self.default, self.optional)

    def for_job(self, answers: Answers) -> list[float] | dict[str, Any] | None:
        if not answers.given(self.name):
            return None
        layer = answers.extent_layer(self.name)
        if isinstance(layer, QgsRasterLayer) and (file := own_file(layer)):
            return {"path": file, "crs": crs_text(layer.crs())}
        rectangle = answers.algorithm.parameterAsExtent(answers.values, self.name, answers.context, self._crs(answers))
        sides = [rectangle.xMinimum(), rectangle.xMaximum(), rectangle.yMinimum(), rectangle.yMaximum()]
        return {"bounds": sides, "edges": True} if layer is not None else sides

    def _crs(self, answers: Answers):
        """The CRS asked for, else the one of the layer where it is in metres."""
        crs = answers.crs("CRS")
        layer = answers.layer(self.layer)
        if not crs.isValid() and layer is not None and not layer.crs().isGeographic():
            crs = layer.crs()
        return crs


@dataclass(frozen=True)
class Crs(Ask):
    """A coordinate reference system in metres."""

    def build(self) -> QgsProcessingParameterDefinition:
        return QgsProcessingParameterCrs(self.name, self.label, self.default, self.optional)

    def problem(self, answers: Answers) -> str:
        if not answers.given(self.name) or answers.crs(self.name).isValid():
            return ""
        return f"{self.name} is not a CRS that QGIS knows. Choose a projected one, EPSG:3031 say."

    def for_job(self, answers: Answers) -> str | None:
        return crs_text(answers.crs(self.name))


@dataclass(frozen=True)
class Path(Ask):
    """A file or folder of the user's that is there already."""

    folder: bool = False

    def build(self) -> QgsProcessingParameterDefinition:
        behavior = FOLDER if self.folder else FILE
        return QgsProcessingParameterFile(self.name, self.label, behavior, "", self.default, self.optional)

    def for_job(self, answers: Answers) -> str | None:
        return answers.text(self.name) or None
