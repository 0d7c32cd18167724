"""Where the icons are."""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).resolve().parent.parent / "resources" / "icons"


def icon_path(name: str) -> str:
    """The path of an SVG icon, by its name without the suffix."""
    return str(_FOLDER / f"{name}.svg")
