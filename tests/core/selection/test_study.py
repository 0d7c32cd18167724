"""The search for the damping: which are tried, and which of them is the best."""

from __future__ import annotations

import numpy as np
import pytest

from core.events.protocol import Reporter
from core.selection.study import Dimension, Search, Trial, best_of, search_damping

from .valley import BEST, score_of


def test_the_grid_is_logarithmic_with_both_ends(search, tried):
    found = search()
    np.testing.assert_allclose(sorted(tried), np.logspace(-3, 0, 8), rtol=1e-12)
    assert [trial.damping for trial in found] == sorted(tried)
    assert (min(tried), max(tried)) == (1e-3, 1.0)


def test_large_dampings_may_come_first(search, tried):
    search(strong_first=True)
    assert tried == sorted(tried, reverse=True) and len(tried) == 8


def test_the_best_is_the_lowest_score(search):
    grid = np.logspace(-3, 0, 8)
    assert best_of(search()).damping == pytest.approx(grid[np.argmin(score_of(grid))])


def test_the_sampler_tries_both_ends_first_and_stays_between_them(search, tried):
    search(trials=12, sampler=True)
    assert len(tried) == 12
    assert tried[:2] == [1e-3, 1.0]
    assert all(1e-3 <= damping <= 1.0 for damping in tried)
    assert len(set(tried)) == 12


def test_the_sampler_looks_where_the_scores_are_low(search, tried):
    search(trials=40, sampler=True)
    late = np.log10(np.array(tried[20:]) / BEST)
    assert np.median(np.abs(late)) < 0.4
    assert best_of(search(trials=40, sampler=True)).score < 1.02


def test_a_seed_makes_the_sampler_repeatable(search, tried):
    for seed in (5, 5, 6):
        search(trials=12, sampler=True, seed=seed)
    first, again, other = tried[:12], tried[12:24], tried[24:]
    assert first == again
    assert first != other


@pytest.mark.parametrize("sampler", [False, True])
def test_one_damping_is_one_trial(search, tried, sampler):
    (trial,) = search(0.1, 0.1, 1, sampler)
    assert tried == [0.1] and trial.damping == 0.1


@pytest.mark.parametrize("sampler", [False, True])
def test_two_numbers_are_searched_together_from_their_corners_on(sampler):
    """λ 0.1 and μ 2.0 are the best of a valley in both."""
    tried = []

    def evaluate(damping, regional_damping):
        tried.append((damping, regional_damping))
        score = 1.0 + np.log10(damping / 0.1) ** 2 + np.log10(regional_damping / 2.0) ** 2
        return Trial(damping, score, 3, 0.5, "objective", regional_damping)

    dimensions = (Dimension("damping", 1e-3, 1.0, 4), Dimension("regional_damping", 0.2, 20.0, 3))
    found = search_damping(Search(dimensions, sampler, 12, seed=0), evaluate, Reporter())
    assert len(tried) == len(found) == 12
    assert {(1e-3, 0.2), (1e-3, 20.0), (1.0, 0.2), (1.0, 20.0)} <= set(tried)
    if not sampler:
        assert sorted({b for _, b in tried}) == pytest.approx([0.2, 2.0, 20.0])
        best = best_of(found)
        assert (best.damping, best.regional_damping) == (pytest.approx(0.1), pytest.approx(2.0))


@pytest.mark.parametrize("best", [(0.021, 1.3), (1e-3, 25.0)], ids=["within", "beyond a corner"])
def test_the_step_of_a_grid_is_halved_about_the_best(best):
    """Twice, on logarithmic scales: the neighbours in all directions that lie in the range are tried once each."""
    tried = []

    def evaluate(damping, regional_damping):
        tried.append((damping, regional_damping))
        score = 1.0 + np.log(damping / best[0]) ** 2 + np.log(regional_damping / best[1]) ** 2
        return Trial(damping, score, 3, 0.5, "objective", regional_damping)

    dimensions = (Dimension("damping", 1e-3, 1.0, 4), Dimension("regional_damping", 0.2, 20.0, 3))
    found = search_damping(Search(dimensions, False, 12, seed=0, halvings=2), evaluate, Reporter())
    places = np.log(np.array(tried) / (1e-3, 0.2)) / np.log(10.0)
    np.testing.assert_allclose(4.0 * places, np.rint(4.0 * places), atol=1e-9)
    assert len(set(tried)) == len(tried) == len(found)
    assert places.min() > -1e-9 and (places <= np.array([3.0, 2.0]) + 1e-9).all()
    chosen = best_of(found)
    off = np.log(np.array([chosen.damping, chosen.regional_damping]) / best) / np.log(10.0)
    if best[1] < 20.0:
        assert len(tried) == 12 + 8 + 8
        assert (np.abs(off) <= 0.125 + 1e-9).all()  # half of the last step
    else:
        assert len(tried) == 12 + 3 + 3
        assert (chosen.damping, chosen.regional_damping) == (pytest.approx(1e-3), pytest.approx(20.0))


def test_the_product_with_the_score_of_withheld_relief_is_made_small():
    trials = [
        Trial(0.1, 1.0, 3, 0.5, "objective", relief_score=50.0),
        Trial(0.2, 1.2, 3, 0.5, "objective", relief_score=30.0),
    ]
    assert best_of(trials).damping == 0.2


def test_every_trial_is_told_with_its_figures(search):
    events = []
    search(trials=3, reporter=Reporter(events.append))
    trials = [event for event in events if event["event"] == "trial"]
    assert [event["number"] for event in trials] == [1, 2, 3]
    assert all(event["total"] == 3 and event["score"] == score_of(event["damping"]) for event in trials)
