"""docs/speed.png, time and memory against the number of cells beside the dense method, and docs/speed_cv.png, time of a cross
validation against the number of stations."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import matplotlib
import numpy as np

matplotlib.use("Agg")
from matplotlib import pyplot

DOCS = Path(__file__).resolve().parents[2] / "docs"
STYLE = {"gridded": ("tab:blue", "convolution on the nodes"), "dense": ("tab:red", "every pair, dense matrix")}
LARGEST = 1e6  # cells, to which the dense method's lines are drawn on


def draw(rows: dict[str, list[list[float]]]) -> None:
    """One panel for a forward model's time, one for the memory of its operators."""
    figure, panels = pyplot.subplots(1, 2, figsize=(9.0, 3.8), layout="constrained")
    for name, measured in rows.items():
        colour, label = STYLE[name]
        cells, seconds, memory = np.array(measured).T
        for panel, values in zip(panels, (seconds, memory / 1e9), strict=True):
            panel.loglog(cells, values, "o-", color=colour, label=label, markersize=4)
            if cells[-1] < LARGEST:
                beyond = np.array([cells[-1], LARGEST])
                panel.loglog(beyond, values[-1] * (beyond / cells[-1]) ** 2, "--", color=colour)
    for panel, what in zip(panels, ("forward model, s", "memory of the operator, GB"), strict=True):
        panel.set_xlabel("cells (as many stations)")
        panel.set_ylabel(what)
        panel.grid(True, which="major", alpha=0.3)
    panels[0].legend(frameon=False)
    figure.savefig(DOCS / "speed.png", dpi=130)


def draw_cross_validation(rows: dict[str, list[list[float]]]) -> None:
    """Seconds of whole jobs over scattered stations: an inversion, and a cross validation of eight dampings by blocks."""
    figure, panel = pyplot.subplots(figsize=(5.6, 3.8), layout="constrained")
    for colour, (name, measured) in zip(("tab:blue", "tab:orange"), rows.items(), strict=True):
        stations, seconds = np.array(measured).T
        panel.loglog(stations, seconds, "o-", color=colour, label=name, markersize=4)
    for axis, ticks in ((panel.xaxis, [row[0] for row in rows["inversion"]]), (panel.yaxis, None)):
        if ticks is not None:
            axis.set_ticks(ticks)
        axis.set_major_formatter("{x:g}")
        axis.set_minor_formatter("")
    panel.set_xlabel("stations (twice as many cells)")
    panel.set_ylabel("whole job, s")
    panel.grid(True, which="major", alpha=0.3)
    panel.legend(frameon=False)
    figure.savefig(DOCS / "speed_cv.png", dpi=130)


if __name__ == "__main__":
    {"scaling": draw, "cv_scaling": draw_cross_validation}[sys.argv[1]](json.loads(sys.argv[2]))
