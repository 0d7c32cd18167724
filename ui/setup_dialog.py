"""The window that installs the engine: what and where, progress, log, retry, cancel."""

from __future__ import annotations

from typing import Any

from qgis.gui import QgsCollapsibleGroupBox, QgsFileWidget
from qgis.PyQt.QtGui import QCloseEvent
from qgis.PyQt.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QMessageBox,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from ..plugin.engine import environment as engine_environment
from ..plugin.proxy import proxy_url
from .interpreter_row import InterpreterRow
from .log_view import LogView
from .plan_view import ABSENT, BROKEN, READY, PlanView
from .setup_job import SetupJob

PERMILLE = 1000


class SetupDialog(QDialog):
    """Set up the engine, or mend it. The window stays usable meanwhile.

    Parameters
    ----------
    parent : QWidget or None
        The main window of QGIS.
    environment : module or object
        Stands in for ``plugin.engine.environment`` in tests.
    """

    def __init__(self, parent: QWidget | None = None, environment: Any = engine_environment) -> None:
        super().__init__(parent)
        self._environment = environment
        self._close_when_ended = False
        self._question: QMessageBox | None = None
        self.job = SetupJob(environment)
        self.setWindowTitle(self.tr("GravRelief: set up the engine"))
        self._build()
        self._connect()
        self.refresh()
        self._offer_earlier_choice()
        self.resize(640, 620)

    def _build(self) -> None:
        why = QLabel(
            self.tr(
                "GravRelief computes in a Python of its own, beside QGIS, so that its scientific "
                "packages can never disturb yours. It is installed once, for all profiles, and "
                "nothing in QGIS is changed. Deleting the folder below removes it."
            ),
            self,
        )
        why.setWordWrap(True)
        self.plan_view = PlanView(self)
        self.interpreter = InterpreterRow(self)
        self.wheels = QgsFileWidget(self)
        self.wheels.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        self.wheels.lineEdit().setPlaceholderText(self.tr("Left empty: downloaded"))
        self.other_ways = QgsCollapsibleGroupBox(self.tr("Other ways: an existing Python, no internet"), self)
        self.other_ways.setCollapsed(True)
        form = QFormLayout(self.other_ways)
        form.addRow(self.tr("Existing Python"), self.interpreter)
        form.addRow(self.tr("Folder of wheels"), self.wheels)
        self.step = QLabel(self)
        self.step.setWordWrap(True)
        self.bar = QProgressBar(self)
        self.bar.setRange(0, PERMILLE)
        self.log = LogView(self)
        self.buttons = QDialogButtonBox(self)
        self.start_button = self.buttons.addButton("", QDialogButtonBox.ButtonRole.ActionRole)
        self.cancel_button = self.buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.ActionRole)
        self.close_button = self.buttons.addButton(QDialogButtonBox.StandardButton.Close)
        layout = QVBoxLayout(self)
        for widget in (why, self.plan_view, self.other_ways, self.step, self.bar):
            layout.addWidget(widget)
        layout.addWidget(self.log, 1)
        layout.addWidget(self.buttons)

    def _connect(self) -> None:
        self.start_button.clicked.connect(self.start)
        self.cancel_button.clicked.connect(self.cancel)
        self.close_button.clicked.connect(self.close)
        self.interpreter.changed.connect(self._update_buttons)
        self.job.line.connect(self.log.add)
        self.job.progress.connect(self._show_progress)
        self.job.succeeded.connect(self._succeeded)
        self.job.failed.connect(self._failed)
        self.job.cancelled.connect(self._cancelled)

    def _offer_earlier_choice(self) -> None:
        earlier = self._environment.named_python()
        if earlier:
            self.interpreter.file.setFilePath(earlier)
            self.other_ways.setCollapsed(False)

    def refresh(self) -> None:
        """Look anew at what is installed."""
        self._start_text = {
            READY: self.tr("Check"),
            BROKEN: self.tr("Repair"),
            ABSENT: self.tr("Install"),
        }[self.plan_view.look(self._environment)]
        self._update_buttons()

    def start(self) -> None:
        """Begin, or begin again after a failure."""
        self._close_when_ended = False
        self.bar.setValue(0)
        self.step.setText(self.tr("Setting up the engine…"))
        if not self.interpreter.path():
            self._environment.forget_python()
        self.job.start(self.interpreter.python(), self.wheels.filePath() or None, proxy_url())
        self._update_buttons()

    def cancel(self) -> None:
        """Ask the installer to stop."""
        self.step.setText(self.tr("Stopping…"))
        self.cancel_button.setEnabled(False)
        self.job.cancel()

    def shut_down(self, seconds: float = 3.0) -> None:
        """Close without a question, as the plugin is being unloaded."""
        self.job.cancel()
        self.job.wait(seconds)
        self._close_when_ended = True
        self.hide()

    def _show_progress(self, fraction: float) -> None:
        self.bar.setValue(round(PERMILLE * min(max(fraction, 0.0), 1.0)))

    def _succeeded(self, python: str) -> None:
        self.bar.setValue(PERMILLE)
        self._ended(self.tr("Done. The algorithms of GravRelief can be run now."))

    def _failed(self, message: str) -> None:
        self.log.add(message)
        self._ended(f"<b>{self.tr('This did not work.')}</b> {message}")
        self.start_button.setText(self.tr("Retry"))

    def _cancelled(self) -> None:
        self._ended(self.tr("Stopped. What was downloaded is kept for the next time."))
        self.bar.setValue(0)

    def _ended(self, text: str) -> None:
        self.step.setText(text)
        if self._question is not None:
            self._question.close()
        self.refresh()
        if self._close_when_ended:
            self.close()

    def _update_buttons(self) -> None:
        running = self.job.is_running()
        self.start_button.setText(self._start_text)
        self.start_button.setEnabled(not running and self.interpreter.is_settled())
        self.cancel_button.setEnabled(running)
        self.other_ways.setEnabled(not running)

    def reject(self) -> None:
        """Escape does what the close button does."""
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """While the installer runs, ask first."""
        if self.job.is_running():
            event.ignore()
            self._ask_to_stop()
        else:
            event.accept()

    def _ask_to_stop(self) -> None:
        if self._question is not None:
            return
        self._question = QMessageBox(self)
        self._question.finished.connect(self._forget_question)
        self._question.setWindowTitle(self.windowTitle())
        self._question.setText(self.tr("The engine is being set up. Stop it and close?"))
        yes = QMessageBox.StandardButton.Yes
        self._question.setStandardButtons(yes | QMessageBox.StandardButton.No)
        self._question.button(yes).setText(self.tr("Stop and close"))
        self._question.button(QMessageBox.StandardButton.No).setText(self.tr("Go on"))
        self._question.button(yes).clicked.connect(self._stop_and_close)
        self._question.open()

    def _forget_question(self) -> None:
        self._question.deleteLater()
        self._question = None

    def _stop_and_close(self) -> None:
        self._close_when_ended = True
        self.cancel()
