"""The inverse slab: exact for a constant contrast and for the laws whose integrals are closed, cut where a law has no more."""

from __future__ import annotations

import numpy as np
import pytest

from core.inversion.slab import MOST_OF_IT, SLAB, slab_relief
from core.survey.law import EXPONENTIAL, HYPERBOLIC, TABLE, DensityLaw

START = np.zeros((1, 5))
DEPTHS = np.array([[0.0, 50.0, 400.0, 1500.0, 2900.0]])
CONTRAST = np.full(START.shape, 500.0)


def slab(integral):
    """Gravity of a slab of this thickness at the datum's contrast, below the start: mGal."""
    return -SLAB * 500.0 * np.asarray(integral)


def test_a_kilometre_of_500_is_the_textbooks_21_mgal():
    found = slab_relief(np.full((1, 1), -20.97), np.zeros((1, 1)), np.full((1, 1), 500.0), None)
    assert found[0, 0] == pytest.approx(-1000.0, rel=1e-3)


def test_a_constant_contrast_gives_the_thickness_both_ways_and_stays_where_there_is_none():
    np.testing.assert_allclose(slab_relief(slab(DEPTHS), START + 70, CONTRAST, None), 70 - DEPTHS, rtol=1e-12)
    np.testing.assert_allclose(slab_relief(-slab(DEPTHS), START, CONTRAST, None), DEPTHS, rtol=1e-12)
    np.testing.assert_array_equal(slab_relief(slab(DEPTHS), START, 0.0 * CONTRAST, None), START)


def test_an_exponential_law_is_inverted():
    law = DensityLaw(500.0, EXPONENTIAL, 0.0, 2500.0).packed()
    found = slab_relief(slab(2500.0 * (1 - np.exp(-DEPTHS / 2500.0))), START, CONTRAST, law)
    np.testing.assert_allclose(found, -DEPTHS, atol=0.1)


def test_a_hyperbolic_law_is_inverted_also_from_a_start_below_its_datum():
    law = DensityLaw(500.0, HYPERBOLIC, 200.0, 3000.0).packed()
    upto = lambda depth: 3000.0 * depth / (3000.0 + depth)  # noqa: E731
    found = slab_relief(slab(upto(700.0 + DEPTHS) - upto(700.0)), START - 500.0, CONTRAST, law)
    np.testing.assert_allclose(found, -500.0 - DEPTHS, atol=0.1)


def test_above_its_datum_a_law_is_constant():
    law = DensityLaw(500.0, EXPONENTIAL, 0.0, 1000.0).packed()
    found = slab_relief(slab(300.0 - 0.0 * DEPTHS), START + 1000.0, CONTRAST, law)
    np.testing.assert_allclose(found, 700.0, rtol=1e-9)


def test_a_table_is_inverted_and_goes_on_below_its_last_row():
    law = DensityLaw(500.0, TABLE, 0.0, 1.0, np.array([0.0, 1000.0, 2000.0]), np.array([1.0, 0.5, 0.5])).packed()
    upto = np.where(DEPTHS < 1000.0, DEPTHS - DEPTHS**2 / 4000.0, 750.0 + 0.5 * (DEPTHS - 1000.0))
    np.testing.assert_allclose(slab_relief(slab(upto), START, CONTRAST, law), -DEPTHS, atol=0.2)


@pytest.mark.parametrize(
    ("kind", "deepest"),
    [(EXPONENTIAL, -2000.0 * np.log(1 - MOST_OF_IT)), (HYPERBOLIC, 2000.0 * MOST_OF_IT / (1 - MOST_OF_IT))],
)
def test_more_than_a_fading_law_can_give_is_cut(kind, deepest):
    law = DensityLaw(500.0, kind, 0.0, 2000.0).packed()
    found = slab_relief(slab([[1999.0, 2001.0, 1e6]]), np.zeros((1, 3)), np.full((1, 3), 500.0), law)
    np.testing.assert_allclose(found, -deepest, rtol=1e-4)


def test_a_table_that_changes_sign_is_followed_to_there_at_most():
    law = DensityLaw(500.0, TABLE, 0.0, 1.0, np.array([0.0, 1000.0, 2000.0]), np.array([1.0, 0.0, -1.0])).packed()
    found = slab_relief(slab([[1e5]]), np.zeros((1, 1)), np.full((1, 1), 500.0), law)
    assert found[0, 0] == pytest.approx(-500.0, abs=1.0)  # 1 − (1 − d/1000)² = 0.75
