"""Approximate inverses of the normal equations: diagonal in Fourier space for the relief, exact for the few other unknowns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import fft, sparse

from ..operators.response import SlabResponse
from ..operators.threads import threads


class FourierInverse:
    """(JᵀW²J + λ²CᵀC)⁻¹ as if all cells were free, their surface level and the stations everywhere.

    Cosines stand in for waves, so that the grid's edges mirror rather than join. Cells that are not free are taken as 0
    before and left out after, which keeps it symmetric and positive definite.

    Parameters
    ----------
    response : SlabResponse
        The layer.
    weight : array (stations,)
        1/σ, 1/mGal; their mean square counts.
    damping : float
        λ.
    curved : bool
        Whether C is the curvature; else the identity.
    """

    def __init__(self, response: SlabResponse, weight: np.ndarray, damping: float, curved: bool) -> None:
        self._free = response.free
        ny, nx = response.free.shape
        angle_n, angle_e = np.pi * np.arange(ny) / ny, np.pi * np.arange(nx) / nx
        squared_weight = float(np.mean(weight**2))
        gain = squared_weight * response.squared_gain(angle_n / response.dy, angle_e / response.dx)
        self._inverse = 1.0 / (gain + damping**2 * (_laplacian(angle_n, angle_e, response) ** 2 if curved else 1.0))
        self._gain, self._slab = gain, np.sqrt(squared_weight * response.density) * response.slab

    def change(self, share: float) -> float:
        """By which share of itself the normal matrix may change, in the wave where that is most, when the derivative errs by a
        share of an infinite slab's: much where waves that hardly reach the stations are hardly damped."""
        error = share * self._slab
        return float(((2.0 * np.sqrt(self._gain) * error + error**2) * self._inverse).max())

    def __call__(self, x: np.ndarray) -> np.ndarray:
        workers = threads(self._free.size)
        grid = np.zeros(self._free.shape)
        grid[self._free] = x
        waves = fft.dctn(grid, norm="ortho", workers=workers, overwrite_x=True)
        waves *= self._inverse
        return fft.idctn(waves, norm="ortho", workers=workers, overwrite_x=True)[self._free]


def _laplacian(angle_n: np.ndarray, angle_e: np.ndarray, response: SlabResponse) -> np.ndarray:
    """The 5-point Laplacian of a wave; its square is the sum of squares of the second differences xx, yy and √2·xy."""
    north = (2.0 - 2.0 * np.cos(angle_n)) * (response.dx / response.dy)
    east = (2.0 - 2.0 * np.cos(angle_e)) * (response.dy / response.dx)
    return north[:, None] + east


@dataclass(frozen=True)
class JoinedResponse:
    """A relief's response and, beside it, a few unknowns that act on the stations by a sparse matrix."""

    relief: SlabResponse
    basis: sparse.csr_array  # (stations, others)

    def at(self, columns: np.ndarray) -> JoinedResponse:
        """The same with only some of the unknowns, by their numbers."""
        cells = int(self.relief.free.sum())
        others = columns[columns >= cells] - cells
        return replace(self, relief=self.relief.at(columns[columns < cells]), basis=self.basis[:, others])


class JoinedInverse:
    """The relief's inverse beside that of the other unknowns, as if neither knew of the other.

    Parameters
    ----------
    relief : callable
        The relief's approximate inverse.
    normal : array (others, others)
        The normal matrix of the others.
    """

    def __init__(self, relief: Callable[[np.ndarray], np.ndarray], normal: np.ndarray) -> None:
        self._relief = relief
        small = 1e-10 * float(np.trace(normal)) / max(len(normal), 1)
        self._others = np.linalg.inv(normal + small * np.identity(len(normal)))

    def __call__(self, x: np.ndarray) -> np.ndarray:
        cells = x.size - len(self._others)
        return np.concatenate([self._relief(x[:cells]), self._others @ x[cells:]])
