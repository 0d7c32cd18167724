"""Integrals of Chebyshev terms over height, closed and under a law, against quadrature."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from core.operators.chebyshev import Interval, integral_gain
from core.operators.density_law import law_factor, law_factors, law_knots, law_size
from core.operators.term_integrals import Level, LogDepth, TermIntegrals
from core.survey.law import EXPONENTIAL, HYPERBOLIC, TABLE, DensityLaw

LAWS = {
    "none": None,
    "exponential": DensityLaw(1.0, EXPONENTIAL, 0.0, 400.0).packed(),
    "short": DensityLaw(1.0, EXPONENTIAL, 0.0, 20.0).packed(),
    "hyperbolic": DensityLaw(1.0, HYPERBOLIC, -100.0, 900.0).packed(),
    "table": DensityLaw(
        1.0, TABLE, 50.0, 1.0, np.array([0.0, 300.0, 320.0, 2e3]), np.array([1.0, 0.5, 1.4, -0.2])
    ).packed(),
}
VARIABLES = {"log depth": LogDepth(20.0, 500.0), "log height": LogDepth(-2600.0, 500.0, -1.0), "level": Level()}
LOW, HIGH, START = -2500.0, 20.0, -700.0


def by_quadrature(variable, interval, law, k, level):
    """Q_k(level) over pieces between the law's breaks."""

    def integrand(z):
        u = float(variable.of(np.array([z]))[0])
        depth = np.exp(u) if isinstance(variable, LogDepth) else 1.0
        term = np.cos(k * np.arccos(interval.scaled(np.array([u]))[0]))
        return (1.0 if law is None else law_factor(law, z)) * term / depth

    between = [] if law is None else list(law_knots(law, *sorted([START, level])))
    edges = np.array(sorted([START, level, *between[:: max(1, len(between) // 40)]]))
    total = sum(quad(integrand, a, b, epsabs=1e-13, epsrel=1e-12)[0] for a, b in pairwise(edges))
    return total if level >= START else -total


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("by", VARIABLES)
def test_they_are_the_quadratures(name, by):
    law, variable = LAWS[name], VARIABLES[by]
    interval = Interval(*np.sort(variable.of(np.array([LOW, HIGH]))))
    integrals = TermIntegrals(variable, interval, START, 12, law)
    levels = np.array([[LOW, -1500.0, START], [-270.3, -3.0, HIGH]])
    found = integrals.fields(interval.scaled(variable.of(levels)), np.full(levels.shape, 2.0), 0, 12)
    scale = 1.0 if isinstance(variable, LogDepth) else HIGH - LOW
    for k in (0, 1, 2, 3, 7, 11):
        expected = [[2.0 * by_quadrature(variable, interval, law, k, z) for z in row] for row in levels]
        np.testing.assert_allclose(found[k], expected, rtol=0, atol=1e-10 * scale)
    np.testing.assert_array_equal(found[:, 0, 2], 0.0)


@pytest.mark.parametrize("name", ["none", "table"])
def test_a_batch_is_a_part_of_all(name):
    variable = VARIABLES["log depth"]
    interval = Interval(*np.sort(variable.of(np.array([LOW, HIGH]))))
    integrals = TermIntegrals(variable, interval, START, 9, LAWS[name])
    t = np.linspace(-1.0, 1.0, 60).reshape(6, 10)
    whole = integrals.fields(t, np.ones(t.shape), 0, 9)
    np.testing.assert_array_equal(integrals.fields(t, np.ones(t.shape), 4, 3), whole[4:7])


@given(a=st.floats(-1.0, 1.0), b=st.floats(-1.0, 1.0))
def test_no_integral_of_a_term_passes_its_gain(a, b):
    integrals = TermIntegrals(Level(), Interval(-1.0, 1.0), a, 40, None).at(b)
    assert (np.abs(integrals) <= integral_gain(40) + 1e-14).all()


@given(name=st.sampled_from(sorted(LAWS)), ends=st.tuples(st.floats(-3000.0, 100.0), st.floats(-3000.0, 100.0)))
def test_a_laws_size_bounds_it_and_its_integrals_against_any_wave(name, ends):
    law, (low, high) = LAWS[name], sorted(ends)
    size, of_integral = law_size(law, low, high)
    z = np.linspace(low, high, 4001)
    f = np.ones(z.size) if law is None else law_factors(law, z)
    assert np.abs(f).max() <= size + 1e-9
    for waves in (0.3, 1.0, 7.0):
        g = np.cos(waves * np.linspace(0.0, 2.0 * np.pi, z.size))
        sums = np.cumsum(np.concatenate([[0.0], 0.5 * (g[1:] + g[:-1])]))
        weighted = np.cumsum(np.concatenate([[0.0], 0.25 * (f[1:] + f[:-1]) * (g[1:] + g[:-1])]))
        assert np.ptp(weighted) <= of_integral * np.ptp(sums) * (1.0 + 1e-6) + 1e-6
