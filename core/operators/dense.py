"""Every pair of station and cell, summed exactly: the yardstick of the other operators."""

from __future__ import annotations

import numpy as np
from scipy.sparse.linalg import LinearOperator

from ..data.relief import Grid
from ..data.stations import Positions
from .density_law import contrast_at, law_integral
from .prism import (
    GRAVITATIONAL_CONSTANT,
    MGAL_PER_SI,
    annulus_derivative,
    jit,
    solid_angle,
    solid_angle_integral,
)
from .response import SlabResponse
from .threads import over_rows

EXACT, ANNULUS = 0, 1


@jit
def _sum_integrals(first, last, result, stations, west, south, dx, dy, levels, contrast):
    """Σ_j Δρ_j·Q_ij(z_i − level_j): per station, the prisms' closed formula of one face each.

    stations (n, 3) as easting, northing, height; west and south the outer edges of the first cell; levels and contrast
    (ny, nx); result (n,), in kg/m2.
    """
    ny, nx = levels.shape
    for i in range(first, last):
        total = 0.0
        for row in range(ny):
            y1 = south + row * dy - stations[i, 1]
            row_total = 0.0
            for col in range(nx):
                if contrast[row, col] != 0.0:
                    x1 = west + col * dx - stations[i, 0]
                    row_total += contrast[row, col] * solid_angle_integral(
                        x1, x1 + dx, y1, y1 + dy, stations[i, 2] - levels[row, col]
                    )
            total += row_total
        result[i] = total


@jit
def _sum_law_integrals(first, last, result, stations, west, south, dx, dy, levels, contrast, law, reference_level):
    """Σ_j c_j·∫ f·Ω dz from the reference level to level_j, f a law of the density with depth: (n,), in kg/m2."""
    ny, nx = levels.shape
    for i in range(first, last):
        total = 0.0
        for row in range(ny):
            y1 = south + row * dy - stations[i, 1]
            for col in range(nx):
                if contrast[row, col] != 0.0 and levels[row, col] != reference_level:
                    x1 = west + col * dx - stations[i, 0]
                    total += contrast[row, col] * law_integral(
                        law, x1, x1 + dx, y1, y1 + dy, stations[i, 2], reference_level, levels[row, col]
                    )
        result[i] = total


@jit
def _fill_solid_angles(first, last, result, stations, west, south, dx, dy, levels, contrast, cells):
    """Δρ_j·Ω_ij at the cells with these flat numbers: (n, len(cells)), sr kg/m3."""
    nx = levels.shape[1]
    for i in range(first, last):
        for k in range(cells.size):
            row, col = cells[k] // nx, cells[k] % nx
            x1 = west + col * dx - stations[i, 0]
            y1 = south + row * dy - stations[i, 1]
            h = stations[i, 2] - levels[row, col]
            result[i, k] = contrast[row, col] * solid_angle(x1, x1 + dx, y1, y1 + dy, h)


@jit
def _fill_annuli(first, last, result, stations, west, south, dx, dy, levels, contrast, cells, reference_level):
    """The annulus derivative at the cells with these flat numbers: (n, len(cells)), mGal/m."""
    nx = levels.shape[1]
    size = np.sqrt(dx * dy)
    for i in range(first, last):
        for k in range(cells.size):
            row, col = cells[k] // nx, cells[k] % nx
            x = west + (col + 0.5) * dx - stations[i, 0]
            y = south + (row + 0.5) * dy - stations[i, 1]
            h = max(levels[row, col], reference_level) - stations[i, 2]
            result[i, k] = contrast[row, col] * annulus_derivative(np.sqrt(x * x + y * y), size, h)


class DenseDerivative(LinearOperator):
    """∂g/∂b as a matrix, mGal/m: shape (stations, free cells). `matrix` holds it."""

    def __init__(self, matrix: np.ndarray, response: SlabResponse | None = None) -> None:
        super().__init__(np.dtype(float), matrix.shape)
        self.matrix, self.response = matrix, response

    def _matvec(self, x: np.ndarray) -> np.ndarray:
        return self.matrix @ x.ravel()

    def _rmatvec(self, x: np.ndarray) -> np.ndarray:
        return self.matrix.T @ x.ravel()


