"""Integrals of Chebyshev terms over height, weighted by a density law: all that a law asks of a series.

Where a sheet of cells at the level z acts on a station as Σ_k E_k·T_k(t(z))/d(z), the body between z0 and b acts as Σ_k E_k·Q_k(b),

    Q_k(b) = ∫ f(z)·T_k(t(z))/d(z) dz from z0 to b = ∫ f·T_k·(dz/du)/d du,

u the series' variable. With dz/du = ±d only f remains in it: Q_k is closed for a constant density, and else a function of one number,
which is tabulated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .chebyshev import Interval
from .density_law import law_factors, law_knots
from .prism import jit
from .threads import over_rows

KNOTS = 4096
"""Pieces of a table, beside those that the law asks for: cubic between them, to 1e-11 of the whole for the first ten terms."""

NODES, WEIGHTS = np.polynomial.legendre.leggauss(4)
"""Of the rule within a piece."""


@dataclass(frozen=True)
class LogDepth:
    """u = ln d, d = depth below the stations + something added."""

    height: float  # m, of the stations
    added: float  # m
    side: float = 1.0  # −1 for levels above the stations, their distance as depth

    def of(self, levels: np.ndarray) -> np.ndarray:
        return np.log(self.side * (self.height - levels) + self.added)

    def levels(self, u: np.ndarray) -> np.ndarray:
        return self.height - self.side * (np.exp(u) - self.added)

    @property
    def slope(self) -> float:
        """dz/du over d."""
        return -self.side


@dataclass(frozen=True)
class Level:
    """The height itself, d = 1."""

    slope = 1.0

    def of(self, levels: np.ndarray) -> np.ndarray:
        return levels

    def levels(self, u: np.ndarray) -> np.ndarray:
        return u


class TermIntegrals:
    """Q_k of one series.

    Parameters
    ----------
    variable : LogDepth or Level
    interval : Interval
        Of u, where the series holds.
    start : float
        z0, m, within it.
    order : int
        How many terms.
    law : array, optional
        As `density_law` describes it.
    """

    def __init__(
        self, variable: LogDepth | Level, interval: Interval, start: float, order: int, law: np.ndarray | None
    ) -> None:
        self._half = 0.5 * (interval.high - interval.low) * variable.slope
        self._start = float(interval.scaled(variable.of(np.array([start])))[0])
        self._order = order
        self._at_start = np.zeros((order, 1, 1))
        _fill_closed(0, 1, self._at_start, np.array([[self._start]]), np.ones((1, 1)), 0, np.zeros((order, 1, 1)), 1.0)
        self._table = None if law is None else self._tabulate(variable, interval, law)

    def fields(self, t: np.ndarray, factor: np.ndarray, first: int, count: int) -> np.ndarray:
        """factor·Q_k at t for k = first ... first + count − 1, on a grid: (count, ny, nx)."""
        result = np.empty((count, *t.shape))
        work = t.shape[0], 8 * result.size, result, t, factor, first
        if self._table is None:
            over_rows(_fill_closed, *work, self._at_start, self._half)
        else:
            over_rows(_fill_tabulated, *work, *self._table)
        return result

    def at(self, t: float) -> np.ndarray:
        """Q_k at one place: (order,)."""
        return self.fields(np.array([[t]]), np.ones((1, 1)), 0, self._order)[:, 0, 0]

    def _tabulate(
        self, variable: LogDepth | Level, interval: Interval, law: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Knots in t, the first one of each of `KNOTS` equal parts, and Q_k and its slope in t at the knots."""
        low, high = np.sort(variable.levels(np.array([interval.low, interval.high])))
        breaks = interval.scaled(variable.of(law_knots(law, float(low), float(high))))
        even = np.linspace(-1.0, 1.0, KNOTS + 1)
        knots = np.unique(np.concatenate([even, breaks, [self._start]]))
        half, middle = 0.5 * np.diff(knots)[:, None], 0.5 * (knots[1:] + knots[:-1])[:, None]
        within = self._integrand(variable, interval, law, middle + half * NODES)
        parts = self._half * np.einsum("kin,in->ik", within, half * WEIGHTS)
        values = np.concatenate([np.zeros((1, self._order)), np.cumsum(parts, axis=0)])
        values -= values[np.searchsorted(knots, self._start)]
        slopes = self._half * self._integrand(variable, interval, law, knots).T
        first = np.searchsorted(knots, even[:-1])
        return knots, first, np.ascontiguousarray(values), np.ascontiguousarray(slopes)

    def _integrand(self, variable: LogDepth | Level, interval: Interval, law: np.ndarray, t: np.ndarray) -> np.ndarray:
        """f·T_k at t of any shape: (order, ...)."""
        u = 0.5 * (interval.low + interval.high) + 0.5 * (interval.high - interval.low) * t
        angle = np.arccos(t)
        return law_factors(law, variable.levels(u)) * np.cos(np.multiply.outer(np.arange(self._order), angle))


@jit
def _fill_closed(first_row, last_row, result, t, factor, first, at_start, half):
    """∫ T_k dt is T_1, T_2/4, and T_(k+1)/2(k+1) − T_(k−1)/2(k−1), but for constants, which leave with what it is at the start."""
    count = result.shape[0]
    for row in range(first_row, last_row):
        for col in range(t.shape[1]):
            x, f = t[row, col], half * factor[row, col]
            before, now, after = x, 1.0, x  # T_(k−1), T_k, T_(k+1)
            for k in range(first + count):
                if k >= first:
                    integral = after if k == 0 else after / (2.0 * (k + 1.0))
                    if k > 1:
                        integral -= before / (2.0 * (k - 1.0))
                    result[k - first, row, col] = f * (integral - at_start[k, 0, 0])
                before, now, after = now, after, 2.0 * x * after - now


@jit
def _fill_tabulated(first_row, last_row, result, t, factor, first, knots, starts, values, slopes):
    parts = starts.size
    for row in range(first_row, last_row):
        for col in range(t.shape[1]):
            x, f = t[row, col], factor[row, col]
            i = starts[min(int(0.5 * (x + 1.0) * parts), parts - 1)]
            while i > 0 and knots[i] > x:
                i -= 1
            while i < knots.size - 2 and knots[i + 1] <= x:
                i += 1
            width = knots[i + 1] - knots[i]
            s = (x - knots[i]) / width
            r = 1.0 - s
            rise = s * s * (3.0 - 2.0 * s)
            here, there = f * width * s * r * r, -f * width * s * s * r
            low, high = f * (1.0 - rise), f * rise
            for k in range(result.shape[0]):
                result[k, row, col] = (
                    low * values[i, first + k]
                    + high * values[i + 1, first + k]
                    + here * slopes[i, first + k]
                    + there * slopes[i + 1, first + k]
                )
