"""The regional as the gravity of a layer of point sources below the stations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .method import Prediction, Samples
from .thinning import thinned

MOST_SOURCES = 500


@dataclass(frozen=True)
class EquivalentSources:
    """Point sources at one depth, one below each sample, their strengths damped; a harmonic field.

    Notes
    -----
    The samples are taken as at one level: a regional changes little over the heights of stations. Their mean is
    taken off first and put back. More than five hundred of them are averaged in blocks first, which a field
    smooth enough to be a regional does not notice.
    """

    depth: float  # m, below the samples
    damping: float

    def fit(self, samples: Samples) -> Prediction:
        import harmonica

        few = thinned(samples, MOST_SOURCES)
        mean = few.mean
        sources = harmonica.EquivalentSources(damping=self.damping, depth=self.depth)
        level = np.zeros(few.size)
        sources.fit((few.easting, few.northing, level), few.value - mean, few.weight / few.weight.mean())

        def predict(easting: np.ndarray, northing: np.ndarray) -> np.ndarray:
            return mean + np.asarray(sources.predict((easting, northing, np.zeros(np.shape(easting)))))

        return predict

    def __str__(self) -> str:
        return f"depth {self.depth:.4g} m, damping {self.damping:.3g}"
