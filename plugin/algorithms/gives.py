"""The kinds of result: where each goes, and how it comes back from the engine."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsField,
    QgsFields,
    QgsGeometry,
    QgsPointXY,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterRasterDestination,
)

from .. import loading
from ..compat import (
    INTEGER_FIELD,
    NO_GEOMETRY,
    POINT,
    POINT_LAYER,
    REAL_FIELD,
    TABLE,
    TEXT_FIELD,
)
from ..engine.columns import Columns, read_columns
from ..engine.keeping import Keeper
from .answers import Answers
from .asks import Ask
from .destinations import RASTER_SUFFIXES, can_be_written, destination, file_of, with_whole_path
from .sinks import Sink

WHOLE_NUMBERS = ("test", "used", "iterations")


@dataclass(frozen=True)
class Result(Ask):
    """A destination that the user chooses; the label names the layer on the map.

    `style` is a key of `plugin.loading.STYLES`. A result that is not `made` is skipped unless asked for.
    """

    made: bool = True
    style: str = ""

    def problem(self, answers: Answers) -> str:
        target = destination(answers.values.get(self.name))
        if target is None:
            return "" if self.optional else f"{self.name} is empty. Choose where the result goes."
        path = file_of(target)
        if not path:
            return ""
        folder = os.path.dirname(path)
        if not os.path.isdir(folder):
            return f"{self.name}: there is no folder '{folder}'. Make it, or choose another."
        if not can_be_written(path):
            return f"{self.name}: '{path}' can't be written. Choose another folder or file."
        return ""

    def wanted(self, answers: Answers) -> bool:
        return destination(answers.values.get(self.name)) is not None

    def file(self, answers: Answers) -> Path | None:
        """The file that the result will be, after `for_job`; None for none: in memory, in a database."""
        path = file_of(destination(answers.values.get(self.name)) or "")
        return Path(path) if path else None

    def deliver(self, answers: Answers, outputs: dict[str, Any], keeper: Keeper) -> Any:
        """The value that Processing gets for this result, once the engine has made it."""
        return outputs.get(self.name.lower())


@dataclass(frozen=True)
class RasterResult(Result):
    """A raster that the engine writes where the user wants it."""

    def build(self) -> QgsProcessingParameterDefinition:
        return QgsProcessingParameterRasterDestination(self.name, self.label, self.default, self.optional, self.made)

    def problem(self, answers: Answers) -> str:
        path = file_of(destination(answers.values.get(self.name)) or "")
        suffix = os.path.splitext(path)[1]
        if suffix and suffix[1:].lower() not in RASTER_SUFFIXES:
            return f"{self.name}: '{path}' ends like no raster that can be written. Give a name ending in .tif or .nc."
        return super().problem(answers)

    def for_job(self, answers: Answers) -> str | None:
        if not self.wanted(answers):
            return None
        answers.values[self.name] = with_whole_path(answers.values[self.name], f".{RASTER_SUFFIXES[0]}")
        return answers.algorithm.parameterAsOutputLayer(answers.values, self.name, answers.context)

    def deliver(self, answers: Answers, outputs: dict[str, Any], keeper: Keeper) -> Any:
        path = outputs.get(self.name.lower())
        loading.dress_when_loaded(answers.context, path, self.style, answers.algorithm.displayName())
        return path


@dataclass(frozen=True)
class FileResult(Result):
    """A file that the engine writes."""

    filter: str = "HTML files (*.html)"

    def build(self) -> QgsProcessingParameterDefinition:
        return QgsProcessingParameterFileDestination(
            self.name, self.label, self.filter, self.default, self.optional, self.made
        )

    def for_job(self, answers: Answers) -> str | None:
        if not self.wanted(answers):
            return None
        answers.values[self.name] = with_whole_path(answers.values[self.name])
        return answers.algorithm.parameterAsFileOutput(answers.values, self.name, answers.context)


@dataclass(frozen=True)
class PointResult(Result):
    """Points, or a table, that the engine hands over as columns and a feature sink writes."""

    geometry: bool = True

    def build(self) -> QgsProcessingParameterDefinition:
        kind = POINT_LAYER if self.geometry else TABLE
        return QgsProcessingParameterFeatureSink(self.name, self.label, kind, self.default, self.optional, self.made)

    def for_job(self, answers: Answers) -> str | None:
        return f"{self.name.lower()}.columns.json" if self.wanted(answers) else None

    def deliver(self, answers: Answers, outputs: dict[str, Any], keeper: Keeper) -> Any:
        columns = read_columns(Path(outputs[self.name.lower()]))
        crs = QgsCoordinateReferenceSystem()
        if self.geometry:
            crs.createFromUserInput(columns.crs or outputs.get("crs") or "")
        names = [name for name in (*columns.numbers, *columns.text) if not self._is_coordinate(name)]
        fields = QgsFields()
        for name in names:
            fields.append(QgsField(name, _field_type(name, columns)))
        sink = Sink(self.name, answers, keeper)
        target = sink.write(
            fields, POINT if self.geometry else NO_GEOMETRY, crs, self._features(columns, names, fields)
        )
        loading.dress_when_loaded(answers.context, target, self.style, answers.algorithm.displayName())
        return target

    def _is_coordinate(self, name: str) -> bool:
        return self.geometry and name in ("easting", "northing")

    def _features(self, columns: Columns, names: list[str], fields: QgsFields):
        values = [columns.text.get(name) or columns.numbers[name] for name in names]
        for row in range(columns.count):
            feature = QgsFeature(fields)
            feature.setAttributes([_attribute(name, column[row]) for name, column in zip(names, values)])
            if self.geometry:
                point = QgsPointXY(columns.numbers["easting"][row], columns.numbers["northing"][row])
                feature.setGeometry(QgsGeometry.fromPointXY(point))
            yield feature


@dataclass(frozen=True)
class Figure:
    """A number, or a text, that models can use."""

    name: str
    label: str
    text: bool = False

    def definition(self):
        kind = QgsProcessingOutputString if self.text else QgsProcessingOutputNumber
        return kind(self.name, self.label)


VERDICT = Figure("VERDICT", "Whether a relief was found: 0 found, 1 found with doubts, 2 nothing found")


def _field_type(name: str, columns: Columns):
    if name in columns.text:
        return TEXT_FIELD
    return INTEGER_FIELD if name in WHOLE_NUMBERS else REAL_FIELD


def _attribute(name: str, value: Any) -> Any:
    """The value for a field: NaN becomes NULL."""
    if isinstance(value, str):
        return value
    if value != value:
        return None
    return int(value) if name in WHOLE_NUMBERS else value
