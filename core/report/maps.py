"""Maps: grids and stations on axes in kilometres, several to a sheet, with one bar for each colour scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .canvas import FULL, INK, MUTED, VERMILLION, new_figure, place, to_svg
from .colours import Scale
from .map_marks import EDGE, Marks, draw_marks
from .stories import Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_PIXELS = 600  # a side, of a drawn grid
MOST_POINTS = 20_000
LEFT, RIGHT, TITLE, TICKS, BAR = 0.55, 0.15, 0.26, 0.44, 0.5  # inches, around a map
TALLEST = 4.6  # inches
CROWDED = 16.0  # square points a station: with less room, gaps would only be a moire
GROUND = "#d3d8db"  # where a map has no data


def thinning_in_words(shape: tuple[int, ...]) -> str:
    """How many of a grid's nodes (ny, nx), or of the stations (n,), a map shows; nothing where all."""
    if len(shape) == 1:
        return f" The map shows {MOST_POINTS} of the {shape[0]} stations." if shape[0] > MOST_POINTS else ""
    step = math.ceil(max(shape) / MOST_PIXELS)
    return f" The maps show one node in {step} each way." if step > 1 else ""


@dataclass(frozen=True)
class Panel:
    """One map: values on a grid (ny, nx), or at points (n,), with the coordinates in m."""

    title: str
    values: Floats
    easting: Floats
    northing: Floats
    scale: Scale
    marks: Marks | None = None
    framed: bool = False

    @property
    def is_grid(self) -> bool:
        return self.values.ndim == 2

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """West, east, south, north in km, half a cell or a little beyond the coordinates."""
        return (*_reach(self.easting, self.is_grid), *_reach(self.northing, self.is_grid))


def _reach(coordinate: Floats, cells: bool) -> tuple[float, float]:
    import numpy as np

    known = coordinate[np.isfinite(coordinate)] / 1000
    if known.size == 0:
        return -1.0, 1.0
    low, high = float(known.min()), float(known.max())
    margin = (high - low) / (2 * (known.size - 1)) if cells and known.size > 1 else 0.02 * (high - low)
    return low - (margin or 0.5), high + (margin or 0.5)


