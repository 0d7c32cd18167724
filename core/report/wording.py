"""What the reports say in sentences, from the figures of a run."""

from __future__ import annotations

import math

from .numbers import counted, explained, number, percent, rms
from .stories import InversionStory, Mask, ReliefGrid

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


def fitted(story: InversionStory) -> Mask:
    """The stations that the final fit used, (n,)."""
    import numpy as np

    used = np.isfinite(story.residual)
    return used if story.test is None else used & ~story.test


def fit_in_words(story: InversionStory) -> str:
    """How well the inverted relief explains the gravity it was fitted to."""
    import numpy as np

    used = fitted(story)
    regional = 0.0 if story.regional is None else np.nan_to_num(story.regional)
    share = explained(story.gravity - regional, np.where(used, story.residual, np.nan))
    left = number(rms(story.residual[used]))
    text = f"The inverted relief fits the {counted(int(used.sum()), 'station')} it was given to {left} mGal (RMS)"
    start = next((step for step in story.iterations if step.number == 0), None)
    if start is not None and story.error is None:
        first = "for the slab formula's relief, from which it set out," if story.slab_first else "at the start"
        text += f"; {first} it was {number(start.rms)} mGal"
    if math.isfinite(share) and share > 0:
        text += f". It accounts for {percent(share)} of the variance of their gravity"
    return text + "."


def withheld_in_words(story: InversionStory) -> str:
    """How well it predicts the gravity that was withheld; nothing where none was."""
    import numpy as np

    withheld = np.isfinite(story.residual) & ~fitted(story)
    if not withheld.any():
        return ""
    off = number(rms(story.residual[withheld]))
    return f" It predicts {counted(int(withheld.sum()), 'station')} that had been withheld to {off} mGal (RMS)."


def error_in_words(misfit: float, error: float | None) -> str:
    """What the misfit means beside the data's own error."""
    if error is None or not math.isfinite(misfit) or not error > 0:
        return (
            "No errors of the data were given, so the size of the misfit alone does not tell whether it "
            "fits them too closely or too loosely."
        )
    ratio = misfit / error
    if ratio < 0.7:
        return (
            f"The misfit is {number(ratio, 2)} times the data's own error of {number(error)} mGal: part of the "
            "noise has been turned into relief. A larger damping would leave it out."
        )
    if ratio <= 1.4:
        return (
            f"The misfit is close to the data's own error of {number(error)} mGal, which is as well as these data "
            "can be fitted."
        )
    return (
        f"The misfit is {number(ratio, 2)} times the data's own error of {number(error)} mGal: something in the "
        "gravity is not explained by this relief (a regional field, another density, a smaller damping than "
        "this)."
    )


def true_in_words(story: InversionStory, true: ReliefGrid, relief_rmse: float) -> str:
    """How far from the truth, beside how far the start was."""
    start = rms(story.starting.heights - true.heights)
    return (
        f"The true relief is known here: the inverted one is {number(relief_rmse)} m from it (RMS), the "
        f"starting relief was {number(start)} m."
    )


LIMITS = (
    "What gravity can't tell is taken as given: the reference level, the density contrast and the regional "
    "field. An error in them goes into the relief, however good the fit."
)

JOINT_LIMITS = (
    "What gravity can't tell is taken as given: the reference level and the density contrast. An error in them goes into "
    "the relief, however good the fit; so does what the regional took by mistake."
)
