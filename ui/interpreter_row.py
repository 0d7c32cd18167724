"""A row that asks for an existing Python and finds out, by running it, whether it can carry the engine."""

from __future__ import annotations

from typing import Callable

from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import QLabel, QVBoxLayout, QWidget

from ..plugin.engine.folders import SetupError
from ..plugin.engine.python import try_python
from .background import Background

TYPING_PAUSE_MS = 400


class InterpreterRow(QWidget):
    """A path chosen by the user, and one line that says what was found there.

    The trial takes up to twenty seconds (what looks like a Python may hang), so it runs in a thread; the
    answer to a path that has been changed meanwhile is dropped.

    Parameters
    ----------
    parent : QWidget or None
    try_it : callable
        Runs a path and returns what `plugin.engine.python.Python` is; raises `SetupError`.
    """

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None, try_it: Callable = try_python) -> None:
        super().__init__(parent)
        self._try_it = try_it
        self._good = False
        self.file = QgsFileWidget(self)
        self.file.setStorageMode(QgsFileWidget.StorageMode.GetFile)
        self.file.setDialogTitle(self.tr("Choose a Python interpreter"))
        self.file.lineEdit().setPlaceholderText(self.tr("Left empty: one is found or fetched"))
        self.verdict = QLabel(self)
        self.verdict.setWordWrap(True)
        self.verdict.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.file)
        layout.addWidget(self.verdict)

        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_PAUSE_MS)
        self._typing.timeout.connect(self._ask)
        self.file.fileChanged.connect(self._path_changed)

    def path(self) -> str:
        """What was typed or chosen; empty where the choice is left to the installer."""
        return self.file.filePath().strip()

    def python(self) -> str | None:
        """The interpreter, where one was given and it answered well."""
        return self.path() if self._good else None

    def is_settled(self) -> bool:
        """Whether the row is empty or holds a Python that answered well."""
        return not self.path() or self._good

    def _path_changed(self) -> None:
        self._good = False
        self.verdict.setVisible(bool(self.path()))
        self._typing.stop()
        if self.path():
            self.verdict.setText(self.tr("Trying it…"))
            self._typing.start()
        self.changed.emit()

    def _ask(self) -> None:
        question = Background(_verdict, self._try_it, self.path())
        question.answered.connect(self._judge)
        question.start()

    def _judge(self, verdict: tuple[str, bool, str]) -> None:
        path, good, text = verdict
        if path != self.path():
            return
        self._good = good
        self.verdict.setText(self.tr("{}: good.").format(text) if good else text)
        self.changed.emit()


def _verdict(try_it: Callable, path: str) -> tuple[str, bool, str]:
    """The path, whether it can carry the engine, and what to say of it."""
    try:
        python = try_it(path)
    except SetupError as error:
        return path, False, str(error)
    return path, python.trouble is None, python.trouble or python.text
