"""Points and tables as columns of numbers: CSV for people, raw columns for QGIS's side.

A columns file (name.columns.json) names one file of little-endian 64-bit floats per column; NaN is empty.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from ..errors import InputError
from .column_units import ASKED, Unit, split_name, states_unit, unit_of
from .columns_files import FORMAT, read_columns_file
from .csv_files import read_csv
from .number_texts import Marks, NotNumbers, numbers

LARGEST = 1e39
"""No measurement is greater, nor a code for none: what is, would end as a number without end."""
SHOWN = 30
"""So many of a table's columns are named in a message."""


@dataclass(frozen=True)
class PointSource:
    """Where points are: a CSV or a columns file."""

    path: str


def _say_nothing(text: str) -> None:
    pass


@dataclass(frozen=True)
class Columns:
    """Named columns of equal length."""

    numbers: dict[str, np.ndarray]
    texts: dict[str, list[str]] = field(default_factory=dict)
    crs: str | None = None
    source: str = ""
    comma_may_be_decimal: bool = False  # in the texts that are numbers
    units: dict[str, str] = field(default_factory=dict)  # of a row below the names
    tell: Callable[[str], None] = _say_nothing  # takes what is to be said of how a column was read

    @property
    def names(self) -> list[str]:
        return [*self.numbers, *self.texts]

    def listed(self) -> str:
        """The names for a message, not more than can be read."""
        return _listed([name for name in self.names if name])

    @property
    def count(self) -> int:
        lengths = [values.size for values in self.numbers.values()]
        lengths += [len(values) for values in self.texts.values()]
        return lengths[0] if lengths else 0

    def number(self, name: str, parameter: str, unit: str | None = None) -> np.ndarray:
        """A column of numbers, an infinite one as none, in the `unit`, else that of the parameter's fields: (n,). With an
        empty unit they are as they are written.

        Another unit that the table names for the column is converted, with a line in the log.

        Raises
        ------
        InputError
            The column is missing, or holds what is no number, a number that nothing measures, or something else by its unit.
        """
        column = self._column(name, parameter)
        values = self._values(column, parameter)
        unit = ASKED.get(parameter, "") if unit is None else unit
        asked = unit_of(unit) if unit else None
        return values if asked is None else self._converted(values, column, unit, asked, parameter)

    def names_unit(self, name: str, parameter: str) -> bool:
        """Whether the table itself names the unit of a column, which `number` then converts; the errors are `number`'s."""
        return bool(self.unit(self._column(name, parameter)))

    def unit(self, name: str) -> str:
        """The text of a column's unit, in the row of units or in its name; empty where there is none."""
        return self.units.get(name) or split_name(name)[1]

    @cached_property
    def _marks(self) -> Marks:
        fractions = any((np.isfinite(values) & (values != np.rint(values))).any() for values in self.numbers.values())
        return Marks(self.comma_may_be_decimal, tuple(self.texts.values()), fractions)

    def _column(self, name: str, parameter: str) -> str:
        """The name as the table spells it: the same, or the only one alike but for case and unit."""
        if name in self.numbers or name in self.texts:
            return name
        alike = [other for other in self.names if split_name(other)[0].casefold() == name.strip().casefold()]
        if len(alike) == 1:
            return alike[0]
        if alike:
            raise InputError(
                f"{parameter}: {self.source} has {_listed(alike)} for {name!r}. Name one of them.", parameter
            )
        raise InputError(
            f"{parameter}: {self.source} has no field {name!r}. Choose one of: {self.listed()}.", parameter
        )

    def _values(self, column: str, parameter: str) -> np.ndarray:
        if column in self.numbers:
            values = self.numbers[column]
        else:
            try:
                values = numbers(self.texts[column], self._marks)
            except NotNumbers as error:
                raise InputError(f"{parameter}: the field {column!r} of {self.source} {error}", parameter) from None
        values = np.where(np.isfinite(values), values, np.nan)
        beyond = np.flatnonzero(np.abs(values) > LARGEST)
        if beyond.size:
            row = int(beyond[0])
            raise InputError(
                f"{parameter}: the field {column!r} of {self.source} holds {values[row]:g} in row {row + 1}, which nothing "
                "measures. Correct it, or leave the value empty.",
                parameter,
            )
        return values

    def _converted(self, values: np.ndarray, column: str, unit: str, asked: Unit, parameter: str) -> np.ndarray:
        text = self.unit(column)
        given = unit_of(text) if text else asked
        if given is None:
            raise InputError(
                f"{parameter}: the field {column!r} of {self.source} is in {text!r:.40}, a unit that is not known. Give it in "
                f"{unit}.",
                parameter,
            )
        if given.kind != asked.kind and not self.units.get(column) and not states_unit(column):
            return values  # a name alone may mean something else
        if given.kind != asked.kind:
            raise InputError(
                f"{parameter}: the field {column!r} of {self.source} is in {text}, and {parameter} takes {unit}. Choose another "
                "field.",
                parameter,
            )
        if given.size == asked.size:
            return values
        factor = given.size / asked.size
        self.tell(
            f"{parameter}: the field {column!r} of {self.source} is in {text} and was multiplied by {factor:.7g} to {unit}."
        )
        return values * factor


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(f"{name:.60}" for name in names[:SHOWN]) + more


def read_columns(path: str, parameter: str, tell: Callable[[str], None] = _say_nothing) -> Columns:
    """Read a .csv or a .columns.json file; `tell` takes what is to be said of how it was read.

    Raises
    ------
    InputError
        No such file, or one that can't be read as what its name says.
    """
    if not Path(path).is_file():
        raise InputError(f"{parameter}: there is no file {path}. Give an existing one.", parameter)
    try:
        if not path.lower().endswith(".csv"):
            raw = read_columns_file(Path(path))
            return Columns(raw.numbers, raw.texts, raw.crs, path, comma_may_be_decimal=True, tell=tell)
        table = read_csv(Path(path))
    except UnicodeError as error:
        raise InputError(f"{parameter}: {path} can't be read: it is no UTF-8. Save it as UTF-8.", parameter) from error
    except (OSError, ValueError) as error:
        raise InputError(f"{parameter}: {path} can't be read ({error}).", parameter) from error
    for note in table.notes:
        tell(f"{parameter}: {path}: {note}.")
    comma = table.separator != ","
    return Columns({}, table.texts, None, path, comma_may_be_decimal=comma, units=table.units, tell=tell)


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
        files[name].write_bytes(np.where(np.isfinite(values), values, np.nan).astype("<f8").tobytes())
    described = {
        "format": FORMAT,
        "count": columns.count,
        "crs": columns.crs,
        "columns": names,
        "text": columns.texts,
    }
    path.write_text(json.dumps(described), encoding="utf-8")
    return list(files.values())
