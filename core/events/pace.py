"""How long work takes that is done again and again in the same parts, measured while it is done: trials and their turns."""

from __future__ import annotations

import time

from .step import Step


class Pace:
    """The trials of a search: which is under way, which of its parts, and what is likely to be left.

    A part is expected to take as long as the same part of earlier trials did, on the mean; before it was met, as long as
    all parts did.
    """

    def __init__(self) -> None:
        self.parts = 1  # of a trial
        self._measured: dict[int, list[float]] = {}  # seconds, by the part's place in its trial
        self._stage, self._rest = "", ""
        self._number, self._total = 1, 1
        self._part = 0  # the one under way; -1 between trials
        self._began = 0.0
        self._named = False

    def begin(self, stage: str, number: int, total: int, rest: str) -> Step:
        """A trial begins: its words, its number from 1 on of so many, and what is known by then."""
        self._stage, self._rest, self._number, self._total = stage, rest, number, max(total, number)
        self._part, self._began, self._named = 0, time.monotonic(), False
        return self._step("")

    def turn(self, text: str) -> Step:
        """The next part of the trial begins, the first with the first call."""
        if self._named:
            self._note()
            self._part += 1
            self.parts = max(self.parts, self._part + 1)
        self._named = True
        return self._step(text)

    def end(self) -> None:
        """The trial is finished."""
        self._note()
        self.parts = self._part + 1

    def _note(self) -> None:
        now = time.monotonic()
        self._measured.setdefault(self._part, []).append(now - self._began)
        self._began = now

    def _step(self, part: str) -> Step:
        shares = self._expected() or [1.0] * self.parts
        trial, done = sum(shares), sum(shares[: self._part])
        before = self._number - 1 + done / trial
        after = self._number - 1 + (done + shares[self._part]) / trial
        seconds = left = None
        if self._measured:
            seconds = shares[self._part]
            left = (self._total - self._number + 1) * trial - done + shares[0]  # and an inversion with the best
        return Step(self._stage, part, self._rest, before / self._total, after / self._total, seconds, left)

    def _expected(self) -> list[float] | None:
        """Seconds of each part of a trial; None where nothing was measured, or no time passed."""
        every = [seconds for several in self._measured.values() for seconds in several]
        if not every or sum(every) <= 0.0:
            return None
        known = {part: sum(several) / len(several) for part, several in self._measured.items()}
        return [known.get(part, sum(every) / len(every)) for part in range(max(self.parts, self._part + 1))]
