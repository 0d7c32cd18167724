"""Is a relief found more exactly than by the tutorial's method? build/science.json, a table; run by `make science`.

    python -m tests.benchmarks.science [fractals]

Two reliefs of known truth, ten draws of noise each. Every method fits the stations on the nodes, has its damping chosen by how
well it predicts those between them, and is then compared with the truth, which chooses nothing but the column of
the best damping known. With "fractals" it prints the table of other fractal reliefs instead. Both methods try 16 dampings in equal ratios over two decades.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from core.worker.doctor import prepare

prepare()

import numpy as np  # noqa: E402

from .science_models import NOISE, OURS, TUTORIAL, Case, Method, Trial, cases, other_fractals  # noqa: E402
from .science_penalties import CurvatureAndThird, Gradient, ThirdDifferences  # noqa: E402

TARGET = Path(__file__).resolve().parents[2] / "build" / "science.json"
DRAWS = 10
DRAWS_OF_OTHERS = 2  # of each other fractal
PROCESSES = 2
OTHERS: dict[str, Method] = {
    "gradient": replace(OURS, penalty=Gradient),
    "third differences": replace(OURS, penalty=ThirdDifferences),
    "curvature and third differences": replace(OURS, penalty=CurvatureAndThird),
}
TARGETS: tuple[tuple[str, str, float], ...] = (
    ("lower", ">=", 17),
    ("mean_ratio", "<=", 0.97),
    ("refit_ratio_tutorial", "<=", 0.75),
)
Figures = dict[str, Any]


def search(case: Case, method: Method, data: np.ndarray) -> tuple[Figures, Trial]:
    """The trial that cross validation chooses beside the best one known, and the chosen one."""
    trials = [case.try_damping(method, data, damping) for damping in method.dampings]
    chosen, best = min(trials, key=lambda trial: trial.score), min(trials, key=lambda trial: trial.relief_rmse)
    return {"cross_validation": asdict(chosen), "best_known": asdict(best)}, chosen


def with_refit(case: Case, method: Method, data: np.ndarray) -> Figures:
    """The same, and the relief fitted once more to all the stations, λ² scaled by their number."""
    figures, chosen = search(case, method, data)
    everywhere = np.ones_like(case.test)
    damping = chosen.damping * float(np.sqrt(case.test.size / (~case.test).sum()))
    heights = case.invert(method, data, everywhere, damping)
    return {**figures, "refit": {"damping": damping, "relief_rmse": case.relief_rmse(heights)}}


def one_draw(name: str, seed: int) -> Figures:
    """Every method on one draw of noise."""
    case = {**cases(), **other_fractals()}[name]
    data = case.draw(seed)
    tutorial, _ = search(case, TUTORIAL, data)
    methods = {"ours": OURS, **OTHERS}
    return {
        "case": name,
        "seed": seed,
        "tutorial": tutorial,
        **{method: with_refit(case, methods[method], data) for method in methods},
    }


def rmse(draw: Figures, method: str, fit: str = "cross_validation") -> float:
    return draw[method][fit]["relief_rmse"]


def compared(draws: Sequence[Figures], method: str) -> Figures:
    """A method's relief errors over the tutorial's, draw by draw."""
    pairs: dict[str, Callable[[Figures], float]] = {
        "ratio": lambda draw: rmse(draw, method) / rmse(draw, "tutorial"),
        "ratio_best_known": lambda draw: rmse(draw, method, "best_known") / rmse(draw, "tutorial", "best_known"),
        "refit_ratio": lambda draw: rmse(draw, method, "refit") / rmse(draw, "tutorial"),
    }
    ratios = {name: [ratio(draw) for draw in draws] for name, ratio in pairs.items()}
    return {
        "ratios": ratios,
        "draws": len(draws),
        "lower": sum(ratio < 1.0 for ratio in ratios["ratio"]),
        "lower_best_known": sum(ratio < 1.0 for ratio in ratios["ratio_best_known"]),
        **{f"mean_{name}": float(np.mean(values)) for name, values in ratios.items()},
    }


def summary(draws: Sequence[Figures]) -> Figures:
    """What build/science.json holds."""
    names = sorted({draw["case"] for draw in draws}, reverse=True)
    of_case = {name: [draw for draw in draws if draw["case"] == name] for name in names}
    figures: Figures = {
        "noise_mgal": NOISE,
        "dampings": {"tutorial": TUTORIAL.dampings, "ours": OURS.dampings},
        "cases": {name: {**compared(some, "ours"), "of_draws": some} for name, some in of_case.items()},
        "penalties": {
            method: {**{name: compared(of_case[name], method) for name in names}, "all": compared(draws, method)}
            for method in ("ours", *OTHERS)
        },
    }
    ours = figures["penalties"]["ours"]["all"]
    figures.update({key: ours[key] for key in ("draws", "lower", "lower_best_known", "mean_ratio")})
    figures["mean_ratio_best_known"] = ours["mean_ratio_best_known"]
    figures.update({f"refit_ratio_{name}": figures["cases"][name]["mean_refit_ratio"] for name in names})
    figures["targets"] = [
        {
            "figure": key,
            "limit": f"{sign} {limit:g}",
            "value": figures[key],
            "kept": figures[key] >= limit if sign == ">=" else figures[key] <= limit,
        }
        for key, sign, limit in TARGETS
    ]
    return figures


def show(figures: Figures) -> None:
    """The tables of docs/science.md."""
    print(
        "\n| relief | draw | tutorial λ | score | RMSE | best known | ours λ | score | RMSE | best known | refit | ratio |"
    )
    print("|" + "---|" * 12)
    for name, case in figures["cases"].items():
        for draw, ratio in zip(case["of_draws"], case["ratios"]["ratio"], strict=True):
            cells = [name, str(draw["seed"])]
            for method in ("tutorial", "ours"):
                chosen = draw[method]["cross_validation"]
                cells += [f"{chosen['damping']:.4f}", f"{chosen['score']:.4f}", f"{chosen['relief_rmse']:.2f}"]
                cells.append(f"{rmse(draw, method, 'best_known'):.2f}")
            cells += [f"{rmse(draw, 'ours', 'refit'):.2f}", f"{ratio:.3f}"]
            print(f"| {' | '.join(cells)} |")
    print("\n| penalty | relief | lower | mean ratio | at the best λ known | refit |\n|---|---|---|---|---|---|")
    for method, rows in figures["penalties"].items():
        for name, row in rows.items():
            means = f"{row['mean_ratio']:.3f} | {row['mean_ratio_best_known']:.3f} | {row['mean_refit_ratio']:.3f}"
            print(f"| {_penalty(method)} | {name} | {row['lower']} of {row['draws']} | {means} |")
    print("\ntargets:")
    for target in figures["targets"]:
        kept = "kept" if target["kept"] else "MISSED"
        print(f"  {target['figure']:<24} {target['value']:>8.4g} {target['limit']:<8} {kept}")


def show_fractals(draws: Sequence[Figures]) -> None:
    """The table of other fractals: ratios to the tutorial's method from the same stations, and after the refit."""
    print("| amplitude | penalty | lower | mean ratio | refit |\n|---|---|---|---|---|")
    for power in dict.fromkeys(draw["case"].split(",")[0] for draw in draws):
        of_power = [draw for draw in draws if draw["case"].startswith(power)]
        for method in ("ours", *OTHERS):
            row = compared(of_power, method)
            means = f"{row['mean_ratio']:.3f} | {row['mean_refit_ratio']:.3f}"
            print(f"| {power} | {_penalty(method)} | {row['lower']} of {row['draws']} | {means} |")


def _penalty(method: str) -> str:
    return "curvature (ours)" if method == "ours" else method


def every_draw(names: Sequence[str], count: int) -> list[Figures]:
    """All methods on so many draws of each relief."""
    before = time.monotonic()
    wanted = [(name, seed) for name in names for seed in range(count)]
    draws = []
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        for draw in pool.map(one_draw, *zip(*wanted, strict=True)):
            draws.append(draw)
            print(f"{draw['case']} {draw['seed']} ({time.monotonic() - before:.0f} s)", file=sys.stderr, flush=True)
    return draws


def main(fractals: bool) -> None:
    if fractals:
        return show_fractals(every_draw(list(other_fractals()), DRAWS_OF_OTHERS))
    figures = summary(every_draw(list(cases()), DRAWS))
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    show(figures)


if __name__ == "__main__":
    main("fractals" in sys.argv[1:])
