"""What an inversion would predict at stations it had not been given, without inverting again.

For a linear least-squares problem the error at a group of withheld data follows from the residual r with all of them and
from the influence H of the data on their own predictions: (I − H_kk)⁻¹ r_k, exactly (Allen, 1974, for single data; the
same for groups by the Woodbury identity). Gravity is not quite linear in the relief, so it holds around the inversion of
all stations.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from .data_space import KnownResponse, LeftOutOfData
from .limits import ColumnsOf
from .problem import Model, Problem, linear_step
from .solvers import LinearStep, normal_matrix, right_side, solve_definite

ON_A_LIMIT = 1e-6
"""m: so near to a limit a cell lies on it."""

MOST_UNKNOWNS = 3000
MOST_STATIONS = 6000
MOST_CELLS = 12_000
"""Up to so many the matrices stay below 0.6 GB each. More cells than unknowns are possible where no regional is joined."""


class LeftOut(Protocol):
    """What is known of an inversion of all stations that tells the errors without some of them."""

    def error(self, withheld: np.ndarray, shift: np.ndarray | None = None) -> np.ndarray:
        """Observed less predicted at withheld stations, by the others: (withheld,), mGal.

        Parameters
        ----------
        withheld : array of bool (stations,)
        shift : array (stations,), optional
            What the data of this turn are greater by, mGal, as where a regional was separated without the withheld.
        """
        ...

    def change(self, withheld: np.ndarray, error: np.ndarray, shift: np.ndarray | None = None) -> np.ndarray:
        """How far the unknowns move from the model around which it is linear: (unknowns,), m and mGal.

        Parameters
        ----------
        withheld, shift
            As of `error`.
        error : array (withheld,)
            What that gave.
        """
        ...

    def known_error(self, withheld: np.ndarray) -> np.ndarray:
        """Known less found relief at withheld points of known relief, by all else, in their standard errors: (withheld,).

        Parameters
        ----------
        withheld : array of bool (points,)
        """
        ...


def left_out(problem: Problem, damping: float, near: Model) -> LeftOut:
    """With this λ, and the μ of the problem's joint regional, linear around a model near the one they lead to.

    In the space of the unknowns, or of the stations where these are fewer and no regional is joined. Cells that lie on a limit
    stay there.
    """
    step = linear_step(problem, damping, near)
    matrix, held = _matrix(step.derivative), on_limits(problem, near.heights)
    plane, unknowns = planes(problem), matrix.shape[1]
    if held.any():
        moving = np.flatnonzero(~np.concatenate([held, np.zeros(unknowns - held.size, dtype=bool)]))
        matrix, plane, step = matrix[:, moving], plane[~held], _moving(step, moving)
    around: LeftOut
    if problem.regional is None and problem.data.size < matrix.shape[1]:
        around = LeftOutOfData(step, matrix, plane)
    else:
        around = LeftOutInModel.of(step, matrix)
    return HeldCells(around, moving, unknowns) if held.any() else around


def on_limits(problem: Problem, heights: np.ndarray) -> np.ndarray:
    """Which free cells lie on a limit: (cells,) bool."""
    on = np.zeros(heights.shape, dtype=bool)
    for limit in (problem.lower, problem.upper):
        if limit is not None:
            on |= np.abs(heights - limit) <= ON_A_LIMIT
    return on[problem.free]


def _moving(step: LinearStep, moving: np.ndarray) -> LinearStep:
    """A step of some of the unknowns, the others staying where they are."""
    return replace(
        step,
        derivative=ColumnsOf(step.derivative, moving),
        rows=step.rows[:, moving],
        extra_rows=None if step.extra_rows is None else step.extra_rows[:, moving],
        square=None if step.square is None else step.square[np.ix_(moving, moving)],
    )


@dataclass(frozen=True)
class HeldCells:
    """The same where some cells stay on their limits."""

    around: LeftOut
    moving: np.ndarray  # numbers of the unknowns that move
    unknowns: int

    def error(self, withheld: np.ndarray, shift: np.ndarray | None = None) -> np.ndarray:
        """As `LeftOut.error`."""
        return self.around.error(withheld, shift)

    def change(self, withheld: np.ndarray, error: np.ndarray, shift: np.ndarray | None = None) -> np.ndarray:
        """As `LeftOut.change`."""
        result = np.zeros(self.unknowns)
        result[self.moving] = self.around.change(withheld, error, shift)
        return result

    def known_error(self, withheld: np.ndarray) -> np.ndarray:
        """As `LeftOut.known_error`."""
        return self.around.known_error(withheld)


def planes(problem: Problem) -> np.ndarray:
    """A constant and two slopes at the free cells: (cells, 3)."""
    row, column = np.nonzero(problem.free)
    return np.column_stack([np.ones(row.size), row - row.mean(), column - column.mean()])


@dataclass(frozen=True)
class LeftOutInModel:
    """The residual of all stations, and their influence on it weighted by 1/σ."""

    residual: np.ndarray  # (stations,) mGal, observed less predicted
    influence: np.ndarray  # H, (stations, stations)
    weight: np.ndarray  # (stations,) 1/mGal
    response: np.ndarray  # A⁻¹JᵀW, (unknowns, stations)
    step: np.ndarray  # what all stations still ask for, (unknowns,)
    known: KnownResponse | None  # of the points of known relief

    @classmethod
    def of(cls, step: LinearStep, plain: np.ndarray) -> LeftOutInModel:
        """Around a linear step, whose derivative is also given as a matrix (stations, unknowns)."""
        matrix = step.weight[:, None] * plain
        extra = step.extra_rows
        points = np.zeros((matrix.shape[1], 0)) if extra is None else extra.toarray().T
        right = np.column_stack([matrix.T, points, right_side(step)])
        answer = solve_definite(normal_matrix(step, plain), right)
        stations = len(matrix)
        response, change = answer[:, :stations], answer[:, -1]
        known = None if extra is None else KnownResponse.of(step, answer[:, stations:-1], change)
        return cls(step.residual - plain @ change, matrix @ response, step.weight, response, change, known)

    def error(self, withheld: np.ndarray, shift: np.ndarray | None = None) -> np.ndarray:
        """As `LeftOut.error`."""
        among = np.flatnonzero(withheld)
        apart = np.eye(among.size) - self.influence[np.ix_(among, among)]
        residual = self.weight[among] * self.residual[among]
        if shift is not None:
            weighted = self.weight * shift
            residual = residual + weighted[among] - self.influence[among] @ weighted
        return np.asarray(solve_definite(apart, residual) / self.weight[among])

    def change(self, withheld: np.ndarray, error: np.ndarray, shift: np.ndarray | None = None) -> np.ndarray:
        """As `LeftOut.change`."""
        data = np.zeros(withheld.size) if shift is None else shift.copy()
        data[withheld] -= error
        return np.asarray(self.step + self.response @ (self.weight * data))

    def known_error(self, withheld: np.ndarray) -> np.ndarray:
        """As `LeftOut.known_error`."""
        assert self.known is not None
        return self.known.error(withheld)


def is_plain(problem: Problem) -> bool:
    """Whether it is a plain least-squares problem: a penalty that is an objective, no robust misfit, no limits beside a joint
    regional."""
    limits = problem.lower is not None or problem.upper is not None
    return problem.penalty.is_objective and problem.robust is None and not (limits and problem.regional is not None)


def can_leave_out(problem: Problem) -> bool:
    """Whether it is a plain least-squares problem whose derivative can be had as a matrix, and the matrices fit."""
    splines = 0 if problem.regional is None else problem.regional.basis.shape[1]
    cells = int(problem.free.sum())
    most = MOST_CELLS if problem.regional is None else MOST_UNKNOWNS - splines
    return is_plain(problem) and cells <= most and problem.data.size <= MOST_STATIONS


def _matrix(derivative: Any) -> np.ndarray:
    """Every pair of a derivative: (stations, unknowns)."""
    if hasattr(derivative, "joint"):
        return np.hstack([_matrix(derivative.relief), derivative.joint.basis.toarray()])
    return np.asarray(derivative.matrix if hasattr(derivative, "matrix") else derivative.pairs())
