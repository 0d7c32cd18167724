"""What keeps a relief reasonable where gravity alone does not decide: one class a penalty, and the second differences.

Each is λ²·|C(b + Δ − origin)|², with sparse rows C over all cells of the grid. To add one, write such a
class and name it in `PENALTIES`; its number there is its number in the job.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from scipy import sparse


class Penalty(Protocol):
    """A quadratic penalty on the relief or on its step.

    Parameters
    ----------
    start : array (ny, nx)
        The starting relief, m.
    free : array of bool (ny, nx)
        The cells that may move.
    dx, dy : float
        Spacings, m.
    """

    def __init__(self, start: np.ndarray, free: np.ndarray, dx: float, dy: float) -> None: ...

    rows: sparse.csr_array  # (rows, cells)
    is_objective: bool  # whether λ²·|C(b − origin)|² is part of one objective through all iterations

    def origin(self, heights: np.ndarray) -> np.ndarray:
        """The relief (ny, nx) that the penalty draws towards, given the current one."""
        ...


class StepDamping:
    """|Δ|²: each step stays small. There is no one objective: the data's misfit alone is lowered."""

    is_objective = False

    def __init__(self, start: np.ndarray, free: np.ndarray, dx: float, dy: float) -> None:
        self.rows = sparse.identity(start.size, format="csr")[np.flatnonzero(free)]

    def origin(self, heights: np.ndarray) -> np.ndarray:
        return heights


class Curvature:
    """|C b|²: the relief itself stays smooth."""

    is_objective = True

    def __init__(self, start: np.ndarray, free: np.ndarray, dx: float, dy: float) -> None:
        self.rows = second_differences(free, dx, dy)
        self._origin = np.zeros(start.shape)

    def origin(self, heights: np.ndarray) -> np.ndarray:
        return self._origin


class CurvatureOfChange(Curvature):
    """|C(b − b_start)|²: what is added to the starting relief stays smooth."""

    def __init__(self, start: np.ndarray, free: np.ndarray, dx: float, dy: float) -> None:
        super().__init__(start, free, dx, dy)
        self._origin = start


PENALTIES: tuple[type[Penalty], ...] = (StepDamping, Curvature, CurvatureOfChange)


def second_differences(free: np.ndarray, dx: float, dy: float) -> sparse.csr_array:
    """The second differences xx, yy and √2·xy of a grid, as rows over its cells.

    Plain differences, for dx ≠ dy multiplied by s²/dx², s²/dy² and √2·s²/(dx·dy), s² = dx·dy, so that the sum
    of their squares is the same in every direction; xy is b11 − b10 − b01 + b00 of four neighbours.

    Parameters
    ----------
    free : array of bool (ny, nx)
        A row stands only where its stencil fits on the grid and touches a free cell.
    dx, dy : float
        Spacings, m.

    Returns
    -------
    csr_array (rows, ny·nx)
    """
    cells = np.arange(free.size, dtype=np.int32).reshape(free.shape)
    blocks = [
        _differences(cells, free, ((0, 0, 1.0), (0, 1, -2.0), (0, 2, 1.0)), dy / dx),
        _differences(cells, free, ((0, 0, 1.0), (1, 0, -2.0), (2, 0, 1.0)), dx / dy),
        _differences(cells, free, ((0, 0, 1.0), (0, 1, -1.0), (1, 0, -1.0), (1, 1, 1.0)), np.sqrt(2.0)),
    ]
    return sparse.vstack(blocks, format="csr")


def _differences(
    cells: np.ndarray, free: np.ndarray, stencil: tuple[tuple[int, int, float], ...], factor: float
) -> sparse.csr_array:
    """Rows of one stencil, given as (rows north, columns east, weight), at all places where it fits."""
    ny, nx = cells.shape
    height = ny - max(down for down, _, _ in stencil)
    width = nx - max(right for _, right, _ in stencil)
    if height <= 0 or width <= 0:
        return sparse.csr_array((0, cells.size))
    columns = np.stack([cells[i : i + height, j : j + width].ravel() for i, j, _ in stencil], axis=1)
    columns = columns[free.ravel()[columns].any(axis=1)]
    weights = np.tile(factor * np.array([weight for _, _, weight in stencil]), len(columns))
    starts = np.arange(len(columns) + 1, dtype=np.int32) * len(stencil)
    return sparse.csr_array((weights, columns.ravel(), starts), shape=(len(columns), cells.size))
