"""What every method that separates a regional field has in common: values at places in, a function of the place out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

Prediction = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Easting and northing (n,) in m to values (n,), anywhere."""


@dataclass(frozen=True)
class Samples:
    """Values at places: the misfit at stations or at points of known relief in mGal, or heights in m."""

    easting: np.ndarray  # (n,) m
    northing: np.ndarray  # (n,) m
    value: np.ndarray  # (n,)
    weight: np.ndarray  # (n,) 1/σ²

    @property
    def size(self) -> int:
        return self.value.size

    def where(self, mask: np.ndarray) -> Samples:
        """Only the places of the mask, or of the indices, (n,)."""
        return Samples(self.easting[mask], self.northing[mask], self.value[mask], self.weight[mask])

    def less(self, taken: np.ndarray) -> Samples:
        """The same places with something taken off their values (n,)."""
        return Samples(self.easting, self.northing, self.value - taken, self.weight)

    @property
    def mean(self) -> float:
        """The weighted mean."""
        return float(np.average(self.value, weights=self.weight))

    @property
    def span(self) -> float:
        """The longer side of the box around the places, m."""
        return float(max(np.ptp(self.easting), np.ptp(self.northing)))


class Method(Protocol):
    """A way to separate a smooth field, its settings chosen: fit it to values, then ask it anywhere."""

    def fit(self, samples: Samples) -> Prediction: ...

    def __str__(self) -> str:
        """Its settings in words: "degree 2"."""
