"""The report of one inversion."""

from __future__ import annotations

from pathlib import Path

from .canvas import drawing_style
from .convergence import convergence
from .focus import focused
from .joint_regional import joint_sections
from .map_marks import marks_in_words
from .maps import thinning_in_words
from .numbers import counted, number, rms
from .page import Drawing, Section, Table, page
from .relief_figures import map_and_histogram, relief_error, relief_maps, true_maps
from .section import section
from .stories import InversionStory, ReliefGrid
from .wording import (
    JOINT_LIMITS,
    LIMITS,
    error_in_words,
    fit_in_words,
    fitted,
    stop_in_words,
    true_in_words,
    withheld_in_words,
)


def write_inversion_report(path: str | Path, story: InversionStory) -> None:
    """Write the report to the path as one HTML file (UTF-8); the caller puts it in its final place."""
    with drawing_style():
        sections = inversion_sections(story)
    text = page(
        story.title, "inversion", inversion_lead(story), sections, story.summary, story.verdict, story.warnings, story.settings,
    )  # fmt: skip
    Path(path).write_text(text, encoding="utf-8")


def relief_rmse_of(story: InversionStory, true: ReliefGrid) -> float:
    """The given one, or the RMS over all nodes."""
    return story.relief_rmse if story.relief_rmse is not None else rms(relief_error(story, true))


def inversion_lead(story: InversionStory) -> list[str]:
    """What was done, how it ended, and how far to trust it."""
    change = story.inverted.heights - story.starting.heights
    where = "" if story.free is None else ", over the cells that were free to move"
    moved = rms(change if story.free is None else change[story.free])
    steps = [step for step in story.iterations if step.number > 0]
    done = (
        f"The relief was changed by {number(moved, 3)} m (RMS{where}) in {counted(len(steps), 'iteration')}. The "
        f"inversion ended because {stop_in_words(story.stop_reason)}. "
    )
    trust = error_in_words(rms(story.residual[fitted(story)]), story.error)
    paragraphs = [
        done + fit_in_words(story) + withheld_in_words(story),
        trust + " " + (JOINT_LIMITS if story.joint is not None else LIMITS),
    ]
    if story.true is not None:
        paragraphs.append(true_in_words(story, story.true, relief_rmse_of(story, story.true)))
    return paragraphs


def inversion_sections(story: InversionStory) -> list[Section]:
    """Relief, section, truth, joint regional, residual, convergence: most looked at first."""
    near = focused(story)
    drawn, words = section(near)
    outline = marks_in_words(story)
    if near.inverted.heights.shape != story.inverted.heights.shape:
        outline += " Of the rest of the grid only their surroundings are shown."
    outline += thinning_in_words(near.inverted.heights.shape)
    sections = [
        Section("Relief before and after", (Drawing((relief_maps(near),), outline),)),
        Section("Section", (Drawing((drawn,), words),)),
    ]
    if story.true is not None and near.true is not None:
        caption = f"RMS difference from the true relief: {number(relief_rmse_of(story, story.true))} m. Grey: no value."
        sections.append(Section("Against the true relief", (Drawing((true_maps(near, near.true),), caption),)))
    sections += joint_sections(story)
    sections.append(_residual(story))
    sections.append(_convergence(story))
    return sections


def _residual(story: InversionStory) -> Section:
    label = "Observed less predicted (mGal)"
    pair = map_and_histogram(
        "Residual", label, story.residual, story.easting, story.northing, story.residual_raster, story.error
    )
    caption = (
        "What the inverted relief does not explain: observed less predicted less regional gravity. Patches "
        "of one colour are signal that was left behind; a fine mixture of both is noise. The curve is the "
        "normal one of the same mean and σ."
    )
    if story.residual_raster is None:
        caption += thinning_in_words(story.residual.shape)
    return Section("Residual gravity", (Drawing(pair, caption),))


def _convergence(story: InversionStory) -> Section:
    rows = [
        (str(step.number), number(step.rms, 6), number(step.objective, 6), number(step.step_rms, 4))
        for step in story.iterations
    ]
    head = (
        "Iteration",
        "Weighted RMS misfit" if story.error else "RMS misfit (mGal)",
        "Objective",
        "RMS step (m)",
    )
    caption = f"The iterations ended because {stop_in_words(story.stop_reason)}."
    if story.error:
        caption += " A weighted RMS of 1 (dashed) is a fit to within the data's errors."
    return Section(
        "Convergence",
        (
            Drawing((convergence(story.iterations, bool(story.error)),), caption),
            Table(head, rows, folded="Every iteration"),
        ),
    )
