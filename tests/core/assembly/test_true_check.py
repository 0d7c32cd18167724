"""A true relief of another sign or unit: by the start, by the stations, and at last by the result."""

from __future__ import annotations

import numpy as np
import pytest

from core.assembly.true_check import check_true_relief, doubt_true_relief
from core.data.relief import Grid, Relief
from core.data.stations import Stations
from core.errors import InputError
from core.events.protocol import Reporter

GRID = Grid(1000.0 * np.arange(30), 1000.0 * np.arange(20), None)
EAST, NORTH = np.meshgrid(GRID.easting - 14_500.0, GRID.northing - 9_500.0)
BASIN = -1800.0 * np.exp(-(EAST**2 + NORTH**2) / 4000.0**2)
FLAT = Relief(GRID, np.zeros(GRID.shape))


def check(true, start=FLAT, height=0.0):
    n = GRID.size
    zeros = np.zeros(n)
    stations = Stations(*GRID.centres(), zeros + height, zeros, zeros + 1, zeros, zeros > 1, zeros < 1, crs=None)
    reporter = Reporter()
    check_true_relief(stations, start, true, reporter)
    return reporter.warnings


def test_a_basin_above_the_stations_on_the_ground_is_refused():
    assert check(BASIN) == []
    with pytest.raises(InputError, match="Check the sign of TRUE_RELIEF") as raised:
        check(-BASIN)
    assert raised.value.parameter == "TRUE_RELIEF"


@pytest.mark.parametrize(
    ("factor", "words"), [(-1.0, "the sign of"), (1e-3, "the unit of"), (-1e-3, "the unit and the sign of")]
)
def test_beside_a_start_near_it_sign_and_unit_are_told(factor, words):
    true = np.where(EAST > 0, BASIN - 1500.0, np.nan)
    start = Relief(GRID, np.full(GRID.shape, -1500.0))
    assert check(true, start, 10_000.0) == []
    with pytest.raises(InputError, match=words):
        check(factor * true, start, 10_000.0)


def test_where_start_and_stations_tell_nothing_the_result_does():
    """Stations high above a flat start at 0."""
    assert check(-BASIN, FLAT, 5000.0) == []
    found = BASIN + 20.0
    for true, told in ((BASIN, 0), (-BASIN, 1)):
        reporter = Reporter()
        doubt_true_relief(FLAT, found, true, reporter)
        assert len(reporter.warnings) == told
    assert "from the inverted relief" in reporter.warnings[0]


def test_a_result_that_went_astray_is_not_the_true_reliefs_fault():
    true = BASIN - 1500.0
    reporter = Reporter()
    doubt_true_relief(Relief(GRID, np.full(GRID.shape, -1500.0)), -true, true, reporter)
    assert reporter.warnings == []
