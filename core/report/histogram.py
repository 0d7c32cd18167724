"""How values spread about zero, beside the normal curve of the same mean and standard deviation."""

from __future__ import annotations

from .canvas import BLUE, HALF, INK, MUTED, VERMILLION, new_figure, open_sides, place, to_svg
from .numbers import finite, number
from .stories import Floats


def histogram(values: Floats, label: str, alt: str, error: float | None = None, height: float = 3.4) -> str:
    """Bars of the finite values (mGal), the normal curve, and the data's own error where known, as SVG."""
    import numpy as np
    from matplotlib.ticker import MaxNLocator

    known = finite(values)
    figure = new_figure(HALF, height)
    axes = place(figure, 0.6, 0.46, HALF - 0.75, height - 0.72)
    open_sides(axes)
    axes.set(xlabel=label, ylabel="Stations")
    axes.yaxis.set_major_locator(MaxNLocator(6, integer=True))
    if known.size == 0:
        axes.set_title("No station has a value")
        return to_svg(figure, alt)
    mean, spread = float(known.mean()), float(known.std())
    same = spread <= 1e-12 * max(abs(mean), 1.0)
    reach = (
        max(abs(mean), 1.0) * 0.1
        if same
        else max(float(np.abs(np.clip(known - mean, -6 * spread, 6 * spread)).max()), spread)
    )
    edges = np.linspace(
        mean - reach, mean + reach, 4 if same else min(max(int(np.sqrt(known.size)), 7), 61) // 2 * 2 + 2
    )
    inside = np.clip(known, edges[0], edges[-1])
    axes.hist(inside, bins=edges.tolist(), histtype="stepfilled", color=BLUE, alpha=0.75, linewidth=0)
    axes.axvline(0, color=MUTED, linewidth=0.8)
    title = f"mean {number(mean, 3)}, σ {number(spread, 3)} mGal"
    if not same:
        x = np.linspace(edges[0], edges[-1], 121)
        share = known.size * (edges[1] - edges[0]) / np.sqrt(2 * np.pi)
        axes.plot(x, share / spread * np.exp(-0.5 * ((x - mean) / spread) ** 2), color=INK, linewidth=1.3)
        if error:
            axes.plot(
                x,
                share / error * np.exp(-0.5 * (x / error) ** 2),
                color=VERMILLION,
                linewidth=1.3,
                linestyle="--",
            )
            title += f"   (dashed: the data's error, {number(error, 3)})"
    axes.set_title(title, fontweight="normal")
    return to_svg(figure, alt)
