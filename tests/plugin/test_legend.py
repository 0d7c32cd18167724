"""The numbers in a result's legend: as many digits as their range calls for."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(("span", "shown"), [(465.5, "712"), (46.55, "712.5"), (0.8, "712.457"), (0.02, "712.4574")])
def test_digits_follow_the_span(qgis_app, span, shown):
    from gravrelief.plugin import styles
    from qgis.core import QgsNumericFormatContext

    settings = styles._three_digits(span)
    assert settings.numericFormat().formatDouble(712.4574, QgsNumericFormatContext()) == shown
