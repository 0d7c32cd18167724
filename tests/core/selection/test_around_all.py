"""Turns found around one inversion of all stations score dampings as turns that are inverted whole, and choose the same."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from core.data.relief import Relief
from core.data.stations import Positions
from core.selection import around_all, withholding
from tests.core.results import surveys

DRAWS = 20
SCORES_ALIKE = 0.005
"""Of a score within three times the best one."""


def survey(folder, draw):
    """200 stations some 600 m above hills of 150 m, 16 x 16 cells of 2 km, noise 0.1 mGal."""
    rng = np.random.default_rng(draw)
    cells = surveys.grid(16, 16, 2000.0)
    hills = gaussian_filter(rng.standard_normal(cells.shape), 3.0, mode="wrap")
    true = Relief(cells, -700.0 + 150.0 * hills / hills.std())
    places = [rng.uniform(axis[0], axis[-1], 200) for axis in (cells.easting, cells.northing)]
    return surveys.write(folder, true, Positions(*places, rng.uniform(50.0, 350.0, 200)), 400.0, -700.0, 0.1)


def validate(folder, job, **settings):
    """The best damping, the score of each, and what was logged."""
    outputs, _, events = surveys.run(
        folder,
        job | {"task": "dampingcrossvalidation"},
        split=2,
        damping_min=1e-3,
        trials=5,
        scores="s.csv",
        **settings,
    )
    with (folder / "s.csv").open(encoding="utf-8") as file:
        scores = [float(row["score"]) for row in csv.DictReader(file)]
    return outputs["best_damping"], np.array(scores), [event.get("text", "") for event in events]


@pytest.fixture
def whole(monkeypatch):
    """Turns are inverted whole from here on."""

    def set_it():
        monkeypatch.setattr(withholding, "is_plain", lambda problem: False)

    return set_it


def test_scores_are_those_of_whole_turns_and_the_same_damping_is_chosen(tmp_path, whole):
    jobs = []
    for draw in range(DRAWS):
        folder = tmp_path / str(draw)
        folder.mkdir()
        jobs.append((folder, survey(folder, draw)))
    near = [validate(folder, job, seed=draw) for draw, (folder, job) in enumerate(jobs)]
    whole()
    full = [validate(folder, job, seed=draw) for draw, (folder, job) in enumerate(jobs)]
    assert sum(a[0] == b[0] for a, b in zip(near, full, strict=True)) >= 19
    off = [np.abs(a[1] / b[1] - 1.0)[b[1] < 3.0 * b[1].min()] for a, b in zip(near, full, strict=True)]
    alike = np.concatenate(off) <= SCORES_ALIKE
    assert alike.mean() >= 0.95
    assert 0.0 < np.concatenate(off).max() < 0.02
    assert sum(any("they agree" in text for text in texts) for _, _, texts in near) >= 15


@pytest.mark.parametrize("way", ["one step", "closed form"])
def test_either_way_gives_the_same(tmp_path, monkeypatch, way):
    job = survey(tmp_path, 1)
    expected = validate(tmp_path, job)
    monkeypatch.setattr(around_all, "FEW_PAIRS", 0)
    if way == "closed form":
        monkeypatch.setattr(around_all, "PATIENCE", 1)
    found = validate(tmp_path, job)
    assert found[0] == expected[0]
    best = int(np.argmin(expected[1]))
    assert found[1][best] == pytest.approx(expected[1][best], rel=2e-3)


def test_where_a_whole_turn_disagrees_all_are_inverted_whole(tmp_path, monkeypatch, whole):
    job = survey(tmp_path, 2)
    monkeypatch.setattr(withholding, "MOST_OFF", 0.0)
    _, scores, texts = validate(tmp_path, job)
    assert any("every turn is inverted whole" in text for text in texts)
    whole()
    np.testing.assert_array_equal(scores, validate(tmp_path, job)[1])


@pytest.mark.parametrize("settings", [{"stopping": 1}, {"robust": 1.5}, {"penalty": 0}, {"folds": 2}])
def test_it_is_not_for_other_objectives_nor_for_half_of_the_data(tmp_path, settings):
    texts = validate(tmp_path, survey(tmp_path, 3), **settings)[2]
    assert not any("inverted whole" in text for text in texts)
