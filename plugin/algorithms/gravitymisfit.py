"""Observed less predicted gravity, and its regional part."""

from __future__ import annotations

from . import checks
from . import parameters as common
from .asks import Choice, Count, Number
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
            "residual. Constant: one number. Trend: a polynomial. Low-pass: a Gaussian filter. Equivalent sources: a "
            "layer of sources far below. Known points: where the relief is known, the misfit is the regional; between "
            "these points it is interpolated. What a method asks and is not given is chosen by cross validation.",
            default=1,
            options=("None", "Constant", "Trend", "Low-pass filter", "Equivalent sources", "Points of known relief"),
        ),
        Number(
            "REGIONAL_VALUE",
            "Constant regional (mGal)",
            "The constant in mGal. Empty: the median of the misfit, at the points of known relief where there are any.",
            optional=True,
        ),
        *common.KNOWN,
        Count(
            "TREND_DEGREE",
            "Degree of the trend",
            "0 is a constant, 1 a plane, 2 a curved surface. Empty: the one from 1 to 4 that predicts withheld misfit "
            "best.",
            optional=True,
            advanced=True,
            least=0,
        ),
        Number(
            "WAVELENGTH",
            "Cut-off wavelength of the low-pass filter (m)",
            "Longer waves are regional: 88 percent of a wave twice as long passes, 61 percent of one as long, 14 percent "
            "of one half as long. Empty: the one that predicts withheld misfit best.",
            optional=True,
            advanced=True,
            above=0.0,
        ),
        Number(
            "SOURCE_DEPTH",
            "Depth of the equivalent sources below the stations (m)",
            "The deeper, the smoother the field. Empty: the one that predicts withheld misfit best.",
            optional=True,
            advanced=True,
            above=0.0,
        ),
        Number(
            "SOURCE_DAMPING",
            "Damping of the equivalent sources",
            "Holds the sources' strengths down. Empty: the one that predicts withheld misfit best.",
            optional=True,
            advanced=True,
            above=0.0,
            decimals=9,
        ),
        Choice(
            "KNOWN_INTERPOLATION",
            "Between the known points",
            "What interpolates the misfit between points of known relief: a bi-harmonic spline, or equivalent sources.",
            advanced=True,
            options=("Bi-harmonic spline", "Equivalent sources"),
        ),
        common.SPLINE_DAMPING,
        *common.BLOCKS,
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
        Figure(
            "REGIONAL_SCORE",
            "Share of withheld misfit that the regional predicts: 1 all, below 0 worse than a constant",
        ),
    )
    CHECKS = (*checks.OBSERVATIONS, checks.known_points_have_values, checks.regional_has_known_points)
