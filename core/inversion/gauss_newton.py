"""Gauss-Newton: linearise, solve, step, recompute, stop."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..operators import Operator
from ..protocol import Reporter
from .penalties import Penalty, StepDamping
from .solvers import LinearStep, solve_by_lsqr, solve_normal_equations
from .stopping import Stopping

MOST_HALVINGS = 8


@dataclass(frozen=True)
class Problem:
    """An inversion's data, model and penalty."""

    operator: Operator  # gravity of a relief at the stations, and its derivative at the free cells
    data: np.ndarray  # (stations,) mGal, observed less regional
    sigma: np.ndarray  # (stations,) mGal
    start: np.ndarray  # (ny, nx) m
    free: np.ndarray  # (ny, nx) bool
    penalty: Penalty

    @property
    def weight(self) -> np.ndarray:
        return 1.0 / self.sigma


@dataclass(frozen=True)
class Iteration:
    """The figures after one step; number 0 is the start."""

    number: int
    rms: float  # weighted by 1/σ; mGal where no errors are given
    objective: float
    step_rms: float  # m, over the free cells


@dataclass(frozen=True)
class InversionResult:
    """Where an inversion ended, and how it came there."""

    heights: np.ndarray  # (ny, nx) m
    predicted: np.ndarray  # (stations,) mGal, of the relief alone
    iterations: tuple[Iteration, ...]  # the start first
    stop_reason: tuple[str, ...]

    @property
    def count(self) -> int:
        return self.iterations[-1].number


@dataclass(frozen=True)
class _State:
    heights: np.ndarray
    predicted: np.ndarray
    rms: float
    objective: float


def invert(problem: Problem, damping: float, stopping: Stopping, reporter: Reporter) -> InversionResult:
    """The relief that explains the data under a penalty of weight λ.

    Parameters
    ----------
    problem : Problem
    damping : float
        λ; mGal/m for the curvature penalties when σ = 1.
    stopping : Stopping
        Under the rule of the objective a step that raises it is halved and the best model is returned; under the
        reference's neither.
    reporter : Reporter
        Told of every iteration, and asked whether to stop.

    Raises
    ------
    Cancelled
        The user asked to stop.
    """
    state = _evaluate(problem, damping, problem.start)
    history = [Iteration(0, state.rms, state.objective, 0.0)]
    reasons: tuple[str, ...] = ()
    while not reasons:
        reporter.check()
        change = _solve(problem, damping, state)
        next_state, change = _step(problem, damping, state, change, stopping.halves_steps)
        if stopping.halves_steps and next_state.objective > state.objective:
            reasons = ("objective",)
            break
        state = next_state
        size = float(np.sqrt(np.mean(change**2)))
        history.append(Iteration(len(history), state.rms, state.objective, size))
        reporter.iteration(history[-1].number, rms=state.rms, objective=state.objective, step_rms=size)
        reasons = stopping.reasons([i.rms for i in history], [i.objective for i in history])
    return InversionResult(state.heights, state.predicted, tuple(history), reasons)


def _evaluate(problem: Problem, damping: float, heights: np.ndarray) -> _State:
    predicted = problem.operator.gravity(heights)
    weighted = problem.weight * (problem.data - predicted)
    objective = float(weighted @ weighted)
    if problem.penalty.is_objective:
        drawn = problem.penalty.rows @ (heights - problem.penalty.origin(heights)).ravel()
        objective += damping**2 * float(drawn @ drawn)
    return _State(heights, predicted, float(np.sqrt(np.mean(weighted**2))), objective)


def _solve(problem: Problem, damping: float, state: _State) -> np.ndarray:
    """The step at the free cells, m."""
    penalty = problem.penalty
    step = LinearStep(
        derivative=problem.operator.derivative(state.heights),
        residual=problem.data - state.predicted,
        weight=problem.weight,
        rows=penalty.rows[:, np.flatnonzero(problem.free)],
        drawn=penalty.rows @ (state.heights - penalty.origin(state.heights)).ravel(),
        damping=damping,
    )
    return solve_by_lsqr(step) if isinstance(penalty, StepDamping) else solve_normal_equations(step)


def _step(
    problem: Problem, damping: float, state: _State, change: np.ndarray, halve: bool
) -> tuple[_State, np.ndarray]:
    """The state after a step, which is halved while it raises the objective where that is asked for."""
    for _ in range(MOST_HALVINGS + 1):
        heights = state.heights.copy()
        heights[problem.free] += change
        after = _evaluate(problem, damping, heights)
        if not halve or after.objective <= state.objective:
            break
        change = 0.5 * change
    return after, change
