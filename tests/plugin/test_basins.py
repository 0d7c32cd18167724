"""A basin surveyed on the ground, through QGIS: found, kept within levels, and with the wrong sign not found."""

from __future__ import annotations

import numpy as np
import pytest

from .files import point_file, raster_in

SHAPE = 16, 20
MGAL = 1e5 * 2 * np.pi * 6.6743e-11  # of a slab, per metre and kg/m3


@pytest.fixture()
def basin(tmp_path):
    """A smooth low of 21 mGal over stations on the ground at 0: about that of a slab of 1 km with 500 kg/m3."""
    east, north = np.meshgrid(1000.0 * np.arange(SHAPE[1]), 1000.0 * np.arange(SHAPE[0]))
    low = -1000.0 * MGAL * 500.0 * np.exp(-(((east - 9500.0) / 5000.0) ** 2) - ((north - 7500.0) / 4000.0) ** 2)
    noise = 0.05 * np.random.default_rng(3).standard_normal(low.size)
    rows = [(e, n, float(g), 0.0) for e, n, g in zip(east.ravel(), north.ravel(), low.ravel() + noise, strict=True)]
    return {
        "GRAVITY": point_file(tmp_path / "ground.gpkg", ("gravity", "height"), rows, 32633),
        "GRAVITY_FIELD": "gravity",
        "HEIGHT_FIELD": "height",
        "EXTENT": f"0,{1000 * (SHAPE[1] - 1)},0,{1000 * (SHAPE[0] - 1)}",
        "SPACING": 1000,
        "REFERENCE_LEVEL": 0,
        "DENSITY_CONTRAST": 500,
        "ERROR": 0.05,
        "DAMPING": 0.01,
        "REGIONAL": 0,
        "INVERTED_RELIEF": tmp_path / "inverted.tif",
    }


def test_a_basin_on_the_ground_is_found_without_a_doubt(command_line, basin):
    done = command_line.run("gravrelief:invertrelief", basin)
    assert done.code == 0, done.text
    assert done.result("VERDICT") == "0"
    assert "slab formula" in done.text and "lie at or below" not in done.text
    found = raster_in(basin["INVERTED_RELIEF"])
    assert -1500.0 < found.min() < -1000.0 and found.max() < 0.0  # deeper than its slab: it is not endless


def test_levels_hold_it(command_line, basin):
    done = command_line.run("gravrelief:invertrelief", {**basin, "LOWER_LEVEL": -700, "BELOW_STATIONS": True})
    assert done.code == 0, done.text
    found = raster_in(basin["INVERTED_RELIEF"])
    assert found.min() == pytest.approx(-700.0, abs=1e-6) and found.max() <= -1.0 + 1e-6


def test_with_the_wrong_sign_nothing_is_found(command_line, basin):
    done = command_line.run("gravrelief:invertrelief", {**basin, "DENSITY_CONTRAST": -500})
    assert done.code == 0, done.text
    assert done.result("VERDICT") == "2"
    assert "Nothing was found" in done.text and "DENSITY_CONTRAST or gravity has the wrong sign" in done.text
