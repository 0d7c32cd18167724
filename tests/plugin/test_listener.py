"""What the log says while the engine works."""

from __future__ import annotations

import pytest
from gravrelief.plugin.algorithms import listener as listener_module
from gravrelief.plugin.algorithms.listener import Listener, pump, sentence
from gravrelief.plugin.algorithms.status_line import status_line
from qgis.core import QgsProcessingFeedback
from qgis.PyQt.QtCore import QCoreApplication, QThread
from qgis.PyQt.QtWidgets import QDialog, QLabel


def test_iterations_and_trials_are_sentences_with_units():
    event = {"event": "iteration", "number": 3, "rms": 0.25, "step_rms": 12.5, "objective": None}
    assert sentence(event) == "Iteration 3: RMS misfit 0.25 mGal, RMS step 12.5 m."
    event = {"event": "trial", "number": 2, "damping": 0.1389495, "score": 0.239709, "iterations": 42}
    assert sentence(event) == "Trial 2: damping 0.13895, score 0.239709 mGal, 42 iterations."
    assert sentence({"event": "iteration", "number": 1}) == "Iteration 1."


def test_each_kind_of_event_has_its_place(feedback):
    listener = Listener(feedback)
    for event in (
        {"event": "log", "text": "324 stations."},
        {"event": "warning", "text": "3 stations lie outside.", "parameter": "GRAVITY", "count": 3},
        {"event": "progress", "percent": 40.0, "text": "Trial 4 of 10"},
        {"event": "trial", "number": 4, "damping": 1.0},
        {"event": "unheard of"},
    ):
        listener(event)
    assert feedback.info == ["324 stations.", "Trial 4: damping 1."]
    assert feedback.warnings == ["3 stations lie outside."]
    assert feedback.progress() == 40


def test_texts_are_put_into_the_users_words(feedback):
    listener = Listener(feedback, lambda text: text.replace("/job/gravity.tif", "'gravity'"))
    for kind in ("log", "warning"):
        listener({"event": kind, "text": "/job/gravity.tif is large."})
    assert feedback.info == feedback.warnings == ["'gravity' is large."]


def test_only_the_main_thread_pumps_its_own_events(qgis_app):
    found = []

    class Thread(QThread):
        def run(self):
            found.append(pump())

    thread = Thread()
    thread.start()
    thread.wait()
    assert found == [None]
    assert callable(pump())


@pytest.fixture()
def clock(monkeypatch):
    """A clock that the test sets."""
    now = [1000.0]
    monkeypatch.setattr(listener_module.time, "monotonic", lambda: now[0])
    return now


class Lines(QgsProcessingFeedback):
    """Keeps the texts that QGIS adds to the log."""

    def __init__(self) -> None:
        super().__init__(False)
        self.lines: list[str] = []

    def setProgressText(self, text: str) -> None:
        self.lines.append(text)


def test_hundreds_of_texts_are_one_line_that_changes(qgis_app, clock):
    feedback, shown = Lines(), []
    listener = Listener(feedback, show=shown.append)
    for number in range(1, 301):
        clock[0] += 0.5
        listener({"event": "progress", "percent": number / 4, "text": f"Damping {number} of 300; about 2 min left"})
    listener({"event": "progress", "percent": 90.0, "text": "Writing rasters and stations"})
    listener({"event": "progress", "percent": 91.0, "text": "Writing rasters and stations, for 3 s"})
    dampings = [f"Damping {number} of 300; about 2 min left" for number in (1, 121, 241)]
    assert feedback.lines == [*dampings, "Writing rasters and stations"]
    assert len(shown) == 302 - 4
    assert shown[-2:] == ["Damping 300 of 300; about 2 min left", "Writing rasters and stations, for 3 s"]


def test_without_a_window_a_text_a_minute_is_all(qgis_app, clock):
    feedback = Lines()
    listener = Listener(feedback)
    for second in range(121):
        clock[0] = 1000.0 + second
        listener({"event": "progress", "percent": 1.0, "text": f"Inverting, for {second} s"})
    assert feedback.lines == [f"Inverting, for {second} s" for second in (0, 60, 120)]


@pytest.fixture()
def dialog(qgis_app):
    """As much of Processing's dialog as is looked for; another one, without a run, stands beside it."""
    other = QDialog()
    other.feedback = QgsProcessingFeedback(False)
    QLabel(other).setObjectName("lblProgress")
    window = QDialog()
    window.feedback = QgsProcessingFeedback(False)
    QLabel(window).setObjectName("lblProgress")
    yield window
    assert other.findChild(QLabel, "lblProgress").text() == ""
    for each in (window, other):
        each.deleteLater()


def test_the_status_line_is_that_of_the_dialog_which_runs_and_any_thread_may_write_it(dialog):
    show = status_line(dialog.feedback)
    label = dialog.findChild(QLabel, "lblProgress")

    class Thread(QThread):
        def run(self):
            show("Damping 3 of 8")

    thread = Thread()
    thread.start()
    thread.wait()
    assert label.text() == ""  # the window's own thread writes it
    QCoreApplication.processEvents()
    assert label.text() == "Damping 3 of 8"


def test_a_dialog_that_is_gone_is_told_nothing(dialog):
    show = status_line(dialog.feedback)
    label = dialog.findChild(QLabel, "lblProgress")
    label.setParent(None)
    label.deleteLater()
    del label
    QCoreApplication.sendPostedEvents(None, 52)  # deferred deletes
    show("Damping 3 of 8")
    QCoreApplication.processEvents()
    assert dialog.findChild(QLabel, "lblProgress") is None


def test_a_run_without_a_dialog_has_no_status_line(dialog, feedback):
    assert status_line(feedback) is None
