"""What a run is doing at the moment, in words, and how far along the run it is by then."""

from __future__ import annotations

from dataclasses import dataclass

WORTH_SAYING = 1.5
"""Seconds from which it is said for how long something has been going on."""

OVERRUN = 0.25
"""Of the time that a step has taken, at the least, is expected to be left of it."""

NEARLY = 0.95
"""No more of a step is taken for done by the clock alone."""


@dataclass(frozen=True)
class Step:
    """A step of a job, and what is expected of it."""

    stage: str  # what is done, in words that stay for a while
    part: str = ""  # which part of it
    rest: str = ""  # what else is worth knowing: the best so far
    share: float = 0.0  # of its section of the job, done before it
    until: float | None = None  # the same after it; None where that is not known
    seconds: float | None = None  # that it is likely to take
    left: float | None = None  # seconds that the whole job is likely to take from its beginning


@dataclass(frozen=True)
class Moment:
    """The step that is under way: since when, in which section, and what of it is done just now."""

    step: Step
    began: float  # of a clock, s
    section: tuple[float, float]  # percent of the job
    detail: str = ""
    detail_began: float = 0.0
    detail_share: float = 0.0  # of the step, done before the detail

    def percent(self, now: float) -> float:
        """How much of the job is done, by the parts that were finished and, within one, by the clock."""
        step = self.step
        share = step.share
        if step.until is not None:
            gone = self.detail_share
            if step.seconds:
                gone = min((now - self.began) / step.seconds, NEARLY)
            share += gone * (step.until - share)
        start, end = self.section
        return start + (end - start) * min(max(share, 0.0), 1.0)

    def text(self, now: float) -> str:
        """'Damping 3 of 8 (λ 0.0132), turn 2 of 5, iteration 3, for 12 s; best so far ...; about 40 s left'."""
        step = self.step
        since = now - (self.detail_began if self.detail else self.began)
        words = [word for word in (step.stage, step.part, self.detail) if word]
        if words and since >= WORTH_SAYING:
            words.append(f"for {duration(since)}")
        said = [", ".join(words), step.rest]
        if step.left is not None:
            said.append(f"about {duration(self._left(now))} left")
        return "; ".join(words for words in said if words)

    def _left(self, now: float) -> float:
        """Seconds until the end of the job; a step that takes longer than was expected goes on for a while yet."""
        gone, expected, left = now - self.began, self.step.seconds or 0.0, self.step.left or 0.0
        return max(left - expected, 0.0) + max(expected - gone, OVERRUN * gone)


def duration(seconds: float) -> str:
    """'8 s', '40 s', '3 min', '2 h 10 min': no finer than one knows it."""
    if seconds < 20.0:
        return f"{max(round(seconds), 1)} s"
    if seconds < 90.0:
        return f"{5 * round(seconds / 5.0)} s"
    minutes = round(seconds / 60.0)
    if minutes < 90:
        return f"{minutes} min"
    hours, minutes = divmod(10 * round(seconds / 600.0), 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
