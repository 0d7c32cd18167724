"""Results and the files of the layers that are read: none is written over another."""

from __future__ import annotations

import os
import re
from itertools import combinations
from typing import NamedTuple

from qgis.core import QgsDataProvider, QgsDataSourceUri, QgsMapLayer, QgsProviderRegistry, QgsVectorLayer

from .answers import Answers
from .asks import Ask
from .density_law import DensityLaw
from .destinations import destination, file_of
from .gives import Result
from .layers import FeaturesOrRaster, Points, Raster

IN_A_FILE = re.compile(r'\w{3,}:"?(.*?)"?:[^:"]*')  # a variable or table of a raster, NETCDF:"bed.nc":bed

SEPARATOR = QgsDataProvider.sublayerSeparator()


class Place(NamedTuple):
    """A file, and the one table in it that is meant; none for the whole file."""

    file: str
    table: str = ""

    def meets(self, other: Place) -> bool:
        if self.table and other.table and self.table != other.table:
            return False
        return self.file == other.file or (
            os.path.exists(self.file) and os.path.exists(other.file) and os.path.samefile(self.file, other.file)
        )


def nothing_is_overwritten(answers: Answers) -> str:
    """A sentence about a result that would replace another one or a layer that is read; or nothing."""
    results = [(ask.name, place) for ask in answers.algorithm.ASKS if (place := _of_result(ask, answers))]
    sources = [(ask.name, place) for ask in answers.algorithm.ASKS if (place := _of_source(ask, answers))]
    for (first, place), (second, other) in combinations(results, 2):
        if place.meets(other):
            return f"{first} and {second} name the same file '{place.file}'. Give two."
    for result, place in results:
        for source, other in sources:
            if place.meets(other):
                return f"{result} is the file of {source}. Give another name."
    return ""


def _of_result(ask: Ask, answers: Answers) -> Place | None:
    target = (destination(answers.values.get(ask.name)) or "") if isinstance(ask, Result) else ""
    file = file_of(target)
    return Place(os.path.realpath(file), QgsDataSourceUri(target.partition(":")[2]).table()) if file else None


def _of_source(ask: Ask, answers: Answers) -> Place | None:
    if isinstance(ask, DensityLaw):
        table = ask.for_job(answers) or ""
        return Place(os.path.realpath(table.partition(":")[2])) if table.startswith("table:") else None
    layer = answers.layer(ask.name) if isinstance(ask, (Raster, Points, FeaturesOrRaster)) else None
    return _of_layer(layer) if layer is not None else None


def _of_layer(layer: QgsMapLayer) -> Place | None:
    parts = QgsProviderRegistry.instance().decodeUri(layer.providerType(), layer.source())
    path = parts.get("path")
    if not path:
        return None
    if not os.path.exists(path) and (inside := IN_A_FILE.fullmatch(path)):
        path = inside[1]
    return Place(os.path.realpath(path), parts.get("layerName") or _first_table(layer))


def _first_table(layer: QgsMapLayer) -> str:
    """The table that a vector layer takes from a file that names none."""
    tables = layer.dataProvider().subLayers() if isinstance(layer, QgsVectorLayer) else []
    return tables[0].split(SEPARATOR)[1] if tables else ""
