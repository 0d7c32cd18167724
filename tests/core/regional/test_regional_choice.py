"""The choice of a method's settings: sensible, repeatable, and scored on what was not seen."""

from __future__ import annotations

import numpy as np
import pytest

from core.regional.candidates import low_passes, splines, trends
from core.regional.constant import Constant
from core.regional.cross_validation import FEW, Folds, choose
from core.regional.method import Samples
from core.regional.trend import Trend
from core.validation.splits import block_size


def samples(function, noise, seed=0, count=300) -> Samples:
    random = np.random.default_rng(seed)
    easting, northing = 4e4 * random.random(count), 3e4 * random.random(count)
    value = function(easting, northing) + random.normal(scale=noise, size=count)
    return Samples(easting, northing, value, np.ones(count))


def bowl(easting, northing):
    return 1e-8 * ((easting - 2e4) ** 2 - 2 * (northing - 1e4) ** 2)


def test_places_of_one_block_are_withheld_together_and_every_fold_has_some():
    given = samples(bowl, 0)
    fold = Folds(5, 5000.0, 1).of(given.easting, given.northing)
    block = np.floor((given.easting - given.easting.min()) / 5000) + 100 * np.floor(
        (given.northing - given.northing.min()) / 5000
    )
    assert all(len(set(fold[block == one])) == 1 for one in set(block))
    assert sorted(set(fold)) == [0, 1, 2, 3, 4]
    assert np.bincount(fold).min() > 0.5 * np.bincount(fold).max()


def test_the_same_seed_gives_the_same_folds_and_another_one_others():
    given = samples(bowl, 0)
    first, again, other = (Folds(5, 5000.0, seed).of(given.easting, given.northing) for seed in (3, 3, 4))
    assert (first == again).all() and (first != other).any()


def test_blocks_are_a_36th_of_the_area_and_a_line_of_places_has_some_too():
    east, north = np.array([0.0, 6e4]), np.array([0.0, 6e4])
    assert block_size(east, north) == pytest.approx(1e4)
    along = np.linspace(0, 1e5, 50)
    assert len(set(Folds(4).of(along, np.zeros(50)))) == 4


@pytest.mark.parametrize("seed", range(3))
def test_a_bowl_is_found_to_be_of_degree_2(seed):
    given = samples(bowl, 0.3, seed)
    choice = choose(trends(None, given), given, Folds(seed=seed))
    assert choice.method == Trend(2)
    assert choice.score == max(score for _, score in choice.scores) > 0.9
    assert [settings for settings, _ in choice.scores] == ["degree 1", "degree 2", "degree 3", "degree 4"]


def test_a_choice_repeats_itself():
    given = samples(bowl, 1.0)
    assert choose(low_passes(None, given), given, Folds()) == choose(low_passes(None, given), given, Folds())


def test_noise_alone_scores_below_a_constant():
    given = samples(lambda easting, northing: np.zeros(easting.size), 1.0, count=60)
    choice = choose([Trend(3)], given, Folds())
    assert choice.score is not None and choice.score < 0


def test_a_constant_scores_about_nothing_and_the_truth_scores_all():
    given = samples(bowl, 0.0)
    assert choose([Constant()], given, Folds()).score == pytest.approx(0.0, abs=0.1)
    assert choose([Trend(2)], given, Folds()).score == pytest.approx(1.0, abs=1e-9)


def test_where_the_regional_is_known_it_decides_and_not_the_relief_in_the_misfit():
    """The misfit holds a relief's short waves, which known points show are no regional."""

    def misfit(easting, northing):
        return bowl(easting, northing) + 3.0 * np.sin(easting / 2e3) * np.sin(northing / 2e3)

    given = samples(misfit, 0.0, count=2000)
    known = samples(bowl, 0.0, seed=5, count=40)
    by_stations = choose(low_passes(None, given), given, Folds(block=1500.0))
    by_points = choose(low_passes(None, given), given, Folds(block=1500.0), known)
    assert by_points.method.wavelength > 1.9 * by_stations.method.wavelength


def test_noisy_points_call_for_more_damping_than_exact_ones():
    def hills(easting, northing):
        return 10 * np.sin(easting / 8e3) * np.cos(northing / 6e3)

    exact, noisy = (samples(hills, noise, count=150) for noise in (0.0, 10.0))
    chosen = [choose(splines(None, given), given, Folds()).method.damping or 0.0 for given in (exact, noisy)]
    assert chosen[0] < 1e-2 < chosen[1]


def test_one_block_of_samples_can_not_be_scored():
    given = Samples(np.zeros(4), np.zeros(4), np.arange(4.0), np.ones(4))
    assert choose([Trend(0)], given, Folds()).score is None


def test_a_choice_can_be_cancelled_between_candidates():
    given = samples(bowl, 0.3)

    def check():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        choose(trends(None, given), given, Folds(), check=check)


def test_with_few_places_each_block_is_withheld_by_itself():
    east, north = np.arange(10) * 1e4, np.zeros(10)
    assert sorted(Folds(3, 1000.0).of(east, north)) == list(range(10))


class Counting:
    """A constant that counts how often it is fitted, and with how many samples."""

    def __init__(self):
        self.sizes = []

    def fit(self, samples):
        self.sizes.append(samples.size)
        return Constant(0.0).fit(samples)


def line(count, step=1e4) -> Samples:
    """A place in each of so many blocks."""
    return Samples(step * np.arange(count), np.zeros(count), np.arange(1.0, count + 1.0), np.ones(count))


@pytest.mark.parametrize(("count", "turns"), [(12, 12), (FEW, FEW), (FEW + 1, 5)])
def test_up_to_forty_places_are_withheld_block_by_block_in_a_choice(count, turns):
    method = Counting()
    choose([method], line(count), Folds(5, 1000.0))
    assert len(method.sizes) == turns


def test_few_known_places_among_many_samples_are_withheld_block_by_block():
    """With the samples of their own blocks and no others."""
    method, given = Counting(), line(500)
    choose([method], given, Folds(5, 1000.0), given.where(np.arange(0, 500, 50)))
    assert method.sizes == [499] * 10


def test_many_known_places_are_dealt_equally_to_the_folds():
    given = line(400)
    scored = np.arange(400) % 4 == 0
    fold = Folds(5, 1000.0).of(given.easting, given.northing, scored)
    assert np.bincount(fold[scored]).tolist() == [20] * 5 and (fold[~scored] == -1).all()


@pytest.mark.parametrize("seed", range(20))
def test_places_anywhere_can_be_parted(seed):
    """Also where they are clustered so that most blocks are empty."""
    random = np.random.default_rng(seed)
    count = int(random.integers(2, 60))
    east, north = 1e4 * random.random(count) ** 4, 3e3 * random.random(count) ** 4
    fold = Folds(5, seed=seed).of(east, north)
    assert sorted(set(fold)) == list(range(fold.max() + 1)) and fold.max() >= 1
