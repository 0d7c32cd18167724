"""Where the iterations set out from a start at the stations' level, and that no withheld station has a part in it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.assembly.first_relief import slab_depth, slab_start, tell_first_relief
from core.assembly.read_setting import read_setting
from core.data.relief import Grid, Relief
from core.data.stations import Stations
from core.events.protocol import Reporter
from core.inversion.slab import SLAB
from core.job.jobs import read_job
from core.survey.survey import Survey

GRID = Grid(1000.0 * np.arange(20), 1000.0 * np.arange(16), None)
START = Relief(GRID, np.full(GRID.shape, 50.0))
CONTRAST = np.full(GRID.shape, 500.0)
FREE = np.ones(GRID.shape, dtype=bool)


def stations(height=50.0):
    east, north = GRID.centres()
    n, zeros = GRID.size, np.zeros(GRID.size)
    used = np.ones(n, dtype=bool)
    return Stations(east, north, np.full(n, height), zeros, np.ones(n), zeros, used & False, used, crs=None)


def first(misfit, places=None, free=FREE):
    return slab_start(places or stations(), misfit, START, free, CONTRAST, None)


def test_a_slabs_misfit_gives_the_slabs_depth():
    found = first(np.full(GRID.size, -SLAB * 500.0 * 700.0))
    np.testing.assert_allclose(found, 50.0 - 700.0, rtol=1e-9)


def test_noise_is_smoothed_over_a_cell():
    noise = np.random.default_rng(1).standard_normal(GRID.size)
    found = first(-SLAB * 500.0 * (700.0 + 100.0 * noise))
    assert np.std(found) < 0.35 * 100.0


def test_a_misfit_that_would_lift_it_leaves_it_just_below_the_stations():
    found = first(np.full(GRID.size, SLAB * 500.0 * 700.0))
    np.testing.assert_allclose(found, 49.0)


def test_each_cell_goes_below_its_own_station():
    places = stations()
    places.height[7] = 20.0
    found = first(np.zeros(GRID.size), places).ravel()
    assert found[7] == pytest.approx(19.0) and found[8] == pytest.approx(49.0)


def test_fixed_cells_stay():
    free = FREE.copy()
    free[:, :5] = False
    found = first(np.full(GRID.size, -10.0), free=free)
    assert (found[:, :5] == 50.0).all() and (found[:, 5:] < -100.0).all()


def test_heavy_stations_count_more():
    places = stations()
    places = replace(places, error=np.where(np.arange(GRID.size) % 2, 1.0, 100.0))
    found = first(np.where(np.arange(GRID.size) % 2, -SLAB * 500.0 * 700.0, 0.0), places)
    np.testing.assert_allclose(found, -650.0, atol=1.0)


def test_the_depth_that_gravity_asks_for_sets_the_margin_of_a_start_at_the_stations():
    seen = replace(stations(), gravity=np.full(GRID.size, -SLAB * 500.0 * 700.0))
    assert slab_depth(Survey(seen, START, CONTRAST)) == pytest.approx(700.0)
    assert slab_depth(Survey(replace(seen, height=seen.height + 900.0), START, CONTRAST)) is None


def test_no_withheld_station_has_a_part_in_where_a_turn_sets_out(survey, tmp_path):
    """The tutorial's gravity taken for that of the ground: what the test stations say may be anything."""
    given = {**survey, "height_field": None, "height": survey["reference_level"], "damping": 0.01}
    _, job = read_job({"task": "invertrelief", **{k: v for k, v in given.items() if v is not None}}, tmp_path)
    setting = read_setting(job, Reporter())
    assert setting.at_stations
    training = setting.survey.stations.used & (np.arange(setting.survey.stations.size) % 3 > 0)
    changed = replace(setting.survey.stations, gravity=setting.survey.stations.gravity.copy())
    changed.gravity[~training] = 1e4
    other = replace(setting, survey=replace(setting.survey, stations=changed), operators={})
    np.testing.assert_array_equal(setting.first_relief(training), other.first_relief(training))
    assert (setting.first_relief(training) != setting.first_relief(setting.survey.stations.used)).any()


def test_it_is_told_with_its_depths():
    told = []
    tell_first_relief(np.where(FREE, -700.0, 0.0), START, FREE, Reporter(told.append))
    (event,) = told
    assert event["event"] == "log"
    assert "slab formula and smoothed, 750 m below the start" in event["text"] and "BELOW_STATIONS" in event["text"]
