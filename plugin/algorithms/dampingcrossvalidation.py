"""The damping that predicts withheld stations best, and the inversion with it."""

from __future__ import annotations

from dataclasses import replace

from . import checks
from . import parameters as common
from .asks import Choice, Count, Number
from .enginejob import EngineAlgorithm
from .gives import Figure, FileResult, PointResult


class DampingCrossValidation(EngineAlgorithm):
    NAME = "dampingcrossvalidation"
    TITLE = "Damping by cross validation"
    GROUP = "Inversion"
    ABOUT = (
        "Finds the damping whose relief predicts withheld stations best, and inverts with it. Each trial "
        "fits the training stations alone; its score is the RMS difference at the test stations, which are "
        "data, not values interpolated from the training."
    )
    ASKS = (
        *common.GRAVITY_DATA,
        *common.RELIEF_MODEL,
        *common.INVERSION,
        Number(
            "DAMPING_MIN",
            "Least damping",
            "The lower end of the dampings tried, which are spread evenly in the logarithm.",
            default=0.001,
            above=0.0,
            decimals=9,
        ),
        Number(
            "DAMPING_MAX",
            "Greatest damping",
            "The upper end of the dampings tried.",
            default=1.0,
            above=0.0,
            decimals=9,
        ),
        Count(
            "TRIALS",
            "Number of trials",
            "How many dampings are tried, both ends included; with equal ends 1 gives the score of that damping.",
            default=8,
            least=1,
        ),
        Choice(
            "SEARCH",
            "Search",
            "Grid: dampings evenly spread in the logarithm. Sampler: each trial is placed where those "
            "before promise most (Optuna's TPE).",
            advanced=True,
            options=("Grid", "Sampler"),
        ),
        Choice(
            "SPLIT",
            "Split into training and test by",
            "A field: TEST_FIELD says which stations are predicted. Alternate nodes: of gravity on a grid "
            "every second node is fitted, the others are predicted.",
            options=("A field", "Alternate nodes of a grid"),
        ),
        common.TEST_FIELD,
        common.SEED,
        Choice(
            "REFIT",
            "Final inversion with",
            "Training stations alone: the best trial as it was. All stations: fitted once more to training "
            "and test, with the damping adapted to their number (DAMPING_ALL).",
            default=1,
            advanced=True,
            options=("The training stations alone", "All stations"),
        ),
        FileResult(
            "STUDY",
            "Study file",
            "A file that keeps the trials. One that exists is taken up again where it ended, not overwritten.",
            optional=True,
            advanced=True,
            made=False,
            filter="Study files (*.log)",
        ),
        *common.COMPUTATION,
        PointResult(
            "SCORES",
            "Scores of the dampings (mGal)",
            "A table with one row for each trial: damping, score (mGal), iterations, RMS misfit (mGal), and "
            "the RMS difference from the true relief (m) where it is given.",
            optional=True,
            geometry=False,
        ),
        replace(common.INVERTED_RELIEF, optional=True),
        common.RELIEF_CHANGE,
        common.RESIDUAL,
        common.STATIONS,
        common.REPORT,
    )
    FIGURES = (
        Figure("BEST_DAMPING", "The damping with the best score"),
        Figure("DAMPING_ALL", "The damping to use with all stations"),
        Figure("BEST_SCORE", "The best score (mGal)"),
        Figure("RMS_MISFIT", "RMS of the residual at the fitted stations (mGal)"),
        Figure("ITERATIONS", "Number of iterations of the final inversion"),
        Figure("RELIEF_RMSE", "RMS difference from the true relief (m), where it is given"),
    )
    CHECKS = (*checks.OBSERVATIONS, checks.damping_range, checks.split_is_possible)
