"""The closed form in the data's space says what the one in the model's space says, whatever holds the relief."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from core.data.relief import Grid
from core.data.stations import Positions
from core.events.protocol import Reporter
from core.inversion.data_space import LeftOutOfData
from core.inversion.definite import BandedFactor, inverse_factor
from core.inversion.gauss_newton import invert
from core.inversion.known_relief import points_on
from core.inversion.left_out import LeftOutInModel, left_out, planes
from core.inversion.penalties import Curvature, CurvatureOfChange
from core.inversion.problem import Problem, linear_step
from core.inversion.stopping import Stopping
from core.operators.dense import DenseOperator

GRID = Grid(1000.0 * np.arange(17), 1200.0 * np.arange(13), None)
RANDOM = np.random.default_rng(3)
PLACES = Positions(RANDOM.uniform(0, 16_000, 80), RANDOM.uniform(0, 14_000, 80), RANDOM.uniform(600, 900, 80))
SIGMA = RANDOM.uniform(0.5, 2.0, 80)
CONTRAST = np.full(GRID.shape, 1500.0)
START = np.full(GRID.shape, -300.0)
ALL = np.ones(GRID.shape, bool)
ISLAND = ALL.copy()
ISLAND[[0, -1]] = ISLAND[:, [0, -1]] = False
ROW = ALL.copy()
ROW[0] = False
POINTS = points_on(GRID, np.array([500.0, 9000.0]), np.array([700.0, 9000.0]), np.full(2, -290.0), np.full(2, 5.0))


def problem(free=ALL, known=None, penalty=Curvature):
    operator = DenseOperator(PLACES, GRID, CONTRAST, 0.0, free)
    east, north = GRID.centres()
    true = START + free * 80.0 * np.exp(-((east - 6000) ** 2 + (north - 5000) ** 2) / 6e6).reshape(GRID.shape)
    data = operator.gravity(true) + SIGMA * np.random.default_rng(4).normal(0.0, 0.2, 80)
    return Problem(operator, data, SIGMA, START, free, penalty(START, free, GRID.dx, GRID.dy), known=known)


@pytest.mark.parametrize("damping", [0.3, 0.01, 1e-4])
@pytest.mark.parametrize(
    "held",
    [{}, {"free": ISLAND}, {"free": ROW}, {"known": POINTS}, {"penalty": CurvatureOfChange}],
    ids=["nothing", "all around", "one row", "two points", "change"],
)
def test_both_spaces_leave_out_alike(held, damping):
    of_all = problem(**held)
    near = invert(of_all, 2.0 * damping, Stopping(max_iterations=2), Reporter())  # not at its end
    step = linear_step(of_all, damping, near)
    ours = LeftOutOfData(step, step.derivative.matrix, planes(of_all))
    theirs = LeftOutInModel.of(step, step.derivative.matrix)
    np.testing.assert_allclose(ours.residual, theirs.residual, rtol=1e-5, atol=1e-7)
    shift = np.random.default_rng(1).normal(size=80)
    turn = np.random.default_rng(0).integers(0, 4, 80)
    for k in range(4):
        for moved in (None, shift):
            error = ours.error(turn == k, moved)
            np.testing.assert_allclose(error, theirs.error(turn == k, moved), rtol=1e-5, atol=1e-6)
            found, expected = ours.change(turn == k, error, moved), theirs.change(turn == k, error, moved)
            np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6 * np.abs(expected).max())
    if held.get("known") is not None:
        for withheld in (np.array([True, False]), np.array([True, True])):
            np.testing.assert_allclose(ours.known_error(withheld), theirs.known_error(withheld), rtol=1e-4)


def test_the_smaller_space_is_taken():
    of_all = problem()
    near = invert(of_all, 0.1, Stopping(), Reporter())
    assert isinstance(left_out(of_all, 0.1, near), LeftOutOfData)


@pytest.mark.parametrize("n", [1, 7, 300, 700])
def test_the_inverse_factor_is_that_of_the_matrix(n):
    square = np.random.default_rng(n).normal(size=(n, n + 3))
    matrix = square @ square.T + np.eye(n)
    found = inverse_factor(matrix.copy())
    np.testing.assert_array_equal(found, np.tril(found))
    np.testing.assert_allclose(found @ matrix @ found.T, np.eye(n), atol=1e-9 * n)


def test_a_matrix_that_is_not_definite_is_refused():
    with pytest.raises(np.linalg.LinAlgError):
        inverse_factor(-np.eye(600))


@pytest.mark.parametrize("reach", [0, 3, 40, 333])
def test_a_banded_factor_is_that_of_the_whole_matrix(reach):
    m = 1000
    bands = [np.full(m - k, -1.0) for k in (reach, reach // 2 + 1)]
    matrix = sparse.diags_array(bands, offsets=[-reach, -(reach // 2 + 1)], shape=(m, m))
    matrix = sparse.csr_array(matrix + matrix.T + sparse.diags_array(np.full(m, 9.0)))
    right = np.random.default_rng(0).normal(size=(m, 5))
    spread = BandedFactor(matrix).forward(right)
    np.testing.assert_allclose(spread.T @ spread, right.T @ np.linalg.solve(matrix.toarray(), right), rtol=1e-9)
