"""What the reports say in sentences, from the figures of a run."""

from __future__ import annotations

import math

from .numbers import counted, explained, number, percent, rms
from .stories import InversionStory

STOPPED = {
    "objective": "a further step would have lowered the objective by less than the set fraction",
    "error": "the misfit had come down to the data's errors",
    "l2_tolerance": "the misfit had fallen below its tolerance",
    "no_progress": "the misfit no longer fell noticeably",
    "increase": "the misfit rose by more than is allowed",
    "max_iterations": "the largest number of iterations was reached",
}


def stop_in_words(reason: str) -> str:
    """The ids of STOP_REASON, comma-separated, as a clause; other words are left as they are."""
    known = [STOPPED.get(part.strip(), part.strip()) for part in reason.split(",")]
    return " and ".join(part for part in known if part) or "no reason was given"


def stop_warning(reason: str) -> list[str]:
    """What to do about an inversion that ended badly."""
    parts = {part.strip() for part in reason.split(",")}
    found = []
    if parts & {"increase", STOPPED["increase"]}:
        found.append(
            "The inversion was diverging when it ended: its last relief is not its best. Raise DAMPING, or use the "
            "curvature penalty with the exact derivative."
        )
    if parts & {"max_iterations", STOPPED["max_iterations"]}:
        found.append(
            "The inversion had not converged when it ended. Raise MAX_ITERATIONS, or DAMPING if the misfit no longer fell."
        )
    return found


def fit_in_words(story: InversionStory) -> str:
    """How well the inverted relief explains the gravity."""
    import numpy as np

    used = np.isfinite(story.residual)
    if story.test is not None and not (story.test & used).all():
        used = used & ~story.test
    left = rms(story.residual[used])
    start = [step for step in story.iterations if step.number == 0]
    before = f", from {number(start[0].rms)} at the start," if start and story.error is None else ""
    regional = 0.0 if story.regional is None else np.nan_to_num(story.regional)
    share = explained(story.gravity - regional, np.where(used, story.residual, np.nan))
    text = f"The inverted relief fits {counted(int(used.sum()), 'station')} to {number(left)} mGal (RMS){before}"
    text = text.rstrip(",")
    if math.isfinite(share) and share > 0:
        text += f" and accounts for {percent(share)} of the variance of their gravity"
    return text + "."


def error_in_words(misfit: float, error: float | None) -> str:
    """What the misfit means beside the data's own error."""
    if error is None or not math.isfinite(misfit) or not error > 0:
        return (
            "No errors of the data were given, so the size of the misfit alone does not tell whether it fits them "
            "too closely or too loosely."
        )
    ratio = misfit / error
    if ratio < 0.7:
        return (
            f"That is {number(ratio, 2)} times the data's own error of {number(error)} mGal: part of the noise has been "
            "turned into relief. A larger damping would leave it out."
        )
    if ratio <= 1.4:
        return f"That is close to the data's own error of {number(error)} mGal, which is as well as these data can be fitted."
    return (
        f"That is {number(ratio, 2)} times the data's own error of {number(error)} mGal: something in the gravity is not "
        "explained by this relief (a regional field, another density, a smaller damping than this)."
    )


def true_in_words(story: InversionStory, relief_rmse: float) -> str:
    """How far from the truth, beside how far the start was."""
    assert story.true is not None
    start = rms(story.starting.heights - story.true.heights)
    return (
        f"The true relief is known here: the inverted one is {number(relief_rmse)} m from it (RMS), the starting relief was "
        f"{number(start)} m."
    )


LIMITS = (
    "What gravity can't tell is taken as given: the reference level, the density contrast and the regional field. An error in "
    "them goes into the relief, however good the fit."
)
