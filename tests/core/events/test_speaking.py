"""A run that is busy says so: what is being done, in a line of its own, and nothing any more once the run is over."""

from __future__ import annotations

import os
import threading

import pytest

from core.events import protocol
from core.events.pace import Pace
from core.events.protocol import Reporter

PATIENCE = 60.0  # s, of a busy machine


@pytest.fixture
def impatient(monkeypatch):
    """Silence is broken after a hundredth of a second."""
    monkeypatch.setattr(protocol, "SECONDS_OF_SILENCE", 0.01)


class Ear:
    """Keeps events, and knows when there are so many."""

    def __init__(self, enough: int) -> None:
        self.events: list[dict] = []
        self.enough = enough
        self.full = threading.Event()

    def __call__(self, event: dict) -> None:
        self.events.append(event)
        if len(self.events) >= self.enough:
            self.full.set()


def heartbeats():
    return [thread for thread in threading.enumerate() if thread.name == "heartbeat"]


def test_silence_is_broken_by_what_is_being_done(impatient):
    ear = Ear(5)
    reporter = Reporter(ear)
    with reporter.speaking():
        reporter.progress(0.25, "Inverting 12 stations")
        reporter.at("iteration 3")
        assert ear.full.wait(PATIENCE)
    assert {event["event"] for event in ear.events} == {"progress"}
    assert {event["stage"] for event in ear.events} == {"Inverting 12 stations"}
    assert ear.events[-1]["text"].startswith("Inverting 12 stations, iteration 3")
    assert {event["percent"] for event in ear.events} == {25.0}


def test_who_talks_is_not_interrupted(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(protocol.time, "monotonic", lambda: now[0])
    events = []
    reporter = Reporter(events.append)
    for _ in range(20):
        now[0] += 1.1
        assert 0.0 < reporter.beat() <= protocol.SECONDS_OF_SILENCE
        reporter.log("a word")
    assert {event["event"] for event in events} == {"log"}
    now[0] += 1.2
    assert reporter.beat() == protocol.SECONDS_OF_SILENCE
    assert events[-1]["event"] == "progress"


@pytest.mark.parametrize("ending", [None, ZeroDivisionError])
def test_it_ends_with_the_run_however_that_ends(impatient, ending):
    ear = Ear(1)
    reporter = Reporter(ear)

    def run():
        with reporter.speaking():
            assert len(heartbeats()) == 1
            assert ear.full.wait(PATIENCE)
            if ending is not None:
                raise ending

    if ending is None:
        run()
    else:
        with pytest.raises(ending):
            run()
    assert heartbeats() == []


def test_no_job_leaves_a_thread_behind(engine, survey):
    before = threading.active_count()
    for _ in range(3):
        assert engine(task="invertrelief", **survey, damping=0.1).code == 0
        assert heartbeats() == []
    assert engine(cancelled=lambda run: bool(run.events), task="invertrelief", **survey).code == 130
    assert engine(task="invertrelief", **survey, damping=-1).code == 2
    assert heartbeats() == []
    assert threading.active_count() <= before + (os.cpu_count() or 1)  # the threads of the compiled kernels stay


def test_one_event_is_written_at_a_time(impatient):
    """Each log line takes long to write, as into a full pipe; the heartbeat, which is due by then, waits for its end."""
    inside: list[str] = []
    met: list[tuple[str, ...]] = []
    intruder = threading.Event()

    def write(event):
        inside.append(event["event"])
        if len(inside) > 1:
            met.append(tuple(inside))
            intruder.set()
        if event["event"] == "log":
            intruder.wait(0.1)
        inside.remove(event["event"])

    reporter = Reporter(write)
    with reporter.speaking():
        reporter.progress(0.5, "Busy")
        for _ in range(5):
            reporter.log("a line of the job's own")
    assert met == []


def test_the_bar_never_goes_back():
    events = []
    reporter = Reporter(events.append)
    for section, shares in (((0, 10), (0.0, 0.9)), ((5, 60), (0.0, 0.5, 0.2)), ((50, 100), (0.0, 1.0, 0.4))):
        reporter.section(*section)
        for share in shares:
            reporter.progress(share, f"{section} {share}")
    percents = [event["percent"] for event in events]
    assert len(percents) == 8
    assert percents == sorted(percents) and percents[-1] == 100.0


def test_a_quiet_reporter_says_nothing_and_is_spoken_for():
    events = []
    reporter = Reporter(events.append)
    reporter.progress(0.1, "Damping 1 of 8")
    quiet = reporter.quiet()
    quiet.at("iteration 7")
    quiet.iteration(7, rms=1.0)
    assert len(events) == 1
    reporter._said_at -= protocol.SECONDS_OF_SILENCE
    reporter.beat()
    assert events[-1]["text"] == "Damping 1 of 8, iteration 7"


def test_turns_are_told_within_a_search_and_alone(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(protocol.time, "monotonic", lambda: now[0])
    events = []
    reporter, pace = Reporter(events.append), Pace()
    reporter.follow(pace)
    reporter.step(pace.begin("Damping 2 of 4 (λ 0.1)", 2, 4, "best so far λ 1"))
    reporter.parts(2)
    reporter.turn("turn 1 of 2")
    now[0] += 3.0
    reporter.turn("turn 2 of 2")
    assert events[-1]["text"] == "Damping 2 of 4 (λ 0.1), turn 2 of 2; best so far λ 1; about 18 s left"
    assert events[-1]["percent"] == pytest.approx(37.5)
    reporter.follow(None)
    reporter.turn("turn 1 of 2")
    assert reporter._board.moment.detail == "turn 1 of 2"
