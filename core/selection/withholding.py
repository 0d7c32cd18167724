"""Cross validation of an inversion: withhold stations and known relief in turns, invert, compare."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np

from ..assembly.setting import InversionSetting
from ..events.protocol import Reporter
from ..inversion.gauss_newton import InversionResult
from ..inversion.left_out import can_leave_out, is_plain, on_limits
from ..inversion.problem import Problem
from ..job.jobs import DampingCrossValidationJob
from ..validation.scores import prediction_score, rms
from ..validation.splits import alternate_nodes, by_field, random_stations, spatial_blocks
from .around_all import Turn, errors_around, is_small
from .study import Dimension, Search, Trial, best_of, search_damping
from .withheld_relief import WithheldRelief

LAYS_LEFT_OUT = 24
"""Two dampings ask more of the data than one: blocks of few lays would often decide by chance. Stations left out of one
inversion cost next to nothing."""
LAYS_INVERTED = 2
"""Where each turn is a whole inversion."""

HALVINGS = 2
"""So often the grid's step is halved about the best of two dampings."""

MOST_OFF = 0.01
"""So far may the error of one turn be from that of inverting it whole."""

TINY = 1e-12
"""mGal. Of errors so small no ratio matters."""

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
    "tolerance",
)


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
        self.used = setting.survey.stations.used
        self._whole: Problem | None = None
        self.near_all = job.split >= 2 and job.folds > 2 and job.stopping == 0 and is_plain(self._of_all(1.0))
        self._deal()
        self._found: list[tuple[float, float, InversionResult]] = []
        self._best: tuple[Trial, np.ndarray, InversionResult] | None = None
        self.relief = WithheldRelief(job, setting, reporter)

    def _deal(self) -> None:
        """Deal the stations out, and set up the turns that are inverted whole."""
        self.leaves_out = self.near_all and can_leave_out(self._of_all(1.0))
        self.tests = self._split()
        self.factor = self._all_over_training()
        self._turns: dict[int, tuple[InversionSetting, Problem]] = {}
        if not self.near_all:
            for number in range(len(self.tests)):
                self._turn(number)

    @property
    def lays(self) -> int:
        """How often the stations are dealt out anew: each is withheld so many times."""
        if self.job.split < 2:
            return 1
        many = LAYS_LEFT_OUT if self.leaves_out else LAYS_INVERTED
        return self.job.repeats or (many if self.setting.joint else 1)

    def _split(self) -> list[np.ndarray]:
        job, stations = self.job, self.setting.survey.stations
        if job.split == 0:
            return [by_field(stations)]
        if job.split == 1:
            return [alternate_nodes(stations)]
        tests: list[np.ndarray] = []
        for lay in range(self.lays):
            self._reporter.check()
            if job.split == 2:
                tests += spatial_blocks(stations, job.block_size, job.folds, job.seed, lay)
            else:
                tests += random_stations(stations, job.folds, job.seed, lay)
        return tests

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
    def trained(self) -> InversionSetting:
        """The setting of the one turn, its regional separated from the training stations alone."""
        return self._turn(0)[0]

    def dimensions(self) -> tuple[Dimension, ...]:
        """The ranges of the dampings that are searched."""
        job = self.job
        dampings = Dimension("damping", job.damping_min, job.damping_max, job.trials)
        if not self.setting.joint:
            return (dampings,)
        low, high = self.setting.smoothness_range
        smoothness = Dimension(
            "regional_damping",
            job.regional_damping_min or min(low, job.regional_damping_max or low),
            job.regional_damping_max or max(high, job.regional_damping_min or high),
            job.regional_trials,
        )
        return dampings, smoothness

    def search(self) -> tuple[Trial, ...]:
        """Every trial, ascending by damping."""
        trials = self._search(self.job.study)
        if not self.near_all or self._holds(best_of(trials)):
            return trials
        self.near_all = False
        self._best = None
        self._deal()
        return self._search(None)

    def _search(self, file: Path | None) -> tuple[Trial, ...]:
        job = self.job
        search = Search(
            dimensions=self.dimensions(),
            sampler=job.search == 1,
            trials=job.trials,
            seed=job.seed,
            file=file,
            fingerprint=self._fingerprint(),
            strong_first=self.near_all and not is_small(self._of_all(1.0)),
            halvings=(HALVINGS if self.setting.joint else 0) if job.refine is None else job.refine,
        )
        return search_damping(search, self.evaluate, self._reporter)

    def _holds(self, trial: Trial) -> bool:
        """Whether a turn that is inverted whole with the best dampings errs as much as was found around all stations."""
        trained, plain = self._turn(0)
        near = self._fit_from_nearest(trial.damping, trial.regional_damping)
        found = self._errors(trial.damping, trial.regional_damping, near, range(1))[0]
        whole = trained.with_regional(plain, self.used & ~self.tests[0], trial.regional_damping)
        end = self._converge(whole, trial.damping)
        off = self._off(found, trained, end)
        if abs(off) > MOST_OFF:  # limits may hold one inversion short of the minimum that another finds
            other = self._converge(replace(whole, start=near.heights), trial.damping)
            end = min((end, other), key=lambda one: one.iterations[-1].objective)
            off = self._off(found, trained, end)
        told = (
            f"With the best damping a turn that was inverted whole errs by {rms(found) / (1.0 + off):.4g} mGal where it withheld, "
            f"{rms(found):.4g} mGal was found around all stations"
        )
        if abs(off) <= MOST_OFF:
            self._reporter.log(f"{told}: they agree.")
            return True
        self._reporter.log(f"{told}, {100.0 * off:+.1f} percent off. So every turn is inverted whole.")
        return False

    def _off(self, found: np.ndarray, trained: InversionSetting, end: InversionResult) -> float:
        """How much larger the errors found of the first turn are than those of an inversion of it, a fraction."""
        errors = self.setting.survey.stations.gravity[self.tests[0]] - trained.predict(end, self.tests[0])
        return rms(found) / max(rms(errors), TINY) - 1.0

    def evaluate(self, damping: float, regional_damping: float | None = None) -> Trial:
        """Score one setting of the dampings, which are those of a turn's training stations."""
        stations = self.setting.survey.stations
        forecast, shown = self._forecast(damping, regional_damping)
        setting = self.setting if len(self.tests) > 1 else self.trained
        fitted = self.used & ~self.test
        residual = (setting.survey.stations.gravity - setting.survey.stations.regional)[fitted]
        lay, withheld = np.nonzero(np.isfinite(forecast))
        observed, error = stations.gravity[withheld], stations.error[withheld]
        trial = Trial(
            damping=damping,
            regional_damping=regional_damping,
            score=prediction_score(forecast[lay, withheld], observed, error),
            relief_score=self._relief_score(damping, regional_damping, shown),
            iterations=shown.count,
            rms_misfit=rms(residual - shown.predicted - shown.regional),
            stop_reason=",".join(shown.stop_reason),
            relief_rmse=self.setting.relief_rmse(shown.heights),
            relief=shown.heights,
        )
        if self._best is None or trial.criterion < self._best[0].criterion:
            self._best = trial, forecast, shown
        return trial

    def _relief_score(self, damping: float, regional_damping: float | None, shown: InversionResult) -> float | None:
        of_all, smoothness = self._for_all(damping, regional_damping)
        return self.relief.score(of_all, smoothness, shown, self._of_all(smoothness) if self.near_all else None)

    def forecast_of(self, trial: Trial) -> np.ndarray:
        """Predicted + regional at every withheld station by the turns that withheld it, the mean of the lays: (n,), mGal.

        Computed anew where the trial was read from a file.
        """
        if self._best is not None and self._best[0] is trial:
            return np.asarray(self._best[1].mean(axis=0))
        return np.asarray(self._forecast(trial.damping, trial.regional_damping)[0].mean(axis=0))

    def fit_all(
        self, damping: float, regional_damping: float | None, reporter: Reporter, last: bool = False
    ) -> InversionResult:
        """The inversion of all stations, λ and μ scaled from a turn's training stations to all.

        `last` says that it is the final one, which the data's errors may end.
        """
        of_all, smoothness = self._for_all(damping, regional_damping)
        return self.setting.invert(self._of_all(smoothness), of_all, reporter, withheld=not last)

    def fit_training(self, trial: Trial) -> InversionResult:
        """A trial's inversion of the training stations of the one turn; computed anew where it was read from a file."""
        if self._best is not None and self._best[0] is trial:
            return self._best[2]
        if len(self.tests) > 1:
            raise RuntimeError("there are several turns, and so no one set of training stations")
        return self._invert_turn(0, trial.damping, trial.regional_damping)

    def _forecast(self, damping: float, regional_damping: float | None) -> tuple[np.ndarray, InversionResult]:
        """Predicted + regional at every station by the turn that withheld it, (lays, n) with NaN where none did; and an
        inversion to show: of the one turn, or of all stations."""
        forecast = np.full((self.lays, self.used.size), np.nan)
        whole = 2 if self.near_all else 1 + len(self.tests) * (len(self.tests) > 1)
        self._reporter.parts(len(self.relief.turns) + whole)
        lay_of = np.repeat(np.arange(self.lays), len(self.tests) // self.lays)
        if len(self.tests) == 1:
            self._reporter.turn("")
            shown = self._invert_turn(0, damping, regional_damping)
            forecast[0, self.test] = self.trained.predict(shown, self.test)
            return forecast, shown
        self._reporter.turn("all stations")
        if self.near_all:
            shown = self._fit_from_nearest(damping, regional_damping)
            self._reporter.turn("predicting the stations left out")
            observed = self.setting.survey.stations.gravity
            errors = self._errors(damping, regional_damping, shown, range(len(self.tests)))
            for lay, test, error in zip(lay_of, self.tests, errors, strict=True):
                forecast[lay, test] = observed[test] - error
            return forecast, shown
        shown = self.fit_all(damping, regional_damping, self._reporter.quiet())
        for turn, (lay, test) in enumerate(zip(lay_of, self.tests, strict=True)):
            self._reporter.turn(f"turn {turn + 1} of {len(self.tests)}")
            answer = self._invert_turn(turn, damping, regional_damping)
            forecast[lay, test] = self._turn(turn)[0].predict(answer, test)
        return forecast, shown

    @cached_property
    def _around(self) -> list[Turn]:
        """Every turn, as `around_all` takes it."""
        regional = self.setting.survey.stations.regional[self.used]
        turns = []
        for test in self.tests:
            own = self.setting.trained_on(self.used & ~test).survey.stations.regional[self.used]
            turns.append(Turn(test[self.used], regional - own))
        return turns

    def _errors(
        self, damping: float, regional_damping: float | None, near: InversionResult, numbers: range
    ) -> list[np.ndarray]:
        """Observed less predicted at the withheld stations of some turns, mGal; each inverted whole where cells lie on their limits."""
        problem = self._of_all(regional_damping)
        if on_limits(problem, near.heights).any():
            return [self._whole_error(number, damping, regional_damping) for number in numbers]
        turns = [self._around[number] for number in numbers]
        return errors_around(problem, damping, near, turns, lambda own: self._converge(own, damping), self._reporter)

    def _whole_error(self, number: int, damping: float, regional_damping: float | None) -> np.ndarray:
        self._reporter.at(f"turn {number + 1} of {len(self.tests)}")
        test = self.tests[number]
        answer = self._invert_turn(number, damping, regional_damping)
        predicted = self._turn(number)[0].predict(answer, test)
        return np.asarray(self.setting.survey.stations.gravity[test] - predicted)

    def _converge(self, problem: Problem, damping: float) -> InversionResult:
        return self.setting.invert(problem, damping, self._reporter.quiet(), withheld=True)

    def _fit_from_nearest(self, damping: float, regional_damping: float | None) -> InversionResult:
        """The inversion of all stations; a large one from the nearest answer to stronger dampings that there is."""
        of_all, smoothness = self._for_all(damping, regional_damping)
        problem = self._of_all(smoothness)
        if is_small(problem):
            return self._converge(problem, of_all)
        place = np.log([of_all, smoothness or 1.0])
        above = [(float(np.hypot(*(np.array(at) - place))), found) for *at, found in self._found if (at >= place).all()]
        if above:
            problem = replace(problem, start=min(above, key=lambda one: one[0])[1].heights)
        result = self._converge(problem, of_all)
        self._found.append((*place, result))
        return result

    def _invert_turn(self, turn: int, damping: float, regional_damping: float | None) -> InversionResult:
        setting, plain = self._turn(turn)
        reporter = self._reporter if len(self.tests) == 1 else self._reporter.quiet()
        problem = setting.with_regional(plain, self.used & ~self.tests[turn], regional_damping)
        return setting.invert(problem, damping, reporter, withheld=True)

    def _turn(self, number: int) -> tuple[InversionSetting, Problem]:
        """The setting of a turn that is inverted whole, and its problem without a joint regional; made once."""
        if number not in self._turns:
            training = self.used & ~self.tests[number]
            trained = self.setting.trained_on(training)
            self._turns[number] = trained, trained.problem(training)
        return self._turns[number]

    def _for_all(self, damping: float, regional_damping: float | None) -> tuple[float, float | None]:
        """λ and μ for all stations."""
        return damping * self.factor, None if regional_damping is None else regional_damping * self.factor

    def _of_all(self, smoothness: float | None) -> Problem:
        """The problem of all stations with this μ; all but that is made once."""
        if self._whole is None:
            self._whole = self.setting.problem(self.used)
        return self.setting.with_regional(self._whole, self.used, smoothness)

    def _fingerprint(self) -> str:
        """What makes two studies comparable: the data, the start, and every setting but the range of dampings."""
        setting = self.setting
        stations, view = setting.survey.stations, setting.view
        places = (stations.easting, stations.northing, stations.height)
        data = (stations.gravity, stations.error, stations.regional, stations.used, *self.tests)
        grid = setting.survey.relief.grid
        model = [grid.easting, grid.northing, view.start, view.free, setting.survey.contrast]
        model += [given for given in (setting.lower, setting.upper, setting.true) if given is not None]
        for turn in self.relief.turns:
            model += [turn.free, turn.cells] + ([] if turn.points is None else [turn.points.value])
        if setting.survey.law is not None:
            model.append(setting.survey.law)
        if view.known is not None:
            model += [view.known.value, view.known.error, view.known.rows.data, view.known.rows.indices]
        digest = hashlib.sha256()
        for array in (*places, *data, *model):
            digest.update(np.ascontiguousarray(array).tobytes())
        digest.update(grid.crs.to_wkt().encode() if grid.crs is not None else b"")
        digest.update(repr([getattr(self.job, name) for name in SETTINGS_OF_A_STUDY]).encode())
        return digest.hexdigest()[:16]
