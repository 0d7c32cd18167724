"""What a regional found together with the relief took of the misfit, and what the relief's change took."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .colours import symmetric
from .maps import Panel, map_sheet, thinning_in_words
from .numbers import MINUS, number, rms
from .page import Drawing, Section, Table
from .stories import Floats, InversionStory, JointParts
from .wording import fitted

if TYPE_CHECKING:
    from .stories import Mask


def shares(parts: JointParts, used: Mask) -> dict[str, float]:
    """The share of the misfit's variance that regional, relief and neither explain: together 1.

    Each is the covariance of a part with the whole over the variance of the whole; NaN where that is 0.
    """
    import numpy as np

    start = parts.start[used] - parts.start[used].mean()
    whole = float(start @ start)
    of = {"regional": parts.regional, "relief": parts.relief, "left": parts.start - parts.regional - parts.relief}
    return {name: float(start @ part[used]) / whole if whole > 0 else np.nan for name, part in of.items()}


def joint_sections(story: InversionStory) -> list[Section]:
    """Maps, a table and words; nothing where no regional was found together with the relief."""
    parts, used = story.joint, fitted(story)
    if parts is None or not used.any():
        return []
    mean = float(parts.start[used].mean())
    return [
        Section(
            "Relief and regional: what each took",
            (_words(parts, used), Drawing((_maps(story, parts, mean),), _caption(story, mean)), _table(parts, used)),
        )
    ]


def _words(parts: JointParts, used: Mask) -> str:
    share = shares(parts, used)
    start, taken, moved = (rms(part[used]) for part in (parts.start, parts.regional, parts.relief))
    spread = float(parts.start[used].std())
    return (
        f"The starting relief leaves a misfit of {number(start)} mGal (RMS), {number(spread)} mGal about its mean. The "
        f"regional took {number(taken)} mGal (RMS) of it, the change of the relief {number(moved)} mGal. Of the "
        f"misfit's variance the regional explains {_percent(share['regional'])}, the relief {_percent(share['relief'])}, and "
        f"{_percent(share['left'])} are left. What the regional took by mistake is missing from the relief, and the other "
        "way round; gravity alone can't tell them apart, known relief can."
    )


def _maps(story: InversionStory, parts: JointParts, mean: float) -> str:
    large = symmetric("Less the mean of the misfit (mGal)", parts.start - mean, parts.regional - mean)
    small = symmetric("mGal", parts.relief, story.residual)
    panels = [
        Panel("Misfit of the start", parts.start - mean, story.easting, story.northing, large),
        Panel("Regional", parts.regional - mean, story.easting, story.northing, large),
        Panel("Gravity of the change", parts.relief, story.easting, story.northing, small),
        Panel("Left: the residual", story.residual, story.easting, story.northing, small),
    ]
    alt = "Maps at the stations: the starting misfit, the regional found in it, the gravity of the relief's change, the rest."
    return map_sheet(panels, alt, columns=4)


def _caption(story: InversionStory, mean: float) -> str:
    return (
        f"The misfit of the starting relief is the sum of the other three. Its mean, {number(mean)} mGal, was taken off the "
        "first two maps, which share a scale, as the last two do." + thinning_in_words(story.residual.shape)
    )


def _table(parts: JointParts, used: Mask) -> Table:
    share = shares(parts, used)
    left = parts.start - parts.regional - parts.relief
    rows = [
        _row("Misfit of the starting relief", parts.start[used], 1.0),
        _row("Regional", parts.regional[used], share["regional"]),
        _row("Change of the relief", parts.relief[used], share["relief"]),
        _row("Left", left[used], share["left"]),
    ]
    return Table(("Part", "Mean (mGal)", "RMS (mGal)", "RMS about the mean (mGal)", "Share of the variance"), rows)


def _row(name: str, values: Floats, share: float) -> tuple[str, ...]:
    spread = float(values.std())
    return name, number(round(float(values.mean()), 3)), number(rms(values)), number(spread), _percent(share)


def _percent(share: float) -> str:
    """To a tenth, so that the shares add up; a part that works against the whole has a negative one."""
    return f"{100 * share:.1f} percent".replace("-", MINUS)