def thinned(grid: Floats, most: int = MOST_PIXELS) -> tuple[Floats, int]:
    """Every k-th node, k as small as brings the grid to `most` a side: spread stays, unlike in means."""
    step = max(1, math.ceil(max(grid.shape) / most))
    return grid[step // 2 :: step, step // 2 :: step], step


def map_size(panel: Panel, room: float, tallest: float) -> tuple[float, float]:
    """Width and height in inches of a map at equal scales, no wider than the room."""
    west, east, south, north = panel.extent
    ratio = min(max((north - south) / (east - west), 0.08), 12.0)
    across = min(room, tallest / ratio)
    return across, across * ratio


def lone_map_height(panel: Panel, width: float, tallest: float = TALLEST) -> float:
    """The height in inches of a sheet with this panel alone."""
    return map_size(panel, width - LEFT - RIGHT, tallest)[1] + TITLE + TICKS + BAR


def map_sheet(
    panels: Sequence[Panel],
    alt: str,
    columns: int = 3,
    width: float = FULL,
    most: int = MOST_PIXELS,
    tallest: float = TALLEST,
) -> str:
    """The panels in rows, all at one size, as SVG. Neighbours that share a scale share its bar.

    In a sheet of more than one row all panels share the first one's scale.
    """
    columns = min(columns, len(panels))
    rows = math.ceil(len(panels) / columns)
    room = width / columns - LEFT - RIGHT
    across, up = map_size(panels[0], room, tallest)
    figure = new_figure(width, rows * (up + TITLE + TICKS) + BAR)
    places = []
    for number, panel in enumerate(panels):
        row, column = divmod(number, columns)
        left = column * width / columns + LEFT + (room - across) / 2
        bottom = BAR + TICKS + (rows - 1 - row) * (up + TITLE + TICKS)
        axes = place(figure, left, bottom, across, up)
        _draw(axes, panel, across, up, most)
        if column == 0:
            axes.set_ylabel("Northing (km)")
        if row == rows - 1 or number + columns >= len(panels):
            axes.set_xlabel("Easting (km)")
        places.append(left)
    _bars(figure, panels if rows == 1 else panels[:1], places, across, columns if rows > 1 else 1)
    return to_svg(figure, alt)


def _draw(axes: Axes, panel: Panel, across: float, up: float, most: int) -> None:
    from matplotlib.ticker import MaxNLocator

    west, east, south, north = panel.extent
    axes.set_facecolor(GROUND)
    style: dict[str, Any] = {
        "cmap": panel.scale.colormap(),
        "vmin": panel.scale.low,
        "vmax": panel.scale.high,
    }
    if panel.is_grid:
        shown, step = thinned(panel.values, most)
        axes.imshow(shown, extent=panel.extent, aspect="auto", **style)
        if panel.marks is not None:
            draw_marks(axes, panel.marks, panel.extent, step)
    else:
        _points(axes, panel, across * up * 72**2, style)
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    axes.set_aspect("equal", adjustable="box")
    axes.set_title(panel.title, color=VERMILLION if panel.framed else INK, pad=4)
    axes.xaxis.set_major_locator(MaxNLocator(max(2, round(across / 0.6)), steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_locator(MaxNLocator(max(2, round(up / 0.5)), steps=[1, 2, 5, 10]))
    axes.tick_params(length=2.5)
    if panel.framed:
        for side in axes.spines.values():
            side.set(color=VERMILLION, linewidth=2)


def _points(axes: Axes, panel: Panel, area: float, style: dict[str, Any]) -> None:
    """Stations, as large as they can be without covering one another much. The area is in square points."""
    import numpy as np

    known = np.flatnonzero(np.isfinite(panel.values))
    if known.size > MOST_POINTS:
        known = np.random.default_rng(0).choice(known, MOST_POINTS, replace=False)
    share = area / max(known.size, 1)
    size = min(max((0.7 if share > CROWDED else 1.2) * share, 0.5), 45.0)
    few = known.size <= 300
    axes.scatter(
        panel.easting[known] / 1000, panel.northing[known] / 1000, c=panel.values[known], s=size,
        marker="o" if few else "s", edgecolors=EDGE if few else "none", linewidths=0.4 if few else 0,
        antialiased=few, rasterized=not few, **style,
    )  # fmt: skip


def _bars(figure: Any, panels: Sequence[Panel], places: list[float], across: float, span: int) -> None:
    """A bar under each run of panels with one scale; `span` columns wide where one serves all rows."""
    first = 0
    while first < len(panels):
        last = first
        while last + 1 < len(panels) and panels[last + 1].scale == panels[first].scale:
            last += 1
        left, right = places[first], places[max(last, span - 1)] + across
        wide = min(right - left, 5.0)
        _bar(figure, panels[first].scale, (left + right - wide) / 2, wide)
        first = last + 1


def _bar(figure: Any, scale: Scale, left: float, wide: float) -> None:
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize
    from matplotlib.ticker import MaxNLocator

    mappable = ScalarMappable(Normalize(scale.low, scale.high), scale.colormap())
    axes = place(figure, left, BAR - 0.12, wide, 0.1)
    bar = figure.colorbar(mappable, cax=axes, orientation="horizontal", extend=scale.extend, extendfrac=0.03)
    bar.solids.set_rasterized(True)
    bar.outline.set(linewidth=0.5, color=MUTED)
    bar.locator = MaxNLocator(max(3, round(wide / 0.7)), steps=[1, 2, 2.5, 5, 10])
    bar.update_ticks()
    bar.set_label(scale.label, labelpad=1)
    axes.tick_params(length=2.5, pad=2)
