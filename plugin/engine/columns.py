"""Columns files: points and tables as the engine reads and writes them.

A small JSON names one raw file of little-endian 64-bit floats for each column; NaN stands for NULL.
"""

from __future__ import annotations

import json
import sys
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

FORMAT = "gravrelief-columns-1"


@dataclass(frozen=True)
class Columns:
    """Columns of equal length; `text` holds those that are not numbers, `crs` is that of the coordinates."""

    numbers: Mapping[str, array]
    crs: str | None = None
    text: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return len(next(iter(self.numbers.values()), ()))


def write_columns(folder: Path, stem: str, columns: Columns) -> Path:
    """Write ``stem.columns.json`` and its columns into a folder; return the path of the JSON."""
    files = {}
    for number, (name, values) in enumerate(columns.numbers.items()):
        files[name] = f"{stem}.{number}.f8"
        (folder / files[name]).write_bytes(_little_endian(values).tobytes())
    path = folder / f"{stem}.columns.json"
    head = {"format": FORMAT, "count": columns.count, "crs": columns.crs, "columns": files}
    path.write_text(json.dumps({**head, "text": dict(columns.text)}), encoding="utf-8")
    return path


def read_columns(path: Path) -> Columns:
    """Read a columns file that the engine wrote."""
    head = json.loads(path.read_text(encoding="utf-8"))
    numbers = {}
    for name, file in head["columns"].items():
        values = array("d")
        values.frombytes((path.parent / file).read_bytes())
        numbers[name] = _little_endian(values)
    return Columns(numbers, head.get("crs"), head.get("text", {}))


def _little_endian(values: array) -> array:
    """The values as they stand in the file, and back."""
    if sys.byteorder == "big":
        values = array("d", values)
        values.byteswap()
    return values
