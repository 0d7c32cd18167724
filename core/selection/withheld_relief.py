"""Known relief, withheld in turns beside the stations: each turn inverts all stations without it."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, partial

import numpy as np

from ..assembly.setting import InversionSetting, View
from ..events.protocol import Reporter
from ..inversion.gauss_newton import InversionResult
from ..inversion.left_out import LeftOut, can_leave_out, left_out
from ..inversion.problem import Problem
from ..job.jobs import DampingCrossValidationJob
from ..operators.choice import TOLERANCE
from ..operators.dense import EXACT, DenseOperator
from ..operators.fixed_rest import FixedRest
from ..operators.tabulated import PairTable, TabulatedOperator
from ..operators.threads import side_by_side
from ..validation.scores import rms
from .relief_turns import ReliefTurn, relief_turns

ROOM = 2.0
"""Of the relief's range: so far beyond it heights are tabulated."""

OWN_CURVATURE = 1
"""The penalty whose answer doesn't depend on the start, which may have been made from the very points withheld."""


class WithheldRelief:
    """The turns of a job in which known relief is withheld, and how well it is found again.

    Parameters
    ----------
    job : DampingCrossValidationJob
    setting : InversionSetting
        The job's.
    reporter : Reporter
        Told how much is withheld, and asked whether to stop.
    """

    def __init__(self, job: DampingCrossValidationJob, setting: InversionSetting, reporter: Reporter) -> None:
        self._setting, self._reporter = setting, reporter
        self._used = setting.survey.stations.used
        self.turns = self._cut(job) if job.withhold_relief else []
        self._problems: dict[int, Problem] = {}

    def score(
        self, damping: float, smoothness: float | None, near: InversionResult, of_all: Problem | None = None
    ) -> float | None:
        """The RMS of inverted less known relief where it was withheld, m; None where none was.

        Parameters
        ----------
        damping, smoothness : float
            λ and μ for all stations.
        near : InversionResult
            The inversion of all or of the training stations with them; each turn sets out from it, but for what it
            withholds.
        of_all : Problem, optional
            What that inversion solved, where it is of all stations: points are then left out of it in closed form, where that
            is possible.
        """
        if not self.turns:
            return None
        errors = []
        whole = list(range(len(self.turns)))
        if of_all is not None and can_leave_out(of_all):
            whole = [number for number in whole if self.turns[number].withheld is None]
            if len(whole) < len(self.turns):
                errors = self._point_errors(left_out(of_all, damping, near))
        problems = [self._problem(number) for number in whole]
        work = [
            partial(self._error, number, problem, damping, smoothness, near)
            for number, problem in zip(whole, problems, strict=True)
        ]
        errors += side_by_side(work) if work and self._table is not None else [task() for task in work]
        return rms(np.concatenate(errors))

    def _point_errors(self, around: LeftOut) -> list[np.ndarray]:
        """Inverted less known relief at the points that each turn scores, m."""
        known = self._setting.view.known
        assert known is not None
        errors = []
        for turn in self.turns:
            if turn.withheld is None or turn.scored is None:
                continue
            missed = around.known_error(turn.withheld)
            errors.append(-known.error[turn.scored] * missed[turn.scored[turn.withheld]])
        return errors

    def _error(
        self, number: int, problem: Problem, damping: float, smoothness: float | None, near: InversionResult
    ) -> np.ndarray:
        """Inverted less known relief where a turn withheld it, m."""
        turn = self.turns[number]
        self._reporter.turn(f"known relief, turn {number + 1} of {len(self.turns)}")
        whole = self._setting.with_regional(problem, self._used, smoothness)
        if problem.penalty.is_objective:
            withheld = turn.free & ~self._setting.view.free
            whole = replace(whole, start=np.where(withheld, turn.start, near.heights))
        return turn.error(self._setting.invert(whole, damping, self._reporter.quiet(), withheld=True).heights)

    def _cut(self, job: DampingCrossValidationJob) -> list[ReliefTurn]:
        survey, view = self._setting.survey, self._setting.view
        unknown = view.free if view.margin is None else view.free & ~view.margin
        known = view.known
        turns = relief_turns(
            survey.relief, view.free, known, survey.stations, job.folds, job.seed, job.block_size, unknown
        )
        if job.penalty != OWN_CURVATURE and any(turn.points is not None for turn in turns):
            turns = [turn for turn in turns if turn.points is None]
            self._reporter.log(
                f"Known points are not withheld under PENALTY {job.penalty}, whose answer keeps to a start that may have "
                "been made from them."
            )
        if turns:
            cells = int(sum(turn.cells.size for turn in turns))
            points = int(sum(turn.points.value.size for turn in turns if turn.points is not None))
            self._reporter.log(
                f"Known relief is withheld in {len(turns)} turns: {cells} cells and {points} points in all."
            )
        return turns

    def _problem(self, number: int) -> Problem:
        """The problem of a turn without a joint regional, made once."""
        if number not in self._problems:
            turn, setting = self.turns[number], self._setting
            problem = setting.problem(self._used, View(turn.free, turn.start, turn.known))
            if self._table is not None:
                problem = replace(problem, operator=self._by_table(self._table, turn.free))
            self._problems[number] = problem
        return self._problems[number]

    def _by_table(self, table: PairTable, free: np.ndarray) -> TabulatedOperator:
        """Gravity by the table; beyond its heights pair by pair, which turns that run side by side may do at the same time."""
        setting, survey = self._setting, self._setting.survey
        start, gravity = survey.relief.heights, setting.start_gravity[self._used]
        contrast = np.where(free, survey.contrast, 0.0)
        level = setting.job.reference_level
        pairs = DenseOperator(table.positions, survey.relief.grid, contrast, level, free, law=survey.law)
        return TabulatedOperator(table, free, start, gravity, FixedRest(pairs, gravity, start))

    @cached_property
    def _table(self) -> PairTable | None:
        """The gravity of all cells that some turn frees, where it can be tabulated."""
        setting, survey = self._setting, self._setting.survey
        if setting.job.derivative != EXACT or setting.at_stations:
            return None
        cells = np.flatnonzero(np.any([turn.free for turn in self.turns], axis=0))
        stations = survey.stations.where(self._used)
        reliefs = np.concatenate([turn.start.ravel()[cells] for turn in self.turns])
        room = max(ROOM * float(np.ptp(reliefs)), 0.1 * min(survey.relief.grid.dx, survey.relief.grid.dy))
        low, high = float(reliefs.min()) - room, min(float(reliefs.max()) + room, float(stations.height.min()))
        if not PairTable.fits(stations.size, cells.size) or high <= float(reliefs.max()):
            return None
        wanted = TOLERANCE * float(np.ptp(stations.gravity))
        table = PairTable(stations, survey.relief.grid, cells, survey.contrast, survey.law, low, high, wanted)
        return table if table.bound <= wanted else None
