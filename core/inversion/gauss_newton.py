"""Gauss-Newton: linearise, solve, step, recompute, stop."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..events.protocol import Reporter
from .limits import solve_within_limits
from .penalties import StepDamping
from .problem import Problem, State, evaluate, linear_step
from .solvers import LinearStep, solve_by_lsqr, solve_normal_equations
from .stopping import Stopping

MOST_HALVINGS = 8

ENOUGH = 1e-5
"""Of the objective: what a step may leave of its fall."""


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
    coefficients: np.ndarray  # of the joint regional's splines; empty without one
    predicted: np.ndarray  # (stations,) mGal, of the relief alone
    regional: np.ndarray  # (stations,) mGal, of the joint regional; 0 without one
    iterations: tuple[Iteration, ...]  # the start first
    stop_reason: tuple[str, ...]

    @property
    def count(self) -> int:
        return self.iterations[-1].number


def invert(problem: Problem, damping: float, stopping: Stopping, reporter: Reporter) -> InversionResult:
    """The relief that explains the data under a penalty of weight λ.

    Parameters
    ----------
    problem : Problem
        Its start must lie within its limits.
    damping : float
        λ; mGal/m for the curvature penalties when σ = 1.
    stopping : Stopping
        Under the rule of the objective a step that raises it is halved, each ends short of the stations above, and the best
        model is returned; under the reference's none of it.
    reporter : Reporter
        Told of every iteration, and asked whether to stop.

    Raises
    ------
    Cancelled
        The user asked to stop.
    """
    splines = 0 if problem.regional is None else problem.regional.basis.shape[1]
    reporter.at("gravity of the first relief")
    state = evaluate(problem, damping, problem.start, np.zeros(splines))
    history = [Iteration(0, state.rms, state.objective, 0.0)]
    reasons: tuple[str, ...] = ()
    while not reasons:
        reporter.check()
        reporter.at(f"iteration {len(history)}", _share_done(len(history)))
        change = _solve(problem, damping, state, short=stopping.halves_steps)
        reporter.at(f"iteration {len(history)}: gravity of the new relief", _share_done(len(history)))
        next_state, change = _step(problem, damping, state, change, stopping.halves_steps)
        if stopping.halves_steps and next_state.objective > state.objective:
            reasons = ("objective",)
            break
        state = next_state
        moved = change[: change.size - splines]
        size = float(np.sqrt(np.mean(moved**2)))
        history.append(Iteration(len(history), state.rms, state.objective, size))
        reporter.iteration(history[-1].number, rms=state.rms, objective=state.objective, step_rms=size)
        reasons = stopping.reasons([i.rms for i in history], [i.objective for i in history])
    return InversionResult(state.heights, state.coefficients, state.predicted, state.regional, tuple(history), reasons)


def _share_done(number: int) -> float:
    """The share of an inversion that is likely done before an iteration: most end after two to five."""
    return (number - 1) / (number + 1)


def _solve(problem: Problem, damping: float, state: State, short: bool) -> np.ndarray:
    """The step: of the free cells, m, then of the regional's coefficients, mGal; within the limits."""
    step = linear_step(problem, damping, state)
    if short and problem.regional is None:
        step = replace(step, enough=ENOUGH * state.objective)
    return solve_step(problem, step, state.heights, short)


def solve_step(problem: Problem, step: LinearStep, start: np.ndarray, short: bool) -> np.ndarray:
    """The unknowns' change that solves a linear step from a relief (ny, nx), m, within the problem's limits.

    `short` says whether it ends short of the stations above.
    """
    plain = isinstance(problem.penalty, StepDamping) and problem.regional is None
    solve = solve_by_lsqr if plain else solve_normal_equations
    highest = _highest(problem, start, short)
    if problem.lower is None and highest is None:
        return solve(step)
    heights = start[problem.free]
    lower, upper = (np.full(step.derivative.shape[1], sign * np.inf) for sign in (-1.0, 1.0))
    if problem.lower is not None:
        lower[: heights.size] = np.minimum(problem.lower[problem.free] - heights, 0.0)
    if highest is not None:
        upper[: heights.size] = highest
    return solve_within_limits(step, solve, lower, upper, roughly=problem.lower is None and problem.upper is None)


def _highest(problem: Problem, heights: np.ndarray, short: bool) -> np.ndarray | None:
    """The most that each free cell may rise in a step, m, infinite where nothing holds it; None where nothing holds any.

    `short` says whether steps end short of the stations above.
    """
    limit = None if problem.upper is None else np.maximum(problem.upper - heights, 0.0)
    if not short or problem.headroom is None:
        return None if limit is None else limit[problem.free]
    most = problem.headroom.most(heights)
    if limit is not None:
        held_anyway = limit <= problem.headroom.within - heights
        most = np.where(held_anyway, limit, np.minimum(limit, most))
    return most[problem.free]


def _step(problem: Problem, damping: float, state: State, change: np.ndarray, halve: bool) -> tuple[State, np.ndarray]:
    """The state after a step, which is halved while it raises the objective where that is asked for."""
    cells = int(problem.free.sum())
    for _ in range(MOST_HALVINGS + 1):
        heights = state.heights.copy()
        heights[problem.free] += change[:cells]
        heights = problem.within_limits(heights)
        after = evaluate(problem, damping, heights, state.coefficients + change[cells:])
        if not halve or after.objective <= state.objective:
            break
        change = 0.5 * change
    return after, change
