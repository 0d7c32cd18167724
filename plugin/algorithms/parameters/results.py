"""Results that several algorithms give."""

from __future__ import annotations

from ..gives import Figure, FileResult, PointResult, RasterResult

INVERTED_RELIEF = RasterResult(
    "INVERTED_RELIEF",
    "Inverted relief (m)",
    "The relief that explains the gravity, in metres, positive up.",
    style="relief",
)
RELIEF_CHANGE = RasterResult(
    "RELIEF_CHANGE",
    "Change of the relief (m)",
    "The inverted relief minus the starting relief, in metres.",
    optional=True,
    made=False,
    style="difference",
)
RESIDUAL = RasterResult(
    "RESIDUAL",
    "Residual gravity (mGal)",
    "Observed minus predicted minus regional gravity, in mGal, as a raster: for points on the relief's "
    "grid, for a gravity raster on its grid.",
    optional=True,
    style="difference",
)
REGIONAL_RASTER = RasterResult(
    "REGIONAL_RASTER",
    "Regional gravity (mGal)",
    "The regional field, in mGal: of REGIONAL_FIELD and what REGIONAL found.",
    optional=True,
    made=False,
    style="gravity",
)
DATA_SUPPORT = RasterResult(
    "DATA_SUPPORT",
    "Where the relief rests on data (1, else 0)",
    "1 at free cells with stations near by, 0 at those that follow from the penalty alone, empty at fixed ones.",
    optional=True,
    made=False,
    style="support",
)
STATIONS = PointResult(
    "STATIONS",
    "Stations with residuals (mGal)",
    "Every station with its gravity, height, predicted gravity, misfit, regional and residual, and whether "
    "it was a test station and was used (0 or 1); empty where not computed.",
    optional=True,
    style="residual",
)
REPORT = FileResult(
    "REPORT",
    "Report",
    "Figures and settings of the run on one HTML page that opens offline.",
    optional=True,
)

INVERTED = (INVERTED_RELIEF, RELIEF_CHANGE, RESIDUAL, REGIONAL_RASTER, DATA_SUPPORT, STATIONS, REPORT)
SHARES = (
    Figure("RMS_START", "Joint regional: RMS of the misfit of the starting relief (mGal)"),
    Figure("RMS_RELIEF_PART", "Joint regional: RMS of what the change of the relief explains of it (mGal)"),
    Figure("RMS_REGIONAL_PART", "Joint regional: RMS of what the regional explains of it (mGal)"),
)
