"""Reliefs that can't be: at or above the stations, too near for the cells, too deep for the grid, or seen by no station."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from ..assembly.setting import InversionSetting
from ..data.clearance import station_cells
from ..data.stations import Stations
from ..validation.scores import rms

ABOVE, ABOVE_CELL, ABOVE_RANGE = 10.0, 0.1, 0.05
"""A relief is above a station beyond 10 m, or a tenth of a cell where that is less, and 5 percent of its range."""
OF_THE_WAY = 0.9
"""A cell that went so much of the way up to its station reaches it."""
UNEXPLAINED, NOT_FITTED = 3.0, 2.0
"""So many errors, or times the residual elsewhere: what asks for more relief on the mean; and the mean size (0.8 is noise)."""
HALF = 0.5
"""Of a cell, nearer than which is near; of the grid's width; and of the free cells."""
DEPTHS = 3.0
"""A cell farther from every station than so many depths of the relief hangs on the penalty."""
OF_THE_START = 0.02
"""Of the starting misfit (RMS): a residual below that is small, where no errors are given."""
FEW = 3
"""Stations, below which nothing is concluded from their residual."""


@dataclass(frozen=True)
class Outcome:
    """What the checks look at: the fitted stations, and the relief where it may move and was asked for."""

    stations: Stations  # (n,) those fitted
    cell: np.ndarray  # (n,) flat number of the cell that holds each
    residual: np.ndarray  # (n,) mGal
    lifting: np.ndarray  # (n,) residual over its error, positive where it asks for a higher relief
    before: np.ndarray  # (n,) m, the start's depth below each station, in its cell
    after: np.ndarray  # (n,) m, the inverted relief's
    free: np.ndarray  # (n,) whether that cell may move
    usual: float  # of a residual over its error, below which none is called unexplained

    @classmethod
    def of(cls, setting: InversionSetting, heights: np.ndarray, residual: np.ndarray, fitted: np.ndarray) -> Outcome:
        """Of an inverted relief (ny, nx), m, and the residual at all stations, mGal."""
        survey = setting.survey
        stations = survey.stations.where(fitted)
        cell = station_cells(stations, survey.relief.grid)
        sign = np.sign(survey.contrast.ravel()[cell])
        start = (survey.stations.gravity - survey.stations.regional - setting.start_gravity)[fitted]
        usual = 1.0 if stations.has_errors else OF_THE_START * rms(start / stations.error)
        return cls(
            stations=stations,
            cell=cell,
            residual=residual[fitted],
            lifting=sign * residual[fitted] / stations.error,
            before=stations.height - survey.relief.heights.ravel()[cell],
            after=stations.height - heights.ravel()[cell],
            free=setting.view.free.ravel()[cell],
            usual=usual,
        )

    def unexplained(self, mask: np.ndarray, size: np.ndarray, times: float) -> bool:
        """Whether a residual (n,) over its error is so many `times` greater at stations of a mask than errors and others."""
        if mask.sum() < FEW:
            return False
        others = self.lifting[~mask]
        usual = max(self.usual, rms(others) if others.size >= FEW else 0.0)
        return bool(np.mean(size[mask]) > times * usual)


def check_relief(setting: InversionSetting, heights: np.ndarray, residual: np.ndarray, fitted: np.ndarray) -> None:
    """Tell what a relief can't be, each doubt with its number, the worst place and a remedy.

    Parameters
    ----------
    setting : InversionSetting
        Whose reporter is told.
    heights : array (ny, nx)
        The inverted relief, m.
    residual : array (n,)
        Observed less predicted less regional at every station, mGal.
    fitted : array of bool (n,)
    """
    outcome = Outcome.of(setting, heights, residual, fitted)
    if not (_above(setting, outcome, heights) or _pressed(setting, outcome)):
        _near(setting, outcome)
    _deep(setting, outcome, heights)
    _unseen(setting, outcome, heights)


def _above(setting: InversionSetting, outcome: Outcome, heights: np.ndarray) -> bool:
    """Free cells that were carried above a station which the start lay below."""
    cell = _cell(setting)
    least = max(min(ABOVE, ABOVE_CELL * cell), ABOVE_RANGE * float(np.ptp(heights[setting.view.free])))
    above = outcome.free & (outcome.before > 0.0) & (outcome.after < -least)
    if not above.any():
        return False
    worst = int(np.argmin(np.where(above, outcome.after, np.inf)))
    count = np.unique(outcome.cell[above]).size
    setting.reporter.warning(
        f"The inversion carried the relief above the stations in {_cells(count)}, by {-outcome.after[worst]:.4g} m at "
        f"{_place(outcome, worst)}. Check the units of gravity, heights and DENSITY_CONTRAST, its sign, REFERENCE_LEVEL and "
        "REGIONAL; BELOW_STATIONS or UPPER_LEVEL keeps it below.",
        "GRAVITY",
        count,
    )
    return True


def _pressed(setting: InversionSetting, outcome: Outcome) -> bool:
    """Cells that came up to their stations, where gravity asks for more."""
    up = comes_up(setting, outcome)
    if not outcome.unexplained(up, outcome.lifting, UNEXPLAINED):
        return False
    worst = int(np.argmax(np.where(up, outcome.lifting, -np.inf)))
    count = np.unique(outcome.cell[up]).size
    setting.reporter.warning(
        f"Gravity asks for a relief above the stations: it comes up to them in {_cells(count)}, and there "
        f"{np.abs(outcome.residual[up]).mean():.3g} mGal stay unexplained on the mean, {np.abs(outcome.residual[worst]):.3g} at "
        f"{_place(outcome, worst)}. {_other_regional(setting)}Check the units of gravity, heights and DENSITY_CONTRAST, its sign, "
        "and REFERENCE_LEVEL.",
        "REGIONAL" if setting.job.regional else "GRAVITY",
        count,
    )
    return True


