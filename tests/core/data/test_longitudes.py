"""What lies a turn round the Earth away is the same place."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.data.crs import middle, parse_crs
from core.data.longitudes import gathered, near, period
from core.data.relief import Grid, Relief

GEOGRAPHIC = parse_crs("EPSG:4326", "CRS")
GIRTH = 2.0 * math.pi * 6378137.0


@pytest.mark.parametrize(
    ("code", "turn"),
    [
        ("EPSG:4326", 360.0),
        ("EPSG:4807", 400.0),  # in grads
        ("EPSG:3857", GIRTH),
        ("EPSG:3832", GIRTH),
        ("EPSG:4087", GIRTH),
        ("EPSG:32633", None),
        ("EPSG:3031", None),
        ("+proj=sinu +ellps=WGS84", None),
        ('LOCAL_CS["pit",UNIT["metre",1]]', None),
    ],
)
def test_the_turn_of_a_system(code, turn):
    assert period(parse_crs(code, "CRS")) == (turn if turn is None else pytest.approx(turn, rel=1e-12))


def test_eastings_come_near_by_whole_turns_and_stay_as_they_are_where_they_are_near():
    east = np.array([-179.0, 179.0, 0.1, 541.0])
    np.testing.assert_array_equal(near(east, 0.0, 360.0)[:3], east[:3])
    np.testing.assert_array_equal(near(east, 180.0, 360.0), [181.0, 179.0, 0.1, 181.0])
    assert near(east, 180.0, None) is east


def test_places_on_both_sides_of_the_antimeridian_are_gathered():
    np.testing.assert_allclose(np.ptp(gathered(np.array([179.0, -179.0, 178.0]), 360.0)), 3.0)
    np.testing.assert_allclose(gathered(np.array([359.0, 1.0, np.nan]), 360.0) % 360.0, [359.0, 1.0, np.nan])
    together = np.array([-10.0, 170.0])
    assert gathered(together, 360.0) is together


def test_the_middle_of_places_on_both_sides_lies_between_them():
    east, north = middle(np.array([179.0, -179.0, 178.0, -178.0]), np.full(4, 10.0), 360.0)
    assert (abs(east), north) == (pytest.approx(180.0), 10.0)
    assert middle(np.array([10.0, 20.0, np.nan]), np.array([1.0, 3.0, np.nan]), 360.0) == (pytest.approx(15.0), 2.0)


def globe(first, step=10.0):
    """A raster of the whole Earth that holds the cosine of the longitude."""
    longitude = first + step * np.arange(round(360.0 / step))
    latitude = np.array([-5.0, 5.0])
    return Relief(Grid(longitude, latitude, GEOGRAPHIC), np.tile(np.cos(np.radians(longitude)), (2, 1)))


@pytest.mark.parametrize("first", [-180.0, -175.0, 0.0, 5.0])
@pytest.mark.parametrize("nearest", [False, True])
def test_a_raster_of_the_whole_earth_has_no_seam(first, nearest):
    """Between the last column and the first the values are those between, wherever the file begins."""
    longitude = np.concatenate([np.linspace(-180.0, 360.0, 217), [np.nan]])
    values = globe(first).sample(longitude, np.zeros(longitude.size), nearest)
    assert np.isnan(values[-1])
    within = math.radians(5.0) if nearest else 1.0 - math.cos(math.radians(5.0))
    assert np.abs(values[:-1] - np.cos(np.radians(longitude[:-1]))).max() <= within + 1e-12


def test_a_part_of_the_earth_is_found_a_turn_away_and_ends_at_its_edges():
    part = Relief(
        Grid(np.array([170.0, 180.0, 190.0]), np.array([0.0, 10.0]), GEOGRAPHIC), np.arange(6.0).reshape(2, 3)
    )
    at = part.sample(np.array([-170.0, 180.0, -180.0, 530.0, -160.0, 160.0]), np.zeros(6))
    np.testing.assert_array_equal(at, [2.0, 1.0, 1.0, 0.0, np.nan, np.nan])


def test_a_grid_beyond_the_end_of_web_mercator_has_the_stations_of_its_other_end():
    mercator = parse_crs("EPSG:3857", "CRS")
    grid = Grid(0.5 * GIRTH + 1000.0 * np.arange(-10, 11), 1000.0 * np.arange(5), mercator)
    east, north = grid.bring(np.array([-179.97, 180.03, 179.97]), np.zeros(3), GEOGRAPHIC)
    np.testing.assert_allclose(east - 0.5 * GIRTH, np.array([0.03, 0.03, -0.03]) * GIRTH / 360.0, atol=1e-3)
    np.testing.assert_allclose(north, 0.0, atol=1e-6)
