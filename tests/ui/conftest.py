"""A window, a stand-in for the installer, and a way to wait for Qt."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest
from qgis.core import QgsSettings
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import QCoreApplication, QEvent
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QMainWindow, QMenu

PATIENCE_MS = 10_000
STEP_MS = 10


class FakeEnvironment:
    """Behaves as ``plugin.engine.environment``, installs nothing, and waits at a gate to be let on."""

    OFFER = "Run 'Set up the engine'."

    class SetupError(Exception):
        pass

    def __init__(self, folder):
        self.folder = folder
        self.gate = threading.Event()
        self.failures = []
        self.calls = []
        self.chosen = None

    def named_python(self):
        return self.chosen

    def forget_python(self):
        self.chosen = None

    def status(self):
        ready = (self.folder / "done").exists()
        python = str(self.folder / "python") if ready else None
        message = "The engine is ready." if ready else f"The engine is missing. {self.OFFER}"
        return SimpleNamespace(ready=ready, python=python, folder=str(self.folder), message=message)

    def engine_python(self):
        return self.status().python

    def plan(self):
        return SimpleNamespace(
            folder=str(self.folder), python="Python 3.12", size_mb=700, packages=("numpy==2", "scipy==1")
        )

    def setup(self, python=None, wheels=None, proxy=None, on_line=print, on_progress=None, is_cancelled=None):
        self.calls.append({"python": python, "wheels": wheels, "thread": threading.current_thread()})
        self.folder.mkdir(exist_ok=True)
        on_line("Fetching numpy")
        on_progress(0.5)
        while not self.gate.wait(0.01):
            if is_cancelled():
                self.folder.rmdir()
                raise self.SetupError("Stopped.")
        if self.failures:
            raise self.SetupError(self.failures.pop(0))
        (self.folder / "done").touch()
        return str(self.folder / "python")


class FakeInterface:
    """The part of QgisInterface that a menu uses, with real widgets behind it."""

    def __init__(self):
        self.window = QMainWindow()
        self.bar = QgsMessageBar(self.window)
        self.menu = QMenu()
        self.buttons = []
        self.zoomed = 0

    def zoomFull(self):
        self.zoomed += 1

    def mainWindow(self):
        return self.window

    def messageBar(self):
        return self.bar

    def addPluginToMenu(self, name, action):
        assert name == "GravRelief"
        self.menu.addAction(action)

    def removePluginMenu(self, name, action):
        assert name == "GravRelief"
        self.menu.removeAction(action)

    def addToolBarIcon(self, action):
        self.buttons.append(action)

    def removeToolBarIcon(self, action):
        self.buttons.remove(action)


def _wait_until(condition):
    for _ in range(PATIENCE_MS // STEP_MS):
        if condition():
            return
        QTest.qWait(STEP_MS)
    raise AssertionError("Waited ten seconds in vain.")


@pytest.fixture
def wait_until(qgis_app):
    """Runs Qt's events until a condition holds; fails after ten seconds."""
    return _wait_until


@pytest.fixture
def environment(tmp_path):
    return FakeEnvironment(tmp_path / "e-12345678")


@pytest.fixture
def iface(qgis_app):
    QgsSettings().remove("gravrelief")
    interface = FakeInterface()
    interface.window.show()
    yield interface
    interface.window.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
