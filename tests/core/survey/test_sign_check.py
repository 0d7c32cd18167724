"""A contrast of the wrong sign is doubted, one of the right sign is not."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.rasters import RasterSource, read_raster
from core.data.relief import Grid, Relief
from core.data.stations import Positions, Stations
from core.errors import InputError
from core.events.protocol import Reporter
from core.operators.dense import DenseOperator
from core.survey.law import EXPONENTIAL, DensityLaw
from core.survey.sign_check import check_sign
from core.tasks import run_task

GRID = Grid(2000.0 * np.arange(15), 2000.0 * np.arange(12), None)
EAST, NORTH = np.meshgrid(GRID.easting - 14_000.0, GRID.northing - 11_000.0)
BASIN = -3000.0 * np.exp(-(EAST**2 + NORTH**2) / 9000.0**2)


PLACES = Positions(*GRID.centres(), np.full(GRID.size, 20.0))
FILL = np.full(GRID.shape, 500.0)


def doubts(contrast, added=0.0, start=-200.0, strict=False, relief=BASIN, true_contrast=FILL, law=None):
    """The warnings where a basin with a fill lighter by 500 is inverted with this contrast from a flat start."""
    observed = DenseOperator(PLACES, GRID, true_contrast, 0.0, law=law).gravity(relief)
    n, zeros, ones = GRID.size, np.zeros(GRID.size), np.ones(GRID.size)
    used = np.ones(n, bool)
    used[0] = False
    places = PLACES.easting, PLACES.northing, PLACES.height
    stations = Stations(*places, observed + added, ones, zeros, used & False, used, crs=None)
    start = Relief(GRID, np.full(GRID.shape, start))
    cells = np.broadcast_to(contrast, GRID.shape)
    predicted = np.where(used, DenseOperator(PLACES, GRID, cells, 0.0, law=law).gravity(start.heights), np.nan)
    reporter = Reporter(strict=strict)
    check_sign(stations, predicted, start, cells, reporter, law)
    return reporter.warnings


def test_a_basin_with_the_right_sign_raises_no_doubt():
    assert doubts(500.0) == []


def test_with_the_wrong_sign_the_warning_says_the_convention_and_what_to_check():
    (text,) = doubts(-500.0)
    for words in ("above", "percent of the stations", "below the relief minus that above", "lighter fill", "positive"):
        assert words in text


def test_a_large_offset_that_would_lift_the_relief_is_doubted_too():
    (text,) = doubts(500.0, added=60.0)
    assert "the reference level and the regional" in text


def test_where_it_is_strict_the_doubt_ends_the_run():
    with pytest.raises(InputError) as raised:
        doubts(-500.0, strict=True)
    assert raised.value.parameter == "DENSITY_CONTRAST"


def test_a_law_that_thins_with_depth_has_its_sign_doubted_too():
    """At 1.5 km the contrast is a twentieth of that at the datum, and so is what lifts the relief."""
    law = DensityLaw(500.0, EXPONENTIAL, 0.0, 500.0).packed()
    assert doubts(500.0, start=-1500.0, law=law) == []
    (text,) = doubts(-500.0, start=-1500.0, law=law)
    assert "check its sign" in text


def test_contrasts_of_both_signs_have_no_one_sign_to_doubt():
    """Bodies lighter and denser than what covers them, smaller than a slab's estimate could part."""
    checks = 500.0 * (-1.0) ** np.add.outer(np.arange(12), np.arange(15))
    relief = -200.0 + 190.0 * np.sign(checks)
    assert doubts(checks, relief=relief, true_contrast=checks, added=5.0) == []


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_contrasts_in_a_few_cells_are_doubted_by_the_stations_above_them():
    part = np.where(np.hypot(EAST, NORTH) < 8000.0, 500.0, 0.0)
    assert doubts(part, true_contrast=part) == []
    assert len(doubts(-part, true_contrast=part)) == 1
    assert doubts(0.0 * part, true_contrast=part) == []


def test_in_a_job_the_tutorials_model_is_not_doubted_and_its_opposite_is(survey, tmp_path):
    """Gravity of hills and hollows about the reference level, stations low above it."""
    relief = read_raster(RasterSource(str(tmp_path / "relief.tif")), "RELIEF")
    job = {"task": "invertrelief", **survey, "damping": 0.1}
    told = Reporter()
    run_task({**job, "max_iterations": 1}, tmp_path, told)
    assert not any("has the sign" in text for text in told.warnings)
    lines = (tmp_path / "stations.csv").read_text(encoding="utf-8").splitlines()
    column = lines[0].split(",").index("gravity")
    rows = [line.split(",") for line in lines[1:]]
    for row in rows:
        row[column] = str(float(row[column]) - 80.0)  # below all that hollows could do with a positive contrast
    (tmp_path / "stations.csv").write_text("\n".join([lines[0], *map(",".join, rows)]), encoding="utf-8")
    told = Reporter()
    run_task({**job, "density_contrast": -2669, "max_iterations": 1}, tmp_path, told)
    assert any("has the sign that would lift the relief" in text for text in told.warnings)
    assert relief.heights.max() < 1000.0
