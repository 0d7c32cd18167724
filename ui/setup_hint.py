"""One line above the map, once, where the engine is still missing."""

from __future__ import annotations

from typing import Any, Callable

from qgis.core import Qgis, QgsSettings
from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtWidgets import QPushButton, QWidget

SETTING = "gravrelief/setup_hint_shown_for"


class SetupHint(QObject):
    """A message with the button "Set up", shown once for each environment that is missing.

    Parameters
    ----------
    bar : QgsMessageBar
        QGIS's message bar.
    environment : module or object
        Has ``engine_python`` and ``status``, as ``plugin.engine.environment`` does.
    on_set_up : callable
        What the button does.
    """

    def __init__(self, bar: Any, environment: Any, on_set_up: Callable[[], None]) -> None:
        super().__init__()
        self._bar = bar
        self._environment = environment
        self._on_set_up = on_set_up
        self._item: QWidget | None = None

    def show_if_needed(self) -> bool:
        """Show it unless the engine is there or it was shown before; True where it is shown."""
        if self._environment.engine_python():
            return False
        folder = self._environment.status().folder
        settings = QgsSettings()
        if settings.value(SETTING, "", str) == folder:
            return False
        settings.setValue(SETTING, folder)
        self._item = self._bar.createMessage(
            "GravRelief", self.tr("One step is left: the engine that computes is not installed yet.")
        )
        self._item.destroyed.connect(self._forget)
        button = QPushButton(self.tr("Set up…"), self._item)
        button.clicked.connect(self._accept)
        self._item.layout().addWidget(button)
        self._bar.pushWidget(self._item, Qgis.MessageLevel.Info)
        return True

    def remove(self) -> None:
        """Take it away, where it still stands."""
        item, self._item = self._item, None
        if item is not None:
            self._bar.popWidget(item)

    def _accept(self) -> None:
        self.remove()
        self._on_set_up()

    def _forget(self) -> None:
        self._item = None
