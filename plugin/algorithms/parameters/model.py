"""The relief before the run, the densities, and how exactly its gravity is computed."""

from __future__ import annotations

from ..asks import Crs, Extent, Number, Switch
from ..density_law import DensityLaw
from ..layers import Raster

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
    "West, east, south and north of the outermost cell centres; the raster reaches half a cell further. Of a layer or file, and of "
    "numbers that are the edges of a raster among the inputs, the edges are the grid's, and its outermost centres lie half a "
    "cell inside. Used with SPACING where no starting relief is given.",
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
DENSITY_LAW = DensityLaw(
    "DENSITY_LAW",
    "Density law, below minus above (contrast in kg/m3, depth in m)",
    "A density contrast that changes with depth, below minus above the relief; it takes the place of DENSITY_CONTRAST. "
    "exponential:500,2000 is 500 kg/m3 times exp(-depth/2000 m). hyperbolic:500,3000 is 500 kg/m3 times (3000 m / "
    "(3000 m + depth)) squared. table:file.csv has the columns depth (m, from 0 on) and contrast (kg/m3). With "
    "DENSITY_GRID the law is scaled so that at depth 0 it has the raster's value. Empty: none.",
    optional=True,
    advanced=True,
)
DENSITY_DATUM = Number(
    "DENSITY_DATUM",
    "Density law: level from which depth counts (m)",
    "In metres, positive up; above it the contrast is that of depth 0. Empty: the reference level.",
    optional=True,
    advanced=True,
)
DENSITY = (REFERENCE_LEVEL, DENSITY_CONTRAST, DENSITY_GRID, DENSITY_LAW, DENSITY_DATUM)
RELIEF_MODEL = (
    STARTING_RELIEF,
    EXTENT,
    SPACING,
    CRS,
    *DENSITY,
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
LOCAL_GRID = Switch(
    "LOCAL_GRID",
    "Local grid in metres",
    "The coordinates are metres on a local grid, a mine's or a city's: layers without a CRS are taken as they are, and no "
    "projection is judged. The results carry that grid.",
    advanced=True,
)
COMPUTATION = (TOLERANCE, STRICT, LOCAL_GRID)
