"""Points at which the relief is known."""

from __future__ import annotations

from ..asks import Field, Number
from ..layers import Points

KNOWN_POINTS = Points(
    "KNOWN_POINTS",
    "Points of known relief",
    "A point layer of places where the relief is known: soundings, wells, picks of a seismic section. An inversion meets "
    "them within their errors. Points at one place are averaged.",
    optional=True,
)
KNOWN_FIELD = Field(
    "KNOWN_FIELD",
    "Field of the known relief (m)",
    "The numeric field that holds the known relief in metres, positive up (a depth is to be made negative first), in "
    "the vertical datum of the relief.",
    parent="KNOWN_POINTS",
)
KNOWN_ERROR = Number(
    "KNOWN_ERROR",
    "Error of all known points (m)",
    "One standard error for every known height, in metres. Empty: they count as exact, in an inversion as known to 1 m.",
    optional=True,
    advanced=True,
    least=0.0,
)
KNOWN_ERROR_FIELD = Field(
    "KNOWN_ERROR_FIELD",
    "Error field of the known points (m)",
    "The numeric field that holds the standard error of each known height, in metres.",
    advanced=True,
    parent="KNOWN_POINTS",
)
KNOWN = (KNOWN_POINTS, KNOWN_FIELD, KNOWN_ERROR, KNOWN_ERROR_FIELD)
