"""One Gauss-Newton step from the start for many dampings: what does not depend on them is formed once.

For withheld known relief this one step is answer enough: what the later steps add is metres where what is compared
is tens of metres, and the dampings are many.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .problem import Problem, evaluate, linear_step
from .solvers import solve_definite


class LinearisedProblem:
    """The normal equations around a problem's start.

    Parameters
    ----------
    problem : Problem
        Its operator's derivative must hold a matrix; its limits and robust misfit are not looked at.
    """

    def __init__(self, problem: Problem) -> None:
        self._start, self._free = problem.start, problem.free
        splines = 0 if problem.regional is None else problem.regional.basis.shape[1]
        self._cells = int(problem.free.sum())
        single = (
            problem if problem.regional is None else replace(problem, regional=replace(problem.regional, damping=1.0))
        )
        step = linear_step(single, 1.0, evaluate(single, 1.0, problem.start, np.zeros(splines)))
        weighted = step.weight[:, None] * step.derivative.matrix
        self._normal = weighted.T @ weighted
        self._right = weighted.T @ (step.weight * step.residual)
        if step.extra_rows is not None:
            self._normal += (step.extra_rows.T @ step.extra_rows).toarray()
            self._right += step.extra_rows.T @ step.extra_target
        self._penalty = (step.rows.T @ step.rows).toarray()
        self._drawn = step.rows.T @ step.drawn

    def heights(self, damping: float, smoothness: float | None) -> np.ndarray:
        """The relief after the step with this λ and μ: (ny, nx) m."""
        scale = np.full(self._right.size, damping**2)
        scale[self._cells :] = (smoothness or 0.0) ** 2
        normal = self._normal + scale[:, None] * self._penalty
        right = self._right - scale * self._drawn
        heights = self._start.copy()
        heights[self._free] += solve_definite(normal, right)[: self._cells]
        return heights
