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
from .solvers import LinearStep, right_side

UNDETERMINED = 1e-10
"""A plane whose penalty is below this share of that of single cells is held by nothing."""


@dataclass(frozen=True)
class KnownResponse:
    """What the points of known relief have to do with what is found at them, all in their standard errors."""

    residual: np.ndarray  # (points,), known less found
    influence: np.ndarray  # H, (points, points)

    @classmethod
    def of(cls, step: LinearStep, answer: np.ndarray, change: np.ndarray) -> KnownResponse:
        """From a step's points, A⁻¹Eᵀ (unknowns, points) and the step itself (unknowns,)."""
        assert step.extra_rows is not None and step.extra_target is not None
        return cls(step.extra_target - step.extra_rows @ change, np.asarray(step.extra_rows @ answer))

    def error(self, withheld: np.ndarray) -> np.ndarray:
        """As `LeftOut.known_error`."""
        among = np.flatnonzero(withheld)
        apart = np.eye(among.size) - self.influence[np.ix_(among, among)]
        return np.linalg.solve(apart, self.residual[among])


class LeftOutOfData:
    """What an inversion would find without some stations, around a linear step of all of them.

    Parameters
    ----------
    step : LinearStep
        Of the relief alone.
    matrix : array (stations, cells)
        Its derivative.
    planes : array (cells, 3)
        A constant and two slopes at the cells: all that a penalty on curvature may leave undetermined.
    """

    def __init__(self, step: LinearStep, matrix: np.ndarray, planes: np.ndarray) -> None:
        prior = sparse.csr_array(step.damping**2 * (step.rows.T @ step.rows))
        if step.extra_rows is not None:
            prior = sparse.csr_array(prior + step.extra_rows.T @ step.extra_rows)
        self._planes, pins = _undetermined(prior, planes)  # N
        self._factor = BandedFactor(sparse.csr_array(prior + sparse.diags_array(pins)))
        self._spread = self._factor.forward(matrix.T)  # its square is K
        covariance = self._spread.T @ self._spread
        covariance[np.diag_indices_from(covariance)] += step.weight**-2.0
        self._inverse = inverse_factor(covariance)  # its square is M⁻¹
        self._across, self._triangle = np.linalg.qr(self._inverse @ (matrix @ self._planes))
        self._weight = step.weight
        change, pull = self._solve(right_side(step)[:, None])
        self._change = change[:, 0]
        self.residual = step.residual - pull[:, 0] / step.weight**2
        """(stations,) mGal, observed less predicted."""
        extra = step.extra_rows
        self._known = None if extra is None else KnownResponse.of(step, self._solve(extra.toarray().T)[0], self._change)

    def _solve(self, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """x of A x = g, A the normal matrix, (cells, k), and z = W²J x, (stations, k): M z − F a = J S⁻¹g, Fᵀz = Nᵀg."""
        pulled = self._factor.forward(right)
        carried = self._inverse @ (self._spread.T @ pulled)
        none = not self._planes.size
        wanted = np.zeros((0, right.shape[1])) if none else np.linalg.solve(self._triangle.T, self._planes.T @ right)
        along = wanted - self._across.T @ carried
        bent = self._inverse.T @ (carried + self._across @ along)
        rest = self._factor.backward(pulled - self._spread @ bent)
        return rest if none else rest + self._planes @ np.linalg.solve(self._triangle, along), bent

    def error(self, withheld: np.ndarray, shift: np.ndarray | None = None) -> np.ndarray:
        """Observed less predicted at withheld stations, by the others: (withheld,), mGal; as `LeftOut.error`."""
        among = np.flatnonzero(withheld)
        right = self._weight[among] ** 2 * self.residual[among]
        if shift is not None and shift.any():
            right = right + self._apart(shift)[among]
        root, along = self._inverse[:, among], self._across.T @ self._inverse[:, among]
        half = inverse_factor(root.T @ root - along.T @ along)
        return np.asarray(half.T @ (half @ right))

    def change(self, withheld: np.ndarray, error: np.ndarray, shift: np.ndarray | None = None) -> np.ndarray:
        """How far the cells move without withheld stations, m: (cells,); as `LeftOut.change`."""
        data = np.zeros(withheld.size) if shift is None else shift.copy()
        data[withheld] -= error
        moved = self._factor.backward((self._spread @ self._apart(data))[:, None])[:, 0]
        if self._planes.size:
            moved += self._planes @ np.linalg.solve(self._triangle, self._across.T @ (self._inverse @ data))
        return self._change + moved

    def known_error(self, withheld: np.ndarray) -> np.ndarray:
        """Known less found relief at withheld points, in their standard errors; as `LeftOut.known_error`."""
        assert self._known is not None
        return self._known.error(withheld)

    def _apart(self, data: np.ndarray) -> np.ndarray:
        """Q times data: (stations,)."""
        root = self._inverse @ data
        return self._inverse.T @ (root - self._across @ (self._across.T @ root))


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
