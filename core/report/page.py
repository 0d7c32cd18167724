"""The HTML page around the figures: one file, no script, nothing fetched. All text is escaped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path

from .numbers import number
from .stories import Entry


@dataclass(frozen=True)
class Drawing:
    """A row of figures (SVG, ours) and the caption under it."""

    figures: tuple[str, ...]
    caption: str = ""


@dataclass(frozen=True)
class Table:
    """Rows under column heads; `marked` is the row to point out, `folded` the line that unfolds the table."""

    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    marked: int | None = None
    folded: str = ""


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it."""

    heading: str
    blocks: tuple[Drawing | Table | str, ...]


def page(
    title: str,
    kind: str,
    lead: Sequence[str],
    sections: Sequence[Section],
    summary: Sequence[Entry] = (),
    verdict: str = "",
    warnings: Sequence[str] = (),
    settings: Sequence[Entry] = (),
) -> str:
    """The whole document. `kind` names the report; the `verdict` stands first, the `lead` says what to think of the run."""
    named = [*sections]
    if settings:
        named.append(
            Section(
                "Settings",
                (Table(("Setting", "Value"), [(key, number(value, 5)) for key, value in settings]),),
            )
        )
    links = "".join(f'<a href="#part{at}">{escape(section.heading)}</a>' for at, section in enumerate(named))
    body = "\n".join(_section(f"part{at}", section) for at, section in enumerate(named))
    made = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(title)}</title>
<style>{_stylesheet()}</style>
</head>
<body>
<main>
<header><p class="kind">GravRelief · {escape(kind)}</p><h1>{escape(title)}</h1></header>
{_summary(summary)}
<div class="lead">{_verdict(verdict)}{"".join(f"<p>{_prose(text)}</p>" for text in lead)}</div>
{_warnings(warnings)}
<nav aria-label="Contents">{links}</nav>
{body}
<footer>Made by GravRelief, {made}. Heights are positive up, gravity is positive down.</footer>
</main>
</body>
</html>
"""


def _prose(text: str) -> str:
    """Escaped, and no line broken between a number and its unit."""
    return re.sub(r"(?<=\d) (?=(?:m|km|mGal|kg/m³)\b)", "\N{NO-BREAK SPACE}", escape(text))


def _stylesheet() -> str:
    return (Path(__file__).parent / "page.css").read_text(encoding="utf-8")


def _summary(entries: Sequence[Entry]) -> str:
    tiles = "".join(
        f"<div><dt>{escape(label)}</dt><dd>{escape(number(value, 5))}</dd></div>" for label, value in entries
    )
    return f'<dl class="summary">{tiles}</dl>' if tiles else ""


def _verdict(text: str) -> str:
    return f'<p class="verdict">{_prose(text)}</p>' if text else ""


def _warnings(warnings: Sequence[str]) -> str:
    if not warnings:
        return ""
    items = "".join(f"<li>{_prose(text)}</li>" for text in warnings)
    return f'<aside class="warnings" role="note"><h2>To be checked</h2><ul>{items}</ul></aside>'


def _section(name: str, section: Section) -> str:
    blocks = "\n".join(_block(block) for block in section.blocks)
    return f'<section id="{name}"><h2>{escape(section.heading)}</h2>\n{blocks}</section>'


def _block(block: Drawing | Table | str) -> str:
    if isinstance(block, str):
        return f"<p>{_prose(block)}</p>"
    if isinstance(block, Drawing):
        row = "".join(f'<div class="drawing">{figure}</div>' for figure in block.figures)
        caption = f"<figcaption>{_prose(block.caption)}</figcaption>" if block.caption else ""
        return f'<figure><div class="row">{row}</div>{caption}</figure>'
    return _table(block)


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in table.head)
    rows = "".join(
        f"<tr{' class=marked' if at == table.marked else ''}>"
        + "".join(f"<td>{escape(cell)}</td>" for cell in row)
        + "</tr>"
        for at, row in enumerate(table.rows)
    )
    whole = f'<div class="table"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    return f"<details><summary>{escape(table.folded)}</summary>{whole}</details>" if table.folded else whole
