"""Where results go: what a destination's value names, and the whole path of its file."""

from __future__ import annotations

import os
import re
from typing import Any

from qgis.core import QgsDataSourceUri, QgsProcessing, QgsProcessingOutputLayerDefinition, QgsProperty

RASTER_SUFFIXES = ["tif", "tiff", "nc"]  # the first is that of a name without one
IN_A_PROVIDER = re.compile(r"(\w{3,}):(.*)", re.DOTALL)


def destination(value: Any) -> str | None:
    """The text of a destination, or None where the user skipped it."""
    if isinstance(value, QgsProcessingOutputLayerDefinition):
        value = value.sink.staticValue()
    return value if isinstance(value, str) and value else None


def file_of(target: str) -> str:
    """The whole path of the file that a destination names; empty for none: temporary, in memory, in a database.

    A relative path is meant from the working directory, whatever folder the engine works in.
    """
    if target in ("", QgsProcessing.TEMPORARY_OUTPUT):
        return ""
    if named := IN_A_PROVIDER.fullmatch(target):
        provider, uri = named.groups()
        if provider != "ogr":
            return ""
        target = QgsDataSourceUri(uri).database() or uri
    return os.path.abspath(target)


def database_file(target: str) -> str:
    """The file of a database that is one; empty for any other destination."""
    named = IN_A_PROVIDER.fullmatch(target)
    return QgsDataSourceUri(named[2]).database() if named and named[1] == "spatialite" else ""


def with_whole_path(value: Any, suffix: str = "") -> Any:
    """A file's destination with its whole path, and a suffix where it has none; any other as it is."""
    path = file_of(destination(value) or "")
    if not path:
        return value
    return moved_to(value, path + ("" if os.path.splitext(path)[1] else suffix))


def moved_to(value: Any, path: str) -> Any:
    """A destination with another file, and all else that it says."""
    if not isinstance(value, QgsProcessingOutputLayerDefinition):
        return path
    moved = QgsProcessingOutputLayerDefinition(value)
    moved.sink = QgsProperty.fromValue(path)
    return moved


def is_plain_file(value: Any) -> bool:
    """Whether a destination is a file of its own, not a table in one, nor in memory or a database."""
    target = destination(value) or ""
    return bool(file_of(target)) and not IN_A_PROVIDER.fullmatch(target)


def can_be_written(path: str) -> bool:
    """Whether a file of that name can be made there: what permissions alone don't tell."""
    import tempfile  # not when QGIS starts

    try:
        with tempfile.TemporaryFile(dir=os.path.dirname(path)):
            pass
    except OSError:
        return False
    try:
        os.lstat(path)
    except FileNotFoundError:
        return True
    except (OSError, ValueError):  # a name that is too long, or can't be
        return False
    return not os.path.isdir(path)
