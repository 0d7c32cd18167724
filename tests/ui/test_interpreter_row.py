"""The choice of an existing Python: tried by running it, beside the window."""

from __future__ import annotations

import sys
import threading

import pytest
from gravrelief.ui import interpreter_row
from gravrelief.ui.background import Background
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

    def make(answer):
        path = tmp_path / "python"
        path.write_text(f"#!/bin/sh\n{answer}\n", encoding="utf-8")
        path.chmod(0o755)
        return str(path)

    return make


def answer_of(version):
    words = f'"version": {version}, "bits": 64, "kind": "CPython", "prefix": "/p", "base": "/p/python"'
    return f"echo '{{{words}}}'"


def judged(row):
    return lambda: row.verdict.text() != "Trying it…"


def test_an_empty_row_leaves_the_choice_to_the_installer(row):
    assert row.is_settled()
    assert row.python() is None


def test_a_real_python_is_taken(row, wait_until):
    path = sys.executable
    row.file.setFilePath(path)
    assert not row.is_settled()
    wait_until(judged(row))
    assert row.python() == path
    assert f"Python {sys.version_info.major}.{sys.version_info.minor}" in row.verdict.text()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (answer_of([3, 9, 5]), "the engine needs 3.11"),
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
    assert "can't be started" in row.verdict.text()


def test_the_answer_to_a_path_that_was_changed_meanwhile_is_dropped(qgis_app, monkeypatch, program, wait_until):
    monkeypatch.setattr(interpreter_row, "TYPING_PAUSE_MS", 0)
    asked, gate = [], threading.Event()

    def slow(path):
        asked.append(path)
        gate.wait(10)
        return interpreter_row.try_python(sys.executable)

    row = InterpreterRow(None, slow)
    row.file.setFilePath("/first")
    wait_until(lambda: asked == ["/first"])
    row.file.setFilePath("/second")
    wait_until(lambda: asked == ["/first", "/second"])
    row.file.setFilePath("")
    gate.set()
    wait_until(lambda: not Background._under_way)
    assert row.python() is None and row.is_settled()
    row.deleteLater()


def test_clearing_the_row_makes_it_settled_again(row, program, wait_until):
    row.file.setFilePath(program("exit 3"))
    wait_until(judged(row))
    row.file.setFilePath("")
    assert row.is_settled() and not row.verdict.isVisible()
