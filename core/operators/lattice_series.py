"""A lattice's kernels as they are kept: the spectra of a series' terms, and of a flat layer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .chebyshev import Interval
from .padded import single
from .term_integrals import TermIntegrals


@dataclass(frozen=True)
class Orders:
    """How many of a kernel's terms are needed, and what the error in the sum over all cells then stays below."""

    gravity: int
    derivative: int
    rough: int  # for a derivative within ROUGH_SHARE
    bound: float  # of gravity, mGal


@dataclass(frozen=True)
class Series:
    """A kernel's Chebyshev terms as spectra, for surfaces within an interval of log depth."""

    interval: Interval
    orders: Orders
    spectra: tuple[np.ndarray, ...]  # one (order, ...) for each sub-lattice
    start: float = (
        0.0  # m: the level from which `integrals` go, the reference level or the end of the interval next to it
    )
    integrals: TermIntegrals | None = None  # of a sheet

    @property
    def order(self) -> int:
        return self.spectra[0].shape[0]

    @cached_property
    def rough(self) -> tuple[np.ndarray, ...]:
        """The spectra of the terms that a rough derivative needs, in single precision."""
        return tuple(single(made[: self.orders.rough]) for made in self.spectra)


@dataclass(frozen=True)
class FlatLayer:
    """The kernel of a body between the reference level and another level, as a spectrum."""

    spectra: tuple[np.ndarray, ...]  # one (1, ...) for each sub-lattice
    bound: float  # mGal
