"""A valley for the search of the damping: a score that is known, and the dampings that were evaluated."""

from __future__ import annotations

import numpy as np
import pytest

from core.events.protocol import Reporter
from core.selection.study import Dimension, Search, Trial, search_damping

BEST = 0.03


def score_of(damping):
    """A valley in log λ, lowest at BEST."""
    return 1.0 + np.log10(damping / BEST) ** 2


@pytest.fixture
def tried():
    return []


@pytest.fixture
def search(tried):
    """Search with the valley as the score; `tried` holds the dampings that were evaluated, in their order."""

    def evaluate(damping):
        tried.append(damping)
        return Trial(damping, score_of(damping), iterations=3, rms_misfit=0.5, stop_reason="objective")

    def run(smallest=1e-3, largest=1.0, trials=8, sampler=False, seed=0, reporter=None, **more):
        dampings = (Dimension("damping", smallest, largest, trials),)
        return search_damping(Search(dampings, sampler, trials, seed, **more), evaluate, reporter or Reporter())

    return run
