"""When an inversion ends: by its objective, or as the reference package ends it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

REASONS = {
    "objective": "the objective hardly fell any more",
    "error": "the misfit reached the data's errors",
    "l2_tolerance": "the misfit fell below the L2 tolerance",
    "no_progress": "the misfit hardly changed twice running",
    "increase": "the misfit rose above the allowed increase",
    "max_iterations": "the largest number of iterations was reached",
}


@dataclass(frozen=True)
class Stopping:
    """What ends an inversion; which of the fields count is the rule's business."""

    rule: int = 0  # 0 objective, 1 the reference's
    max_iterations: int = 200
    objective_tolerance: float = 0.001  # a fraction of the objective
    stop_at_error: bool = False  # whether a weighted RMS of 1 ends it (errors were given)
    l2_tolerance: float = 0.2  # of the square root of the weighted RMS
    delta_l2_tolerance: float = 1.01  # of the ratio of two such, one after the other
    increase_limit: float = 0.2  # a fraction

    @property
    def halves_steps(self) -> bool:
        """Whether a step that raises the objective is halved."""
        return self.rule == 0

    def reasons(self, rms: list[float], objective: list[float]) -> tuple[str, ...]:
        """Why to stop now; empty to go on.

        Parameters
        ----------
        rms : list of float
            The weighted RMS at the start and after each iteration.
        objective : list of float
            Likewise.
        """
        found = self._objective_reasons(rms, objective) if self.rule == 0 else self._reference_reasons(rms)
        if len(rms) - 1 >= self.max_iterations:
            found.append("max_iterations")
        return tuple(found)

    def _objective_reasons(self, rms: list[float], objective: list[float]) -> list[str]:
        found = []
        if objective[-2] - objective[-1] <= self.objective_tolerance * objective[-2]:
            found.append("objective")
        if self.stop_at_error and rms[-1] <= 1.0:
            found.append("error")
        return found

    def _reference_reasons(self, rms: list[float]) -> list[str]:
        """The reference package calls the square root of the RMS the L2 norm, and looks from iteration 2 on."""
        if len(rms) < 3:
            return []
        norms = np.sqrt(rms)
        found = []
        if norms[-1] > (1.0 + self.increase_limit) * norms[1:].min():
            found.append("increase")
        ratios = norms[:-1] / np.maximum(norms[1:], np.finfo(float).tiny)
        if ratios[-1] <= self.delta_l2_tolerance and ratios[-2] <= self.delta_l2_tolerance:
            found.append("no_progress")
        if norms[-1] < self.l2_tolerance:
            found.append("l2_tolerance")
        return found
