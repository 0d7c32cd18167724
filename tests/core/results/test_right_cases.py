"""What is right is found without a doubt: Moho, island, shore and microgal survey, each with its noise and right settings."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.rasters import RasterSource, read_raster, write_raster
from core.data.relief import Relief
from core.data.stations import Positions

from .surveys import grid, hill, nodes, run, scattered, warnings, write


def moho(folder, height):
    cells = grid(36, 30, 25_000.0)
    true = -35_000.0 + 14_000.0 * hill(cells, 0.3, 0.5, 0.18, 0.2) - 15_000.0 * hill(cells, 0.7, 0.5, 0.16, 0.22)
    return write(folder, Relief(cells, true), nodes(cells, height), 400.0, -35_000.0, 0.5)


def island(folder, start):
    """Ships at sea, none on land, which rises to 550 m."""
    cells = grid(30, 26, 1000.0)
    true = Relief(cells, -1800.0 + 2350.0 * hill(cells, 0.5, 0.5, 0.16, 0.16) - 300.0 * hill(cells, 0.2, 0.3, 0.1, 0.1))
    ships = scattered(cells, 700)
    at_sea = true.sample(ships.easting, ships.northing) < -20.0
    ships = Positions(ships.easting[at_sea], ships.northing[at_sea], ships.height[at_sea])
    return write(folder, true, ships, 1643.0, 0.0, 0.3, start=start)


def shore(folder, start):
    cells = grid(40, 20, 500.0)
    depth = 600.0 * (1.0 - np.exp(-(cells.easting - cells.easting[0]) / 6000.0))
    true = -depth - 60.0 * hill(cells, 0.6, 0.5, 0.1, 0.2)
    return write(folder, Relief(cells, true), scattered(cells, 600), 1643.0, 0.0, 0.2, start=start)


def microgal(folder):
    """Galleries of a mine: tens of metres, 25 kg/m3, a microgal of noise."""
    cells = grid(36, 26, 10.0)
    true = -22.0 + 8.0 * hill(cells, 0.35, 0.5, 0.14, 0.18) - 12.0 * hill(cells, 0.7, 0.4, 0.12, 0.16)
    return write(folder, Relief(cells, true), scattered(cells, 500), 25.0, -20.0, 0.001)


CASES = {
    "moho from 10 km": (lambda folder: moho(folder, 10_000.0), 0.01, 250.0),
    "moho from 250 km": (lambda folder: moho(folder, 250_000.0), 0.001, 1000.0),
    "island from a flat sea": (lambda folder: island(folder, None), 0.02, 60.0),
    "island from the deep": (lambda folder: island(folder, -1800.0), 0.02, 60.0),
    "shore from a flat sea": (lambda folder: shore(folder, None), 0.02, 15.0),
    "shore from the deep": (lambda folder: shore(folder, -600.0), 0.02, 15.0),
    "microgal": (microgal, 0.3, 1.2),
}


@pytest.mark.parametrize("case", CASES)
def test_a_right_case_is_found_without_a_doubt(case, tmp_path):
    make, damping, metres = CASES[case]
    outputs, _, events = run(tmp_path, make(tmp_path), damping=damping)
    assert warnings(events) == []
    assert outputs["verdict"] == 0
    assert outputs["relief_rmse"] < metres


def test_the_islands_land_rises_above_the_ships_that_see_it(tmp_path):
    _, found, events = run(tmp_path, island(tmp_path, -1800.0), damping=0.02)
    assert found.max() > 200.0 and warnings(events) == []


@pytest.mark.parametrize(("height", "damping"), [(250_000.0, 1e-4), (250_000.0, 1e-6), (10_000.0, 1e-5)])
def test_shapes_that_gravity_cannot_show_are_told(height, damping, tmp_path):
    outputs, _, events = run(tmp_path, moho(tmp_path, height), damping=damping)
    assert outputs["verdict"] == 1
    assert "so far below the stations that gravity can't show them" in warnings(events)[0]
    assert outputs["relief_rmse"] > 2000.0


@pytest.mark.parametrize("penalty", [1, 2], ids=["own curvature", "curvature of the change"])
def test_a_rough_start_is_no_sign_of_such_shapes(penalty, tmp_path):
    keys = microgal(tmp_path)
    true = read_raster(RasterSource(str(tmp_path / "true.tif")), "TRUE_RELIEF")
    rough = true.heights + 3.0 * np.random.default_rng(7).standard_normal(true.grid.shape)
    write_raster(tmp_path / "start.tif", true.with_heights(rough), tmp_path / "start.tif")
    keys = {name: value for name, value in keys.items() if name not in ("extent", "spacing")}
    _, _, events = run(tmp_path, {**keys, "starting_relief": "start.tif"}, damping=0.3, penalty=penalty)
    assert "can't show them" not in " ".join(warnings(events))


def test_a_relief_that_did_not_move_has_no_shapes(tmp_path):
    _, _, events = run(tmp_path, moho(tmp_path, 250_000.0), damping=1e9, penalty=0)
    assert "can't show them" not in " ".join(warnings(events))
