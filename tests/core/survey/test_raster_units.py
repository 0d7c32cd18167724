"""A gravity raster's own unit is read, said and converted; one that is none of gravity is refused."""

from __future__ import annotations

import pytest

from core.errors import InputError

from .basement import JOB, run_case, write_raster

RASTER = {"gravity": "gravity.tif", "gravity_crs": None, "height_field": None, "height": 300}


@pytest.fixture
def from_raster(basement, misfit, tmp_path):
    """Run the misfit with gravity as a raster of a unit: the warnings."""

    def run(values, unit, **keys):
        write_raster(tmp_path / "gravity.tif", values, unit=unit, crs=keys.pop("crs", "EPSG:32633"))
        texts = misfit(**{**RASTER, **keys})
        run.logs = misfit.logs
        return texts

    return run


def test_a_raster_without_a_unit_is_in_mgal(basement, from_raster, tmp_path):
    assert from_raster(basement.grid_gravity, None) == []
    assert not any("converted" in text for text in from_raster.logs)


@pytest.mark.parametrize(
    ("unit", "size"), [("m/s2", 1e5), ("m s-2", 1e5), ("uGal", 1e-3), ("µGal", 1e-3), ("gu", 0.1), ("nm/s2", 1e-4)]
)
def test_other_units_are_converted_with_a_log_line(basement, from_raster, tmp_path, unit, size):
    assert from_raster(basement.grid_gravity / size, unit) == []
    assert f"GRAVITY is in {unit} and was converted to mGal (times {size:g})." in from_raster.logs
    plain = {**JOB, **RASTER, "gravity_crs": "EPSG:32633"}
    converted, _ = run_case(tmp_path, plain)
    write_raster(tmp_path / "gravity.tif", basement.grid_gravity, unit="mGal")
    assert converted["rms_misfit"] == pytest.approx(run_case(tmp_path, plain)[0]["rms_misfit"], rel=1e-9)


def test_the_jobs_unit_goes_before_the_files(basement, from_raster):
    source = {"path": "gravity.tif", "unit": "m/s2"}
    assert from_raster(basement.grid_gravity * 1e-5, "mGal", gravity=source) == []
    assert "GRAVITY is in m/s2 and was converted to mGal (times 100000)." in from_raster.logs


@pytest.mark.parametrize("unit", ["m", "ft", "kg/m3", "nT", "E"])
def test_a_unit_of_something_else_is_refused(basement, from_raster, unit):
    with pytest.raises(InputError, match=f"GRAVITY: the raster's unit is '{unit}', which is none of gravity") as raised:
        from_raster(basement.grid_gravity, unit)
    assert raised.value.parameter == "GRAVITY"


def test_the_unit_of_a_systems_heights_says_nothing_of_gravity(basement, from_raster):
    assert from_raster(basement.grid_gravity, None, crs="EPSG:32633+5773") == []


def test_a_word_that_no_one_knows_is_doubted_and_the_numbers_are_mgal(basement, from_raster):
    (text,) = from_raster(basement.grid_gravity, "zorkmid")
    assert "the raster's unit is 'zorkmid', which is not known; its numbers are taken as mGal" in text
    assert from_raster(basement.grid_gravity, "unknown") == []


def test_a_unit_in_which_the_values_can_not_be_is_refused(basement, from_raster):
    with pytest.raises(InputError, match="unit is 'm/s2', in which its values would span 491,"):
        from_raster(basement.grid_gravity, "m/s2")


def test_observed_gravity_in_si_is_refused_as_such(basement, from_raster):
    with pytest.raises(InputError, match="observed gravity in mGal"):
        from_raster(9.80965 + basement.grid_gravity * 1e-5, "m/s2")


def test_codes_are_found_before_the_conversion(basement, from_raster, tmp_path):
    gravity = basement.grid_gravity * 1e-5
    gravity[5, 5:8] = -9999.0
    (text,) = from_raster(gravity, "m/s2")
    assert "GRAVITY has 3 cells of -9999" in text
