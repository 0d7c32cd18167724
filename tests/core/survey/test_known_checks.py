"""Known points of another sign or unit, and such as only look so."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import InputError

from .basement import EASTING, NORTHING, SHAPE, write_raster, write_table

EAST, NORTH = np.meshgrid(EASTING, NORTHING)
FEET = 0.3048


@pytest.fixture
def known(misfit, basement, tmp_path):
    """Run the misfit with 12 known points whose heights are changed by a function: the doubts."""

    def run(change=lambda heights: heights, start=None, count=12, columns=None, **keys):
        chosen = np.random.default_rng(3).choice(EAST.size, count, replace=False)
        places = {"easting": EAST.ravel()[chosen], "northing": NORTH.ravel()[chosen]}
        write_table(tmp_path / "known.csv", **places, bed=change(basement.true.ravel()[chosen]))
        if start is not None:
            write_raster(tmp_path / "other.tif", start)
            keys["starting_relief"] = "other.tif"
        return misfit(columns, known_points="known.csv", known_field="bed", **keys)

    return run


def refused(known, *args, **keys):
    with pytest.raises(InputError) as raised:
        known(*args, **keys)
    return raised.value.parameter, str(raised.value)


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        (
            -1.0,
            "with the sign turned: they look like depths, positive down. Check the sign of KNOWN_FIELD (multiply by -1)",
        ),
        (1e-3, "taken times 1000: they look like kilometres. Check the unit of KNOWN_FIELD (multiply by 1000)"),
        (-1e-3, "taken times -1000: they look like depths in kilometres, positive down. Check the unit and the sign"),
    ],
    ids=["depths", "km", "depths in km"],
)
@pytest.mark.parametrize("flat", [True, False])
def test_depths_and_kilometres_are_refused(known, basement, factor, words, flat):
    parameter, text = refused(known, lambda heights: factor * heights, None if flat else basement.true + 40.0)
    assert parameter == "KNOWN_FIELD" and words in text and "the starting relief is not" in text


@pytest.mark.parametrize("regional", [0, 1, 5])
def test_points_that_agree_are_not_doubted(known, basement, regional):
    doubts = known(start=basement.true + 40.0, count=40, regional=regional)
    assert not any("KNOWN_FIELD" in text for text in doubts)


def test_points_some_errors_off_are_not_doubted(known):
    noise = np.random.default_rng(0).normal(0.0, 100.0, 12)
    assert known(lambda heights: heights + noise, known_error=100) == []


def test_feet_are_doubted_beside_a_start_that_varies(known, basement):
    (text,) = known(lambda heights: heights / FEET, basement.true + 20.0, regional=0)
    assert "they look like feet. Check the unit of KNOWN_FIELD (multiply by 0.3048)" in text


def test_feet_beside_a_flat_start_may_be_metres(known):
    assert not any("feet" in text for text in known(lambda heights: heights / FEET))


def test_a_start_in_kilometres_is_doubted_by_the_points(known):
    doubts = known(start=np.full(SHAPE, -1.5), reference_level=0)
    assert any("Check the unit of STARTING_RELIEF" in text for text in doubts)


def test_points_far_above_the_stations_are_doubted_with_the_highest(known):
    def raised(heights):
        heights = heights.copy()
        heights[4] = 7000.0
        return heights

    (text,) = known(raised, regional=0)
    assert "1 of 12 known points lie above the stations near them" in text and "7000 m" in text


def test_land_seen_from_ships_is_not_doubted(known, basement):
    """A sea floor near -150 m and land of 150 m at the points: within 500 m, half a cell."""
    low = np.full(SHAPE, -150.0)
    doubts = known(lambda heights: np.abs(heights) / 10.0, low, columns={"height": np.zeros(500)}, regional=0)
    assert not any("KNOWN_FIELD" in text and "look like" in text for text in doubts)


def test_in_a_basin_with_a_flat_start_gravity_tells_the_sign(known):
    """As far from the start with either sign, and no station so near that it could tell: the misfit at the points does."""
    doubts = known(lambda heights: -3000.0 - heights, np.full(SHAPE, -1500.0), count=60)
    assert any("known points the misfit is opposed" in text for text in doubts)


@pytest.mark.parametrize("limits", ["lower", "upper"])
def test_limits_speak_for_the_points_or_against_them(known, tmp_path, limits):
    inversion = {"task": "invertrelief", "damping": 0.003, "max_iterations": 1, "regional": None}
    write_raster(tmp_path / "limit.tif", np.full(SHAPE, -4000.0 if limits == "lower" else -200.0))
    keys = {f"{limits}_limit": "limit.tif", **inversion}
    assert not any("KNOWN_FIELD" in text for text in known(**keys))
    assert refused(known, lambda heights: -heights, **keys)[0] == "KNOWN_FIELD"
