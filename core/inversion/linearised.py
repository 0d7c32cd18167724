"""One small problem solved for many dampings: what does not depend on them is formed once, at the start.

The derivative stays the one at the start (the chord method) while the misfit is computed anew, so that an answer takes
a solve and two or three forward computations. It is meant for the many turns of a cross validation.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from .problem import Problem, State, evaluate, linear_step

MOST_STEPS = 4
SMALL_STEP = 0.01
"""Of the first step's size: a smaller one is the last."""


class LinearisedProblem:
    """A problem and its normal equations around the start.

    Parameters
    ----------
    problem : Problem
        Its operator's derivative must hold a matrix and its penalty be an objective; its limits and its robust misfit
        are not looked at.
    """

    def __init__(self, problem: Problem) -> None:
        joint = problem.regional
        self._cells = int(problem.free.sum())
        self._splines = 0 if joint is None else joint.basis.shape[1]
        # With λ = μ = 1 the step's rows and what is drawn are the penalties' own.
        self._problem = problem if joint is None else replace(problem, regional=replace(joint, damping=1.0))
        self._start = evaluate(self._problem, 1.0, problem.start, np.zeros(self._splines))
        step = linear_step(self._problem, 1.0, self._start)
        self._projection = (step.weight[:, None] ** 2 * step.derivative.matrix).T
        self._normal = self._projection @ step.derivative.matrix
        self._extra, self._rows = step.extra_rows, step.rows
        if self._extra is not None:
            self._normal += (self._extra.T @ self._extra).toarray()
        self._penalty = (step.rows.T @ step.rows).toarray()

    @staticmethod
    def bytes_of(unknowns: int, stations: int) -> int:
        """What one keeps."""
        return 8 * unknowns * (2 * unknowns + stations)

    def solve(self, damping: float, smoothness: float | None) -> State:
        """The relief and the regional with this λ and μ."""
        scale = np.full(self._cells + self._splines, damping**2)
        scale[self._cells :] = (smoothness or 0.0) ** 2
        factor = cho_factor(self._normal + scale[:, None] * self._penalty)
        state, first = self._start, 0.0
        for _ in range(MOST_STEPS):
            change = cho_solve(factor, self._slope(state, scale))
            heights = state.heights.copy()
            heights[self._problem.free] += change[: self._cells]
            coefficients = state.coefficients + change[self._cells :]
            state = evaluate(self._problem, damping, heights, coefficients)
            size = float(np.abs(change[: self._cells]).max())
            first = first or size
            if size <= SMALL_STEP * first:
                break
        return state

    def _slope(self, state: State, scale: np.ndarray) -> np.ndarray:
        """Minus half the gradient of the objective, the derivative being the start's."""
        problem = self._problem
        slope = self._projection @ (problem.data - state.predicted - state.regional)
        drawn = problem.penalty.rows @ (state.heights - problem.penalty.origin(state.heights)).ravel()
        if problem.regional is not None:
            drawn = np.concatenate([drawn, problem.regional.rows @ state.coefficients])
        slope -= scale * (self._rows.T @ drawn)
        if self._extra is not None and problem.known is not None:
            slope += self._extra.T @ problem.known.misfit(state.heights)
        return slope
