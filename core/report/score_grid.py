"""The scores of two dampings at once: the relief's along, the regional's up."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from .canvas import FULL, MUTED, VERMILLION, new_figure, place, plain_log, to_svg
from .numbers import number
from .scores import is_best, quantities, usable
from .stories import CrossValidationStory, Trial

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEFT, RIGHT, BELOW, ABOVE = 0.72, 0.15, 0.5, 0.34  # inches, around a chart
ROW = 0.36  # inches, of a grid
TALLEST = 3.4  # inches
SPAN = 3.0  # times the best: what is worse takes the last colour
DARK, LIGHT, PALE = "#222222", "#ffffff", 0.55  # letters, and the share of the colours from which they are dark
MOST_TICKS = 10  # so many dampings are all named
LEGIBLE = 0.32  # inches: narrower cells have no numbers


def on_grid(story: CrossValidationStory, trials: Sequence[Trial]) -> list[Trial]:
    """The trials at the crossings of the grid: all where nothing says so and each damping was tried with each of the
    regional's, none where there is no grid."""
    if story.axes is not None:
        return [
            trial for trial in trials if _among(trial.damping, 0, story) and _among(trial.regional_damping, 1, story)
        ]
    places = {(trial.damping, trial.regional_damping) for trial in trials}
    crossings = len({damping for damping, _ in places}) * len({smooth for _, smooth in places})
    return list(trials) if len(places) == crossings else []


def _among(value: float | None, axis: int, story: CrossValidationStory) -> bool:
    return story.axes is not None and any(math.isclose(value or 0.0, other, rel_tol=1e-6) for other in story.axes[axis])


def score_grid(story: CrossValidationStory) -> str:
    """A chart for each quantity, side by side, as SVG: on a grid its cells with their values, else points."""
    trials = usable(story.trials)
    charts = quantities(story)
    columns = 2 if len(charts) in (2, 4) else len(charts)
    rows = math.ceil(len(charts) / columns)
    width = FULL / columns if len(charts) > 1 else 0.6 * FULL
    crossings = on_grid(story, trials)
    smooth = len({trial.regional_damping for trial in crossings})
    tall = min(max(ROW * smooth, 1.8), TALLEST) if crossings else 2.4
    figure = new_figure(width * columns, rows * (tall + BELOW + ABOVE))
    for at, (title, unit, name, _) in enumerate(charts):
        row, column = divmod(at, columns)
        bottom = BELOW + (rows - 1 - row) * (tall + BELOW + ABOVE)
        axes = place(figure, column * width + LEFT, bottom, width - LEFT - RIGHT, tall)
        axes.set_title(f"{title} ({unit})")
        axes.set(xscale="log", yscale="log", xlabel="Damping", ylabel="Damping of the regional" if column == 0 else "")
        known = [(trial, float(getattr(trial, name))) for trial in trials if getattr(trial, name) is not None]
        if known:
            cells = [item for item in known if item[0] in crossings]
            points = [item for item in known if item[0] not in crossings]
            _draw(axes, story, cells, points, (width - LEFT - RIGHT, tall))
    alt = (
        f"Scores over damping and the regional's damping for {len(trials)} trials; the best, {number(story.best_damping)} and "
        f"{number(story.best_regional_damping)}, is framed."
    )
    return to_svg(figure, alt)


def _draw(
    axes: Axes,
    story: CrossValidationStory,
    cells: list[tuple[Trial, float]],
    points: list[tuple[Trial, float]],
    size: tuple[float, float],
) -> None:
    import matplotlib
    from matplotlib.colors import LogNorm

    known = cells + points
    least = min(value for _, value in known)
    norm = LogNorm(least, max(min(max(value for _, value in known), SPAN * least), 1.01 * least))
    colours = matplotlib.colormaps["cividis"]
    dampings = sorted({trial.damping for trial, _ in cells or known})
    smooth = sorted({trial.regional_damping or 0.0 for trial, _ in cells or known})
    across, up = _edges(dampings), _edges(smooth)
    axes.set_xlim(across[0], across[-1])
    axes.set_ylim(up[0], up[-1])
    best = min(known, key=lambda item: not is_best(story, item[0]))[0]
    legible = min(size[0] / len(dampings), 2 * size[1] / len(smooth)) >= LEGIBLE
    for trial, value in cells:
        x, y = dampings.index(trial.damping), smooth.index(trial.regional_damping or 0.0)
        _cell(axes, (across[x], across[x + 1]), (up[y], up[y + 1]), colours(norm(value)))
        if legible:
            ink = DARK if norm(value) > PALE else LIGHT
            weight = "bold" if value == least else "normal"
            axes.text(
                trial.damping, trial.regional_damping or 0.0, number(value, 3), ha="center", va="center", fontsize=7.5,
                color=ink, weight=weight, gid="value",
            )  # fmt: skip
    if points:
        axes.scatter(
            [trial.damping for trial, _ in points], [trial.regional_damping or 0.0 for trial, _ in points],
            c=[value for _, value in points], norm=norm, cmap=colours, s=26 if cells else 70, edgecolors=LIGHT if cells else MUTED,
            linewidths=0.6, zorder=4,
        )  # fmt: skip
    if any(trial is best for trial, _ in cells):
        x, y = dampings.index(best.damping), smooth.index(best.regional_damping or 0.0)
        _frame(axes, (across[x], across[x + 1]), (up[y], up[y + 1]))
    else:
        axes.plot(
            best.damping, best.regional_damping or 0.0, marker="o", markersize=9 if cells else 13, color="none", linestyle="",
            gid="best", markeredgecolor=VERMILLION, markeredgewidth=2, zorder=5,
        )  # fmt: skip
    for axis, values in ((axes.xaxis, dampings), (axes.yaxis, smooth)):
        plain_log(axis, values)
        if cells and len(values) <= MOST_TICKS:
            axis.set_ticks(values, [number(value, 2) for value in values])
            axis.set_ticks([], minor=True)
    axes.tick_params(length=3)


def _edges(values: list[float]) -> list[float]:
    """Where cells about ascending values end, half way on a logarithmic scale."""
    if len(values) == 1:
        return [values[0] / 1.5, values[0] * 1.5]
    inner = [math.sqrt(a * b) for a, b in pairwise(values)]
    return [values[0] ** 2 / inner[0], *inner, values[-1] ** 2 / inner[-1]]


def _cell(axes: Axes, x: tuple[float, float], y: tuple[float, float], colour: tuple[float, ...]) -> None:
    axes.fill_between(x, y[0], y[1], color=colour, linewidth=0.2)


def _frame(axes: Axes, x: tuple[float, float], y: tuple[float, float]) -> None:
    axes.plot(
        [x[0], x[1], x[1], x[0], x[0]], [y[0], y[0], y[1], y[1], y[0]], color=VERMILLION, linewidth=2.4, gid="best",
        clip_on=False, zorder=5,
    )  # fmt: skip
