"""Which stations are withheld, and the score at them."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.relief import Grid
from core.data.stations import Stations
from core.errors import InputError
from core.validation.scores import expected_score, prediction_score, rms
from core.validation.splits import alternate_nodes, by_field


def stations_at(east, north, test=None, used=None, lattice=None, node=None):
    n = np.size(east)
    zeros, ones = np.zeros(n), np.ones(n)
    test = np.zeros(n, bool) if test is None else np.asarray(test, bool)
    used = np.ones(n, bool) if used is None else np.asarray(used, bool)
    east, north = np.asarray(east, float), np.asarray(north, float)
    return Stations(east, north, ones, zeros, ones, zeros, test, used, crs=None, lattice=lattice, node=node)


def lattice_places(nx=5, ny=4, dx=500.0, dy=250.0):
    east, north = np.meshgrid(-3000.0 + dx * np.arange(nx), 700.0 + dy * np.arange(ny))
    return east.ravel(), north.ravel()


def even_nodes(nx=5, ny=4):
    row, col = np.mgrid[0:ny, 0:nx]
    return ((row % 2 == 0) & (col % 2 == 0)).ravel()


def test_every_second_node_from_the_south_west_is_fitted_and_the_others_withheld():
    withheld = alternate_nodes(stations_at(*lattice_places()))
    np.testing.assert_array_equal(~withheld, even_nodes())


def test_the_order_of_the_stations_does_not_matter():
    east, north = lattice_places()
    order = np.random.default_rng(0).permutation(east.size)
    np.testing.assert_array_equal(~alternate_nodes(stations_at(east[order], north[order])), even_nodes()[order])


def test_gaps_in_the_grid_do_not_matter():
    east, north = lattice_places()
    kept = np.delete(np.arange(east.size), [3, 7, 12])
    np.testing.assert_array_equal(~alternate_nodes(stations_at(east[kept], north[kept])), even_nodes()[kept])


def test_stations_that_are_not_used_are_neither_fitted_nor_withheld():
    east, north = lattice_places()
    used = np.ones(east.size, bool)
    used[[1, 6]] = False
    east[6] += 123.0  # off the grid, but it does not count
    withheld = alternate_nodes(stations_at(east, north, used=used))
    assert not withheld[[1, 6]].any()
    np.testing.assert_array_equal(withheld[used], ~even_nodes()[used])


def test_a_gravity_rasters_own_rows_and_columns_count_whatever_its_system():
    lattice = Grid(np.arange(5.0), np.arange(4.0), None)
    node = np.delete(np.arange(20), [0, 9])
    scattered = np.random.default_rng(1).uniform(size=(2, 18))
    withheld = alternate_nodes(stations_at(*scattered, lattice=lattice, node=node))
    np.testing.assert_array_equal(~withheld, even_nodes()[node])


def test_scattered_stations_have_no_alternate_nodes():
    with pytest.raises(InputError, match="regular grid") as refused:
        alternate_nodes(stations_at(*np.random.default_rng(1).uniform(0, 1000, (2, 30))))
    assert refused.value.parameter == "SPLIT"


def test_the_field_marks_what_is_withheld_among_the_used():
    east, north = lattice_places()
    test, used = np.zeros(20, bool), np.ones(20, bool)
    test[[2, 3, 4]] = True
    used[4] = False
    np.testing.assert_array_equal(np.flatnonzero(by_field(stations_at(east, north, test, used))), [2, 3])


@pytest.mark.parametrize("value", [False, True])
def test_a_field_of_one_class_among_the_used_is_refused(value):
    test, used = np.full(20, value), np.ones(20, bool)
    test[0], used[0] = not value, False
    with pytest.raises(InputError, match="It needs both"):
        by_field(stations_at(*lattice_places(), test, used))


def test_with_equal_errors_the_score_is_the_plain_rms():
    predicted, observed = np.array([1.0, 2.0, 5.0]), np.array([1.0, 4.0, 4.0])
    for sigma in (1.0, 0.2):
        assert prediction_score(predicted, observed, np.full(3, sigma)) == pytest.approx(np.sqrt(5 / 3))
    assert rms(predicted - observed) == pytest.approx(np.sqrt(5 / 3))


def test_a_doubtful_station_weighs_by_one_over_its_variance():
    score = prediction_score(np.array([1.0, 10.0]), np.zeros(2), np.array([1.0, 3.0]))
    assert score == pytest.approx(np.sqrt((1.0 + 100.0 / 9.0) / (1.0 + 1.0 / 9.0)))


def test_the_expected_score_is_that_of_the_errors_alone():
    rng = np.random.default_rng(0)
    sigma = rng.uniform(0.5, 2.0, 200_000)
    drawn = prediction_score(sigma * rng.standard_normal(sigma.size), np.zeros(sigma.size), sigma)
    assert drawn == pytest.approx(expected_score(sigma), rel=0.01)
    assert expected_score(np.full(9, 0.2)) == pytest.approx(0.2)
