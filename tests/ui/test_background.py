"""Questions asked in a thread: who is told, and what happens where the asker has gone."""

from __future__ import annotations

import gc
import threading

from gravrelief.ui.background import Background
from qgis.PyQt.QtCore import QCoreApplication, QEvent
from qgis.PyQt.QtWidgets import QLabel


class Reader(QLabel):
    def read(self, answer):
        self.setText(answer)


def test_the_answer_comes_to_the_thread_that_asked(qgis_app, wait_until):
    threads, answers = [], []

    def ask(number):
        threads.append(threading.current_thread())
        return 2 * number

    question = Background(ask, 21)
    question.answered.connect(lambda answer: answers.append((answer, threading.current_thread())))
    question.start()
    wait_until(lambda: answers)
    assert answers == [(42, threading.main_thread())]
    assert threads[0] is not threading.main_thread()


def test_a_failure_is_told_in_its_words(qgis_app, wait_until):
    told = []

    def ask():
        raise ValueError("no such thing")

    question = Background(ask)
    question.failed.connect(told.append)
    question.start()
    wait_until(lambda: told)
    assert told == ["no such thing"]


def test_an_answer_to_a_widget_that_has_gone_is_dropped(qgis_app, wait_until):
    gate = threading.Event()

    def ask():
        gate.wait(10)
        return "late"

    label = Reader()
    question = Background(ask)
    question.answered.connect(label.read)
    question.start()
    del question
    label.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    gate.set()
    wait_until(lambda: not Background._under_way)
