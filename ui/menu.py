"""The menu Plugins > GravRelief and the one button on the toolbar."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable

from qgis.PyQt.QtCore import QObject, QTimer, QUrl
from qgis.PyQt.QtGui import QDesktopServices, QIcon
from qgis.PyQt.QtWidgets import QAction

from ..plugin.engine import environment as engine_environment
from ..plugin.icons import icon_path
from .help_window import HelpWindow
from .processing_window import close_algorithms, open_algorithm, show_toolbox_group
from .setup_dialog import SetupDialog
from .setup_hint import SetupHint
from .tutorial_dialog import TutorialDialog

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
HOMEPAGE = "https://github.com/gravrelief/gravrelief"
TITLE = "GravRelief"


class Menu(QObject):
    """Adds what the user sees of the plugin outside the toolbox, and takes it away again.

    Parameters
    ----------
    iface : QgisInterface
        QGIS's window.
    environment : module or object
        Stands in for ``plugin.engine.environment`` in tests.
    """

    def __init__(self, iface: Any, environment: Any = engine_environment) -> None:
        super().__init__()
        self._iface = iface
        self._environment = environment
        self._actions: list[QAction] = []
        self._button: QAction | None = None
        self._setup: SetupDialog | None = None
        self._tutorial: TutorialDialog | None = None
        self._help: HelpWindow | None = None
        self._hint = SetupHint(iface.messageBar(), environment, self.set_up)

    def add(self) -> None:
        """Make the entries; once QGIS is up, a hint where the engine is missing."""
        self._entry(self.tr("Set up the engine…"), self.set_up)
        self._entry(self.tr("Tutorial…"), self.open_tutorial)
        self._separator()
        self._entry(self.tr("Damping by cross validation…"), lambda: self.open("dampingcrossvalidation"))
        self._entry(self.tr("Inversion…"), lambda: self.open("invertrelief"))
        self._button = self._entry(self.tr("Show in the toolbox"), self.show_toolbox)
        self._separator()
        self._entry(self.tr("Help"), self.show_help)
        self._button.setIcon(QIcon(icon_path("gravrelief")))
        self._button.setToolTip(self.tr("GravRelief: show its algorithms in the Processing toolbox"))
        self._iface.addToolBarIcon(self._button)
        QTimer.singleShot(0, self._show_hint)

    def remove(self) -> None:
        """Leave nothing behind: no entry, no button, no window, no message, no running installer."""
        if self._button is not None:
            self._iface.removeToolBarIcon(self._button)
            self._button = None
        for action in self._actions:
            self._iface.removePluginMenu(TITLE, action)
            action.deleteLater()
        self._actions = []
        self._hint.remove()
        if self._setup is not None:
            self._setup.shut_down()
        for window in (self._setup, self._tutorial, self._help):
            if window is not None:
                window.close()
                window.deleteLater()
        self._setup = self._tutorial = self._help = None
        close_algorithms()

    def set_up(self) -> None:
        """Show the window that installs the engine."""
        if self._setup is None:
            self._setup = SetupDialog(self._iface.mainWindow(), self._environment)
        elif not self._setup.job.is_running():
            self._setup.refresh()
        _bring_up(self._setup)

    def open_tutorial(self) -> None:
        """Show the tutorial's four steps."""
        if self._tutorial is None:
            self._tutorial = TutorialDialog(self._iface.mainWindow())
            # After QGIS has given the project the layers' system, which moves the map.
            self._tutorial.first_results.connect(lambda: QTimer.singleShot(0, self._iface.zoomFull))
        _bring_up(self._tutorial)

    def open(self, name: str) -> None:
        """Show an algorithm's dialog, or say that Processing is off."""
        if open_algorithm(name) is None:
            self._say_processing_is_off()

    def show_toolbox(self) -> None:
        """Open the Processing toolbox at our algorithms."""
        if not show_toolbox_group(self._iface.mainWindow()):
            self._say_processing_is_off()

    def show_help(self) -> None:
        """Open the pages that came with the plugin; without them, its home page."""
        if not README.is_file():
            QDesktopServices.openUrl(QUrl(HOMEPAGE))
            return
        if self._help is None:
            self._help = HelpWindow(README, self._iface.mainWindow())
        _bring_up(self._help)

    def _entry(self, text: str, do: Callable[[], None]) -> QAction:
        action = QAction(text, self._iface.mainWindow())
        action.triggered.connect(lambda checked=False: do())
        self._iface.addPluginToMenu(TITLE, action)
        self._actions.append(action)
        return action

    def _separator(self) -> None:
        self._entry("", lambda: None).setSeparator(True)

    def _show_hint(self) -> None:
        if self._actions:  # not removed in the meantime
            self._hint.show_if_needed()

    def _say_processing_is_off(self) -> None:
        self._iface.messageBar().pushWarning(
            TITLE, self.tr("Switch on the Processing plugin (Plugins > Manage and Install Plugins) first.")
        )


def _bring_up(window: Any) -> None:
    window.show()
    window.raise_()
    window.activateWindow()
