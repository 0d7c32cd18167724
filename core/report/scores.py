"""The scores of a cross validation against the damping, and what their shape says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .canvas import BLUE, FULL, GREEN, HALF, INK, MUTED, VERMILLION, new_figure, open_sides, place, to_svg
from .numbers import number
from .stories import CrossValidationStory, Trial

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEIGHT = 3.3  # inches
LOG_FROM = 4.0  # times between the smallest and the largest value, below which round numbers read better
AS_GOOD = 1.05  # times the best score: dampings within it can hardly be told apart


def usable(trials: Sequence[Trial]) -> list[Trial]:
    """The trials that gave a score, by damping."""
    return sorted((trial for trial in trials if _known(trial.score)), key=lambda trial: trial.damping)


def _known(value: float | None) -> bool:
    return value is not None and math.isfinite(value) and value > 0


def end_of_range(story: CrossValidationStory) -> str | None:
    """Which end of the tried range the best damping lies at: "lower", "upper" or None."""
    dampings = sorted({trial.damping for trial in story.trials})
    if len(dampings) < 2:
        return None
    if math.isclose(story.best_damping, dampings[0], rel_tol=1e-6):
        return "lower"
    return "upper" if math.isclose(story.best_damping, dampings[-1], rel_tol=1e-6) else None


def as_good(story: CrossValidationStory) -> tuple[float, float]:
    """The smallest and the largest damping whose score is within five percent of the best."""
    good = [trial.damping for trial in usable(story.trials) if trial.score <= AS_GOOD * story.best_score]
    return min(good, default=story.best_damping), max(good, default=story.best_damping)


def scores_chart(story: CrossValidationStory) -> str:
    """Score against damping, and the relief's error beside it where the true relief is known, as SVG."""
    trials = usable(story.trials)
    errors = [(trial.damping, trial.relief_rmse) for trial in trials if _known(trial.relief_rmse)]
    width = HALF if errors else FULL * 0.72
    figure = new_figure(FULL if errors else width, HEIGHT)
    left = place(figure, 0.7, 0.5, width - 0.9, HEIGHT - 0.85)
    _against_damping(left, [(trial.damping, trial.score) for trial in trials], BLUE, story.best_damping)
    left.set_title("Score: RMS at the test stations")
    left.set_ylabel("Score (mGal)")
    error = story.inversion.error
    if error:
        left.axhline(error, color=MUTED, linewidth=1, linestyle="--")
        left.annotate(
            f"the data's own error, {number(error)} mGal", (1, error), xycoords=("axes fraction", "data"),
            xytext=(-2, -10), textcoords="offset points", ha="right", color=MUTED,
        )  # fmt: skip
        low, high = left.get_ylim()
        left.set_ylim(min(low, 0.85 * error), max(high, 1.1 * error))
    if errors:
        right = place(figure, FULL - width + 0.6, 0.5, width - 0.8, HEIGHT - 0.85)
        _against_damping(right, errors, GREEN, story.best_damping)
        right.set_title("Error of the relief: RMS from the true one")
        right.set_ylabel("Relief error (m)")
    alt = (
        f"Score against damping for {len(trials)} dampings on logarithmic axes; the best, "
        f"{number(story.best_damping, 5)}, with score {number(story.best_score)} mGal, is marked."
    )
    return to_svg(figure, alt)


def _against_damping(axes: Axes, points: Sequence[tuple[float, float | None]], colour: str, best: float) -> None:
    from matplotlib.ticker import MaxNLocator, NullFormatter, NullLocator, ScalarFormatter

    open_sides(axes, grid="both")
    axes.set_xlabel("Damping")
    axes.set_xscale("log")
    axes.set_yscale("log")
    if not points:
        axes.text(0.5, 0.5, "no trial gave a score", transform=axes.transAxes, ha="center", color=MUTED)
        return
    dampings = [damping for damping, _ in points]
    values = [float(value) for _, value in points if value is not None]
    axes.plot(dampings, values, color=colour, marker="o", markersize=4.5)
    if max(values) < LOG_FROM * min(values):
        axes.yaxis.set_major_locator(MaxNLocator(5))
        axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(ScalarFormatter())
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_xlim(min(dampings) / 1.4, max(dampings) * 1.4)
    spare = (max(values) / min(values)) ** 0.12 if max(values) > min(values) else 1.2
    axes.set_ylim(min(values) / spare / 1.02, max(values) * spare)
    at = min(range(len(points)), key=lambda index: abs(math.log(dampings[index] / best)))
    axes.axvline(dampings[at], color=VERMILLION, linewidth=0.9, linestyle=":")
    axes.plot(
        dampings[at], values[at], gid="best", color="none", marker="o", markersize=11, markeredgecolor=VERMILLION,
        markeredgewidth=1.8, linestyle="",
    )  # fmt: skip
    right_half = math.log(dampings[at] / min(dampings)) > 0.5 * math.log(max(dampings) / min(dampings) + 1e-12)
    axes.annotate(
        f"{number(dampings[at])}: {number(values[at])}", (dampings[at], values[at]), color=INK, weight="bold",
        xytext=(-9 if right_half else 9, 10), textcoords="offset points", ha="right" if right_half else "left",
    )  # fmt: skip
