"""What each turn would predict at the stations it withholds, found around one inversion of all stations.

A turn's answer lies near that of all stations, so it is not inverted from the start: where matrices fit its data are left
out in closed form, else one step from there, or several, leads to it. What a step needs (kernels, derivative, approximate inverse)
is made once for all turns, whose withheld stations have no weight.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace

import numpy as np

from ..events.protocol import Reporter
from ..inversion.gauss_newton import InversionResult, solve_step
from ..inversion.left_out import can_leave_out, left_out
from ..inversion.problem import Problem, linear_step
from ..inversion.solvers import TooManyProducts
from ..operators.threads import on_one_core

ENOUGH = 1e-6
"""Of the objective: what a turn's step may leave of its fall."""

FEW_PAIRS = 4e6
"""Up to so many pairs of station and cell the closed form takes less than a second."""

ONE_CORE = 600
"""Stations up to which matrices are so small that one core takes less time than two."""

FEW_TURNS = 12
"""Up to so many it is worth while to compute the exact gravity of each: of many lays the mean is near enough."""

MOST_CUT = 0.01
"""A share of a turn's change that limits and stations above may cut off; of more it is inverted to the end."""

PATIENCE = 150
"""Products of a turn's step beyond which the closed form takes less time."""


@dataclass(frozen=True)
class Turn:
    """What one turn withholds, and what it holds for the regional."""

    withheld: np.ndarray  # (used,) bool, among the used stations
    shift: np.ndarray  # (used,) mGal, the regional of all stations less that of the turn's own

    def of(self, problem: Problem) -> Problem:
        """The turn's problem, from that of all used stations."""
        sigma = np.where(self.withheld, np.inf, problem.sigma)
        return replace(problem, data=problem.data + self.shift, sigma=sigma)


def is_small(problem: Problem) -> bool:
    """Whether matrices of the problem take no time."""
    return problem.data.size * int(problem.free.sum()) <= FEW_PAIRS


def errors_around(
    problem: Problem,
    damping: float,
    near: InversionResult,
    turns: list[Turn],
    converge: Callable[[Problem], InversionResult],
    reporter: Reporter,
) -> list[np.ndarray]:
    """Observed less predicted at each turn's withheld stations, mGal.

    Parameters
    ----------
    problem : Problem
        Of all used stations.
    damping : float
        λ of a turn.
    near : InversionResult
        The inversion of all.
    turns : list of Turn
    converge : callable
        Inverts a problem to the end: for turns whose step is cut short by the stations above.
    reporter : Reporter
        Asked whether to stop.
    """
    around = _Around(problem, damping, near, converge)
    fits = can_leave_out(problem)
    if fits and is_small(problem):
        return around.by_closed_form(turns)
    try:
        return around.by_one_step(turns, reporter, PATIENCE if fits else None)
    except TooManyProducts:
        return around.by_closed_form(turns)


@dataclass(frozen=True)
class _Around:
    """The inversion of all stations, and what leads from it to a turn's."""

    problem: Problem
    damping: float
    near: InversionResult
    converge: Callable[[Problem], InversionResult]

    def by_closed_form(self, turns: list[Turn]) -> list[np.ndarray]:
        """To first order around an inversion of all; few turns with the exact gravity of where that leads."""
        with on_one_core() if self.problem.data.size <= ONE_CORE else nullcontext():
            around = left_out(self.problem, self.damping, self.near)
            errors = [around.error(turn.withheld, turn.shift) for turn in turns]
        if len(turns) > FEW_TURNS:
            return errors
        changes = [around.change(turn.withheld, error, turn.shift) for turn, error in zip(turns, errors, strict=True)]
        return [self._exactly(turn, change) for turn, change in zip(turns, changes, strict=True)]

    def by_one_step(self, turns: list[Turn], reporter: Reporter, patience: int | None) -> list[np.ndarray]:
        """By one Gauss-Newton step a turn, and the exact gravity of where it leads; `patience` bounds the products of each."""
        step = linear_step(self.problem, self.damping, self.near)
        enough = ENOUGH * self.near.iterations[-1].objective
        step = replace(step, enough=enough, patience=patience, refined=False)
        errors = []
        for turn in turns:
            reporter.check()
            own = replace(turn.of(self.problem), headroom=None)
            weight = np.where(turn.withheld, 0.0, step.weight)
            its = replace(step, weight=weight, residual=step.residual + turn.shift)
            errors.append(self._exactly(turn, solve_step(own, its, self.near.heights, short=True)))
        return errors

    def _exactly(self, turn: Turn, change: np.ndarray) -> np.ndarray:
        """Observed less the exact prediction where a turn's step leads; where limits hold much of that, of inverting to the end."""
        problem, near = self.problem, self.near
        own = turn.of(problem)
        cells = int(problem.free.sum())
        wanted = near.heights.copy()
        wanted[problem.free] += change[:cells]
        heights = _kept(problem, near.heights, wanted)
        if np.linalg.norm(heights - wanted) > MOST_CUT * np.linalg.norm(change[:cells]):
            result = self.converge(replace(own, start=near.heights))
            return np.asarray((own.data - result.predicted - result.regional)[turn.withheld])
        predicted = problem.operator.gravity(heights)
        if problem.regional is not None:
            predicted = predicted + problem.regional.basis @ (near.coefficients + change[cells:])
        return np.asarray((own.data - predicted)[turn.withheld])


def _kept(problem: Problem, before: np.ndarray, heights: np.ndarray) -> np.ndarray:
    """A relief (ny, nx) cut at its limits and below the stations above, as far as it lay below them before."""
    if problem.headroom is not None:
        for level in (problem.headroom.within, problem.headroom.beside):
            heights = np.where(problem.free & (before <= level), np.minimum(heights, level), heights)
    return problem.within_limits(heights)
