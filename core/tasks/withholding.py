"""Cross validation of an inversion: withhold stations and known relief in turns, invert, compare."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np

from ..inversion.gauss_newton import InversionResult
from ..inversion.linearised import LinearisedProblem
from ..inversion.problem import Problem, State
from ..jobs import DampingCrossValidationJob
from ..protocol import Reporter
from ..selection.relief_turns import ReliefTurn, relief_turns
from ..selection.scores import prediction_score, rms
from ..selection.splits import alternate_nodes, by_field, random_stations, spatial_blocks
from ..selection.study import Dimension, Search, Trial, search_damping
from .setting import InversionSetting, View

MOST_UNKNOWNS = 2000
MOST_KEPT = 1e9
"""Up to so many unknowns, and bytes in all, the turns' normal equations are kept as matrices."""

LAYS_OF_A_JOINT_SEARCH = 6
"""Two dampings ask more of the data than one: blocks of one lay would often decide by chance."""
LAY_STEP = 7919
"""Seeds of one job's lays lie so far apart that those of the next seed are others."""

SETTINGS_OF_A_STUDY = (
    "reference_level",
    "penalty",
    "derivative",
    "stopping",
    "max_iterations",
    "objective_tolerance",
    "l2_tolerance",
    "delta_l2_tolerance",
    "increase_limit",
    "regional",
    "regional_spacing",
    "robust",
    "withhold_relief",
    "repeats",
)


Solver = Callable[[float, float | None], "State | InversionResult"]
"""λ and μ to a relief and a regional."""


