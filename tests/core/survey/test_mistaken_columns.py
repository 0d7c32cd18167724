"""A column that holds what another is for is refused by its numbers; gravity that merely resembles it is not."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest

from core.errors import InputError
from core.survey.mistaken_columns import follows, same

from .basement import write_raster, write_table

RNG = np.random.default_rng(0)


@pytest.fixture
def columns(basement):
    """Columns of the stations' file that gravity may be mistaken for."""
    to_degrees = pyproj.Transformer.from_crs("EPSG:32633", "EPSG:4326", always_xy=True)
    longitude, latitude = to_degrees.transform(basement.easting, basement.northing)
    return {
        "lon": np.round(longitude, 5),
        "lat": latitude,
        "north_k": basement.northing / 1000.0,
        "height": 300.0 + 40.0 * np.sin(basement.easting / 3000.0),
    }


@pytest.mark.parametrize(
    ("field", "what"),
    [
        ("easting", "easting"),
        ("northing", "northing"),
        ("lon", "longitude"),
        ("lat", "latitude"),
        ("north_k", "northing in km"),
    ],
)
@pytest.mark.parametrize("parameter", ["GRAVITY_FIELD", "HEIGHT_FIELD", "ERROR_FIELD", "REGIONAL_FIELD"])
def test_a_coordinate_in_a_field_of_something_else(misfit, columns, parameter, field, what):
    error = {"error": None} if parameter == "ERROR_FIELD" else {}
    with pytest.raises(InputError) as raised:
        misfit(columns, **{parameter.lower(): field}, **error)
    assert raised.value.message.startswith(f"{parameter} holds the stations' {what}. Choose the field of ")
    assert raised.value.parameter == parameter


def test_one_field_named_twice(misfit, columns):
    with pytest.raises(InputError, match="GRAVITY_FIELD and HEIGHT_FIELD are both 'height'"):
        misfit(columns, gravity_field="height")
    with pytest.raises(InputError, match="GRAVITY_FIELD and REGIONAL_FIELD are both 'gravity'"):
        misfit(columns, regional_field="gravity")


def test_two_fields_that_hold_the_same_numbers(misfit, basement, columns):
    copied = {**columns, "copy": basement.gravity, "elevation": columns["height"]}
    with pytest.raises(InputError, match="GRAVITY_FIELD and REGIONAL_FIELD hold the same numbers"):
        misfit(copied, regional_field="copy")
    with pytest.raises(InputError, match="GRAVITY_FIELD and HEIGHT_FIELD hold the same numbers"):
        misfit(copied, gravity_field="elevation")


def test_gravity_that_is_made_of_heights(misfit, columns):
    """A depth, a height in feet, a free-air correction, the relief itself."""
    for values in (-columns["height"], columns["height"] / 0.3048, 0.3086 * columns["height"] + 7.0):
        with pytest.raises(InputError, match="GRAVITY_FIELD follows the heights of HEIGHT_FIELD by"):
            misfit({**columns, "gravity": values})


def test_gravity_that_is_the_starting_relief(misfit, basement, tmp_path):
    write_raster(tmp_path / "bed.tif", basement.true)
    with pytest.raises(InputError, match="GRAVITY follows the starting relief by 1 mGal a metre"):
        misfit(gravity="bed.tif", gravity_crs=None, height_field=None, height=300, starting_relief="true.tif")


def test_gravity_rasters_that_are_a_height_raster(misfit, basement, tmp_path):
    write_raster(tmp_path / "high.tif", basement.true + 2000.0)
    with pytest.raises(InputError, match="GRAVITY and HEIGHT_RASTER hold the same numbers"):
        misfit(gravity="high.tif", gravity_crs=None, height_field=None, height_raster="high.tif")


def test_gravity_that_grows_with_height_and_to_the_north_is_right(misfit, basement, columns):
    """Free air over mountains, a strong trend, and both almost without noise."""
    noise = 1e-3 * RNG.normal(size=500)
    north = (basement.northing - 5.5e6) / 1000.0
    for added in (0.1 * columns["height"], 5.0 * north, 0.11 * columns["height"] + north):
        misfit({**columns, "gravity": basement.gravity + added})
        misfit({**columns, "gravity": added + noise})


def test_known_points_with_the_wrong_field(misfit, basement, tmp_path):
    here = {"easting": basement.easting[:20], "northing": basement.northing[:20]}
    write_table(
        tmp_path / "known.csv", **here, z=np.where(np.arange(20) == 3, 3e7, -1500.0), depth=np.arange(20) - 1500.0
    )
    keys = {"known_points": "known.csv", "regional": 5}
    with pytest.raises(InputError, match="KNOWN_FIELD holds the easting of the points"):
        misfit(**keys, known_field="easting")
    with pytest.raises(InputError, match="KNOWN_FIELD: 1 of 20 known points have a height of 30,000,000 m"):
        misfit(**keys, known_field="z")
    misfit(**keys, known_field="depth")


def test_columns_of_one_number_or_of_few_rows_are_not_compared():
    few = np.arange(9.0)
    assert not same(few, few) and same(np.arange(10.0), np.arange(10.0))
    assert not same(np.full(50, 3.0), np.full(50, 3.0))
    assert follows(few, few, exactly=True) is None
    assert follows(np.zeros(50), np.arange(50.0), exactly=True) is None


def test_the_slope_of_what_follows_heights():
    heights = RNG.uniform(0.0, 500.0, 200)
    assert follows(-0.8 * heights + RNG.normal(size=200), heights, exactly=False) == pytest.approx(-0.8, abs=0.01)
    assert follows(0.2 * heights + 0.1 * RNG.normal(size=200), heights, exactly=True) is None
    assert follows(0.2 * heights, heights, exactly=True) == pytest.approx(0.2)
    assert follows(0.2 * heights, heights, exactly=False) is None
