"""The scores of a cross validation against the damping, and what their shape says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .canvas import (
    BLUE,
    FULL,
    GREEN,
    INK,
    MUTED,
    ORANGE,
    VERMILLION,
    new_figure,
    open_sides,
    place,
    plain_log,
    to_svg,
)
from .numbers import number
from .stories import CrossValidationStory, Trial

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEIGHT = 3.3  # inches
LABELS = {"score": "Score", "relief_score": "Relief score", "criterion": "Product", "relief_rmse": "Relief error"}
AS_GOOD = 1.05  # times the best score: dampings within it can hardly be told apart


def usable(trials: Sequence[Trial]) -> list[Trial]:
    """The trials that gave a score, by damping."""
    return sorted((trial for trial in trials if _known(trial.score)), key=lambda trial: trial.damping)


def _known(value: float | None) -> bool:
    return value is not None and math.isfinite(value) and value > 0


def is_best(story: CrossValidationStory, trial: Trial) -> bool:
    """Whether a trial's dampings are the ones that were found."""
    smooth = story.best_regional_damping
    same = smooth is None or math.isclose(trial.regional_damping or 0.0, smooth, rel_tol=1e-6)
    return same and math.isclose(trial.damping, story.best_damping, rel_tol=1e-6)


def best_criterion(story: CrossValidationStory) -> float:
    """The criterion of the best trial."""
    return story.best_score * (1.0 if story.best_relief_score is None else story.best_relief_score)


def best_of_each_damping(trials: Sequence[Trial]) -> list[Trial]:
    """Of the trials with one damping the one with the best smoothness of the regional, by damping."""
    best: dict[float, Trial] = {}
    for trial in usable(trials):
        if trial.damping not in best or trial.criterion < best[trial.damping].criterion:
            best[trial.damping] = trial
    return list(best.values())


def as_good(story: CrossValidationStory, name: str = "damping") -> tuple[float, float]:
    """The smallest and the largest damping with which a trial came within five percent of the best."""
    best = getattr(story, f"best_{name}")
    most = AS_GOOD * best_criterion(story)
    good = [getattr(trial, name) for trial in usable(story.trials) if trial.criterion <= most]
    return min(good, default=best), max(good, default=best)


def quantities(story: CrossValidationStory) -> list[tuple[str, str, str, str]]:
    """What is drawn against the dampings: title, unit, a trial's attribute, colour."""
    trials = usable(story.trials)
    drawn = [("Withheld gravity: RMS", "mGal", "score", BLUE)]
    if any(_known(trial.relief_score) for trial in trials):
        drawn.append(("Withheld known relief: RMS", "m", "relief_score", ORANGE))
        drawn.append(("Made small: the product", "mGal m", "criterion", INK))
    if any(_known(trial.relief_rmse) for trial in trials):
        drawn.append(("Error from the true relief: RMS", "m", "relief_rmse", GREEN))
    return drawn


def scores_chart(story: CrossValidationStory) -> str:
    """Each quantity against the damping, as SVG."""
    trials = best_of_each_damping(story.trials)
    charts = quantities(story)
    columns = 2 if len(charts) == 4 else len(charts)
    rows = math.ceil(len(charts) / columns)
    width = FULL / columns if columns > 1 else FULL * 0.72
    figure = new_figure(columns * width, rows * HEIGHT)
    for at, (title, unit, name, colour) in enumerate(charts):
        row, column = divmod(at, columns)
        axes = place(figure, column * width + 0.7, (rows - 1 - row) * HEIGHT + 0.5, width - 0.9, HEIGHT - 0.85)
        axes.set_title(title)
        axes.set_ylabel(f"{LABELS[name]} ({unit})")
        points = [(trial.damping, float(getattr(trial, name))) for trial in trials if _known(getattr(trial, name))]
        _against_damping(axes, points, colour, story.best_damping)
        if name == "score" and story.inversion.error and trials:
            _error_line(axes, story.inversion.error)
    alt = (
        f"Scores against damping for {len(trials)} dampings on logarithmic axes; the best, "
        f"{number(story.best_damping, 5)}, with score {number(story.best_score)} mGal, is marked."
    )
    return to_svg(figure, alt)


def _error_line(axes: Axes, error: float) -> None:
    """The score that data of this error allow at best."""
    low, high = axes.get_ylim()
    axes.set_ylim(min(low, error * (error / high) ** 0.15), max(high, 1.1 * error))
    axes.axhline(error, color=MUTED, linewidth=1, linestyle="--")
    axes.annotate(
        f"the data's own error, {number(error)} mGal", (0, error), xycoords=("axes fraction", "data"),
        xytext=(4, -10), textcoords="offset points", color=MUTED,
    )  # fmt: skip


def _against_damping(axes: Axes, points: Sequence[tuple[float, float]], colour: str, best: float) -> None:
    open_sides(axes, grid="both")
    axes.set_xlabel("Damping")
    axes.set_xscale("log")
    axes.set_yscale("log")
    if not points:
        axes.text(0.5, 0.5, "no trial gave a score", transform=axes.transAxes, ha="center", color=MUTED)
        return
    dampings, values = zip(*points, strict=True)
    axes.plot(dampings, values, color=colour, marker="o", markersize=4.5, gid="curve")
    axes.set_xlim(min(dampings) / 1.4, max(dampings) * 1.4)
    spare = (max(values) / min(values)) ** 0.12 * 1.02
    axes.set_ylim(min(values) / spare, max(values) * spare)
    plain_log(axes.xaxis, axes.get_xlim())
    plain_log(axes.yaxis, axes.get_ylim())
    at = min(range(len(points)), key=lambda index: abs(math.log(dampings[index] / best)))
    axes.axvline(dampings[at], color=VERMILLION, linewidth=0.9, linestyle=":")
    ring: dict[str, Any] = {
        "marker": "o",
        "markersize": 11,
        "markeredgecolor": VERMILLION,
        "markeredgewidth": 1.8,
    }
    axes.plot(dampings[at], values[at], gid="best", color="none", linestyle="", **ring)
    left_half = axes.transAxes.inverted().transform(axes.transData.transform((dampings[at], values[at])))[0] < 0.5
    axes.annotate(
        f"best: {number(dampings[at])}\n{number(values[at])} {axes.get_ylabel().split('(')[-1].rstrip(')')}",
        (dampings[at], 0.99), xycoords=("data", "axes fraction"), color=INK, weight="bold", va="top",
        xytext=(5 if left_half else -5, 0), textcoords="offset points", ha="left" if left_half else "right",
    )  # fmt: skip
