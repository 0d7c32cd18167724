"""What keeps the inverted relief reasonable, and when the inversion ends."""

from __future__ import annotations

from ..asks import Choice, Count, Number, Switch
from ..layers import PolygonsOrRaster, Raster, Selection

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
    most=10000,
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
FREE_CELLS = PolygonsOrRaster(
    "FREE_CELLS",
    "Free cells (raster, not zero = free; or polygons)",
    "Which cells may move: a raster on the relief's grid that is not zero there, or polygons around their centres. The "
    "others keep the starting relief, which counts as known. Empty: all may move.",
    optional=True,
    selected="FREE_SELECTED_ONLY",
)
FREE_SELECTED_ONLY = Selection(
    "FREE_SELECTED_ONLY",
    "Use selected polygons of the free cells only",
    "Only the polygons selected in the layer of FREE_CELLS are used; without meaning for a raster.",
    advanced=True,
)
LOWER_LIMIT = Raster(
    "LOWER_LIMIT",
    "Lower limit of the relief (raster, m)",
    "The inverted relief lies nowhere below it: heights in metres, positive up; empty cells are without limit. The "
    "starting relief must keep it. Left out: no limit.",
    optional=True,
    advanced=True,
)
UPPER_LIMIT = Raster(
    "UPPER_LIMIT",
    "Upper limit of the relief (raster, m)",
    "The inverted relief lies nowhere above it: heights in metres, positive up; empty cells are without limit. The "
    "starting relief must keep it. Left out: no limit.",
    optional=True,
    advanced=True,
)
LOWER_LEVEL = Number(
    "LOWER_LEVEL",
    "Lowest level of the relief (m)",
    "The inverted relief lies nowhere below this one level, in metres, positive up. Beside LOWER_LIMIT the higher of the two "
    "holds. The starting relief must keep it. Empty: none.",
    optional=True,
    advanced=True,
)
UPPER_LEVEL = Number(
    "UPPER_LEVEL",
    "Highest level of the relief (m)",
    "The inverted relief lies nowhere above this one level, in metres, positive up. Beside UPPER_LIMIT the lower of the two "
    "holds. The starting relief must keep it. Empty: none.",
    optional=True,
    advanced=True,
)
BELOW_STATIONS = Switch(
    "BELOW_STATIONS",
    "Keep the relief below the stations",
    "Each cell stays a little (a thousandth of its size) below the lowest station in it, or where it holds none, below the "
    "nearest one within a cell or a station spacing. A start that lies at the stations' level, as for a basin surveyed on the "
    "ground, is kept below the stations in each cell anyway.",
    advanced=True,
)
PADDING = Number(
    "PADDING",
    "Margin around the relief (km; -1 as wide as the data ask for)",
    "So many kilometres of cells are added on every side of the starting relief, which continue its border: they take "
    "up what lies beyond the stations, and the result is larger by them. -1 takes three mean depths of the relief "
    "below the stations. 0 adds nothing.",
    default=0.0,
    advanced=True,
    least=-1.0,
)
ROBUST = Number(
    "ROBUST",
    "Robust misfit: residuals count less beyond (standard errors)",
    "Stations whose residual is greater than so many of their standard errors count less (Huber's misfit; 1.345 is "
    "usual), so that a few wild values do little harm. In mGal where no errors are given. Empty: all count fully.",
    optional=True,
    advanced=True,
    above=0.0,
)
TRUE_RELIEF = Raster(
    "TRUE_RELIEF",
    "True relief, to compare with (m)",
    "A relief that is known, in metres, on the relief's grid: the result is compared with it where both have "
    "values. It has no influence on the inversion.",
    optional=True,
    advanced=True,
)
FREEDOM = (
    FREE_CELLS,
    FREE_SELECTED_ONLY,
    LOWER_LIMIT,
    UPPER_LIMIT,
    LOWER_LEVEL,
    UPPER_LEVEL,
    BELOW_STATIONS,
    PADDING,
)
FIT = (
    PENALTY,
    DERIVATIVE,
    ROBUST,
    STOPPING,
    MAX_ITERATIONS,
    OBJECTIVE_TOLERANCE,
    L2_TOLERANCE,
    DELTA_L2_TOLERANCE,
    INCREASE_LIMIT,
    TRUE_RELIEF,
)