class DenseOperator:
    """Gravity of a relief and its derivative, pair by pair.

    Parameters
    ----------
    positions : Positions
        Where the stations are, m.
    grid : Grid
        The relief's cells.
    contrast : array (ny, nx)
        Density below the relief minus density above it, kg/m3.
    reference_level : float
        z0, m.
    free : array of bool (ny, nx), optional
        The cells whose derivative is asked for. All, where left out.
    derivative : int
        EXACT (the solid angle at the relief) or ANNULUS (the reference package's).
    law : array, optional
        How density varies with depth, see `density_law`; the contrast is then the one at the datum.
    """

    def __init__(
        self,
        positions: Positions,
        grid: Grid,
        contrast: np.ndarray,
        reference_level: float,
        free: np.ndarray | None = None,
        derivative: int = EXACT,
        law: np.ndarray | None = None,
    ) -> None:
        self._law = law
        self._stations = np.column_stack([positions.easting, positions.northing, positions.height])
        self._cells = (grid.west, grid.south, grid.dx, grid.dy)
        self._positions, self._grid = positions, grid
        self._contrast = np.ascontiguousarray(np.broadcast_to(contrast, grid.shape), dtype=float)
        self._reference_level = float(reference_level)
        self._free = np.arange(grid.size) if free is None else np.flatnonzero(free)
        self._kind = derivative
        self._base: np.ndarray | None = None
        self.shape = (len(self._stations), self._free.size)

    def gravity(self, heights: np.ndarray) -> np.ndarray:
        """Gravity of the relief (ny, nx), m, at the stations: (n,), mGal, positive down."""
        if self._law is not None:
            return MGAL_PER_SI * GRAVITATIONAL_CONSTANT * self._law_sums(_contiguous(heights), self._law)
        if self._base is None:
            flat = np.full(self._grid.shape, self._reference_level)
            self._base = self._sums(flat)
        top = self._sums(_contiguous(heights))
        return MGAL_PER_SI * GRAVITATIONAL_CONSTANT * (self._base - top)

    def derivative(self, heights: np.ndarray) -> DenseDerivative:
        """∂g/∂b at this relief (ny, nx): (stations, free cells), mGal/m."""
        matrix = np.empty(self.shape)
        work = (len(self._stations), 100 * matrix.size, matrix)
        contrast = contrast_at(self._contrast, self._law, heights)
        common = (self._stations, *self._cells, _contiguous(heights), contrast, self._free)
        if self._kind == ANNULUS:
            over_rows(_fill_annuli, *work, *common, self._reference_level)
        else:
            over_rows(_fill_solid_angles, *work, *common)
            matrix *= MGAL_PER_SI * GRAVITATIONAL_CONSTANT
        return DenseDerivative(matrix, self._response(contrast, heights))

    def _response(self, contrast: np.ndarray, heights: np.ndarray) -> SlabResponse:
        free = np.zeros(self._grid.size, dtype=bool)
        free[self._free] = True
        return SlabResponse.of(self._positions, self._grid, contrast, free.reshape(self._grid.shape), heights)

    def _sums(self, levels: np.ndarray) -> np.ndarray:
        result = np.empty(len(self._stations))
        arguments = (result, self._stations, *self._cells, levels, self._contrast)
        over_rows(_sum_integrals, result.size, 100 * result.size * levels.size, *arguments)
        return result

    def _law_sums(self, levels: np.ndarray, law: np.ndarray) -> np.ndarray:
        result = np.empty(len(self._stations))
        arguments = (result, self._stations, *self._cells, levels, self._contrast, law, self._reference_level)
        over_rows(_sum_law_integrals, result.size, 1000 * result.size * levels.size, *arguments)
        return result


def _contiguous(heights: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(heights, dtype=float)
