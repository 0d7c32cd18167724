"""One name for what QGIS 3.22 to 4 and Qt 5 and 6 call differently.

Enums are reached through their scope, which works in old and new QGIS alike; where an enum moved to
another class both places are tried, the newer first.
"""

from __future__ import annotations

from typing import Any

from qgis import core
from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsFeatureSink,
    QgsProcessing,
    QgsProcessingFeatureSource,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterField,
    QgsProcessingParameterFile,
    QgsProcessingParameterNumber,
    QgsRasterDataProvider,
)
from qgis.PyQt.QtCore import QEventLoop, QMetaType, QVariant


def _first_of(*paths: str) -> Any:
    """The first of several dotted names in qgis.core that exists."""
    for path in paths:
        found: Any = core
        for part in path.split("."):
            found = getattr(found, part, None)
        if found is not None:
            return found
    raise AttributeError(f"None of these is in this QGIS ({Qgis.QGIS_VERSION}): {', '.join(paths)}")


POINT_LAYER = QgsProcessing.SourceType.TypeVectorPoint
POLYGON_LAYER = QgsProcessing.SourceType.TypeVectorPolygon
RASTER_LAYER = QgsProcessing.SourceType.TypeRaster
TABLE = QgsProcessing.SourceType.TypeVector
ADVANCED = QgsProcessingParameterDefinition.Flag.FlagAdvanced
OPTIONAL = QgsProcessingParameterDefinition.Flag.FlagOptional
REAL = QgsProcessingParameterNumber.Type.Double
INTEGER = QgsProcessingParameterNumber.Type.Integer
ANY_FIELD = QgsProcessingParameterField.DataType.Any
FILE = QgsProcessingParameterFile.Behavior.File
FOLDER = QgsProcessingParameterFile.Behavior.Folder

UNCHECKED = QgsProcessingFeatureSource.Flag.FlagSkipGeometryValidityChecks
WITHOUT_GEOMETRY = _first_of("Qgis.FeatureRequestFlag.NoGeometry", "QgsFeatureRequest.Flag.NoGeometry")
FAST_INSERT = QgsFeatureSink.Flag.FastInsert
ONLY_SYSTEM_EVENTS = QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents

POINT = _first_of("Qgis.WkbType.Point", "QgsWkbTypes.Type.Point")
NO_GEOMETRY = _first_of("Qgis.WkbType.NoGeometry", "QgsWkbTypes.Type.NoGeometry")
POINT_GEOMETRY = _first_of("Qgis.GeometryType.Point", "QgsWkbTypes.GeometryType.PointGeometry")
POLYGON_GEOMETRY = _first_of("Qgis.GeometryType.Polygon", "QgsWkbTypes.GeometryType.PolygonGeometry")
INTERPOLATED = _first_of("Qgis.ShaderInterpolationMethod.Linear", "QgsColorRampShader.Type.Interpolated")
COMPLEX = tuple(
    _first_of(f"Qgis.DataType.{name}", f"Qgis.{name}") for name in ("CInt16", "CInt32", "CFloat32", "CFloat64")
)
IMAGE_TO_LAYER = QgsRasterDataProvider.TransformType.TransformImageToLayer
WKT = QgsCoordinateReferenceSystem.WktVariant.WKT_PREFERRED

# QgsField takes QMetaType from 3.38 on, and nothing else under Qt 6.
_FIELD_TYPES = QMetaType.Type if Qgis.QGIS_VERSION_INT >= 33800 else QVariant
REAL_FIELD = _FIELD_TYPES.Double
INTEGER_FIELD = _FIELD_TYPES.Int
BOOLEAN_FIELD = _FIELD_TYPES.Bool
TEXT_FIELD = _FIELD_TYPES.QString if Qgis.QGIS_VERSION_INT >= 33800 else QVariant.String
NO_WRITER_ERROR = _first_of("Qgis.RasterFileWriterResult.Success", "QgsRasterFileWriter.WriterError.NoError")
