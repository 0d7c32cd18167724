"""Whether a run found anything: what the relief explains of the misfit, against what the start and the regional left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from ..assembly.setting import InversionSetting
from ..data.clearance import station_cells
from ..inversion.gauss_newton import InversionResult
from ..validation.scores import rms
from .absurd_relief import Outcome, comes_up

HARDLY = 0.97
"""Of the misfit: what stays above it was hardly lowered."""
WITHIN = 1.2
"""Of the errors: a misfit below it is as small as they let it be."""
LARGE_NOISE = 3.0
"""Of given errors: a larger misfit is more than noise, however it is scattered."""
LOWERED = 0.7
"""Of the misfit: below it something was explained, also within the errors."""
WHITE = 4.2
"""Over the root of the number of stations: neighbours' residuals that are less alike than that are not alike."""
MOST = 0.5
"""Of the stations, or of the free cells."""
FLAT = 1e-3
"""Of a cell: a start that varies less is flat."""
ONE_SIDED = 0.9
"""Of the sum of squares: a residual of which more asks for a higher relief does so everywhere."""
LITTLE = 0.1
"""Of the gravity beyond a plane: a relief that explains less is nearly flat."""
FEWEST = 3
ENOUGH = 20_000
"""Stations, of which neighbours are compared."""
SIGN = (
    "DENSITY_CONTRAST or gravity has the wrong sign: the contrast is the density below the relief minus that above it "
    "(lighter fill over basement: positive), gravity is positive down"
)


@dataclass(frozen=True)
class Shares:
    """Parts of the gravity at the stations that the free cells reach, over its errors: (n,)."""

    given: np.ndarray  # observed less the start's, and less a regional known beforehand
    before: np.ndarray  # the same less the regional that was found: the misfit of the start
    after: np.ndarray  # less the relief's: the residual
    error: np.ndarray  # mGal
    places: np.ndarray  # (n, 2) m
    has_errors: bool

    @classmethod
    def of(cls, setting: InversionSetting, predicted: np.ndarray, residual: np.ndarray, fitted: np.ndarray) -> Shares:
        stations = setting.survey.stations
        known = stations.regional if setting.given_regional is None else setting.given_regional
        given = stations.gravity - setting.start_gravity - known
        before = residual + predicted - setting.start_gravity
        seen = fitted & _reached(setting)
        chosen = seen if seen.sum() >= FEWEST else fitted
        places = np.column_stack([stations.easting, stations.northing])[chosen]
        given, before, residual = (part[chosen] / stations.error[chosen] for part in (given, before, residual))
        return cls(given, before, residual, stations.error[chosen], places, stations.has_errors)

    def is_noise(self, part: np.ndarray) -> bool:
        """Whether there is nothing in a part but noise: neighbours are not alike, and it is no larger than errors may be."""
        if self.has_errors and rms(part) > LARGE_NOISE:
            return False
        if part.size < FEWEST or not part.any():
            return not part.any()
        some = np.random.default_rng(0).permutation(part.size)[:ENOUGH]
        nearest = cKDTree(self.places).query(self.places[some], k=2)[1][:, 1]
        alike = float(part[some] @ part[nearest]) / float(part[some] @ part[some])
        return alike < WHITE / np.sqrt(some.size)

    def is_explained(self, part: np.ndarray) -> bool:
        """Whether a part is as small as the errors, or nothing but noise."""
        return (self.has_errors and rms(part) <= WITHIN) or self.is_noise(part)


def nothing_found(
    setting: InversionSetting,
    result: InversionResult,
    predicted: np.ndarray,
    residual: np.ndarray,
    fitted: np.ndarray,
    damping: str,
    cause: str = "",
) -> str:
    """Why nothing was found, a clause and its remedy; empty where something was.

    A start that explains the gravity within its errors is an answer too: then a log line says so.

    Parameters
    ----------
    setting : InversionSetting
    result : InversionResult
    predicted : array (n,)
        Gravity of the inverted relief at every station, mGal.
    residual : array (n,)
        Observed less predicted less regional, mGal.
    fitted : array of bool (n,)
    damping : str
        The parameter that sets how strongly the relief is held.
    cause : str
        A doubt told before that names another unit; empty where there was none.
    """
    shares = Shares.of(setting, predicted, residual, fitted)
    before, after = rms(shares.before), rms(shares.after)
    if shares.is_explained(shares.before):
        lowered = after <= LOWERED * before and not shares.is_noise(shares.before)
        if _is_flat(setting) and not shares.is_explained(shares.given) and not lowered:
            return (
                f"the regional explains all that gravity shows ({_mgal(shares, shares.given)} mGal RMS, and "
                f"{_mgal(shares, shares.before)} without it), and the relief stays as flat as its start. Choose another REGIONAL, or "
                "a smoother one."
            )
        setting.reporter.log(
            f"The starting relief explains the gravity already: {_mgal(shares, shares.before)} mGal (RMS) are left, as the errors "
            "let expect."
        )
        return ""
    if after <= HARDLY * before:
        _check_share(setting, shares)
        return ""
    fell = "rose" if after > before else "hardly fell"
    words = f"the misfit {fell}, from {_mgal(shares, shares.before)} to {_mgal(shares, shares.after)} mGal (RMS)"
    return f"{words}, and {_reason(setting, result, residual, fitted, damping, cause).rstrip('.')}."


