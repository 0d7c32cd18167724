"""Whether the misfit asks for what the density contrast's sign allows."""

from __future__ import annotations

import numpy as np

from ..operators.prism import GRAVITATIONAL_CONSTANT, MGAL_PER_SI
from ..protocol import Reporter
from ..relief import Relief
from ..stations import Stations

SHARE = 0.25
"""Of the stations: if the relief would have to rise above more of them, the sign is doubted."""


def check_sign(
    stations: Stations, predicted: np.ndarray, relief: Relief, contrast: np.ndarray, reporter: Reporter
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
        kg/m3.
    reporter : Reporter
    """
    used = stations.used & np.isfinite(predicted)
    surface = relief.sample(stations.easting[used], stations.northing[used])
    slab = MGAL_PER_SI * 2.0 * np.pi * GRAVITATIONAL_CONSTANT * float(np.mean(contrast[contrast != 0.0]))
    misfit = (stations.gravity - predicted - stations.regional)[used]
    lifted = surface + misfit / slab > stations.height[used]
    below = surface < stations.height[used]
    share = float((lifted & below).sum()) / max(int(below.sum()), 1)
    if share > SHARE:
        reporter.warning(
            f"The misfit has the sign that would lift the relief above {100 * share:.0f} percent of the stations. "
            "DENSITY_CONTRAST is the density below the relief minus that above it (lighter fill over basement: positive): "
            "check its sign, the reference level and the regional.",
            "DENSITY_CONTRAST",
        )
