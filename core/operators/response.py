"""How a grid of cells answers on the whole: what an approximate inverse of the problem is made of."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..data.relief import Grid
from ..data.stations import Positions
from .prism import GRAVITATIONAL_CONSTANT, MGAL_PER_SI


@dataclass(frozen=True)
class SlabResponse:
    """A layer of cells at one depth below the stations."""

    free: np.ndarray  # (ny, nx) bool, the cells that may move
    dx: float  # m
    dy: float  # m
    contrast: float  # kg/m3, typical
    depth: float  # m, mean height of the stations above the relief, not negative
    density: float  # stations per cell of the relief

    @classmethod
    def of(
        cls, positions: Positions, grid: Grid, contrast: np.ndarray, free: np.ndarray, heights: np.ndarray
    ) -> SlabResponse:
        """Of stations above a relief (ny, nx), m."""
        depth = max(float(positions.height.mean() - heights[free].mean()), 0.0)
        typical = float(np.sqrt(np.mean(contrast[free] ** 2)))
        return cls(free, grid.dx, grid.dy, typical, depth, positions.size / grid.size)

    def at(self, columns: np.ndarray) -> SlabResponse:
        """The same with only some of the free cells, by their numbers among them."""
        free = np.zeros(self.free.size, dtype=bool)
        free[np.flatnonzero(self.free)[columns]] = True
        return replace(self, free=free.reshape(self.free.shape))

    @property
    def slab(self) -> float:
        """The derivative of an infinite slab, mGal/m."""
        return MGAL_PER_SI * 2.0 * np.pi * GRAVITATIONAL_CONSTANT * self.contrast

    def squared_gain(self, k_north: np.ndarray, k_east: np.ndarray) -> np.ndarray:
        """|gravity at the stations / relief|² per wavenumber in rad/m: (len(k_north), len(k_east)), (mGal/m)².

        1e5·2πGΔρ·exp(−|k|h)·sinc(kx dx/2)·sinc(ky dy/2), as of an infinite sheet of cells.
        """
        north, east = k_north[:, None], k_east
        cells = np.sinc(north * self.dy / (2.0 * np.pi)) * np.sinc(east * self.dx / (2.0 * np.pi))
        return (self.slab * np.exp(-np.hypot(north, east) * self.depth) * cells) ** 2 * self.density
