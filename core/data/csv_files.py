"""CSV as people and their programs write it: what stands before the rows, what parts the columns, and the rows."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .column_units import says_no_unit, unit_of
from .encodings import decode
from .number_texts import is_number

SEPARATORS = (",", ";", "\t", "|")
WHITE_OR_SEPARATOR = " \r\n,;\t|"
NAMED_SEPARATOR = re.compile(r"\"?sep=(.)\"?[,;\s]*", re.IGNORECASE)  # Excel's first line
COMMENTS = ("#", "%", "//")
MARKUP = re.compile(r"\s*(\{|\[\s*[{\[\d\"]|<[?!]?\w)")
"""How JSON, HTML and XML begin."""
QUOTED = re.compile(r'"[^"]*"')
LOOKED_AT = 20
"""So many lines tell what parts the columns."""
FIELD_LIMIT = 1 << 20
"""Letters of a cell: a longer one is a quotation mark that is never closed."""


@dataclass(frozen=True)
class CsvTable:
    """What a CSV holds: a list of texts for each name, and the units in a row below the names."""

    texts: dict[str, list[str]]
    units: dict[str, str] = field(default_factory=dict)
    separator: str = ","
    notes: tuple[str, ...] = ()  # what is to be said of how it was read


def read_csv(path: Path) -> CsvTable:
    """Read a CSV: a line of names and a row a line, parted by commas, semicolons, tabs or bars.

    Before and between them there may be lines that are empty or begin with #, % or //, the names in the last such line above
    numbers; Excel's `sep=;` as the first line; a title above the names; a row of units below them.

    Raises
    ------
    ValueError
        What is wrong, the end of a sentence.
    OSError
    """
    text, note = decode(path.read_bytes())
    if MARKUP.match(text):
        raise ValueError("it is JSON, HTML or XML and no CSV; give a table")
    notes = [note] if note else []
    numbered = [(i, line) for i, line in enumerate(io.StringIO(text, newline=None), start=1) if line.strip()]
    separator = NAMED_SEPARATOR.fullmatch(numbered[0][1].rstrip("\n")) if numbered else None
    numbered = numbered[1:] if separator else numbered
    above, lines = _without_comments(numbered if separator else _without_titles(numbered, notes), notes)
    parted = separator[1] if separator else _separator([line for _, line in lines[:LOOKED_AT]])
    rows = list(_rows(lines, parted))
    header = _names(rows, above, parted)
    units, rows = _units(header, rows)
    cells = [_fitted(row, header, line) for line, row in rows]
    names = _bare(header, cells)
    return CsvTable({name: [row[i] for row in cells] for i, name in names}, units, parted, tuple(notes))


def _without_titles(numbered: list[tuple[int, str]], notes: list[str]) -> list[tuple[int, str]]:
    """The lines without those above the first that parts cells, where such ones follow: a title, a program's name."""
    parts = [_holds_several(line) or line.lstrip().startswith(COMMENTS) for _, line in numbered[:LOOKED_AT]]
    titles = parts.index(True) if any(map(_holds_several, (line for _, line in numbered[:LOOKED_AT]))) else 0
    if titles:
        first = numbered[0][1].strip(WHITE_OR_SEPARATOR)
        notes.append(
            f"its first {titles} line{'s' * (titles > 1)}, {first!r:.60}, {'are' if titles > 1 else 'is'} taken for a title"
        )
    return numbered[titles:]


def _holds_several(line: str) -> bool:
    bare = QUOTED.sub("", line).strip(WHITE_OR_SEPARATOR)
    return any(mark in bare for mark in SEPARATORS)


def _without_comments(numbered: list[tuple[int, str]], notes: list[str]) -> tuple[list[str], list[tuple[int, str]]]:
    """The comment lines above the first other line, and the lines that are none.

    Where every line below the first begins with a comment's mark, the mark belongs to their names: #1, #2.
    """
    comment = [line.lstrip().startswith(COMMENTS) for _, line in numbered]
    first = next((i for i, marked in enumerate(comment) if not marked), len(comment))
    above = [line for _, line in numbered[:first]]
    below = list(zip(numbered[first:], comment[first:], strict=True))
    if len(below) > 1 and all(marked for _, marked in below[1:]):
        return above, numbered[first:]
    left_out = sum(marked for _, marked in below)
    if left_out:
        notes.append(
            f"its {left_out} line{'s' * (left_out > 1)} below the names that begin with #, % or // are left out"
        )
    return above, [line for line, marked in below if not marked]


