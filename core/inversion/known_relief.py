"""Relief known at points, as data of the solve: each point's bilinear neighbours must meet it within its error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from ..data.relief import Grid

HELD_PLANE_ERROR = 1e-3
"""m: how closely the mean and the tilt of the relief's change are held at 0 where nothing else determines them."""

NO_TILT = 1e-9
"""Cells that leave a line by less than this share of its length lie on it."""


@dataclass(frozen=True)
class KnownRelief:
    """Linear equations rows·b = value, each with a standard error."""

    rows: sparse.csr_array  # (points, cells)
    value: np.ndarray  # (points,) m
    error: np.ndarray  # (points,) m

    def where(self, mask: np.ndarray) -> KnownRelief:
        """Some of the points."""
        return KnownRelief(self.rows[np.flatnonzero(mask)], self.value[mask], self.error[mask])

    def joined(self, other: KnownRelief | None) -> KnownRelief:
        """Both together."""
        if other is None:
            return self
        rows = sparse.vstack([self.rows, other.rows], format="csr")
        return KnownRelief(rows, np.concatenate([self.value, other.value]), np.concatenate([self.error, other.error]))

    @property
    def weighted_rows(self) -> sparse.csr_array:
        return sparse.csr_array(sparse.diags_array(1.0 / self.error) @ self.rows)

    def misfit(self, heights: np.ndarray) -> np.ndarray:
        """(value − relief) over the error, at each point."""
        return (self.value - self.rows @ heights.ravel()) / self.error


def points_on(
    grid: Grid, easting: np.ndarray, northing: np.ndarray, value: np.ndarray, error: np.ndarray
) -> KnownRelief:
    """Known points inside a grid as bilinear equations; places are in the grid's CRS."""
    corners = grid.corners(easting, northing)
    point = np.tile(np.arange(value.size), len(corners))
    cell = np.concatenate([number for number, _ in corners])
    weight = np.concatenate([share for _, share in corners])
    rows = sparse.csr_array(sparse.coo_array((weight, (point, cell)), shape=(value.size, grid.size)))
    rows.eliminate_zeros()
    return KnownRelief(rows, value, error)


def held_plane(grid: Grid, free: np.ndarray, start: np.ndarray) -> KnownRelief:
    """Equations that over the free cells the mean and the tilt of the relief stay those of the start.

    Three; two where the free cells lie on one line, across which there is no tilt, and one for a single cell.
    """
    cells = np.flatnonzero(free)
    east, north = (axis[cells] for axis in grid.centres())
    plane = np.column_stack([np.ones(cells.size), east - east.mean(), north - north.mean()])
    directions, size, _ = np.linalg.svd(plane / np.array([1.0, grid.dx, grid.dy]), full_matrices=False)
    directions = directions[:, size > NO_TILT * size[0]] / np.sqrt(cells.size)
    count = directions.shape[1]
    rows = sparse.lil_array((count, free.size))
    for k in range(count):
        rows[[k], cells] = directions[:, k]
    value = directions.T @ start.ravel()[cells]
    return KnownRelief(sparse.csr_array(rows), value, np.full(count, HELD_PLANE_ERROR))
