"""The inversion of gravity for a relief."""

from __future__ import annotations

from dataclasses import replace

from . import checks
from .asks import Number
from .enginejob import EngineAlgorithm
from .gives import VERDICT, Figure
from .parameters import blocks, gravity, inversion, known, model, regional, results


class InvertRelief(EngineAlgorithm):
    NAME = "invertrelief"
    TITLE = "Invert relief"
    GROUP = "Inversion"
    ABOUT = (
        "Finds the relief whose gravity fits the observed one. From the starting relief it goes by "
        "Gauss-Newton steps, held down by a damping: find a good one with 'Damping by cross validation'. Limits, cells "
        "that are fixed and points of known relief are kept in the solve, and a smooth regional field can be found with it."
    )
    ASKS = (
        *gravity.GRAVITY_DATA,
        *model.RELIEF_MODEL,
        *inversion.FREEDOM,
        *known.KNOWN,
        regional.REGIONAL,
        *regional.SETTINGS,
        regional.REGIONAL_SPACING,
        regional.REGIONAL_DAMPING,
        Number(
            "DAMPING",
            "Damping",
            "How strongly the penalty holds the relief down: small follows the data and their noise, large "
            "stays smooth. For the curvature penalties in mGal per metre where the error is 1 mGal.",
            default=0.1,
            above=0.0,
            decimals=9,
        ),
        *inversion.FIT,
        replace(
            gravity.TEST_FIELD,
            help=gravity.TEST_FIELD.help + " The latter are predicted and scored, not fitted. Empty: all are fitted.",
            advanced=True,
        ),
        *blocks.BLOCKS,
        *model.COMPUTATION,
        *results.INVERTED,
    )
    FIGURES = (
        VERDICT,
        Figure("RMS_MISFIT", "RMS of the residual at the fitted stations (mGal)"),
        Figure("ITERATIONS", "Number of iterations"),
        Figure("STOP_REASON", "Why the inversion stopped", text=True),
        Figure("RELIEF_RMSE", "RMS difference from the true relief (m), where it is given"),
        Figure("SCORE", "RMS of the residual at the test stations (mGal), where there are any"),
        *results.SHARES,
    )
    CHECKS = (*checks.OBSERVATIONS, *checks.INVERSION)
