"""Rasters that were given one for another: a mask for a relief, a relief for a mask or for densities."""

from __future__ import annotations

import numpy as np

from ..data.relief import Relief
from ..data.void_codes import usual_step
from ..errors import InputError
from ..events.protocol import Reporter

MASKS = ({0.0, 1.0}, {0.0, 1.0, 2.0}, {0.0, 255.0}, {-1.0, 1.0})
"""What a mask's cells hold, together."""
MANY = 20
"""A mask's cells hold no more different numbers; a map of classes may, but most of its cells lie beside others of their own."""


def doubt_mask(relief: Relief, parameter: str, reporter: Reporter) -> None:
    """Warn where a relief's heights are but a mask's two or three numbers."""
    values = np.unique(relief.heights[np.isfinite(relief.heights)])
    if values.size in (2, 3) and set(values.tolist()) in MASKS:
        named = " and ".join(f"{value:g}" for value in values)
        reporter.warning(
            f"{parameter} holds nothing but {named}, as a mask does, and should hold heights in metres. Give the relief; a mask is "
            "for FREE_CELLS.",
            parameter,
        )


def check_mask(mask: Relief, relief: Relief, parameter: str, reporter: Reporter) -> None:
    """Warn where a mask's cells hold many different numbers, as heights do.

    Raises
    ------
    InputError
        They are the starting relief's.
    """
    refuse_same(mask, relief, parameter)
    values = np.unique(mask.heights[np.isfinite(mask.heights)])
    if values.size <= MANY:
        return
    whole = bool((values == np.round(values)).all())
    span = float(np.ptp(values))
    if (whole and usual_step(mask.heights) == 0.0) or (not whole and span <= 1.0):  # classes; shares of cells
        return
    reporter.warning(
        f"{parameter} holds {values.size} different numbers from {values[0]:.6g} to {values[-1]:.6g}, as a relief does: every cell "
        "that is not exactly 0 is free. Give a raster that is 1 where the relief may move and 0 elsewhere.",
        parameter,
    )


def refuse_same(raster: Relief, relief: Relief, parameter: str) -> None:
    """Refuse a raster that is cell for cell the starting relief.

    Raises
    ------
    InputError
        It is, and is not the same everywhere.
    """
    if not raster.grid.same_as(relief.grid) or np.ptp(relief.heights) == 0.0:
        return
    if np.array_equal(raster.heights, relief.heights):
        raise InputError(
            f"{parameter} holds the heights of the starting relief. Give the raster that is meant.", parameter
        )
