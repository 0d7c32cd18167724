"""The tutorial's model: a smooth relief of five bumps, and its gravity with noise.

It is the model of the published tutorial of invert4geom 1.0.1, scaled to any extent. Each
bump is exp(−(a·de² + 2b·de·dn + c·dn²)); its `a` holds a cosine that is not squared, as published.
"""

from __future__ import annotations

import numpy as np

from ..data.relief import Grid, Relief
from ..data.stations import Positions
from . import Operator
from .choice import choose_operator
from .dense import DenseOperator

# height in m; size and centre east and north as shares of the model's width and height; angle in degrees
BUMPS = (
    (-800.0, (1.6, 1.6), (0.9, 0.3), 0.0),
    (-100.0, (0.03, 0.03), (0.35, 0.5), 0.0),
    (200.0, (0.08, 0.08), (0.65, 0.5), 0.0),
    (-300.0, (0.5, 0.06), (0.3, 0.7), 45.0),
    (50.0, (1.4, 0.04), (0.7, 0.7), -45.0),
)
BASE = 1200.0  # m

EXACT_PAIRS = 1e8
"""Up to so many pairs of station and cell the exact sum takes seconds."""

TOLERANCE = 1e-6
"""mGal, beyond them."""


def tutorial_relief(grid: Grid) -> Relief:
    """The relief of the tutorial, stretched to this grid: m."""
    width = float(grid.easting[-1] - grid.easting[0])
    height = float(grid.northing[-1] - grid.northing[0])
    east, north = np.meshgrid(grid.easting - grid.easting[0], grid.northing - grid.northing[0])
    relief = np.full(grid.shape, BASE)
    for amplitude, (size_e, size_n), (centre_e, centre_n), angle in BUMPS:
        de, dn = east - centre_e * width, north - centre_n * height
        relief += amplitude * _bump(de, dn, size_e * width, size_n * height, angle)
    return Relief(grid, relief)


def _bump(de: np.ndarray, dn: np.ndarray, size_e: float, size_n: float, angle: float) -> np.ndarray:
    t = -np.radians(angle)
    p, q = 1.0 / size_e**2, 1.0 / size_n**2
    a = p * np.cos(t) + q * np.sin(t) ** 2
    b = (q - p) * np.cos(t) * np.sin(t)
    c = p * np.sin(t) ** 2 + q * np.cos(t) ** 2
    return np.exp(-(a * de**2 + 2.0 * b * de * dn + c * dn**2))


def station_grid(grid: Grid, holdout: bool) -> tuple[Positions, np.ndarray]:
    """Stations on the relief's nodes (height 0) and, for a holdout, at half the spacing between them.

    Returns
    -------
    positions : Positions
        Ordered by northing, then easting; their heights are to be set.
    test : array of bool (n,)
        True for those between the nodes.
    """
    step = 2 if holdout else 1
    ny, nx = (step * (n - 1) + 1 for n in grid.shape)
    row, col = (index.ravel() for index in np.mgrid[0:ny, 0:nx])
    easting = grid.easting[0] + col * grid.dx / step
    northing = grid.northing[0] + row * grid.dy / step
    return Positions(easting, northing, np.zeros(easting.size)), (row % step != 0) | (col % step != 0)


def tutorial_gravity(
    relief: Relief, positions: Positions, contrast: float, reference_level: float, noise: float, seed: int
) -> np.ndarray:
    """Gravity of the relief at the stations with normal noise whose mean is 0: (n,), mGal."""
    cells = relief.grid, np.full(relief.grid.shape, contrast), reference_level
    operator: Operator = DenseOperator(positions, *cells)
    if positions.size * relief.grid.size > EXACT_PAIRS:
        operator = choose_operator(positions, *cells, tolerance=TOLERANCE, expected=relief.heights)
    drawn = np.random.default_rng(seed).normal(scale=noise, size=positions.size)
    return operator.gravity(relief.heights) + drawn - drawn.mean()
