"""The scores of a cross validation against the damping, and what their shape says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .canvas import (
    BLUE,
    FULL,
    GREEN,
    HALF,
    INK,
    MUTED,
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
    errors = [(trial.damping, trial.relief_rmse or 0.0) for trial in trials if _known(trial.relief_rmse)]
    width = HALF if errors else FULL * 0.72
    figure = new_figure(FULL if errors else width, HEIGHT)
    left = place(figure, 0.7, 0.5, width - 0.9, HEIGHT - 0.85)
    left.set_title("Score: RMS at the test stations")
    left.set_ylabel("Score (mGal)")
    _against_damping(left, [(trial.damping, trial.score) for trial in trials], BLUE, story.best_damping)
    if story.inversion.error and trials:
        _error_line(left, story.inversion.error)
    if errors:
        right = place(figure, FULL - width + 0.6, 0.5, width - 0.8, HEIGHT - 0.85)
        right.set_title("Error of the relief: RMS from the true one")
        right.set_ylabel("Relief error (m)")
        _against_damping(right, errors, GREEN, story.best_damping)
    alt = (
        f"Score against damping for {len(trials)} dampings on logarithmic axes; the best, "
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
