"""The regional as one number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .method import Prediction, Samples


@dataclass(frozen=True)
class Constant:
    """A given number, else the median of the values.

    The median and not the mean, so that a few stations over the buried relief's extremes weigh little.
    """

    value: float | None = None  # mGal

    def fit(self, samples: Samples) -> Prediction:
        value = float(np.median(samples.value)) if self.value is None else self.value
        return lambda easting, northing: np.full(np.shape(easting), value)

    def __str__(self) -> str:
        return "the median" if self.value is None else f"{self.value:g} mGal"
