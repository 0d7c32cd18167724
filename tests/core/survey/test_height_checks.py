"""Heights of stations that no place has are refused or doubted; the sea, mountains, aircraft and satellites are not."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import InputError

from .basement import LEVEL, SHAPE, write_raster


def mixed(basement, every, value):
    return {"height": np.where(np.arange(500) % every == 0, value, basement.height)}


def test_heights_beyond_1000_km_are_refused_with_their_number(basement, misfit):
    with pytest.raises(InputError, match="50 of 500 stations have a height of 2,100,000 m") as raised:
        misfit(mixed(basement, 10, 2.1e6))
    assert raised.value.parameter == "HEIGHT_FIELD"


def test_one_height_beyond_1000_km_is_refused_too(misfit):
    with pytest.raises(InputError, match=r"a height of -3,000,000 m.*Check HEIGHT:"):
        misfit(height_field=None, height=-3e6)


def test_some_stations_beyond_all_ground_are_doubted(basement, misfit):
    (text,) = misfit(mixed(basement, 50, 250_000.0))
    assert "10 of 500 stations have a height of 250,000 m" in text and "others lie within 300 m" in text


@pytest.mark.parametrize("height", [10_000.0, 12_500.0, 250_000.0])
def test_stations_that_all_fly_are_right(misfit, height):
    assert misfit({"height": np.full(500, height)}) == []


def test_a_flight_that_climbs_through_12_km_is_right(misfit):
    assert misfit({"height": np.linspace(10_500.0, 13_500.0, 500)}) == []


@pytest.mark.parametrize("value", [3000.0, 9000.0])
def test_heights_far_from_those_around_are_counted(basement, misfit, value):
    (text,) = misfit(mixed(basement, 50, value))
    assert (
        "of 500 stations have a height far from those around them" in text
        and f"the first {value:,.0f} m in row 1" in text
    )


def test_mountains_valleys_ships_about_an_island_and_tides_are_right(basement, misfit):
    x, y = basement.easting - 4e5, basement.northing - 5.5e6
    hills = np.round(
        1500.0 + 900.0 * np.sin(x / 4000.0) * np.cos(y / 3000.0) + 100.0 * np.random.default_rng(0).normal(size=500)
    )
    island = np.maximum(1200.0 - 0.25 * np.hypot(x - 18e3, y - 14e3), 0.0)
    tides = np.where(island > 0.0, island, 0.3 * np.sin(x))
    for heights in (hills, island, tides, 0.05 * x, np.full(500, 0.0)):
        assert misfit({"height": heights}) == []


def test_kilometres_are_doubted_where_metres_lie_below_the_start(basement, misfit, tmp_path):
    basement.write(tmp_path)
    write_raster(tmp_path / "ground.tif", np.full(SHAPE, 150.0))
    texts = misfit({"height": np.full(500, 1.3)}, starting_relief="ground.tif")
    assert any("in kilometres all would lie above it. Give HEIGHT_FIELD in metres" in text for text in texts)
    assert not any("kilometres" in text for text in misfit({"height": np.full(500, 1.3)}))


def test_a_height_raster_has_its_voids_taken_out(misfit, tmp_path):
    heights = np.full(SHAPE, 300.0)
    heights[10:14, 10:14] = -9999.0
    write_raster(tmp_path / "heights.tif", heights)
    void, left_out = misfit(height_field=None, height_raster="heights.tif")
    assert "HEIGHT_RASTER has 16 cells of -9999" in void and "stations there have no height" in void
    assert "have no value" in left_out
    assert misfit.verdict == 0


def test_gravity_far_from_all_is_counted_and_a_strong_narrow_anomaly_is_not(basement, misfit):
    wild = np.where(np.arange(500) % 100 == 7, 90.0, basement.gravity)
    (text,) = misfit({"gravity": wild})
    assert "5 of 500 stations have gravity 10 times further" in text
    x, y = basement.easting - 4.1e5, basement.northing - 5.51e6
    narrow = basement.gravity * 0.01 + 40.0 * np.exp(-(x**2 + y**2) / 3000.0**2)
    assert misfit({"gravity": narrow}, reference_level=LEVEL) == []


def test_gravity_of_a_relief_refuses_such_heights_too(engine, survey, tmp_path):
    (tmp_path / "places.csv").write_text("x,y,h\n2000,3000,900\n3000,3000,2100000\n")
    run = engine(task="forwardgravity", relief="relief.tif", stations="places.csv", height_field="h", predicted="p.csv")
    assert "1 of 2 stations have a height of 2,100,000 m" in run.error["message"]
