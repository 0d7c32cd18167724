"""Stories for the reports to tell: a hill and its inversion, its dampings, its misfit; and a strict reader of what was written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np

from core.report import CrossValidationStory, InversionStory, MisfitStory
from core.report.stories import JointParts

VOID = {"meta", "link", "img", "br", "hr", "input"}
DAMPINGS = (0.01, 0.1, 1.0, 10.0)
SMOOTH = (0.01, 0.1, 1.0)


@dataclass(frozen=True)
class Grid:
    heights: np.ndarray
    easting: np.ndarray
    northing: np.ndarray


@dataclass(frozen=True)
class Step:
    number: int
    rms: float
    objective: float
    step_rms: float


@dataclass(frozen=True)
class Tried:
    damping: float
    score: float
    iterations: int = 7
    stop_reason: str = "objective"
    relief: np.ndarray | None = None
    relief_rmse: float | None = None
    regional_damping: float | None = None
    relief_score: float | None = None

    @property
    def criterion(self) -> float:
        return self.score if self.relief_score is None else self.score * self.relief_score


class Reader(HTMLParser):
    """Fails on tags that do not match; keeps the text, the attributes and the ids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def values(self, name: str) -> list[str]:
        return [value for _, attribute, value in self.attributes if attribute == name]


def grid(heights: np.ndarray) -> Grid:
    ny, nx = heights.shape
    return Grid(heights, np.arange(nx) * 500.0, np.arange(ny) * 500.0 + 2000.0)


def hill(ny: int = 9, nx: int = 13) -> np.ndarray:
    north, east = np.mgrid[:ny, :nx]
    return 300 + 80 * np.exp(-(((east - nx / 3) / 3) ** 2) - ((north - ny / 2) / 2) ** 2)


def inversion(**changes: object) -> InversionStory:
    after = hill()
    east, north = np.meshgrid(np.arange(13) * 500.0, np.arange(9) * 500.0 + 2000.0)
    random = np.random.default_rng(3)
    residual = random.normal(scale=0.25, size=east.size)
    gravity = 8 * (after.ravel() - 300) / 80
    story = InversionStory(
        title="A hill",
        starting=grid(np.full_like(after, 310.0)),
        inverted=grid(after),
        easting=east.ravel(),
        northing=north.ravel(),
        height=np.full(east.size, 900.0),
        gravity=gravity,
        predicted=gravity - residual,
        residual=residual,
        iterations=[Step(k, 6 / (k + 1), 90 / (k + 1) ** 2, 40 / (k + 1)) for k in range(5)],
        stop_reason="objective",
        reference_level=310.0,
        density_contrast=2669.0,
    )
    return replace(story, **changes)


def cross_validation(scores: tuple[float, ...], best: int, **changes: object) -> CrossValidationStory:
    trials = [Tried(d, s, relief=hill() + s) for d, s in zip(DAMPINGS, scores, strict=True)]
    story = CrossValidationStory(
        inversion=inversion(),
        trials=trials,
        best_damping=DAMPINGS[best],
        best_score=scores[best],
        test_easting=np.arange(20) * 250.0,
        test_northing=np.arange(20) * 150.0,
        test_difference=np.linspace(-0.6, 0.5, 20),
    )
    return replace(story, **changes)


def joint_story(best: tuple[int, int] = (1, 1), **changes: object) -> CrossValidationStory:
    """Four dampings with three of the regional: withheld gravity likes one place best, known relief another."""
    trials = [
        Tried(
            d, 1 + 0.01 * abs(i - 2) + j, regional_damping=s, relief_score=80 + 40 * abs(i - best[0]), relief=hill() + j
        )
        for i, d in enumerate(DAMPINGS)
        for j, s in enumerate(SMOOTH)
    ]
    found = next(t for t in trials if (t.damping, t.regional_damping) == (DAMPINGS[best[0]], SMOOTH[best[1]]))
    story = CrossValidationStory(
        inversion=inversion(joint=joint_parts()),
        trials=trials,
        best_damping=found.damping,
        best_score=found.score,
        test_easting=np.arange(20) * 250.0,
        test_northing=np.arange(20) * 150.0,
        test_difference=np.linspace(-0.6, 0.5, 20),
        best_regional_damping=found.regional_damping,
        best_relief_score=found.relief_score,
        relief_withheld="blocks of 300 cells, in 15 turns",
    )
    return replace(story, **changes)


def joint_parts() -> JointParts:
    base = inversion()
    relief = 0.5 * np.cos(np.arange(base.residual.size))
    regional = 30 + base.easting / 1000
    return JointParts(relief + regional + base.residual, relief, regional)


def misfit(**changes: object) -> MisfitStory:
    base = inversion()
    wave = 3 * np.sin(base.easting / 900)
    story = MisfitStory(
        title="Before",
        easting=base.easting,
        northing=base.northing,
        gravity=base.gravity,
        predicted=base.gravity - wave - 2,
        misfit=wave + 2,
        regional=np.full_like(wave, 2.0),
        residual=wave,
    )
    return replace(story, **changes)


def read(write: object, story: object, folder: Path) -> Reader:
    path = folder / "report.html"
    write(path, story)  # type: ignore[operator]
    return Reader(path.read_text(encoding="utf-8"))
