"""Reliefs that can't be are told with their number, a place and a remedy; those that can are not."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.relief import Relief
from core.data.stations import Positions

from .surveys import grid, hill, nodes, run, scattered, warnings, write

CELLS = grid(24, 20, 1000.0)
BASEMENT = Relief(
    CELLS, -1500.0 + 400.0 * hill(CELLS, 0.35, 0.5, 0.15, 0.15) - 400.0 * hill(CELLS, 0.7, 0.4, 0.12, 0.12)
)


def basement(folder, places=None, **how):
    """A survey 300 m above ground, of a basement between -1900 and -1100 m."""
    places = scattered(CELLS, 300, 300.0) if places is None else places
    return write(folder, BASEMENT, places, 400.0, -1500.0, 0.1, **how)


def doubt(events, words):
    """The one doubt that holds these words: its event."""
    (event,) = [e for e in events if e["event"] == "warning" and words in e["text"] and e["parameter"] is not None]
    return event


def test_done_right_nothing_is_doubted(tmp_path):
    outputs, _, events = run(tmp_path, basement(tmp_path), damping=0.003)
    assert (outputs["verdict"], warnings(events)) == (0, [])


def test_gravity_in_a_tenth_of_its_unit_asks_for_a_relief_above_the_stations(tmp_path):
    outputs, _, events = run(tmp_path, basement(tmp_path, times=10.0), damping=0.003, max_iterations=8)
    event = doubt(events, "Gravity asks for a relief above the stations")
    assert event["count"] >= 3 and "stay unexplained" in event["text"] and " east, " in event["text"]
    assert "units of gravity" in event["text"] and event["parameter"] == "GRAVITY"
    assert outputs["verdict"] == 1


def test_under_the_references_rule_nothing_stops_it_and_the_cells_above_stations_are_told(tmp_path):
    reference = {"stopping": 1, "penalty": 0, "damping": 0.02, "max_iterations": 4}
    _, found, events = run(tmp_path, basement(tmp_path, times=30.0), error=None, **reference)
    assert found.max() > 300.0
    event = doubt(events, "The inversion carried the relief above the stations")
    assert event["count"] >= 1 and "BELOW_STATIONS or UPPER_LEVEL keeps it below" in event["text"]


def test_below_stations_keeps_it_there_whatever_the_rule(tmp_path):
    reference = {"stopping": 1, "penalty": 0, "damping": 0.02, "max_iterations": 4, "below_stations": True}
    _, found, _ = run(tmp_path, basement(tmp_path, nodes(CELLS, 300.0), times=30.0), error=None, **reference)
    assert 298.0 < found.max() <= 299.0


def test_a_start_above_stations_was_not_carried_there(tmp_path):
    """A ship at the foot of a cliff: the cell's mean height is above it before and after."""
    true = Relief(CELLS, BASEMENT.heights.copy())
    true.heights[3, 4] = 250.0
    keys = write(tmp_path, true, nodes(CELLS, 200.0), 400.0, -1500.0, 0.1)
    from core.data.rasters import write_raster

    write_raster(tmp_path / "near.tif", true.with_heights(true.heights - 5.0), tmp_path / "near.tif")
    keys = {name: value for name, value in keys.items() if name not in ("extent", "spacing")}
    _, found, events = run(tmp_path, keys, starting_relief="near.tif", penalty=2, damping=0.01)
    assert found[3, 4] > 200.0
    assert not [text for text in warnings(events) if "above the stations" in text]


def test_cells_too_coarse_for_stations_near_them_show_in_the_residual(tmp_path):
    """Gravity of a relief that is rough over 250 m, inverted with cells of 1 km, 30 to 150 m below half of the stations."""
    fine = grid(96, 80, 250.0)
    rough = 60.0 * np.random.default_rng(3).uniform(-1.0, 1.0, fine.shape)
    true = Relief(fine, np.where(fine.easting < fine.easting[48], -90.0 + rough, -900.0))
    keys = write(tmp_path, true, scattered(fine, 300), 400.0, -500.0, 0.02)
    west, south = fine.easting[0] + 375.0, fine.northing[0] + 375.0
    coarse = {"extent": [west, west + 23_000.0, south, south + 19_000.0], "spacing": 1000, "true_relief": None}
    outputs, _, events = run(tmp_path, keys | coarse, damping=0.01)
    event = doubt(events, "nearer than half a cell of 1000 m")
    assert event["parameter"] == "SPACING" and "Take a smaller SPACING" in event["text"]
    assert outputs["verdict"] == 1


def test_a_relief_deeper_than_half_the_grid_is_wide_is_told(tmp_path):
    outputs, _, events = run(tmp_path, basement(tmp_path), reference_level=-35_000, damping=0.003)
    event = doubt(events, "deeper below the stations than half the grid's width of 24 km")
    assert "PADDING -1" in event["text"] and event["parameter"] == "EXTENT"
    assert outputs["verdict"] >= 1


def test_a_margin_that_wide_takes_the_doubt_away(tmp_path):
    _, _, events = run(tmp_path, basement(tmp_path), reference_level=-20_000, damping=0.003, padding=20)
    assert not [text for text in warnings(events) if "half the grid's width" in text]


@pytest.fixture
def corner(tmp_path):
    """Stations over a quarter of the grid alone."""
    places = scattered(CELLS, 300, 300.0)
    near = (places.easting < CELLS.easting[9]) & (places.northing < CELLS.northing[8])
    chosen = Positions(places.easting[near], places.northing[near], places.height[near])
    return basement(tmp_path, chosen)


def test_cells_that_no_station_sees_are_counted(corner, tmp_path):
    outputs, _, events = run(tmp_path, corner, damping=0.01)
    event = doubt(events, "farther than three depths of the relief")
    assert event["count"] > 240 and "of 480 free cells" in event["text"] and "the farthest" in event["text"]
    assert outputs["verdict"] == 1


def test_a_margin_and_fixed_cells_do_not_count(corner, tmp_path):
    from core.data.rasters import write_raster

    free = np.zeros(CELLS.shape)
    free[:12, :12] = 1.0
    write_raster(tmp_path / "free.tif", Relief(CELLS, free), tmp_path / "free.tif")
    for change in ({"free_cells": "free.tif"}, {"padding": 30, "extent": [400_000, 411_000, 5_500_000, 5_511_000]}):
        _, _, events = run(tmp_path, corner, damping=0.01, **change)
        assert not [text for text in warnings(events) if "three depths" in text]


def test_known_points_are_seen_too(corner, tmp_path):
    lines = ["x,y,bed", *(f"{e},{n},-1500" for e in CELLS.easting[::4] for n in CELLS.northing[::4])]
    (tmp_path / "known.csv").write_text("\n".join(lines))
    known = {"known_points": "known.csv", "known_points_crs": "EPSG:32633", "known_field": "bed", "known_error": 300}
    _, _, events = run(tmp_path, corner, damping=0.01, **known)
    assert not [text for text in warnings(events) if "three depths" in text]
