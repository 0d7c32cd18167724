"""What the log says while the engine works."""

from __future__ import annotations

from gravrelief.plugin.algorithms.listener import Listener, pump, sentence
from qgis.PyQt.QtCore import QThread


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
