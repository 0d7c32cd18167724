"""A study's file may come from anywhere: what it says is looked at, and its lock dies with its holder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import InputError
from core.events.protocol import Reporter
from core.selection.study import Dimension, Search, Trial, search_damping
from core.selection.study_file import HeldLock

ROOT = Path(__file__).resolve().parents[3]
NO_STUDY = "can't be used as a study"


def trial(damping: float) -> Trial:
    return Trial(damping, score=1.0 + damping, iterations=3, rms_misfit=0.5, stop_reason="objective")


@pytest.fixture
def search(tmp_path):
    return Search((Dimension("damping", 0.01, 1.0, 3),), False, 3, 0, tmp_path / "damping.study", "these data")


@pytest.fixture
def lines(search):
    """The records of a finished study."""
    search_damping(search, trial, Reporter())
    return [json.loads(line) for line in search.file.read_text().splitlines()]


def again(search, records):
    search.file.write_text("".join(json.dumps(record) + "\n" for record in records))
    return search_damping(search, trial, Reporter())


def test_a_study_that_nobody_touched_is_taken_up(search, lines):
    assert [found.damping for found in again(search, lines)] == pytest.approx([0.01, 0.1, 1.0])


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("stop_reason", "=cmd|'/c calc'!A1", 'stop_reason "=cmd'),
        ("stop_reason", 7, "stop_reason 7"),
        ("score", "good", "score 'good'"),
        ("score", -1.0, "score -1.0"),
        ("score", None, "score None"),
        ("score", True, "score True"),
        ("score", 0.001, "which is not its scores'"),
        ("iterations", 2.5, "iterations 2.5"),
        ("rms_misfit", [1], "rms_misfit [1]"),
        ("relief_score", {}, "relief_score {}"),
        ("shell", "rm", "not the figures of a trial"),
    ],
)
def test_a_figure_that_can_not_be_is_refused(search, lines, key, value, said):
    for record in lines:
        if {key, "score"} & set(record.get("user_attr", {})) and key in ("shell", *record["user_attr"]):
            record["user_attr"] = {key: value}
    before = [json.dumps(record) for record in lines]
    with pytest.raises(InputError, match=NO_STUDY) as told:
        again(search, lines)
    assert said in told.value.message and told.value.parameter == "STUDY"
    assert search.file.read_text().splitlines() == before


@pytest.mark.parametrize("damping", [-0.1, 0.0, "0.1", float("nan")])
def test_a_damping_that_can_not_be_is_refused(search, lines, damping):
    for record in lines:
        if "param_value_internal" in record:
            record["param_value_internal"] = damping
    with pytest.raises(InputError, match=NO_STUDY):
        again(search, lines)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda records: records[:1] + records,
        lambda records: records[::-1],
        lambda records: [{**record, "op_code": 99} for record in records],
        lambda records: [{**record, "trial_id": 10**9} for record in records],
        lambda records: [{"op_code": record["op_code"]} for record in records],
        lambda records: [{**record, "state": "done"} for record in records],
        lambda records: [{**record, "distribution": '{"name": "Evil", "attributes": {}}'} for record in records],
    ],
    ids=[
        "twice",
        "backwards",
        "unknown codes",
        "other trials",
        "no keys",
        "a state that is none",
        "a range that is none",
    ],
)
def test_a_journal_that_was_edited_ends_in_a_sentence_or_in_the_right_trials(search, lines, spoil):
    try:
        found = again(search, spoil(lines))
    except InputError as told:
        assert told.message.startswith("STUDY: ") and told.parameter == "STUDY"
    else:
        assert [one.damping for one in found] == pytest.approx([0.01, 0.1, 1.0])


def test_a_journal_nested_without_end_is_no_study(tidy, search):
    search.file.write_text("[" * 100_000 + "\n")
    with pytest.raises(InputError, match=NO_STUDY):
        search_damping(search, trial, Reporter())


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: os.symlink(os.devnull, path)], ids=["pipe", "device"])
def test_a_device_or_a_pipe_is_no_study(search, make):
    make(search.file)
    with pytest.raises(InputError, match="a device or a pipe"):
        search_damping(search, trial, Reporter())


def test_the_lock_is_free_once_its_holder_is_dead(tmp_path):
    """It used to be a file that stayed behind, for half a minute of silence."""
    file = tmp_path / "damping.study"
    code = f"""
import os, sys
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from core.selection.study_file import HeldLock
HeldLock(Path({str(file)!r})).acquire()
print("held", flush=True)
os.kill(os.getpid(), 9)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "held\n"
    lock = HeldLock(file)
    assert lock.acquire()
    lock.release()
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_a_lock_that_another_run_keeps_ends_in_a_sentence(search, monkeypatch):
    monkeypatch.setattr("core.selection.study_file.LOCK_SECONDS", 0.05)
    other = HeldLock(search.file)
    other.acquire()
    try:
        with pytest.raises(InputError, match=r"STUDY: .*another run holds it"):
            search_damping(search, trial, Reporter())
    finally:
        other.release()
