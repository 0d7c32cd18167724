"""Each method of separating a regional, against fields whose separation is known beforehand."""

from __future__ import annotations

import numpy as np
import pytest

from core.regional.constant import Constant
from core.regional.equivalent_sources import MOST_SOURCES, EquivalentSources
from core.regional.low_pass import LowPass
from core.regional.method import Samples
from core.regional.spline import Spline
from core.regional.thinning import thinned
from core.regional.trend import Trend

WEST, SOUTH = -1_600_000.0, -500_000.0  # as far from the origin as polar stereographic goes


def scattered(function, count=400, side=40_000.0, seed=1) -> Samples:
    random = np.random.default_rng(seed)
    easting, northing = WEST + side * random.random(count), SOUTH + side * random.random(count)
    return Samples(easting, northing, function(easting, northing), np.ones(count))


def lattice(function, nx, ny, step) -> Samples:
    easting, northing = (
        axis.ravel() for axis in np.meshgrid(WEST + step * np.arange(nx), SOUTH + step * np.arange(ny))
    )
    return Samples(easting, northing, function(easting, northing), np.ones(easting.size))


def plane(easting, northing):
    return 7.0 + 4e-4 * (easting - WEST) - 3e-4 * (northing - SOUTH)


def quadratic(easting, northing):
    return plane(easting, northing) + 2e-8 * (easting - WEST - 1e4) * (northing - SOUTH)


def places(count=50):
    away = scattered(plane, count, seed=9)
    return away.easting, away.northing


def test_the_median_is_not_moved_by_a_few_wild_stations():
    samples = Samples(np.arange(5.0), np.zeros(5), np.array([2.0, 2.1, 1.9, 2.0, 500.0]), np.ones(5))
    assert Constant().fit(samples)(np.zeros(3), np.zeros(3)) == pytest.approx([2.0, 2.0, 2.0])
    assert Constant(-4.5).fit(samples)(np.zeros(1), np.zeros(1)) == [-4.5]


@pytest.mark.parametrize(("degree", "field"), [(1, plane), (2, quadratic), (4, quadratic)])
def test_a_trend_recovers_a_polynomial_of_its_degree_or_less(degree, field):
    found = Trend(degree).fit(scattered(field))(*places())
    assert found == pytest.approx(field(*places()), abs=1e-8)


def test_a_plane_does_not_hold_a_curved_field():
    found = Trend(1).fit(scattered(quadratic))(*places())
    assert np.abs(found - quadratic(*places())).max() > 1.0


def test_a_trend_of_degree_0_is_the_weighted_mean():
    samples = Samples(np.array([0.0, 1.0]), np.zeros(2), np.array([1.0, 4.0]), np.array([1.0, 3.0]))
    assert Trend(0).fit(samples)(np.zeros(2), np.zeros(2)) == pytest.approx([3.25, 3.25])


def test_a_trend_trusts_a_station_by_its_weight():
    samples = scattered(plane)
    value, weight = samples.value.copy(), samples.weight.copy()
    value[:40] += 100.0
    weight[:40] = 1e-12
    found = Trend(1).fit(Samples(samples.easting, samples.northing, value, weight))(*places())
    assert found == pytest.approx(plane(*places()), abs=1e-6)


@pytest.mark.parametrize("length", [1.0, 0.5, 2.0])
def test_the_low_pass_leaves_of_a_wave_what_its_formula_says(length):
    cut_off = 16_000.0
    wave = length * cut_off

    def field(easting, northing):
        return np.cos(2 * np.pi * (easting - WEST) / wave)

    samples = lattice(field, 193, 60, 1000.0)
    middle = np.abs(samples.easting - samples.easting.mean()) < 40_000.0
    inner = samples.where(middle)
    found = LowPass(cut_off).fit(samples)(inner.easting, inner.northing)
    assert found == pytest.approx(np.exp(-0.5 / length**2) * inner.value, abs=2e-3)


def test_the_low_pass_keeps_a_plane_to_the_very_edge_whatever_is_missing():
    samples = scattered(plane, 600)
    hole = np.hypot(samples.easting - WEST - 2e4, samples.northing - SOUTH - 2e4) > 9000.0
    found = LowPass(10_000.0).fit(samples.where(hole))(*places())
    assert found == pytest.approx(plane(*places()), abs=1e-6)


