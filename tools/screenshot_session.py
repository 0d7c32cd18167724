"""Inside QGIS: run the tutorial's steps through Processing, arrange the window, take the pictures."""

from __future__ import annotations

import os
import traceback
from pathlib import Path

from qgis.core import QgsMapThemeCollection, QgsProcessingFeedback, QgsProject
from qgis.gui import QgsVertexMarker
from qgis.PyQt.QtCore import QSize, Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QDialog, QDockWidget, QToolBar, QWidget
from qgis.utils import iface, plugins

FOLDER = Path(os.environ["GRAVRELIEF_PICTURES"])
DAMPING = float(os.environ["GRAVRELIEF_DAMPING"])
SIZE = QSize(1600, 940)
LEFT, RIGHT = 350, 440
PANELS = ("Layers", "ProcessingToolbox")
BARS = ("mFileToolBar", "mMapNavToolBar", "mAttributesToolBar", "mPluginToolBar")
OUTPUTS = {
    "syntheticmodel": ("RELIEF", "STATIONS"),
    "invertrelief": ("INVERTED_RELIEF", "RESIDUAL", "STATIONS", "REPORT"),
}
THEMES = {
    "Inverted relief": ("Inverted relief",),
    "Residual gravity": ("Residual gravity",),
    "Residual at the stations": ("Stations with residuals",),
}


def main() -> None:
    try:
        window = iface.mainWindow()
        results = run_steps()
        arrange(window)
        iface.messageBar().clearWidgets()
        grab(window, "qgis.png", 3000)
        grab(tutorial_window(window, results), "tutorial.png")
        grab(algorithm_window(results), "cross_validation.png")
        grab(setup_window(window), "setup.png")
    except BaseException:
        with (FOLDER / "failure.txt").open("a", encoding="utf-8") as failure:
            failure.write(traceback.format_exc())
    os._exit(0)


class Outspoken(QgsProcessingFeedback):
    """Writes down what an algorithm complains of, which the exception of `run` does not name."""

    def reportError(self, error: str, fatalError: bool = False) -> None:
        with (FOLDER / "failure.txt").open("a", encoding="utf-8") as failure:
            failure.write(error + "\n")


def run_steps() -> dict:
    """The tutorial's model and inversion, loaded as Processing loads results."""
    from gravrelief.ui.tutorial_steps import STEPS
    from qgis import processing

    results = {"dampingcrossvalidation": {"BEST_DAMPING": DAMPING}}
    for step in STEPS:
        if step.algorithm in OUTPUTS:
            asked = step.parameters(results)
            asked.update((name, "TEMPORARY_OUTPUT") for name in OUTPUTS[step.algorithm])
            results[step.algorithm] = processing.runAndLoadResults(f"gravrelief:{step.algorithm}", asked, Outspoken())
    return results


def arrange(window: QWidget) -> None:
    """On the left the layers and our algorithms, in the middle the relief, on the right the residual."""
    from gravrelief.ui.processing_window import show_toolbox_group

    window.setGeometry(0, 0, SIZE.width(), SIZE.height())
    for bar in window.findChildren(QToolBar):
        bar.setVisible(bar.objectName() in BARS)
    for dock in window.findChildren(QDockWidget):
        dock.hide()
    for node in QgsProject.instance().layerTreeRoot().findLayers():
        node.setExpanded(not node.name().startswith(("Synthetic", "True")))
    make_themes()
    left = [window.findChild(QDockWidget, name) for name in PANELS]
    right = [map_view(theme) for theme in list(THEMES)[1:]]
    place(window, left, Qt.DockWidgetArea.LeftDockWidgetArea, LEFT, [520, 280])
    place(window, right, Qt.DockWidgetArea.RightDockWidgetArea, RIGHT, [400, 400])
    show_toolbox_group(window)
    for canvas in iface.mapCanvases():
        canvas.zoomToFullExtent()
        for item in canvas.scene().items():
            if isinstance(item, QgsVertexMarker):  # where the mouse is in the other views
                item.hide()


def make_themes() -> None:
    """A theme for each of the map views; the relief's is shown in the main one."""
    project, root = QgsProject.instance(), QgsProject.instance().layerTreeRoot()
    for theme, names in THEMES.items():
        for node in root.findLayers():
            node.setItemVisibilityChecked(node.name().startswith(names))
        state = QgsMapThemeCollection.createThemeFromCurrentState(root, iface.layerTreeView().layerTreeModel())
        project.mapThemeCollection().insert(theme, state)
    project.mapThemeCollection().applyTheme("Inverted relief", root, iface.layerTreeView().layerTreeModel())


def map_view(theme: str) -> QDockWidget:
    """A further view of the map, with a theme of its own."""
    view = iface.createNewMapCanvas(theme)
    view.setTheme(theme)
    while not isinstance(view, QDockWidget):
        view = view.parentWidget()
    view.setFloating(False)
    return view


def place(window: QWidget, docks: list, area: Qt.DockWidgetArea, width: int, heights: list[int]) -> None:
    """Two panels, one above the other."""
    for dock in docks:
        window.addDockWidget(area, dock)
        dock.show()
    window.splitDockWidget(*docks, Qt.Orientation.Vertical)
    QTest.qWait(300)
    window.resizeDocks(docks, heights, Qt.Orientation.Vertical)
    window.resizeDocks(docks[:1], [width], Qt.Orientation.Horizontal)
    QTest.qWait(300)


def tutorial_window(window: QWidget, results: dict) -> QDialog:
    """The tutorial with its first step done."""
    from gravrelief.ui.tutorial_dialog import TutorialDialog
    from gravrelief.ui.tutorial_steps import STEPS

    dialog = TutorialDialog(window)
    dialog._keep(STEPS[0], results["syntheticmodel"])
    dialog.show()
    return dialog


def algorithm_window(results: dict) -> QDialog:
    """The dialog of the cross validation, filled in by the tutorial."""
    from gravrelief.ui.processing_window import open_algorithm
    from gravrelief.ui.tutorial_steps import STEPS

    step = next(step for step in STEPS if step.algorithm == "dampingcrossvalidation")
    dialog = open_algorithm(step.algorithm, step.parameters(results))
    dialog.resize(1000, 760)
    return dialog


def setup_window(window: QWidget) -> QDialog:
    """The installer's window as it first opens, on a home folder that has nothing yet."""
    os.environ.pop("GRAVRELIEF_HOME", None)
    os.environ["XDG_DATA_HOME"] = "/home/you/.local/share"
    os.environ["PATH"] = "/usr/bin:/bin"
    plugins["gravrelief"].menu.set_up()
    from gravrelief.ui.setup_dialog import SetupDialog

    dialog = window.findChild(SetupDialog)
    dialog.other_ways.setCollapsed(False)
    return dialog


def grab(widget: QWidget, name: str, wait: int = 1500) -> None:
    QTest.qWait(wait)
    widget.grab().save(str(FOLDER / name))
    if isinstance(widget, QDialog):
        widget.hide()


QTimer.singleShot(3000, main)
