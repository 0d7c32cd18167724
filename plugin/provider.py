"""The Processing provider ``gravrelief``."""

from __future__ import annotations

from qgis.core import QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from .algorithms import ALGORITHMS
from .algorithms.destinations import RASTER_SUFFIXES
from .icons import icon_path


class GravReliefProvider(QgsProcessingProvider):
    """Lists the algorithms of GravRelief in the toolbox."""

    def id(self) -> str:
        return "gravrelief"

    def name(self) -> str:
        return "GravRelief"

    def longName(self) -> str:
        return "GravRelief: relief from gravity"

    def icon(self) -> QIcon:
        return QIcon(icon_path("gravrelief"))

    def svgIconPath(self) -> str:
        return icon_path("gravrelief")

    def supportedOutputRasterLayerExtensions(self) -> list[str]:
        return RASTER_SUFFIXES

    def loadAlgorithms(self) -> None:
        for algorithm in ALGORITHMS:
            self.addAlgorithm(algorithm())
