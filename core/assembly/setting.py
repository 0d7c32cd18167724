"""What an inverting task works with: the survey, what may move and how far, what is known; and problems made of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from ..data.padding import near_data
from ..events.protocol import Reporter
from ..inversion.gauss_newton import InversionResult, invert
from ..inversion.headroom import Headroom
from ..inversion.joint_regional import JointRegional, SplineGrid
from ..inversion.known_relief import KnownRelief, held_plane
from ..inversion.penalties import PENALTIES
from ..inversion.problem import Problem, State
from ..inversion.stopping import Stopping
from ..job.jobs import InversionJob
from ..operators import Operator
from ..operators.choice import choose_operator
from ..operators.fixed_rest import FixedRest
from ..regional.method import Samples
from ..regional.separation import Separation
from ..survey.survey import Survey
from ..validation.scores import rms
from .first_relief import slab_start

FEW = 0.5
"""A share of free cells below which the fixed ones' gravity is computed apart."""

SMOOTHNESS = (1e-4, 3e-2)
"""Ends of the range of μ where none is given, times the root of Σ(1/σ²)."""


@dataclass(frozen=True)
class View:
    """The relief as a problem sees it: which cells may move, where it starts, what is known of it."""

    free: np.ndarray  # (ny, nx) bool
    start: np.ndarray  # (ny, nx) m
    known: KnownRelief | None
    margin: np.ndarray | None = None  # (ny, nx) bool, the cells put around the given relief


