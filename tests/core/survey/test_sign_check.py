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


class TestStationsOnTheGround:
    """At the start's own level, where any misfit of one sign lifts the relief through them."""

    def doubts(self, contrast, added=0.0, above=0.0, noise=0.1, relief=BASIN, has_errors=False, seed=0):
        room = np.random.default_rng(seed)
        places = Positions(*GRID.centres(), above * room.random(GRID.size))
        observed = (
            DenseOperator(places, GRID, FILL, 0.0).gravity(relief) + noise * room.standard_normal(GRID.size) + added
        )
        n, zeros = GRID.size, np.zeros(GRID.size)
        where = places.easting, places.northing, places.height
        stations = Stations(*where, observed, zeros + noise, zeros, zeros > 1, zeros < 1, None, has_errors=has_errors)
        start = Relief(GRID, np.zeros(GRID.shape))
        reporter = Reporter()
        check_sign(stations, np.zeros(n), start, np.full(GRID.shape, contrast), reporter)
        return reporter.warnings

    @pytest.mark.parametrize("above", [0.0, 0.5, 2.0, 50.0])
    @pytest.mark.parametrize("has_errors", [True, False])
    def test_a_basin_is_doubted_with_the_wrong_sign_alone(self, above, has_errors):
        assert self.doubts(500.0, above=above, has_errors=has_errors) == []
        (text,) = self.doubts(-500.0, above=above, has_errors=has_errors)
        assert "check its sign and that of gravity (positive down)" in text

    def test_a_small_basin_in_a_wide_plain_is_too(self):
        """Two thirds of its signal lie at fewer than a quarter of the stations."""
        small = -2500.0 * np.exp(-(EAST**2 + NORTH**2) / 3500.0**2)
        assert self.doubts(500.0, relief=small) == []
        assert len(self.doubts(-500.0, relief=small)) == 1

    @pytest.mark.parametrize("contrast", [500.0, -500.0])
    @pytest.mark.parametrize("above", [0.0, 1.0])
    def test_noise_about_0_is_not_doubted(self, contrast, above):
        flat = np.zeros(GRID.shape)
        assert not any(self.doubts(contrast, above=above, relief=flat, seed=seed) for seed in range(20))

    @pytest.mark.parametrize("taken", [np.mean, np.median])
    def test_what_a_constant_regional_leaves_above_0_is_not_doubted(self, taken):
        observed = DenseOperator(Positions(*GRID.centres(), np.zeros(GRID.size)), GRID, FILL, 0.0).gravity(BASIN)
        assert self.doubts(500.0, added=-taken(observed)) == []

    def test_gravity_that_stands_above_0_everywhere_is_doubted(self):
        (text,) = self.doubts(500.0, added=80.0)
        assert "the reference level and the regional" in text


def test_gravity_ten_times_too_large_is_not_the_signs_fault():
    """Hills and hollows far beyond all stations with either sign."""
    relief = -800.0 + 500.0 * np.sin(EAST / 4500.0)
    (text,) = doubts(500.0, start=-800.0, relief=relief, true_contrast=10.0 * FILL, added=145.0)
    assert "as many with the other sign" in text and "Check the units" in text


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
