"""Time the engine and the plugin: build/bench.json, a table, and the plots of docs/speed.md; run by `make bench`.

Runs under the system's Python, which has QGIS; each case has a process of its own in the engine's environment, so that no
case inherits another's memory. Every figure is the median of three measurements of this run, those of jobs that take longer than
a quarter of a minute one measurement.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from plugin.engine import environment  # noqa: E402
from plugin.engine.client import Worker  # noqa: E402

REPEATS = 3
KEYS = """seed_cv_tutorial_s seed_cv_default_s forward_1000_s fft_floor_1000_s invert_250_s invert_500_s invert_1000_s
invert_1000_peak_gb invert_1000_rms invert_1000_relief_rmse scattered_setup_s scattered_forward_s scattered_max_error_mgal
scattered_invert_s dense_pairs_per_s harmonica_pairs_per_s worker_cold_s worker_warm_s plugin_import_ms law_invert_s
law_invert_constant_s law_cv_s survey_invert_s survey_cv_s joint_invert_s joint_cv_s joint_13000_s aligned_trial_s
unaligned_trial_s longest_silence_s""".split()
JOBS = ("law", "survey", "joint", "joint_13000", "trial")
CUT_OFF = 600.0
"""Seconds after which a case of whole jobs is given up."""

SILENCE = "longest_silence_s"
PROMISES = (
    ("seed_cv_tutorial_s", "<=", 4.0),
    ("seed_cv_default_s", "<=", 1.0),
    ("forward_1000_s / fft_floor_1000_s", "<=", 1.3),
    ("invert_1000_s", "<=", 5.0),
    ("invert_1000_relief_rmse", "<=", 2.5),
    ("invert_1000_peak_gb", "<=", 1.4),
    ("invert_1000_s / invert_500_s", "<=", 5.0),
    ("scattered_forward_s", "<=", 3.0),
    ("scattered_max_error_mgal", "<=", 1e-3),
    ("scattered_invert_s", "<=", 25.0),
    ("dense_pairs_per_s / harmonica_pairs_per_s", ">=", 2.0),
    ("worker_cold_s", "<=", 3.0),
    ("worker_warm_s", "<=", 0.3),
    ("plugin_import_ms", "<=", 50.0),
    ("law_invert_constant_s", "<=", 2.0),
    ("law_invert_s / law_invert_constant_s", "<=", 1.3),
    ("law_cv_s", "<=", 30.0),
    ("survey_invert_s", "<=", 2.6),
    ("survey_cv_s", "<=", 30.0),
    ("aligned_trial_s", "<=", 8.0),
    ("unaligned_trial_s / aligned_trial_s", "<=", 4.0),
    ("joint_13000_s", "<=", 150.0),
    ("joint_cv_s", "<=", 12.0),
    ("longest_silence_s", "<=", 2.0),
)
IMPORT_PLUGIN = """
import importlib.util, sys, time
from pathlib import Path
import qgis.core, qgis.gui, qgis.utils
root = Path(sys.argv[1])
before = time.perf_counter()
spec = importlib.util.spec_from_file_location("gravrelief", root / "__init__.py", submodule_search_locations=[str(root)])
package = importlib.util.module_from_spec(spec)
sys.modules["gravrelief"] = package
spec.loader.exec_module(package)
package.classFactory(None)
print(1e3 * (time.perf_counter() - before))
"""


def case(python: str, *words: str, cut_off: float | None = None) -> Any:
    """A case's figures, from a process of its own."""
    command = [python, "-m", "tests.benchmarks.cases", *words]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True, timeout=cut_off)
    return json.loads(done.stdout.splitlines()[-1])


def job(python: str, name: str) -> Any:
    """A case of whole jobs; one that is not done by `CUT_OFF` is told with that time."""
    try:
        return case(python, name, cut_off=CUT_OFF)
    except subprocess.TimeoutExpired:
        print(f"  {name} is not done after {CUT_OFF:g} s")
        return {f"{name}_s": CUT_OFF}


