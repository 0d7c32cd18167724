"""A contrast in g/cm3 is doubted by the relief that it would ask for; small contrasts that are right are not."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.crs import parse_crs
from core.data.relief import Grid, Relief
from core.data.stations import Stations
from core.errors import InputError
from core.events.protocol import Reporter
from core.survey.contrast_check import doubt_contrast_unit, signal_span

from .basement import SHAPE, write_raster

STEP = 1000.0
GRID = Grid(STEP * np.arange(40), STEP * np.arange(30), None)
RNG = np.random.default_rng(0)
X, Y = RNG.uniform(0.0, 39e3, 400), RNG.uniform(0.0, 29e3, 400)
SHAPE_OF_SIGNAL = np.exp(-(((X - 16e3) / 8e3) ** 2 + ((Y - 14e3) / 7e3) ** 2))
TREND = 1e-3 * X - 2e-3 * Y


def unit_doubts(texts):
    return [text for text in texts if "looks like g/cm3" in text]


@pytest.mark.parametrize("regional", [0, 1, 2])
def test_the_base_case_with_a_contrast_in_g_per_cm3(misfit, regional):
    (text,) = unit_doubts(misfit(density_contrast=0.4, regional=regional))
    assert text.startswith("DENSITY_CONTRAST is 0.4 kg/m3") and "1000 times as much" in text


def test_a_grid_and_laws_in_g_per_cm3(misfit, tmp_path):
    write_raster(tmp_path / "contrast.tif", 0.4 + 0.05 * RNG.uniform(size=SHAPE))
    (text,) = unit_doubts(misfit(density_grid="contrast.tif"))
    assert text.startswith("DENSITY_GRID is at most 0.45 kg/m3")
    (tmp_path / "law.csv").write_text("depth,contrast\n0,0.3\n1000,0.4\n5000,0.1\n")
    for law in ("exponential:0.4,3000", "hyperbolic:-0.4,5000", "table:law.csv"):
        (text,) = unit_doubts(misfit(density_law=law if ":law" not in law else f"table:{tmp_path}/law.csv"))
        assert text.startswith("DENSITY_LAW is at most 0.4 kg/m3")


def test_a_grid_whose_band_says_g_per_cm3_is_converted(misfit, tmp_path):
    write_raster(tmp_path / "contrast.tif", np.full(SHAPE, 0.4), unit="g/cm3")
    assert misfit(density_grid="contrast.tif") == []
    assert "DENSITY_GRID is in g/cm3 and was converted to kg/m3 (times 1000)." in misfit.logs
    write_raster(tmp_path / "contrast.tif", np.full(SHAPE, 0.4), unit="m")
    with pytest.raises(InputError, match="DENSITY_GRID: the raster's unit is 'm', which is none of density"):
        misfit(density_grid="contrast.tif")


@pytest.mark.parametrize(
    ("keys", "parameter"),
    [({"density_contrast": 4e5}, "DENSITY_CONTRAST"), ({"density_law": "exponential:400000,2000"}, "DENSITY_LAW")],
)
def test_a_contrast_denser_than_anything_is_refused(misfit, keys, parameter):
    with pytest.raises(InputError, match=f"{parameter} is 400,000 kg/m3, and nothing is so dense"):
        misfit(**keys)


def doubts(contrast, misfit, residual=None, clearance=1500.0, error=None):
    """What is said of a misfit at stations so high above a flat start."""
    n = X.size
    rest = np.full(n, error or 1.0), np.zeros(n), np.zeros(n, bool), np.ones(n, bool)
    stations = Stations(X, Y, np.full(n, clearance), misfit, *rest, crs=parse_crs("EPSG:32633", "CRS"))
    reporter = Reporter()
    relief = Relief(GRID, np.zeros(GRID.shape))
    residual = misfit if residual is None else residual
    contrasts = np.full(GRID.shape, contrast)
    stations = stations if error is None else Stations(**{**vars(stations), "has_errors": True})
    doubt_contrast_unit(stations, misfit, residual, relief, contrasts, None, "DENSITY_CONTRAST", reporter)
    return reporter.doubts


def noise(size):
    return size * np.random.default_rng(3).normal(size=X.size)


@pytest.mark.parametrize("contrast", [1.0, 3.0, 9.0, -5.0])
def test_small_contrasts_with_signals_to_match_are_right(contrast):
    """800 m of relief: the noise alone, taken as signal, would ask for up to 70 km of it."""
    signal = 4.19e-5 * contrast * 800.0 * SHAPE_OF_SIGNAL
    assert doubts(contrast, signal + noise(0.3), error=0.3) == []
    assert doubts(contrast, signal + noise(0.3)) == []


def test_a_regional_that_was_taken_off_does_not_count():
    """120 mGal of trend are 286 km of relief with 10 kg/m3."""
    signal = 4.19e-5 * 9.0 * 800.0 * SHAPE_OF_SIGNAL + noise(0.05)
    assert doubts(9.0, signal + TREND, residual=signal) == []
    assert doubts(0.4, 20.0 * SHAPE_OF_SIGNAL + TREND + noise(0.05), residual=20.0 * SHAPE_OF_SIGNAL) != []


def test_a_regional_that_took_the_signal_up_hides_nothing():
    assert len(doubts(0.4, 20.0 * SHAPE_OF_SIGNAL + noise(0.1), residual=noise(0.1))) == 1


def test_far_below_the_stations_relief_may_be_high():
    """The lithosphere's base at 150 km: 60 km of relief with 5 kg/m3."""
    signal = 4.19e-5 * 5.0 * 60e3 * SHAPE_OF_SIGNAL
    assert doubts(5.0, signal + noise(0.5), clearance=150e3) == []
    assert len(doubts(5.0, signal + noise(0.5), clearance=1e3)) == 1


@pytest.mark.parametrize("contrast", [10.0, 25.0, 400.0, -2669.0])
def test_greater_contrasts_are_never_asked(contrast):
    assert doubts(contrast, 1e4 * SHAPE_OF_SIGNAL) == []


def test_the_span_of_noise_is_nothing_and_that_of_a_signal_is_its_own():
    n = X.size
    rest = np.ones(n), np.zeros(n), np.zeros(n, bool), np.ones(n, bool)
    stations = Stations(X, Y, np.zeros(n), np.zeros(n), *rest, crs=None)
    low, high = np.percentile(10.0 * SHAPE_OF_SIGNAL, [5.0, 95.0])
    assert signal_span(stations, 10.0 * SHAPE_OF_SIGNAL + noise(0.3)) == pytest.approx(high - low, rel=0.1)
    assert signal_span(stations, noise(1.0)) < 1.5
