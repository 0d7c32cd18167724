"""The inversion of gravity for a relief."""

from __future__ import annotations

from dataclasses import replace

from . import checks
from . import parameters as common
from .asks import Number
from .enginejob import EngineAlgorithm
from .gives import Figure


class InvertRelief(EngineAlgorithm):
    NAME = "invertrelief"
    TITLE = "Invert relief"
    GROUP = "Inversion"
    ABOUT = (
        "Finds the relief whose gravity fits the observed one. From the starting relief it goes by "
        "Gauss-Newton steps, held down by a damping: find a good one with 'Damping by cross validation'."
    )
    ASKS = (
        *common.GRAVITY_DATA,
        *common.RELIEF_MODEL,
        Number(
            "DAMPING",
            "Damping",
            "How strongly the penalty holds the relief down: small follows the data and their noise, large "
            "stays smooth. For the curvature penalties in mGal per metre where the error is 1 mGal.",
            default=0.1,
            above=0.0,
            decimals=9,
        ),
        *common.INVERSION,
        replace(
            common.TEST_FIELD,
            help=common.TEST_FIELD.help + " The latter are predicted and scored, not fitted. Empty: all are fitted.",
            advanced=True,
        ),
        *common.COMPUTATION,
        common.INVERTED_RELIEF,
        common.RELIEF_CHANGE,
        common.RESIDUAL,
        common.STATIONS,
        common.REPORT,
    )
    FIGURES = (
        Figure("RMS_MISFIT", "RMS of the residual at the fitted stations (mGal)"),
        Figure("ITERATIONS", "Number of iterations"),
        Figure("STOP_REASON", "Why the inversion stopped", text=True),
        Figure("RELIEF_RMSE", "RMS difference from the true relief (m), where it is given"),
        Figure("SCORE", "RMS of the residual at the test stations (mGal), where there are any"),
    )
    CHECKS = checks.OBSERVATIONS
