"""A density law below stations on the ground: the fast sums hold where relief and reference level come up to the stations."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.relief import Grid
from core.data.stations import Positions
from core.events.protocol import Reporter
from core.operators.choice import TIGHT_TOLERANCE, choose_operator
from core.operators.dense import DenseOperator
from core.operators.gridded import GriddedOperator
from core.operators.scattered import ScatteredOperator
from core.survey.law import EXPONENTIAL, HYPERBOLIC, TABLE, DensityLaw

GRID = Grid(1000.0 * np.arange(30), 1000.0 * np.arange(24), None)
EAST, NORTH = np.meshgrid(GRID.easting / 29_000.0 - 0.45, GRID.northing / 23_000.0 - 0.5)
BASIN = np.minimum(
    -2500.0 * np.exp(-((EAST / 0.25) ** 2) - (NORTH / 0.25) ** 2), -1.0
)  # its rim 1 m below the stations
CONTRAST = np.full(GRID.shape, 500.0)
TOLERANCE = 2.5e-3  # mGal, as of data that range over 25 mGal
LAWS = {
    "exponential": DensityLaw(500.0, EXPONENTIAL, 0.0, 1500.0),
    "hyperbolic": DensityLaw(500.0, HYPERBOLIC, 0.0, 3000.0),
    "table": DensityLaw(500.0, TABLE, 0.0, 1.0, np.array([0.0, 500.0, 2000.0]), np.array([1.0, 0.8, 0.4])),
}


def places(kind):
    if kind == "nodes":
        return Positions(*GRID.centres(), np.zeros(GRID.size))
    rng = np.random.default_rng(5)
    return Positions(rng.uniform(0, 29_000, 700), rng.uniform(0, 23_000, 700), np.zeros(700))


@pytest.mark.parametrize("kind", ["nodes", "scattered"])
@pytest.mark.parametrize("law", LAWS)
def test_it_is_the_exact_sum_within_the_tolerance(kind, law, monkeypatch):
    at, packed = places(kind), LAWS[law].packed()
    exact = DenseOperator(at, GRID, CONTRAST, 0.0, law=packed).gravity(BASIN)
    told = []
    fast = choose_operator(
        at,
        GRID,
        CONTRAST,
        0.0,
        tolerance=TOLERANCE,
        expected=BASIN,
        data=exact,
        reporter=Reporter(told.append),
        law=packed,
    )
    assert isinstance(fast, GriddedOperator if kind == "nodes" else ScatteredOperator)
    assert [event["event"] for event in told] == ["log"]
    monkeypatch.setattr(DenseOperator, "_law_sums", None)  # the slow way is not taken
    assert np.abs(fast.gravity(BASIN) - exact).max() < TOLERANCE


def test_a_cell_above_the_stations_is_summed_by_itself_and_the_others_stay_fast(monkeypatch):
    at, packed = places("nodes"), LAWS["hyperbolic"].packed()
    relief = BASIN.copy()
    relief[5, 5] = 40.0
    fast = choose_operator(at, GRID, CONTRAST, 0.0, expected=BASIN, data=np.array([-25.0, 0.0]), law=packed)
    exact = DenseOperator(at, GRID, CONTRAST, 0.0, law=packed).gravity(relief)
    summed, sums = [], DenseOperator._law_sums

    def counted(operator, levels, law):
        summed.append(np.count_nonzero(operator._contrast))
        return sums(operator, levels, law)

    monkeypatch.setattr(DenseOperator, "_law_sums", counted)
    np.testing.assert_allclose(fast.gravity(relief), exact, rtol=0, atol=TIGHT_TOLERANCE)
    assert summed == [1]


def test_a_flat_relief_at_the_level_of_stations_and_reference_has_no_gravity():
    packed = LAWS["hyperbolic"].packed()
    fast = choose_operator(
        places("scattered"), GRID, CONTRAST, 0.0, expected=BASIN, data=np.array([-25.0, 0.0]), law=packed
    )
    assert np.abs(fast.gravity(np.zeros(GRID.shape))).max() < 1e-9
