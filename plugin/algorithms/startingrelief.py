"""A starting relief from points of known relief."""

from __future__ import annotations

from dataclasses import replace

from . import checks
from .asks import Choice, Number
from .enginejob import EngineAlgorithm
from .gives import Figure, RasterResult
from .parameters import blocks, known, model, regional


class StartingRelief(EngineAlgorithm):
    NAME = "startingrelief"
    TITLE = "Starting relief from points"
    GROUP = "Inversion"
    ABOUT = (
        "Makes the relief that an inversion starts from out of points where the relief is known. Between the points "
        "lies the surface of least curvature, as smooth as predicts withheld points best."
    )
    ASKS = (
        *known.KNOWN,
        replace(
            model.SPACING,
            help="The distance of neighbouring cell centres in metres.",
            optional=False,
        ),
        replace(
            model.EXTENT,
            help="West, east, south and north of the outermost cell centres; the raster reaches half a cell further. "
            "Of a layer or file the edges are the grid's. Empty: around the points, at whole multiples of the spacing.",
            layer="KNOWN_POINTS",
        ),
        replace(
            model.CRS,
            help="The projected CRS of the grid, in metres; points in another CRS are brought into it. Empty: that of "
            "the points.",
        ),
        Choice(
            "METHOD",
            "Between the points",
            "Bi-harmonic spline: the surface of least curvature. Nearest: the height of the nearest point. Flat: one "
            "height everywhere.",
            options=("Bi-harmonic spline", "Nearest point", "Flat"),
        ),
        Number(
            "LEVEL",
            "Level of a flat relief (m)",
            "The height of a flat relief, in metres, positive up. Empty: the mean of the points.",
            optional=True,
            advanced=True,
        ),
        regional.SPLINE_DAMPING,
        *blocks.BLOCKS,
        model.STRICT,
        model.LOCAL_GRID,
        RasterResult("STARTING_RELIEF", "Starting relief (m)", "The relief, in metres, positive up.", style="relief"),
        RasterResult(
            "DISTANCE",
            "Distance to the nearest known point (m)",
            "How far each cell is from the nearest point, in metres: where it is large, the relief is a guess.",
            optional=True,
            made=False,
            style="gravity",
        ),
    )
    FIGURES = (
        Figure("DAMPING_USED", "The damping of the spline; 0 passes through every point"),
        Figure("SCORE", "Share of withheld heights that the spline predicts: 1 all, below 0 worse than their mean"),
    )
    CHECKS = (checks.known_points_have_values, checks.start_has_points)
