"""How well withheld data were predicted."""

from __future__ import annotations

import numpy as np


def rms(difference: np.ndarray) -> float:
    """The root of the mean square."""
    return float(np.sqrt(np.mean(difference**2))) if difference.size else float("nan")


def prediction_score(predicted: np.ndarray, observed: np.ndarray, sigma: np.ndarray) -> float:
    """The RMS of predicted less observed at test stations, each weighted by 1/σ²: mGal.

    Where all errors are equal it is the plain RMS.
    """
    weight = 1.0 / sigma**2
    return float(np.sqrt(np.sum(weight * (predicted - observed) ** 2) / np.sum(weight)))


def expected_score(sigma: np.ndarray) -> float:
    """The score of a perfect prediction, from the data's errors alone: mGal."""
    return float(np.sqrt(sigma.size / np.sum(1.0 / sigma**2)))
