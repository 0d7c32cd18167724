"""The solvers against the direct solution, and the whole inversion against the operator it uses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse.linalg import LinearOperator
from scipy.sparse.linalg import lsqr as scipy_lsqr

from core.data.relief import Grid
from core.data.stations import Positions
from core.events.protocol import Reporter
from core.inversion.fourier import FourierInverse
from core.inversion.gauss_newton import invert
from core.inversion.lsqr import lsqr
from core.inversion.penalties import Curvature, StepDamping
from core.inversion.problem import Problem
from core.inversion.solvers import LinearStep, solve_by_conjugate_gradients, solve_directly
from core.inversion.stopping import Stopping
from core.operators.dense import DenseOperator
from core.operators.density_law import law_factors
from core.operators.gridded import GriddedOperator
from core.operators.lattice import find_lattice
from core.operators.scattered import ScatteredOperator
from core.survey.law import EXPONENTIAL, DensityLaw

GRID = Grid(1000.0 * np.arange(26), 700.0 * np.arange(21), None)
EAST, NORTH = GRID.centres()
STATIONS = Positions(EAST, NORTH, np.full(EAST.size, 1200.0))
CONTRAST = np.full(GRID.shape, 2000.0)
RELIEF = 250.0 * np.sin(GRID.easting / 4000.0) * np.cos(GRID.northing / 3000.0)[:, None]


def operators(free):
    cells = GRID, CONTRAST, 0.0
    yield "dense", DenseOperator(STATIONS, *cells, free)
    yield "gridded", GriddedOperator(STATIONS, find_lattice(STATIONS, GRID), *cells, 1e-6, free)
    yield "scattered", ScatteredOperator(STATIONS, *cells, 1e-6, 12.0, free)


def linear_step(penalty=Curvature, damping=0.02, holes=False, uneven=False, points=False):
    rng = np.random.default_rng(0)
    free = rng.random(GRID.shape) < (0.6 if holes else 1.1)
    rows = penalty(RELIEF, free, GRID.dx, GRID.dy).rows
    weight = 10.0 ** rng.uniform(-1.0, 1.0, EAST.size) if uneven else np.ones(EAST.size)
    known = rng.choice(int(free.sum()), 9, replace=False)
    extra = sparse.csr_array((np.full(9, 5.0), (np.arange(9), known)), shape=(9, int(free.sum())))
    return LinearStep(
        derivative=GriddedOperator(STATIONS, find_lattice(STATIONS, GRID), GRID, CONTRAST, 0.0, 1e-10, free).derivative(
            RELIEF
        ),
        residual=rng.normal(size=EAST.size),
        weight=weight,
        rows=rows[:, np.flatnonzero(free)],
        drawn=0.1 * rng.normal(size=rows.shape[0]) * (penalty is Curvature),
        damping=damping,
        extra_rows=extra if points else None,
        extra_target=rng.normal(size=9) if points else None,
    )


@pytest.mark.parametrize("penalty", [Curvature, StepDamping])
@pytest.mark.parametrize("damping", [0.003, 0.1])
@pytest.mark.parametrize("special", [{}, {"holes": True}, {"uneven": True}, {"holes": True, "points": True}])
def test_conjugate_gradients_find_the_direct_solution(penalty, damping, special):
    step = linear_step(penalty, damping, **special)
    expected = solve_directly(step, step.derivative.matrix)
    found = solve_by_conjugate_gradients(step, penalty is Curvature, tolerance=1e-8)
    assert np.abs(found - expected).max() <= 1e-5 * np.abs(expected).max()


def products(step):
    """How many of them conjugate gradients take."""
    count = 0
    product = step.derivative.rmatvec

    def counted(u):
        nonlocal count
        count += 1
        return product(u)

    step.derivative.rmatvec = counted
    solve_by_conjugate_gradients(step, curved=True, tolerance=1e-3)
    return count


@pytest.mark.parametrize("damping", [0.003, 0.02, 0.1])
def test_the_preconditioner_keeps_the_iterations_few(damping):
    assert products(linear_step(damping=damping)) <= 25


@pytest.mark.parametrize("damping", [3e-4, 0.003])
def test_it_does_so_where_a_law_leaves_little_of_the_contrast_at_the_relief(damping):
    """As few as with the contrast that there is, whether the law or the number says so."""
    step, datum = linear_step(damping=damping), float(RELIEF.max()) + 3000.0
    law = DensityLaw(2000.0, EXPONENTIAL, datum, 1000.0).packed()
    thinned = CONTRAST * law_factors(law, RELIEF)
    with_law, constant = (
        DenseOperator(STATIONS, GRID, contrast, 0.0, law=given).derivative(RELIEF)
        for contrast, given in ((CONTRAST, law), (thinned, None))
    )
    assert products(replace(step, derivative=with_law)) == products(replace(step, derivative=constant)) <= 25


@pytest.mark.parametrize("holes", [False, True])
def test_the_approximate_inverse_is_symmetric_and_positive(holes):
    step = linear_step(holes=holes)
    inverse = FourierInverse(step.derivative.response, step.weight, 0.02, curved=True)
    cells = step.derivative.shape[1]
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=(2, cells))
    assert a @ inverse(b) == pytest.approx(b @ inverse(a), rel=1e-10)
    assert all(x @ inverse(x) > 0.0 for x in (a, b, np.ones(cells)))


def least_squares(damping):
    """A case whose columns differ in size by 1000, its weights, and the same damped, as one system."""
    rng = np.random.default_rng(4)
    matrix, right = rng.normal(size=(60, 45)) * 10.0 ** rng.uniform(-3, 0, 45), rng.normal(size=60)
    weight = rng.uniform(0.5, 2.0, 60)
    stacked = np.vstack([weight[:, None] * matrix, damping * np.eye(45)])
    return matrix, weight, right, stacked, np.append(right, np.zeros(45))


@pytest.mark.parametrize("damping", [0.0, 1e-3, 1.0])
def test_lsqr_takes_the_steps_that_scipys_takes(damping):
    matrix, weight, right, *_ = least_squares(damping)
    for most, allowed in ((1, 1e-10), (2, 1e-10), (8, 1e-8)):  # rounding grows as in any Lanczos method
        expected = scipy_lsqr(weight[:, None] * matrix, right, damp=damping, atol=1e-6, btol=1e-6, iter_lim=most)[0]
        found = lsqr(matrix, weight, right, damping, 1e-6, most)
        assert np.abs(found - expected).max() <= allowed * np.abs(expected).max()


@pytest.mark.parametrize("damping", [0.0, 1e-3, 1.0])
def test_lsqr_ends_where_the_objective_is_least(damping):
    """Hundreds of steps on, rounding decides when two of them stop, and another processor rounds otherwise; what both must
    reach is the least objective, and where the damping determines all of it the one answer."""
    matrix, weight, right, stacked, target = least_squares(damping)
    exact = np.linalg.lstsq(stacked, target, rcond=None)[0]
    found = lsqr(matrix, weight, right, damping, 1e-6, 500)
    assert np.linalg.norm(stacked @ found - target) <= (1.0 + 1e-4) * np.linalg.norm(stacked @ exact - target)
    if damping == 1.0:
        assert np.abs(found - exact).max() <= 1e-4 * np.abs(exact).max()


def test_lsqr_of_nothing_is_nothing():
    assert (lsqr(np.ones((3, 2)), np.ones(3), np.zeros(3), 0.1, 1e-6, 10) == 0.0).all()
    assert (lsqr(np.zeros((3, 2)), np.ones(3), np.ones(3), 0.1, 1e-6, 10) == 0.0).all()


@pytest.mark.parametrize("penalty", [Curvature, StepDamping])
def test_the_answer_does_not_depend_on_the_operator(penalty):
    free = np.ones(GRID.shape, dtype=bool)
    free[:, :4] = False
    start = np.where(free, 0.0, RELIEF)
    data = DenseOperator(STATIONS, GRID, CONTRAST, 0.0).gravity(RELIEF)
    data += 0.1 * np.random.default_rng(1).normal(size=data.size)
    answers = {}
    for name, operator in operators(free):
        problem = Problem(operator, data, np.full(data.size, 0.1), start, free, penalty(start, free, GRID.dx, GRID.dy))
        answers[name] = invert(problem, 0.3, Stopping(max_iterations=6), Reporter()).heights
    for name in ("gridded", "scattered"):
        assert np.abs(answers[name] - answers["dense"]).max() <= 0.05  # m, of a relief of 250 m
        assert (answers[name][~free] == RELIEF[~free]).all()


class WithoutRough:
    """An operator whose derivative offers no cheaper one."""

    def __init__(self, operator):
        self._operator, self.shape, self.gravity = operator, operator.shape, operator.gravity

    def derivative(self, heights):
        exact = self._operator.derivative(heights)
        products = LinearOperator(exact.shape, matvec=exact.matvec, rmatvec=exact.rmatvec, dtype=float)
        products.response = exact.response
        return products


@pytest.mark.parametrize("places", ["nodes", "loose"])
def test_a_rough_derivative_leads_to_the_minimum_of_the_exact_one(places):
    """Its right side is exact, so that only the way there differs."""
    grid = Grid(1000.0 * np.arange(30), 800.0 * np.arange(24), None)
    east, north = grid.centres()
    relief = 250.0 * np.sin(grid.easting / 4000.0) * np.cos(grid.northing / 3000.0)[:, None]
    contrast, free = np.full(grid.shape, 2000.0), np.ones(grid.shape, dtype=bool)
    rng = np.random.default_rng(1)
    if places == "nodes":
        at = Positions(east, north, np.full(east.size, 900.0))
        operator = GriddedOperator(at, find_lattice(at, grid), grid, contrast, 0.0, 1e-6)
    else:
        at = Positions(east + rng.uniform(-400.0, 400.0, east.size), north, rng.uniform(500.0, 1200.0, east.size))
        operator = ScatteredOperator(at, grid, contrast, 0.0, 1e-6, 9.0)
    data = operator.gravity(relief) + 0.1 * rng.normal(size=east.size)
    start = np.zeros(grid.shape)
    answers, used = [], []
    for one in (operator, WithoutRough(operator)):
        problem = Problem(one, data, np.full(data.size, 0.1), start, free, Curvature(start, free, grid.dx, grid.dy))
        result = invert(problem, 0.3, Stopping(objective_tolerance=1e-7, stop_at_error=False), Reporter())
        answers.append(result)
        used.append(hasattr(one.derivative(start), "rough"))
    assert used == [True, False]
    rough, exact = answers
    assert rough.iterations[-1].objective == pytest.approx(exact.iterations[-1].objective, rel=1e-5)
    assert np.abs(rough.heights - exact.heights).max() <= 0.1  # m, of 250
    assert rough.count <= exact.count + 2


def test_what_the_objective_would_hardly_notice_is_not_solved_for():
    step = linear_step()
    few, many = replace(step, enough=1e5), replace(step, enough=0.0)
    exact = solve_directly(step, step.derivative.matrix)

    def quadratic(x):
        misfit = step.weight * (step.derivative.matvec(x) - step.residual)
        bent = step.damping * (step.drawn + step.rows @ x)
        return float(misfit @ misfit + bent @ bent)

    rest = [quadratic(solve_by_conjugate_gradients(one, curved=True)) - quadratic(exact) for one in (few, many)]
    assert 0.0 <= rest[1] < rest[0] <= 1e4
    assert not solve_by_conjugate_gradients(replace(step, enough=1e14), curved=True).any()


def test_a_rough_derivative_is_left_aside_where_it_would_drown_the_waves_that_are_hardly_damped():
    rough = {}
    for damping in (0.02, 1e-6):
        step, used = linear_step(damping=damping), []
        step.derivative.rough.matvec = lambda x, step=step, used=used: used.append(1) or step.derivative.matvec(x)
        solve_by_conjugate_gradients(step, curved=True)
        rough[damping] = bool(used)
    assert rough == {0.02: True, 1e-6: False}
