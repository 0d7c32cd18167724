"""The report of a damping cross validation, with the inversion that followed."""

from __future__ import annotations

import math
from pathlib import Path

from .canvas import drawing_style
from .inversion_report import inversion_sections, relief_rmse_of
from .numbers import counted, number
from .page import Drawing, Section, Table, page
from .relief_figures import map_and_histogram, trial_maps
from .scores import as_good, end_of_range, scores_chart, usable
from .stories import CrossValidationStory
from .wording import LIMITS, fit_in_words, stop_in_words, stop_warning, true_in_words


def write_cross_validation_report(path: str | Path, story: CrossValidationStory) -> None:
    """Write the report to the path as one HTML file (UTF-8); the caller puts it in its final place."""
    final = story.inversion
    with drawing_style():
        sections = [_scores(story), _test_stations(story), *_trials(story), *inversion_sections(final)]
    warnings = (*final.warnings, *score_warnings(story), *stop_warning(final.stop_reason))
    lead = cross_validation_lead(story)
    Path(path).write_text(
        page(final.title, "damping cross validation", lead, sections, final.summary, warnings, final.settings),
        encoding="utf-8",
    )


def score_warnings(story: CrossValidationStory) -> list[str]:
    """What the scores say against the damping that was found."""
    found = []
    end = end_of_range(story)
    if end is not None:
        found.append(
            f"The best damping, {number(story.best_damping, 5)}, lies at the {end} end of the range that "
            "was tried, so a better one may lie beyond it. "
            f"{'Lower DAMPING_MIN' if end == 'lower' else 'Raise DAMPING_MAX'} and run again."
        )
    error = story.inversion.error
    if error and story.best_score < 0.9 * error:
        found.append(
            f"The best score, {number(story.best_score)} mGal, is below the data's own error, "
            f"{number(error)} mGal. No prediction can do that with independent test data: the errors are "
            "given too large, or the test stations are not independent of the training stations "
            "(interpolated from them, or in the same filtered grid)."
        )
    lost = len(story.trials) - len(usable(story.trials))
    if lost:
        found.append(
            f"{counted(lost, 'trial')} of {len(story.trials)} gave no score and "
            f"{'is' if lost == 1 else 'are'} not drawn."
        )
    return found


def cross_validation_lead(story: CrossValidationStory) -> list[str]:
    """What was tried, what won, and how far to trust it."""
    import numpy as np

    dampings = sorted({trial.damping for trial in story.trials})
    tests = int(np.isfinite(story.test_difference).sum())
    split = f" ({story.split})" if story.split else ""
    if len(dampings) > 1:
        tried = f"{len(dampings)} dampings between {number(dampings[0])} and {number(dampings[-1])} were tried"
    else:
        tried = "One damping was tried, so there is nothing to compare its score with"
    what = (
        f"{tried}. The relief was fitted to part of the stations and then predicted the gravity at "
        f"{counted(tests, 'station')} that had been withheld{split}. The score is the RMS of predicted less "
        f"observed there. Damping {number(story.best_damping, 5)} predicted best: "
        f"{number(story.best_score)} mGal."
    )
    return [what, _trust(story), _final(story) + " " + LIMITS, *_truth(story)]


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
    low, high = as_good(story)
    if len(usable(story.trials)) > 1 and not math.isclose(low, high):
        sentences.append(
            f"Dampings from {number(low)} to {number(high)} score within 5 percent of the best: "
            "the score hardly tells them apart."
        )
    elif len(usable(story.trials)) > 1:
        sentences.append(
            "No other damping scores within 5 percent of it, so more trials near it may find a better one."
        )
    return " ".join(sentences)


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
        same = math.isclose(closest.damping, story.best_damping, rel_tol=1e-6)
        text += (
            " No other trial came closer to it." if same
            else f" Of the trials {number(closest.damping)} came closest, {number(closest.relief_rmse)} m."
        )  # fmt: skip
    return [text]


def _scores(story: CrossValidationStory) -> Section:
    trials = sorted(story.trials, key=lambda trial: trial.damping)
    true = any(trial.relief_rmse is not None for trial in trials)
    rows = [
        (
            number(trial.damping, 5),
            number(trial.score, 6),
            str(trial.iterations),
            stop_in_words(trial.stop_reason),
        )
        + ((number(trial.relief_rmse, 4),) if true else ())
        for trial in trials
    ]
    head = (
        "Damping",
        "Score (mGal)",
        "Iterations",
        "Ended because",
        *(("Relief error (m)",) if true else ()),
    )
    best = next(
        (at for at, trial in enumerate(trials) if math.isclose(trial.damping, story.best_damping, rel_tol=1e-6)),
        None,
    )
    caption = (
        "Too little damping turns noise into relief, too much smooths the relief away: the score should be lowest "
        "between the two."
    )
    return Section("Scores", (Drawing((scores_chart(story),), caption), Table(head, rows, best)))


def _test_stations(story: CrossValidationStory) -> Section:
    label = "Predicted less observed (mGal)"
    difference = story.test_difference
    title, error = "Test stations, best damping", story.inversion.error
    pair = map_and_histogram(title, label, difference, story.test_easting, story.test_northing, error=error)
    caption = (
        "The best trial's prediction at stations that its fit had not seen: the RMS of these differences is its score."
    )
    return Section("Predicted less observed", (Drawing(pair, caption),))


def _trials(story: CrossValidationStory) -> list[Section]:
    maps = trial_maps(story)
    caption = (
        "Damping and score of each trial. All maps share one scale, that of the best; heights beyond it "
        "take the end colours."
    )
    return [Section("The relief of each trial", (Drawing((maps,), caption),))] if maps else []
