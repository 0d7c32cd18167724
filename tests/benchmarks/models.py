"""The reliefs and the stations that are timed."""

from __future__ import annotations

import numpy as np

from core.data.relief import Grid
from core.data.stations import Positions

SPACING = 500.0  # m
CONTRAST = 2669.0  # kg/m3
NOISE = 0.2  # mGal
DAMPING = 0.02  # mGal/m


def grid(n: int) -> Grid:
    """n x n cells."""
    nodes = SPACING * np.arange(n)
    return Grid(nodes, nodes, None)  # type: ignore[arg-type]


def relief(n: int) -> np.ndarray:
    """Hills with the spectrum k^-2·exp(-(k/0.12 per cell)^2), std 150 m, clipped at ±500 m."""
    wave = np.hypot(np.fft.fftfreq(n)[:, None], np.fft.rfftfreq(n))
    wave[0, 0] = 1.0
    spectrum = np.fft.rfft2(np.random.default_rng(0).normal(size=(n, n)))
    spectrum *= wave**-2.0 * np.exp(-((wave / 0.12) ** 2))
    spectrum[0, 0] = 0.0
    heights = np.fft.irfft2(spectrum, s=(n, n))
    return np.clip(150.0 / heights.std() * heights, -500.0, 500.0)


def on_nodes(cells: Grid, height: float = 1000.0) -> Positions:
    """A station over each cell's centre."""
    east, north = cells.centres()
    return Positions(east, north, np.full(east.size, height))


def above_ground(cells: Grid, heights: np.ndarray, count: int) -> Positions:
    """Stations anywhere, 5 to 300 m above the relief of the cell that they stand over."""
    rng = np.random.default_rng(1)
    east, north = rng.uniform(cells.easting[0], cells.easting[-1], (2, count))
    row, column = np.rint(north / SPACING).astype(int), np.rint(east / SPACING).astype(int)
    return Positions(east, north, heights[row, column] + rng.uniform(5.0, 300.0, count))


def noise(count: int) -> np.ndarray:
    return np.random.default_rng(0).normal(scale=NOISE, size=count)
