"""The tutorial, step by step: each opens an algorithm's dialog, filled in."""

from __future__ import annotations

from typing import Any, Callable

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from .processing_window import open_algorithm
from .tutorial_steps import STEPS, Step


class StepRow(QWidget):
    """A step's title, text and button; a mark once it has been run.

    Parameters
    ----------
    number : int
        From 1.
    step : Step
        What it is about.
    on_open : callable
        What the button does.
    """

    def __init__(self, number: int, step: Step, on_open: Callable[[], None], parent: QWidget) -> None:
        super().__init__(parent)
        self.mark = QLabel(self)
        self.mark.setFixedWidth(22)
        text = QLabel(f"<b>{number}. {self.tr(step.title)}</b><br>{self.tr(step.text)}", self)
        text.setWordWrap(True)
        self.button = QPushButton(self.tr("Open…"), self)
        self.button.clicked.connect(on_open)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.addWidget(self.mark, 0, 0)
        layout.addWidget(text, 0, 1)
        layout.addWidget(self.button, 0, 2)
        layout.setColumnStretch(1, 1)

    def show_done(self) -> None:
        """Mark the step as run."""
        self.mark.setPixmap(QgsApplication.getThemeIcon("/mIconSuccess.svg").pixmap(18, 18))


class TutorialDialog(QDialog):
    """Four steps; a step can be opened once those it builds on have been run.

    Parameters
    ----------
    parent : QWidget or None
        The main window of QGIS.
    opener : callable
        Stands in for `open_algorithm` in tests.
    """

    first_results = pyqtSignal()
    """The model has been made: there is something on the map now."""

    def __init__(self, parent: QWidget | None = None, opener: Callable[..., QDialog | None] = open_algorithm) -> None:
        super().__init__(parent)
        self._opener = opener
        self._results: dict[str, dict[str, Any]] = {}
        self.setWindowTitle(self.tr("GravRelief: tutorial"))
        intro = QLabel(
            self.tr(
                "From a relief that is known, through its gravity, back to the relief. Each step opens "
                "a dialog that is filled in already: read it, press Run, close it, and go on here."
            ),
            self,
        )
        intro.setWordWrap(True)
        self.note = QLabel(self)
        self.note.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.addWidget(intro)
        self.rows: dict[str, StepRow] = {}
        for number, step in enumerate(STEPS, start=1):
            row = StepRow(number, step, lambda checked=False, step=step: self._open(step), self)
            self.rows[step.algorithm] = row
            layout.addWidget(row)
        layout.addWidget(self.note)
        layout.addStretch(1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.close)
        layout.addWidget(buttons)
        self.resize(560, 420)
        self._update()

    def _open(self, step: Step) -> None:
        parameters = step.parameters(self._results)
        dialog = self._opener(step.algorithm, parameters, lambda results: self._keep(step, results))
        self.note.setText(
            self.tr("Switch on the Processing plugin (Plugins > Manage and Install Plugins) first.")
            if dialog is None
            else ""
        )

    def _keep(self, step: Step, results: dict[str, Any]) -> None:
        self._results[step.algorithm] = results
        if step is STEPS[0]:
            self.first_results.emit()
        self.rows[step.algorithm].show_done()
        self._update()

    def _update(self) -> None:
        for step in STEPS:
            ready = all(name in self._results for name in step.needs)
            self.rows[step.algorithm].button.setEnabled(ready)
