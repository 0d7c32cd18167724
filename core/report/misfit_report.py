"""The report of a gravity misfit and its separation into regional and residual."""

from __future__ import annotations

import math
from pathlib import Path

from .canvas import FULL, drawing_style
from .colours import Scale, symmetric, terrain
from .histogram import histogram
from .maps import MOST_POINTS, Panel, map_sheet
from .numbers import counted, explained, finite, number, percent, rms
from .page import Drawing, Section, Table, page
from .stories import Floats, MapGrid, MisfitStory


def write_misfit_report(path: str | Path, story: MisfitStory) -> None:
    """Write the report to the path as one HTML file (UTF-8); the caller puts it in its final place."""
    with drawing_style():
        sections = [_maps(story), _histograms(story), *_choice(story), *_relief(story)]
    text = page(
        story.title,
        "gravity misfit",
        misfit_lead(story),
        sections,
        story.summary,
        story.verdict,
        story.warnings,
        story.settings,
    )
    Path(path).write_text(text, encoding="utf-8")


def misfit_lead(story: MisfitStory) -> list[str]:
    """How large the misfit is, and what the regional took out of it."""
    stations = finite(story.misfit).size
    text = (
        f"The gravity of the given relief was predicted at {counted(stations, 'station')} and taken from "
        f"the observed one. The misfit is {number(rms(story.misfit))} mGal (RMS)"
    )
    share = explained(story.gravity, story.misfit)
    if math.isfinite(share) and share > 0:
        text += f"; the relief as it is accounts for {percent(share)} of the variance of the observed gravity"
    regional = finite(story.regional)
    if not regional.size or not regional.any():
        return [text + ". No regional field was taken out: all of the misfit is left for the relief to explain."]
    spread = float(regional.max() - regional.min())
    kind = (
        f"constant, {number(regional.mean())} mGal" if spread <= 1e-9 * max(1.0, float(abs(regional).max()))
        else f"between {number(regional.min())} and {number(regional.max())} mGal"
    )  # fmt: skip
    return [
        f"{text}. The regional field is {kind}; without it {number(rms(story.residual))} mGal (RMS) are "
        f"left, which is what an inversion would turn into relief.{_score_in_words(story)}",
        "Whether the split is right can't be read from these data alone: what is regional by mistake is "
        "missing from the relief, and the other way round.",
    ]


def _score_in_words(story: MisfitStory) -> str:
    """How well the regional predicted what it had not seen; nothing where it was not asked."""
    score = story.regional_score
    if score is None or not math.isfinite(score):
        return ""
    where = "the points of known relief" if story.regional_at_known else "the stations"
    text = f" Fitted without each block of the area in turn, {story.regional_by} predicted the misfit at {where} there"
    if score < 0:
        return f"{text} worse than a constant would (score {number(score, 3)}): it is not to be trusted."
    return f"{text} with {percent(min(score, 0.9999))} less variance than a constant leaves (score {number(score, 3)})."


def _maps(story: MisfitStory) -> Section:
    both = symmetric("Gravity (mGal)", story.misfit, story.regional, story.residual)
    parts = (
        ("Misfit", story.misfit, story.misfit_raster),
        ("Regional", story.regional, story.regional_raster),
        ("Residual", story.residual, story.residual_raster),
    )
    panels = [_panel(story, title, values, raster, both) for title, values, raster in parts]
    caption = (
        "Misfit is observed less predicted gravity, residual is misfit less regional. The three maps share one scale."
    )
    alt = "Maps of the misfit, the regional field and the residual at one colour scale."
    return Section("Misfit, regional, residual", (Drawing((map_sheet(panels, alt),), caption),))


def _panel(story: MisfitStory, title: str, values: Floats, raster: MapGrid | None, scale: Scale) -> Panel:
    title = f"{title}: RMS {number(rms(values), 3)} mGal"
    if raster is not None and finite(values).size > MOST_POINTS:
        return Panel(title, raster.values, raster.easting, raster.northing, scale)
    return Panel(title, values, story.easting, story.northing, scale)


def _histograms(story: MisfitStory) -> Section:
    misfit = histogram(story.misfit, "Misfit (mGal)", "Histogram of the misfit with a normal curve.", height=2.9)
    residual = histogram(
        story.residual, "Residual (mGal)", "Histogram of the residual with a normal curve.", height=2.9
    )
    caption = "The curve is the normal one of the same mean and σ."
    return Section("How they spread", (Drawing((misfit, residual), caption),))


def _choice(story: MisfitStory) -> list[Section]:
    """The settings that were tried, where there was a choice."""
    scores = [value for _, value in story.regional_scores]
    if len(scores) < 2:
        return []
    best = max(range(len(scores)), key=lambda i: scores[i] if math.isfinite(scores[i]) else -math.inf)
    rows = [(settings, number(value, 4)) for settings, value in story.regional_scores]
    words = "The score is the share of the withheld misfit's variance that was predicted; below 0 a constant is better."
    return [Section("The choice of the regional", (words, Table(("Settings", "Score"), rows, best)))]


def _relief(story: MisfitStory) -> list[Section]:
    if story.relief is None:
        return []
    relief = story.relief
    scale = terrain("Height (m)", relief.heights)
    panel = Panel("Relief", relief.heights, relief.easting, relief.northing, scale)
    drawn = map_sheet([panel], "Map of the relief whose gravity was predicted.", width=FULL * 0.6)
    return [Section("The relief", (Drawing((drawn,)),))]
