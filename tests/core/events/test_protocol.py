"""Events: what leaves the engine, and how often."""

import json
import math

import numpy as np
import pytest

from core.errors import Cancelled, InputError
from core.events import protocol
from core.events.protocol import Reporter, encode


def test_numbers_that_json_cannot_hold_become_null():
    event = {"event": "trial", "score": math.nan, "all": [math.inf, 1.5, {"low": -math.inf}]}
    assert json.loads(encode(event)) == {"event": "trial", "score": None, "all": [None, 1.5, {"low": None}]}


def test_numpy_numbers_leave_as_plain_ones():
    event = {"event": "trial", "score": np.float64(0.5), "number": np.int64(3), "good": np.bool_(True)}
    assert json.loads(encode(event)) == {"event": "trial", "score": 0.5, "number": 3, "good": True}


def test_an_event_is_one_line_of_plain_characters():
    line = encode({"event": "log", "text": "première\nligne \u2028 \U0001f30d"})
    assert line.isascii()
    assert "\n" not in line
    assert json.loads(line)["text"] == "première\nligne \u2028 \U0001f30d"


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test sets."""
    now = [1000.0]
    monkeypatch.setattr(protocol.time, "monotonic", lambda: now[0])
    return now


def test_progress_leaves_at_most_ten_times_a_second(clock):
    events = []
    reporter = Reporter(events.append)
    for step in range(1000):
        clock[0] = 1000.0 + step / 1000
        reporter.progress(step / 1000)
    assert 9 <= len(events) <= 11


def test_progress_fills_its_section(clock):
    events = []
    reporter = Reporter(events.append)
    reporter.section(20, 60)
    for fraction in (-1.0, 0.5, 7.0):
        clock[0] += 1.0
        reporter.progress(fraction)
    assert [event["percent"] for event in events] == [20.0, 40.0, 60.0]


def test_every_report_of_work_notices_a_cancel():
    reporter = Reporter(cancelled=lambda: True)
    for report in (
        reporter.check,
        lambda: reporter.progress(0.1),
        lambda: reporter.iteration(1),
        lambda: reporter.trial(1),
    ):
        with pytest.raises(Cancelled):
            report()


def test_a_warning_is_kept_and_told_with_its_count():
    events = []
    reporter = Reporter(events.append)
    reporter.warning("3 stations are outside.", "GRAVITY", count=3)
    assert events == [{"event": "warning", "text": "3 stations are outside.", "parameter": "GRAVITY", "count": 3}]
    assert reporter.warnings == ["3 stations are outside."]


def test_of_warnings_named_once_the_first_alone_is_said():
    events = []
    reporter = Reporter(events.append)
    for text, once in (("one", "name"), ("two", "name"), ("three", "other"), ("four", None), ("four", None)):
        reporter.warning(text, once=once)
    assert [event["text"] for event in events] == reporter.warnings == ["one", "three", "four", "four"]


def test_a_warning_ends_a_strict_run():
    with pytest.raises(InputError, match=r"outside\. \(STRICT is on") as caught:
        Reporter(strict=True).warning("3 stations are outside.", "GRAVITY")
    assert caught.value.parameter == "GRAVITY"
