"""The tutorial's synthetic model: a relief and its gravity, to try everything with."""

from __future__ import annotations

from dataclasses import replace

from ..tutorial import MODEL
from .asks import Number, Switch
from .enginejob import EngineAlgorithm
from .gives import Figure, PointResult, RasterResult
from .parameters import blocks, model


class SyntheticModel(EngineAlgorithm):
    NAME = "syntheticmodel"
    TITLE = "Synthetic model"
    GROUP = "Examples"
    ABOUT = (
        "Makes a relief of hills and hollows and the gravity that stations above it would measure, noise "
        "included. It is the model of a published tutorial, so the settings, the scores and the relief that "
        "come out of the other algorithms can be compared with known ones."
    )
    ASKS = (
        replace(model.EXTENT, default=MODEL["EXTENT"], optional=False),
        replace(model.SPACING, default=MODEL["SPACING"], optional=False),
        replace(model.CRS, default=MODEL["CRS"], optional=False),
        model.DENSITY_CONTRAST,
        replace(
            model.REFERENCE_LEVEL,
            help=model.REFERENCE_LEVEL.help + " Empty: the mean of the relief.",
            default=None,
            optional=True,
        ),
        Number(
            "STATION_HEIGHT",
            "Height of the stations (m)",
            "All stations are at this height, in metres, positive up.",
            default=MODEL["STATION_HEIGHT"],
        ),
        Number(
            "NOISE",
            "Noise (mGal)",
            "Standard deviation of the random error added to gravity, in mGal; its mean is zero.",
            default=MODEL["NOISE"],
            least=0.0,
        ),
        blocks.SEED,
        Switch(
            "HOLDOUT",
            "Add test stations at half the spacing",
            "Stations between the nodes as well, marked 1 in the field 'test', those on the nodes 0: for "
            "the cross validation of the damping.",
            default=MODEL["HOLDOUT"],
        ),
        RasterResult("RELIEF", "True relief (m)", "The relief, in metres, positive up.", style="relief"),
        PointResult(
            "STATIONS",
            "Synthetic stations (mGal)",
            "Points with the fields gravity (mGal), height (m) and test (0 or 1).",
            style="gravity",
        ),
    )
    FIGURES = (Figure("REFERENCE_LEVEL_USED", "The reference level that was used (m)"),)
