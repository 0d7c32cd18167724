"""A row that asks for an existing Python and finds out, by running it, whether it is one."""

from __future__ import annotations

from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import QProcess, QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import QLabel, QVBoxLayout, QWidget

OLDEST = (3, 11)
PATIENCE_MS = 10_000
TYPING_PAUSE_MS = 400
MARK = "gravrelief-python"
QUESTION = f"import sys; print('{MARK}', *sys.version_info[:3])"


class InterpreterRow(QWidget):
    """A path chosen by the user, and one line that says what was found there.

    The candidate is only ever asked for its version, isolated (``-I -c``) and with a limit of ten
    seconds: what looks like a Python may be QGIS itself, which would open a window.
    """

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
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

        self._good = False
        self._process: QProcess | None = None
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_PAUSE_MS)
        self._typing.timeout.connect(self._ask)
        self._limit = QTimer(self)
        self._limit.setSingleShot(True)
        self._limit.setInterval(PATIENCE_MS)
        self._limit.timeout.connect(self._too_slow)
        self.file.fileChanged.connect(self._path_changed)

    def path(self) -> str:
        """What was typed or chosen; empty where the choice is left to the installer."""
        return self.file.filePath().strip()

    def python(self) -> str | None:
        """The interpreter, where one was given and it answered."""
        return self.path() if self._good else None

    def is_settled(self) -> bool:
        """Whether the row is empty or holds a Python that answered."""
        return not self.path() or self._good

    def _path_changed(self) -> None:
        self._drop_process()
        self._good = False
        self.verdict.setVisible(bool(self.path()))
        if self.path():
            self.verdict.setText(self.tr("Asking it for its version…"))
            self._typing.start()
        else:
            self._typing.stop()
        self.changed.emit()

    def _ask(self) -> None:
        self._process = QProcess(self)
        self._process.finished.connect(self._answered)
        self._process.errorOccurred.connect(self._failed_to_start)
        self._limit.start()
        self._process.start(self.path(), ["-I", "-c", QUESTION])

    def _answered(self) -> None:
        process = self._process
        if process is None:
            return
        words = bytes(process.readAllStandardOutput()).decode("utf-8", "replace").split()
        self._drop_process()
        if len(words) != 4 or words[0] != MARK:
            self._judge(False, self.tr("This program did not answer as a Python does. Choose another."))
            return
        version = tuple(int(word) for word in words[1:])
        text = ".".join(words[1:])
        if version < OLDEST:
            self._judge(False, self.tr("This is Python {}; the engine needs 3.11 or newer.").format(text))
        else:
            self._judge(True, self.tr("Python {}: good.").format(text))

    def _failed_to_start(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._drop_process()
            self._judge(False, self.tr("This file cannot be run. Choose a Python interpreter."))

    def _too_slow(self) -> None:
        self._drop_process()
        self._judge(False, self.tr("No answer within ten seconds. Choose another."))

    def _judge(self, good: bool, text: str) -> None:
        self._good = good
        self.verdict.setText(text)
        self.changed.emit()

    def _drop_process(self) -> None:
        self._limit.stop()
        process, self._process = self._process, None
        if process is not None:
            process.blockSignals(True)
            process.kill()
            process.waitForFinished(1000)
            process.deleteLater()