def _separator(lines: list[str]) -> str:
    """What parts most lines into as many cells as the first one, and into the most."""
    bare = [QUOTED.sub("", line) for line in lines]

    def fit(mark: str) -> tuple[bool, float, int]:
        counts = [line.rstrip().rstrip(mark).count(mark) for line in bare]
        alike = sum(count == counts[0] for count in counts[1:]) / max(len(counts) - 1, 1)
        return counts[0] > 0, alike, counts[0]

    return max(SEPARATORS, key=fit) if bare else ","


def _rows(lines: list[tuple[int, str]], separator: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold anything, each with the number of its line."""
    csv.field_size_limit(FIELD_LIMIT)
    reader = csv.reader((line for _, line in lines), delimiter=separator, strict=True)
    try:
        for row in reader:
            if "".join(row).strip():
                yield lines[reader.line_num - 1][0], row
    except csv.Error as error:
        line = lines[min(max(reader.line_num, 1), len(lines)) - 1][0]
        raise ValueError(f"a quotation mark that ends nowhere or in the midst of a cell, by line {line}") from error


def _names(rows: list[tuple[int, list[str]]], above: list[str], separator: str) -> list[str]:
    """The columns' names, taken off the rows: the first row, or the last comment where that is one of numbers."""
    if rows and sum(map(_is_value, rows[0][1])) < max(2, len(rows[0][1]) / 2):
        return [name.strip() for name in rows.pop(0)[1]]
    width = len(rows[0][1]) if rows else 0
    for line in reversed(above):
        bare = line.strip().lstrip("#%/ \t")
        for cells in (next(csv.reader([bare], delimiter=separator), []), bare.split()):
            if width == len(cells) or (not rows and len(cells) > 1):
                return [name.strip() for name in cells]
    if rows:
        raise ValueError(
            "its first line holds numbers and not the columns' names; write them above, as easting,northing"
        )
    return []


def _is_value(cell: str) -> bool:
    return bool(cell.strip()) and is_number(cell)


def _units(header: list[str], rows: list[tuple[int, list[str]]]) -> tuple[dict[str, str], list[tuple[int, list[str]]]]:
    """The units in a first row that holds nothing else, by the columns' names; and the other rows."""
    cells = [cell.strip() for cell in rows[0][1]] if rows else []
    if not any(map(unit_of, cells)) or any(map(_is_value, cells)):
        return {}, rows
    of_numbers = [i for i, cell in enumerate(rows[1][1]) if _is_value(cell)] if len(rows) > 1 else range(len(cells))
    if not any(i < len(cells) and unit_of(cells[i]) for i in of_numbers):
        return {}, rows
    return {name: cell for name, cell in zip(header, cells, strict=False) if name and not says_no_unit(cell)}, rows[1:]


def _fitted(row: list[str], header: list[str], line: int) -> list[str]:
    """A row with a cell for each name: empty ones at its end are cut off, missing ones of no name added."""
    width = len(header)
    while len(row) > width and not row[-1].strip():
        row.pop()
    if len(row) < width and not any(header[len(row) :]):
        row += [""] * (width - len(row))
    if len(row) != width:
        hint = "; part columns by semicolons where commas are decimal" if len(row) > width else ""
        raise ValueError(f"line {line} has {len(row)} values and the header {width}{hint}")
    return row


def _bare(header: list[str], cells: list[list[str]]) -> list[tuple[int, str]]:
    """The columns' places and names; nameless ones last given, empty nameless ones left out."""
    twice = sorted(name for name in set(header) if name and header.count(name) > 1)
    if twice:
        raise ValueError(f"it has several columns named {twice[0]!r}; rename all but one")
    return [(i, name) for i, name in enumerate(header) if name or any(row[i].strip() for row in cells)]
