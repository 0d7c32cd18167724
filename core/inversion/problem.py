"""An inversion's data, model and penalties: what is minimised."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import LinearOperator

from ..operators import Operator
from .headroom import Headroom
from .known_relief import KnownRelief
from .penalties import Penalty
from .solvers import DIRECT_CELLS, JOINED_UNKNOWNS, LinearStep

if TYPE_CHECKING:
    from .joint_regional import JointRegional


@dataclass(frozen=True)
class Problem:
    """Σ ρ((d − g(b) − B c)/σ) + λ²|C(b − origin)|² + μ²|C_r c|² + |(P b − known)/error|², lower ≤ b ≤ upper.

    ρ(t) = t², or beyond the robust limit k Huber's 2k|t| − k².
    """

    operator: Operator  # gravity of a relief at the stations, and its derivative at the free cells
    data: np.ndarray  # (stations,) mGal, observed less the regional known beforehand
    sigma: np.ndarray  # (stations,) mGal
    start: np.ndarray  # (ny, nx) m
    free: np.ndarray  # (ny, nx) bool
    penalty: Penalty
    regional: JointRegional | None = None
    known: KnownRelief | None = None
    lower: np.ndarray | None = None  # (ny, nx) m, -inf where there is none
    upper: np.ndarray | None = None  # (ny, nx) m, inf where there is none
    robust: float | None = None  # k, in standard errors
    headroom: Headroom | None = None  # levels that a step ends short of
    bends: PenaltyRows | None = None  # of the penalty at the free cells; made where left out, and kept by `replace`

    def __post_init__(self) -> None:
        if self.bends is None or self.bends.penalty is not self.penalty or self.bends.free is not self.free:
            object.__setattr__(self, "bends", PenaltyRows(self.penalty, self.free))

    def within_limits(self, heights: np.ndarray) -> np.ndarray:
        """A relief (ny, nx), m, whose free cells are cut at the limits, to the last digit."""
        for limit, keep in ((self.lower, np.maximum), (self.upper, np.minimum)):
            if limit is not None:
                heights = np.where(self.free, keep(heights, limit), heights)
        return heights

    @property
    def weight(self) -> np.ndarray:
        return 1.0 / self.sigma


class PenaltyRows:
    """A penalty's rows at the free cells, and what else is made of them once for all steps.

    Parameters
    ----------
    penalty : Penalty
    free : array of bool (ny, nx)
    """

    def __init__(self, penalty: Penalty, free: np.ndarray) -> None:
        self.penalty, self.free = penalty, free
        self._beside: tuple[object, float, sparse.csr_array] | None = None

    @cached_property
    def rows(self) -> sparse.csr_array:
        """C at the free cells: (rows, free cells)."""
        rows = self.penalty.rows
        return rows if self.free.all() else rows[:, np.flatnonzero(self.free)]

    @cached_property
    def _square(self) -> np.ndarray:
        return (self.rows.T @ self.rows).toarray()

    def square(self, damping: float, joint: JointRegional | None) -> np.ndarray:
        """λ²CᵀC, and beside it μ²CᵣᵀCᵣ of a joint regional: (unknowns, unknowns)."""
        relief = damping**2 * self._square
        if joint is None:
            return relief
        cells = len(relief)
        result = np.zeros((cells + joint.basis.shape[1],) * 2)
        result[:cells, :cells] = relief
        result[cells:, cells:] = joint.damping**2 * joint.square
        return result

    def beside(self, joint: JointRegional, share: float) -> sparse.csr_array:
        """C, and beside it a share of the joint regional's rows: (all rows, unknowns). The last one is kept."""
        if self._beside is None or self._beside[0] is not joint.rows or self._beside[1] != share:
            rows = sparse.csr_array(sparse.block_diag([self.rows, share * joint.rows], format="csr"))
            self._beside = joint.rows, share, rows
        return self._beside[2]


@dataclass(frozen=True)
class State:
    """A relief, a regional, and how well they do."""

    heights: np.ndarray  # (ny, nx) m
    coefficients: np.ndarray  # of the joint regional's splines; empty without one
    predicted: np.ndarray  # (stations,) mGal, of the relief
    regional: np.ndarray  # (stations,) mGal, of the joint regional; 0 without one
    rms: float  # weighted by 1/σ
    objective: float


