"""The annulus derivative between a lattice and the cells, as a matrix made from a table of distances."""

from __future__ import annotations

import numpy as np

from .lattice import Lattice
from .prism import jit
from .threads import over_rows


@jit
def _fill_from_table(first, last, result, rows, columns, refinement, table, levels, contrast):
    """rows, columns are the stations' places on the refined lattice; table (3, ., .) holds inner², outer² and share by the
    distance in rows and columns; levels (ny, nx) the surface's height above the stations, m.
    """
    ny, nx = levels.shape
    for i in range(first, last):
        for row in range(ny):
            a = abs(rows[i] - refinement[0] * row)
            for col in range(nx):
                b = abs(columns[i] - refinement[1] * col)
                h = levels[row, col]
                near, far = np.sqrt(table[0, a, b] + h * h), np.sqrt(table[1, a, b] + h * h)
                result[i, row * nx + col] = contrast[row, col] * table[2, a, b] * h * (near - far) / (near * far)
    return result


def annulus_matrix(
    lattice: Lattice, levels: np.ndarray, contrast: np.ndarray, dx: float, dy: float, reference_level: float
) -> np.ndarray:
    """The annulus derivative at a relief (ny, nx): (stations, cells), mGal/m. No station may lie at its surface."""
    ny, nx = levels.shape
    fine_n, fine_e = lattice.refinement
    rows, columns = lattice.places.T.copy()
    reach_n = max(abs(rows.min() - fine_n * (ny - 1)), rows.max()) + 1
    reach_e = max(abs(columns.min() - fine_e * (nx - 1)), columns.max()) + 1
    north, east = np.arange(reach_n)[:, None] * dy / fine_n, np.arange(reach_e) * dx / fine_e
    distance, size = np.hypot(north, east), np.sqrt(dx * dy)
    inner, outer = np.maximum(distance - 0.5 * size, 0.0), np.maximum(distance + 0.5 * size, size)
    share = 4.19e-5 * size**2 / (np.pi * (outer**2 - inner**2))
    table = np.stack([inner**2, outer**2, share])
    above = np.maximum(levels, reference_level) - lattice.height
    result = np.empty((rows.size, levels.size))
    arguments = (result, rows, columns, np.array(lattice.refinement), table, above, contrast)
    over_rows(_fill_from_table, rows.size, 16 * result.size, *arguments)
    return result
