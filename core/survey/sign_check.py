"""Whether the misfit asks for what the density contrast's sign allows."""

from __future__ import annotations

import numpy as np

from ..data.relief import Relief
from ..data.stations import Stations
from ..events.protocol import Reporter
from ..operators.density_law import contrast_at
from ..operators.prism import GRAVITATIONAL_CONSTANT, MGAL_PER_SI

SHARE = 0.25
"""Of the stations: if the relief would have to rise above more of them, the sign is doubted."""

ONE_SIGN = 0.5
"""The mean of the contrast's signs below the stations, if nearer to 0: there is no one sign to doubt."""

LEVELS = (np.arange(8) + 0.5) / 8
"""Shares of the way from the relief to a station at which a law's contrast is averaged."""


def check_sign(
    stations: Stations,
    predicted: np.ndarray,
    relief: Relief,
    contrast: np.ndarray,
    reporter: Reporter,
    law: np.ndarray | None = None,
) -> None:
    """Warn where the misfit, taken as that of a slab, would lift the relief above many stations.

    That is what a contrast with the wrong sign does: a basin's fill lighter than its basement by 500 is +500 at the
    basement's surface (below minus above), and with -500 its low gravity would ask for a mountain.

    Parameters
    ----------
    stations : Stations
    predicted : array (n,)
        Gravity of the starting relief, mGal; NaN at stations that are not used.
    relief : Relief
        The starting relief.
    contrast : array (ny, nx)
        kg/m3; with a law the one at its datum.
    reporter : Reporter
    law : array, optional
        How density varies with depth, see `operators.density_law`.
    """
    used = stations.used & np.isfinite(predicted)
    places = stations.easting[used], stations.northing[used]
    surface = relief.sample(*places)
    clearance = stations.height[used] - surface
    at_datum = relief.with_heights(contrast).sample(*places, nearest=True)
    between = np.mean([contrast_at(at_datum, law, surface + level * clearance) for level in LEVELS], axis=0)
    if abs(np.sign(between).sum()) < ONE_SIGN * np.count_nonzero(between):
        return
    slab = MGAL_PER_SI * 2.0 * np.pi * GRAVITATIONAL_CONSTANT * between  # mGal/m
    misfit = (stations.gravity - predicted - stations.regional)[used]
    below = (clearance > 0.0) & (slab != 0.0)
    lifted = np.sign(slab) * misfit > np.abs(slab) * clearance
    share = float((lifted & below).sum()) / max(int(below.sum()), 1)
    if share > SHARE:
        reporter.warning(
            f"The misfit has the sign that would lift the relief above {100 * share:.0f} percent of the stations. "
            "DENSITY_CONTRAST is the density below the relief minus that above it (lighter fill over basement: positive): "
            "check its sign, the reference level and the regional.",
            "DENSITY_CONTRAST",
        )
