"""Observed less predicted gravity, and its regional part."""

from __future__ import annotations

from . import checks
from . import parameters as common
from .asks import Choice, Number
from .enginejob import EngineAlgorithm
from .gives import Figure, RasterResult


class GravityMisfit(EngineAlgorithm):
    NAME = "gravitymisfit"
    TITLE = "Gravity misfit and regional field"
    GROUP = "Gravity"
    ABOUT = (
        "Compares observed gravity with that of a starting relief, and separates a regional field from the "
        "difference. The field 'regional' of its stations is what the inversion takes as REGIONAL_FIELD."
    )
    ASKS = (
        *common.GRAVITY_DATA,
        *common.RELIEF_MODEL,
        Choice(
            "REGIONAL",
            "Regional field by",
            "How the smooth part of the misfit, which other masses cause, is found. None: the misfit is all "
            "residual. Constant: one number.",
            default=1,
            options=("None", "Constant"),
        ),
        Number(
            "REGIONAL_VALUE",
            "Constant regional (mGal)",
            "The constant in mGal. Empty: the median of the misfit.",
            optional=True,
        ),
        *common.COMPUTATION,
        RasterResult(
            "MISFIT",
            "Gravity misfit (mGal)",
            "Observed minus predicted gravity, in mGal.",
            optional=True,
            style="difference",
        ),
        RasterResult(
            "REGIONAL_RASTER",
            "Regional gravity (mGal)",
            "The regional field, in mGal.",
            optional=True,
            made=False,
            style="gravity",
        ),
        common.RESIDUAL,
        common.STATIONS,
        common.REPORT,
    )
    FIGURES = (
        Figure("RMS_MISFIT", "RMS of the misfit (mGal)"),
        Figure("RMS_RESIDUAL", "RMS of the residual (mGal)"),
    )
    CHECKS = checks.OBSERVATIONS
