"""What is said of a step, and how far the bar goes while it lasts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.events.step import Moment, Step, duration

DAMPING = Step("Damping 3 of 8 (λ 0.0132)", "turn 2 of 5", "best so far λ 0.05, score 0.31 mGal", 0.3, 0.4, 20.0, 52.0)


def test_all_that_is_known_stands_in_one_line():
    moment = Moment(DAMPING, 100.0, (0.0, 100.0), "iteration 3", 100.0)
    assert moment.text(112.0) == (
        "Damping 3 of 8 (λ 0.0132), turn 2 of 5, iteration 3, for 12 s; best so far λ 0.05, score 0.31 mGal; about 40 s left"
    )


def test_what_is_not_known_is_left_out():
    assert Moment(Step("Writing rasters"), 100.0, (0.0, 100.0)).text(100.5) == "Writing rasters"
    assert Moment(Step(""), 100.0, (0.0, 100.0)).text(100.5) == ""


def test_how_long_is_told_of_what_was_begun_last():
    step = Moment(Step("Inverting"), 0.0, (0.0, 100.0))
    assert step.text(30.0) == "Inverting, for 30 s"
    assert replace(step, detail="iteration 2", detail_began=29.0).text(30.0) == "Inverting, iteration 2"
    assert replace(step, detail="iteration 2", detail_began=20.0).text(30.0) == "Inverting, iteration 2, for 10 s"


def test_the_bar_goes_through_a_step_by_the_clock_and_waits_before_its_end():
    moment = Moment(DAMPING, 100.0, (10.0, 60.0))
    assert moment.percent(100.0) == pytest.approx(10.0 + 50.0 * 0.3)
    assert moment.percent(110.0) == pytest.approx(10.0 + 50.0 * 0.35)
    assert moment.percent(118.0) < moment.percent(1000.0) < 10.0 + 50.0 * 0.4


def test_a_step_that_takes_longer_than_expected_puts_the_end_off():
    moment = Moment(DAMPING, 100.0, (0.0, 100.0))
    assert [moment.text(now).rpartition("; ")[2] for now in (100.0, 110.0, 116.0, 120.0, 160.0)] == [
        f"about {left} left" for left in ("50 s", "40 s", "35 s", "35 s", "45 s")
    ]


def test_without_a_time_it_goes_by_the_share_that_is_done():
    moment = Moment(Step("Inverting", share=0.2, until=0.8), 100.0, (0.0, 100.0), "iteration 2", 110.0, 0.5)
    assert moment.percent(100.0) == moment.percent(1000.0) == pytest.approx(50.0)
    assert replace(moment, step=Step("Inverting", share=0.2)).percent(1000.0) == pytest.approx(20.0)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.0, "1 s"),
        (7.6, "8 s"),
        (41.0, "40 s"),
        (89.0, "90 s"),
        (100.0, "2 min"),
        (3600.0, "60 min"),
        (5400.0, "1 h 30 min"),
        (7200.0, "2 h"),
    ],
)
def test_times_are_told_no_finer_than_they_are_known(seconds, said):
    assert duration(seconds) == said
