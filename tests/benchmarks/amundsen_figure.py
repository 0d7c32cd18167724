"""A hidden window of real sea floor, found again from gravity: docs/amundsen.png and the table of docs/regional.md.

    python tests/benchmarks/amundsen_figure.py [table]

324 airborne stations over the Amundsen Sea; the bed inside a window of 30 km is hidden and was filled by a spline through
the depths around it. Relief and regional are inverted together, both dampings by cross validation; the true bed scores
and never guides. With "table" the cross validation is repeated with other blocks and seeds, some minutes each.
The data are looked for in GRAVRELIEF_SHARED, else beside the repository in shared/data; they are not part of it.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from core.data.rasters import RasterSource, read_raster  # noqa: E402
from core.data.relief import Relief  # noqa: E402
from core.events.protocol import Reporter  # noqa: E402
from core.report.colours import symmetric, terrain  # noqa: E402
from core.report.numbers import number  # noqa: E402
from core.tasks import run_task  # noqa: E402

DATA = Path(os.environ.get("GRAVRELIEF_SHARED", ROOT.parent / "shared")) / "data" / "amundsen_south"
TARGET = ROOT / "docs" / "amundsen.png"
MARGIN = 5  # cells around the window
OTHERS: tuple[dict[str, Any], ...] = (
    {},
    *({"block_size": size} for size in (5000, 7000, 15000, 20000)),
    *({"seed": seed} for seed in range(1, 6)),
)


def validate(folder: Path, **changes: Any) -> dict[str, Any]:
    """The outputs of the cross validation, all other settings as the tool chooses them."""
    files = {
        "gravity": "gravity.csv",
        "starting_relief": "starting_bed.tif",
        "free_cells": "free_cells.tif",
        "true_relief": "true_bed.tif",
    }
    job = {
        "task": "dampingcrossvalidation",
        **{key: str(DATA / name) for key, name in files.items()},
        "height_field": "height",
        "density_contrast": 1643,
        "regional": 6,
        "split": 2,
        "damping_min": 1e-3,
        "damping_max": 0.3,
        "trials": 7,
        "inverted_relief": "inverted.tif",
    }
    return run_task({**job, **changes}, folder, Reporter())


def raster(path: Path) -> Relief:
    return read_raster(RasterSource(str(path)), "RELIEF")


def draw(inverted: Relief) -> None:
    """Starting, inverted and true bed about the hidden window, and what is wrong before and after."""
    from matplotlib.figure import Figure

    start, true, free = (raster(DATA / f"{name}.tif") for name in ("starting_bed", "true_bed", "free_cells"))
    hidden = np.nan_to_num(free.on(start.grid, nearest=True)) != 0
    truth = true.on(start.grid)
    rows, columns = (slice(max(where.min() - MARGIN, 0), where.max() + MARGIN + 1) for where in np.nonzero(hidden))
    easting, northing = start.grid.easting[columns] / 1000, start.grid.northing[rows] / 1000
    half = start.grid.dx / 2000
    extent = (easting[0] - half, easting[-1] + half, northing[0] - half, northing[-1] + half)
    whole = np.where(hidden, truth, start.heights)
    wrong = [np.where(hidden, heights - truth, np.nan) for heights in (start.heights, inverted.heights)]
    rmse = [float(np.sqrt(np.nanmean(error**2))) for error in wrong]
    bed = terrain("bed, m", *(heights[rows, columns] for heights in (start.heights, inverted.heights, whole)))
    error = symmetric("bed less true bed, m", *wrong)
    figure = Figure(figsize=(10.4, 3.75), layout="constrained")
    axes = figure.subplots(1, 4, sharey=True)
    panels = (
        ("Starting bed: interpolated", start.heights, bed, f"{rmse[0]:.1f} m RMSE"),
        ("Inverted bed", inverted.heights, bed, f"{rmse[1]:.1f} m RMSE"),
        ("True bed", whole, bed, "ship multibeam depths"),
        ("Inverted less true bed", wrong[1], error, f"mean {number(round(float(np.nanmean(wrong[1]))))} m"),
    )
    for panel, (title, heights, scale, words) in zip(axes, panels, strict=True):
        image = panel.imshow(
            heights[rows, columns],
            origin="lower",
            extent=extent,
            cmap=scale.colormap(),
            vmin=scale.low,
            vmax=scale.high,
        )
        panel.contour(easting, northing, hidden[rows, columns], levels=[0.5], colors="#222222", linewidths=0.8)
        panel.set_title(f"{title}\n{words}", fontsize=9.5, loc="left")
        panel.set_xlabel("easting, km")
        panel.tick_params(labelsize=8)
        panel.set_facecolor("#d3d8db")
        if panel is axes[2]:
            figure.colorbar(image, ax=axes[:3], label=scale.label, orientation="horizontal", shrink=0.5, aspect=40)
        if panel is axes[3]:
            figure.colorbar(image, ax=panel, label=scale.label, orientation="horizontal", aspect=18)
    axes[0].set_ylabel("northing, km")
    figure.savefig(TARGET, dpi=120)


def print_table(folder: Path) -> None:
    print("| blocks | seed | λ | μ | score (mGal) | at withheld relief (m) | RMSE of the hidden bed (m) |")
    print("|---|---|---|---|---|---|---|")
    for changes in OTHERS:
        found = validate(folder, **changes)
        size = f"{changes['block_size'] / 1000:g} km" if "block_size" in changes else "default"
        dampings = f"{found['best_damping']:.4f} | {found['best_regional_damping']:.4f}"
        scores = f"{found['best_score']:.2f} | {found['best_relief_score']:.1f} | {found['relief_rmse']:.1f}"
        print(f"| {size} | {changes.get('seed', 0)} | {dampings} | {scores} |", flush=True)


def main(table: bool) -> None:
    if not DATA.is_dir():
        sys.exit(f"{DATA} is missing. Name the folder that holds data/amundsen_south in GRAVRELIEF_SHARED.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if table:
            return print_table(folder)
        validate(folder)
        draw(raster(folder / "inverted.tif"))


if __name__ == "__main__":
    main("table" in sys.argv[1:])
