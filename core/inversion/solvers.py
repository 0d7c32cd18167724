"""The linear problem of one Gauss-Newton step: min |W(JΔ − r)|² + λ²|C(b + Δ − origin)|² + |E Δ − e|²."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.linalg import cho_solve
from scipy.sparse.linalg import LinearOperator

from ..operators.lattice_kernels import ROUGH_SHARE
from ..operators.response import SlabResponse
from .fourier import FourierInverse, JoinedInverse, JoinedResponse
from .lsqr import lsqr

LSQR_TOLERANCE = 1e-6
LSQR_ITERATIONS = 5000

MATRIX_PAIRS = 2e7
"""Up to so many pairs of station and cell (160 MB) step damping is solved on the matrix, as the reference does."""

DIRECT_CELLS = 600
"""Up to so many cells forming and solving the dense normal equations is the fastest."""

JOINED_UNKNOWNS = 3000
JOINED_TOLERANCE = 3e-6
"""The same two where a regional is found together with the relief: long waves can be in either at little cost, and an
inexact step leaves them in the wrong one."""

LOCKED_UNKNOWNS = 2000
"""Up to so many a Cholesky solution takes less than half a second, for which the interpreter may be locked."""

CG_TOLERANCE = 3e-3
"""Of the step's error in the norm of the objective; the next Gauss-Newton step makes up for the rest."""

STEP_DAMPING_TOLERANCE = 3e-5
"""The same where no objective leads later steps back to where the exact ones would have gone."""

CG_ITERATIONS = 500

SMALL_RESIDUAL = 0.01
"""Of what a solution may leave: a residual that much smaller leaves less, whatever the approximate inverse."""

DELAY = 4
"""Iterations whose fall tells what is left."""
MOST_CHANGE = 0.2
"""Of the normal matrix: up to so much the rough derivative may change it in any wave. The next step, whose right side is exact, makes up for
that; for more, in waves that hardly reach the stations and are hardly damped, it would take many."""


@dataclass(frozen=True)
class LinearStep:
    """What a solver is given."""

    derivative: LinearOperator  # J, (stations, free cells), mGal/m
    residual: np.ndarray  # r, (stations,) mGal
    weight: np.ndarray  # 1/σ, (stations,) 1/mGal
    rows: sparse.csr_array  # C at the free cells, (rows, free cells)
    drawn: np.ndarray  # C(b − origin), (rows,)
    damping: float  # λ
    extra_rows: sparse.csr_array | None = None  # E, (points, free cells): more equations, each over its own error
    extra_target: np.ndarray | None = None  # e, (points,)
    square: np.ndarray | None = None  # λ²CᵀC, (unknowns, unknowns), of small cases
    enough: float = 0.0  # of the quadratic: what an inexact solution may leave of it
    refined: bool = True  # whether another step follows, which makes up for a rough derivative
    patience: int | None = None  # products after which conjugate gradients give up


class TooManyProducts(Exception):
    """Conjugate gradients did not end within the step's patience."""


def solve_by_lsqr(step: LinearStep) -> np.ndarray:
    """Step damping, Δ in m: small cases by lsqr, as the reference package does, others by conjugate gradients."""
    n, m = step.derivative.shape
    matrix = getattr(step.derivative, "matrix", None) if n * m <= MATRIX_PAIRS else None
    if matrix is None:
        return solve_by_conjugate_gradients(step, curved=False, tolerance=STEP_DAMPING_TOLERANCE)
    weight, right = step.weight, step.weight * step.residual
    if step.extra_rows is not None:
        matrix = np.vstack([matrix, step.extra_rows.toarray()])
        weight = np.concatenate([weight, np.ones(step.extra_rows.shape[0])])
        right = np.concatenate([right, step.extra_target])
    return lsqr(matrix, weight, right, step.damping, LSQR_TOLERANCE, LSQR_ITERATIONS)


def solve_normal_equations(step: LinearStep) -> np.ndarray:
    """A penalty on the relief's curvature, Δ in m: small cases directly, others by conjugate gradients."""
    joined = _is_joined(step.derivative)
    most = JOINED_UNKNOWNS if joined else DIRECT_CELLS
    small = step.derivative.shape[1] <= most or _response(step.derivative) is None
    matrix = getattr(step.derivative, "matrix", None) if small else None
    if matrix is None:
        tolerance = JOINED_TOLERANCE if joined else CG_TOLERANCE
        return solve_by_conjugate_gradients(step, curved=True, tolerance=tolerance)
    return solve_directly(step, matrix)


def solve_directly(step: LinearStep, matrix: np.ndarray) -> np.ndarray:
    """(JᵀW²J + λ²CᵀC + EᵀE) Δ = JᵀW²r − λ²Cᵀ·C(b − origin) + Eᵀe, as dense matrices; Δ in m."""
    return solve_definite(normal_matrix(step, matrix), right_side(step))


def normal_matrix(step: LinearStep, matrix: np.ndarray) -> np.ndarray:
    """JᵀW²J + λ²CᵀC + EᵀE, with J as a matrix: (unknowns, unknowns)."""
    weighted = step.weight[:, None] * matrix
    normal = weighted.T @ weighted
    normal += step.damping**2 * (step.rows.T @ step.rows).toarray() if step.square is None else step.square
    if step.extra_rows is not None:
        normal += (step.extra_rows.T @ step.extra_rows).toarray()
    return normal


