"""How much of a search is done, and how long the rest will take, by the time that its parts took."""

from __future__ import annotations

import pytest

from core.events import pace as pace_module
from core.events.pace import Pace


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test sets."""
    now = [1000.0]
    monkeypatch.setattr(pace_module.time, "monotonic", lambda: now[0])
    return now


def trial(pace, clock, number, total, lengths):
    """The steps of a trial whose parts take so long, s."""
    steps = [pace.begin(f"Damping {number}", number, total, "")]
    for part, seconds in enumerate(lengths):
        steps.append(pace.turn(f"turn {part}"))
        clock[0] += seconds
    pace.end()
    return steps


def test_at_first_nothing_is_known_of_the_time(clock):
    pace = Pace()
    pace.parts = 4
    steps = [pace.begin("Damping 1", 1, 2, ""), pace.turn("turn 1")]
    assert [(step.share, step.until, step.seconds, step.left) for step in steps] == [(0.0, 0.125, None, None)] * 2


def test_after_the_first_turn_the_others_are_expected_to_take_as_long(clock):
    pace = Pace()
    pace.parts = 4
    pace.begin("Damping 1", 1, 3, "best")
    pace.turn("turn 1")
    clock[0] += 10.0
    step = pace.turn("turn 2")
    assert (step.stage, step.part, step.rest) == ("Damping 1", "turn 2", "best")
    assert step.seconds == pytest.approx(10.0)
    assert step.left == pytest.approx(3 * 40.0 - 10.0 + 10.0)  # three trials less what is done, and the last inversion
    assert (step.share, step.until) == (pytest.approx(1 / 12), pytest.approx(2 / 12))


def test_later_trials_are_expected_to_take_as_long_as_the_same_parts_did(clock):
    pace = Pace()
    trial(pace, clock, 1, 2, [6.0, 1.0, 3.0])
    steps = trial(pace, clock, 2, 2, [6.0, 1.0, 3.0])
    assert [step.share for step in steps] == pytest.approx([0.5, 0.5, 0.8, 0.85])
    assert [step.left for step in steps] == pytest.approx([16.0, 16.0, 10.0, 9.0])


def test_what_was_said_comes_true_where_trials_take_as_long(clock):
    pace = Pace()
    pace.parts = 3
    begun, seen = clock[0], []
    for number in range(1, 6):
        for step in trial(pace, clock, number, 5, [2.0, 2.0, 2.0]):
            seen.append((step.share, step.until))
    assert clock[0] - begun == pytest.approx(30.0)
    shares = [share for share, _ in seen]
    assert shares == sorted(shares) and seen[-1][1] == pytest.approx(1.0)


def test_a_clock_that_stands_still_divides_nothing_by_0(clock):
    pace = Pace()
    trial(pace, clock, 1, 2, [0.0, 0.0])
    steps = trial(pace, clock, 2, 2, [0.0, 0.0])
    assert [step.share for step in steps] == [0.5, 0.5, 0.75]


def test_more_trials_than_were_said_do_not_go_beyond_the_end(clock):
    pace = Pace()
    assert trial(pace, clock, 9, 8, [1.0])[-1].until <= 1.0
