"""The penalties: quadratics have exactly their curvature, planes none, and only cells that may move are asked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.inversion.penalties import PENALTIES, Curvature, CurvatureOfChange, StepDamping, second_differences

curvatures = st.floats(-3.0, 3.0)
spacings = st.floats(0.5, 40.0)


def quadratic(shape, dx, dy, ee, en, nn):
    """b with the constant second derivatives b_ee, b_en, b_nn, on a tilted plane."""
    north, east = np.mgrid[0 : shape[0], 0 : shape[1]] * 1.0
    e, n = dx * east, dy * north
    return 0.5 * ee * e**2 + en * e * n + 0.5 * nn * n**2 + 3.0 * e - 2.0 * n + 7.0


def split_rows(values, shape):
    """The xx, yy and xy rows of a grid whose cells are all free."""
    ny, nx = shape
    return np.split(values, np.cumsum([ny * (nx - 2), (ny - 2) * nx]))


@given(spacings, spacings, curvatures, curvatures, curvatures)
def test_rows_are_a_quadratics_second_derivatives_times_the_area_of_a_cell(dx, dy, ee, en, nn):
    shape = (5, 7)
    rows = second_differences(np.ones(shape, bool), dx, dy)
    b = quadratic(shape, dx, dy, ee, en, nn)
    xx, yy, xy = split_rows(rows @ b.ravel(), shape)
    assert (xx.size, yy.size, xy.size) == (5 * 5, 3 * 7, 4 * 6)
    tolerance = 1e-10 * dx * dy * (1.0 + (dx / dy) + (dy / dx)) * 1e3
    np.testing.assert_allclose(xx, ee * dx * dy, atol=tolerance)
    np.testing.assert_allclose(yy, nn * dx * dy, atol=tolerance)
    np.testing.assert_allclose(xy, np.sqrt(2) * en * dx * dy, atol=tolerance)


@given(st.floats(0.0, np.pi), spacings, spacings)
def test_the_curvature_of_a_ridge_is_the_same_in_whatever_direction_it_runs(angle, dx, dy):
    shape = (4, 4)
    c, s = np.cos(angle), np.sin(angle)
    rows = second_differences(np.ones(shape, bool), dx, dy)
    xx, yy, xy = (part[0] for part in split_rows(rows @ quadratic(shape, dx, dy, c * c, c * s, s * s).ravel(), shape))
    assert xx**2 + yy**2 + xy**2 == pytest.approx((dx * dy) ** 2, rel=1e-6)


def test_on_square_cells_the_differences_are_plain():
    rows = second_differences(np.ones((3, 3), bool), 500.0, 500.0).toarray()
    np.testing.assert_array_equal(rows[0], [1, -2, 1, 0, 0, 0, 0, 0, 0])
    np.testing.assert_array_equal(rows[3], [1, 0, 0, -2, 0, 0, 1, 0, 0])
    np.testing.assert_allclose(rows[6], np.sqrt(2) * np.array([1, -1, 0, -1, 1, 0, 0, 0, 0]))


def test_a_row_stands_only_where_its_stencil_fits_and_touches_a_free_cell():
    free = np.zeros((6, 8), bool)
    free[2, 3] = True
    rows = second_differences(free, 1.0, 1.0).toarray().reshape(-1, 6, 8)
    assert len(rows) == 3 + 3 + 4  # three places along each axis, four squares
    assert (rows[:, 2, 3] != 0).all()
    corner = np.zeros((6, 8), bool)
    corner[0, 0] = True
    assert second_differences(corner, 1.0, 1.0).shape == (3, 48)
    assert second_differences(np.zeros((6, 8), bool), 1.0, 1.0).shape == (0, 48)


def test_a_grid_of_two_rows_has_no_difference_across_them_and_is_no_error():
    rows = second_differences(np.ones((2, 5), bool), 1.0, 1.0)
    assert rows.shape == (3 * 2 + 4, 10)


def test_each_penalty_draws_to_its_own_origin():
    start, now = np.full((4, 4), 10.0), np.full((4, 4), 13.0)
    free = np.ones((4, 4), bool)
    made = [penalty(start, free, 1.0, 1.0) for penalty in PENALTIES]
    assert [type(p) for p in made] == [StepDamping, Curvature, CurvatureOfChange]
    step, curvature, change = made
    np.testing.assert_array_equal(step.origin(now), now)
    np.testing.assert_array_equal(curvature.origin(now), 0.0)
    np.testing.assert_array_equal(change.origin(now), start)
    assert [p.is_objective for p in made] == [False, True, True]


def test_step_damping_weighs_each_free_cell_by_one():
    free = np.array([[True, False], [False, True]])
    rows = StepDamping(np.zeros((2, 2)), free, 1.0, 1.0).rows.toarray()
    np.testing.assert_array_equal(rows, [[1, 0, 0, 0], [0, 0, 0, 1]])
