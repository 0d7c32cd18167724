"""A smooth field of scattered values: what is constant stays so, noise is averaged, far cells take the nearest."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.relief import Grid
from core.data.smoothing import smooth_field
from core.data.stations import Positions

GRID = Grid(1000.0 * np.arange(40), 500.0 * np.arange(60), None)


def scattered(count, seed=0):
    rng = np.random.default_rng(seed)
    places = rng.uniform(0, 39000, count), rng.uniform(0, 29500, count)
    return Positions(*places, np.zeros(count)), rng


def test_a_constant_comes_back_everywhere():
    places, rng = scattered(50)
    field = smooth_field(places, np.full(50, -7.5), rng.uniform(0.1, 10, 50), GRID, 2000.0)
    np.testing.assert_allclose(field, -7.5, rtol=1e-12)


def test_a_gentle_slope_comes_back_away_from_the_borders_and_its_noise_is_averaged():
    places, rng = scattered(20_000)
    values = 1e-3 * places.easting + rng.standard_normal(20_000)
    field = smooth_field(places, values, np.ones(20_000), GRID, 2000.0)
    wanted = np.broadcast_to(1e-3 * GRID.easting, GRID.shape)
    inside = (slice(12, -12), slice(6, -6))
    assert np.abs(field - wanted)[inside].max() < 0.35  # of a noise of 1, from about 400 values


def test_heavy_values_count_more():
    places = Positions(np.array([5000.0, 5000.0]), np.array([5000.0, 5000.0]), np.zeros(2))
    field = smooth_field(places, np.array([0.0, 10.0]), np.array([3.0, 1.0]), GRID, 1000.0)
    assert field[10, 5] == pytest.approx(2.5)


def test_far_from_every_value_the_nearest_one_is_taken():
    places = Positions(np.array([0.0, 39000.0]), np.array([0.0, 29500.0]), np.zeros(2))
    field = smooth_field(places, np.array([1.0, 2.0]), np.ones(2), GRID, 1000.0)
    assert field[0, 0] == field[5, 15] == pytest.approx(1.0)
    assert field[-1, -1] == field[-5, 25] == pytest.approx(2.0)
