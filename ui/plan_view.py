"""What the engine's environment is now, and what setting it up would install, and where."""

from __future__ import annotations

import os
from typing import Any

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QFormLayout, QLabel, QWidget

READY, BROKEN, ABSENT = "ready", "broken", "absent"
ICONS = {
    READY: "/mIconSuccess.svg",
    BROKEN: "/mIconWarning.svg",
    ABSENT: "/mIconInfo.svg",
}


def state_of(status: Any) -> str:
    """The word for a status: `READY`, `BROKEN` (a folder that does not work) or `ABSENT`."""
    if status.ready:
        return READY
    return BROKEN if os.path.isdir(status.folder) else ABSENT


class PlanView(QWidget):
    """The lines Status, Folder, Size, Python and Packages."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.icon = QLabel(self)
        self.status = self._line()
        self.folder = self._line()
        self.size = self._line()
        self.python = self._line()
        self.packages = self._line()
        layout = QFormLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addRow(self.icon, self.status)
        layout.addRow(self.tr("Folder"), self.folder)
        layout.addRow(self.tr("Size"), self.size)
        layout.addRow(self.tr("Python"), self.python)
        layout.addRow(self.tr("Packages"), self.packages)

    def _line(self) -> QLabel:
        label = QLabel(self)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label

    def show_plan(self, plan: Any) -> None:
        """Fill in where, how much and what."""
        self.folder.setText(plan.folder)
        self.size.setText(self.tr("about {} MB on disk").format(round(plan.size_mb)))
        self.python.setText(plan.python or self.tr("3.11 or newer, found on this computer or fetched"))
        names = list(plan.packages)
        self.packages.setText(self.tr("{} packages, in versions fixed by this release").format(len(names)))
        self.packages.setToolTip(", ".join(names))

    def show_status(self, status: Any) -> None:
        """Say whether the engine can run, and if not, what to do."""
        state = state_of(status)
        icon = QgsApplication.getThemeIcon(ICONS[state])
        self.icon.setPixmap(icon.pixmap(20, 20))
        headline = {
            READY: self.tr("The engine is ready."),
            BROKEN: self.tr("The engine is there but does not work."),
            ABSENT: self.tr("The engine is not set up yet."),
        }[state]
        detail = status.python if state == READY else status.message
        self.status.setText(f"<b>{headline}</b><br>{detail or ''}")
