"""Whether the misfit is one number nearly everywhere: then a level, a datum or a constant regional is not accounted for."""

from __future__ import annotations

import numpy as np

from ..data.stations import Stations
from ..events.protocol import Reporter
from .gravity_checks import FEWEST, slab, span

TIMES = 3.0
"""A misfit whose middle is so many times its span is an offset; a relief that differs from its start varies more."""


def doubt_offset(
    stations: Stations, misfit: np.ndarray, contrast: np.ndarray, law: np.ndarray | None, reporter: Reporter
) -> None:
    """Warn where the misfit of the start would lift or lower the whole relief, and has hardly any shape.

    Gravity of an endless slab is the same everywhere, so REFERENCE_LEVEL, the datum of gravity and a constant regional all
    shift the misfit as one; an inversion takes that for relief.

    Parameters
    ----------
    stations : Stations
    misfit : array (n,)
        Observed less predicted of the starting relief less the regional, mGal; NaN at stations that are not used.
    contrast : array (ny, nx)
        kg/m3; with a law the one at its datum.
    law : array or None
        How density varies with depth, see `operators.density_law`.
    reporter : Reporter
    """
    values = misfit[stations.used & np.isfinite(misfit)]
    of_a_metre = slab(contrast, law)
    if values.size < FEWEST or of_a_metre == 0.0:
        return
    middle, varies = float(np.median(values)), span(values)
    error = float(np.median(stations.error[stations.used])) if stations.has_errors else 0.0
    if abs(middle) <= TIMES * max(varies, error):
        return
    reporter.warning(
        f"The misfit is {middle:.3g} mGal nearly everywhere and varies by {varies:.3g} only: it shifts the whole relief by some "
        f"{abs(middle) / of_a_metre:.3g} m. Check REFERENCE_LEVEL and the datum of gravity, or let a constant be taken off "
        "(REGIONAL 1).",
        "REFERENCE_LEVEL",
    )
