"""Whether an inverted relief meets the points at which it is known."""

from __future__ import annotations

import numpy as np

from ..data.relief import Grid
from ..events.protocol import Reporter
from .known_relief import KnownRelief

ERRORS = 5.0
"""A point so many of its standard errors away from the relief is not met."""
NEAR = 0.1  # m, within which any point is met


def check_known(known: KnownRelief | None, heights: np.ndarray, grid: Grid, reporter: Reporter) -> None:
    """Warn of the known points that the relief (ny, nx), m, does not meet, with the place of the worst."""
    if known is None:
        return
    missed = np.abs(known.misfit(heights))
    unmet = (missed > ERRORS) & (missed * known.error > NEAR)
    count = int(unmet.sum())
    if not count:
        return
    worst = int(np.argmax(np.where(unmet, missed, 0.0)))
    east, north = ((known.rows @ axis)[worst] for axis in grid.centres())
    reporter.warning(
        f"{count} of {unmet.size} known points lie more than {ERRORS:g} of their errors from the inverted relief, the worst "
        f"by {missed[worst] * known.error[worst]:.4g} m at {east:.0f} east, {north:.0f} north. Look for points that contradict "
        "each other, fixed cells or limits, or take a smaller damping or a greater KNOWN_ERROR.",
        "KNOWN_POINTS",
        count,
    )
