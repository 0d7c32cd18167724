"""The tutorial's steps: each takes what those before it gave."""

from __future__ import annotations

import pytest
from gravrelief.plugin.algorithms import ALGORITHMS
from gravrelief.ui.tutorial_dialog import TutorialDialog
from gravrelief.ui.tutorial_steps import STEPS
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QDialog

MODEL = {"STATIONS": "stations-layer", "RELIEF": "relief.tif", "REFERENCE_LEVEL_USED": 492.27}


class Opener:
    """Keeps what was asked for, and hands results back when told to."""

    def __init__(self):
        self.opened = []
        self.dialog = QDialog()

    def __call__(self, name, parameters, on_results):
        self.opened.append((name, parameters))
        self.finish = on_results
        return self.dialog


@pytest.fixture
def opener(qgis_app):
    return Opener()


@pytest.fixture
def dialog(opener):
    window = TutorialDialog(None, opener)
    window.show()
    yield window
    window.close()
    window.deleteLater()


def click(dialog, name):
    QTest.mouseClick(dialog.rows[name].button, Qt.MouseButton.LeftButton)


def enabled(dialog):
    return [name for name, row in dialog.rows.items() if row.button.isEnabled()]


def test_only_the_first_step_can_be_opened_at_first(dialog):
    assert enabled(dialog) == ["syntheticmodel"]


def test_the_stations_and_the_reference_level_go_to_the_next_steps(dialog, opener):
    click(dialog, "syntheticmodel")
    opener.finish(MODEL)
    assert enabled(dialog) == ["syntheticmodel", "gravitymisfit", "dampingcrossvalidation"]
    click(dialog, "dampingcrossvalidation")
    name, parameters = opener.opened[-1]
    assert name == "dampingcrossvalidation"
    assert parameters["GRAVITY"] == "stations-layer"
    assert parameters["REFERENCE_LEVEL"] == 492.27
    assert parameters["TRUE_RELIEF"] == "relief.tif"


def test_the_best_damping_goes_to_the_inversion(dialog, opener):
    click(dialog, "syntheticmodel")
    opener.finish(MODEL)
    click(dialog, "dampingcrossvalidation")
    opener.finish({"BEST_DAMPING": 0.13895})
    click(dialog, "invertrelief")
    assert opener.opened[-1][1]["DAMPING"] == 0.13895
    assert opener.opened[-1][1]["TEST_FIELD"] == "test"


def test_without_processing_the_user_is_told_to_switch_it_on(dialog, opener):
    opener.dialog = None
    click(dialog, "syntheticmodel")
    assert "Switch on the Processing plugin" in dialog.note.text()


def test_every_step_names_parameters_that_its_algorithm_has():
    results = {"syntheticmodel": MODEL, "dampingcrossvalidation": {"BEST_DAMPING": 0.1}}
    known = {algorithm.NAME: {ask.name for ask in algorithm.ASKS} for algorithm in ALGORITHMS}
    for step in STEPS:
        assert set(step.parameters(results)) <= known[step.algorithm], step.algorithm
