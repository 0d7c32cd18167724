"""What an inversion would predict at stations it had not been given, without inverting again.

For a linear least-squares problem the error at a group of withheld data follows from the residual r with all of them and
from the influence H of the data on their own predictions: (I − H_kk)⁻¹ r_k, exactly (Allen, 1974, for single data; the
same for groups by the Woodbury identity). Gravity is not quite linear in the relief, so it holds around the inversion of
all stations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .problem import Model, Problem, linear_step
from .solvers import normal_matrix, right_side, solve_definite

MOST_UNKNOWNS = 3000
MOST_STATIONS = 6000
"""Up to so many the matrices stay below 0.3 GB each."""


@dataclass(frozen=True)
class LeftOut:
    """The residual of all stations and their influence on it, both weighted by 1/σ."""

    residual: np.ndarray  # (stations,), observed less predicted
    influence: np.ndarray  # H, (stations, stations)
    weight: np.ndarray  # (stations,) 1/mGal

    @classmethod
    def of(cls, problem: Problem, damping: float, near: Model) -> LeftOut:
        """With this λ, and the μ of the problem's joint regional, linear around a model near the one they lead to."""
        step = linear_step(problem, damping, near)
        plain = step.derivative.matrix
        matrix = step.weight[:, None] * plain
        right = np.column_stack([matrix.T, right_side(step)])
        answer = solve_definite(normal_matrix(step, plain), right)
        residual = step.weight * step.residual - matrix @ answer[:, -1]
        return cls(residual, matrix @ answer[:, :-1], step.weight)

    def error(self, withheld: np.ndarray, shift: np.ndarray | None = None) -> np.ndarray:
        """Observed less predicted at withheld stations, by the others: (withheld,), mGal.

        Parameters
        ----------
        withheld : array of bool (stations,)
        shift : array (stations,), optional
            What the data of this turn are greater by, mGal, as where a regional was separated without the withheld.
        """
        among = np.flatnonzero(withheld)
        apart = np.eye(among.size) - self.influence[np.ix_(among, among)]
        residual = self.residual[among]
        if shift is not None:
            weighted = self.weight * shift
            residual = residual + weighted[among] - self.influence[among] @ weighted
        return np.asarray(solve_definite(apart, residual) / self.weight[among])


def is_plain(problem: Problem) -> bool:
    """Whether it is a plain least-squares problem: a penalty that is an objective, no limits, no robust misfit."""
    return problem.penalty.is_objective and problem.lower is None and problem.upper is None and problem.robust is None


def can_leave_out(problem: Problem) -> bool:
    """Whether it is a plain least-squares problem whose derivative can be had as a matrix, and the matrices fit."""
    splines = 0 if problem.regional is None else problem.regional.basis.shape[1]
    return (
        is_plain(problem)
        and int(problem.free.sum()) + splines <= MOST_UNKNOWNS
        and problem.data.size <= MOST_STATIONS
        and hasattr(problem.operator.derivative(problem.start), "matrix")
    )
