"""Units of length by the names that files give them."""

from __future__ import annotations

import pytest

from core.data.lengths import metres


@pytest.mark.parametrize(
    ("unit", "size"),
    [
        ("m", 1.0),
        ("Meters", 1.0),
        ("metres above sea level", 1.0),
        ("m a.s.l.", 1.0),
        ("elevation (m)", 1.0),
        ("km", 1000.0),
        ("ft", 0.3048),
        ("feet", 0.3048),
        ("US survey foot", 1200 / 3937),
        ("foot_us", 1200 / 3937),
        ("US_survey_foot", 1200 / 3937),
        ("us-ft", 1200 / 3937),
        ("height [ft]", 0.3048),
        ("fathoms", 1.8288),
    ],
)
def test_what_is_known(unit, size):
    assert metres(unit) == pytest.approx(size, rel=1e-15)


@pytest.mark.parametrize(
    "unit", ["", "1", "mGal", "m/s", "m/s2", "m s-2", "km2", "degrees", "m below ice", "user_z_unit"]
)
def test_what_is_no_length(unit):
    assert metres(unit) is None