def _other_regional(setting: InversionSetting) -> str:
    return "The regional may hold what is the relief's: try another REGIONAL. " if setting.job.regional else ""


def comes_up(setting: InversionSetting, outcome: Outcome) -> np.ndarray:
    """The stations whose cells came up to them, or are held there from the start on: (n,) bool."""
    clear = min(ABOVE, ABOVE_CELL * _cell(setting))
    moved = (outcome.before > clear) & (outcome.after <= (1.0 - OF_THE_WAY) * outcome.before)
    held = setting.at_stations & (outcome.after <= clear)
    return outcome.free & (moved | held)


def _near(setting: InversionSetting, outcome: Outcome) -> None:
    """Relief nearer to stations than half a cell, where that shows in the residual: a shore or a basin's rim may well be so."""
    cell = _cell(setting)
    near = outcome.free & (outcome.after < HALF * cell)
    if not outcome.unexplained(near, np.abs(outcome.lifting), NOT_FITTED):
        return
    worst, count = int(np.argmax(np.where(near, np.abs(outcome.lifting), -np.inf))), int(near.sum())
    setting.reporter.warning(
        f"The relief lies nearer than half a cell of {cell:.4g} m to {count} station{'s' * (count != 1)}, and there "
        f"{rms(outcome.residual[near]):.3g} mGal (RMS) stay unexplained, {np.abs(outcome.residual[worst]):.3g} at "
        f"{_place(outcome, worst)}, {outcome.after[worst]:.4g} m above it: so near, stations see single cells. Take a smaller "
        "SPACING, or check REFERENCE_LEVEL, DENSITY_CONTRAST and the heights.",
        "SPACING",
        count,
    )


def _deep(setting: InversionSetting, outcome: Outcome, heights: np.ndarray) -> None:
    """Relief deeper below the stations than half the grid's width."""
    if not outcome.free.any():
        return
    grid = setting.survey.relief.grid
    half = 0.5 * max(grid.dx * grid.shape[1], grid.dy * grid.shape[0])
    free = setting.view.free if setting.view.margin is None else setting.view.free & ~setting.view.margin
    top = float(np.median(outcome.stations.height))
    depth, start = top - heights, top - setting.survey.relief.heights
    deep = free & (depth > half) & (depth > 2.0 * start)
    if float(np.median(depth[free])) > half:
        deep = free & (depth > half)
    if not deep.any():
        return
    worst = np.unravel_index(int(np.argmax(np.where(deep, depth, -np.inf))), depth.shape)
    count = int(deep.sum())
    setting.reporter.warning(
        f"The relief lies deeper below the stations than half the grid's width of {2.0 * half / 1000:.4g} km in {_cells(count)}, "
        f"{depth[worst] / 1000:.4g} km at {grid.easting[worst[1]]:.0f} east, {grid.northing[worst[0]]:.0f} north. So deep, what "
        "lies beyond the grid counts as much: give PADDING -1 or a larger grid, and check REFERENCE_LEVEL, DENSITY_CONTRAST "
        "and the units.",
        "EXTENT",
        count,
    )


def _unseen(setting: InversionSetting, outcome: Outcome, heights: np.ndarray) -> None:
    """Free cells that hang on the penalty alone."""
    grid, margin = setting.survey.relief.grid, setting.view.margin
    free = setting.view.free if margin is None else setting.view.free & ~margin
    if not free.any():
        return
    stations = setting.survey.stations.where(setting.survey.stations.used)
    depth = rms(stations.height - heights.ravel()[station_cells(stations, grid)])
    reach = max(DEPTHS * depth, float(np.hypot(grid.dx, grid.dy)))
    places = np.column_stack([stations.easting, stations.northing])
    centres = np.column_stack(grid.centres())
    known = setting.view.known
    if known is not None:
        places = np.vstack([places, known.rows @ centres])
    distance = np.zeros(grid.size)
    empty = np.setdiff1d(np.flatnonzero(free), station_cells(stations, grid))  # a cell that holds a station is seen
    distance[empty] = cKDTree(places).query(centres[empty])[0]
    distance = distance.reshape(grid.shape)
    unseen = free & (distance > reach)
    count, of = int(unseen.sum()), int(free.sum())
    if count <= HALF * of:
        return
    row, column = np.unravel_index(int(np.argmax(np.where(unseen, distance, -np.inf))), grid.shape)
    setting.reporter.warning(
        f"{count} of {of} free cells lie farther than three depths of the relief ({DEPTHS * depth / 1000:.3g} km) from every "
        f"station, the farthest {distance[row, column] / 1000:.4g} km at {grid.easting[column]:.0f} east, "
        f"{grid.northing[row]:.0f} north: no gravity tells of them, they hang on the penalty. Take a smaller EXTENT, a greater "
        "SPACING, FREE_CELLS around the stations, or KNOWN_POINTS.",
        "EXTENT",
        count,
    )


def _cell(setting: InversionSetting) -> float:
    return min(setting.survey.relief.grid.dx, setting.survey.relief.grid.dy)


def _place(outcome: Outcome, at: int) -> str:
    return f"{outcome.stations.easting[at]:.0f} east, {outcome.stations.northing[at]:.0f} north"


def _cells(count: int) -> str:
    return f"{count} free cell{'s' * (count != 1)}"
