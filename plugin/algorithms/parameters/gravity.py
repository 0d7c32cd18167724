"""What was measured: gravity, heights and errors of the stations."""

from __future__ import annotations

from ..asks import Count, Field, Number
from ..layers import PointsOrRaster, Raster, Selection

GRAVITY = PointsOrRaster(
    "GRAVITY",
    "Gravity (points or raster, mGal)",
    "Observed gravity, downward component, in mGal: a point layer with a field that holds it, or a raster "
    "whose cell centres are the stations. Correct it first for everything but the relief: a gravity "
    "disturbance or a Bouguer anomaly without the effect of the body sought.",
    band="GRAVITY_BAND",
    selected="SELECTED_ONLY",
)
GRAVITY_FIELD = Field(
    "GRAVITY_FIELD",
    "Gravity field (mGal)",
    "The numeric field of the point layer that holds gravity in mGal. Needed for points, empty for a raster.",
    parent="GRAVITY",
)
GRAVITY_BAND = Count(
    "GRAVITY_BAND",
    "Gravity band (rasters only)",
    "The band of the gravity raster that holds gravity in mGal; without meaning for points.",
    default=1,
    advanced=True,
    least=1,
)
SELECTED_ONLY = Selection(
    "SELECTED_ONLY",
    "Use selected stations only",
    "Only the stations selected in the gravity layer are used; without meaning for a raster.",
    advanced=True,
)
HEIGHT_FIELD = Field(
    "HEIGHT_FIELD",
    "Height field (m)",
    "The numeric field that holds each station's height in metres, positive up, in the vertical datum of the "
    "relief. Give this, HEIGHT or HEIGHT_RASTER.",
    parent="GRAVITY",
)
HEIGHT = Number(
    "HEIGHT",
    "Height of all stations (m)",
    "One height for every station, in metres, positive up, in the vertical datum of the relief: for gravity "
    "measured or continued to a level.",
    optional=True,
)
HEIGHT_RASTER = Raster(
    "HEIGHT_RASTER",
    "Height raster (m)",
    "A raster that holds the stations' heights in metres, positive up, in the vertical datum of the relief: "
    "a terrain model, or the heights of a flight.",
    optional=True,
    advanced=True,
)
ERROR_FIELD = Field(
    "ERROR_FIELD",
    "Error field (mGal)",
    "The numeric field that holds the standard error of each station in mGal. Stations weigh by its inverse. "
    "Where neither this nor ERROR is given, all weigh the same and count as 1 mGal.",
    advanced=True,
    parent="GRAVITY",
)
ERROR = Number(
    "ERROR",
    "Error of all stations (mGal)",
    "One standard error for every station in mGal. With it the inversion stops when the misfit has come "
    "down to the error, and the damping is measured against it.",
    optional=True,
    advanced=True,
    above=0.0,
)
REGIONAL_FIELD = Field(
    "REGIONAL_FIELD",
    "Field of a known regional (mGal)",
    "The numeric field that holds the regional gravity at each station in mGal, what the relief is not to "
    "explain: the field 'regional' of the stations that 'Gravity misfit and regional field' gives. Empty: "
    "zero.",
    parent="GRAVITY",
)

REPEAT_TOLERANCE = Number(
    "REPEAT_TOLERANCE",
    "Tolerance of repeated stations (mGal)",
    "Stations at one place and height count once, as the mean of their gravity weighted by 1/error². Where it differs by more "
    "than this, the run ends and names them. Empty: six standard errors of a difference, by ERROR or ERROR_FIELD, else by how "
    "the data scatter about their neighbours; but at least 1 mGal, or a tenth of the range of gravity where that is less.",
    optional=True,
    advanced=True,
    least=0.0,
)

GRAVITY_DATA = (
    GRAVITY,
    GRAVITY_FIELD,
    GRAVITY_BAND,
    SELECTED_ONLY,
    HEIGHT_FIELD,
    HEIGHT,
    HEIGHT_RASTER,
    ERROR_FIELD,
    ERROR,
    REGIONAL_FIELD,
    REPEAT_TOLERANCE,
)
TEST_FIELD = Field(
    "TEST_FIELD",
    "Test field (1 = withheld)",
    "The numeric field that tells stations to learn from (0) from stations to predict (not 0).",
    parent="GRAVITY",
)
