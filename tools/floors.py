"""What docs/develop.md draws of the code: the floors of the engine's rooms, and every file in a sentence: `make floors`."""

from __future__ import annotations

import ast
import re
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "develop.md"
HEAD = "| room | what it is for | may import |\n|---|---|---|\n"
ROW = re.compile(r"\| `(\w+)` \| (.+?) \| (.+?) \|\n")
DRAWING = re.compile(r"(?<=<!-- floors -->\n).*?(?=<!-- end of floors -->)", re.DOTALL)

LIST = re.compile(r"(?<=<!-- files -->\n).*?(?=<!-- end of files -->)", re.DOTALL)
PACKAGES = ("core", "plugin", "ui")
WIDTH = 150

Rooms = dict[str, set[str]]
"""For each room those that it may import."""


def read_rooms(text: str) -> Rooms:
    """The table's rooms, in its order.

    Raises
    ------
    ValueError
        There is no such table, or a row names a room that has none.
    """
    _, found, table = text.partition(HEAD)
    if not found:
        raise ValueError(f"{DOCUMENT} has no table that begins with {HEAD!r}")
    rooms: Rooms = {}
    while row := ROW.match(table):
        rooms[row[1]] = set(re.findall(r"`(\w+)`", row[3]))
        table = table[row.end() :]
    if unknown := set().union(*rooms.values()) - set(rooms):
        raise ValueError(f"{DOCUMENT} has no row for {', '.join(sorted(unknown))}")
    return rooms


def floors(rooms: Rooms) -> list[list[str]]:
    """The rooms by floors, the lowest first: each lies one above the highest that it may import.

    Raises
    ------
    ValueError
        Some rooms may import each other in a circle.
    """
    storeys: list[list[str]] = []
    placed: set[str] = set()
    while len(placed) < len(rooms):
        storey = [room for room, below in rooms.items() if room not in placed and below <= placed]
        if not storey:
            raise ValueError(f"these rooms import each other in a circle: {', '.join(sorted(set(rooms) - placed))}")
        storeys.append(storey)
        placed |= set(storey)
    return storeys


def draw(rooms: Rooms) -> str:
    """The floors as text, the highest first."""
    width = max(map(len, rooms)) + 4
    storeys = floors(rooms)
    lines = [
        f"    {number:2}   " + "".join(room.ljust(width) for room in storeys[number]).rstrip()
        for number in reversed(range(len(storeys)))
    ]
    return "\n" + "\n".join(lines) + "\n\n"


def first_sentence(path: Path) -> str:
    """What a file's docstring says first."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return " ".join(text.split("\n\n")[0].split())


def list_files() -> str:
    """Every file of the packages, folder by folder."""
    files: dict[str, list[Path]] = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if path.name != "__init__.py":
                files.setdefault(path.parent.relative_to(ROOT).as_posix(), []).append(path)
    width = max(len(path.name) for paths in files.values() for path in paths) + 2
    lines = []
    for folder in sorted(files):
        lines += ["", f"    {folder}/"]
        for path in files[folder]:
            told = textwrap.wrap(first_sentence(path), WIDTH - width)
            lines += [f"      {path.name.ljust(width)}{told[0] if told else ''}".rstrip()]
            lines += [f"      {' ' * width}{rest}" for rest in told[1:]]
    return "\n".join(lines) + "\n\n"


def main() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    drawn = DRAWING.sub(lambda _: draw(read_rooms(text)), text)
    DOCUMENT.write_text(LIST.sub(lambda _: list_files(), drawn), encoding="utf-8")


if __name__ == "__main__":
    main()
