"""Fewer samples that say the same: weighted means of blocks."""

from __future__ import annotations

import numpy as np

from .method import Samples


def thinned(samples: Samples, most: int) -> Samples:
    """At most so many samples: the weighted means, place and value, of those in square blocks; few stay as they are."""
    if samples.size <= most:
        return samples
    width, height = (max(float(np.ptp(side)), 1.0) for side in (samples.easting, samples.northing))
    block = np.sqrt(width * height / most)
    while True:
        group = _groups(samples, block)
        if group.max() < most:
            break
        block *= 1.1
    total = np.bincount(group, samples.weight)
    count = np.bincount(group)

    def means(values: np.ndarray) -> np.ndarray:
        return np.bincount(group, samples.weight * values) / total

    return Samples(means(samples.easting), means(samples.northing), means(samples.value), total / count)


def _groups(samples: Samples, block: float) -> np.ndarray:
    """The number of the block that each sample lies in; only blocks that hold any are counted."""
    row = np.floor((samples.northing - samples.northing.min()) / block).astype(np.int64)
    col = np.floor((samples.easting - samples.easting.min()) / block).astype(np.int64)
    return np.unique(row * (col.max() + 1) + col, return_inverse=True)[1].ravel()