class Withholding:
    """The turns of a job, their problems set up once, and what they say of a damping.

    Parameters
    ----------
    job : DampingCrossValidationJob
    setting : InversionSetting
        The job's.
    reporter : Reporter
    """

    def __init__(self, job: DampingCrossValidationJob, setting: InversionSetting, reporter: Reporter) -> None:
        self.job, self.setting, self._reporter = job, setting, reporter
        stations = setting.survey.stations
        self.tests = self._split()
        self.used = stations.used
        self.factor = self._all_over_training()
        self._problems = [setting.problem(self.used & ~test) for test in self.tests]
        self._whole: Problem | None = None
        self._best: tuple[Trial, np.ndarray, InversionResult] | None = None
        self._solvers = self._gravity_solvers()
        self._relief_solvers = self._solvers_of_relief()

    @property
    def lays(self) -> int:
        """How often the stations are dealt out anew: each is withheld so many times."""
        if self.job.split < 2:
            return 1
        return self.job.repeats or (LAYS_OF_A_JOINT_SEARCH if self.setting.joint else 1)

    def _split(self) -> list[np.ndarray]:
        job, stations = self.job, self.setting.survey.stations
        if job.split == 0:
            return [by_field(stations)]
        if job.split == 1:
            return [alternate_nodes(stations)]
        seeds = [job.seed + LAY_STEP * lay for lay in range(self.lays)]
        if job.split == 2:
            lays = [spatial_blocks(stations, job.block_size, job.folds, seed) for seed in seeds]
        else:
            lays = [random_stations(stations, job.folds, seed) for seed in seeds]
        return [test for lay in lays for test in lay]

    def _gravity_solvers(self) -> list[Solver] | None:
        """A solver for each turn of a joint search, whose turns are many; None where each trial inverts anew."""
        if not self.setting.joint or len(self.tests) == 1:
            return None
        solvers = []
        for test, problem in zip(self.tests, self._problems, strict=True):
            solver = self._solver(problem, self.used & ~test, len(self.tests))
            if solver is None:
                return None
            solvers.append(solver)
        return solvers

    def _solvers_of_relief(self) -> list[tuple[ReliefTurn, Solver]]:
        turns = self._turns_of_relief()
        solvers = []
        for turn in turns:
            problem = self.setting.problem(self.used, View(turn.free, turn.start, turn.known))
            solver = self._solver(problem, self.used, len(turns)) or self._inverter(problem, self.used)
            solvers.append((turn, solver))
        return solvers

    def _turns_of_relief(self) -> list[ReliefTurn]:
        if not self.job.withhold_relief:
            return []
        survey, view = self.setting.survey, self.setting.view
        job = self.job
        turns = relief_turns(survey.relief, view.free, view.known, survey.stations, job.folds, job.seed, job.block_size)
        if turns:
            cells = int(sum(turn.cells.size for turn in turns))
            points = int(sum(turn.points.value.size for turn in turns if turn.points is not None))
            self._reporter.log(
                f"Known relief is withheld in {len(turns)} turns: {cells} cells and {points} points in all."
            )
        return turns

    def _all_over_training(self) -> float:
        """The root of Σ(1/σ²) of all stations over that of a turn's training stations, on the mean."""
        weight = 1.0 / self.setting.survey.stations.error**2
        training = np.mean([weight[self.used & ~test].sum() for test in self.tests])
        return float(np.sqrt(weight[self.used].sum() / training))

    @property
    def test(self) -> np.ndarray:
        """The stations of the one turn; where there are several, none stays withheld."""
        return self.tests[0] if len(self.tests) == 1 else np.zeros_like(self.used)

    @property
    def withheld(self) -> np.ndarray:
        """Every station that was withheld once."""
        return np.any(self.tests, axis=0)

    @property
    def relief_turns(self) -> list[ReliefTurn]:
        """The turns in which known relief is withheld."""
        return [turn for turn, _ in self._relief_solvers]

    def search(self) -> tuple[Trial, ...]:
        """Every trial, ascending by damping."""
        job = self.job
        dimensions = [Dimension("damping", job.damping_min, job.damping_max, job.trials)]
        if self.setting.joint:
            low, high = self.setting.smoothness_range
            dimensions.append(
                Dimension(
                    "regional_damping",
                    job.regional_damping_min or min(low, job.regional_damping_max or low),
                    job.regional_damping_max or max(high, job.regional_damping_min or high),
                    job.regional_trials,
                )
            )
        search = Search(
            dimensions=tuple(dimensions),
            sampler=job.search == 1,
            trials=job.trials,
            seed=job.seed,
            file=job.study,
            fingerprint=self._fingerprint(),
        )
        return search_damping(search, self.evaluate, self._reporter)

    def evaluate(self, damping: float, regional_damping: float | None = None) -> Trial:
        """Score one setting of the dampings, which are those of a turn's training stations."""
        stations = self.setting.survey.stations
        forecast, only = self.forecast(damping, regional_damping)
        shown = only or self.fit_all(damping, regional_damping, self._reporter.quiet())
        fitted = self.used & ~self.test
        residual = (stations.gravity - stations.regional)[fitted] - shown.predicted - shown.regional
        lay, withheld = np.nonzero(np.isfinite(forecast))
        observed, error = stations.gravity[withheld], stations.error[withheld]
        trial = Trial(
            damping=damping,
            regional_damping=regional_damping,
            score=prediction_score(forecast[lay, withheld], observed, error),
            relief_score=self._relief_score(damping, regional_damping),
            iterations=shown.count,
            rms_misfit=rms(residual),
            stop_reason=",".join(shown.stop_reason),
            relief_rmse=self.setting.relief_rmse(shown.heights),
            relief=shown.heights,
        )
        if self._best is None or trial.criterion < self._best[0].criterion:
            self._best = trial, forecast, shown
        return trial

    def forecast_of(self, trial: Trial) -> np.ndarray:
        """The forecast of a trial, the mean of its lays, (n,); computed anew where the trial was read from a file."""
        if self._best is not None and self._best[0] is trial:
            return np.asarray(self._best[1].mean(axis=0))
        return np.asarray(self.forecast(trial.damping, trial.regional_damping)[0].mean(axis=0))

    def forecast(self, damping: float, regional_damping: float | None) -> tuple[np.ndarray, InversionResult | None]:
        """Predicted + regional at every station by the turn that withheld it, (lays, n) with NaN where none did; and of
        one turn alone its inversion."""
        setting = self.setting
        forecast = np.full((self.lays, self.used.size), np.nan)
        reporter = self._reporter if len(self.tests) == 1 else self._reporter.quiet()
        for turn, (test, plain) in enumerate(zip(self.tests, self._problems, strict=True)):
            self._reporter.check()
            result: InversionResult | None = None
            if self._solvers is not None:
                answer: State | InversionResult = self._solvers[turn](damping, regional_damping)
            else:
                problem = setting.with_regional(plain, self.used & ~test, regional_damping)
                answer = result = setting.invert(problem, damping, reporter, withheld=True)
            forecast[turn * self.lays // len(self.tests), test] = setting.predict(answer, test)
        return forecast, result if len(self.tests) == 1 else None

    def fit_all(
        self, damping: float, regional_damping: float | None, reporter: Reporter, last: bool = False
    ) -> InversionResult:
        """The inversion of all stations, λ and μ scaled from a turn's training stations to all.

        `last` says that it is the final one, which the data's errors may end.
        """
        setting = self.setting
        if self._whole is None:
            self._whole = setting.problem(self.used)
        smoothness = None if regional_damping is None else regional_damping * self.factor
        problem = setting.with_regional(self._whole, self.used, smoothness)
        return setting.invert(problem, damping * self.factor, reporter, withheld=not last)

    def fit_training(self, trial: Trial) -> InversionResult:
        """A trial's inversion of the training stations of the one turn; computed anew where it was read from a file."""
        if self._best is not None and self._best[0] is trial:
            return self._best[2]
        result = self.forecast(trial.damping, trial.regional_damping)[1]
        if result is None:
            raise RuntimeError("there are several turns, and so no one set of training stations")
        return result

    def _solver(self, problem: Problem, chosen: np.ndarray, turns: int) -> Solver | None:
        """A problem's answers as a function of λ and μ with what can be formed once, where it is small enough to keep."""
        setting, job = self.setting, self.job
        joint = setting.with_regional(problem, chosen, 1.0)
        unknowns = int(problem.free.sum()) + (0 if joint.regional is None else joint.regional.basis.shape[1])
        limited = setting.lower is not None or setting.upper is not None or job.robust is not None
        kept = turns * LinearisedProblem.bytes_of(unknowns, int(chosen.sum()))
        if job.penalty == 0 or limited or unknowns > MOST_UNKNOWNS or kept > MOST_KEPT:
            return None
        return LinearisedProblem(joint).solve

    def _inverter(self, problem: Problem, chosen: np.ndarray) -> Solver:
        """A problem's answers as a function of λ and μ, each a whole inversion."""

        def invert(damping: float, smoothness: float | None) -> State | InversionResult:
            whole = self.setting.with_regional(problem, chosen, smoothness)
            return self.setting.invert(whole, damping, self._reporter.quiet(), withheld=True)

        return invert

    def _relief_score(self, damping: float, regional_damping: float | None) -> float | None:
        """The RMS of inverted less known relief where it was withheld, m."""
        if not self._relief_solvers:
            return None
        smoothness = None if regional_damping is None else regional_damping * self.factor
        errors = []
        for turn, solve in self._relief_solvers:
            self._reporter.check()
            errors.append(turn.error(solve(damping * self.factor, smoothness).heights))
        return rms(np.concatenate(errors))

    def _fingerprint(self) -> str:
        """What makes two studies comparable: the data, the start, and every setting but the range of dampings."""
        setting = self.setting
        stations, view = setting.survey.stations, setting.view
        places = (stations.easting, stations.northing, stations.height)
        data = (stations.gravity, stations.error, stations.regional, stations.used, *self.tests)
        model = [view.start, view.free, setting.survey.contrast]
        model += [limit for limit in (setting.lower, setting.upper) if limit is not None]
        if setting.survey.law is not None:
            model.append(setting.survey.law)
        if view.known is not None:
            model += [view.known.value, view.known.error, view.known.rows.data, view.known.rows.indices]
        digest = hashlib.sha256()
        for array in (*places, *data, *model):
            digest.update(np.ascontiguousarray(array).tobytes())
        digest.update(repr([getattr(self.job, name) for name in SETTINGS_OF_A_STUDY]).encode())
        return digest.hexdigest()[:16]
