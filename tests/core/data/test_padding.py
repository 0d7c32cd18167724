"""A margin around the relief, how wide one is proposed, and where a result rests on data."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from core.data.padding import data_support, mean_depth, pad_relief, proposed_margin, station_spacing
from core.data.rasters import RasterSource, read_raster, write_raster
from core.data.relief import Grid, Relief
from core.data.stations import Stations
from core.errors import InputError
from core.events.protocol import Reporter
from core.tasks import run_task

GRID = Grid(500.0 + 1000.0 * np.arange(8), -3000.0 + 500.0 * np.arange(6), None)


@pytest.fixture
def relief():
    return Relief(GRID, np.random.default_rng(0).normal(0.0, 10.0, GRID.shape))


def stations_at(east, north, height=400.0, used=None):
    n = np.size(east)
    zeros, ones = np.zeros(n), np.ones(n)
    used = np.ones(n, bool) if used is None else used
    places = np.asarray(east, float), np.asarray(north, float)
    return Stations(*places, height * ones, zeros, ones, zeros, np.zeros(n, bool), used, crs=None)


def test_the_borders_values_are_repeated_over_the_margin_and_the_inside_is_as_it_was(relief):
    padded = pad_relief(relief, 1700.0)
    assert padded.grid.shape == (6 + 2 * 4, 8 + 2 * 2)  # 1700 m are 2 cells of 1000 m and 4 of 500 m
    np.testing.assert_array_equal(padded.heights[4:-4, 2:-2], relief.heights)
    np.testing.assert_array_equal(padded.heights[:4, 2:-2], np.tile(relief.heights[0], (4, 1)))
    np.testing.assert_array_equal(padded.heights[4:-4, -1], relief.heights[:, -1])
    assert (padded.heights[-4:, :2] == relief.heights[-1, 0]).all()


def test_the_cells_keep_their_places_and_size(relief):
    grid = pad_relief(relief, 1700.0).grid
    np.testing.assert_allclose(grid.easting[2:-2], GRID.easting)
    np.testing.assert_allclose(grid.northing[4:-4], GRID.northing)
    assert (grid.dx, grid.dy) == pytest.approx((1000.0, 500.0))


def test_a_margin_of_whole_cells_is_no_wider(relief):
    assert pad_relief(relief, 2000.0).grid.shape == (6 + 8, 8 + 4)


@pytest.mark.parametrize("kilometres", [1000, 1e15, 1e300])
def test_a_margin_in_metres_where_kilometres_are_asked_is_refused_before_it_is_made(relief, kilometres):
    with pytest.raises(InputError, match=r"the relief.s 48, and at most 5e.05 are possible here") as raised:
        pad_relief(relief, 1000.0 * kilometres)
    assert raised.value.message.startswith(f"PADDING {kilometres:g} (km) makes about")
    assert raised.value.parameter == "PADDING"


def test_a_margin_may_be_far_wider_than_a_small_relief(relief):
    assert pad_relief(relief, 150_000.0).grid.size > 1000 * relief.grid.size


def test_the_depth_is_the_mean_height_of_used_stations_above_the_relief():
    flat = Relief(GRID, np.full(GRID.shape, -200.0))
    used = np.array([True, True, False])
    stations = stations_at([1000, 2000, 3000], [-2000, -2000, -2000], np.array([300.0, 500.0, 9e9]), used)
    assert mean_depth(stations, flat) == pytest.approx(600.0)
    assert mean_depth(stations_at([1000], [-2000], -900.0), flat) == 0.0


def test_the_spacing_is_the_median_distance_to_the_next_used_station():
    east, north = np.meshgrid(700.0 * np.arange(5), 400.0 * np.arange(4))
    assert station_spacing(stations_at(east.ravel(), north.ravel())) == pytest.approx(400.0)
    assert station_spacing(stations_at([0.0], [0.0])) == 0.0


def test_the_proposal_takes_three_depths_beyond_the_outermost_stations():
    flat = Relief(GRID, np.zeros(GRID.shape))
    to_the_edge = stations_at(*GRID.centres(), 1400.0)
    assert proposed_margin(to_the_edge, flat) == 5000.0  # 4200 m in whole cells
    inner = stations_at([2500.0, 4500.0], [-2500.0, -2500.0], 1400.0)  # 500 m from the nearest edge
    assert proposed_margin(inner, flat) == 4000.0
    low = stations_at([2500.0, 4500.0], [-2000.0, -2000.0], 400.0)
    assert proposed_margin(low, flat) == 0.0  # what is there lacks less than a cell


def test_cells_near_stations_rest_on_data_others_do_not_and_fixed_ones_have_no_value():
    grid = Grid(100.0 * np.arange(30), 100.0 * np.arange(20), None)
    flat, free = Relief(grid, np.zeros(grid.shape)), np.ones(grid.shape, bool)
    free[:3] = False
    east, north = np.meshgrid(200.0 * np.arange(5), 200.0 * np.arange(10))
    support = data_support(stations_at(east.ravel(), north.ravel(), 50.0), flat, free).heights
    assert np.isnan(support[:3]).all() and np.isfinite(support[3:]).all()
    assert set(np.unique(support[3:])) == {0.0, 1.0}
    np.testing.assert_array_equal(support[4], (grid.easting <= 800.0 + 2 * 200.0).astype(float))
    deep = data_support(stations_at(east.ravel(), north.ravel(), 700.0), flat, free).heights
    np.testing.assert_array_equal(deep[10], (grid.easting <= 800.0 + 700.0).astype(float))


@pytest.fixture
def job(survey):
    return {
        **survey,
        "task": "invertrelief",
        "damping": 0.02,
        "inverted_relief": "found.tif",
        "data_support": "support.tif",
    }


def raster(path):
    return read_raster(RasterSource(str(path)), "RASTER")


def test_the_margin_in_km_is_in_every_raster_and_its_outermost_cells_hang_on_the_penalty(job, tmp_path):
    run_task({**job, "padding": 4}, tmp_path, Reporter())
    found, support = raster(tmp_path / "found.tif"), raster(tmp_path / "support.tif")
    assert found.grid.shape == support.grid.shape == (10 + 8, 13 + 8)
    assert found.easting[0] == -4000.0 and found.northing[-1] == 13000.0
    assert support.heights[4:-4, 4:-4].min() == 1.0 and support.heights[0, 0] == 0.0


def test_without_a_margin_the_width_to_ask_for_is_told_and_minus_1_takes_it(job, tmp_path):
    events = []
    run_task(job, tmp_path, Reporter(events.append))
    (said,) = [event["text"] for event in events if "PADDING" in event.get("text", "")]
    assert raster(tmp_path / "found.tif").grid.shape == (10, 13)
    events.clear()
    run_task({**job, "padding": -1}, tmp_path, Reporter(events.append))
    cells = (raster(tmp_path / "found.tif").grid.shape[0] - 10) // 2
    assert cells > 0 and f"PADDING {cells} (km)" in said
    assert any(f"A margin of {cells} km" in event.get("text", "") for event in events)


def test_gravity_of_a_relief_that_goes_on_spoils_its_edge_less_with_a_margin(job, tmp_path):
    """Only the inner stations' relief is asked for; the rest of the model lies beyond and pulls."""
    whole = raster(tmp_path / "relief.tif")
    inner = [3000, 9000, 2000, 7000]
    rows = list(csv.DictReader((tmp_path / "stations.csv").open(encoding="utf-8")))
    kept = [r for r in rows if 3000 <= float(r["easting"]) <= 9000 and 2000 <= float(r["northing"]) <= 7000]
    with (tmp_path / "stations.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, rows[0])
        table.writeheader()
        table.writerows(kept)
    errors = []
    for padding in (0, 4):
        run_task({**job, "extent": inner, "padding": padding, "damping": 0.003}, tmp_path, Reporter())
        found = raster(tmp_path / "found.tif")
        east, north = np.meshgrid(whole.easting[3:10], whole.northing[2:8])
        errors.append(found.sample(east, north) - whole.heights[2:8, 3:10])
    without, padded = (float(np.sqrt(np.mean(error**2))) for error in errors)
    assert padded < 0.8 * without


def test_a_density_grid_goes_on_into_the_margin(job, tmp_path):
    """A uniform grid is the same as the number."""
    relief = raster(tmp_path / "relief.tif")
    write_raster(tmp_path / "rho.tif", relief.with_heights(np.full((10, 13), 2669.0)), tmp_path / "rho.tif")
    found = []
    for keys in ({}, {"density_grid": "rho.tif"}):
        run_task({**job, **keys, "padding": 3}, tmp_path, Reporter())
        found.append(raster(tmp_path / "found.tif").heights)
    np.testing.assert_allclose(found[1], found[0], atol=1e-9)


def test_a_limit_with_gaps_holds_up_to_their_edge_also_with_a_margin(job, tmp_path):
    """The model has a hill in the north-west, half of it under the gap: the cells south of that may not follow."""
    relief = raster(tmp_path / "relief.tif")
    flat = relief.with_heights(np.full((10, 13), job["reference_level"]))
    write_raster(tmp_path / "flat.tif", flat, tmp_path / "flat.tif")
    limit = np.full((10, 13), job["reference_level"] + 20.0)
    limit[8:, :4] = np.nan
    write_raster(tmp_path / "upper.tif", relief.with_heights(limit), tmp_path / "upper.tif")
    keys = {key: value for key, value in job.items() if key not in ("extent", "spacing", "crs")}
    run_task({**keys, "starting_relief": "flat.tif", "upper_limit": "upper.tif", "padding": 3}, tmp_path, Reporter())
    excess = raster(tmp_path / "found.tif").heights[3:-3, 3:-3] - limit
    assert np.nanmax(excess) <= 1e-6
    assert (excess[7, :3] > -1e-6).all()  # they would rise further
