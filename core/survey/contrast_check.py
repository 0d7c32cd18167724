"""Whether a small density contrast was meant in g/cm3: then gravity asks for relief that no place has."""

from __future__ import annotations

import numpy as np

from ..data.relief import Relief
from ..data.stations import Stations
from ..errors import InputError
from ..events.protocol import Reporter
from ..job.parts import DensityJob
from .gravity_checks import FEWEST, clearance, slab, span

SMALL = 10.0  # kg/m3
HIGHEST = 2e4
"""m of relief; with a contrast of 1 to 30 in the mantle there is more, but then far below the stations."""
CLEARANCES = 10.0
HARSHER = 5.0
"""The same of the misfit before the regional was taken off, of which only a trend is told apart."""
NORMAL = 3.29
"""Standard deviations between the ends of what `span` takes of normal errors."""
DENSEST = 25_000.0
"""kg/m3: osmium has 22,590."""


def density_parameter(job: DensityJob) -> str:
    """The parameter that a job's contrasts come from."""
    return next((name.upper() for name in ("density_grid", "density_law") if getattr(job, name)), "DENSITY_CONTRAST")


def refuse_contrast(contrast: float, parameter: str) -> None:
    """Refuse a contrast larger than any density; `InputError`."""
    if abs(contrast) > DENSEST:
        raise InputError(
            f"{parameter} is {contrast:,.6g} kg/m3, and nothing is so dense. Give it in kg/m3 (1 g/cm3 = 1000 kg/m3).",
            parameter,
        )


def doubt_contrast_unit(
    stations: Stations,
    misfit: np.ndarray,
    residual: np.ndarray | None,
    relief: Relief,
    contrast: np.ndarray,
    law: np.ndarray | None,
    parameter: str,
    reporter: Reporter,
) -> None:
    """Warn where a contrast below 10 kg/m3 would need relief higher than 20 km and ten times the stations' clearance.

    What asks for relief is the range of the residual that errors don't explain. Where the regional took up the signal too,
    the misfit less a trend still tells it, if it asks for far more.

    Parameters
    ----------
    stations : Stations
    misfit : array (n,)
        Observed less predicted of the starting relief, mGal; NaN at stations that are not used.
    residual : array (n,) or None
        That less the regional; None where it is not known yet.
    relief : Relief
        The starting relief.
    contrast : array (ny, nx)
        kg/m3; with a law the one at its datum.
    law : array or None
        How density varies with depth, see `operators.density_law`.
    parameter : str
        Where the contrast comes from.
    reporter : Reporter
    """
    of_a_metre = slab(contrast, law)
    largest = of_a_metre / slab(np.ones(1))
    used = stations.used & np.isfinite(misfit)
    if not 0.0 < largest < SMALL or used.sum() < FEWEST:
        return
    there = stations.where(used)
    most = max(HIGHEST, CLEARANCES * clearance(stations, relief))
    asked = 0.0 if residual is None else signal_span(there, residual[used]) / of_a_metre
    if asked < most:
        asked = signal_span(there, _without_trend(there, misfit[used])) / of_a_metre
        most *= HARSHER
    if asked > most:
        one = law is None and np.ptp(contrast) == 0.0
        reporter.warning(
            f"{parameter} is {'' if one else 'at most '}{largest:.3g} kg/m3, with which gravity would ask for "
            f"some {asked / 1000:,.0f} km of relief. That looks like g/cm3: give kg/m3, 1000 times as much.",
            parameter,
            cause=True,
        )


def signal_span(stations: Stations, values: np.ndarray) -> float:
    """The range of values (n,) at stations that their errors don't explain, mGal.

    The errors are those given, or those that neighbours' differences show, if greater.
    """
    from scipy.spatial import cKDTree

    places = np.column_stack([stations.easting, stations.northing])
    _, near = cKDTree(places).query(places, 2)
    apart = np.abs(values[near[:, 1]] - values[near[:, 0]])
    shown = 1.4826 * float(np.median(apart)) / np.sqrt(2.0)
    error = max(shown, float(np.median(stations.error)) if stations.has_errors else 0.0)
    return float(np.sqrt(max(span(values) ** 2 - (NORMAL * error) ** 2, 0.0)))


def _without_trend(stations: Stations, values: np.ndarray) -> np.ndarray:
    """The values less the polynomial of the second degree that fits them best."""
    x, y = ((side - side.mean()) / max(float(np.ptp(side)), 1.0) for side in (stations.easting, stations.northing))
    powers = np.column_stack([np.ones(x.size), x, y, x * x, x * y, y * y])
    return values - powers @ np.linalg.lstsq(powers, values, rcond=None)[0]
