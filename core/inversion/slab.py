"""The inverse slab: how far a relief must lie from its start for an endless slab between the two to have a given gravity.

    g = 1e5·2πG·∫ Δρ·f(z) dz from the start to the relief

It is a good first relief where the stations lie on the start, so that the start's own derivative tells little, and where a
density law lets the derivative fall with depth.
"""

from __future__ import annotations

import numpy as np

from ..operators.density_law import HEAD, TABLE, law_factors
from ..operators.prism import GRAVITATIONAL_CONSTANT, MGAL_PER_SI

SLAB = MGAL_PER_SI * 2.0 * np.pi * GRAVITATIONAL_CONSTANT
"""mGal per metre and kg/m3."""

MOST_OF_IT = 0.75
"""A law whose contrast fades has a largest slab effect. Beyond this share of it depth grows without bound."""

LENGTHS, POINTS, ROWS_ON = 8.0, 4000, 10.0
"""How deep a law is followed, in its lengths or its table's depths, and at how many points."""


def slab_relief(gravity: np.ndarray, start: np.ndarray, contrast: np.ndarray, law: np.ndarray | None) -> np.ndarray:
    """The relief whose slab over the start has this gravity, cut where a law's slab can give no more.

    Parameters
    ----------
    gravity : array (ny, nx)
        mGal.
    start : array (ny, nx)
        m.
    contrast : array (ny, nx)
        kg/m3; with a law the one at its datum. Cells without contrast stay where they are.
    law : array or None
        As `operators.density_law` describes it.

    Returns
    -------
    array (ny, nx)
        m.
    """
    some = contrast != 0.0
    metres = np.where(some, gravity / np.where(some, SLAB * contrast, 1.0), 0.0)  # at the contrast of the datum
    if law is None:
        return start + metres
    datum = float(law[1])
    depths, integral, most = _integral(law)
    from_start = np.interp(np.maximum(datum - start, 0.0), depths, integral) + np.minimum(datum - start, 0.0)
    wanted = from_start - metres
    cut = from_start + MOST_OF_IT * np.maximum(most - from_start, 0.0)
    wanted = np.minimum(wanted, np.maximum(cut, from_start))
    depth = np.interp(np.maximum(wanted, 0.0), integral, depths) + np.minimum(wanted, 0.0)
    return np.where(some, datum - depth, start)


def _integral(law: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Depths below the datum, the integral of the law's factor down to each, and what it can't exceed, m.

    It ends where the contrast changes its sign: deeper, less gravity would ask for more depth.
    """
    table = law[0] == TABLE
    length = float(law[HEAD + (law.size - HEAD) // 2 - 1]) * ROWS_ON / LENGTHS if table else float(law[2])
    depths = length * LENGTHS * np.linspace(0.0, 1.0, POINTS) ** 2
    factors = law_factors(law, law[1] - depths)
    lost = np.flatnonzero(factors <= 0.0)
    end = int(lost[0]) if lost.size else depths.size
    depths, factors = depths[:end], factors[:end]
    integral = np.concatenate([[0.0], np.cumsum(0.5 * (factors[1:] + factors[:-1]) * np.diff(depths))])
    fades = bool(lost.size) or not table
    return depths, integral, (float(integral[-1]) if table else length) if fades else np.inf