class Model(Protocol):
    """A relief and a regional, and their gravity: what a linear step starts from."""

    @property
    def heights(self) -> np.ndarray: ...  # (ny, nx) m
    @property
    def coefficients(self) -> np.ndarray: ...
    @property
    def predicted(self) -> np.ndarray: ...  # (stations,) mGal
    @property
    def regional(self) -> np.ndarray: ...  # (stations,) mGal


def evaluate(problem: Problem, damping: float, heights: np.ndarray, coefficients: np.ndarray) -> State:
    """The objective and its parts at a model."""
    predicted = problem.operator.gravity(heights)
    joint = problem.regional
    regional = np.zeros(predicted.size) if joint is None else joint.basis @ coefficients
    weighted = problem.weight * (problem.data - predicted - regional)
    objective = _data_objective(weighted, problem.robust)
    if problem.penalty.is_objective:
        drawn = problem.penalty.rows @ (heights - problem.penalty.origin(heights)).ravel()
        objective += damping**2 * float(drawn @ drawn)
    if joint is not None:
        bent = joint.rows @ coefficients
        objective += joint.damping**2 * float(bent @ bent)
    if problem.known is not None:
        missed = problem.known.misfit(heights)
        objective += float(missed @ missed)
    return State(heights, coefficients, predicted, regional, float(np.sqrt(np.mean(weighted**2))), objective)


def _data_objective(weighted: np.ndarray, robust: float | None) -> float:
    if robust is None:
        return float(weighted @ weighted)
    size = np.abs(weighted)
    return float(np.where(size <= robust, size**2, 2.0 * robust * size - robust**2).sum())


def linear_step(problem: Problem, damping: float, state: Model) -> LinearStep:
    """The linear problem around a state; its unknowns are the free cells' change, then the splines' coefficients' change."""
    penalty, joint = problem.penalty, problem.regional
    cells = np.flatnonzero(problem.free)
    residual = problem.data - state.predicted - state.regional
    derivative = problem.operator.derivative(state.heights)
    bends = problem.bends
    assert bends is not None
    rows = bends.rows
    drawn = penalty.rows @ (state.heights - penalty.origin(state.heights)).ravel()
    extra_rows = extra_target = None
    if problem.known is not None:
        extra_rows = problem.known.weighted_rows[:, cells]
        extra_target = problem.known.misfit(state.heights)
    if joint is not None:
        derivative = JoinedDerivative(derivative, joint)
        share = joint.damping / damping
        rows = bends.beside(joint, share)
        drawn = np.concatenate([drawn, share * (joint.rows @ state.coefficients)])
        if extra_rows is not None:
            nothing = sparse.csr_array((extra_rows.shape[0], joint.basis.shape[1]))
            extra_rows = sparse.hstack([extra_rows, nothing], format="csr")
    weight = problem.weight * _robust_weight(problem.weight * residual, problem.robust)
    square = (
        bends.square(damping, joint)
        if derivative.shape[1] <= (DIRECT_CELLS if joint is None else JOINED_UNKNOWNS)
        else None
    )
    return LinearStep(derivative, residual, weight, rows, drawn, damping, extra_rows, extra_target, square)


def _robust_weight(weighted: np.ndarray, robust: float | None) -> np.ndarray:
    """The root of Huber's weight, k/|t| beyond the limit k and 1 within it."""
    if robust is None:
        return np.ones(weighted.size)
    return np.sqrt(np.minimum(1.0, robust / np.maximum(np.abs(weighted), np.finfo(float).tiny)))


class JoinedDerivative(LinearOperator):
    """The derivative by the relief beside the one by the regional's coefficients; `matrix` where the first has one."""

    def __init__(self, relief: LinearOperator, joint: JointRegional) -> None:
        splines = joint.basis.shape[1]
        super().__init__(np.dtype(float), (relief.shape[0], relief.shape[1] + splines))
        self.relief, self.joint = relief, joint

    @property
    def matrix(self) -> np.ndarray:
        return np.hstack([self.relief.matrix, self.joint.basis.toarray()])

    def _matvec(self, x: np.ndarray) -> np.ndarray:
        cells = self.relief.shape[1]
        flat = x.ravel()
        return self.relief.matvec(flat[:cells]) + self.joint.basis @ flat[cells:]

    def _rmatvec(self, x: np.ndarray) -> np.ndarray:
        return np.concatenate([self.relief.rmatvec(x), self.joint.basis.T @ x.ravel()])
