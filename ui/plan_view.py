"""What the engine's environment is now, and what setting it up would install, and where."""

from __future__ import annotations

import os
from typing import Any

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QFormLayout, QLabel, QWidget

from .background import Background

READY, BROKEN, ABSENT = "ready", "broken", "absent"
ICONS = {READY: "/mIconSuccess.svg", BROKEN: "/mIconWarning.svg", ABSENT: "/mIconInfo.svg"}


def state_of(status: Any) -> str:
    """The word for a status: `READY`, `BROKEN` (a folder that does not work) or `ABSENT`."""
    if status.ready:
        return READY
    return BROKEN if os.path.isdir(status.folder) else ABSENT


class PlanView(QWidget):
    """The lines Status, Folder, Python, Packages and Size."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.icon = QLabel(self)
        self.status = self._line()
        self.folder = self._line()
        self.python = self._line()
        self.packages = self._line()
        self.size = self._line()
        layout = QFormLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addRow(self.icon, self.status)
        layout.addRow(self.tr("Folder"), self.folder)
        layout.addRow(self.tr("Python"), self.python)
        layout.addRow(self.tr("Packages"), self.packages)
        layout.addRow(self.tr("Size"), self.size)

    def _line(self) -> QLabel:
        label = QLabel(self)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label

    def look(self, environment: Any) -> str:
        """Show what is there at once, and the plan when it is known; return the state's word."""
        status = environment.status()
        state = state_of(status)
        self.icon.setPixmap(QgsApplication.getThemeIcon(ICONS[state]).pixmap(20, 20))
        # The offer to come to this very window is left out.
        message = status.message.replace(environment.OFFER, "").strip()
        self.status.setText(f"<b>{message}</b>")
        self.folder.setText(status.folder)
        self.python.setText(self.tr("Looking for one…"))
        # A plan tries the interpreters that it finds, each of which may take its time.
        question = Background(environment.plan)
        question.answered.connect(self._show_plan)
        question.failed.connect(self._show_no_plan)
        question.start()
        return state

    def _show_no_plan(self, why: str) -> None:
        self.python.setText(why)

    def _show_plan(self, plan: Any) -> None:
        names = list(plan.packages)
        self.python.setText(plan.python)
        self.packages.setText(self.tr("up to {}, in the versions that this release fixes").format(len(names)))
        self.packages.setToolTip("<br>".join(names))
        self.size.setText(self.tr("about {} MB on disk").format(plan.size_mb))
