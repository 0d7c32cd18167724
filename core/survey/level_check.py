"""Whether the reference level and a density law's datum are heights in metres, positive up."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..events.protocol import Reporter
from ..job.parts import SurveyJob
from .height_evidence import DEPTHS_IN_KM, FAR_BETTER, KILOMETRES, from_heights, judge, nearness
from .survey import Survey


def check_levels(job: SurveyJob, survey: Survey, reporter: Reporter) -> None:
    """Doubt a starting relief in kilometres beside a reference level in metres, and a law's datum above all stations."""
    stations, relief, law = survey.stations, survey.relief, survey.law
    level = job.reference_level
    if job.starting_relief is not None and level != 0.0:
        at_level = from_heights("the reference level", relief.heights.ravel(), np.full(relief.heights.size, level))
        found = judge([at_level], nearness(relief.grid), (KILOMETRES, DEPTHS_IN_KM), FAR_BETTER)
        if found is not None:
            reporter.warning(
                f"The starting relief lies {found.figures}: it looks like {found.reading.looks_like}. Check "
                f"{found.reading.what} of STARTING_RELIEF: heights are in metres, positive up.",
                "STARTING_RELIEF",
                cause=True,
            )
    if law is None or not stations.used.any():
        return
    datum, near = float(law[1]), nearness(relief.grid)
    highest, lowest = (float(end(stations.height[stations.used])) for end in (np.max, np.min))
    if datum > highest + near and -datum <= lowest and datum > float(relief.heights.max()) + near:
        reporter.warning(
            f"DENSITY_DATUM, from which a law's depth counts, lies at {datum:.4g} m, above all stations (the highest at "
            f"{highest:.4g} m). Check its sign: it is a height, positive up.",
            "DENSITY_DATUM" if job.density_datum is not None else "REFERENCE_LEVEL",
        )


def doubt_reference_level(
    job: SurveyJob,
    survey: Survey,
    predicted: np.ndarray,
    gravity_of: Callable[[np.ndarray], np.ndarray],
    reporter: Reporter,
) -> None:
    """Doubt a reference level that the relief lies far from, and near to were its sign turned.

    Gravity of a relief about a level that was meant is off by that of a slab as thick as both levels are apart; where
    what was observed fits the level as it is given, it was meant.
    """
    level, heights = job.reference_level, survey.relief.heights
    if level == 0.0 or job.starting_relief is None:
        return
    at_start = from_heights("the starting relief", np.full(heights.size, level), heights.ravel())
    found = judge([at_start], nearness(survey.relief.grid), enough=FAR_BETTER)
    if found is None:
        return
    used = survey.stations.where(survey.stations.used)
    misfit = used.gravity - used.regional - predicted[survey.stations.used]
    between = gravity_of(np.full(heights.shape, found.reading.factor * level))  # the slab from one level to the other
    if abs(np.median(misfit)) <= abs(np.median(misfit + between)):
        return
    reporter.warning(
        f"The reference level lies {found.figures}. Check {found.reading.what} of REFERENCE_LEVEL, or of STARTING_RELIEF: both are "
        "heights in metres, positive up.",
        "REFERENCE_LEVEL",
    )
