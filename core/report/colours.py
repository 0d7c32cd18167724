"""Colour scales: which colour map, over which range, with which unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .numbers import finite

if TYPE_CHECKING:
    from matplotlib.colors import Colormap

# Shore to snow, placed by their lightness (CIE L*): equal steps of height are equal steps of lightness, and
# the map reads the same in grey and to every kind of colour vision.
TERRAIN = (
    (0.000, "#12274a"), (0.158, "#17485e"), (0.311, "#2a6a5e"), (0.452, "#5c8650"),
    (0.592, "#9f9b4e"), (0.734, "#d3b26f"), (0.866, "#eccfa4"), (1.000, "#faf0e2"),
)  # fmt: skip
LEVELS = 250  # with the two beyond the ends and no data they fit a PNG's palette
SHARE_SHOWN = 99.5  # percent of the values inside the scale, where a few would flatten all others
FAR = 1.6  # times further out than that share: only then is the scale cut


@dataclass(frozen=True)
class Scale:
    """A colour scale with the words under its bar."""

    label: str  # with the unit
    low: float
    high: float
    diverging: bool = False
    extend: str = "neither"  # or min, max, both: where values lie beyond the scale

    def colormap(self) -> Colormap:
        """Red and blue about zero, or the terrain."""
        import matplotlib
        from matplotlib.colors import LinearSegmentedColormap

        if self.diverging:
            return matplotlib.colormaps["RdBu_r"].resampled(LEVELS)
        return LinearSegmentedColormap.from_list("terrain by lightness", list(TERRAIN), N=LEVELS)


def symmetric(label: str, *values: Any) -> Scale:
    """The same reach either side of zero: no colour of its own for what is more common."""
    import numpy as np

    sizes = np.concatenate([np.abs(finite(item)) for item in values])
    if not sizes.size or sizes.max() == 0:
        return Scale(label, -1.0, 1.0, diverging=True)
    most, reach = float(sizes.max()), float(np.percentile(sizes, SHARE_SHOWN))
    if reach > 0 and most > FAR * reach:
        return Scale(label, -reach, reach, diverging=True, extend="both")
    return Scale(label, -most, most, diverging=True)


def terrain(label: str, *values: Any, beyond: Any = ()) -> Scale:
    """From the lowest to the highest of the values; `beyond` are drawn too, but do not stretch it."""
    import numpy as np

    heights = np.concatenate([finite(item) for item in values])
    low, high = (float(heights.min()), float(heights.max())) if heights.size else (0.0, 0.0)
    flat = high - low <= 1e-9 * max(abs(low), abs(high), 1.0)
    if flat:
        low, high = low - 1.0, high + 1.0
    others = np.concatenate([heights, *[finite(item) for item in beyond]])
    below, above = bool((others < low).any()), bool((others > high).any())
    return Scale(
        label,
        low,
        high,
        extend={(0, 0): "neither", (1, 0): "min", (0, 1): "max", (1, 1): "both"}[below, above],
    )
