"""Observed less predicted gravity, and its regional part."""

from __future__ import annotations

from . import checks
from .enginejob import EngineAlgorithm
from .gives import VERDICT, Figure, RasterResult
from .parameters import blocks, gravity, known, model, regional, results


class GravityMisfit(EngineAlgorithm):
    NAME = "gravitymisfit"
    TITLE = "Gravity misfit and regional field"
    GROUP = "Gravity"
    ABOUT = (
        "Compares observed gravity with that of a starting relief, and separates a regional field from the "
        "difference. The field 'regional' of its stations is what the inversion takes as REGIONAL_FIELD."
    )
    ASKS = (
        *gravity.GRAVITY_DATA,
        *model.RELIEF_MODEL,
        regional.SEPARATION,
        *known.KNOWN,
        *regional.SETTINGS,
        *blocks.BLOCKS,
        *model.COMPUTATION,
        RasterResult(
            "MISFIT",
            "Gravity misfit (mGal)",
            "Observed minus predicted gravity, in mGal.",
            optional=True,
            style="difference",
        ),
        results.REGIONAL_RASTER,
        results.RESIDUAL,
        results.STATIONS,
        results.REPORT,
    )
    FIGURES = (
        VERDICT,
        Figure("RMS_MISFIT", "RMS of the misfit (mGal)"),
        Figure("RMS_RESIDUAL", "RMS of the residual (mGal)"),
        Figure(
            "REGIONAL_SCORE",
            "Share of withheld misfit that the regional predicts: 1 all, below 0 worse than a constant",
        ),
    )
    CHECKS = (*checks.OBSERVATIONS, checks.known_points_have_values, checks.regional_has_known_points)
