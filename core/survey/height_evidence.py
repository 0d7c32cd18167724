"""Whether numbers are heights in metres, positive up: told by what else is known of the place, never by their size."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..data.relief import Grid

FAR_BETTER = 5.0
"""A reading that fits so many times better than the heights as given can only be the right one."""
BETTER = 3.0
"""One that fits so many times better is worth a word."""
CONTRADICTED = 1.5
"""A reading that fits so many times worse is contradicted."""
NEAR = 200.0  # m, within which heights agree however small the cells are
CELLS_NEAR, FARTHEST_NEAR = 0.5, 5000.0
"""Half a cell's ground may differ from its mean; by more than so many metres it does not."""
THOUSANDS = 100.0
"""A factor beyond this leaves nothing of a relief; no ground's roughness within a cell looks like that."""
FEW = 0.01
"""Of the heights: if not more of them are changed by a reading, they say nothing of it."""
WORST = 0.1
"""The share of heights, the worst ones, that are no evidence: dummies, slips."""


@dataclass(frozen=True)
class Reading:
    """How else a number can be read."""

    factor: float
    looks_like: str
    turned: str  # what was done to it
    remedy: str
    what: str  # what to check: "the sign"


MIRRORED = Reading(-1.0, "depths, positive down", "with the sign turned", "multiply by -1", "the sign")
KILOMETRES = Reading(1000.0, "kilometres", "taken times 1000", "multiply by 1000", "the unit")
DEPTHS_IN_KM = Reading(
    -1000.0, "depths in kilometres, positive down", "taken times -1000", "multiply by -1000", "the unit and the sign"
)
READINGS = (MIRRORED, KILOMETRES, DEPTHS_IN_KM)


@dataclass(frozen=True)
class Source:
    """Something that heights must agree with, and what is said to be the heights there."""

    name: str
    values: np.ndarray  # (n,) as given, m
    departures: Callable[[np.ndarray], np.ndarray]
    """How far heights (n,), m, lie from what it admits: (n,), m, not below 0."""
    one_sided: bool = False  # it only says how high they may be, and any depth agrees with it

    def misfits(self, factor: float, near: float) -> tuple[float, float]:
        """How far the values, as given and multiplied by a factor, lie from what it admits, m.

        Only values count that the factor changes by more than `near`: a basin is told from its depths, not from the plain
        around it.
        """
        changed = np.abs((1.0 - factor) * self.values) > near
        if changed.sum() <= FEW * changed.size:
            return 0.0, 0.0
        given, read = (self.departures(values)[changed] for values in (self.values, factor * self.values))
        return trimmed_rms(given), trimmed_rms(read)


@dataclass(frozen=True)
class Finding:
    """Heights that are better read otherwise."""

    reading: Reading
    source: Source
    as_given: float  # m, RMS of the departures from the source
    otherwise: float  # m, the same of the reading
    certain: bool  # far better, so that nothing else can be meant

    @property
    def figures(self) -> str:
        """As a clause: "3000 m (RMS) from the starting relief, and 200 m with the sign turned"."""
        return f"{self.as_given:.4g} m (RMS) from {self.source.name}, and {self.otherwise:.3g} m {self.reading.turned}"


def nearness(grid: Grid) -> float:
    """The distance, m, below which a departure is no evidence: 200 m or half a cell, but not more than 5 km."""
    return max(NEAR, min(CELLS_NEAR * max(grid.dx, grid.dy), FARTHEST_NEAR))


def judge(
    sources: Sequence[Source], near: float, readings: Sequence[Reading] = READINGS, enough: float = BETTER
) -> Finding | None:
    """The reading of heights that fits what is known better than the heights as they are given.

    Parameters
    ----------
    sources : sequence of Source
    near : float
        m; heights within it of a source agree with that.
    readings : sequence of Reading
        What else the numbers can be.
    enough : float
        How many times better is worth a word.

    Returns
    -------
    Finding or None
        None where the heights agree with all that is known, or no reading agrees better, or what agrees better with one
        source is contradicted by another. It is certain where no other source is left that speaks against both.
    """
    found: Finding | None = None
    for reading in readings:
        close = near if abs(reading.factor) < THOUSANDS else NEAR
        pairs = [source.misfits(reading.factor, close) for source in sources]
        if any(o > max(close, CONTRADICTED * g) for g, o in pairs):
            continue
        settled = all(o <= close or g >= FAR_BETTER * o or g < CONTRADICTED * o for g, o in pairs)
        for source, (g, o) in zip(sources, pairs, strict=True):
            if g <= close or g < enough * o or (found and g * found.otherwise <= o * found.as_given):
                continue
            if settled or not source.one_sided:
                found = Finding(reading, source, g, o, settled and g >= FAR_BETTER * o)
    return found


def trimmed_rms(departures: np.ndarray) -> float:
    """The root of the mean square of all but the worst tenth; 0 of none."""
    finite = np.sort(np.abs(departures[np.isfinite(departures)]))
    kept = finite[: finite.size - int(WORST * finite.size)]
    return float(np.sqrt(np.mean(kept**2))) if kept.size else 0.0


def from_heights(name: str, values: np.ndarray, heights: np.ndarray) -> Source:
    """Other heights (n,), m, at the same places, NaN where there are none."""
    there = np.isfinite(values + heights)
    return Source(name, values[there], lambda read: np.abs(read - heights[there]))


def below_stations(name: str, values: np.ndarray, station: np.ndarray, apart: np.ndarray | float = 0.0) -> Source:
    """Stations (n,) of these heights, m, so far `apart` from each place, m: nothing between rises steeper than 45 degrees."""
    there = np.isfinite(values + station)
    highest = (station + apart)[there]
    return Source(name, values[there], lambda read: np.maximum(read - highest, 0.0), one_sided=True)


def within_limits(name: str, values: np.ndarray, lower: np.ndarray | None, upper: np.ndarray | None) -> Source:
    """Limits (n,), m, at the same places; infinite or NaN where there is none."""
    lowest = np.full(values.shape, -np.inf) if lower is None else np.where(np.isfinite(lower), lower, -np.inf)
    highest = np.full(values.shape, np.inf) if upper is None else np.where(np.isfinite(upper), upper, np.inf)
    return Source(name, values, lambda read: np.maximum(np.maximum(lowest - read, read - highest), 0.0))
