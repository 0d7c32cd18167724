"""Gravity in other units, observed, constant or below its errors is told; right gravity is not."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.crs import parse_crs
from core.data.relief import Grid, Relief
from core.data.stations import Stations
from core.errors import InputError
from core.events.protocol import Reporter
from core.survey.gravity_checks import check_gravity, normal_gravity, slab

GRID = Grid(5.0 * np.arange(40), 5.0 * np.arange(30), None)
RELIEF = Relief(GRID, np.full(GRID.shape, -20.0))


def test_the_base_case_is_right_and_says_nothing(misfit):
    assert misfit() == []
    assert misfit.verdict == 0


def test_normal_gravity_is_that_of_grs_80():
    """Moritz (1980): at the equator, at 45 degrees, at the pole."""
    np.testing.assert_allclose(
        normal_gravity(np.array([0.0, 45.0, 90.0])), [978032.677, 980619.920, 983218.637], atol=2e-3
    )


@pytest.mark.parametrize(
    ("size", "unit"), [(1.0, "mGal"), (1e-3, "Gal"), (1e-5, "m/s2"), (10.0, "µm/s2"), (1e3, "µGal"), (-1.0, "mGal")]
)
def test_observed_gravity_is_refused_with_what_to_take_off(basement, misfit, size, unit):
    observed = normal_gravity(49.65 + (basement.northing - 5.5e6) / 111_200) - 0.3086 * 300.0 + basement.gravity
    with pytest.raises(InputError) as raised:
        misfit({"gravity": size * observed})
    assert raised.value.parameter == "GRAVITY_FIELD"
    for words in (
        "observed gravity in " + unit,
        "Take normal gravity",
        "latitude and height",
        "disturbance or Bouguer anomaly",
    ):
        assert words in raised.value.message


def test_observed_gravity_keeps_its_name_where_a_regional_would_swallow_it(basement, misfit):
    with pytest.raises(InputError, match="observed gravity in mGal"):
        misfit({"gravity": basement.gravity + 980_900.0}, regional=1)


def test_anomalies_in_microgals_of_a_large_offset_are_refused_too(basement, misfit):
    with pytest.raises(InputError, match=r"no anomaly is so large.*in µGal"):
        misfit({"gravity": 1e3 * (basement.gravity - 150.0)})


def test_a_bouguer_anomaly_of_mountains_or_an_ocean_is_right(basement, misfit):
    for offset in (-600.0, 450.0):
        assert misfit({"gravity": basement.gravity + offset}, regional=1) == []


@pytest.mark.parametrize("size", [1e-5, 1e-3])
def test_gravity_in_si_or_gal_is_doubted(basement, misfit, size):
    (text,) = misfit({"gravity": size * basement.gravity})
    assert "GRAVITY_FIELD varies by" in text and "looks like m/s2 or Gal" in text and "100000 or 1000 times" in text
    assert misfit.verdict == 1


@pytest.mark.parametrize("value", [0.0, 5.0])
def test_one_number_for_all_stations_is_doubted(misfit, value):
    (text,) = misfit({"gravity": np.full(500, value)})
    assert f"GRAVITY_FIELD is {value:g} mGal at all 500 stations" in text


def test_errors_in_microgals_are_doubted_and_large_ones_are_not(basement, misfit):
    (text,) = misfit(error=100)
    assert "ERROR is 100 mGal and gravity varies by 5.1" in text and "1000 µGal" in text
    (text,) = misfit(
        {"sigma": np.full(500, 50.0) + basement.height / 100.0 + np.arange(500)}, error=None, error_field="sigma"
    )
    assert text.startswith("ERROR_FIELD is 302")
    assert misfit(error=2.0) == []
    assert misfit({"sigma": np.where(np.arange(500) % 3, 0.1, 1e4)}, error=None, error_field="sigma") == []


def microgals(reach, contrast, n=200):
    """What is said of a survey 2 m above the ground whose gravity reaches so many mGal."""
    rng = np.random.default_rng(0)
    places = rng.uniform(0.0, 195.0, n), rng.uniform(0.0, 145.0, n), np.full(n, 2.0)
    gravity = 0.5 * reach * np.sin(places[0] / 30.0) + 0.03 * reach * rng.normal(size=n)
    rest = np.full(n, 0.001), np.zeros(n), np.zeros(n, bool), np.ones(n, bool)
    stations = Stations(*places, gravity, *rest, crs=parse_crs("EPSG:32633", "CRS"))
    reporter = Reporter()
    check_gravity(stations, RELIEF, slab(np.full(GRID.shape, contrast)), "GRAVITY_FIELD", reporter)
    return reporter.doubts


@pytest.mark.parametrize("contrast", [1.0, 25.0, -400.0, 2000.0])
@pytest.mark.parametrize("reach", [0.002, 0.05, 1.0])
def test_a_microgal_survey_is_right(contrast, reach):
    assert microgals(reach, contrast) == []


def test_less_than_a_microgal_is_not():
    (text,) = microgals(5e-4, 25.0)
    assert "varies by 0.00" in text
