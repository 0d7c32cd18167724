"""What the scores say against the best damping is told once, with the remedy."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from core.data.stations import Stations
from core.events.protocol import Reporter
from core.selection.best_doubts import check_best
from core.selection.study import Trial, best_of

COUNT = 20
EVERY = np.ones(COUNT, dtype=bool)
ZEROS = np.zeros(COUNT)
STATIONS = Stations(ZEROS, ZEROS, ZEROS, ZEROS, np.full(COUNT, 0.2), ZEROS, EVERY, EVERY, crs=None)


def trials(*scores):
    return [Trial(10.0 ** (k - 2), score, 3, 0.1, "objective") for k, score in enumerate(scores)]


def told(given, joint=False, has_errors=False):
    events = []
    reporter = Reporter(events.append)
    check_best(given, best_of(given), replace(STATIONS, has_errors=has_errors), EVERY, joint, reporter)
    assert reporter.doubts == reporter.warnings
    return events


def test_a_minimum_within_the_range_is_no_doubt():
    assert told(trials(0.9, 0.3, 0.4, 2.0)) == []
    assert told(trials(0.9)) == []


@pytest.mark.parametrize(("scores", "end", "name"), [((0.2, 0.3), "lower", "MIN"), ((2.0, 0.3), "upper", "MAX")])
def test_a_best_damping_at_an_end_says_which_to_move(scores, end, name):
    (event,) = told(trials(*scores))
    assert f"the {end} end of the range" in event["text"] and event["parameter"] == f"DAMPING_{name}"


def test_so_does_the_regionals_damping():
    given = [
        Trial(
            damping, 1.0 + abs(damping - 0.1) + smooth, 3, 0.1, "objective", regional_damping=smooth, relief_score=9.0
        )
        for damping in (0.01, 0.1, 1.0)
        for smooth in (0.5, 1.0)
    ]
    (event,) = told(given, joint=True)
    assert "The best regional damping, 0.5" in event["text"] and event["parameter"] == "REGIONAL_DAMPING_MIN"


def test_a_score_below_the_datas_own_error_is_doubted_where_errors_were_given():
    given = trials(0.9, 0.1, 0.4)
    assert told(given) == []
    (event,) = told(given, has_errors=True)
    assert "lies below the data's own error of 0.2 mGal" in event["text"] and event["parameter"] == "SPLIT"
    assert told(trials(0.9, 0.19, 0.4), has_errors=True) == []


def test_trials_without_a_score_are_counted():
    (event,) = told(trials(math.nan, 0.3, 0.4, math.inf))
    assert event["text"].startswith("2 of 4 trials gave no score") and event["count"] == 2


def test_a_joint_regional_without_withheld_relief_is_doubted():
    given = trials(0.9, 0.3, 0.4)
    (event,) = told(given, joint=True)
    assert "No known relief could be withheld" in event["text"] and event["parameter"] == "REGIONAL"
    assert told([replace(trial, relief_score=50.0) for trial in given], joint=True) == []
