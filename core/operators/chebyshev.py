"""Chebyshev series: how a kernel changes with height, as a few numbers per offset.

On low ≤ u ≤ high, with t = (2u − low − high)/(high − low), f(u) = Σ_k c_k·T_k(t), T_k(cos θ) = cos kθ. The c_k follow from f at
m nodes; where f is smooth they fall by a constant factor from one to the next, and the first ones left out bound the error.
A gain says what an error in c_k does to what is made of the series: as much for its value, ever less for its integral.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from .prism import jit
from .threads import over_rows

TRIAL_NODES = (32, 64, 128)
"""At how many nodes terms are looked for: twice as many as are kept, so that what is left out is seen."""

FLAT = 0.5
"""Where one of the last quarter of the terms reaches this share of the mean of the quarter before, they have stopped falling. Most
kernels fall by 1.25 or more from term to term: so fast where a station is a sixth of a cell beside an edge and level with it."""

SLOWEST = 0.95
"""Terms that are no rounding fall at least so much in a quarter."""

DEVIATIONS = 6.0
"""How many standard deviations of rounding are allowed for: cells at one distance, up to eight, round alike."""


@dataclass(frozen=True)
class Sample:
    """Functions that are summed, at the nodes of an interval."""

    values: np.ndarray  # (functions, nodes), at more nodes than will be needed
    counts: np.ndarray  # (functions,), how often each occurs
    rounding: float  # what their rounding errors stay below, whatever they are


@dataclass(frozen=True)
class Interval:
    """Where a series holds."""

    low: float
    high: float

    def nodes(self, count: int) -> np.ndarray:
        """The Chebyshev nodes of the first kind: (count,)."""
        t = np.cos(np.pi * (np.arange(count) + 0.5) / count)
        return 0.5 * (self.low + self.high) + 0.5 * (self.high - self.low) * t

    def scaled(self, u: np.ndarray) -> np.ndarray:
        """t of u; rounding at the ends is cut off."""
        return np.clip((2.0 * u - (self.low + self.high)) / (self.high - self.low), -1.0, 1.0)

    def holds(self, low: float, high: float) -> bool:
        return self.low <= low and high <= self.high


def coefficients_matrix(count: int) -> np.ndarray:
    """(count, count): times the values at the nodes it gives c_0 ... c_(count − 1)."""
    angles = np.pi * (np.arange(count) + 0.5) / count
    matrix = 2.0 / count * np.cos(np.arange(count)[:, None] * angles)
    matrix[0] *= 0.5
    return matrix


def integral_gain(count: int) -> np.ndarray:
    """What ∫ T_k dt stays below between any two places, k = 0 ... count − 1: (count,)."""
    k = np.arange(2.0, count)
    return np.concatenate([[2.0, 0.5], 2.0 * k / (k**2 - 1.0)])[:count]


@cache
def aliases(count: int) -> np.ndarray:
    """(count, count): as which order k (by columns) comes back at 1, 2, ... nodes (by rows), −1 where it is kept.

    The order as high as the nodes are many vanishes at them; it stands for itself, which leaves the bound some room.
    """
    nodes, order = np.arange(1, count + 1)[:, None], np.arange(count)
    folded = order % (2 * nodes)
    folded = np.minimum(folded, 2 * nodes - folded)
    return np.where(order < nodes, -1, folded)


def error_bounds(sample: Sample, gain: Callable[[int], np.ndarray] = np.ones) -> np.ndarray:
    """What the error of the sum stays below where 1, 2, ... terms are kept: (nodes,), in the functions' unit times the gain's.

    Terms fall by a constant factor until they drown in rounding, and then no more: that tells one from the other, function by
    function. The size of the values does not, since a kernel far away is a small difference of large numbers. Terms that still
    fall at the last one go on falling, and are counted too. Rounding has either sign in every function and adds up like noise.
    """
    terms, counts = np.abs(sample.values @ coefficients_matrix(sample.values.shape[1]).T), sample.counts
    quarter = terms.shape[1] // 4
    before, last = terms[:, -2 * quarter : -quarter], terms[:, -quarter:]
    flat = (last.max(axis=1) >= FLAT * before.mean(axis=1)) & (last.max(axis=1) <= sample.rounding)
    noise = np.where(flat[:, None], last, 0.0)
    heard = np.pad(terms > 2.0 * noise.max(axis=1, keepdims=True), ((0, 0), (0, 2)))
    heard = np.logical_and.accumulate(heard[:, :-2] | heard[:, 1:-1] | heard[:, 2:], axis=1)  # until three fall silent
    size, gains = counts @ np.where(heard, terms, 0.0), gain(terms.shape[1])
    unseen = 2.0 * float(gains.max()) * float(counts[~flat] @ _beyond(terms[~flat]))
    rounding = DEVIATIONS * np.sqrt(counts @ np.mean(noise**2, axis=1) * np.cumsum(gains**2))
    left_out = np.append(np.cumsum((gains * size)[::-1])[::-1][1:], 0.0)
    comes_back = np.append(gains, 0.0)[aliases(size.size)] @ size
    return left_out + comes_back + unseen + rounding


def _beyond(terms: np.ndarray) -> np.ndarray:
    """What the terms (functions, nodes) go on to add up to, falling as they did from quarter to quarter: (functions,).

    The last quarter does not tell by itself: those beyond come back with the other sign at the nodes, and take from it.
    """
    quarters = terms.reshape(terms.shape[0], 4, terms.shape[1] // 4).sum(axis=2)
    ratios = quarters[:, 2:] / np.maximum(quarters[:, 1:3], np.finfo(float).tiny)
    ratio = np.minimum(ratios.max(axis=1), SLOWEST)
    return np.maximum(quarters[:, 2] * ratio / (1.0 - ratio) - quarters[:, 3], 0.0)


def least_order(
    sampled: Callable[[int], list[Sample]], tolerance: float, gain: Callable[[int], np.ndarray] = np.ones
) -> tuple[int, float]:
    """How many terms keep the error of each of several sums of functions below a tolerance.

    Parameters
    ----------
    sampled : callable
        For a number of nodes, each sum's functions.
    tolerance : float
        In the functions' unit times the gain's.
    gain : callable
        For a number of terms, what an error in each is multiplied by.

    Returns
    -------
    order : int
        Terms to keep; where the tolerance can't be reached, as many as are of use.
    bound : float
        Of the error, see `error_bounds`; above the tolerance where that can't be reached.
    """
    for nodes in TRIAL_NODES:
        bounds = np.max([error_bounds(sample, gain) for sample in sampled(nodes)], axis=0)
        least = float(bounds.min())
        order = int(np.argmax(bounds <= (tolerance if least <= tolerance else 2.0 * least))) + 1
        if least <= tolerance and 2 * order <= nodes:
            break
    return order, float(bounds[order - 1])


@jit
def _fill_polynomials(first_row, last_row, result, t, factor, first):
    count = result.shape[0]
    for row in range(first_row, last_row):
        for col in range(t.shape[1]):
            x, f = t[row, col], factor[row, col]
            before, now = x, 1.0  # T_(−1) and T_0
            for k in range(first + count):
                if k >= first:
                    result[k - first, row, col] = f * now
                before, now = now, 2.0 * x * now - before


@jit
def _add_polynomial_products(first_row, last_row, total, t, factor, first, fields):
    for row in range(first_row, last_row):
        for col in range(t.shape[1]):
            x = t[row, col]
            before, now, added = x, 1.0, 0.0
            for k in range(first + fields.shape[0]):
                if k >= first:
                    added += now * fields[k - first, row, col]
                before, now = now, 2.0 * x * now - before
            total[row, col] += factor[row, col] * added


def polynomials(t: np.ndarray, factor: np.ndarray, first: int, count: int) -> np.ndarray:
    """factor·T_k(t) for k = first ... first + count − 1, on a grid: (count, ny, nx)."""
    result = np.empty((count, *t.shape), dtype=factor.dtype)
    over_rows(_fill_polynomials, t.shape[0], 4 * result.size, result, t, factor, first)
    return result


def add_polynomial_products(
    total: np.ndarray, t: np.ndarray, factor: np.ndarray, first: int, fields: np.ndarray
) -> None:
    """total += factor·Σ_k T_k(t)·fields[k − first]: `polynomials` backwards."""
    over_rows(_add_polynomial_products, t.shape[0], 4 * fields.size, total, t, factor, first, fields)
