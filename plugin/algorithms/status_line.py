"""The line above the progress bar of an algorithm's dialog: it changes while the log stays as it is.

`QgsProcessingFeedback.setProgressText` sets that line too, but adds each text to the log.
"""

from __future__ import annotations

from typing import Callable

from qgis.core import QgsProcessingFeedback
from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtWidgets import QApplication, QLabel

NAME_IN_QGIS = "lblProgress"


class StatusLine(QObject):
    """Made in the main thread; may be told a text from any."""

    told = pyqtSignal(str)

    def __init__(self, label: QLabel) -> None:
        super().__init__()
        self.told.connect(label.setText)

    def show(self, text: str) -> None:
        self.told.emit(text)


def status_line(feedback: QgsProcessingFeedback) -> Callable[[str], None] | None:
    """What shows a text in the dialog that a run was started from; None where there is no such dialog. In the main thread."""
    if not isinstance(QApplication.instance(), QApplication):
        return None
    for window in QApplication.topLevelWidgets():
        if getattr(window, "feedback", None) is feedback:
            label = window.findChild(QLabel, NAME_IN_QGIS)
            return None if label is None else StatusLine(label).show
    return None
