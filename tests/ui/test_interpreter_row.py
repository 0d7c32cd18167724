"""The choice of an existing Python: what is asked of it, and what counts as an answer."""

from __future__ import annotations

import pytest
from gravrelief.ui import interpreter_row
from gravrelief.ui.interpreter_row import InterpreterRow


@pytest.fixture
def row(qgis_app, monkeypatch):
    monkeypatch.setattr(interpreter_row, "TYPING_PAUSE_MS", 0)
    widget = InterpreterRow()
    widget.show()
    yield widget
    widget.close()
    widget.deleteLater()


@pytest.fixture
def program(tmp_path):
    """Makes a script that answers whatever it is asked with one line."""

    def make(answer, name="python"):
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n{answer}\n", encoding="utf-8")
        path.chmod(0o755)
        return str(path)

    return make


def judged(row):
    return lambda: "Asking" not in row.verdict.text()


def test_an_empty_row_leaves_the_choice_to_the_installer(row):
    assert row.is_settled()
    assert row.python() is None


def test_a_python_that_answers_is_taken(row, program, wait_until):
    path = program("echo gravrelief-python 3 12 4")
    row.file.setFilePath(path)
    assert not row.is_settled()
    wait_until(judged(row))
    assert row.python() == path
    assert "Python 3.12.4" in row.verdict.text()


def test_it_is_asked_in_isolation(row, program, wait_until):
    row.file.setFilePath(program('[ "$1 $2" = "-I -c" ] && echo gravrelief-python 3 12 4'))
    wait_until(judged(row))
    assert row.is_settled()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("echo gravrelief-python 3 9 5", "Python 3.9.5; the engine needs 3.11"),
        ("echo Welcome to QGIS", "did not answer as a Python does"),
        ("exit 3", "did not answer as a Python does"),
    ],
)
def test_what_is_no_fitting_python_is_refused(row, program, wait_until, answer, words):
    row.file.setFilePath(program(answer))
    wait_until(judged(row))
    assert words in row.verdict.text()
    assert not row.is_settled() and row.python() is None


def test_a_file_that_is_no_program_is_refused(row, tmp_path, wait_until):
    (tmp_path / "notes.txt").write_text("no program", encoding="utf-8")
    row.file.setFilePath(str(tmp_path / "notes.txt"))
    wait_until(judged(row))
    assert "cannot be run" in row.verdict.text()


def test_a_program_that_never_answers_is_given_up(row, program, wait_until):
    row._limit.setInterval(50)
    row.file.setFilePath(program("exec sleep 60"))
    wait_until(judged(row))
    assert "No answer" in row.verdict.text()


def test_clearing_the_row_makes_it_settled_again(row, program, wait_until):
    row.file.setFilePath(program("exit 3"))
    wait_until(judged(row))
    row.file.setFilePath("")
    assert row.is_settled() and not row.verdict.isVisible()
