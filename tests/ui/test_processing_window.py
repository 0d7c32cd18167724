"""The doors to Processing, with a dialog of our own in place of its own."""

from __future__ import annotations

import gc
import weakref

import pytest
from gravrelief.ui import processing_window
from gravrelief.ui.processing_window import close_algorithms, open_algorithm, show_toolbox_group
from qgis import processing
from qgis.PyQt.QtCore import QCoreApplication, QEvent, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QDialog, QDockWidget, QMainWindow, QTreeWidget, QTreeWidgetItem


class AlgorithmDialog(QDialog):
    algorithmFinished = pyqtSignal(bool, dict)

    def __init__(self, name, parameters):
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)  # as QGIS's own does by itself
        self.asked = name, parameters


@pytest.fixture
def processing_plugin(qgis_app, monkeypatch):
    """What the Processing plugin puts into qgis.processing."""
    monkeypatch.setattr(processing, "createAlgorithmDialog", AlgorithmDialog, raising=False)
    yield
    close_algorithms()


def let_go():
    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_it_opens_our_algorithm_with_the_parameters(processing_plugin):
    dialog = open_algorithm("invertrelief", {"DAMPING": 0.1})
    assert dialog.isVisible()
    assert dialog.asked == ("gravrelief:invertrelief", {"DAMPING": 0.1})


def test_the_dialog_lives_until_it_is_closed_though_nobody_else_holds_it(processing_plugin):
    dialog = weakref.ref(open_algorithm("invertrelief"))
    let_go()
    assert dialog().isVisible()
    dialog().close()
    let_go()
    assert dialog() is None


def test_only_runs_that_worked_hand_their_results_on(processing_plugin):
    heard = []
    dialog = open_algorithm("invertrelief", {}, heard.append)
    dialog.algorithmFinished.emit(False, {})
    dialog.algorithmFinished.emit(True, {"ITERATIONS": 3})
    assert heard == [{"ITERATIONS": 3}]


def test_unloading_closes_the_dialogs(processing_plugin):
    open_algorithm("invertrelief")
    close_algorithms()
    let_go()
    assert not processing_window._dialogs


def test_none_where_processing_does_not_know_the_algorithm(processing_plugin, monkeypatch):
    monkeypatch.setattr(processing, "createAlgorithmDialog", lambda name, parameters: None)
    assert open_algorithm("invertrelief") is None


def test_none_where_processing_is_switched_off(qgis_app, monkeypatch):
    monkeypatch.delattr(processing, "createAlgorithmDialog", raising=False)
    assert open_algorithm("invertrelief") is None


def test_the_toolbox_opens_at_our_group_with_all_its_algorithms_in_sight(qgis_app, monkeypatch):
    window = QMainWindow()
    toolbox = QDockWidget(window)
    toolbox.setObjectName("ProcessingToolbox")
    tree = QTreeWidget(toolbox)
    toolbox.setWidget(tree)
    for name in ("GDAL", "GravRelief"):
        provider = QTreeWidgetItem(tree, [name])
        group = QTreeWidgetItem(provider, ["Inversion"])
        QTreeWidgetItem(group, ["Invert relief"])
    monkeypatch.setattr(processing_window, "_provider_name", lambda: "GravRelief")
    assert show_toolbox_group(window)
    assert tree.currentItem().text(0) == "GravRelief"
    ours, theirs = tree.topLevelItem(1), tree.topLevelItem(0)
    assert ours.isExpanded() and ours.child(0).isExpanded()
    assert not theirs.isExpanded()


def test_without_a_toolbox_it_says_so(qgis_app):
    assert not show_toolbox_group(QMainWindow())
