"""Numbers from the texts of a table, and what a comma or a point in them means.

In a table that commas part, the point is decimal. In others a comma may be too, "1500,5"; then "1,500" beside decimal points
("950.5") is fifteen hundred, beside decimal commas it is one and a half, and the other way round for "1.500".
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

EMPTY_TEXTS = ("", "nan", "null", "none", "na", "n/a", "#n/a")
FLAG_TEXTS = {"true": 1.0, "false": 0.0}
POWER = r"(?:[eE][+-]?\d+)?"
GROUPS = r"[+-]?[1-9]\d{0,2}(?:\%s\d{3})+"
"""Digits in threes: 1,500 or 12,345,678."""


def _decimal(mark: str) -> re.Pattern[str]:
    """A number whose mark can only part its decimals, among lines of texts."""
    whole = GROUPS % mark
    return re.compile(rf"^\s*(?!{whole}\s*$)[+-]?(?:\d+\{mark}\d*|\{mark}\d+){POWER}\s*$", re.MULTILINE)


DECIMAL = {mark: _decimal(mark) for mark in ",."}
IN_THREES = {mark: re.compile(GROUPS % mark) for mark in ",."}
NAMES = {",": "comma", ".": "point"}
STRANGE = (
    (IN_THREES[","], "whose comma seems to part thousands", "Write plain numbers."),
    (IN_THREES["."], "whose points seem to part thousands", "Write plain numbers."),
    (
        re.compile(rf"(?=.*,)(?=.*\.)[+-]?\d[\d.,]*{POWER}"),
        "with both comma and point, of which one must part thousands",
        "Write plain numbers.",
    ),
    (
        re.compile(r"[+-]?\d{1,3}(?:[ \u00a0\u2007\u2009\u202f]\d{3})+(?:[.,]\d*)?"),
        "where a space parts thousands",
        "Write plain numbers.",
    ),
    (
        re.compile(r"[+-]?\d{1,3}(?:['’ʼ`´]\d{3})+(?:[.,]\d*)?"),
        "where an apostrophe parts thousands",
        "Write plain numbers.",
    ),
    (
        re.compile(
            r"(?=.*(?:[°º'′:]|\d\s*[NSEWO]$|^[NSEWO]))[NSEWO]?[\s\d.,°º'’′\"″:+-]*\d[\s°º'’′\"″:]*[NSEWO]?",
            re.IGNORECASE,
        ),
        "which looks like degrees and minutes",
        "Give decimal degrees, in a field of numbers.",
    ),
)
"""Texts that are no numbers, what they look like, and the remedy."""


class NotNumbers(ValueError):
    """Texts that are no numbers; the message is the end of a sentence on their field, with the remedy."""


@dataclass(frozen=True)
class Marks:
    """What commas and points mean in a table: whether a comma may be decimal, and the texts of all its columns to tell."""

    comma_may_be_decimal: bool
    columns: tuple[list[str], ...] = ()
    point_is_decimal: bool = False  # by numbers beside the texts that were read before

    @cached_property
    def decimal(self) -> dict[str, bool]:
        """Whether somewhere in the table a comma, a point can only part decimals."""
        found = {mark: any(_any_decimal(texts, mark) for texts in self.columns) for mark in ",."}
        return {**found, ".": found["."] or self.point_is_decimal}


def numbers(texts: list[str], marks: Marks) -> np.ndarray:
    """A column's numbers, NaN where it holds none: (n,).

    Raises
    ------
    NotNumbers
        A text that is none, or one whose comma or point parts thousands.
    """
    comma = marks.comma_may_be_decimal and any("," in text for text in texts)
    if marks.comma_may_be_decimal:
        _refuse_thousands(texts, marks)
    values = np.empty(len(texts))
    strange = []
    for i, text in enumerate(texts):
        value = _number(text.replace(",", ".") if comma else text)
        values[i] = math.nan if value is None else value
        if value is None:
            strange.append(i)
    if strange:
        raise NotNumbers(_complaint(texts, strange, marks))
    return values


def is_number(text: str) -> bool:
    """Whether a cell holds a number, with a decimal comma or point, or is empty."""
    return _number(text.replace(",", ".")) is not None


def _number(text: str) -> float | None:
    """A text's number, NaN for an empty one, None for one that is no number."""
    try:
        return float(text)
    except ValueError:
        plain = text.strip().lower().replace("−", "-")
    if plain in EMPTY_TEXTS:
        return math.nan
    try:
        return FLAG_TEXTS[plain] if plain in FLAG_TEXTS else float(plain)
    except ValueError:
        return None


def _any_decimal(texts: Iterable[str], mark: str) -> bool:
    return bool(DECIMAL[mark].search("\n".join(text.replace("\n", " ") for text in texts if mark in text)))


def _refuse_thousands(texts: list[str], marks: Marks) -> None:
    """Refuse a mark in threes where the other one parts the decimals, in the column or, if it says nothing, in the table."""
    own = {mark: _any_decimal(texts, mark) for mark in ",."}
    for mark, other in ((",", "."), (".", ",")):
        row = next((i for i, text in enumerate(texts) if IN_THREES[mark].fullmatch(text.strip())), None)
        if row is None or own[mark]:
            continue
        if own[other] or (marks.decimal[other] and not marks.decimal[mark]):
            text = texts[row].strip()
            raise NotNumbers(
                f"holds {text!r} in row {row + 1}, whose {NAMES[mark]} seems to part thousands beside decimal {NAMES[other]}s. "
                f"Write {text.replace(mark, '')}, or all decimals with one mark."
            )


def _complaint(texts: list[str], strange: list[int], marks: Marks) -> str:
    """What is wrong with the first text that is no number, how many there are, and what to do."""
    row, text = strange[0] + 1, texts[strange[0]].strip()
    place = f"is not numeric: row {row} holds {text!r:.60}"
    more = f" ({len(strange)} of {len(texts)} rows hold no number)" if len(strange) > 1 else ""
    for pattern, what, remedy in STRANGE:
        if pattern.fullmatch(text):
            return f"{place}, {what}{more}. {remedy}"
    advice = "" if marks.comma_may_be_decimal else " (1.5, not 1,5)"
    return f"{place}{more}. Choose a field of numbers{advice}."
