"""Trying an operator before trusting it: against the exact sum at a few stations, over a relief as rough as one may expect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..data.relief import Grid
from ..data.stations import Positions
from . import Operator
from .dense import DenseOperator
from .scattered import REACHES, ScatteredOperator

PATCH = 40
"""Rows and columns of cells that reaches are tried on."""

PLACES = 200
"""Stations that reaches are tried at, and as many more where stations lie outside the grid."""

SAFETY = 1.5
"""What the largest error among those is multiplied by."""

PAIRS = 2e6
"""Pairs of station and cell that a check may sum."""


def likely_relief(expected: np.ndarray, likely_range: float) -> np.ndarray:
    """The expected relief (ny, nx), m; where it is flatter than is likely, with smooth random hills on it."""
    missing = likely_range - float(np.ptp(expected))
    if missing <= 0.0:
        return expected
    ny, nx = expected.shape
    wave = np.hypot(np.fft.fftfreq(ny)[:, None], np.fft.rfftfreq(nx))
    wave[0, 0] = 1.0
    spectrum = np.fft.rfft2(np.random.default_rng(0).normal(size=expected.shape))
    spectrum *= np.exp(-((wave / 0.12) ** 2)) / (wave + 1.0 / max(ny, nx)) ** 2
    spectrum[0, 0] = 0.0
    hills = np.fft.irfft2(spectrum, s=expected.shape)
    return expected + missing * hills / max(float(np.ptp(hills)), np.finfo(float).tiny)


@dataclass(frozen=True)
class Check:
    """How far an operator was from the exact sum."""

    stations: int
    largest: float  # mGal


def check(
    operator: Operator,
    positions: Positions,
    grid: Grid,
    contrast: np.ndarray,
    reference_level: float,
    heights: np.ndarray,
    seed: int = 0,
    law: np.ndarray | None = None,
) -> Check:
    """Compare an operator with the exact sum at a few random stations."""
    count = int(min(positions.size, max(3, min(20, PAIRS // grid.size))))
    chosen = np.random.default_rng(seed).choice(positions.size, count, replace=False)
    exact = DenseOperator(_some(positions, chosen), grid, contrast, reference_level, law=law).gravity(heights)
    return Check(count, float(np.abs(operator.gravity(heights)[chosen] - exact).max()))


def least_reach(
    positions: Positions,
    grid: Grid,
    contrast: np.ndarray,
    reference_level: float,
    heights: np.ndarray,
    tolerance: float,
) -> tuple[float, float]:
    """The smallest reach of the taper whose error stays within the tolerance, and the error that was found, mGal.

    Tried on the patch of the relief whose cells weigh most, at places above it that have the stations' clearances, and around it as
    far as stations lie outside the grid. Where no reach will do, the largest is returned with its error.
    """
    rows, columns = _heaviest_patch(np.abs(contrast * (heights - reference_level)))
    patch = Grid(grid.easting[columns], grid.northing[rows], grid.crs)
    relief, density = heights[rows, columns], contrast[rows, columns]
    places = _places_above(patch, relief, _clearances(positions, grid, heights), _margins(positions, grid))
    exact = DenseOperator(places, patch, density, reference_level).gravity(relief)
    error = np.inf
    for reach in REACHES:
        operator = ScatteredOperator(places, patch, density, reference_level, 0.25 * tolerance, reach)
        error = SAFETY * float(np.abs(operator.gravity(relief) - exact).max())
        if error <= tolerance:
            break
    return reach, error


def _heaviest_patch(weight: np.ndarray) -> tuple[slice, slice]:
    row, column = np.unravel_index(int(np.argmax(weight)), weight.shape)
    slices = []
    for at, count in ((row, weight.shape[0]), (column, weight.shape[1])):
        first = int(np.clip(at - PATCH // 2, 0, max(count - PATCH, 0)))
        slices.append(slice(first, min(first + PATCH, count)))
    return slices[0], slices[1]


def _clearances(positions: Positions, grid: Grid, heights: np.ndarray) -> np.ndarray:
    """Height of stations above the cell below, or the nearest one: m."""
    column, row = grid.fractional_index(positions.easting, positions.northing)
    row = np.clip(np.rint(row).astype(int), 0, grid.shape[0] - 1)
    column = np.clip(np.rint(column).astype(int), 0, grid.shape[1] - 1)
    return positions.height - heights[row, column]


def _margins(positions: Positions, grid: Grid) -> tuple[tuple[float, float], tuple[float, float]]:
    """How far stations lie outside the nodes, before the first and after the last row and column, in cells: at most the largest reach."""
    column, row = grid.fractional_index(positions.easting, positions.northing)
    before_and_after = [
        np.clip([-float(at.min()), float(at.max()) - (count - 1)], 0.0, REACHES[-1])
        for at, count in zip((row, column), grid.shape, strict=True)
    ]
    (south, north), (west, east) = before_and_after
    return (south, north), (west, east)


def _places_above(
    grid: Grid,
    heights: np.ndarray,
    clearances: np.ndarray,
    margins: tuple[tuple[float, float], tuple[float, float]],
) -> Positions:
    """`PLACES` above the grid, and as many more above the grid and its margins, where it has any."""
    rng = np.random.default_rng(0)
    (ny, nx), ((south, north), (west, east)) = grid.shape, margins
    row, column = rng.uniform(0, ny - 1, PLACES), rng.uniform(0, nx - 1, PLACES)
    clearance = rng.choice(clearances, PLACES)
    if south + north + west + east > 0.0:
        row = np.append(row, rng.uniform(-south, ny - 1 + north, PLACES))
        column = np.append(column, rng.uniform(-west, nx - 1 + east, PLACES))
        clearance = np.append(clearance, rng.choice(clearances, PLACES))
    nearest = [
        np.clip(np.rint(at).astype(int), 0, count - 1) for at, count in zip((row, column), (ny, nx), strict=True)
    ]
    easting, northing = grid.easting[0] + column * grid.dx, grid.northing[0] + row * grid.dy
    return Positions(easting, northing, heights[nearest[0], nearest[1]] + clearance)


def _some(positions: Positions, chosen: np.ndarray) -> Positions:
    return Positions(positions.easting[chosen], positions.northing[chosen], positions.height[chosen])
