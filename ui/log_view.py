"""What a long task says, line by line, with a button that copies it."""

from __future__ import annotations

from qgis.PyQt.QtGui import QFontDatabase, QGuiApplication
from qgis.PyQt.QtWidgets import QHBoxLayout, QPlainTextEdit, QToolButton, QVBoxLayout, QWidget

LINES_KEPT = 2000


class LogView(QWidget):
    """A read-only log; the oldest lines go once there are more than 2000."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines = QPlainTextEdit(self)
        self.lines.setReadOnly(True)
        self.lines.setMaximumBlockCount(LINES_KEPT)
        self.lines.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.lines.setPlaceholderText(self.tr("What the installer says appears here."))
        self.copy_button = QToolButton(self)
        self.copy_button.setText(self.tr("Copy the log"))
        self.copy_button.setAutoRaise(True)
        self.copy_button.clicked.connect(self.copy)

        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.copy_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.lines)
        layout.addLayout(foot)

    def add(self, line: str) -> None:
        """Append a line; the view follows only where its end is in sight."""
        self.lines.appendPlainText(line.rstrip())

    def text(self) -> str:
        """Everything that is still kept."""
        return self.lines.toPlainText()

    def copy(self) -> None:
        """Put the log on the clipboard, for a report of what went wrong."""
        QGuiApplication.clipboard().setText(self.text())