def medians(*several: dict[str, float]) -> dict[str, float]:
    return {key: statistics.median(figures[key] for figures in several) for key in several[0]}


def worker() -> dict[str, float]:
    """A forward of 100 cells from job to result: with a new worker process, and with one that is warm."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = {"task": "syntheticmodel", "extent": [0, 9000, 0, 9000], "relief": "relief.tif"}
        forward = {"task": "forwardgravity", "relief": "relief.tif", "height": 1000, "predicted": "predicted.csv"}
        (folder / "model.json").write_text(json.dumps(model))
        (folder / "forward.json").write_text(json.dumps(forward))
        cold, warm = [], []
        for _ in range(REPEATS + 1):
            engine = Worker()
            try:
                if not cold:
                    engine.run(str(folder / "model.json"))
                    engine.stop()
                for times in (cold, warm):
                    before = time.perf_counter()
                    engine.run(str(folder / "forward.json"))
                    times.append(time.perf_counter() - before)
            finally:
                engine.stop()
    return {"worker_cold_s": statistics.median(cold[1:]), "worker_warm_s": statistics.median(warm[1:])}


def plugin_import() -> dict[str, float]:
    command = [sys.executable, "-c", IMPORT_PLUGIN, str(ROOT)]
    times = [
        float(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.split()[-1])
        for _ in range(REPEATS)
    ]
    return {"plugin_import_ms": statistics.median(times)}


def measure(python: str) -> dict[str, float]:
    """Every figure, in the order of `KEYS`."""
    figures: dict[str, float] = {}
    for name, action in (
        ("worker", worker),
        ("plugin import", plugin_import),
        ("pairs", lambda: case(python, "pairs")),
        ("seed", lambda: case(python, "seed")),
        ("forward", lambda: case(python, "forward")),
        *(
            (f"{n} x {n}", lambda n=n: medians(*(case(python, "gridded", str(n)) for _ in range(REPEATS))))
            for n in (250, 500, 1000)
        ),
        ("scattered", lambda: medians(*(case(python, "scattered") for _ in range(REPEATS)))),
        *((name, lambda name=name: job(python, name)) for name in JOBS),
    ):
        print(f"{name} ...", flush=True)
        before = figures.get(SILENCE, 0.0)
        figures.update(action())
        if SILENCE in figures:
            figures[SILENCE] = max(before, figures[SILENCE])
    return {key: figures[key] for key in KEYS if key in figures}


def value_of(expression: str, figures: dict[str, float]) -> float:
    first, _, second = expression.partition(" / ")
    return figures[first] / (figures[second] if second else 1.0)


def show(figures: dict[str, float]) -> None:
    """The table: every figure, then what was promised."""
    reference = figures["harmonica_pairs_per_s"]
    print(f"\nbeside harmonica's {reference:.3g} pairs a second in the same run:")
    for key, value in figures.items():
        print(f"  {key:<28} {value:>12.4g}")
    print("\npromised:")
    for expression, sign, limit in PROMISES:
        if any(key not in figures for key in expression.split(" / ")):
            print(f"  {expression:<42} was not measured")
            continue
        value = value_of(expression, figures)
        kept = value <= limit if sign == "<=" else value >= limit
        print(f"  {expression:<42} {value:>10.4g} {sign} {limit:<8g} {'kept' if kept else 'MISSED'}")


def main() -> None:
    python = environment.engine_python()
    if python is None:
        sys.exit(environment.status().message)
    figures = measure(python)
    target = ROOT / "build" / "bench.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(figures, indent=1) + "\n")
    show(figures)
    for name in ("scaling", "cv_scaling"):
        print(f"{name} ...", flush=True)
        rows = json.dumps(case(python, name))
        subprocess.run([python, "-m", "tests.benchmarks.plot", name, rows], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
