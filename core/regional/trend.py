"""The regional as a polynomial of the place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .method import Prediction, Samples


@dataclass(frozen=True)
class Trend:
    """The polynomial of a degree in easting and northing that fits best by weighted least squares.

    Notes
    -----
    Coordinates are taken from the middle of the samples and in units of their span, so that the powers of a degree
    that anyone would ask for stay of one size.
    """

    degree: int

    @property
    def terms(self) -> int:
        """How many coefficients there are, and so the fewest samples that determine them."""
        return (self.degree + 1) * (self.degree + 2) // 2

    def fit(self, samples: Samples) -> Prediction:
        if self.degree == 0:
            mean = samples.mean
            return lambda easting, northing: np.full(np.shape(easting), mean)
        import verde

        east, north, scale = samples.easting.mean(), samples.northing.mean(), samples.span or 1.0

        def local(easting: np.ndarray, northing: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            return (easting - east) / scale, (northing - north) / scale

        trend = verde.Trend(self.degree)
        trend.fit(local(samples.easting, samples.northing), samples.value, samples.weight)
        return lambda easting, northing: np.asarray(trend.predict(local(easting, northing)))

    def __str__(self) -> str:
        return f"degree {self.degree}"
