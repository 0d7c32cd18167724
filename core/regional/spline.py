"""Values at points interpolated by the bi-harmonic spline: regionals from known points, and starting reliefs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .method import Prediction, Samples
from .thinning import thinned
from .trend import Trend

MOST_POINTS = 2000
"""The spline's matrix is dense; more points are averaged in blocks first."""


@dataclass(frozen=True)
class Spline:
    """The bi-harmonic spline (minimum curvature) about a trend.

    The trend comes first, since damping draws the spline towards zero: with much of it the trend remains. Without
    damping it passes through every point.
    """

    damping: float | None
    degree: int = 1

    def fit(self, samples: Samples) -> Prediction:
        import verde

        few = thinned(samples, MOST_POINTS)
        trend = Trend(self.degree if few.size > Trend(self.degree).terms else 0).fit(few)
        rest = few.value - trend(few.easting, few.northing)
        east, north, scale = few.easting.mean(), few.northing.mean(), few.span or 1.0

        def local(easting: np.ndarray, northing: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            return (np.asarray(easting) - east) / scale, (np.asarray(northing) - north) / scale

        if few.size == 1:
            return trend
        spline = verde.Spline(damping=self.damping)
        weight = None if self.damping is None else few.weight / few.weight.mean()
        spline.fit(local(few.easting, few.northing), rest, weight)

        def predict(easting: np.ndarray, northing: np.ndarray) -> np.ndarray:
            return trend(easting, northing) + np.asarray(spline.predict(local(easting, northing)))

        return predict

    def __str__(self) -> str:
        about = "the mean" if self.degree == 0 else "a plane"
        return f"damping {0.0 if self.damping is None else self.damping:.3g} about {about}"
