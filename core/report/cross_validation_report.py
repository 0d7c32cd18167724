"""The report of a damping cross validation, with the inversion that followed."""

from __future__ import annotations

from pathlib import Path

from .canvas import drawing_style
from .cross_validation_wording import cross_validation_lead
from .inversion_report import inversion_sections
from .numbers import number
from .page import Drawing, Section, Table, page
from .relief_figures import map_and_histogram, trial_maps
from .score_grid import score_grid
from .scores import is_best, scores_chart, usable
from .stories import CrossValidationStory
from .wording import stop_in_words

MOST_ROWS = 20  # a table of more trials is folded


def write_cross_validation_report(path: str | Path, story: CrossValidationStory) -> None:
    """Write the report to the path as one HTML file (UTF-8); the caller puts it in its final place."""
    final = story.inversion
    with drawing_style():
        sections = [_scores(story), _test_stations(story), *_trials(story), *inversion_sections(final)]
    lead = cross_validation_lead(story)
    Path(path).write_text(
        page(
            final.title,
            "damping cross validation",
            lead,
            sections,
            final.summary,
            final.verdict,
            final.warnings,
            final.settings,
        ),
        encoding="utf-8",
    )


def _scores(story: CrossValidationStory) -> Section:
    joint = story.best_regional_damping is not None
    caption = (
        "Too little damping turns noise into relief, too much smooths the relief away: the score should be lowest "
        "between the two."
    )
    if joint:
        caption = (
            "Dark is good; what is framed is the best by what is made small, and points refine the grid. A regional "
            "damped little takes what is relief, one damped much leaves to the relief what is regional."
        )
    trials = [trial for trial in story.trials if not joint or usable([trial])]
    chart = score_grid(story) if joint and trials else scores_chart(story)
    return Section("Scores", (Drawing((chart,), caption), _table(story)))


def _table(story: CrossValidationStory) -> Table:
    """Every trial; folded where they are many."""
    trials = sorted(story.trials, key=lambda trial: (trial.damping, trial.regional_damping or 0.0))
    given = [
        (head, name, digits)
        for head, name, digits in (
            ("Damping", "damping", 5),
            ("Of the regional", "regional_damping", 5),
            ("Score (mGal)", "score", 6),
            ("Score at known relief (m)", "relief_score", 5),
            ("Relief error (m)", "relief_rmse", 4),
        )
        if any(getattr(trial, name) is not None for trial in trials)
    ]
    rows = [
        (
            *(number(getattr(trial, name), digits) for _, name, digits in given),
            str(trial.iterations),
            stop_in_words(trial.stop_reason),
        )
        for trial in trials
    ]
    head = (*(head for head, _, _ in given), "Iterations", "Ended because")
    best = next((at for at, trial in enumerate(trials) if is_best(story, trial)), None)
    return Table(head, rows, best, f"All {len(rows)} trials" if len(rows) > MOST_ROWS else "")


def _test_stations(story: CrossValidationStory) -> Section:
    label = "Predicted less observed (mGal)"
    difference = story.test_difference
    title, error = "Test stations, best damping", story.inversion.error
    pair = map_and_histogram(title, label, difference, story.test_easting, story.test_northing, error=error)
    caption = (
        "The best trial's prediction at stations that its fit had not seen: the RMS of these differences is its score."
    )
    if story.lays > 1:
        caption = (
            f"The best trial's predictions at stations that its fits had not seen, the mean of {story.lays} fits at each station. "
            "The score is the RMS of all single differences, and so a little larger than that of these."
        )
    return Section("Predicted less observed", (Drawing(pair, caption),))


def _trials(story: CrossValidationStory) -> list[Section]:
    maps = trial_maps(story)
    best = ", of each damping the best smoothness of the regional" if story.best_regional_damping is not None else ""
    caption = (
        f"Damping and score of each trial{best}. All maps share one scale, that of the best; heights beyond it "
        "take the end colours."
    )
    return [Section("The relief of each trial", (Drawing((maps,), caption),))] if maps else []
