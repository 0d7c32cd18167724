"""Units of length as files name them, and what they are in metres."""

from __future__ import annotations

import re

FOOT, US_FOOT = 0.3048, 1200.0 / 3937.0
_NAMES = {
    1.0: "m metre meter metres meters",
    1e3: "km kilometre kilometer kilometres kilometers",
    1e-1: "dm decimetre decimeter decimetres decimeters",
    1e-2: "cm centimetre centimeter centimetres centimeters",
    1e-3: "mm millimetre millimeter millimetres millimeters",
    FOOT: "ft foot feet foot_intl international_foot international_feet",
    US_FOOT: "us-ft usft ft-us ftus ft_us us_ft us_foot us_feet foot_us us_survey_foot us_survey_feet survey_foot survey_feet",
    0.9144: "yd yard yards",
    1.8288: "fathom fathoms",
    1609.344: "mi mile miles",
    1852.0: "nmi nautical_mile nautical_miles",
}
METRES = {name: size for size, names in _NAMES.items() for name in names.split()}
BESIDE = re.compile(r"[_,;]+(above|over|a_?m?_?s_?l|msl|up|positive_up|relative|wrt|elevation|height)(?![a-z])")
"""What may be said after a unit without changing it."""


def metres(unit: str) -> float | None:
    """How many metres a unit has; None where it is no unit of length that is known.

    "meters above sea level" and "elevation (ft)" are known, "m/s" and "m below the ice" are not.
    """
    plain = re.sub(r"[\s.]+", "_", unit.strip().lower()).strip("_")
    for text in (plain, *re.findall(r"[(\[]([^()\[\]]*)[)\]]", plain)):
        if text in METRES:
            return METRES[text]
    first = BESIDE.split(plain, maxsplit=1)[0]
    return METRES.get(first)
