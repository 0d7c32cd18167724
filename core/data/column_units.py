"""The units of a table's columns: in brackets or at the end of a name, or in a row of units below the names."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from .field_units import kg_per_m3, mgal
from .lengths import metres

LENGTH, GRAVITY, DENSITY, ANGLE = "length", "gravity", "density", "angle"
METRE_ABOVE_SEA = ("masl", "mamsl", "mtr", "mtrs")
DEGREE = (
    *(
        "deg",
        "degree",
        "degrees",
        "dd",
        "decimal degrees",
        "decimal degree",
        "dec deg",
        "degrees_east",
        "degrees_north",
    ),
    *("deg e", "deg n", "°"),
)


@dataclass(frozen=True)
class Unit:
    """What a unit measures, and how many of our own one is: m, mGal, kg/m3, degrees."""

    kind: str
    size: float


ASKED = {
    "GRAVITY_FIELD": "mGal",
    "ERROR_FIELD": "mGal",
    "REGIONAL_FIELD": "mGal",
    "HEIGHT_FIELD": "m",
    "KNOWN_FIELD": "m",
    "KNOWN_ERROR_FIELD": "m",
}
"""The units in which parameters that name a field take its numbers."""
NOTHING = ("", "-", "--", "none", "n/a", "na", "unitless", "dimensionless", "0/1", "bool", "flag", "text", "string")
"""What a row of units says of a column without one."""
IN_BRACKETS = re.compile(r"\s*[\[({<]([^\[\](){}<>]*)[\])}>]\s*$")
AFTER_A_COMMA = re.compile(r"\s*,\s*([^,]+)$")
AT_THE_END = re.compile(r"(?<=[^_\W])[_ ](ft|feet|km|mgal|ugal|microgal)$", re.IGNORECASE)
"""Units that a name may simply end with: those that are hardly anything else."""


def unit_of(text: str) -> Unit | None:
    """A unit from its text, in any of its spellings; None for a text that names none that is known."""
    for kind, size in ((GRAVITY, mgal(text)), (DENSITY, kg_per_m3(text)), (LENGTH, metres(_plain(text)))):
        if size is not None:
            return Unit(kind, size)
    if _plain(text) in METRE_ABOVE_SEA:
        return Unit(LENGTH, 1.0)
    return Unit(ANGLE, 1.0) if _plain(text) in DEGREE else None


def says_no_unit(text: str) -> bool:
    """Whether a cell in a row of units says that its column has none."""
    return _plain(text) in NOTHING


def split_name(name: str) -> tuple[str, str]:
    """A column's name without its unit, and the unit's text, empty where it names none that is known.

    "Height (ft)" is "Height" and "ft", "depth_km" is "depth" and "km"; "Gravity (observed)" has no unit.
    """
    for pattern in (IN_BRACKETS, AFTER_A_COMMA, AT_THE_END):
        found = pattern.search(name)
        if found and unit_of(found[1]):
            return name[: found.start()].strip(), found[1].strip()
    return name.strip(), ""


def states_unit(name: str) -> bool:
    """Whether a name states its unit, in brackets or after a comma, and does not just end like one."""
    return bool(split_name(name)[1]) and not AT_THE_END.search(name)


def _plain(text: str) -> str:
    """Lower case, µ as u, superscripts as figures, brackets around it away."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    plain = plain.strip("[](){}<> ").replace("μ", "u").replace("−", "-")
    return plain.lower()