def solve_definite(normal: np.ndarray, right: np.ndarray) -> np.ndarray:
    """x of A x = right, A symmetric and positive definite; of least size where A is singular.

    numpy's functions, since scipy's keep the interpreter's lock through the whole call: other tasks and the telling of progress
    wait for it. Two triangular solutions take little.
    """
    try:
        if right.shape[0] <= LOCKED_UNKNOWNS:
            factor = np.linalg.cholesky(normal)
            return cho_solve((factor, True), right)
        return np.linalg.solve(normal, right)
    except np.linalg.LinAlgError:
        return np.linalg.lstsq(normal, right, rcond=None)[0]


def solve_by_conjugate_gradients(step: LinearStep, curved: bool, tolerance: float = CG_TOLERANCE) -> np.ndarray:
    """The same equations without forming them, preconditioned in Fourier space; Δ in m."""
    rows, extra = step.rows, step.extra_rows
    columns = rows.T if curved else None
    response = _response(step.derivative)
    if response is None:
        raise TypeError(f"{type(step.derivative).__name__} tells no response for an approximate inverse")
    inverse = _approximate_inverse(step, response, curved)
    derivative, enough = step.derivative, 0.0
    if tolerance >= CG_TOLERANCE:
        enough = step.enough
        if step.refined and isinstance(inverse, FourierInverse) and inverse.change(ROUGH_SHARE) <= MOST_CHANGE:
            derivative = _rough(derivative)

    def normal(x: np.ndarray) -> np.ndarray:
        product = derivative.rmatvec(step.weight**2 * derivative.matvec(x))
        product += step.damping**2 * (x if columns is None else columns @ (rows @ x))
        return product if extra is None else product + extra.T @ (extra @ x)

    most = step.patience or CG_ITERATIONS
    answer, ended = conjugate_gradients(normal, right_side(step), inverse, tolerance, most, enough)
    if step.patience is not None and not ended:
        raise TooManyProducts
    return answer


def _is_joined(derivative: Any) -> bool:
    """Whether a regional is found together with the relief, also where columns were left out."""
    return _is_joined(derivative.whole) if hasattr(derivative, "whole") else hasattr(derivative, "joint")


def _rough(derivative: Any) -> Any:
    """A cheaper derivative, where the operator offers one; also where columns were left out or others joined."""
    if hasattr(derivative, "whole"):
        return type(derivative)(_rough(derivative.whole), derivative.columns)
    if hasattr(derivative, "joint"):
        return type(derivative)(_rough(derivative.relief), derivative.joint)
    return getattr(derivative, "rough", derivative)


def _response(derivative: Any) -> SlabResponse | JoinedResponse | None:
    """What an approximate inverse is made of, also where columns were left out or others joined; None where unknown."""
    if hasattr(derivative, "whole"):
        whole = _response(derivative.whole)
        return None if whole is None else whole.at(derivative.columns)
    if hasattr(derivative, "joint"):
        relief = _response(derivative.relief)
        return JoinedResponse(relief, derivative.joint.basis) if isinstance(relief, SlabResponse) else None
    return getattr(derivative, "response", None)


def _approximate_inverse(
    step: LinearStep, response: SlabResponse | JoinedResponse, curved: bool
) -> FourierInverse | JoinedInverse:
    if isinstance(response, SlabResponse):
        return FourierInverse(response, step.weight, step.damping, curved)
    relief = FourierInverse(response.relief, step.weight, step.damping, curved)
    weighted = sparse.diags_array(step.weight) @ response.basis
    others = np.arange(int(response.relief.free.sum()), step.derivative.shape[1])
    rows = step.rows[:, others]
    return JoinedInverse(relief, (weighted.T @ weighted + step.damping**2 * (rows.T @ rows)).toarray())


def conjugate_gradients(
    product: Callable[[np.ndarray], np.ndarray],
    right: np.ndarray,
    inverse: Callable[[np.ndarray], np.ndarray],
    tolerance: float,
    most: int,
    enough: float = 0.0,
) -> tuple[np.ndarray, bool]:
    """x of A x = right, A symmetric and positive definite, with an approximate inverse of A of the same kind; and whether it ended
    within so many iterations.

    It ends when the residual's size, measured by the approximate inverse, has fallen to `tolerance` of what it was; or when
    the quadratic xᵀA x − 2 xᵀright fell by less than `enough` in the last iterations, which is about what is left of it (Hestenes and
    Stiefel 1952; Strakoš and Tichý 2002, doi 10.1553/etna_vol13s56).
    """
    x = np.zeros(right.size)
    residual = right.copy()
    preconditioned = inverse(residual)
    size = first = float(residual @ preconditioned)
    direction = preconditioned
    falls: list[float] = []
    for _ in range(most):
        if size <= max(tolerance**2 * first, SMALL_RESIDUAL * enough) or (
            len(falls) >= DELAY and sum(falls[-DELAY:]) <= enough
        ):
            return x, True
        image = product(direction)
        length = size / float(direction @ image)
        falls.append(length * size)
        x += length * direction
        residual -= length * image
        preconditioned = inverse(residual)
        size, before = float(residual @ preconditioned), size
        direction = preconditioned + size / before * direction
    return x, size <= max(tolerance**2 * first, SMALL_RESIDUAL * enough)


def right_side(step: LinearStep) -> np.ndarray:
    right = step.derivative.rmatvec(step.weight**2 * step.residual) - step.damping**2 * (step.rows.T @ step.drawn)
    if step.extra_rows is not None:
        right += step.extra_rows.T @ step.extra_target
    return right
