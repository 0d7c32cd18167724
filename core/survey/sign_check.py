"""Whether the misfit asks for what the density contrast's sign allows."""

from __future__ import annotations

import numpy as np

from ..data.relief import Relief
from ..data.stations import Stations
from ..events.protocol import Reporter
from ..operators.density_law import contrast_at
from ..operators.prism import GRAVITATIONAL_CONSTANT, MGAL_PER_SI
from .height_evidence import NEAR, nearness
from .noise import scatter
from .repeats import SAME_PLACE

SLAB = MGAL_PER_SI * 2.0 * np.pi * GRAVITATIONAL_CONSTANT  # mGal of a slab of 1 m and 1 kg/m3

SHARE = 0.25
"""Of the stations: if the relief would have to rise above more of them, the sign is doubted."""
SHARE_OF_SIGNAL, FEWEST = 0.5, 0.05
"""So much of the misfit, at not less than this share of the stations, is as good a reason."""
TIMES = 3.0
"""The sign is to blame where with the other one so many times less of the misfit would lift the relief as high."""
ERRORS = 3.0
"""A lift within so many standard errors of the misfit is none."""

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
    parameter: str = "DENSITY_CONTRAST",
) -> None:
    """Warn where the misfit, taken as that of a slab, would lift the relief above many stations.

    That is what a contrast with the wrong sign does: a basin's fill lighter than its basement by 500 is +500 at the
    basement's surface (below minus above), and with -500 its low gravity would ask for a mountain. Where the relief
    reaches up to the stations any misfit of one sign lifts it; there the noise, and what the regional leaves on either
    side of 0, must not count.

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
    parameter : str
        That gave the contrast.
    """
    used = stations.used & np.isfinite(predicted)
    chosen = stations.where(used)
    surface = relief.sample(chosen.easting, chosen.northing)
    clearance = chosen.height - surface
    at_datum = relief.with_heights(contrast).sample(chosen.easting, chosen.northing, nearest=True)
    between = np.mean([contrast_at(at_datum, law, surface + level * clearance) for level in LEVELS], axis=0)
    if has_no_sign(between):
        return
    slab = SLAB * np.abs(between)  # mGal/m
    misfit = np.sign(between) * (chosen.gravity - predicted[used] - chosen.regional)
    near = nearness(relief.grid)
    counts = (slab > 0.0) & (clearance > -near)
    if not counts.any():
        return
    to_stations = (slab * np.maximum(clearance, 0.0) + ERRORS * misfit_error(chosen, misfit))[counts]
    misfit = misfit[counts]
    lift, other = (np.maximum(side - to_stations, 0.0) for side in (misfit, -misfit))
    share = float((lift > 0.0).mean())
    bulk = float(lift.sum()) > SHARE_OF_SIGNAL * float(np.abs(misfit).sum()) and share > FEWEST
    if not (share > SHARE or bulk):
        return
    if lift.sum() > TIMES * other.sum():
        reporter.warning(
            f"The misfit has the sign that would lift the relief above {100 * share:.0f} percent of the stations. "
            f"{parameter} is the density below the relief minus that above it (lighter fill over basement: positive): "
            "check its sign and that of gravity (positive down), the reference level and the regional.",
            parameter,
        )
    elif np.median(clearance[counts]) > NEAR:
        reporter.warning(
            f"The misfit would lift the relief above {100 * share:.0f} percent of the stations, and above as many with the other "
            f"sign of {parameter}. Check the units of gravity and {parameter}, and the regional.",
            parameter,
        )


def has_no_sign(contrast: np.ndarray) -> bool:
    """Whether contrasts (n,) have both signs about as often, so that there is no one sign to doubt."""
    return bool(abs(np.sign(contrast).sum()) < ONE_SIGN * np.count_nonzero(contrast))


def misfit_error(stations: Stations, misfit: np.ndarray) -> np.ndarray:
    """The misfit's standard error at each station, mGal: the one given, or the scatter about the neighbours, if that is more."""
    given = stations.error if stations.has_errors else np.zeros(stations.size)
    if stations.size < 2:
        return given
    shown = scatter(stations.easting, stations.northing, misfit, SAME_PLACE)
    return np.maximum(given, float(np.std(misfit)) / ERRORS if shown is None else shown)
