"""The tutorial as data: which algorithm, why, and with what, from what the steps before it gave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable

from qgis.PyQt.QtCore import QT_TRANSLATE_NOOP

Results = dict  # outputs by the algorithm's id, then by the output's name

EXTENT = "0,40000,0,30000 [EPSG:3031]"
SPACING = 1000
CONTRAST = 2669


@dataclass(frozen=True)
class Step:
    """One algorithm of the tutorial."""

    algorithm: str
    title: str
    text: str
    needs: tuple[str, ...]  # the algorithms whose results it takes
    parameters: Callable[[Results], dict[str, Any]]


def _model(results: Results) -> dict[str, Any]:
    return {
        "EXTENT": EXTENT,
        "SPACING": SPACING,
        "CRS": "EPSG:3031",
        "DENSITY_CONTRAST": CONTRAST,
        "STATION_HEIGHT": 1000,
        "NOISE": 0.2,
        "SEED": 0,
        "HOLDOUT": True,
    }


def _data(results: Results) -> dict[str, Any]:
    model = results["syntheticmodel"]
    return {
        "GRAVITY": model["STATIONS"],
        "GRAVITY_FIELD": "gravity",
        "HEIGHT_FIELD": "height",
        "EXTENT": EXTENT,
        "SPACING": SPACING,
        "REFERENCE_LEVEL": model["REFERENCE_LEVEL_USED"],
        "DENSITY_CONTRAST": CONTRAST,
    }


def _settings(results: Results) -> dict[str, Any]:
    """The published tutorial's own: step damping, the annulus, its stopping rules."""
    return {
        **_data(results),
        "PENALTY": 0,
        "DERIVATIVE": 1,
        "STOPPING": 1,
        "MAX_ITERATIONS": 200,
        "L2_TOLERANCE": 0.04,
        "DELTA_L2_TOLERANCE": 1.01,
        "INCREASE_LIMIT": 0.2,
        "TRUE_RELIEF": results["syntheticmodel"]["RELIEF"],
    }


def _misfit(results: Results) -> dict[str, Any]:
    return {**_data(results), "REGIONAL": 0}


def _validation(results: Results) -> dict[str, Any]:
    return {
        **_settings(results),
        "DAMPING_MIN": 0.001,
        "DAMPING_MAX": 1,
        "TRIALS": 8,
        "SEARCH": 0,
        "SPLIT": 0,
        "TEST_FIELD": "test",
        "REFIT": 0,
    }


def _inversion(results: Results) -> dict[str, Any]:
    return {
        **_settings(results),
        "TEST_FIELD": "test",
        "DAMPING": results["dampingcrossvalidation"]["BEST_DAMPING"],
    }


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
        _model,
    ),
    Step(
        "gravitymisfit",
        QT_TRANSLATE_NOOP("StepRow", "What a flat relief leaves unexplained"),
        QT_TRANSLATE_NOOP(
            "StepRow",
            "Observed gravity less that of a flat relief at the mean. The inversion has to explain it.",
        ),
        ("syntheticmodel",),
        _misfit,
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
        _validation,
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
        _inversion,
    ),
)
