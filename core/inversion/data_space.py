"""Stations left out of a converged inversion in closed form where stations are fewer than unknowns.

The penalty is the inverse covariance of the relief's change, and what it does not determine (a plane, where nothing is known) is a
trend without a prior. Then with K = J S⁻¹Jᵀ, Σ = W⁻² and F the trend's gravity

    Q = M⁻¹ − M⁻¹F (FᵀM⁻¹F)⁻¹ FᵀM⁻¹,   M = K + Σ,   I − H = ΣQ

and the error at a block is (Q_BB)⁻¹ (W²r)_B, r the residual of all (Dubrule 1983, doi 10.1007/BF01033232). Matrices are (stations, stations), and
S is sparse, so that ten thousand cells cost little more than the stations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.linalg import qr

from .definite import BandedFactor, inverse_factor
from .solvers import LinearStep

UNDETERMINED = 1e-10
"""A plane whose penalty is below this share of that of single cells is held by nothing."""


@dataclass(frozen=True)
class LeftOutOfData:
    """The residual of all stations, and Q; W and Σ are diagonal."""

    residual: np.ndarray  # (stations,) mGal, observed less predicted
    roots: np.ndarray  # (stations + trends, stations): Q is their square with `signs` between
    signs: np.ndarray  # (stations + trends,)
    weight: np.ndarray  # (stations,) 1/mGal

    @classmethod
    def of(cls, step: LinearStep, matrix: np.ndarray, planes: np.ndarray) -> LeftOutOfData:
        """Around a linear step, whose derivative is also given as a matrix (stations, cells).

        Parameters
        ----------
        step : LinearStep
            Of the relief alone.
        matrix : array (stations, cells)
        planes : array (cells, 3)
            A constant and two slopes at the cells: all that a penalty on curvature may leave undetermined.
        """
        prior = sparse.csr_array(step.damping**2 * (step.rows.T @ step.rows))
        if step.extra_rows is not None:
            prior = sparse.csr_array(prior + step.extra_rows.T @ step.extra_rows)
        free, pins = _undetermined(prior, planes)
        factor = BandedFactor(sparse.csr_array(prior + sparse.diags_array(pins)))
        spread = factor.forward(np.ascontiguousarray(matrix.T))
        covariance = spread.T @ spread
        covariance[np.diag_indices_from(covariance)] += step.weight**-2.0
        inverse = inverse_factor(covariance)
        trend = inverse @ (matrix @ free)
        across, _ = np.linalg.qr(trend)
        roots = np.vstack([inverse, across.T @ inverse])
        signs = np.concatenate([np.ones(len(inverse)), -np.ones(free.shape[1])])
        # what the step would still change, were it taken
        pulled = -(step.damping**2) * (step.rows.T @ step.drawn)
        pulled += matrix.T @ (step.weight**2 * step.residual)
        if step.extra_rows is not None:
            pulled += step.extra_rows.T @ step.extra_target
        carried = spread.T @ factor.forward(pulled[:, None])[:, 0]
        # z = W²JΔ solves M z − F a = J S⁻¹g, Fᵀz = Nᵀg
        bent = roots.T @ (signs * (roots @ carried))
        wanted = free.T @ pulled
        if wanted.size:
            plain = np.linalg.lstsq(trend.T, wanted, rcond=None)[0]
            bent = bent + inverse.T @ plain
        return cls(step.residual - bent / step.weight**2, roots, signs, step.weight)

    def error(self, withheld: np.ndarray, shift: np.ndarray | None = None) -> np.ndarray:
        """Observed less predicted at withheld stations, by the others: (withheld,), mGal; as `LeftOut.error`."""
        among = np.flatnonzero(withheld)
        roots = self.roots[:, among]
        right = self.weight[among] ** 2 * self.residual[among]
        if shift is not None and shift.any():
            right = right + roots.T @ (self.signs * (self.roots @ shift))
        inner = roots[: len(self.weight)]
        own = inner.T @ inner
        trend = roots[len(self.weight) :]
        own -= trend.T @ trend
        half = inverse_factor(own)
        return np.asarray(half.T @ (half @ right))


def _undetermined(prior: sparse.csr_array, planes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The planes that the penalty leaves undetermined, (cells, 0 to 3), and weights (cells,) that pin as many cells.

    With any such pins the penalty is the same but for those planes, which are a trend of their own.
    """
    planes = np.linalg.qr(planes)[0]
    typical = float(prior.diagonal().mean())
    size, turned = np.linalg.eigh(planes.T @ (prior @ planes))
    free = planes @ turned[:, size <= UNDETERMINED * typical]
    pins = np.zeros(prior.shape[0])
    if free.shape[1]:
        pins[qr(free.T, pivoting=True, mode="r")[1][: free.shape[1]]] = typical
    return free, pins
