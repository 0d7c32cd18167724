"""Units of gravity and of density as files name them, and what they are in mGal and kg/m3."""

from __future__ import annotations

import re
import unicodedata

_GRAVITY = {
    1.0: "mgal 10um/s2 1e-5m/s2 10^-5m/s2 10-5m/s2",
    1e-3: "ugal 10nm/s2 1e-8m/s2 10^-8m/s2 10-8m/s2",
    1e3: "gal cm/s2",
    1e5: "m/s2 n/kg",
    1e2: "mm/s2",
    0.1: "gu gravityunit gravityunits um/s2 1e-6m/s2 10^-6m/s2 10-6m/s2",
    1e-4: "nm/s2 1e-9m/s2 10^-9m/s2 10-9m/s2",
}
_DENSITY = {1.0: "kg/m3 g/l", 1e3: "g/cm3 g/cc g/ccm g/ml t/m3 mg/m3 kg/l kg/dm3"}
_NOTHING = {"", "1", "-", "none", "unknown", "unitless", "dimensionless", "na", "n/a", "undefined", "value", "values"}
_LENGTHS = {"m", "km", "cm", "mm", "ft", "foot", "feet", "fathom", "fathoms", "yd", "mile", "miles", "us-ft"}
_LENGTH_ENDS = ("foot", "feet")  # US survey foot
_OTHERS = (
    "deg degree degrees rad k kelvin c °c celsius nt s h d % percent pa hpa kpa mpa gpa e eotvos 1/s2 /s2 mgal/m mgal/km m/s km/s kg "
    "mw/m2 w/m/k ma ka ohmm volt v db"
)
_SHORT = {"milli": "m", "micro": "u", "nano": "n", "centi": "c", "kilo": "k"}
_SHORT |= {"metre": "m", "meter": "m", "gram": "g", "gal": "gal", "litre": "l", "liter": "l", "sec": "s", "second": "s"}
_WORDS = (
    (
        r"\b(milli|micro|nano|centi|kilo|[munck])?(met(?:re|er)|gram|gal|lit(?:re|er)|sec(?:ond)?)s?\b",
        lambda m: _SHORT.get(m[1] or "", m[1] or "") + _SHORT[m[2]],
    ),
    (r"\bper\b", lambda m: "/"),
    (r"\bcubic\s+(c?m)\b", lambda m: f"{m[1]}3"),
    (r"\bsquared?\b", lambda m: "2"),
    (r"\bcubed?\b", lambda m: "3"),
    (r"\*\*", lambda m: "^"),
    (r"([a-z])[\s.·*]*\b(s|m|cm|kg)\s*\^?\s*-\s*([23])\b", lambda m: f"{m[1]}/{m[2]}{m[3]}"),
    (r"([a-z])s\^?-2$", lambda m: f"{m[1]}/s2"),
    (r"/\s*s\s*/\s*s$", lambda m: "/s2"),
    (r"([a-z])\^(?=\d)", lambda m: m[1]),
    (r"[\s.·*_()\[\]]", lambda m: ""),
)
"""From the ways a unit is written to one: "metres per second squared", "m s^-2", "m·s⁻²" and "m/s**2" are m/s2."""


def _table(sizes: dict[float, str]) -> dict[str, float]:
    return {name: size for size, names in sizes.items() for name in names.split()}


_MGAL, _KG_PER_M3 = _table(_GRAVITY), _table(_DENSITY)


def mgal(unit: str) -> float | None:
    """How many mGal a unit of gravity has; None where it is none that is known."""
    return _MGAL.get(_plain(unit))


def kg_per_m3(unit: str) -> float | None:
    """How many kg/m3 a unit of density has; None where it is none that is known."""
    return _KG_PER_M3.get(_plain(unit))


def says_nothing(unit: str) -> bool:
    """Whether a unit's text does not tell what the numbers are."""
    return _plain(unit) in _NOTHING


def is_length(unit: str) -> bool:
    """Whether it is a unit of length."""
    return _plain(unit) in _LENGTHS or _plain(unit).endswith(_LENGTH_ENDS)


def is_known(unit: str) -> bool:
    """Whether it is the unit of anything."""
    plain = _plain(unit)
    return plain in _MGAL or plain in _KG_PER_M3 or plain in _OTHERS.split() or is_length(unit)


def _plain(unit: str) -> str:
    text = unicodedata.normalize("NFKC", unit).strip().lower().replace("μ", "u").replace("−", "-")
    for pattern, written in _WORDS:
        text = re.sub(pattern, written, text)
    return text