@dataclass(frozen=True)
class InversionSetting:
    """A job's data and model."""

    job: InversionJob
    survey: Survey
    view: View
    lower: np.ndarray | None  # (ny, nx) m, -inf where there is no limit
    upper: np.ndarray | None  # (ny, nx) m
    true: np.ndarray | None  # (ny, nx) m, NaN where unknown; scores, never guides
    reporter: Reporter = field(default_factory=Reporter)  # told how exact the first operator is
    operators: dict[tuple[bytes, bytes, bool], Operator] = field(default_factory=dict)  # made so far
    regionals: dict[bytes, JointRegional] = field(default_factory=dict)  # likewise, at the stations of a mask
    separation: Separation | None = None  # of the regional, where it was separated beforehand
    given_regional: np.ndarray | None = None  # (n,) mGal, what the stations had before that
    at_stations: bool = False  # whether the start lies at the stations' level, and the first relief is the slab's

    @property
    def joint(self) -> bool:
        """Whether the regional is found together with the relief."""
        return self.job.regional == 6

    @cached_property
    def pinned(self) -> bool:
        """Whether relief is known among the stations, so that gravity can part its mean and tilt from a regional."""
        fixed = ~self.view.free & near_data(self.survey.stations, self.survey.relief)
        return self.view.known is not None or bool(fixed.any())

    @cached_property
    def splines(self) -> SplineGrid:
        """The joint regional's nodes."""
        used = self.survey.stations.where(self.survey.stations.used)
        return SplineGrid.around(used, self.job.regional_spacing)

    @cached_property
    def smoothness_range(self) -> tuple[float, float]:
        """The range of μ where the job gives none."""
        stations = self.survey.stations
        scale = float(np.sqrt(np.sum(1.0 / stations.error[stations.used] ** 2)))
        return SMOOTHNESS[0] * scale, SMOOTHNESS[1] * scale

    @cached_property
    def headroom(self) -> Headroom:
        """How far steps may rise below the used stations."""
        return Headroom.below(self.survey.stations, self.survey.relief.grid)

    @cached_property
    def start_gravity(self) -> np.ndarray:
        """Gravity of the starting relief at every used station, NaN at the others: (n,), mGal."""
        stations, relief = self.survey.stations, self.survey.relief
        everywhere = np.ones(relief.grid.shape, dtype=bool)
        if self.at_stations:  # an operator chosen for such a relief would not be the one for those to come
            operator = self._choose(stations.used, everywhere, self.survey.contrast, relief.heights, False)
        else:
            operator = self.operator(stations.used, everywhere)
        gravity = np.full(stations.size, np.nan)
        gravity[stations.used] = operator.gravity(relief.heights)
        return gravity

    @cached_property
    def expected(self) -> np.ndarray:
        """A relief like those to come, that operators are chosen by: (ny, nx) m."""
        return self.first_relief(self.survey.stations.used) if self.at_stations else self.survey.relief.heights

    def trained_on(self, training: np.ndarray) -> InversionSetting:
        """The same with the regional that was separated beforehand fitted anew to some stations: the others, when they
        are withheld, must not have had a part in it."""
        if self.separation is None or self.given_regional is None:
            return self
        stations = self.survey.stations
        fitted, used = stations.where(training), stations.where(stations.used)
        rest = fitted.gravity - self.start_gravity[training] - self.given_regional[training]
        predict = self.separation.again(Samples(fitted.easting, fitted.northing, rest, 1.0 / fitted.error**2))
        regional = self.given_regional.copy()
        regional[stations.used] += predict(used.easting, used.northing)
        trained = replace(self, survey=replace(self.survey, stations=replace(stations, regional=regional)))
        trained.__dict__["start_gravity"] = self.start_gravity  # which does not depend on it
        trained.__dict__["headroom"] = self.headroom
        return trained

    def operator(self, chosen: np.ndarray, free: np.ndarray, contrast: np.ndarray | None = None) -> Operator:
        """The operator at the stations of a mask, for a derivative at the free cells; the same one when asked again."""
        key = (chosen.tobytes(), free.tobytes(), contrast is None)
        if key not in self.operators:
            contrast = self.survey.contrast if contrast is None else contrast
            self.operators[key] = self._choose(chosen, free, contrast, self.expected, not self.operators)
        return self.operators[key]

    def _choose(
        self,
        chosen: np.ndarray,
        free: np.ndarray,
        contrast: np.ndarray,
        expected: np.ndarray,
        tried: bool,
    ) -> Operator:
        stations = self.survey.stations.where(chosen)
        self.reporter.at("choosing how gravity is computed")
        return choose_operator(
            stations,
            self.survey.relief.grid,
            contrast,
            self.job.reference_level,
            free,
            self.job.derivative,
            self.job.tolerance,
            expected=expected,
            data=stations.gravity - stations.regional,
            reporter=self.reporter,
            law=self.survey.law,
            tried=tried,
        )

    def problem(self, chosen: np.ndarray, view: View | None = None) -> Problem:
        """The inversion of the stations of a mask, without a joint regional."""
        view = view or self.view
        grid = self.survey.relief.grid
        stations = self.survey.stations.where(chosen)
        if view.free.mean() < FEW:
            free_part = self.operator(chosen, view.free, np.where(view.free, self.survey.contrast, 0.0))
            start = self.survey.relief.heights
            operator: Operator = FixedRest(free_part, self.start_gravity[chosen], start)
        else:
            operator = self.operator(chosen, view.free)
        return Problem(
            operator=operator,
            data=stations.gravity - stations.regional,
            sigma=stations.error,
            start=self.first_relief(chosen, view),
            free=view.free,
            penalty=PENALTIES[self.job.penalty](view.start, view.free, grid.dx, grid.dy),
            known=self._held(view),
            lower=self.lower,
            upper=self.upper,
            robust=self.job.robust,
            headroom=self.headroom,
        )

    def first_relief(self, chosen: np.ndarray, view: View | None = None) -> np.ndarray:
        """Where the inversion of the stations of a mask sets out, within the limits: (ny, nx) m."""
        view, survey = view or self.view, self.survey
        heights = view.start
        if self.at_stations:
            stations = survey.stations.where(chosen)
            misfit = stations.gravity - stations.regional - self.start_gravity[chosen]
            start, free = survey.relief.with_heights(view.start), self.view.free & view.free
            heights = slab_start(stations, misfit, start, free, survey.contrast, survey.law)
        for limit, keep in ((self.lower, np.maximum), (self.upper, np.minimum)):
            if limit is not None:
                heights = np.where(self.view.free, keep(heights, limit), heights)
        return heights

    def with_regional(self, problem: Problem, chosen: np.ndarray, smoothness: float | None) -> Problem:
        """The same problem with a joint regional of this μ, where the job asks for one."""
        if not self.joint or smoothness is None:
            return problem
        key = chosen.tobytes()
        if key not in self.regionals:
            self.regionals[key] = JointRegional.at(self.splines, self.survey.stations.where(chosen), smoothness)
        return replace(problem, regional=self.regionals[key].with_damping(smoothness))

    def _held(self, view: View) -> KnownRelief | None:
        """What is known, and where that is nothing beside a joint regional, the start's mean and tilt."""
        if self.joint and view.known is None and not self.pinned:
            return held_plane(self.survey.relief.grid, view.free, view.start)
        return view.known

    def invert(self, problem: Problem, damping: float, reporter: Reporter, withheld: bool = False) -> InversionResult:
        """Invert by the job's rules; inside cross validation (`withheld`) the data's errors end nothing."""
        job = self.job
        stopping = Stopping(
            rule=job.stopping,
            max_iterations=job.max_iterations,
            objective_tolerance=job.objective_tolerance,
            stop_at_error=self.survey.stations.has_errors and not withheld,
            l2_tolerance=job.l2_tolerance,
            delta_l2_tolerance=job.delta_l2_tolerance,
            increase_limit=job.increase_limit,
        )
        return invert(problem, damping, stopping, reporter)

    def predict(self, result: InversionResult | State, at: np.ndarray) -> np.ndarray:
        """Gravity of an inverted relief and its regional at the stations of a mask: (at,), mGal."""
        return self.relief_gravity(result.heights, at) + self.regional_at(result, at)

    def relief_gravity(self, heights: np.ndarray, at: np.ndarray) -> np.ndarray:
        """Gravity of a relief at the stations of a mask: (at,), mGal."""
        return self.operator(at, self.view.free).gravity(heights)

    def regional_at(self, result: InversionResult | State, at: np.ndarray) -> np.ndarray:
        """The whole regional at the stations of a mask: what was known beforehand and what was found, mGal."""
        stations = self.survey.stations.where(at)
        if result.coefficients.size == 0:
            return stations.regional
        return stations.regional + self.splines.basis(stations.easting, stations.northing) @ result.coefficients

    def relief_rmse(self, heights: np.ndarray) -> float | None:
        """How far a relief is from the true one, m; None where that is not known."""
        if self.true is None:
            return None
        known = np.isfinite(self.true)
        return rms((heights - self.true)[known])
