"""Paper and ink: figures laid out in inches, and turned into SVG that follows the page's colours.

Lines and words become vectors whose colours are CSS variables of the page, so that one figure serves a light
screen, a dark one and paper; maps and clouds of points are rasters inside. Nothing here touches pyplot.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .numbers import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

# Okabe and Ito's colours, which all kinds of colour vision tell apart, and three greys.
INK, MUTED, RULE, PAPER = "#1c2833", "#66727c", "#dde2e6", "#fefefe"
BLUE, VERMILLION, GREEN, ORANGE = "#0072b2", "#d55e00", "#009e73", "#e69f00"
VARIABLES = {
    INK: "ink", MUTED: "muted", RULE: "rule", PAPER: "paper",
    BLUE: "blue", VERMILLION: "vermillion", GREEN: "green", ORANGE: "orange",
}  # fmt: skip
FULL, HALF = 10.0, 4.9  # inches: the page's width, and half of it less the gap
RASTER_DPI = 160
PIXELS_PER_INCH = 102.4  # on a wide page, so that letters are of one size in all figures

STYLE: dict[str, Any] = {
    "font.size": 8.5, "axes.titlesize": 9, "axes.titleweight": "bold", "axes.titlelocation": "left",
    "axes.labelsize": 8.5, "xtick.labelsize": 8, "ytick.labelsize": 8, "legend.fontsize": 8,
    "text.color": INK, "axes.labelcolor": MUTED, "axes.titlecolor": INK, "axes.edgecolor": MUTED,
    "xtick.color": MUTED, "ytick.color": MUTED, "axes.linewidth": 0.7, "axes.facecolor": "none",
    "axes.grid": False, "grid.color": RULE, "grid.linewidth": 0.6, "axes.axisbelow": True,
    "lines.linewidth": 1.6, "figure.facecolor": "none", "savefig.facecolor": "none",
    "legend.frameon": False, "legend.labelcolor": INK, "axes.formatter.useoffset": False,
    "svg.fonttype": "none", "image.interpolation": "none", "image.origin": "lower",
    "image.composite_image": False,
}  # fmt: skip


@contextmanager
def drawing_style() -> Iterator[None]:
    """Matplotlib's settings for as long as a report's figures are drawn."""
    import matplotlib

    with matplotlib.rc_context(STYLE):
        yield


def new_figure(width: float, height: float) -> Figure:
    """An empty figure, in inches."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height))


def place(figure: Figure, left: float, bottom: float, width: float, height: float, **axes: Any) -> Axes:
    """Axes at a place given in inches: an automatic layout costs more time than all the drawing."""
    across, up = figure.get_size_inches()
    return figure.add_axes((left / across, bottom / up, width / across, height / up), **axes)


def open_sides(axes: Axes, grid: str = "y") -> None:
    """A chart's frame: no top, no right side, light lines to read values along."""
    axes.spines["top"].set_visible(False)
    axes.spines["right"].set_visible(False)
    axes.grid(True, axis=grid)  # type: ignore[arg-type]
    axes.tick_params(length=3)


def plain_log(axis: Axis, values: Sequence[float]) -> None:
    """Ticks of a logarithmic axis as plain numbers, at 1, 2, 5 where the values span little."""
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator

    low, high = min(values), max(values)
    if high < 4 * low:
        axis.set_major_locator(MaxNLocator(5))
        axis.set_minor_locator(NullLocator())
    else:
        axis.set_major_locator(LogLocator(10, subs=(1.0, 2.0, 5.0) if high < 150 * low else (1.0,), numticks=8))
        axis.set_minor_formatter(NullFormatter())
    axis.set_major_formatter(FuncFormatter(lambda value, _: number(value, 4)))


def to_svg(figure: Figure, alt: str) -> str:
    """The figure as an inline SVG element with its text for those who can't see it."""
    import io

    import matplotlib

    text = io.StringIO()
    # Ids are hashes of what they name and the salt: figures of one page must not share them.
    with matplotlib.rc_context({"svg.hashsalt": alt}):
        figure.savefig(text, format="svg", dpi=RASTER_DPI, metadata={"Date": None, "Creator": None})
    whole = text.getvalue()
    body = whole[whole.index(">", whole.index("<svg")) + 1 :]
    body = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>", "", body, flags=re.DOTALL)
    body = re.sub(r'<g id="([a-z]+)"', r'<g class="\1"', body)  # the names given by us; matplotlib's have numbers
    body = re.sub(r'<g id="[^"]*"', "<g", body)
    body = re.sub(r"font-family: [^;\"]*", "font-family: var(--font)", body)
    body = re.sub(r"font: ((?:\w+ )?[\d.]+px) [^;\"]*", r"font: \1 var(--font)", body)
    body = re.sub(r"(?<=data:image/png;base64,)[^\"]*", _with_palette, body)
    for colour, variable in VARIABLES.items():
        body = body.replace(colour, f"var(--{variable})")
    across, up = figure.get_size_inches()
    size = f'viewBox="0 0 {72 * across:g} {72 * up:g}" style="max-width:{PIXELS_PER_INCH * across:.0f}px"'
    return f'<svg role="img" aria-label="{html.escape(alt)}" {size}>{body}'


def _with_palette(found: re.Match[str]) -> str:
    """The same picture in a quarter of the room, where it has no more colours than a palette holds."""
    import base64
    import io

    import numpy as np
    from PIL import Image

    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(found.group()))).convert("RGBA"))
    colours, index = np.unique(pixels.view(np.uint32).ravel(), return_inverse=True)
    if colours.size > 256:
        return found.group()
    rgba = colours.view(np.uint8).reshape(-1, 4)
    picture = Image.fromarray(index.astype(np.uint8).reshape(pixels.shape[:2]), mode="P")
    picture.putpalette(rgba[:, :3].tobytes())
    small = io.BytesIO()
    picture.save(small, format="PNG", optimize=True, transparency=rgba[:, 3].tobytes())
    return base64.b64encode(small.getvalue()).decode("ascii")
