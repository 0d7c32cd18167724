"""Columns files (name.columns.json): a small JSON that names a file of little-endian 64-bit floats a column."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

FORMAT = "gravrelief-columns-1"
COLUMNS_SUFFIX = ".columns.json"
BYTES = 8  # of a number
MOST = 10**12  # rows
SEPARATORS = "/\\:"
"""None of these is in the name of a file that lies beside the JSON."""


@dataclass(frozen=True)
class RawTable:
    """What a columns file holds."""

    numbers: dict[str, np.ndarray]
    texts: dict[str, list[str]]
    crs: str | None


def read_columns_file(path: Path) -> RawTable:
    """Read a columns file and the columns beside it; nothing in it is taken on trust.

    Raises
    ------
    ValueError
        What is wrong, the end of a sentence.
    OSError
    """
    described = _described(path)
    count, crs = described.get("count"), described.get("crs")
    if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= MOST:
        raise ValueError(f"its count is {count!r:.40}, which is no number of rows")
    if crs is not None and not isinstance(crs, str):
        raise ValueError(f"its crs is {crs!r:.40}, which is no text")
    columns, texts = (_mapping(described.get(key, {}), key) for key in ("columns", "text"))
    if not columns and not texts:
        raise ValueError("it names no columns")
    if both := sorted(set(columns) & set(texts)):
        raise ValueError(f"it has two columns named {both[0]!r:.60}")
    numbers = {name: _numbers(path.parent, name, file, count) for name, file in columns.items()}
    for name, values in texts.items():
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise ValueError(f"its text {name!r:.60} is no list of texts")
        if len(values) != count:
            raise ValueError(f"text {name!r:.60} has {len(values)} values, not {count}")
    return RawTable(numbers, texts, crs or None)


def column_files(path: Path) -> list[Path]:
    """The files of a columns file's columns; none where it can't be read."""
    try:
        files = json.loads(path.read_bytes())["columns"].values()
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []
    return [path.parent / file for file in files if _lies_beside(file)]


def _described(path: Path) -> dict[str, Any]:
    try:
        described = json.loads(path.read_bytes())
    except (RecursionError, UnicodeDecodeError):
        raise ValueError("it is no JSON that describes columns") from None
    if not isinstance(described, dict):
        raise ValueError("it is no JSON object that describes columns")
    if described.get("format") != FORMAT:
        raise ValueError(f"its format is not {FORMAT}")
    return described


def _mapping(value: Any, key: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"its {key} are no object of columns by name")
    for name in value:
        if not _can_be_written(name):
            raise ValueError(f"it has a column named {name!r:.60}, which is no name")
    return value


def _numbers(folder: Path, name: str, file: Any, count: int) -> np.ndarray:
    """One column, of the file of that name in the folder and of no other."""
    if not _lies_beside(file):
        raise ValueError(f"column {name!r:.60} is in {file!r:.60}, which is no file beside it")
    path = folder / file
    if not path.is_file():
        raise ValueError(f"column {name!r:.60} is in {file!r:.60}, and there is no such file")
    size = path.stat().st_size
    if size != BYTES * count:
        raise ValueError(f"column {name} has {size / BYTES:g} values, not {count}")
    return np.fromfile(path, dtype="<f8")


def _can_be_written(name: str) -> bool:
    """Whether it is a name that any file can hold: no NUL, no half of a pair of surrogates."""
    return bool(name.strip()) and "\0" not in name and not any("\ud800" <= letter <= "\udfff" for letter in name)


def _lies_beside(file: Any) -> bool:
    """Whether it is the name of a file in the same folder."""
    return (
        isinstance(file, str) and _can_be_written(file) and file not in (".", "..") and not set(file) & set(SEPARATORS)
    )
