"""Reliefs of known truth, their gravity with noise, and the two methods that are set side by side on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from core.data.relief import Grid, Relief
from core.data.stations import Positions
from core.events.protocol import Reporter
from core.inversion.gauss_newton import invert
from core.inversion.penalties import Curvature, Penalty, StepDamping
from core.inversion.problem import Problem
from core.inversion.stopping import Stopping
from core.operators import Operator
from core.operators.choice import choose_operator
from core.operators.dense import ANNULUS, EXACT
from core.operators.synthetic import station_grid, tutorial_relief
from core.validation.scores import prediction_score, rms
from plugin.tutorial import BOUNDS, INVERSION, MODEL

NOISE = MODEL["NOISE"]  # mGal

FRACTAL_SEED = 100
FRACTAL_POWER = -1.8  # of the amplitude
FRACTAL_MEAN, FRACTAL_STD = 492.0, 100.0  # m
FRACTAL_LIMITS = 150.0, 850.0  # m
OTHER_POWERS = -1.5, FRACTAL_POWER, -2.5
OTHER_SEEDS = 1, 2, 3, 4


def fractal_relief(grid: Grid, power: float = FRACTAL_POWER, seed: int = FRACTAL_SEED) -> Relief:
    """A relief whose amplitude falls as k^power, with no smallest or largest feature: m."""
    ny, nx = grid.shape
    wave = np.hypot(np.fft.fftfreq(ny, grid.dy)[:, None], np.fft.rfftfreq(nx, grid.dx))
    wave[0, 0] = np.inf
    spectrum = np.fft.rfft2(np.random.default_rng(seed).normal(size=grid.shape)) * wave**power
    heights = np.fft.irfft2(spectrum, s=grid.shape)
    return Relief(grid, np.clip(FRACTAL_MEAN + FRACTAL_STD / heights.std() * heights, *FRACTAL_LIMITS))


@dataclass(frozen=True)
class Method:
    """A way to invert: everything but its damping."""

    penalty: type[Penalty]
    derivative: int
    stopping: Stopping
    dampings: tuple[float, ...]  # what is tried


def _grid(smallest: float, largest: float) -> tuple[float, ...]:
    """16 values in equal ratios: both methods' ranges are equally wide, so that neither is searched more finely."""
    return tuple(float(value) for value in np.geomspace(smallest, largest, 16))


AS_PUBLISHED = Stopping(
    rule=INVERSION["STOPPING"],
    max_iterations=INVERSION["MAX_ITERATIONS"],
    l2_tolerance=INVERSION["L2_TOLERANCE"],
    delta_l2_tolerance=INVERSION["DELTA_L2_TOLERANCE"],
    increase_limit=INVERSION["INCREASE_LIMIT"],
)
TUTORIAL = Method(StepDamping, ANNULUS, AS_PUBLISHED, _grid(1e-2, 1.0))
OURS = Method(Curvature, EXACT, Stopping(rule=0), _grid(1e-3, 1e-1))


@dataclass(frozen=True)
class Trial:
    """An inversion of one draw with one damping."""

    damping: float
    score: float  # mGal, at the withheld stations
    relief_rmse: float  # m


@dataclass
class Case:
    """A true relief over the tutorial's grid, gravity on its nodes to fit and between them to predict."""

    relief: Relief
    _operators: dict[tuple[int, bool], Operator] = field(default_factory=dict)

    @cached_property
    def _stations(self) -> tuple[Positions, np.ndarray]:
        places, test = station_grid(self.relief.grid, holdout=True)
        return Positions(places.easting, places.northing, np.full(places.size, MODEL["STATION_HEIGHT"])), test

    @property
    def test(self) -> np.ndarray:
        """The withheld stations: (n,) bool."""
        return self._stations[1]

    @cached_property
    def level(self) -> float:
        """The reference level and the flat start: the true relief's mean, m."""
        return float(self.relief.heights.mean())

    @cached_property
    def gravity(self) -> np.ndarray:
        """Without noise: (n,), mGal."""
        return self._operator(np.ones(self.test.size, dtype=bool), EXACT).gravity(self.relief.heights)

    def draw(self, seed: int) -> np.ndarray:
        """Gravity with normal noise whose mean is 0: (n,), mGal."""
        drawn = np.random.default_rng(seed).normal(scale=NOISE, size=self.test.size)
        return self.gravity + drawn - drawn.mean()

    def _operator(self, chosen: np.ndarray, derivative: int) -> Operator:
        key = derivative, int(chosen.sum())
        if key not in self._operators:
            places, grid = self._stations[0], self.relief.grid
            some = Positions(places.easting[chosen], places.northing[chosen], places.height[chosen])
            contrast = np.full(grid.shape, MODEL["DENSITY_CONTRAST"])
            expected = self.relief.heights
            self._operators[key] = choose_operator(
                some, grid, contrast, self.level, derivative=derivative, expected=expected
            )
        return self._operators[key]

    def invert(self, method: Method, data: np.ndarray, fitted: np.ndarray, damping: float) -> np.ndarray:
        """The relief (ny, nx), m, from the fitted stations."""
        grid = self.relief.grid
        start, free = np.full(grid.shape, self.level), np.ones(grid.shape, dtype=bool)
        penalty = method.penalty(start, free, grid.dx, grid.dy)
        operator = self._operator(fitted, method.derivative)
        problem = Problem(operator, data[fitted], np.ones(int(fitted.sum())), start, free, penalty)
        return invert(problem, damping, method.stopping, Reporter()).heights

    def try_damping(self, method: Method, data: np.ndarray, damping: float) -> Trial:
        """Fit the stations on the nodes and predict those between them."""
        heights = self.invert(method, data, ~self.test, damping)
        predicted = self._operator(self.test, EXACT).gravity(heights)
        score = prediction_score(predicted, data[self.test], np.ones(predicted.size))
        return Trial(damping, score, self.relief_rmse(heights))

    def relief_rmse(self, heights: np.ndarray) -> float:
        return rms(heights - self.relief.heights)


def _model_grid() -> Grid:
    return Grid.from_extent(BOUNDS, MODEL["SPACING"], None)  # type: ignore[arg-type]


def cases() -> dict[str, Case]:
    """The two reliefs that the targets are about."""
    return {"tutorial": Case(tutorial_relief(_model_grid())), "fractal": Case(fractal_relief(_model_grid()))}


def other_fractals() -> dict[str, Case]:
    """Rougher, equally rough and smoother ones, four of each: named by power and seed."""
    return {
        f"k^{power:g}, seed {seed}": Case(fractal_relief(_model_grid(), power, seed))
        for power in OTHER_POWERS
        for seed in OTHER_SEEDS
    }
