"""Codes for "no value" are found where the data say that they are codes, and let be where they may be heights."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.void_codes import VOID_CODES, is_code, void_cells, void_points

ROWS, COLS = np.mgrid[0:40, 0:50].astype(float)
RELIEF = -1500.0 + 300.0 * np.sin(ROWS / 7.0) + 200.0 * np.cos(COLS / 5.0)
RNG = np.random.default_rng(0)
EAST, NORTH = RNG.uniform(0.0, 4e4, (2, 500))


def with_code(values, where, code):
    values = values.copy()
    values[where] = code
    return values


def trench(deepest):
    """A trench of the Mariana's shape and size: 70 km wide, along a bent axis, from -4000 m."""
    across = (COLS - 25.0 + 0.02 * (ROWS - 20.0) ** 2) * 2.0
    along = (ROWS - 20.0) * 2.0
    return np.round(-4000.0 + (deepest + 4000.0) * np.exp(-((across / 20.0) ** 2) - (along / 60.0) ** 2))


@pytest.mark.parametrize("code", [-9999, -32768, -99999, 9999, -999, 1e20, -3.4028234663852886e38, 1.70141e38])
@pytest.mark.parametrize("values", [RELIEF, np.full(ROWS.shape, -1500.0), RELIEF - 30_000.0])
def test_a_hole_in_a_relief_is_found_to_the_cell(code, values):
    where = np.zeros(values.shape, dtype=bool)
    where[10:12, 10:13] = where[39, 49] = where[30:, 0:4] = True
    found = void_cells(with_code(values, where, code))
    np.testing.assert_array_equal(found, where)


def test_codes_are_codes_in_32_bit_floats_too():
    assert is_code(VOID_CODES.astype(np.float64)).all()
    with np.errstate(over="ignore"):
        assert is_code(VOID_CODES[np.abs(VOID_CODES) < 3.5e38].astype(np.float32).astype(float)).all()
    assert not is_code(np.array([0.0, 1.0, -1.0, np.nan, -9998.0, -1500.0, 400.0, 255.0])).any()


@pytest.mark.parametrize("code", [-9999.0, -999.0, 999.0, -8888.0])
@pytest.mark.parametrize("slope", [1.0, 7.0, 333.0])
def test_a_plain_that_passes_through_a_code_is_not_touched(code, slope):
    plane = code + slope * (COLS - 20.0) + slope * (ROWS - 10.0)
    assert is_code(plane).sum() > 10
    assert not void_cells(plane).any()


@pytest.mark.parametrize("deepest", [-9999.0, -10_200.0, -10_994.0])
def test_a_trench_of_whole_metres_that_passes_through_9999_is_not_touched(deepest):
    relief = trench(deepest)
    for shift in range(-400, 400):  # until many cells are -9999 at once, also on its axis and at its end
        assert not void_cells(relief + shift).any()


def test_a_hole_in_a_trench_is_found_beside_true_depths_of_9999():
    relief = trench(-10_994.0)
    true = np.argwhere(np.abs(relief + 9999.0) < 60.0)[0]
    relief[tuple(true)] = -9999.0
    holes = np.zeros(relief.shape, dtype=bool)
    holes[2:4, 45:47] = True  # where it is 4000 m deep
    found = void_cells(with_code(relief, holes, -9999.0))
    np.testing.assert_array_equal(found, holes)


def test_a_lake_at_999_m_among_hills_is_no_hole():
    hills = (
        1100.0
        + 110.0 * np.sin(ROWS / 5.0) * np.cos(COLS / 6.0)
        + 5.0 * np.random.default_rng(1).normal(size=ROWS.shape)
    )
    assert not void_cells(np.maximum(hills, 999.0)).any()


def test_two_codes_and_holes_in_the_midst_of_empty_cells():
    values = RELIEF.copy()
    values[0:12, 0:12] = np.nan
    values[3:6, 3:6] = -9999.0
    values[20:22, 20:22] = -32768.0
    found = void_cells(values)
    assert found[3:6, 3:6].all() and found[20:22, 20:22].all() and found.sum() == 13


def test_most_of_a_raster_may_be_void_and_one_that_is_all_a_code_is_not():
    where = np.ones(RELIEF.shape, dtype=bool)
    where[15:25, 15:25] = False
    np.testing.assert_array_equal(void_cells(with_code(RELIEF, where, -9999.0)), where)
    assert not void_cells(np.full((5, 6), -999.0)).any()
    assert not void_cells(np.full((5, 6), np.nan)).any()


def test_a_mask_of_0_and_255_is_whole_and_one_of_0_1_and_9999_is_not():
    mask = (ROWS > 20).astype(float)
    assert not void_cells(255.0 * mask).any()
    where = COLS < 9
    np.testing.assert_array_equal(void_cells(with_code(mask, where, -9999.0)), where)


@pytest.mark.parametrize("code", [-99999.0, -9999.0, 999.0, 1e20, -32768.0])
def test_dummies_among_stations_are_found(code):
    gravity = 20.0 * np.sin(EAST / 8000.0) + RNG.normal(0.0, 0.1, 500)
    where = np.arange(500) % 50 == 0
    np.testing.assert_array_equal(void_points(EAST, NORTH, with_code(gravity, where, code)), where)


def test_dummies_among_stations_at_one_height():
    where = np.arange(500) % 7 == 0
    np.testing.assert_array_equal(void_points(EAST, NORTH, with_code(np.full(500, 300.0), where, -9999.0)), where)


def test_stations_on_a_plain_999_m_high_are_no_dummies():
    for heights in (np.round(997.0 + EAST / 1e4), np.round(600.0 + EAST / 50.0), np.where(EAST > 3.9e4, 999.0, 1000.0)):
        assert not void_points(EAST, NORTH, heights).any()


def test_soundings_in_a_trench_are_no_dummies():
    depths = -9999.0 + np.round((EAST - 2e4) / 40.0)
    depths[np.argmin(np.abs(EAST - 2e4))] = -9999.0
    assert is_code(depths).any()
    assert not void_points(EAST, NORTH, depths).any()


def test_where_others_are_few_or_have_no_place_nothing_is_said():
    few = np.array([-9999.0, 3.0, 4.0])
    assert not void_points(EAST[:3], NORTH[:3], few).any()
    assert not void_points(np.full(500, np.nan), NORTH, np.full(500, -9999.0)).any()


def test_a_knoll_of_999_m_on_a_plateau_is_no_dummy():
    plateau = np.round(985.0 + RNG.normal(0.0, 1.0, 500))
    plateau[::90] = 999.0
    assert not void_points(EAST, NORTH, plateau).any()
