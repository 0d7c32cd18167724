"""Units by their many spellings, and where a name holds one."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.column_units import split_name, unit_of
from core.data.columns import Columns
from core.errors import InputError

SIZES = [
    ("m", 1),
    ("metres", 1),
    ("ft", 0.3048),
    ("Feet", 0.3048),
    ("us-ft", 0.3048006096),
    ("km", 1000),
    ("(cm)", 0.01),
]
SIZES += [("mGal", 1), ("MGAL", 1), ("µGal", 1e-3), ("μGal", 1e-3), ("uGal", 1e-3), ("microGal", 1e-3), ("Gal", 1e3)]
SIZES += [("m/s²", 1e5), ("m/s^2", 1e5), ("m s-2", 1e5), ("m s⁻²", 1e5), ("µm/s²", 0.1), ("g.u.", 0.1), ("nm/s2", 1e-4)]
SIZES += [("kg/m³", 1), ("g/cm3", 1000), ("g/cc", 1000), ("deg", 1), ("°", 1), ("degrees_east", 1)]


@pytest.mark.parametrize(("text", "size"), SIZES)
def test_a_unit_is_known_by_its_spelling(text, size):
    assert unit_of(text).size == pytest.approx(size, rel=1e-9)


@pytest.mark.parametrize("text", ["", "observed", "WGS84", "UTM 33N", "field", "s", "parsec"])
def test_what_is_no_unit_is_none(text):
    assert unit_of(text) is None


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Height (ft)", ("Height", "ft")),
        ("g [µGal]", ("g", "µGal")),
        ("g, mGal", ("g", "mGal")),
        ("depth_km", ("depth", "km")),
        ("elev_ft", ("elev", "ft")),
        ("Height ft", ("Height", "ft")),
        ("Gravity (observed)", ("Gravity (observed)", "")),
        ("easting (field)", ("easting (field)", "")),
        ("error_m", ("error_m", "")),
        ("draft", ("draft", "")),
        ("km", ("km", "")),
        ("(m)", ("", "m")),
    ],
)
def test_a_name_and_its_unit(name, parts):
    assert split_name(name) == parts


def test_a_columns_values_come_in_the_unit_that_is_asked_for():
    said = []
    numbers = {
        "h (ft)": np.array([1000.0, np.nan]),
        "g (m/s2)": np.array([1e-5, 2e-5]),
        "law (g/cm3)": np.array([0.5, 0.4]),
    }
    columns = Columns(numbers, source="layer", tell=said.append)
    np.testing.assert_allclose(columns.number("h (ft)", "HEIGHT_FIELD"), [304.8, np.nan])
    np.testing.assert_allclose(columns.number("g (m/s2)", "GRAVITY_FIELD"), [1.0, 2.0])
    np.testing.assert_allclose(columns.number("law", "DENSITY_LAW", "kg/m3"), [500.0, 400.0])
    assert len(said) == 3 and said[0].startswith(
        "HEIGHT_FIELD: the field 'h (ft)' of layer is in ft and was multiplied"
    )
    np.testing.assert_array_equal(columns.number("h (ft)", "TEST_FIELD"), [1000.0, np.nan])


def test_a_name_that_only_ends_like_another_unit_is_no_fault():
    columns = Columns({"line_km": np.array([3.0]), "h_ft": np.array([10.0])})
    assert columns.number("line_km", "GRAVITY_FIELD").tolist() == [3.0]
    assert columns.number("h_ft", "HEIGHT_FIELD").tolist() == pytest.approx([3.048])


def test_a_column_of_another_kind_or_of_an_unknown_unit_is_refused():
    columns = Columns({"h (m)": np.ones(2), "g": np.ones(2)}, source="layer", units={"g": "parsec"})
    with pytest.raises(
        InputError, match=r"GRAVITY_FIELD: the field 'h \(m\)' of layer is in m, and GRAVITY_FIELD takes mGal"
    ):
        columns.number("h (m)", "GRAVITY_FIELD")
    with pytest.raises(InputError, match=r"is in 'parsec', a unit that is not known\. Give it in mGal"):
        columns.number("g", "GRAVITY_FIELD")