def _reason(
    setting: InversionSetting,
    result: InversionResult,
    residual: np.ndarray,
    fitted: np.ndarray,
    damping: str,
    cause: str,
) -> str:
    """What kept the relief where it was, and the remedy."""
    outcome = Outcome.of(setting, result.heights, residual, fitted)
    up = comes_up(setting, outcome)
    if setting.joint and not setting.pinned and setting.at_stations:
        return (
            "the relief's mean and tilt are held at the start's, at the level of the stations, so that it can't go down. Give "
            "FREE_CELLS or KNOWN_POINTS with known relief, or choose another REGIONAL"
        )
    if up.sum() > MOST * outcome.free.sum() and _one_sided(outcome.lifting[up]):
        share = 100.0 * up.sum() / outcome.free.sum()
        return f"gravity asks for a relief above {share:.0f} percent of the stations. {cause or SIGN}"
    if _limited(setting, result.heights) > MOST:
        return "most free cells lie on their limits. Check LOWER_LIMIT, UPPER_LIMIT, LOWER_LEVEL and UPPER_LEVEL"
    if "increase" in result.stop_reason:
        return f"the inversion diverged. Raise {damping}, or take STOPPING 0 (objective)"
    more = (
        " Or the regional holds what the relief should explain: try another REGIONAL." if setting.job.regional else ""
    )
    first = f"{cause} Else lower" if cause else "Lower"
    return (
        f"the relief hardly followed the gravity. {first} {damping}, and check the units and signs of gravity, heights "
        f"and DENSITY_CONTRAST.{more}"
    )


def _one_sided(lifting: np.ndarray) -> bool:
    """Whether nearly all of a residual asks for a higher relief."""
    return float(np.sum(lifting[lifting > 0.0] ** 2)) > ONE_SIDED * float(np.sum(lifting**2))


def _check_share(setting: InversionSetting, shares: Shares) -> None:
    """Doubt a relief at the stations' level of whose gravity the regional took nearly all but a plane."""
    if not setting.at_stations or setting.job.regional == 0:
        return
    plane = np.column_stack([np.ones(len(shares.places)), shares.places - shares.places.mean(axis=0)])
    curved = shares.given - plane @ np.linalg.lstsq(plane, shares.given, rcond=None)[0]
    relief = shares.before - shares.after
    if rms(relief) < LITTLE * rms(curved):
        setting.reporter.warning(
            f"The relief explains only {_mgal(shares, relief)} mGal (RMS) of the {_mgal(shares, curved)} that gravity shows beyond a "
            "plane: the regional took the rest, and the relief stays nearly flat. Choose another REGIONAL, or a smoother one.",
            "REGIONAL",
        )


def _reached(setting: InversionSetting) -> np.ndarray:
    """Which stations the free cells reach: within one depth of the start, or one cell: (n,) bool."""
    survey, view = setting.survey, setting.view
    grid, stations = survey.relief.grid, survey.stations
    if view.free.all():
        return np.ones(stations.size, dtype=bool)
    used = stations.where(stations.used)
    depth = rms(used.height - survey.relief.heights.ravel()[station_cells(used, grid)])
    free = cKDTree(np.column_stack(grid.centres())[view.free.ravel()])
    reach = max(depth, grid.dx, grid.dy)
    near = np.zeros(stations.size, dtype=bool)
    near[stations.used] = free.query(np.column_stack([used.easting, used.northing]))[0] <= reach
    return near


def _is_flat(setting: InversionSetting) -> bool:
    grid = setting.survey.relief.grid
    return float(np.ptp(setting.survey.relief.heights[setting.view.free])) <= FLAT * min(grid.dx, grid.dy)


def _limited(setting: InversionSetting, heights: np.ndarray) -> float:
    """The share of free cells on a limit."""
    free, on = setting.view.free, np.zeros(heights.shape, dtype=bool)
    if setting.lower is not None:
        on |= heights <= setting.lower
    if setting.upper is not None:
        on |= heights >= setting.upper
    return float(on[free].mean())


def _mgal(shares: Shares, part: np.ndarray) -> str:
    return f"{rms(part * shares.error):.3g}"
