"""The tutorial's steps in words: which algorithm, why, and on which others it builds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qgis.PyQt.QtCore import QT_TRANSLATE_NOOP

from ..plugin import tutorial


@dataclass(frozen=True)
class Step:
    """One algorithm of the tutorial."""

    algorithm: str
    title: str
    text: str
    needs: tuple[str, ...]  # the algorithms whose results it takes

    def parameters(self, results: tutorial.Results) -> dict[str, Any]:
        """What its dialog is filled in with, from what the steps before it gave."""
        return tutorial.STEPS[self.algorithm](results)


STEPS = (
    Step(
        "syntheticmodel",
        QT_TRANSLATE_NOOP("StepRow", "A relief that is known, and its gravity"),
        QT_TRANSLATE_NOOP(
            "StepRow",
            "Makes 41 x 31 cells of relief and 4941 stations with 0.2 mGal of noise. "
            "Three quarters of the stations are marked as a test: they will judge, not fit.",
        ),
        (),
    ),
    Step(
        "gravitymisfit",
        QT_TRANSLATE_NOOP("StepRow", "What a flat relief leaves unexplained"),
        QT_TRANSLATE_NOOP(
            "StepRow",
            "Observed gravity less that of a flat relief at the mean. The inversion has to explain it.",
        ),
        ("syntheticmodel",),
    ),
    Step(
        "dampingcrossvalidation",
        QT_TRANSLATE_NOOP("StepRow", "The damping that predicts best"),
        QT_TRANSLATE_NOOP(
            "StepRow",
            "Inverts with eight dampings and asks each relief for the gravity at the test stations. "
            "The report shows the eight scores; the best is 0.139.",
        ),
        ("syntheticmodel",),
    ),
    Step(
        "invertrelief",
        QT_TRANSLATE_NOOP("StepRow", "The inversion with that damping"),
        QT_TRANSLATE_NOOP(
            "StepRow",
            "Inverts the training stations with the damping found, and compares the relief with the true one: "
            "they differ by 3.79 m (RMS).",
        ),
        ("syntheticmodel", "dampingcrossvalidation"),
    ),
)
