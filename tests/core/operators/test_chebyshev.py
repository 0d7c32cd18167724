"""How many terms a series needs: signal told from rounding, and a bound that holds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.operators.chebyshev import (
    TRIAL_NODES,
    Interval,
    Sample,
    coefficients_matrix,
    error_bounds,
    least_order,
)

UNIT = Interval(-1.0, 1.0)
FINE = np.linspace(-1.0, 1.0, 2001)


def pole(t: np.ndarray, ratio: float) -> np.ndarray:
    """1/(a − t), whose terms fall by this ratio exactly: c_k ~ ratio^−k."""
    a = 0.5 * (ratio + 1.0 / ratio)
    return 1.0 / (a - t)


def error(function, order: int) -> float:
    """The largest error of the series of so many terms."""
    series = coefficients_matrix(order) @ function(UNIT.nodes(order))
    return float(np.abs(np.polynomial.chebyshev.chebval(FINE, series) - function(FINE)).max())


def sampled(function, rounding: float = 1e-12):
    return lambda nodes: [Sample(function(UNIT.nodes(nodes))[None], np.ones(1), rounding)]


@given(ratio=st.floats(1.25, 20.0), digits=st.integers(1, 10))
def test_the_bound_holds_and_is_not_far_off_however_fast_the_terms_fall(ratio, digits):
    order, bound = least_order(sampled(lambda t: pole(t, ratio)), 10.0**-digits)
    assert bound <= 10.0**-digits
    assert error(lambda t: pole(t, ratio), order) <= bound + 1e-12
    assert order == 1 or error(lambda t: pole(t, ratio), order - 1) >= 1e-3 * 10.0**-digits


@pytest.mark.parametrize("ratio", [1.05, 1.1, 1.2])
def test_terms_that_fall_too_slowly_give_a_bound_above_the_tolerance_and_no_false_one(ratio):
    order, bound = least_order(sampled(lambda t: pole(t, ratio)), 1e-10)
    assert bound > 1e-10
    assert error(lambda t: pole(t, ratio), order) <= bound
    assert order > TRIAL_NODES[-1] // 4


def test_rounding_needs_no_terms_and_adds_up_like_noise():
    """A million functions of which each errs by 1e-13: as a whole by 1e-10, not by 1e-7."""
    rng = np.random.default_rng(0)

    def values(nodes):
        return np.exp(UNIT.nodes(nodes)) + 1e-13 * rng.normal(size=(1000, nodes))

    order, bound = least_order(lambda nodes: [Sample(values(nodes), np.full(1000, 1e3), 1e-10)], 1e-12)
    assert 9 <= order <= 14
    assert 1e-10 < bound < 1e-8


def test_a_loud_function_among_the_rounding_of_many_is_heard():
    """One kernel close by, of a million: its terms are smaller than what the others' rounding would add up to."""
    rng = np.random.default_rng(0)
    nodes = UNIT.nodes(64)
    far = 1e-13 * rng.normal(size=(1000, 64))
    sample = Sample(np.vstack([pole(nodes, 2.0), far]), np.r_[1.0, np.full(1000, 1e3)], 1e-10)
    for order in (8, 16, 20, 24):
        assert error_bounds(sample)[order - 1] >= error(lambda t: pole(t, 2.0), order)


def test_what_stops_falling_above_all_rounding_is_signal():
    kink = sampled(lambda t: np.abs(t - 0.3) * 1e-3)
    order, bound = least_order(kink, 1e-6)
    assert bound > 1e-6
    assert bound >= error(lambda t: np.abs(t - 0.3) * 1e-3, order)


def test_several_sums_get_the_order_of_the_slowest_and_the_bound_at_it():
    def both(nodes):
        return [Sample(pole(UNIT.nodes(nodes), ratio)[None], np.ones(1), 1e-12) for ratio in (1.5, 4.0)]

    slow = least_order(sampled(lambda t: pole(t, 1.5)), 1e-5)
    assert least_order(both, 1e-5) == slow


def test_nothing_at_all_needs_one_term():
    assert least_order(sampled(np.zeros_like), 1e-9) == (1, 0.0)
