"""Where the iterations set out: the start, or where that lies at the stations' level the inverse slab of the misfit."""

from __future__ import annotations

import numpy as np

from ..data.clearance import ceiling, lies_at_stations, station_cells
from ..data.padding import station_spacing
from ..data.relief import Relief
from ..data.smoothing import smooth_field
from ..data.stations import Stations
from ..events.protocol import Reporter
from ..inversion.slab import SLAB, slab_relief
from ..survey.survey import Survey


def slab_start(
    stations: Stations,
    misfit: np.ndarray,
    relief: Relief,
    free: np.ndarray,
    contrast: np.ndarray,
    law: np.ndarray | None,
) -> np.ndarray:
    """The start with its free cells moved as the misfit asks for by the slab formula, kept below the stations.

    Parameters
    ----------
    stations : Stations
        Those whose misfit is known, all of them used.
    misfit : array (n,)
        Observed less predicted of the start less regional, mGal.
    relief : Relief
        The start.
    free : array of bool (ny, nx)
    contrast : array (ny, nx)
        kg/m3.
    law : array or None

    Returns
    -------
    array (ny, nx)
        m; nowhere above the start, and below each station in a free cell.
    """
    grid = relief.grid
    width = max(grid.dx, grid.dy, station_spacing(stations))
    field = smooth_field(stations, misfit, 1.0 / stations.error**2, grid, width)
    heights = np.minimum(slab_relief(field, relief.heights, contrast, law), relief.heights)
    return np.where(free, np.minimum(heights, ceiling(stations, grid)), relief.heights)


def slab_depth(survey: Survey) -> float | None:
    """The mean depth, m, that gravity asks for by the slab formula of a start at the stations' level; None of another."""
    if not lies_at_stations(survey.stations, survey.relief):
        return None
    used = survey.stations.where(survey.stations.used)
    contrast = survey.contrast.ravel()[station_cells(used, survey.relief.grid)]
    some = contrast != 0.0
    return float(np.mean(np.abs((used.gravity - used.regional)[some] / (SLAB * contrast[some])))) if some.any() else 0.0


def tell_first_relief(heights: np.ndarray, start: Relief, free: np.ndarray, reporter: Reporter) -> None:
    """Say where the iterations set out, of a start at the stations' level."""
    moved = (heights - start.heights)[free]
    reporter.log(
        "The starting relief lies at the stations' level, where its gravity tells little: the first relief was taken from the "
        f"slab formula and smoothed, {-moved.min():.4g} m below the start at its deepest and {-np.median(moved):.4g} m in the "
        "middle. The inversion keeps it below the stations (as BELOW_STATIONS does)."
    )
