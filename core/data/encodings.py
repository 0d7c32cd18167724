"""From the bytes of a text file to its text: UTF-8, what Excel calls Unicode text (UTF-16), or Windows' Western letters."""

from __future__ import annotations

import codecs
import re

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
OTHERS = (
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
    b"\x1f\x8b",
    b"SQLite format 3\0",
    b"%PDF",
    b"\x89HDF",
    b"CDF\x01",
    b"PAR1",
)
"""How workbooks, archives, databases and the like begin."""
WESTERN = "cp1252"
BYTE_ORDER_MARK = "\ufeff"
END_OF_FILE = "\x1a"  # as DOS wrote it
NOT_IN_TEXT = re.compile("[\x00-\x08\x0e-\x1f]")
ZEROS = 0.8
"""Of every second byte: so many zeros, and none among the others, are UTF-16 without its mark."""


def decode(held: bytes) -> tuple[str, str]:
    """The text of a file, and what is to be said of its encoding, empty where that is plain.

    Raises
    ------
    UnicodeError
        Bytes that are text in none of these encodings.
    ValueError
        A workbook or an archive; text that holds what no text does.
    """
    if held.startswith(OTHERS):
        raise ValueError("it is a workbook, an archive or the like and no text; save the table as CSV")
    for mark, encoding in MARKS:
        if held.startswith(mark):
            return _plain(held.decode(encoding)), ""
    encoding = _utf_16(held) if b"\0" in held else ""
    if encoding:
        return _plain(held.decode(encoding)), "it is read as UTF-16"
    try:
        return _plain(held.decode("utf-8")), ""
    except UnicodeDecodeError:
        if b"\0" in held:
            raise
    return _plain(held.decode(WESTERN)), "it is no UTF-8, and its letters are read as Windows-1252 (Latin-1)"


def _utf_16(held: bytes) -> str:
    first, second = held[::2], held[1::2]
    for zeros, letters, encoding in ((second, first, "utf-16-le"), (first, second, "utf-16-be")):
        if 0 not in letters and zeros.count(0) > ZEROS * len(zeros):
            return encoding
    return ""


def _plain(text: str) -> str:
    """The text without a byte order mark and DOS's end; ValueError where it holds a control character."""
    text = text.rstrip(END_OF_FILE).removeprefix(BYTE_ORDER_MARK)
    if odd := NOT_IN_TEXT.search(text):
        raise ValueError(f"it holds the character {odd[0]!r}, which no text does; it may be damaged")
    return text
