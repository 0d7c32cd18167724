"""Points and tables written through Processing's sinks, and looked at afterwards: a sink does not say when the disk is full.

A file of its own is written in a hidden folder beside its place and gets its name when all results are there; a table in a file
or database is written where it is, after a copy of the file.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsFields,
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingUtils,
    QgsVectorLayer,
)

from ..compat import FAST_INSERT
from ..engine.jobfolder import temp_trouble
from ..engine.keeping import Keeper
from .answers import Answers
from .destinations import database_file, destination, file_of, is_plain_file, moved_to

GDAL_WORDS = re.compile(r"\s*\(OGR error:.*", re.DOTALL)
UNORDERED = (".fgb",)  # formats that keep features in an order of their own
CLOSE = 1e-14  # of a number and what is read back: text has 15 digits
LONGEST_TEXT = 200  # shorter ones are kept whole by every format


class Sink:
    """One result that a feature sink takes.

    Parameters
    ----------
    name : str
        The parameter.
    answers : Answers
    keeper : Keeper
        Keeps what is replaced, and gives staged files their names.
    """

    def __init__(self, name: str, answers: Answers, keeper: Keeper) -> None:
        self._name = name
        self._answers = answers
        self._keeper = keeper
        self._wanted = destination(answers.values.get(name)) or ""

    def write(
        self, fields: QgsFields, shape: Any, crs: QgsCoordinateReferenceSystem, features: Iterable[QgsFeature]
    ) -> str:
        """Write all features, and return what Processing calls the result.

        Raises
        ------
        QgsProcessingException
            It can't be written, or not whole.
        """
        try:
            staged = self._prepare()
        except OSError as error:
            raise self._refused(error.strerror or "is the disk full?") from error
        target, count, last = self._fill(fields, shape, crs, features)
        if staged is not None:
            arrived = _found(Path(target))
            self._check(str(arrived), count, last)
            final = str(staged.parent.parent / arrived.name)
            self._rename_to_load(target, final)
            return final
        self._check(target, count, last)
        return target

    def _prepare(self) -> Path | None:
        """Where a file of its own is written for now; anything else is kept as it is now, for the run may fail."""
        value = self._answers.values.get(self._name)
        file = file_of(self._wanted) or database_file(self._wanted)
        if not file:
            return None
        if not is_plain_file(value):
            self._keeper.keep(Path(file))
            return None
        staged = self._keeper.stage(Path(file))
        self._answers.values[self._name] = moved_to(value, str(staged))
        return staged

    def _fill(
        self, fields: QgsFields, shape: Any, crs: QgsCoordinateReferenceSystem, features: Iterable[QgsFeature]
    ) -> tuple[str, int, list[Any]]:
        """Write the features: where they are now, how many they are, and the values of the last."""
        answers, sink, written = self._answers, None, []
        try:
            sink, target = answers.algorithm.parameterAsSink(
                answers.values, self._name, answers.context, fields, shape, crs
            )
            if sink is None:
                raise self._refused("no file or table could be made")
            for count, feature in enumerate(features, 1):
                written = [count, feature]
                if not sink.addFeature(feature, FAST_INSERT):
                    raise self._refused(sink.lastError() or "is the disk full?")
            sink.finalize() if hasattr(sink, "finalize") else sink.flushBuffer()
        except QgsProcessingException as error:
            if str(error).startswith(f"{self._name}: "):
                raise
            raise QgsProcessingException(
                f"{self._name}: {self._plain(error)} (is the disk full?). Choose another place."
            ) from error
        finally:
            del sink  # which closes it
        return (target, written[0], written[1].attributes()) if written else (target, 0, [])

    def _check(self, target: str, count: int, last: list[Any]) -> None:
        """Refuse a result that does not hold all that was written."""
        if target.startswith("memory:") or self._answers.context.temporaryLayerStore().mapLayer(target) is not None:
            return
        layer = _opened(target, self._answers)
        if layer is None and not os.path.isabs(target):
            return  # a database that does not let itself be asked
        found, kept = 0, []
        if layer is not None:
            for feature in layer.getFeatures():
                found += 1
                kept = feature.attributes()
        del layer
        if found != count:
            raise self._refused(f"{found} of {count} rows arrived; is the disk full?")
        if count and not target.lower().endswith(UNORDERED) and not _same(last, kept[-len(last) :]):
            raise self._refused("the last row is not whole; is the disk full?")

    def _refused(self, why: str) -> QgsProcessingException:
        why = self._plain(why)
        if self._wanted == QgsProcessing.TEMPORARY_OUTPUT:
            return QgsProcessingException(f"{self._name}: {temp_trouble(OSError(0, why))}")
        return QgsProcessingException(
            f"{self._name}: '{self._wanted}' can't be written ({why}). Make room there, or choose another place or format."
        )

    def _plain(self, error: Any) -> str:
        """A text without the hidden folder's name, and without GDAL's own words."""
        staged = destination(self._answers.values.get(self._name)) or ""
        text = str(error).replace(staged, file_of(self._wanted) or self._wanted)
        return GDAL_WORDS.sub("", text).strip().rstrip(".")

    def _rename_to_load(self, staged: str, final: str) -> None:
        """Have the layer loaded under the name that its file will have."""
        context = self._answers.context
        loaded = context.layersToLoadOnCompletion()
        if staged in loaded:
            loaded[final] = loaded.pop(staged)
            context.setLayersToLoadOnCompletion(loaded)


def _found(target: Path) -> Path:
    """The file that was made: a table has no shapes, and only its attributes then."""
    attributes = target.with_suffix(".dbf")
    return attributes if not os.path.lexists(target) and attributes.exists() else target


def _opened(target: str, answers: Answers) -> QgsVectorLayer | None:
    """The layer of a result; None where there is none."""
    file = target.partition("|")[0]
    if os.path.isfile(file):
        ways = (target, f"{file}|layername={Path(file).stem}")
        layers = (QgsVectorLayer(way, "written", "ogr") for way in ways)
        return next((layer for layer in layers if layer.isValid()), None)
    layer = QgsProcessingUtils.mapLayerFromString(target, answers.context)
    return layer if isinstance(layer, QgsVectorLayer) and layer.isValid() else None


def _same(written: list[Any], read: list[Any]) -> bool:
    """Whether two rows agree: numbers as far as text holds them, an empty value with any that is none."""
    return len(written) == len(read) and all(map(_alike, written, read))


def _alike(written: Any, read: Any) -> bool:
    if isinstance(written, str) and written:
        return str(read) == written or (len(written) > LONGEST_TEXT and written.startswith(str(read)))
    if not isinstance(written, (int, float)):
        return True
    try:
        return math.isclose(float(read), written, rel_tol=CLOSE, abs_tol=CLOSE)
    except (TypeError, ValueError):
        return False
