"""The regional as what a Gaussian low-pass filter leaves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .method import Prediction, Samples
from .trend import Trend

CELLS_IN_WAVELENGTH = 8.0
MOST_CELLS = 2_000_000
FARTHEST = 4.0
"""The filter's reach, in its own σ."""
LEAST_SHARE = 1e-6
"""Cells where less of the filter's window than this holds data take the value of the nearest that has more."""


@dataclass(frozen=True)
class LowPass:
    """A Gaussian filter with a cut-off wavelength, on the values gridded.

    A wave of length L is left with exp(−½ (wavelength/L)²) of its amplitude: 61 percent at the cut-off itself, 88
    percent at twice, 14 percent at half of it.

    Notes
    -----
    A plane is taken off first and put back, which the filter would leave as it is but for the edges. The filter is a
    normalised convolution: cells are the weighted means of the stations in them, empty ones count for nothing,
    and beyond the box around the stations the values at its edge go on.
    """

    wavelength: float  # m

    def fit(self, samples: Samples) -> Prediction:
        from scipy.ndimage import distance_transform_edt, gaussian_filter, map_coordinates

        plane = Trend(1 if samples.size >= 3 else 0).fit(samples)
        rest = samples.less(plane(samples.easting, samples.northing))
        cell = _cell(samples, self.wavelength)
        west, south = float(samples.easting.min()), float(samples.northing.min())
        sigma = self.wavelength / (2.0 * np.pi) / cell
        held, weight, weighted = (
            gaussian_filter(sums, sigma, mode="nearest", truncate=FARTHEST) for sums in _sums(rest, west, south, cell)
        )
        reached = (held > LEAST_SHARE * held.max()) & (weight > 0.0)
        values = np.where(reached, weighted / np.where(reached, weight, 1.0), 0.0)
        if not reached.all():
            row, col = distance_transform_edt(~reached, return_distances=False, return_indices=True)
            values = values[row, col]

        def predict(easting: np.ndarray, northing: np.ndarray) -> np.ndarray:
            place = [(northing - south) / cell, (easting - west) / cell]
            return plane(easting, northing) + map_coordinates(values, place, order=1, mode="nearest")

        return predict

    def __str__(self) -> str:
        return f"wavelength {self.wavelength:.4g} m"


def _cell(samples: Samples, wavelength: float) -> float:
    """The cells' size, m: the stations' own spacing, but several to a wavelength and not more than can be held."""
    area = max(np.ptp(samples.easting), 1.0) * max(np.ptp(samples.northing), 1.0)
    return float(max(min(spacing(samples), wavelength / CELLS_IN_WAVELENGTH), np.sqrt(area / MOST_CELLS)))


def spacing(samples: Samples) -> float:
    """The median distance to the nearest other place, m; the span where there is one place alone."""
    from scipy.spatial import cKDTree

    places = np.column_stack([samples.easting, samples.northing])
    if len(places) < 2:
        return 1.0
    apart = float(np.median(cKDTree(places).query(places, k=2)[0][:, 1]))
    return apart or samples.span / np.sqrt(len(places)) or 1.0


def _sums(samples: Samples, west: float, south: float, cell: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each cell, the first one centred on the south-west corner: 1 where it holds data, their mean weight, and the mean
    of weight times value."""
    row = np.rint((samples.northing - south) / cell).astype(int)
    col = np.rint((samples.easting - west) / cell).astype(int)
    shape = int(row.max()) + 1, int(col.max()) + 1
    flat = row * shape[1] + col
    count = np.bincount(flat, minlength=shape[0] * shape[1]).reshape(shape)
    weight = np.bincount(flat, samples.weight, shape[0] * shape[1]).reshape(shape)
    weighted = np.bincount(flat, samples.weight * samples.value, shape[0] * shape[1]).reshape(shape)
    several = np.maximum(count, 1)
    return (count > 0).astype(float), weight / several, weighted / several
