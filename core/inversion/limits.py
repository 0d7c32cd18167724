"""Lower and upper limits inside the solve: the constrained minimum itself, not a clipped free one.

The quadratic of a step is minimised under lower ≤ x ≤ upper by an active set: unknowns that would pass a limit
are held on it and the rest is solved anew; one whose gradient points inwards is let go again (Hintermüller,
Ito & Kunisch 2002, doi 10.1137/S1052623401383558). That takes few solutions but may go round in circles; then
projected Newton steps that never raise the quadratic lead on (Bertsekas 1982, doi 10.1137/0320018).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.sparse.linalg import LinearOperator

from .solvers import LinearStep

MOST_SETS = 60
FEW_SETS = 4
MOST_STEPS = 100
MOST_HALVINGS = 40
NO_FALL = 0.1
"""Of what a solution may leave of the quadratic: a step that gains less is the last. Inexact solutions go on gaining next to nothing."""


class ColumnsOf(LinearOperator):
    """Some columns of a derivative: `matrix` where the whole has one."""

    def __init__(self, whole: LinearOperator, columns: np.ndarray) -> None:
        super().__init__(np.dtype(float), (whole.shape[0], columns.size))
        self.whole, self.columns = whole, columns

    def __getattr__(self, name: str) -> Any:
        if name == "matrix":
            return self.whole.matrix[:, self.columns]
        if name == "response":
            return self.whole.response.at(self.columns)
        raise AttributeError(name)

    def _matvec(self, x: np.ndarray) -> np.ndarray:
        full = np.zeros(self.whole.shape[1])
        full[self.columns] = x.ravel()
        return self.whole.matvec(full)

    def _rmatvec(self, x: np.ndarray) -> np.ndarray:
        return self.whole.rmatvec(x)[self.columns]


def solve_within_limits(
    step: LinearStep,
    solve: Callable[[LinearStep], np.ndarray],
    lower: np.ndarray,
    upper: np.ndarray,
    roughly: bool = False,
) -> np.ndarray:
    """The step that minimises the quadratic under lower ≤ x ≤ upper.

    Parameters
    ----------
    step : LinearStep
    solve : callable
        Solves a step without limits.
    lower, upper : array (unknowns,)
        Limits of the step, lower ≤ 0 ≤ upper; infinite where there is none.
    roughly : bool
        Whether a few sets are enough, the last cut at the limits: where these only shorten steps.

    Returns
    -------
    array (unknowns,)
        Within the limits to the last digit.
    """
    held = np.zeros(lower.size, dtype=np.int8)  # -1 on the lower limit, +1 on the upper, 0 free
    x = solve(step)
    seen: set[bytes] = set()
    for _ in range(FEW_SETS if roughly else MOST_SETS):
        wanted = held.copy()
        wanted[(held == 0) & (x < lower)] = -1
        wanted[(held == 0) & (x > upper)] = 1
        if held.any():
            slope = gradient(step, x)
            wanted[(held == -1) & (slope < 0)] = 0
            wanted[(held == 1) & (slope > 0)] = 0
        if (wanted == held).all():
            return np.clip(x, lower, upper)
        if wanted.tobytes() in seen:
            break
        held = wanted
        seen.add(held.tobytes())
        x = _solve_with_held(step, solve, held, lower, upper, x)
    if roughly:
        return np.clip(x, lower, upper)
    return _descend(step, solve, np.clip(x, lower, upper), lower, upper)


def _descend(
    step: LinearStep, solve: Callable[[LinearStep], np.ndarray], x: np.ndarray, lower: np.ndarray, upper: np.ndarray
) -> np.ndarray:
    """The minimum by projected Newton steps from a place within the limits.

    Only unknowns on a limit whose gradient presses them against it are held. The step to the minimum of the others is cut
    at the limits, and halved until the quadratic falls.
    """
    size = quadratic(step, x)
    for _ in range(MOST_STEPS):
        slope = gradient(step, x)
        pressed = np.where((x <= lower) & (slope > 0), -1, np.where((x >= upper) & (slope < 0), 1, 0))
        change = _solve_with_held(step, solve, pressed, lower, upper, x) - x
        for halvings in range(MOST_HALVINGS):
            trial = np.clip(x + 0.5**halvings * change, lower, upper)
            reached = quadratic(step, trial)
            if reached < size:
                break
        else:
            break
        fell, x, size = size - reached, trial, reached
        if fell <= NO_FALL * step.enough:
            break
    return x


def quadratic(step: LinearStep, x: np.ndarray) -> float:
    """What a step minimises."""
    parts = [step.weight * (step.derivative.matvec(x) - step.residual), step.damping * (step.drawn + step.rows @ x)]
    if step.extra_rows is not None:
        parts.append(step.extra_rows @ x - step.extra_target)
    return float(sum(part @ part for part in parts))


def gradient(step: LinearStep, x: np.ndarray) -> np.ndarray:
    """Half the gradient of that at x."""
    misfit = step.weight**2 * (step.derivative.matvec(x) - step.residual)
    slope = step.derivative.rmatvec(misfit) + step.damping**2 * (step.rows.T @ (step.drawn + step.rows @ x))
    if step.extra_rows is not None:
        slope += step.extra_rows.T @ (step.extra_rows @ x - step.extra_target)
    return slope


def _solve_with_held(
    step: LinearStep,
    solve: Callable[[LinearStep], np.ndarray],
    held: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
    near: np.ndarray,
) -> np.ndarray:
    """The minimum with some unknowns held on their limits, found as a change of an answer near it."""
    x = np.where(held < 0, lower, np.where(held > 0, upper, near))
    moving = np.flatnonzero(held == 0)
    if moving.size:
        extra = step.extra_rows
        x[moving] += solve(
            replace(
                step,
                derivative=ColumnsOf(step.derivative, moving),
                residual=step.residual - step.derivative.matvec(x),
                rows=step.rows[:, moving],
                drawn=step.drawn + step.rows @ x,
                square=None if step.square is None else step.square[np.ix_(moving, moving)],
                extra_rows=None if extra is None else extra[:, moving],
                extra_target=None if extra is None else step.extra_target - extra @ x,
            )
        )
    return x
