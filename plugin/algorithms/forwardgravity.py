"""The gravity of a relief."""

from __future__ import annotations

from dataclasses import replace

from . import checks
from .enginejob import EngineAlgorithm
from .gives import PointResult, RasterResult
from .layers import Points, Raster
from .parameters import gravity, model


class ForwardGravity(EngineAlgorithm):
    NAME = "forwardgravity"
    TITLE = "Gravity of a relief"
    GROUP = "Gravity"
    ABOUT = (
        "Computes the gravity of the mass between a relief and a reference level. Each cell is an exact "
        "prism; it is computed at points, or at the nodes of a raster, each at its own height."
    )
    ASKS = (
        Raster(
            "RELIEF",
            "Relief (m)",
            "The relief in metres, positive up, in a projected CRS and without empty cells.",
        ),
        Points(
            "STATIONS",
            "Stations (points)",
            "Where gravity is computed. Empty: at the nodes of HEIGHT_RASTER, or of the relief.",
            optional=True,
        ),
        replace(gravity.HEIGHT_FIELD, parent="STATIONS"),
        gravity.HEIGHT,
        replace(gravity.HEIGHT_RASTER, advanced=False),
        *model.DENSITY,
        *model.COMPUTATION,
        PointResult(
            "PREDICTED",
            "Predicted gravity (mGal)",
            "Points with the fields height (m) and predicted (mGal).",
            optional=True,
            style="predicted",
        ),
        RasterResult(
            "PREDICTED_RASTER",
            "Predicted gravity raster (mGal)",
            "Gravity at the nodes of HEIGHT_RASTER, or of the relief, in mGal.",
            optional=True,
            made=False,
            style="gravity",
        ),
    )
    CHECKS = (checks.stations_have_heights, checks.prediction_has_places)
