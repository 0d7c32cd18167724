"""Whether a run found a relief: found, found with doubts, or nothing found."""

from __future__ import annotations

from dataclasses import dataclass

from ..events.protocol import Reporter

FOUND, DOUBTED, NOTHING = 0, 1, 2


@dataclass(frozen=True)
class Verdict:
    """What is to be thought of a result."""

    number: int  # FOUND, DOUBTED or NOTHING
    sentence: str  # empty where it was found without a doubt


def give_verdict(reporter: Reporter, nothing: str = "") -> Verdict:
    """The verdict of a run from all its doubts, told as its last warning where it is not FOUND.

    Parameters
    ----------
    reporter : Reporter
        The run's, which knows every doubt that was told.
    nothing : str
        Why nothing was found, a clause and its remedy; empty where something was.

    Raises
    ------
    InputError
        It is not FOUND and the run is strict.
    """
    doubts = tuple(reporter.doubts)
    if not nothing and not doubts:
        return Verdict(FOUND, "")
    if nothing:
        sentence = f"Nothing was found: {nothing}"
    else:
        told = "one doubt" if len(doubts) == 1 else f"{len(doubts)} doubts, the first"
        sentence = f"Found with {told}: {doubts[0]}"
    number = NOTHING if nothing else DOUBTED
    reporter.verdict(number, sentence)
    return Verdict(number, sentence)
