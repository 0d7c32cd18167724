"""Points and tables as columns of numbers: CSV for people, raw columns for QGIS's side.

A columns file (name.columns.json) names one file of little-endian 64-bit floats per column; NaN is empty.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..errors import InputError

FORMAT = "gravrelief-columns-1"
COLUMNS_SUFFIX = ".columns.json"
EASTING_NAMES = ("easting", "x")
NORTHING_NAMES = ("northing", "y")
EMPTY_TEXTS = ("", "nan", "null", "none")
SEPARATORS = (",", ";", "\t")
FLAG_TEXTS = {"true": 1.0, "false": 0.0}


@dataclass(frozen=True)
class PointSource:
    """Where points are: a CSV or a columns file."""

    path: str


@dataclass(frozen=True)
class Columns:
    """Named columns of equal length."""

    numbers: dict[str, np.ndarray]
    texts: dict[str, list[str]] = field(default_factory=dict)
    crs: str | None = None
    source: str = ""
    decimal: str = "."  # what parts the digits of the texts that are numbers

    @property
    def count(self) -> int:
        lengths = [values.size for values in self.numbers.values()]
        lengths += [len(values) for values in self.texts.values()]
        return lengths[0] if lengths else 0

    def number(self, name: str, parameter: str) -> np.ndarray:
        """A column of numbers, an infinite one as none; `InputError` where it is missing or is no number."""
        if name in self.numbers:
            return _finite(self.numbers[name])
        if name in self.texts:
            return _finite(_parse(self.texts[name], name, parameter, self.source, self.decimal))
        known = ", ".join([*self.numbers, *self.texts])
        raise InputError(f"{parameter}: {self.source} has no field {name!r}. Choose one of: {known}.", parameter)

    def coordinates(self, parameter: str) -> tuple[np.ndarray, np.ndarray]:
        """Easting and northing, from columns called so or x and y."""
        present = {name.lower(): name for name in [*self.numbers, *self.texts]}
        for east, north in zip(EASTING_NAMES, NORTHING_NAMES, strict=True):
            if east in present and north in present:
                return self.number(present[east], parameter), self.number(present[north], parameter)
        raise InputError(
            f"{parameter}: {self.source} has no columns easting and northing (or x and y) among its columns "
            f"{', '.join(present.values())}. Name its coordinates so.",
            parameter,
        )


def read_columns(path: str, parameter: str) -> Columns:
    """Read a .csv or a .columns.json file."""
    if not Path(path).is_file():
        raise InputError(f"{parameter}: there is no file {path}. Give an existing one.", parameter)
    try:
        return _read_csv(Path(path)) if path.lower().endswith(".csv") else _read_raw(Path(path))
    except UnicodeDecodeError as error:
        raise InputError(f"{parameter}: {path} can't be read: it is no UTF-8. Save it as UTF-8.", parameter) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError, csv.Error) as error:
        raise InputError(f"{parameter}: {path} can't be read ({error}).", parameter) from error


def _read_csv(path: Path) -> Columns:
    """A header and rows parted by commas, semicolons or tabs; without commas between them they may be in numbers."""
    text = path.read_bytes().decode("utf-8-sig")
    if "\0" in text:
        raise UnicodeDecodeError("utf-8", b"", 0, 0, "it holds zeros, as UTF-16 does")
    separator = max(SEPARATORS, key=io.StringIO(text, newline=None).readline().count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    header = [name.strip() for name in next(rows, [])]
    table = [row for row in rows if row]
    twice = sorted(name for name in set(header) if name and header.count(name) > 1)
    if twice:
        raise ValueError(f"it has several columns named {twice[0]!r}; rename all but one")
    for number, row in enumerate(table, start=2):
        if len(row) != len(header):
            raise ValueError(f"line {number} has {len(row)} values and the header {len(header)}")
    texts = {name: [row[i] for row in table] for i, name in enumerate(header)}
    return Columns({}, texts, source=str(path), decimal="." if separator == "," else ",")


def _read_raw(path: Path) -> Columns:
    described = json.loads(path.read_text(encoding="utf-8"))
    if described.get("format") != FORMAT:
        raise ValueError(f"its format is not {FORMAT}")
    numbers = {name: np.fromfile(path.parent / file, dtype="<f8") for name, file in described["columns"].items()}
    for name, values in numbers.items():
        if values.size != described["count"]:
            raise ValueError(f"column {name} has {values.size} values, not {described['count']}")
    return Columns(numbers, described.get("text", {}), described.get("crs"), str(path))


def column_files(path: Path) -> list[Path]:
    """The files of a columns file's columns; none where it can't be read."""
    try:
        return [path.parent / file for file in json.loads(path.read_text(encoding="utf-8"))["columns"].values()]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []


def _finite(values: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(values), values, np.nan)


def _parse(texts: list[str], name: str, parameter: str, source: str, decimal: str) -> np.ndarray:
    values = np.empty(len(texts))
    for i, text in enumerate(texts):
        plain = text.strip().lower().replace(decimal, ".")
        if plain in EMPTY_TEXTS:
            values[i] = np.nan
            continue
        try:
            values[i] = FLAG_TEXTS[plain] if plain in FLAG_TEXTS else float(plain)
        except ValueError:
            raise InputError(
                f"{parameter}: the field {name!r} of {source} is not numeric: row {i + 1} holds {text!r}. "
                f"Choose a field of numbers{' (1.5, not 1,5)' if decimal == '.' else ''}.",
                parameter,
            ) from None
    return values


def write_csv(path: Path, columns: Columns) -> None:
    """Numbers in the shortest text that reads back the same; what is not finite as an empty value."""
    names = [*columns.numbers, *columns.texts]
    cells = [[_text(value) for value in values.tolist()] for values in columns.numbers.values()]
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows(zip(*cells, *columns.texts.values(), strict=True))


def _text(value: float) -> str:
    if not math.isfinite(value):
        return ""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def write_raw(path: Path, columns: Columns, stem: str, staged: Callable[[str], Path] | None = None) -> list[Path]:
    """Write a columns file; its columns lie beside it as `stem`.number.f8. Returns their paths.

    `staged` gives the path under which the file of a name is written for now.
    """
    names = {name: f"{stem}.{i}.f8" for i, name in enumerate(columns.numbers)}
    files = {name: staged(file) if staged else path.parent / file for name, file in names.items()}
    for name, values in columns.numbers.items():
        files[name].write_bytes(_finite(np.asarray(values)).astype("<f8").tobytes())
    described = {
        "format": FORMAT,
        "count": columns.count,
        "crs": columns.crs,
        "columns": names,
        "text": columns.texts,
    }
    path.write_text(json.dumps(described), encoding="utf-8")
    return list(files.values())
