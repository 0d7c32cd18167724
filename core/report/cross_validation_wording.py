"""What the report of a cross validation says in sentences: what was tried, what won, how far to trust it."""

from __future__ import annotations

import math

from .inversion_report import relief_rmse_of
from .numbers import counted, number
from .scores import as_good, is_best, usable
from .stories import CrossValidationStory, Trial
from .wording import JOINT_LIMITS, LIMITS, fit_in_words, stop_in_words, true_in_words


def cross_validation_lead(story: CrossValidationStory) -> list[str]:
    """What was tried, what won, and how far to trust it."""
    import numpy as np

    tests = int(np.isfinite(story.test_difference).sum())
    split = f" ({story.split})" if story.split else ""
    what = (
        f"{_tried(story)}. The relief was fitted to part of the stations and then predicted the gravity at "
        f"{counted(tests, 'station')} that had been withheld{split}. The score is the RMS of predicted less "
        f"observed there. "
    )
    return [
        what + _won(story),
        *_known_relief(story),
        _trust(story),
        _final(story) + " " + _limits(story),
        *_truth(story),
    ]


def _tried(story: CrossValidationStory) -> str:
    dampings = sorted({trial.damping for trial in story.trials})
    smooth = sorted({trial.regional_damping for trial in story.trials if trial.regional_damping is not None})
    more = ""
    if story.axes is not None and smooth:
        dampings, smooth = (list(axis) for axis in story.axes)
        refining = len(story.trials) - len(dampings) * len(smooth)
        more = f", and {counted(refining, 'pair')} more about the best" if refining > 0 else ""
    if len(dampings) == 1 and len(smooth) < 2:
        return "One damping was tried, so there is nothing to compare its score with"
    tried = f"{counted(len(dampings), 'damping')} between {number(dampings[0])} and {number(dampings[-1])} were tried"
    if not smooth:
        return tried
    return f"{tried}, with {len(smooth)} of the regional between {number(smooth[0])} and {number(smooth[-1])}{more}"


def _won(story: CrossValidationStory) -> str:
    damping = f"Damping {number(story.best_damping, 5)}"
    if story.best_regional_damping is not None:
        damping += f" with {number(story.best_regional_damping, 5)} for the regional"
    if story.best_relief_score is None:
        return f"{damping} predicted best: {number(story.best_score)} mGal."
    return (
        f"{damping} did best: {number(story.best_score)} mGal there and {number(story.best_relief_score)} m at known relief "
        "that was withheld too."
    )


def _known_relief(story: CrossValidationStory) -> list[str]:
    """What known relief was withheld, why, and what its score tells; nothing where none was."""
    if story.best_relief_score is None:
        return []
    words = f"Known relief was withheld as well: {story.relief_withheld}. What is made small is the product of both scores. "
    if story.best_regional_damping is not None:
        words += (
            "Withheld gravity alone would not do: relief and regional can share it in many ways that predict it equally "
            "well, and only relief that is known tells them apart. "
        )
    words += (
        f"The {number(story.best_relief_score)} m are also what to expect of the unknown relief, as far as it is as rough "
        "and as well covered by stations as the known one around it; where it is not, the error may be larger."
    )
    return [words]


def _limits(story: CrossValidationStory) -> str:
    return LIMITS if story.best_regional_damping is None else JOINT_LIMITS


def _trust(story: CrossValidationStory) -> str:
    error, sentences = story.inversion.error, []
    if error:
        ratio = story.best_score / error
        sentences.append(
            f"The score is {number(ratio, 3)} times the data's own error of {number(error)} mGal; 1 is the "
            "least that can be hoped for."
            + (
                " What is beyond it comes from detail that the withheld stations see and the fit does not."
                if ratio > 1.2
                else ""
            )
        )
    else:
        sentences.append("No errors of the data were given, so the score can't be compared with what the data allow.")
    return " ".join([*sentences, *_as_good_in_words(story)])


def _as_good_in_words(story: CrossValidationStory) -> list[str]:
    if len(usable(story.trials)) < 2:
        return []
    ranges: list[str] = []
    for name, words in (("damping", "ampings"), ("regional_damping", "ampings of the regional")):
        low, high = as_good(story, name) if getattr(story, f"best_{name}") is not None else (0.0, 0.0)
        if not math.isclose(low, high):
            ranges.append(f"{'d' if ranges else 'D'}{words} from {number(low)} to {number(high)}")
    if not ranges:
        return ["No other damping scores within 5 percent of it, so more trials near it may find a better one."]
    return [f"{' and '.join(ranges)} score within 5 percent of the best: the score hardly tells them apart."]


def _final(story: CrossValidationStory) -> str:
    final = story.inversion
    if story.damping_all is not None:
        how = f"The final relief was fitted to all stations with damping {number(story.damping_all, 5)}"
    else:
        how = "The final relief is that of the training stations alone, with the best damping"
    return f"{how}. It ended because {stop_in_words(final.stop_reason)}. {fit_in_words(final)}"


def _truth(story: CrossValidationStory) -> list[str]:
    final = story.inversion
    if final.true is None:
        return []
    text = true_in_words(final, final.true, relief_rmse_of(final, final.true))
    known = [trial for trial in usable(story.trials) if trial.relief_rmse is not None]
    if len(known) > 1:
        closest = min(known, key=lambda trial: trial.relief_rmse or 0.0)
        same = is_best(story, closest)
        text += (
            " No other trial came closer to it." if same
            else f" Of the trials {_named(closest)} came closest, {number(closest.relief_rmse)} m."
        )  # fmt: skip
    return [text]


def _named(trial: Trial) -> str:
    smooth = trial.regional_damping
    return number(trial.damping) + ("" if smooth is None else f" with {number(smooth)} for the regional")
