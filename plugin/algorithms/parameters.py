"""The parameters that several algorithms share, each with its label and help in one place."""

from __future__ import annotations

from .asks import Choice, Count, Crs, Extent, Field, Number, Switch
from .gives import FileResult, PointResult, RasterResult
from .layers import Points, PointsOrRaster, Raster, Selection

GRAVITY = PointsOrRaster(
    "GRAVITY",
    "Gravity (points or raster, mGal)",
    "Observed gravity, downward component, in mGal: a point layer with a field that holds it, or a raster "
    "whose cell centres are the stations. Correct it first for everything but the relief: a gravity "
    "disturbance or a Bouguer anomaly without the effect of the body sought.",
    band="GRAVITY_BAND",
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
    "Regional field (mGal)",
    "The numeric field that holds the regional gravity at each station in mGal, what the relief is not to "
    "explain: the field 'regional' of the stations that 'Gravity misfit and regional field' gives. Empty: "
    "zero.",
    parent="GRAVITY",
)
STARTING_RELIEF = Raster(
    "STARTING_RELIEF",
    "Starting relief (m)",
    "The relief to start from, in metres, positive up, in a projected CRS; the result has its grid. It must "
    "have no empty cells. Left out: flat at the reference level, on a grid of EXTENT and SPACING.",
    optional=True,
)
EXTENT = Extent(
    "EXTENT",
    "Extent of the grid (outermost cell centres, m)",
    "West, east, south and north of the outermost cell centres; the raster reaches half a cell further. Used "
    "with SPACING where no starting relief is given.",
    optional=True,
)
SPACING = Number(
    "SPACING",
    "Spacing of the grid (m)",
    "The distance of neighbouring cell centres in metres. Used with EXTENT where no starting relief is given.",
    optional=True,
    above=0.0,
)
CRS = Crs(
    "CRS",
    "CRS of the grid",
    "The projected CRS of the grid of EXTENT and SPACING, in metres; stations in another CRS are brought "
    "into it. Empty: that of the gravity layer.",
    optional=True,
)
REFERENCE_LEVEL = Number(
    "REFERENCE_LEVEL",
    "Reference level (m)",
    "The height from which the relief's gravity is counted, in metres, positive up: the mass between it and "
    "the relief is what attracts. The sea level for a bathymetry, a normal depth for the Moho.",
    default=0.0,
)
DENSITY_CONTRAST = Number(
    "DENSITY_CONTRAST",
    "Density contrast, below minus above the relief (kg/m3)",
    "The density of the material below the relief minus that of the material above it, in kg/m3: positive "
    "where the denser lies below. Rock under air 2670, rock under sea water 1643, basement under a fill "
    "that is 500 lighter +500 (laws published for the fill often write -500).",
    default=2669.0,
    nonzero=True,
)
DENSITY_GRID = Raster(
    "DENSITY_GRID",
    "Density contrast raster, below minus above (kg/m3)",
    "A density contrast that varies from place to place, in kg/m3, below minus above the relief; it takes "
    "the place of DENSITY_CONTRAST and must cover the relief.",
    optional=True,
    advanced=True,
)
TOLERANCE = Number(
    "TOLERANCE",
    "Accuracy of the forward model (mGal)",
    "How far the computed gravity may be from the exact sum over prisms, in mGal; it should be far below the "
    "noise. Empty: 1e-4 of the range of the data.",
    optional=True,
    advanced=True,
    above=0.0,
    decimals=9,
)
STRICT = Switch(
    "STRICT",
    "Treat warnings as errors",
    "A run that would go on with a warning (stations left out, doubled or suspicious) ends instead.",
    advanced=True,
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
)
RELIEF_MODEL = (
    STARTING_RELIEF,
    EXTENT,
    SPACING,
    CRS,
    REFERENCE_LEVEL,
    DENSITY_CONTRAST,
    DENSITY_GRID,
)
COMPUTATION = (TOLERANCE, STRICT)

