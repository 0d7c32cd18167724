"""What the scores say against the damping that was found."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..data.stations import Stations
from ..events.protocol import Reporter
from ..validation.scores import expected_score
from .study import Trial

TOO_GOOD = 0.9
"""Of the score that the data's errors allow: no prediction of independent data is better."""


def check_best(
    trials: Sequence[Trial], best: Trial, stations: Stations, withheld: np.ndarray, joint: bool, reporter: Reporter
) -> None:
    """Tell what makes the best of the trials doubtful.

    Parameters
    ----------
    trials : sequence of Trial
        All that were tried.
    best : Trial
    stations : Stations
    withheld : array of bool (n,)
        The stations that were predicted.
    joint : bool
        Whether a regional was found together with the relief.
    reporter : Reporter
    """
    for name in ("damping", "regional_damping"):
        _check_ends(name, trials, best, reporter)
    lost = sum(not np.isfinite(trial.score) for trial in trials)
    if lost:
        reporter.warning(
            f"{lost} of {len(trials)} trials gave no score: with their dampings nothing could be predicted. Move DAMPING_MIN or "
            "DAMPING_MAX.",
            "DAMPING_MIN",
            lost,
        )
    if stations.has_errors:
        expected = expected_score(stations.error[withheld])
        if best.score < TOO_GOOD * expected:
            reporter.warning(
                f"The best score, {best.score:.3g} mGal, lies below the data's own error of {expected:.3g} mGal: either the "
                "errors are too large, or the withheld stations are not independent of the others. "
                "Withhold them otherwise.",
                "SPLIT",
            )
    if joint and best.relief_score is None:
        reporter.warning(
            "No known relief could be withheld, and withheld gravity hardly sees how relief and regional share it. "
            "Give FREE_CELLS or KNOWN_POINTS with known relief among the stations.",
            "REGIONAL",
        )


def _check_ends(name: str, trials: Sequence[Trial], best: Trial, reporter: Reporter) -> None:
    """Doubt a damping at an end of those that were tried."""
    tried = [getattr(trial, name) for trial in trials if getattr(trial, name) is not None]
    if len(set(tried)) < 2 or getattr(best, name) not in (min(tried), max(tried)):
        return
    lower = getattr(best, name) == min(tried)
    end = f"{name.upper()}_{'MIN' if lower else 'MAX'}"
    reporter.warning(
        f"The best {name.replace('_', ' ')}, {getattr(best, name):.4g}, lies at the {'lower' if lower else 'upper'} end "
        f"of the range: a better one may lie beyond. Move {end} and run again.",
        end,
    )
