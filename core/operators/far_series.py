"""The far cells' kernels as they are kept: which products of Chebyshev polynomials there are, and their spectra."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from .chebyshev import Interval
from .padded import single
from .term_integrals import TermIntegrals


@dataclass(frozen=True)
class Terms:
    """Products of Chebyshev polynomials, and their kernels' spectra."""

    surface_orders: np.ndarray  # k of each pair
    station_orders: np.ndarray  # l
    spectra: np.ndarray  # (pairs, Ny/2 + 1, Nx/2 + 1)

    @property
    def orders(self) -> int:
        """How many of the surface's."""
        return int(self.surface_orders.max()) + 1

    def first(self, count: int) -> Terms:
        return Terms(self.surface_orders[:count], self.station_orders[:count], self.spectra[:count])

    def in_single_precision(self) -> Terms:
        return replace(self, spectra=single(self.spectra))


@dataclass(frozen=True)
class FarSeries:
    """The kernel's terms, for surfaces within an interval of heights."""

    interval: Interval
    terms: Terms  # those that the derivative needs first
    in_derivative: int  # how many those are
    in_rough: int  # how many of them a derivative within ROUGH_SHARE needs
    bound: float  # of gravity's error in the sum over all cells, mGal
    start: float  # m: the level from which `integrals` go, the reference level or the end of the interval next to it
    integrals: TermIntegrals

    @cached_property
    def derivative(self) -> Terms:
        return self.terms.first(self.in_derivative)

    @cached_property
    def rough(self) -> Terms:
        """Those of a rough derivative, in single precision."""
        return self.terms.first(self.in_rough).in_single_precision()


@dataclass(frozen=True)
class Pairs:
    """Which terms are needed."""

    surface_orders: np.ndarray
    station_orders: np.ndarray
    in_derivative: int  # how many of the first
    in_rough: int
    bound: float  # mGal
