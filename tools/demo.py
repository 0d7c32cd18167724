"""The tutorial through qgis_process, from its model to an inverted relief; run by `make demo`."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from throwaway_profile import ROOT, make_profile, run_algorithm

sys.path.insert(0, str(ROOT))

from plugin import tutorial
from plugin.engine import environment

DEMO = ROOT / "build" / "demo"  # the results that the Makefile promises, and nothing else
WORK = ROOT / "build" / "tutorial"  # what the steps hand on
FILES = {
    "syntheticmodel": {"RELIEF": WORK / "relief.tif", "STATIONS": WORK / "stations.gpkg"},
    "gravitymisfit": {"RESIDUAL": WORK / "starting_residual.tif"},
    "dampingcrossvalidation": {"SCORES": WORK / "scores.csv", "REPORT": DEMO / "cross_validation.html"},
    "invertrelief": {
        "INVERTED_RELIEF": DEMO / "inverted_relief.tif",
        "RESIDUAL": DEMO / "residual.tif",
        "REPORT": DEMO / "inversion.html",
    },
}


def main() -> None:
    started = time.monotonic()
    for folder in (DEMO, WORK):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    surroundings = make_profile(ROOT / "build" / "profile")

    results: dict[str, dict[str, Any]] = {}
    for name, parameters in tutorial.STEPS.items():
        print(f"gravrelief:{name} ", end="", flush=True)
        before = time.monotonic()
        results[name] = run_algorithm(surroundings, name, {**parameters(results), **FILES[name]})
        print(f"{time.monotonic() - before:.1f} s", flush=True)
    study, inversion = results["dampingcrossvalidation"], results["invertrelief"]
    summary = {
        "scores": read_scores(WORK / "scores.csv"),
        "best_damping": study["BEST_DAMPING"],
        "best_score": study["BEST_SCORE"],
        "rms_misfit": inversion["RMS_MISFIT"],
        "iterations": inversion["ITERATIONS"],
        "relief_rmse": inversion["RELIEF_RMSE"],
        "seconds": round(time.monotonic() - started, 1),
    }
    write_summary(summary)
    draw_map()
    # Said again with the drawing in it.
    summary["seconds"] = round(time.monotonic() - started, 1)
    write_summary(summary)
    print_table(summary, float(results["gravitymisfit"]["RMS_MISFIT"]))


def read_scores(path: Path) -> list[dict[str, float]]:
    """The trials of a cross validation, ascending by damping."""
    with path.open(encoding="utf-8", newline="") as table:
        rows = [
            {
                "damping": float(row["damping"]),
                "score": float(row["score"]),
                "iterations": int(float(row["iterations"])),
            }
            for row in csv.DictReader(table)
        ]
    return sorted(rows, key=lambda row: row["damping"])


def write_summary(summary: dict[str, Any]) -> None:
    (DEMO / "summary.json").write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")


def draw_map() -> None:
    """Draw map.png with the engine's Python, which has matplotlib."""
    python = environment.engine_python()
    if python is None:
        sys.exit(environment.status().message)
    script = ROOT / "tools" / "demo_map.py"
    surroundings = {**os.environ, "MPLCONFIGDIR": str(WORK / "matplotlib")}  # else its cache is in the user's home
    subprocess.run([python, "-I", str(script), str(DEMO)], env=surroundings, check=True)


def print_table(summary: dict[str, Any], rms_before: float) -> None:
    print(f"\n{'damping':>12} {'score (mGal)':>14} {'iterations':>11}")
    for row in summary["scores"]:
        mark = "  best" if row["score"] == min(other["score"] for other in summary["scores"]) else ""
        print(f"{row['damping']:12.6g} {row['score']:14.9f} {row['iterations']:11d}{mark}")
    print(
        f"\nThe flat start misses the data by {rms_before:.3f} mGal (RMS). With damping "
        f"{summary['best_damping']:.6g} it is {summary['rms_misfit']:.3f} mGal after "
        f"{summary['iterations']} iterations,\nand the relief is {summary['relief_rmse']:.2f} m (RMS) from "
        f"the true one. {summary['seconds']:.0f} s in all.\nResults: {DEMO}"
    )


if __name__ == "__main__":
    main()
