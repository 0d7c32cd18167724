"""The linear problem of one Gauss-Newton step: min |W(JΔ − r)|² + λ²|C(b + Δ − origin)|²."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, aslinearoperator, lsqr

LSQR_TOLERANCE = 1e-6
LSQR_ITERATIONS = 5000


@dataclass(frozen=True)
class LinearStep:
    """What a solver is given."""

    derivative: LinearOperator  # J, (stations, free cells), mGal/m
    residual: np.ndarray  # r, (stations,) mGal
    weight: np.ndarray  # 1/σ, (stations,) 1/mGal
    rows: sparse.csr_array  # C at the free cells, (rows, free cells)
    drawn: np.ndarray  # C(b − origin), (rows,)
    damping: float  # λ


def solve_by_lsqr(step: LinearStep) -> np.ndarray:
    """Step damping as the reference package solves it: lsqr (Paige & Saunders 1982), Δ in m."""
    matrix = getattr(step.derivative, "matrix", None)
    weighted: LinearOperator = (
        aslinearoperator(sparse.diags_array(step.weight)) @ step.derivative
        if matrix is None
        else aslinearoperator(step.weight[:, None] * matrix)
    )
    return lsqr(
        weighted,
        step.weight * step.residual,
        damp=step.damping,
        atol=LSQR_TOLERANCE,
        btol=LSQR_TOLERANCE,
        iter_lim=LSQR_ITERATIONS,
    )[0]


def solve_normal_equations(step: LinearStep) -> np.ndarray:
    """(JᵀW²J + λ²CᵀC) Δ = JᵀW²r − λ²Cᵀ·C(b − origin), as dense matrices; Δ in m.

    numpy's solver rather than scipy's, which keeps the interpreter's lock through the whole call.
    """
    weighted = step.weight[:, None] * step.derivative.matrix
    normal = weighted.T @ weighted + step.damping**2 * (step.rows.T @ step.rows).toarray()
    right = weighted.T @ (step.weight * step.residual) - step.damping**2 * (step.rows.T @ step.drawn)
    try:
        return np.linalg.solve(normal, right)
    except np.linalg.LinAlgError:
        return np.linalg.lstsq(normal, right, rcond=None)[0]
