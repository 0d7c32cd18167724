"""The settings that are tried where the user gives none, the smoothest first."""

from __future__ import annotations

from collections.abc import Sequence

from .equivalent_sources import EquivalentSources
from .low_pass import LowPass
from .method import Samples
from .spline import Spline
from .trend import Trend

DEGREES = (1, 2, 3, 4)
WAVELENGTHS_IN_SPANS = (2.0, 1.4, 1.0, 0.7, 0.5, 0.35, 0.25, 0.18, 0.125)
DEPTHS_IN_SPANS = (0.8, 0.4, 0.2, 0.1)
SOURCE_DAMPINGS = (1e1, 1e-1, 1e-3)
SPLINE_DAMPINGS = (1e2, 1e1, 1e0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-6, 1e-8)
FEW = 100


def trends(degree: int | None, samples: Samples) -> list[Trend]:
    """The trend of the degree, or those of degrees 1 to 4 that so many samples determine."""
    if degree is not None:
        return [Trend(degree)]
    return [Trend(n) for n in DEGREES if 2 * Trend(n).terms <= samples.size] or [Trend(0)]


def low_passes(wavelength: float | None, samples: Samples) -> list[LowPass]:
    """The filter of the wavelength (m), or nine from twice the samples' span to an eighth of it."""
    if wavelength is not None:
        return [LowPass(wavelength)]
    return [LowPass(share * (samples.span or 1.0)) for share in WAVELENGTHS_IN_SPANS]


def equivalent_sources(depth: float | None, damping: float | None, samples: Samples) -> list[EquivalentSources]:
    """Sources at the depth (m) with the damping, or at four depths from 0.8 of the span to a tenth, three dampings."""
    span = samples.span or 1.0
    depths: Sequence[float] = [share * span for share in DEPTHS_IN_SPANS] if depth is None else [depth]
    dampings = SOURCE_DAMPINGS if damping is None else (damping,)
    return [EquivalentSources(one, other) for one in depths for other in dampings]


def splines(damping: float | None, samples: Samples) -> list[Spline]:
    """The spline of the damping, or of nine from 1e2 to 1e-8; of 0 it passes through every point.

    About the mean for a few points, about a plane for more than a hundred, about each in turn for those between.
    """
    if damping is not None:
        return [Spline(damping or None)]
    degrees = (0,) if samples.size <= 2 * Trend(1).terms else (0, 1) if samples.size <= FEW else (1,)
    return [Spline(one, degree) for one in SPLINE_DAMPINGS for degree in degrees]
