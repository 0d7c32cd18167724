"""The annulus derivative between a lattice and the cells, as a matrix made from a table of distances."""

from __future__ import annotations

import numpy as np

from ..data.relief import Grid
from .lattice import Lattice
from .prism import jit
from .threads import over_rows


@jit
def _fill_from_table(first, last, result, rows, columns, refinement, table, levels, contrast):
    """rows, columns are the stations' places on the refined lattice; table (3, ., ., nx) holds inner², outer² and share by
    the distance in rows, the station's column and the cell's column; levels (ny, nx) the surface above the stations, m.

    The innermost loop reads everything in order, so that the compiler computes several cells at once.
    """
    ny, nx = levels.shape
    for i in range(first, last):
        for row in range(ny):
            a = abs(rows[i] - refinement * row)
            inner2, outer2, share = table[0, a, columns[i]], table[1, a, columns[i]], table[2, a, columns[i]]
            level, density, filled = levels[row], contrast[row], result[i, row * nx : (row + 1) * nx]
            for col in range(nx):
                h = level[col]
                near, far = np.sqrt(inner2[col] + h * h), np.sqrt(outer2[col] + h * h)
                filled[col] = density[col] * share[col] * h * (near - far) / (near * far)


class AnnulusTable:
    """What the annulus derivative needs of every distance between a lattice's stations and the cells.

    Parameters
    ----------
    lattice : Lattice
    grid : Grid
    """

    def __init__(self, lattice: Lattice, grid: Grid) -> None:
        ny, nx = grid.shape
        self._height, (self._fine, fine_e) = lattice.height, lattice.refinement
        self._rows, places = lattice.places.T.copy()
        different, self._columns = np.unique(places, return_inverse=True)
        reach = max(abs(self._rows.min() - self._fine * (ny - 1)), self._rows.max()) + 1
        north = np.arange(reach)[:, None, None] * grid.dy / self._fine
        east = (different[:, None] - fine_e * np.arange(nx)) * grid.dx / fine_e
        distance, size = np.hypot(north, east), np.sqrt(grid.dx * grid.dy)
        inner, outer = np.maximum(distance - 0.5 * size, 0.0), np.maximum(distance + 0.5 * size, size)
        share = 4.19e-5 * size**2 / (np.pi * (outer**2 - inner**2))
        self._table = np.stack([inner**2, outer**2, share])

    def matrix(self, surface: np.ndarray, contrast: np.ndarray) -> np.ndarray:
        """The derivative: (stations, cells), mGal/m.

        Parameters
        ----------
        surface : array (ny, nx)
            max(b, z0), m. No station may lie at it.
        contrast : array (ny, nx)
            kg/m3.
        """
        result = np.empty((self._rows.size, surface.size))
        arguments = (result, self._rows, self._columns, self._fine, self._table, surface - self._height, contrast)
        over_rows(_fill_from_table, self._rows.size, 16 * result.size, *arguments)
        return result
