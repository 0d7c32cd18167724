"""How an inversion went: misfit, objective and step against the iteration."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .canvas import BLUE, FULL, GREEN, MUTED, VERMILLION, new_figure, open_sides, place, plain_log, to_svg
from .numbers import number
from .stories import Iteration

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOG_FROM = 5.0  # times between the smallest and the largest value


def convergence(iterations: Sequence[Iteration], weighted: bool) -> str:
    """Three small charts side by side, as SVG; a logarithmic axis where the values ask for one."""
    unit = "" if weighted else " (mGal)"
    figure = new_figure(FULL, 2.5)
    quantities = (
        ("Weighted RMS misfit" + unit if weighted else "RMS misfit" + unit, "rms", BLUE),
        ("Objective", "objective", VERMILLION),
        ("RMS step (m)", "step_rms", GREEN),
    )
    for place_number, (title, name, colour) in enumerate(quantities):
        axes = place(figure, 0.55 + place_number * FULL / 3, 0.46, FULL / 3 - 0.75, 1.75)
        points = [(step.number, float(getattr(step, name))) for step in iterations]
        if name == "step_rms":
            points = [point for point in points if point[0] > 0]
        axes.set_title(title)
        _curve(axes, points, colour)
        axes.set_xlabel("Iteration")
        if name == "rms" and weighted:
            axes.axhline(1, color=MUTED, linewidth=0.9, linestyle="--")
    last = iterations[-1] if iterations else None
    end = f" The last of {len(iterations)} is {number(last.rms)}." if last else ""
    return to_svg(figure, f"Charts of misfit, objective and step against the iteration.{end}")


def _curve(axes: Axes, points: list[tuple[int, float]], colour: str) -> None:
    from matplotlib.ticker import MaxNLocator

    open_sides(axes)
    known = [(step, value) for step, value in points if math.isfinite(value)]
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    if not known:
        axes.text(0.5, 0.5, "none", transform=axes.transAxes, ha="center", color=MUTED)
        return
    steps, values = zip(*known, strict=True)
    axes.plot(steps, values, color=colour, marker="o" if len(known) <= 40 else "", markersize=3.5)
    if min(values) > 0 and max(values) > LOG_FROM * min(values):
        axes.set_yscale("log")
        plain_log(axes.yaxis, values)
    elif min(values) == max(values):
        axes.set_ylim(*sorted((0.9 * values[0] - 1e-9, 1.1 * values[0] + 1e-9)))
    axes.set_xlim(min(steps) - 0.5, max(steps) + 0.5)
    axes.plot(steps[-1], values[-1], color=colour, marker="o", markersize=6, clip_on=False)
    axes.set_title(f"last: {number(values[-1], 3)}", loc="right", fontweight="normal")
