"""The file of a study: it goes on where it stopped, and a file that is none, or of other data, is refused."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import InputError
from core.events.protocol import Reporter
from core.selection.study import Dimension, Search, search_damping
from core.selection.study_file import STUDY_NAME


class Interrupted(Exception):
    pass


@pytest.fixture
def file(tmp_path):
    return tmp_path / "study.log"


@pytest.mark.parametrize("sampler", [False, True])
def test_a_finished_study_is_read_and_nothing_repeated(search, tried, file, sampler):
    first = search(file=file, fingerprint="a", sampler=sampler)
    tried.clear()
    again = search(file=file, fingerprint="a", sampler=sampler)
    assert tried == []
    assert again == first


@pytest.mark.parametrize("sampler", [False, True])
def test_a_study_cut_short_goes_on(search, tried, file, sampler):
    def stop_after_three(event):
        if event["event"] == "trial" and event["number"] == 3:
            raise Interrupted

    with pytest.raises(Interrupted):
        search(file=file, fingerprint="a", sampler=sampler, reporter=Reporter(stop_after_three))
    assert len(tried) == 3
    found = search(file=file, fingerprint="a", sampler=sampler)
    assert len(tried) == len(set(tried)) == 8
    assert [trial.damping for trial in found] == sorted(tried)


def test_a_trial_that_failed_is_done_again(search, tried, file):
    def fail(damping):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        search_damping(Search((Dimension("damping", 1e-3, 1.0, 8),), False, 8, 0, file, "a"), fail, Reporter())
    found = search(file=file, fingerprint="a")
    assert len(found) == len(tried) == 8


def test_a_finer_grid_keeps_the_dampings_that_are_done(search, tried, file):
    search(trials=3, file=file, fingerprint="a")
    found = search(trials=5, file=file, fingerprint="a")
    assert len(tried) == 5  # 1e-3 and 1 and their middle are in both
    assert len(found) == 5


def test_another_range_after_an_interruption_tries_its_own_dampings(search, tried, file):
    def stop_after_two(event):
        if event["event"] == "trial" and event["number"] == 2:
            raise Interrupted

    with pytest.raises(Interrupted):
        search(1e-3, 1e-1, file=file, fingerprint="a", reporter=Reporter(stop_after_two))
    tried.clear()
    search(0.1, 10.0, trials=4, file=file, fingerprint="a")
    np.testing.assert_allclose(sorted(tried), np.geomspace(0.1, 10.0, 4))


def test_a_trial_left_waiting_by_a_run_that_was_killed_is_not_taken_for_another(search, tried, file):
    import optuna
    from optuna.storages.journal import JournalFileBackend

    search(trials=3, file=file, fingerprint="a")
    storage = optuna.storages.JournalStorage(JournalFileBackend(str(file)))
    optuna.load_study(study_name=STUDY_NAME, storage=storage).enqueue_trial({"damping": 0.77})
    tried.clear()
    search(trials=5, file=file, fingerprint="a")
    assert len(tried) == 2 and 0.77 not in tried


def test_a_study_whose_last_line_was_cut_off_goes_on(search, tried, file):
    search(file=file, fingerprint="a")
    file.write_bytes(file.read_bytes()[:-25])
    tried.clear()
    assert len(search(file=file, fingerprint="a")) == 8
    assert len(tried) == 1
    tried.clear()
    search(file=file, fingerprint="a")
    assert tried == []


def test_where_no_room_is_left_a_sentence_says_so_and_what_is_done_is_kept(search, tried, file, monkeypatch):
    from optuna.storages.journal import JournalFileBackend

    write = JournalFileBackend.append_logs

    def full(self, logs):
        if len(tried) == 3:
            raise OSError(28, "No space left on device")
        write(self, logs)

    with monkeypatch.context() as patched:
        patched.setattr(JournalFileBackend, "append_logs", full)
        with pytest.raises(InputError, match=r"can't be written \(No space left on device\)\. Make room") as refused:
            search(file=file, fingerprint="a")
    assert refused.value.parameter == "STUDY"
    assert len(search(file=file, fingerprint="a")) == 8
    assert len(tried) == 3 + 6  # the third was not noted


def test_other_data_are_refused(search, file):
    search(file=file, fingerprint="a")
    with pytest.raises(InputError, match="made with other data or settings") as refused:
        search(file=file, fingerprint="b")
    assert refused.value.parameter == "STUDY"
    assert "new name" in refused.value.message


@pytest.mark.parametrize(
    "content", [b"easting,northing\n1,2\n", b"\x89PNG\r\n\x1a\n\x00\xff", b"[1, 2]\n", b'{"a": 1}\n', b'{"a": 1}']
)
def test_a_file_that_is_no_study_is_refused_and_kept(search, file, content):
    file.write_bytes(content)
    with pytest.raises(InputError, match="can't be used as a study") as refused:
        search(file=file, fingerprint="a")
    assert refused.value.parameter == "STUDY"
    assert file.read_bytes() == content


def test_a_study_in_a_folder_that_is_not_there_is_refused(search, tmp_path):
    with pytest.raises(InputError, match="STUDY") as refused:
        search(file=tmp_path / "nowhere" / "study.log", fingerprint="a")
    assert refused.value.parameter == "STUDY"
