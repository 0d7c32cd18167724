"""A section from west to east through the place where the inversion changed the relief most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .canvas import BLUE, FULL, GREEN, INK, MUTED, ORANGE, PAPER, VERMILLION, new_figure, open_sides, place, to_svg
from .numbers import number
from .stories import InversionStory

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEIGHT = 3.2  # inches


def section_row(story: InversionStory) -> int:
    """The row of the grid with the largest change; the middle one where nothing changed."""
    import numpy as np

    change = np.abs(story.inverted.heights - story.starting.heights)
    change = np.where(np.isfinite(change), change, 0.0)
    if not change.any():
        return change.shape[0] // 2
    return int(np.unravel_index(np.argmax(change), change.shape)[0])


def contrast_in_words(story: InversionStory) -> str:
    """Which side is denser."""
    contrast = story.density_contrast
    if contrast is None:
        return "The density contrast, the density below the relief minus that above it, varies from place to place. It acts"
    sign = "+" if contrast > 0 else ""
    denser = "denser below the relief" if contrast > 0 else "lighter below the relief"
    law = f" at the datum, and varying with depth ({story.density_law})" if story.density_law else ""
    return f"The density contrast, below minus above: {sign}{number(contrast)} kg/m³: {denser}{law}. It acts"


def section(story: InversionStory) -> tuple[str, str]:
    """The section as SVG, and the words to go under it."""
    row = section_row(story)
    figure = new_figure(FULL, HEIGHT)
    axes = place(figure, 0.65, 0.48, FULL - 0.85, HEIGHT - 0.8)
    open_sides(axes)
    inverted = story.inverted.heights[row]
    x = story.inverted.easting / 1000
    level = story.reference_level
    for where, colour, sign in ((inverted >= level, VERMILLION, 1), (inverted < level, BLUE, -1)):
        label = None
        if where.any():
            label = "contrast acts" if story.density_contrast is None else _mass(sign * story.density_contrast)
        axes.fill_between(
            x,
            level,
            inverted,
            where=where,
            interpolate=True,
            color=colour,
            alpha=0.22,
            linewidth=0,
            label=label,
        )
    axes.axhline(level, color=MUTED, linewidth=1, linestyle="-.", label="reference level")
    marker: dict[str, Any] = {"marker": "o", "markersize": 3} if x.size < 3 else {}
    axes.plot(x, story.starting.heights[row], color=ORANGE, linestyle="--", label="starting relief", **marker)
    if story.true is not None:
        axes.plot(x, story.true.heights[row], color=GREEN, linewidth=2.6, alpha=0.8, label="true relief", **marker)
    axes.plot(x, inverted, color=INK, linewidth=1.5, label="inverted relief", **marker)
    _limits(axes, story, row)
    _known_points(axes, story, row)
    _stations(axes, story, row)
    axes.set(xlabel="Easting (km)", ylabel="Height (m)")
    axes.margins(x=0.01 if x.size > 1 else 0.5, y=0.08)
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(-0.01, 1.0),
        ncols=9,
        columnspacing=1.1,
        handlelength=1.7,
        borderpad=0,
    )
    north = number(story.inverted.northing[row] / 1000)
    alt = f"Section from west to east at northing {north} km: station heights, reference level and reliefs."
    caption = (
        f"West to east at northing {north} km, where the relief changed most. {contrast_in_words(story)} between the "
        f"reference level ({number(level)} m) and the relief: {_sides(story)}. Heights are drawn {number(_exaggeration(axes), 2)} "
        "times too tall."
    )
    return to_svg(figure, alt), caption


def _sides(story: InversionStory) -> str:
    """What the two tints stand for."""
    if story.density_contrast is None:
        return "red where the relief lies above that level, blue where below"
    above, below = ("adds to", "lowers") if story.density_contrast > 0 else ("lowers", "adds to")
    return f"relief above that level (red) {above} gravity, relief below it (blue) {below} it"


def _limits(axes: Axes, story: InversionStory, row: int) -> None:
    import numpy as np

    drawn = False
    for limit in (story.lower, story.upper):
        if limit is None or not np.isfinite(limit[row]).any():
            continue
        heights = np.where(np.isfinite(limit[row]), limit[row], np.nan)
        label = None if drawn else "limits"
        axes.plot(
            story.inverted.easting / 1000,
            heights,
            color=VERMILLION,
            linewidth=1,
            linestyle=":",
            label=label,
            gid="limit",
        )
        drawn = True


def _known_points(axes: Axes, story: InversionStory, row: int) -> None:
    """The points of known relief within a cell and a half of the section, with their errors."""
    import numpy as np

    known, north, east = story.known, story.inverted.northing, story.inverted.easting
    if known is None:
        return
    reach = 1.5 * abs(float(north[1] - north[0])) if north.size > 1 else np.inf
    near = (np.abs(known.northing - north[row]) <= reach) & (known.easting >= east[0]) & (known.easting <= east[-1])
    if near.any():
        axes.errorbar(
            known.easting[near] / 1000, known.height[near], known.error[near], linestyle="", marker="D", markersize=4.5,
            color=INK, markerfacecolor=PAPER, markeredgewidth=1, elinewidth=1, capsize=2, label="known points", zorder=4,
        )  # fmt: skip


def _mass(contrast: float) -> str:
    return f"{'+' if contrast > 0 else ''}{number(contrast)} kg/m³"


def _stations(axes: Axes, story: InversionStory, row: int) -> None:
    """The stations of the row; where it has none, the nearest ones."""
    import numpy as np

    east, north = story.inverted.easting, story.inverted.northing
    half = abs(float(north[1] - north[0])) / 2 if north.size > 1 else 0.0
    away = np.abs(story.northing - north[row])
    usable = np.isfinite(story.residual) & np.isfinite(story.height)
    margin = abs(float(east[1] - east[0])) / 2 if east.size > 1 else np.inf
    usable &= (story.easting >= east[0] - margin) & (story.easting <= east[-1] + margin)
    if not usable.any():
        return
    near = usable & (away <= max(half, float(away[usable].min()) + half / 2))
    axes.plot(
        story.easting[near] / 1000, story.height[near], color=INK, marker="v", markersize=3, linestyle="",
        alpha=0.6, label="stations", rasterized=int(near.sum()) > 400,
    )  # fmt: skip


def _exaggeration(axes: Axes) -> float:
    """How many times larger a metre is upwards than along."""
    box = axes.get_position()
    west, east = axes.get_xlim()
    low, high = axes.get_ylim()
    up = box.height * HEIGHT / (high - low)
    along = box.width * FULL / ((east - west) * 1000)
    return float(up / along)
