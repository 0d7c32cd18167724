"""The misfit at points of known relief: how far each is trusted, and when the start is doubted."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.relief import Grid, Relief
from core.events.protocol import Reporter
from core.regional.known_misfit import SLAB, misfit_at
from core.regional.method import Samples
from core.survey.known_points import KnownPoints
from core.survey.law import EXPONENTIAL, DensityLaw
from core.survey.survey import Survey

GRID = Grid(1000.0 * np.arange(20), 1000.0 * np.arange(20), None)
EAST, NORTH = GRID.centres()
MISFIT = Samples(EAST, NORTH, EAST / 1e4, np.full(GRID.size, 100.0))  # of 0.1 mGal
LAW = DensityLaw(500.0, EXPONENTIAL, 0.0, 1000.0).packed()


def at_points(height, error, law=None, level=-3000.0):
    """The misfit at eleven points along a diagonal over a flat start, and what was said of it."""
    along = 2000.0 + 1500.0 * np.arange(11)
    points = KnownPoints(along, along, np.full(11, height), np.full(11, error), None)
    survey = Survey(None, Relief(GRID, np.full(GRID.shape, level)), np.full(GRID.shape, 500.0), law)
    reporter = Reporter()
    return misfit_at(points, MISFIT, survey, reporter), reporter.warnings


def test_the_misfit_is_interpolated_linearly_and_weighted_by_both_errors():
    found, warnings = at_points(-3000.0, 5.0)
    np.testing.assert_allclose(found.value, found.easting / 1e4, atol=1e-9)
    np.testing.assert_allclose(1.0 / found.weight, 0.1**2 + (SLAB * 500.0 * 5.0) ** 2)
    assert warnings == []


def test_with_a_law_a_points_error_weighs_by_the_contrast_at_the_relief():
    found, _ = at_points(-3000.0, 50.0, LAW)
    np.testing.assert_allclose(1.0 / found.weight, 0.1**2 + (SLAB * 500.0 * np.exp(-3.0) * 50.0) ** 2)


@pytest.mark.parametrize(("law", "doubted"), [(None, True), (LAW, False)])
def test_a_start_that_misses_by_little_gravity_is_not_doubted(law, doubted):
    """40 m are 0.8 mGal of 500 kg/m3 and 0.04 of what is left of them at 3 km; the misfit there spreads by 0.5 mGal."""
    _, warnings = at_points(-3040.0, 1.0, law)
    assert any("misses the known points" in text for text in warnings) is doubted