def test_the_low_pass_has_a_value_in_a_gap_wider_than_its_reach():
    samples = scattered(lambda easting, northing: np.sin(easting / 5e3), 600)
    west = samples.easting - WEST < 8000.0
    east = samples.easting - WEST > 32_000.0
    found = LowPass(1000.0).fit(samples.where(west | east))(np.array([WEST + 2e4]), np.array([SOUTH + 2e4]))
    assert np.isfinite(found).all() and np.abs(found).max() < 3.0


def test_the_low_pass_counts_stations_by_their_weight():
    flat = lattice(lambda easting, northing: np.zeros(easting.size), 40, 40, 1000.0)
    wild = np.random.default_rng(3).random(flat.size) < 0.3
    samples = Samples(flat.easting, flat.northing, np.where(wild, 50.0, 0.0), np.where(wild, 1e-9, 1.0))
    assert np.abs(LowPass(8000.0).fit(samples)(flat.easting, flat.northing)).max() < 1e-5


def test_the_low_pass_takes_data_that_are_a_thousand_times_less_exact_for_data():
    """Where there are no others: the filter's mean does not depend on a weight that all have."""

    def waves(easting, northing):
        return 5.0 * np.sin(easting / 8e3)

    exact = scattered(waves, 1500, side=100_000.0)
    doubtful = exact.easting - WEST > 50_000.0
    samples = Samples(exact.easting, exact.northing, exact.value, np.where(doubtful, 1e-6, 1.0))
    away = exact.where(exact.easting - WEST > 60_000.0)
    found, alike = (LowPass(8000.0).fit(given)(away.easting, away.northing) for given in (samples, exact))
    assert np.abs(found - alike).max() < 0.2
    assert np.std(found - away.value) < 0.3 * np.std(away.value)


def test_equivalent_sources_reproduce_a_harmonic_field():
    def field(easting, northing):
        depth = 25_000.0
        distance = np.sqrt((easting - WEST - 15e3) ** 2 + (northing - SOUTH - 22e3) ** 2 + depth**2)
        return 12.0 + 20.0 * (depth / distance) ** 3

    samples = lattice(field, 21, 21, 2000.0)
    found = EquivalentSources(10_000.0, 1e-6).fit(samples)(*places())
    assert found == pytest.approx(field(*places()), abs=0.05)


def test_deeper_sources_let_less_of_a_short_wave_through():
    def wave(easting, northing):
        return np.cos(2 * np.pi * (easting - WEST) / 8000.0)

    samples = lattice(wave, 41, 21, 1000.0)
    left = [np.std(EquivalentSources(z, 1.0).fit(samples)(samples.easting, samples.northing)) for z in (1e3, 1e4, 4e4)]
    assert left[0] > 0.6 and left[0] > 1.2 * left[1] > 2 * left[2]


def test_an_undamped_spline_passes_through_its_points():
    samples = scattered(quadratic, 12)
    found = Spline(None).fit(samples)(samples.easting, samples.northing)
    assert found == pytest.approx(samples.value, abs=1e-6)


def test_a_spline_between_many_points_of_a_smooth_field_finds_it():
    def hill(easting, northing):
        return 100.0 * np.exp(-(((easting - WEST - 2e4) / 1e4) ** 2) - ((northing - SOUTH - 2e4) / 1e4) ** 2)

    assert Spline(None).fit(scattered(hill, 800))(*places()) == pytest.approx(hill(*places()), abs=1.0)


def test_much_damping_leaves_the_trend_that_the_spline_is_about():
    samples = scattered(quadratic, 60)
    found = Spline(1e9, degree=1).fit(samples)(*places())
    assert found == pytest.approx(Trend(1).fit(samples)(*places()), abs=1e-4)


def test_one_point_makes_a_constant():
    samples = scattered(plane, 1)
    assert Spline(None).fit(samples)(*places()) == pytest.approx(samples.value[0])


def test_thinning_keeps_means_and_few_samples_as_they_are():
    samples = scattered(plane, 5000)
    few = thinned(samples, MOST_SOURCES)
    assert MOST_SOURCES // 2 < few.size <= MOST_SOURCES
    assert few.value == pytest.approx(plane(few.easting, few.northing), abs=1e-8)
    assert thinned(few, MOST_SOURCES) is few
