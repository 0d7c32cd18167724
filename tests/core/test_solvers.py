"""The solvers against the direct solution, and the whole inversion against the operator it uses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse.linalg import lsqr as scipy_lsqr

from core.density import EXPONENTIAL, DensityLaw
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
from core.protocol import Reporter
from core.relief import Grid
from core.stations import Positions

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


@pytest.mark.parametrize("damping", [0.0, 1e-3, 1.0])
def test_lsqr_takes_the_steps_that_scipys_takes(damping):
    rng = np.random.default_rng(4)
    matrix, right = rng.normal(size=(60, 45)) * 10.0 ** rng.uniform(-3, 0, 45), rng.normal(size=60)
    weight = rng.uniform(0.5, 2.0, 60)
    for most, allowed in ((1, 1e-10), (2, 1e-10), (8, 1e-8)):  # rounding grows as in any Lanczos method
        expected = scipy_lsqr(weight[:, None] * matrix, right, damp=damping, atol=1e-6, btol=1e-6, iter_lim=most)[0]
        found = lsqr(matrix, weight, right, damping, 1e-6, most)
        assert np.abs(found - expected).max() <= allowed * np.abs(expected).max()


@pytest.mark.parametrize("damping", [0.0, 1e-3, 1.0])
def test_lsqr_ends_where_its_tolerance_says(damping):
    """At a gradient Aᵀr of at most 1e-6·|A||r|. Then |A(x − best)| is no more than 1e-6·|A||r| over the smallest singular value; where
    within that it ends is rounding's choice, of ours and of scipy's, and another on every machine."""
    rng = np.random.default_rng(4)
    matrix, right = rng.normal(size=(60, 45)) * 10.0 ** rng.uniform(-3, 0, 45), rng.normal(size=60)
    weight = rng.uniform(0.5, 2.0, 60)
    damped = np.vstack([weight[:, None] * matrix, damping * np.eye(45)])
    target = np.concatenate([right, np.zeros(45)])
    best = np.linalg.lstsq(damped, target, rcond=None)[0]
    taken = scipy_lsqr(weight[:, None] * matrix, right, damp=damping, atol=1e-6, btol=1e-6, iter_lim=500)
    size = float(taken[5])  # |A| as the method itself adds it up
    rest = float(np.linalg.norm(damped @ best - target))
    found = lsqr(matrix, weight, right, damping, 1e-6, 500)
    allowed = 1e-6 * size * rest / np.linalg.svd(damped, compute_uv=False)[-1]
    assert np.linalg.norm(damped @ (found - best)) <= 1.01 * allowed


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
