"""Two signals in the parts of an area: alike, opposed, or neither, whatever smooth field one of them holds besides."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from core.survey.likeness import compared, halved, less_trend

ROOM = np.random.default_rng(11)
PLACES = ROOM.uniform(0.0, 60_000.0, 400), ROOM.uniform(0.0, 40_000.0, 400)


def rough(seed, smooth=3):
    """A random field of standard deviation 1 at the places."""
    field = gaussian_filter(np.random.default_rng(seed).standard_normal((80, 120)), smooth)
    sampled = field[(PLACES[1] / 500.0).astype(int), (PLACES[0] / 500.0).astype(int)]
    return (sampled - sampled.mean()) / sampled.std()


WAVE = 30.0 * np.sin(PLACES[0] / 25_000.0) + 20.0 * np.cos(PLACES[1] / 30_000.0)  # far stronger than the signal


@pytest.mark.parametrize("halvings", [2, 3])
@pytest.mark.parametrize("factor", [0.2, 1.0, 1000.0])
def test_a_signal_is_like_itself_and_its_opposite_opposed(halvings, factor):
    one = rough(1)
    like = compared(*PLACES, factor * one, one, halvings)
    assert like.is_alike and not like.is_opposed and like.factor == pytest.approx(factor)
    turned = compared(*PLACES, -factor * one, one, halvings)
    assert turned.is_opposed and turned.is_opposed_alone and turned.correlation == pytest.approx(-1.0)


def test_a_wave_thirty_times_as_strong_does_not_hide_it():
    one = rough(1)
    assert compared(*PLACES, -one + WAVE, one, 3).is_opposed
    assert compared(*PLACES, one + WAVE, one, 3).is_alike


def test_unrelated_signals_are_neither():
    told = [compared(*PLACES, rough(k), rough(k + 1000), halvings) for k in range(150) for halvings in (2, 3)]
    assert not any(one.is_opposed or one.is_alike for one in told)


def test_too_few_places_tell_nothing():
    few = tuple(side[:70] for side in PLACES)
    assert compared(*few, rough(1)[:70], rough(2)[:70], 3) is None
    assert compared(*few, rough(1)[:70], rough(1)[:70], 2) is not None
    assert compared(*PLACES, rough(1), np.zeros(400), 2) is None


def test_halves_are_as_large_and_hold_every_place_once():
    parts = halved(*PLACES, 3)
    assert [part.size for part in parts] == [50] * 8
    assert sorted(np.concatenate(parts)) == list(range(400))
    west, east = halved(*PLACES, 1)
    assert PLACES[0][west].max() <= PLACES[0][east].min()  # the longer side is the one across


def test_places_on_a_line_are_parted_too():
    line = np.linspace(0.0, 1e5, 100), np.full(100, 5e6)
    one = np.sin(line[0] / 3000.0)
    assert compared(*line, -one, one, 3).is_opposed


def test_less_its_trend_a_polynomial_is_nothing():
    x, y = PLACES
    values = 3.0 + 1e-4 * x - 2e-9 * x * y + 5e-9 * y**2
    assert np.abs(less_trend(values, *PLACES, 2)).max() < 1e-9
    assert np.abs(less_trend(values, *PLACES, 1)).max() > 0.1
