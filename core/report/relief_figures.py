"""The maps of reliefs and of what is left of the gravity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .canvas import HALF
from .colours import Scale, symmetric, terrain
from .focus import focus_window, focused
from .histogram import histogram
from .map_marks import Marks, relief_marks
from .maps import MOST_POINTS, Panel, lone_map_height, map_sheet
from .numbers import counted, number, rms
from .scores import best_of_each_damping
from .stories import CrossValidationStory, Floats, InversionStory, MapGrid, ReliefGrid

if TYPE_CHECKING:
    from .stories import Trial

MOST_TRIALS = 16  # small maps
TRIAL_PIXELS = 200  # a side
BESIDE = 3.6  # inches: the tallest map with a histogram beside it


def relief_error(story: InversionStory, true: ReliefGrid) -> Floats:
    """Inverted less true relief (ny, nx), in m."""
    return story.inverted.heights - true.heights


def relief_maps(story: InversionStory) -> str:
    """The relief before and after, and the change."""
    before, after = story.starting, story.inverted
    known = [story.true.heights] if story.true is not None else []
    heights = terrain("Height (m)", before.heights, after.heights, *known)
    change, marks = after.heights - before.heights, relief_marks(story)
    panels = [
        _grid("Before: the starting relief", before, before.heights, heights),
        _grid("After: the inverted relief", after, after.heights, heights, marks),
        _grid("Change", after, change, symmetric("Change (m)", change), marks),
    ]
    return map_sheet(panels, "Maps of the starting relief, the inverted relief and the change.")


def true_maps(story: InversionStory, true: ReliefGrid) -> str:
    """The true relief, the inverted one, and how far apart they are."""
    heights = terrain("Height (m)", story.starting.heights, story.inverted.heights, true.heights)
    error, outline = relief_error(story, true), Marks(story.free)
    panels = [
        _grid("True relief", true, true.heights, heights),
        _grid("Inverted relief", story.inverted, story.inverted.heights, heights, outline),
        _grid("Inverted less true", true, error, symmetric("Difference (m)", error), outline),
    ]
    return map_sheet(panels, "Maps of the true relief, the inverted relief and their difference.")


def _grid(title: str, relief: ReliefGrid, values: Floats, scale: Scale, marks: Marks | None = None) -> Panel:
    return Panel(title, values, relief.easting, relief.northing, scale, marks)


def trial_maps(story: CrossValidationStory) -> str | None:
    """Each trial's relief, small, on the colour scale of the best and the true one. None without reliefs."""
    trials = [trial for trial in best_of_each_damping(story.trials) if trial.relief is not None]
    if not trials:
        return None
    best = min(trials, key=lambda trial: abs(trial.damping - story.best_damping))
    shown = _evenly(trials, best)
    true = story.inversion.true
    window = focus_window(story.inversion)
    reliefs = [trial.relief[window] for trial in shown if trial.relief is not None]
    anchors = [reliefs[shown.index(best)]] + ([true.heights[window]] if true is not None else [])
    scale = terrain("Height (m)", *anchors, beyond=reliefs)
    grid = focused(story.inversion).inverted
    panels = [
        Panel(
            _trial_title(trial, trial is best),
            relief, grid.easting, grid.northing, scale, framed=trial is best,
        )
        for trial, relief in zip(shown, reliefs, strict=True)
    ]  # fmt: skip
    alt = f"Small maps of {counted(len(shown), 'trial')}, by damping, on one colour scale; the best is framed."
    return map_sheet(panels, alt, columns=4, most=TRIAL_PIXELS)


def _trial_title(trial: Trial, best: bool) -> str:
    relief = "" if trial.relief_score is None else f", {number(trial.relief_score, 3)} m"
    return (
        f"{number(trial.damping, 3)}: {number(trial.score, 3 if relief else 4)} mGal{relief}{', best' if best else ''}"
    )


def _evenly(trials: list[Trial], best: Trial) -> list[Trial]:
    """As many trials as fit a sheet, spread evenly over the dampings, the best among them."""
    if len(trials) <= MOST_TRIALS:
        return trials
    step = (len(trials) - 1) / (MOST_TRIALS - 1)
    chosen = {round(number * step) for number in range(MOST_TRIALS)}
    at = trials.index(best)
    if at not in chosen:
        chosen.remove(min(chosen, key=lambda index: abs(index - at)))
        chosen.add(at)
    return [trials[index] for index in sorted(chosen)]


def map_and_histogram(
    title: str,
    label: str,
    values: Floats,
    easting: Floats,
    northing: Floats,
    raster: MapGrid | None = None,
    error: float | None = None,
) -> tuple[str, str]:
    """Signed values in mGal at the stations, and how they spread: two figures of one height.

    The raster takes the place of the stations where they are too many to draw.
    """
    import numpy as np

    scale = symmetric(label, values)
    panel = Panel(title, values, easting, northing, scale)
    if raster is not None and int(np.isfinite(values).sum()) > MOST_POINTS:
        panel = Panel(title, raster.values, raster.easting, raster.northing, scale)
    height = max(lone_map_height(panel, HALF, BESIDE), 2.6)
    alt = f"Histogram: {label}, with the normal curve of the same mean and standard deviation."
    return (
        map_sheet([panel], f"Map: {title}. RMS {number(rms(values))} mGal.", width=HALF, tallest=BESIDE),
        histogram(values, label, alt, error, height),
    )
