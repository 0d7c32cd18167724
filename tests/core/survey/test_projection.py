"""A projection is judged by its scale at the grid, and only where it is out of scale."""

from __future__ import annotations

import math
import re

import numpy as np
import pyproj
import pytest

from core.data.crs import parse_crs
from core.data.relief import Grid
from core.errors import InputError
from core.events.protocol import Reporter
from core.survey.projection import check_projection, scales_at


def window(code, longitude, latitude, width=100_000.0, cells=21):
    """A grid about a place."""
    crs = parse_crs(code, "CRS")
    east, north = pyproj.Transformer.from_crs(4326, crs, always_xy=True).transform(longitude, latitude)
    axis = np.linspace(-0.5 * width, 0.5 * width, cells)
    return Grid(east + axis, north + axis, crs)


def said(grid, **how):
    reporter = Reporter()
    check_projection(grid, "CRS", reporter, **how)
    return reporter.warnings


def test_web_mercator_has_the_scale_of_one_over_the_cosine_of_latitude():
    grid = window("EPSG:3857", 20.0, 70.0, 1.0)
    np.testing.assert_allclose(scales_at(grid).largest, 1.0 / math.cos(math.radians(70.0)), rtol=1e-2)
    (warning,) = said(grid)
    assert "EPSG:3857 has a scale of 2.9" in warning and "EPSG:32634 (UTM zone 34N)" in warning
    assert "at the middle of the grid: 1000 m on its map are 34" in warning


def test_web_mercator_near_the_equator_is_borne_up_to_six_percent():
    assert said(window("EPSG:3857", 20.0, 18.0)) == []
    assert len(said(window("EPSG:3857", 20.0, 21.0))) == 1


@pytest.mark.parametrize(("latitude", "zone"), [(87.0, "EPSG:3413"), (-83.0, "EPSG:3031"), (-70.0, "EPSG:32734")])
def test_the_remedy_near_the_poles_is_polar_stereographic(latitude, zone):
    (warning,) = said(window("EPSG:3395", 20.0, latitude, 1000.0))
    assert zone in warning


def test_an_equirectangular_map_draws_easts_too_long_and_is_refused_where_they_are_half_as_long_again():
    """East over north is 1/cos(latitude): 1.06 at 20 degrees, 1.5 at 48, and half a percent less on the ellipsoid, which later
    versions of PROJ take it for."""
    assert said(window("EPSG:4087", 20.0, 15.0, 1000.0)) == []
    (warning,) = said(window("EPSG:4087", 20.0, 40.0, 1000.0))
    assert re.search(r"draws one direction 1\.3[01] times as long as the other", warning) and "UTM zone 34N" in warning
    with pytest.raises(
        InputError, match=r"2\.0\d times as long.*no distance is right\. Reproject it \(Warp\) to EPSG:32634"
    ):
        said(window("EPSG:4087", 20.0, 60.0, 1000.0))


@pytest.mark.parametrize("code", ["EPSG:3031", "EPSG:3413", "EPSG:3035", "EPSG:5070", "EPSG:3577"])
def test_systems_of_a_continent_are_borne_all_over_their_areas(code):
    area = parse_crs(code, "CRS").area_of_use
    for longitude in np.linspace(area.west, area.east, 7):
        for latitude in np.linspace(area.south, area.north, 7):
            assert said(window(code, longitude, latitude, 20_000.0, 5)) == [], (longitude, latitude)


def test_the_same_distortion_is_doubted_where_nobody_made_the_system_for_the_place():
    """Europe's equal-area projection, by its formula, without the area that it was made for."""
    europe = "+proj=laea +lat_0=52 +lon_0=10 +x_0=4321000 +y_0=3210000 +ellps=GRS80"
    assert said(window("EPSG:3035", -16.0, 28.0)) == []
    (warning,) = said(window(europe, -16.0, 28.0))
    assert "1.08 times as long" in warning  # one over the squared cosine of half the distance, 31 degrees


@pytest.mark.parametrize("off", [-9.0, -5.0, 5.0, 9.0])
@pytest.mark.parametrize("latitude", [0.0, 48.0, 72.0])
def test_utm_some_degrees_off_its_zone_is_borne(off, latitude):
    assert said(window("EPSG:32633", 15.0 + off, latitude)) == []


def test_the_tutorials_grid_with_the_pole_as_its_corner_is_borne():
    grid = Grid(1000.0 * np.arange(41), 1000.0 * np.arange(31), parse_crs("EPSG:3031", "CRS"))
    assert said(grid) == []


def test_a_grid_of_a_continents_width_is_told_the_earths_curvature():
    assert said(window("EPSG:3413", -40.0, 72.0, 940_000.0)) == []
    (warning,) = said(window("EPSG:3413", -45.0, 70.0, 1_900_000.0))
    width = 1_900_000.0 * 21 / 20  # to the outer edges
    assert f"{width / 1000:.0f} km wide" in warning
    assert f"curves by {width**2 / (8 * 6.371e6) / 1000:.0f} km" in warning and "off by a kilometre" in warning


def test_the_width_is_that_on_the_ground():
    """At 70 degrees 1500 km of Web Mercator's map are 513 km."""
    (warning,) = said(window("EPSG:3857", 20.0, 70.0, 1_500_000.0))
    assert "curves" not in warning


def test_coordinates_in_kilometres_are_told():
    crs = parse_crs("EPSG:32633", "CRS")
    (warning,) = said(Grid(400.0 + np.arange(40), 5500.0 + np.arange(30), crs))
    assert "cells are 1 m wide" in warning and "taken as kilometres, its coordinates lie inside" in warning
    assert said(Grid(np.arange(40.0), np.arange(30.0), crs)) == []


def test_a_grid_nowhere_on_the_earth_is_told():
    crs = parse_crs("EPSG:32633", "CRS")
    (warning,) = said(Grid(4e7 + 1000.0 * np.arange(40), 1000.0 * np.arange(30), crs))
    assert "nowhere on the Earth" in warning


def test_a_local_grid_is_not_judged():
    assert said(window("EPSG:3857", 20.0, 70.0), local=True) == []
    pit = parse_crs('LOCAL_CS["pit",UNIT["metre",1]]', "CRS")
    assert said(Grid(1e6 * np.arange(5), 1e6 * np.arange(5), pit)) == []


def test_where_it_is_strict_the_doubt_ends_the_run():
    with pytest.raises(InputError, match="STRICT is on"):
        check_projection(window("EPSG:3857", 20.0, 70.0), "CRS", Reporter(strict=True))