PENALTY = Choice(
    "PENALTY",
    "Penalty",
    "What the damping holds down. Step damping: the size of each step, as in the reference package's "
    "tutorial. Curvature (default): the roughness of the relief itself. Curvature of the change: the "
    "roughness of the difference from the starting relief.",
    default=1,
    options=("Step damping", "Curvature of the relief", "Curvature of the change"),
)
DERIVATIVE = Choice(
    "DERIVATIVE",
    "Derivative",
    "How the gravity's change with the relief is computed. Exact: the solid angle of each cell, right for "
    "any relief. Annulus: the approximation of the reference package, to reproduce published runs.",
    advanced=True,
    options=("Exact (solid angle)", "Annulus (as the reference package)"),
)
STOPPING = Choice(
    "STOPPING",
    "Stopping rule",
    "Objective: halve a step that makes things worse, stop when the objective hardly falls or the misfit "
    "has come down to the error, and return the best relief. As the reference package: its rules on the L2 "
    "norm, the square root of the RMS misfit, and its last relief.",
    advanced=True,
    options=("Objective", "As the reference package"),
)
MAX_ITERATIONS = Count(
    "MAX_ITERATIONS",
    "Most iterations",
    "The inversion ends after so many steps at the latest.",
    default=200,
    advanced=True,
    least=1,
)
L2_TOLERANCE = Number(
    "L2_TOLERANCE",
    "L2 norm tolerance (square root of mGal)",
    "With the reference package's stopping rule: end when the square root of the RMS misfit is below this.",
    default=0.2,
    advanced=True,
    least=0.0,
)
DELTA_L2_TOLERANCE = Number(
    "DELTA_L2_TOLERANCE",
    "L2 norm ratio tolerance",
    "With the reference package's stopping rule: end when the L2 norm of the last iteration over that of "
    "this one is at most this, twice running.",
    default=1.01,
    advanced=True,
    above=0.0,
)
INCREASE_LIMIT = Number(
    "INCREASE_LIMIT",
    "Allowed increase of the L2 norm (fraction)",
    "With the reference package's stopping rule: end when the L2 norm is above its smallest by more than "
    "this fraction; 0.2 is 20 percent.",
    default=0.2,
    advanced=True,
    least=0.0,
)
OBJECTIVE_TOLERANCE = Number(
    "OBJECTIVE_TOLERANCE",
    "Least fall of the objective (fraction)",
    "With the stopping rule on the objective: end when an iteration lowers it by less than this fraction.",
    default=0.001,
    advanced=True,
    above=0.0,
    most=1.0,
    decimals=9,
)
FREE_CELLS = Raster(
    "FREE_CELLS",
    "Free cells (raster, not zero = free)",
    "A raster on the relief's grid: cells that are not zero may move, cells that are zero or empty keep the "
    "starting relief. Empty: all may move.",
    optional=True,
)
TRUE_RELIEF = Raster(
    "TRUE_RELIEF",
    "True relief, to compare with (m)",
    "A relief that is known, in metres, on the relief's grid: the result is compared with it where both have "
    "values. It has no influence on the inversion.",
    optional=True,
    advanced=True,
)
INVERSION = (
    PENALTY,
    DERIVATIVE,
    STOPPING,
    MAX_ITERATIONS,
    L2_TOLERANCE,
    DELTA_L2_TOLERANCE,
    INCREASE_LIMIT,
    OBJECTIVE_TOLERANCE,
    FREE_CELLS,
    TRUE_RELIEF,
)
TEST_FIELD = Field(
    "TEST_FIELD",
    "Test field (1 = withheld)",
    "The numeric field that tells stations to learn from (0) from stations to predict (not 0).",
    parent="GRAVITY",
)
SEED = Count(
    "SEED",
    "Seed of the random numbers",
    "The same seed gives the same result.",
    default=0,
    advanced=True,
    least=0,
)

KNOWN_POINTS = Points(
    "KNOWN_POINTS",
    "Points of known relief",
    "A point layer of places where the relief is known: soundings, wells, picks of a seismic section. Points at one "
    "place are averaged.",
    optional=True,
)
KNOWN_FIELD = Field(
    "KNOWN_FIELD",
    "Field of the known relief (m)",
    "The numeric field that holds the known relief in metres, positive up (a depth is to be made negative first), in "
    "the vertical datum of the relief.",
    parent="KNOWN_POINTS",
)
KNOWN_ERROR = Number(
    "KNOWN_ERROR",
    "Error of all known points (m)",
    "One standard error for every known height, in metres. Empty: they count as exact.",
    optional=True,
    advanced=True,
    least=0.0,
)
KNOWN_ERROR_FIELD = Field(
    "KNOWN_ERROR_FIELD",
    "Error field of the known points (m)",
    "The numeric field that holds the standard error of each known height, in metres.",
    advanced=True,
    parent="KNOWN_POINTS",
)
KNOWN = (KNOWN_POINTS, KNOWN_FIELD, KNOWN_ERROR, KNOWN_ERROR_FIELD)
SPLINE_DAMPING = Number(
    "SPLINE_DAMPING",
    "Damping of the spline",
    "How far the spline may pass from the points to stay smooth: 0 passes through each of them, 100 leaves hardly more "
    "than a plane. Empty: chosen by cross validation.",
    optional=True,
    advanced=True,
    least=0.0,
    decimals=9,
)
BLOCK_SIZE = Number(
    "BLOCK_SIZE",
    "Size of the withheld blocks (m)",
    "For the cross validation: the side of the square blocks of points that are withheld together, in metres. Empty: "
    "a 36th part of the area.",
    optional=True,
    advanced=True,
    above=0.0,
)
FOLDS = Count(
    "FOLDS",
    "Number of folds",
    "For the cross validation: in how many turns the blocks are withheld.",
    default=5,
    advanced=True,
    least=2,
)
BLOCKS = (BLOCK_SIZE, FOLDS, SEED)

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
