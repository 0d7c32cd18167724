"""A result says what is to be thought of it, where no one can overlook it."""

from __future__ import annotations

import re

import pytest

from core.errors import InputError
from core.events.protocol import Reporter
from core.results.verdict import DOUBTED, FOUND, NOTHING, give_verdict


def told(**settings):
    events = []
    return Reporter(events.append, **settings), events


def test_without_a_doubt_it_is_found_and_nothing_is_said():
    reporter, events = told()
    reporter.warning("3 stations lie outside and are left out.", doubt=False)
    verdict = give_verdict(reporter)
    assert (verdict.number, verdict.sentence) == (FOUND, "")
    assert [event["text"] for event in events] == ["3 stations lie outside and are left out."]


def test_one_doubt_is_told_whole():
    reporter, events = told()
    reporter.warning("The heights are odd.")
    verdict = give_verdict(reporter)
    assert (verdict.number, verdict.sentence) == (DOUBTED, "Found with one doubt: The heights are odd.")
    assert (events[-1]["event"], events[-1]["verdict"], events[-1]["text"]) == ("warning", DOUBTED, verdict.sentence)


def test_several_doubts_are_counted():
    reporter, _ = told()
    reporter.warning("The heights are odd.")
    reporter.warning("The contrast is odd.")
    assert give_verdict(reporter).sentence == "Found with 2 doubts, the first: The heights are odd."


def test_nothing_found_says_why():
    reporter, events = told()
    reporter.warning("The heights are odd.")
    verdict = give_verdict(reporter, "the misfit is as large as before. Lower DAMPING.")
    assert verdict.number == events[-1]["verdict"] == NOTHING
    assert verdict.sentence == "Nothing was found: the misfit is as large as before. Lower DAMPING."


def test_a_strict_run_that_found_nothing_ends():
    with pytest.raises(InputError, match="Nothing was found"):
        give_verdict(told(strict=True)[0], "the misfit is as large as before.")


@pytest.mark.parametrize("task", ["gravitymisfit", "invertrelief", "dampingcrossvalidation"])
def test_a_doubt_is_the_reports_first_sentence(engine, survey, tmp_path, undrawn, task):
    """Stations below the starting relief: their heights are doubted."""
    keys = {"test_field": "test", "trials": 2} if task == "dampingcrossvalidation" else {}
    keys |= {} if task == "gravitymisfit" else {"max_iterations": 2}
    run = engine(task=task, **{**survey, "height_field": None}, **keys, height=100, report="report.html")
    assert run.outputs["verdict"] in (DOUBTED, NOTHING)
    last = [event for event in run.events if event["event"] == "warning"][-1]
    lead = re.search(r'<div class="lead">(.*?)</p>', (tmp_path / "report.html").read_text())
    assert last["verdict"] == run.outputs["verdict"]
    assert lead is not None
    assert lead[1].startswith(f'<p class="verdict">{last["text"][:12]}')


def test_a_sound_result_has_verdict_0_and_no_such_sentence(engine, survey, tmp_path, undrawn):
    run = engine(task="invertrelief", **survey, report="report.html", damping=0.01)
    assert run.outputs["verdict"] == FOUND
    assert 'class="verdict"' not in (tmp_path / "report.html").read_text()
