"""Shapes of a relief that gravity can't show: shorter than the stations' height above it, and a good part of what was found."""

from __future__ import annotations

import numpy as np
from scipy.fft import dctn

from ..assembly.setting import InversionSetting
from ..data.clearance import station_cells

SHORT = 1.4
"""Of the stations' height above the relief: of a wave that long a ninetieth of its gravity is left there."""
SHARE = 0.3
"""Of the change (RMS), above which what is too short to be seen is more than the rounding of sharp edges."""
FLAT = 1e-3
"""Of a cell: a relief that changed less did not change."""


def short_part(heights: np.ndarray, dx: float, dy: float, wavelength: float) -> float:
    """RMS of that part of a relief, or of its change, whose waves are shorter than a wavelength, by the cosine transform.

    Parameters
    ----------
    heights : array (ny, nx)
        m
    dx, dy : float
        The cell's sides, m.
    wavelength : float
        m

    Returns
    -------
    float
        m
    """
    ny, nx = heights.shape
    waves = dctn(heights, norm="ortho")
    number = np.hypot(np.arange(nx) / (2.0 * nx * dx), np.arange(ny)[:, None] / (2.0 * ny * dy))  # cycles per metre
    return float(np.sqrt(np.sum(waves[number * wavelength > 1.0] ** 2) / heights.size))


def check_roughness(setting: InversionSetting, heights: np.ndarray, fitted: np.ndarray, damping: str) -> None:
    """Doubt a relief of which much is shorter than the stations' height above it.

    Gravity of a wave of length λ falls with exp(−2πz/λ); a damping too small for its errors turns these into relief.
    Known points may tell of such shapes, so nothing is said where there are some.

    Parameters
    ----------
    setting : InversionSetting
        Whose reporter is told.
    heights : array (ny, nx)
        The inverted relief, m.
    fitted : array of bool (n,)
        The stations that were inverted.
    damping : str
        The parameter that sets how strongly the relief is held.
    """
    survey, view = setting.survey, setting.view
    grid = survey.relief.grid
    stations = survey.stations.where(fitted)
    length = SHORT * float(np.median(stations.height - heights.ravel()[station_cells(stations, grid)]))
    if view.known is not None or not length > 2.0 * min(grid.dx, grid.dy):  # shorter than two cells there is nothing
        return
    change = heights - survey.relief.heights
    whole = float(change.std())
    # A start may be rough itself: what the inversion smoothed away is in the change alone, what it kept in the relief alone.
    short = min(short_part(part, grid.dx, grid.dy, length) for part in (change, heights))
    if whole > FLAT * min(grid.dx, grid.dy) and short > SHARE * whole:
        setting.reporter.warning(
            f"{short:.3g} of the {whole:.3g} m (RMS) by which the relief changed are shapes shorter than {length / 1000:.3g} km, so far "
            f"below the stations that gravity can't show them: they are its errors. Raise {damping}, or let a cross validation "
            "choose it.",
            damping,
        )
