"""Gravity of a relief at stations, and its derivative: one interface, several ways to compute it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse.linalg import LinearOperator


class Operator(Protocol):
    """What every operator offers."""

    shape: tuple[int, int]  # stations, free cells

    def gravity(self, heights: np.ndarray) -> np.ndarray:
        """Gravity of the relief (ny, nx), m, at the stations: (n,), mGal, positive down."""
        ...

    def derivative(self, heights: np.ndarray) -> LinearOperator:
        """∂g/∂b at this relief: (stations, free cells), mGal/m."""
        ...


def warm() -> None:
    """Compile every kernel on a case of a few cells, so that the first job does not."""
    import numpy as np

    from ..relief import Grid
    from ..stations import Positions
    from .dense import ANNULUS, EXACT, DenseOperator

    grid = Grid(np.arange(2.0), np.arange(2.0), None)  # type: ignore[arg-type]
    positions = Positions(np.zeros(1), np.zeros(1), np.ones(1))
    for derivative in (EXACT, ANNULUS):
        operator = DenseOperator(positions, grid, np.ones(grid.shape), 0.0, derivative=derivative)
        operator.gravity(np.zeros(grid.shape))
        operator.derivative(np.zeros(grid.shape))
