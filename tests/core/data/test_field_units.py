"""Units of gravity and density in the spellings that files have."""

from __future__ import annotations

import pytest

from core.data.field_units import is_known, is_length, kg_per_m3, mgal, says_nothing

SPELLINGS = {
    1.0: ("mGal", "mgal", "MGAL", "mGals", "milligal", "milliGals", "1e-5 m/s2", "10^-5 m/s^2", "10-5 m s-2"),
    1e-3: ("uGal", "µGal", "μGal", "microgal", "microGals", "UGAL"),
    1e3: ("Gal", "gals", "cm/s2", "cm s-2", "cm/s^2"),
    1e5: (
        *(
            "m/s2",
            "m/s^2",
            "m/s**2",
            "m s-2",
            "m s^-2",
            "m s**-2",
            "ms-2",
            "m.s-2",
            "m·s⁻²",
            "m s⁻²",
            "m/s²",
            "m*s^-2",
            "m/s/s",
        ),
        *("m s−2", "meters per second squared", "metre/second^2", "meter second-2", "M/S2", "[m/s2]", "m sec-2"),
    ),
    1e2: ("mm/s2", "millimetres per second squared"),
    0.1: ("g.u.", "gu", "GU", "gravity units", "µm/s²", "um s-2", "micrometers/second^2"),
    1e-4: ("nm/s2", "nm s-2", "nm/s^2"),
}
DENSITIES = {
    1.0: ("kg/m3", "kg/m^3", "kg m-3", "kg m^-3", "kg·m⁻³", "kg/m³", "kilograms per cubic metre"),
    1e3: ("g/cm3", "g/cm^3", "g cm-3", "g/cc", "g/cm³", "t/m3", "Mg/m3", "grams/cm^3"),
}


@pytest.mark.parametrize(("size", "unit"), [(size, unit) for size, units in SPELLINGS.items() for unit in units])
def test_a_unit_of_gravity(size, unit):
    assert mgal(unit) == size
    assert kg_per_m3(unit) is None and not says_nothing(unit) and not is_length(unit)


@pytest.mark.parametrize(("size", "unit"), [(size, unit) for size, units in DENSITIES.items() for unit in units])
def test_a_unit_of_density(size, unit):
    assert kg_per_m3(unit) == size
    assert mgal(unit) is None


@pytest.mark.parametrize("unit", ["m", "metre", "Meters", "ft", "US survey foot", "km", "feet"])
def test_a_length_is_neither(unit):
    assert is_length(unit) and is_known(unit)
    assert mgal(unit) is None and kg_per_m3(unit) is None


@pytest.mark.parametrize("unit", ["nT", "E", "deg", "K", "%", "m/s", "mGal/m", "kg"])
def test_other_units_are_known_as_such(unit):
    assert is_known(unit) and mgal(unit) is None and not is_length(unit)


@pytest.mark.parametrize("unit", ["", " ", "1", "unknown", "none", "N/A"])
def test_some_texts_say_nothing(unit):
    assert says_nothing(unit)


def test_a_word_that_no_one_knows():
    assert not is_known("zorkmid") and not says_nothing("zorkmid")
