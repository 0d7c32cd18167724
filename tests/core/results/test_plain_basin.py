"""The plain basin: stations on the ground at 0, flat start and reference level at 0, a fill that is lighter."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.data.relief import Relief
from core.errors import InputError

from .surveys import grid, hill, logged, nodes, run, scattered, warnings, write

CELLS = grid(30, 22, 1000.0)
BASIN = Relief(CELLS, -1800.0 * hill(CELLS, 0.5, 0.5, 0.25, 0.25))
WIDE = grid(60, 40, 1000.0)
TWO_BASINS = Relief(WIDE, -2500.0 * hill(WIDE, 0.45, 0.5, 0.22, 0.25) - 600.0 * hill(WIDE, 0.75, 0.6, 0.1, 0.12))


@pytest.fixture
def basin(tmp_path):
    keys = write(tmp_path, BASIN, nodes(CELLS), 500.0, 0.0, 0.1)
    return lambda **changes: run(tmp_path, {**keys, "damping": 0.01}, **changes)


def test_it_is_found_to_its_deepest_point_and_nothing_is_doubted(basin):
    outputs, found, events = basin()
    assert found.min() == pytest.approx(-1800.0, rel=0.05)
    assert outputs["relief_rmse"] < 30.0
    assert (outputs["verdict"], warnings(events)) == (0, [])
    assert "at the stations' level" in logged(events) and "slab formula" in logged(events)
    assert found.max() < 0.0  # kept below the stations


@pytest.mark.parametrize("penalty", [0, 1, 2])
def test_whatever_the_penalty(basin, penalty):
    outputs, found, events = basin(penalty=penalty, damping=0.1 if penalty == 0 else 0.01)
    assert found.min() == pytest.approx(-1800.0, rel=0.1)
    assert (outputs["verdict"], warnings(events)) == (0, [])


@pytest.mark.parametrize("start", [-1.0, -300.0, -2000.0])
def test_the_answer_does_not_hang_on_a_flat_start(tmp_path, start):
    keys = write(tmp_path, BASIN, nodes(CELLS), 500.0, 0.0, 0.1, start=start)
    outputs, _, events = run(tmp_path, keys, damping=0.01)
    assert outputs["relief_rmse"] < 30.0
    assert (outputs["verdict"], warnings(events)) == (0, [])


def test_ground_that_is_rough_about_the_start_is_no_fault(tmp_path):
    places = scattered(CELLS, 700)
    rough = replace(places, height=25.0 * np.random.default_rng(2).uniform(-1.0, 1.0, places.size))
    outputs, _, events = run(tmp_path, write(tmp_path, BASIN, rough, 500.0, 0.0, 0.1), damping=0.01)
    assert outputs["relief_rmse"] < 45.0
    assert (outputs["verdict"], warnings(events)) == (0, [])


def test_a_hyperbolic_law_on_40_x_60_cells_is_inverted_within_100_m(tmp_path):
    """The issue's own figure; the deepest floor is 2491 m, where half of the contrast is gone."""
    keys = write(tmp_path, TWO_BASINS, nodes(WIDE), 500.0, 0.0, 0.3, law="hyperbolic:500,3000")
    outputs, found, events = run(tmp_path, keys, damping=0.003)
    assert outputs["relief_rmse"] < 50.0
    assert found.min() == pytest.approx(TWO_BASINS.heights.min(), rel=0.05)
    assert (outputs["verdict"], warnings(events)) == (0, [])


def test_each_turn_of_a_cross_validation_starts_so(tmp_path):
    cells = grid(18, 14, 2000.0)
    true = Relief(cells, -1800.0 * hill(cells, 0.5, 0.5, 0.25, 0.25))
    keys = write(tmp_path, true, scattered(cells, 160), 500.0, 0.0, 0.2, law="exponential:500,4000")
    search = {"task": "dampingcrossvalidation", "split": 2, "damping_min": 2e-3, "damping_max": 0.2}
    outputs, _, events = run(tmp_path, keys, **search, trials=3, folds=3)
    assert outputs["relief_rmse"] < 90.0
    assert outputs["best_score"] < 1.0
    assert (outputs["verdict"], warnings(events)) == (0, [])


@pytest.mark.parametrize("regional", [1, 2, 3, 4, 6], ids=["constant", "trend", "low-pass", "sources", "joint"])
def test_a_regional_that_takes_the_basin_is_doubted_with_its_reason(basin, regional):
    outputs, found, events = basin(regional=regional)
    told = warnings(events)
    assert outputs["verdict"] in (1, 2)
    assert "REGIONAL" in " ".join(told) or "FREE_CELLS" in " ".join(told)
    assert found.max() < 0.0


@pytest.mark.parametrize("error", [0.1, None], ids=["errors given", "no errors"])
@pytest.mark.parametrize("turned", ["contrast", "gravity"])
def test_a_wrong_sign_finds_nothing_and_says_what_to_turn(tmp_path, turned, error):
    contrast, times = (-500.0, 1.0) if turned == "contrast" else (500.0, -1.0)
    keys = write(tmp_path, BASIN, nodes(CELLS), 500.0, 0.0, 0.1, times=times)
    outputs, _, events = run(tmp_path, keys, density_contrast=contrast, damping=0.01, error=error)
    assert outputs["verdict"] == 2
    assert warnings(events)[-1].startswith("Nothing was found: ")
    for words in ("DENSITY_CONTRAST or gravity has the wrong sign", "above 100 percent of the stations"):
        assert words in warnings(events)[-1]


def test_the_annulus_is_refused_where_it_is_nothing(basin):
    with pytest.raises(InputError, match="REFERENCE_LEVEL is as high as the stations"):
        basin(derivative=1)
