"""What is marked on a map over its colours: an outline, hatching, cells at a limit, points of known relief."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .stories import Floats, InversionStory, Mask, ReliefGrid

if TYPE_CHECKING:
    from matplotlib.axes import Axes

EDGE = "#222222"  # on a map, whose colours are the same on light and dark pages
LIGHT = "#ffffff"
MOST_DOTS = 4000
MOST_PLACES = 2000
ON_THE_LIMIT = 1e-3  # m

Extent = tuple[float, float, float, float]  # west, east, south, north, km


@dataclass(frozen=True)
class Marks:
    """Cells and places to mark; masks have the map's shape (ny, nx)."""

    outline: Mask | None = None  # a line is drawn around these cells
    hatched: Mask | None = None
    dotted: Mask | None = None
    easting: Floats | None = None  # (n,) m, of points
    northing: Floats | None = None  # (n,) m


def unsupported(story: InversionStory) -> Mask | None:
    """Free cells that hang on the penalty alone, (ny, nx); None where it was not told."""
    if story.support is None:
        return None
    return ~story.support if story.free is None else story.free & ~story.support


def at_limits(story: InversionStory) -> Mask | None:
    """Free cells that lie on a limit, (ny, nx); None where there is no limit."""
    if story.lower is None and story.upper is None:
        return None
    import numpy as np

    heights = story.inverted.heights
    held = np.zeros(heights.shape, dtype=bool)
    for limit in (story.lower, story.upper):
        if limit is not None:
            held |= np.abs(heights - limit) <= ON_THE_LIMIT
    return held if story.free is None else held & story.free


def relief_marks(story: InversionStory) -> Marks:
    """All that an inverted relief's map marks."""
    known = story.known
    if known is None:
        return Marks(story.free, unsupported(story), at_limits(story))
    inside = _within(story.inverted, known.easting, known.northing)
    places = known.easting[inside][:MOST_PLACES], known.northing[inside][:MOST_PLACES]
    return Marks(story.free, unsupported(story), at_limits(story), *places)


def _within(relief: ReliefGrid, easting: Floats, northing: Floats) -> Mask:
    east, north = relief.easting, relief.northing
    return (easting >= east[0]) & (easting <= east[-1]) & (northing >= north[0]) & (northing <= north[-1])


def draw_marks(axes: Axes, marks: Marks, extent: Extent, step: int) -> None:
    """Draw them on a map of which every `step`-th node is shown each way."""
    if marks.hatched is not None:
        _hatch(axes, marks.hatched, extent, step)
    if marks.outline is not None:
        _outline(axes, marks.outline, extent, step)
    if marks.dotted is not None:
        _dots(axes, marks.dotted, extent)
    if marks.easting is not None and marks.northing is not None:
        axes.plot(
            marks.easting / 1000, marks.northing / 1000, linestyle="", marker="D", markersize=4, gid="known",
            markerfacecolor=LIGHT, markeredgecolor=EDGE, markeredgewidth=0.9,
        )  # fmt: skip


def _outline(axes: Axes, mask: Mask, extent: Extent, step: int) -> None:
    if not mask.any() or mask.all():
        return
    shown = _thinned(mask, step)
    if min(shown.shape) < 2:
        return
    import numpy as np

    axes.contour(*_centres(shown, extent), shown.astype(np.float64), levels=[0.5], colors=[EDGE], linewidths=0.8)


def _hatch(axes: Axes, mask: Mask, extent: Extent, step: int) -> None:
    """Hatching over cells, up to their edges."""
    import matplotlib
    import numpy as np

    shown = _thinned(mask, step)
    if not shown.any():
        return
    west, east, south, north = extent
    x, y = np.linspace(west, east, shown.shape[1] + 1), np.linspace(south, north, shown.shape[0] + 1)
    cells = np.kron(shown, np.ones((2, 2)))
    with matplotlib.rc_context({"hatch.linewidth": 0.6}):
        axes.contourf(
            np.repeat(x, 2)[1:-1], np.repeat(y, 2)[1:-1], cells, levels=[0.5, 1.5], colors="none", hatches=["/////"]
        )


def _dots(axes: Axes, mask: Mask, extent: Extent) -> None:
    import numpy as np

    row, column = np.nonzero(mask)
    if row.size > MOST_DOTS:
        chosen = np.random.default_rng(0).choice(row.size, MOST_DOTS, replace=False)
        row, column = row[chosen], column[chosen]
    x, y = _centres(mask, extent)
    size = 72 * axes.get_window_extent().width / axes.figure.dpi / mask.shape[1]
    axes.plot(
        x[column], y[row], linestyle="", marker=".", color=EDGE, markeredgewidth=0, gid="limits",
        markersize=min(max(0.7 * size, 1.0), 4.5), rasterized=row.size > 500,
    )  # fmt: skip


def _thinned(mask: Mask, step: int) -> Mask:
    return mask[step // 2 :: step, step // 2 :: step]


def _centres(mask: Mask, extent: Extent) -> tuple[Floats, Floats]:
    import numpy as np

    west, east, south, north = extent
    ny, nx = mask.shape
    return west + (np.arange(nx) + 0.5) * (east - west) / nx, south + (np.arange(ny) + 0.5) * (north - south) / ny


def marks_in_words(story: InversionStory) -> str:
    """What the marks mean, with their numbers; nothing where there are none."""
    cells = story.inverted.heights.size if story.free is None else int(story.free.sum())
    words = " The line bounds the cells that were free to move." if story.free is not None else ""
    hanging, held, known = unsupported(story), at_limits(story), story.known
    if hanging is not None and hanging.any():
        count = int(hanging.sum())
        words += (
            f" Hatched: {count} of {cells} free cells ({100 * count / cells:.0f} percent) have no station near enough to "
            "tell of them; their relief hangs on the penalty alone."
        )
    if held is not None:
        count = int(held.sum())
        words += f" Dots: {count} of {cells} free cells lie on a limit." if count else " No cell lies on a limit."
    if known is not None and known.missed.size:
        size = math.sqrt(float((known.missed**2).mean()))
        within = int((abs(known.missed) <= known.error).sum())
        words += (
            f" Diamonds: {known.missed.size} points of known relief, met to {size:.3g} m (RMS), {within} of them within "
            "their standard error."
        )
    return words.strip()
