"""What was promised of an operator's error, and who is told where the series of some relief does not keep it."""

from __future__ import annotations

from dataclasses import dataclass

from ..events.protocol import Reporter


@dataclass(frozen=True)
class Promise:
    """Held by an operator, which looks at the bound of every series that it uses, also of those made anew for a relief that moved."""

    tolerance: float  # mGal
    reporter: Reporter

    def look(self, bound: float, allowed: float) -> None:
        """Warn, once a job, where a series' bound is above its allowed part of the tolerance, both in mGal."""
        if bound > allowed:
            self.unreachable(self.tolerance * bound / allowed)

    def unreachable(self, error: float) -> None:
        """Warn, once a job, with the error that can be reached, mGal."""
        self.reporter.warning(
            f"TOLERANCE {self.tolerance:.2g} mGal can't be reached for these stations and this relief; {error:.2g} mGal can.",
            "TOLERANCE",
            once="tolerance",
        )
