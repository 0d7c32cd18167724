"""The damping that predicts withheld stations best, and the inversion with it."""

from __future__ import annotations

from dataclasses import replace

from . import checks
from .asks import Choice, Count, Number, Switch
from .enginejob import EngineAlgorithm
from .gives import VERDICT, Figure, FileResult, PointResult
from .parameters import blocks, gravity, inversion, known, model, regional, results


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
        *gravity.GRAVITY_DATA,
        *model.RELIEF_MODEL,
        *inversion.FREEDOM,
        *known.KNOWN,
        regional.REGIONAL,
        *regional.SETTINGS,
        regional.REGIONAL_SPACING,
        regional.REGIONAL_DAMPING_MIN,
        regional.REGIONAL_DAMPING_MAX,
        regional.REGIONAL_TRIALS,
        *inversion.FIT,
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
            most=10000,
        ),
        Choice(
            "SEARCH",
            "Search",
            "Grid: dampings evenly spread in the logarithm. Sampler: each trial is placed where those "
            "before promise most (Optuna's TPE).",
            advanced=True,
            options=("Grid", "Sampler"),
        ),
        Count(
            "REFINE",
            "Refinements of the grid",
            "After a grid its step is so often halved about the best trial, whose neighbours are tried too. Empty: never, "
            "with a joint regional twice.",
            optional=True,
            advanced=True,
            least=0,
            most=12,
        ),
        Choice(
            "SPLIT",
            "Split into training and test by",
            "A field: TEST_FIELD says which stations are predicted. Alternate nodes: of gravity on a grid "
            "every second node is fitted, the others are predicted. Spatial blocks: squares of BLOCK_SIZE are withheld in "
            "turns, FOLDS in number, so that every station is predicted once by others that are not its neighbours. "
            "Random: single stations are withheld in turns, for errors that neighbours do not share.",
            options=("A field", "Alternate nodes of a grid", "Spatial blocks", "Random stations"),
        ),
        gravity.TEST_FIELD,
        *blocks.BLOCKS,
        Count(
            "REPEATS",
            "How often the stations are dealt out anew",
            "Spatial blocks and random stations are drawn at random: so often they are drawn anew, so that the best damping "
            "depends less on one draw. The time grows with it. Empty: once, with a joint regional 24 times, or twice where "
            "each turn has to be inverted.",
            optional=True,
            advanced=True,
            least=1,
            most=1000,
        ),
        Switch(
            "WITHHOLD_RELIEF",
            "Withhold known relief as well",
            "Where FREE_CELLS fixes some cells or KNOWN_POINTS are given, blocks of that relief are withheld in turns as "
            "well, and the best damping has the least product of both scores. Without known relief it changes nothing.",
            default=True,
            advanced=True,
        ),
        Choice(
            "REFIT",
            "Final inversion with",
            "Training stations alone: the best trial as it was, for a split by a field or alternate nodes. All stations: "
            "fitted once more to training and test, with the damping adapted to their number (DAMPING_ALL).",
            default=1,
            advanced=True,
            options=("The training stations alone", "All stations"),
        ),
        *model.COMPUTATION,
        PointResult(
            "SCORES",
            "Scores of the dampings (mGal)",
            "A table with one row for each trial: damping, score (mGal), iterations, RMS misfit (mGal); the damping of a "
            "joint regional, the score at withheld relief (m) and the RMS difference from the true relief (m) where there "
            "are such.",
            optional=True,
            geometry=False,
        ),
        replace(results.INVERTED_RELIEF, optional=True),
        *results.INVERTED[1:],
        FileResult(
            "STUDY",
            "Study file",
            "A file that keeps the trials. One that exists is taken up again where it ended, not overwritten.",
            optional=True,
            advanced=True,
            made=False,
            filter="Study files (*.log)",
        ),
    )
    FIGURES = (
        VERDICT,
        Figure("BEST_DAMPING", "The damping with the best score"),
        Figure("DAMPING_ALL", "The damping to use with all stations"),
        Figure("BEST_SCORE", "The best score (mGal)"),
        Figure("BEST_REGIONAL_DAMPING", "The damping of the joint regional with the best score, where there is one"),
        Figure(
            "REGIONAL_DAMPING_ALL", "The damping of the joint regional to use with all stations, where there is one"
        ),
        Figure("BEST_RELIEF_SCORE", "Its RMS error at withheld relief (m), where there is any"),
        Figure("RMS_MISFIT", "RMS of the residual at the fitted stations (mGal)"),
        Figure("ITERATIONS", "Number of iterations of the final inversion"),
        Figure("RELIEF_RMSE", "RMS difference from the true relief (m), where it is given"),
        *results.SHARES,
    )
    CHECKS = (
        *checks.OBSERVATIONS,
        *checks.INVERSION,
        checks.damping_range,
        checks.regional_damping_range,
        checks.split_is_possible,
        checks.final_fit_is_possible,
    )
