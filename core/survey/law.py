"""How density varies with depth, as a user writes it: a law's text, and what it means."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..data.columns import read_columns
from ..data.void_codes import void_cells
from ..errors import InputError
from ..events.protocol import Reporter
from ..operators.density_law import CONSTANT, EXPONENTIAL, HYPERBOLIC, TABLE

FORMS = "exponential:Δρ0,scale_m, hyperbolic:Δρ0,beta_m or table:file.csv"
KINDS = {"exponential": EXPONENTIAL, "hyperbolic": HYPERBOLIC}
SHORTEST = 1.0  # m, of a scale or β
LENGTHS_TO_NOTHING = 50.0
"""So many lengths below the datum hardly any contrast is left."""


@dataclass(frozen=True)
class DensityLaw:
    """Δρ(depth) = Δρ0·f(depth), depth = datum − z and not below 0, density below the relief minus above throughout.

    exponential: f = exp(−depth/scale); hyperbolic: f = β²/(β + depth)²; table: linear between rows, constant beyond the
    last, Δρ0 the contrast at the first.
    """

    contrast: float  # Δρ0, kg/m3
    kind: float = CONSTANT
    datum: float = 0.0  # m
    parameter: float = 1.0  # scale or β, m
    depths: np.ndarray = field(default_factory=lambda: np.zeros(0))  # m, of a table
    factors: np.ndarray = field(default_factory=lambda: np.zeros(0))  # of a table

    def packed(self) -> np.ndarray:
        """The law as compiled code takes it, see `operators.density_law`."""
        return np.concatenate([[self.kind, self.datum, self.parameter], self.depths, self.factors])


def read_law(text: str, datum: float) -> DensityLaw:
    """A law from its text.

    Parameters
    ----------
    text : str
        DENSITY_LAW: "exponential:500,2000", "hyperbolic:500,3000" or "table:law.csv" (columns depth in m and
        contrast in kg/m3).
    datum : float
        DENSITY_DATUM, m.

    Raises
    ------
    InputError
        A text that is no law; a scale or β below 1 m; a table that is none.
    """
    name, _, rest = text.partition(":")
    if name.strip().lower() == "table":
        return _table(rest.strip(), datum)
    try:
        kind = KINDS[name.strip().lower()]
        surface, length = (float(part) for part in rest.split(","))
    except (KeyError, ValueError):
        raise InputError(f"DENSITY_LAW is {text!r}. Give {FORMS}.", "DENSITY_LAW") from None
    if surface == 0 or not length >= SHORTEST or not np.isfinite([surface, length]).all():
        raise InputError(
            f"DENSITY_LAW {text!r}: Δρ0 must not be 0 and the length must be at least {SHORTEST:g} m. Give {FORMS}.",
            "DENSITY_LAW",
        )
    return DensityLaw(surface, kind, datum, length)


def doubt_length(law: np.ndarray | None, heights: np.ndarray, reporter: Reporter) -> None:
    """Warn where a relief (heights in m) lies so many of a law's lengths deep that they were hardly meant in metres."""
    if law is None or law[0] not in (EXPONENTIAL, HYPERBOLIC):
        return
    datum, length = float(law[1]), float(law[2])
    depth = datum - float(np.median(heights))
    if depth > LENGTHS_TO_NOTHING * length:
        reporter.warning(
            f"DENSITY_LAW has a length of {length:g} m, and half the relief lies more than {depth:.0f} m below "
            "DENSITY_DATUM, where hardly any contrast is left. Check that the length is in metres, not in kilometres.",
            "DENSITY_LAW",
        )


def _table(path: str, datum: float) -> DensityLaw:
    columns = read_columns(path, "DENSITY_LAW")
    depth = columns.number("depth", "DENSITY_LAW", "m")
    contrast = columns.number("contrast", "DENSITY_LAW", "kg/m3")
    rising = depth.size >= 2 and bool((np.diff(depth) > 0).all())
    if not rising or depth[0] != 0 or contrast[0] == 0 or not np.isfinite(contrast).all():
        raise InputError(
            f"DENSITY_LAW: the table {path} must begin at depth 0 with a contrast that is not 0, its depths ascending, in at "
            "least two rows.",
            "DENSITY_LAW",
        )
    if void_cells(contrast[None]).any():
        raise InputError(
            f"DENSITY_LAW: the table {path} has a contrast of {contrast[void_cells(contrast[None])[0]][0]:g}, far from the others, "
            "which must mean empty. Leave out its row.",
            "DENSITY_LAW",
        )
    return DensityLaw(float(contrast[0]), TABLE, datum, 1.0, depth, contrast / contrast[0])
