"""Draw the demo's map.png: inverted relief, residual gravity, and scores against damping."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import matplotlib
import numpy as np
import rasterio

matplotlib.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

# Those of the layers in QGIS (plugin/styles.py).
TERRAIN = ("#14505f", "#3f8f7c", "#a9c98a", "#ece3b4", "#c99a62", "#8f5d3d", "#f6f2ee")
DIVERGING = ("#17407f", "#4b8bc2", "#b6d5e8", "#f7f7f5", "#f5c3a3", "#d6664d", "#82132b")


def draw_raster(axes: Axes, path: Path, title: str, unit: str, colours: tuple[str, ...], about_zero: bool) -> None:
    """Draw a raster in kilometres with its colour bar."""
    with rasterio.open(path) as raster:
        values = raster.read(1, masked=True).filled(np.nan)
        west, south, east, north = raster.bounds
    limits = {}
    if about_zero:
        largest = float(np.nanmax(np.abs(values)))
        limits = {"vmin": -largest, "vmax": largest}
    extent = (west / 1000, east / 1000, south / 1000, north / 1000)
    image = axes.imshow(values, extent=extent, cmap=LinearSegmentedColormap.from_list("relief", colours), **limits)
    axes.set(title=title, xlabel="easting (km)", ylabel="northing (km)")
    axes.figure.colorbar(image, ax=axes, label=unit, shrink=0.75)


def draw_scores(axes: Axes, summary: dict) -> None:
    """Draw the cross validation's scores with the best marked."""
    dampings = [row["damping"] for row in summary["scores"]]
    scores = [row["score"] for row in summary["scores"]]
    axes.loglog(dampings, scores, "o-", color="0.3")
    axes.plot(summary["best_damping"], summary["best_score"], "*", color="tab:red", markersize=16)
    axes.set(title=f"best damping {summary['best_damping']:.4g}", xlabel="damping", ylabel="score (mGal)")
    axes.grid(alpha=0.3, which="both")


def main(folder: Path) -> None:
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(15, 4.2), layout="constrained")
    draw_raster(left, folder / "inverted_relief.tif", "inverted relief", "m", TERRAIN, False)
    draw_raster(middle, folder / "residual.tif", "residual gravity", "mGal", DIVERGING, True)
    draw_scores(right, summary)
    figure.savefig(folder / "map.png", dpi=110)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
