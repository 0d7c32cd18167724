"""How far a relief may rise in one step: short of the stations above.

A cell's gravity grows while it comes up to the level of a station near it, and falls beyond. From deep below, where it
grows slowly, a Gauss-Newton step is easily too long; beyond the station no step leads back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..data.clearance import ceiling
from ..data.relief import Grid
from ..data.stations import Stations

OF_THE_WAY = 0.9
"""A step takes a cell at most this share of the way up."""

NEAR = 0.1
"""Of a cell: so near to the level of stations beside it, a cell without one may pass it, as land does beside a ship."""


@dataclass(frozen=True)
class Headroom:
    """Levels that a step must not pass, infinite where there is none."""

    within: np.ndarray  # (ny, nx) m, just below the lowest station in each cell
    beside: np.ndarray  # (ny, nx) m, just below the nearest station, at cells that hold none and have one beside
    near: float  # m, a cell so near below `beside` may pass it

    @classmethod
    def below(cls, stations: Stations, grid: Grid) -> Headroom:
        """Below the used stations."""
        within, around = ceiling(stations, grid), ceiling(stations, grid, around=True)
        return cls(within, np.where(np.isinf(within), around, np.inf), NEAR * min(grid.dx, grid.dy))

    def most(self, heights: np.ndarray) -> np.ndarray:
        """The largest rise of each cell (ny, nx), m; infinite for a cell that lies above its level already."""
        room, beside = self.within - heights, self.beside - heights
        held = np.where(room > 0.0, OF_THE_WAY * room, np.inf)
        return np.minimum(held, np.where(beside > self.near, OF_THE_WAY * beside, np.inf))
