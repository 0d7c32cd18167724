"""Chebyshev series: how a kernel changes with height, as a few numbers per offset.

On low ≤ u ≤ high, with t = (2u − low − high)/(high − low), f(u) = Σ_k c_k·T_k(t), T_k(cos θ) = cos kθ. The c_k follow from f at
m nodes; where f is smooth they fall by a constant factor from one to the next, and the first ones left out bound the error.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .prism import jit
from .threads import over_rows

MOST_NODES = 32


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


def least_order(values: np.ndarray, weights: np.ndarray, tolerance: float) -> tuple[int, float]:
    """How many terms keep the sum of the errors of many functions below a tolerance.

    Parameters
    ----------
    values : array (functions, nodes)
        Each function at the interval's nodes, more of them than will be needed.
    weights : array (functions,)
        How often each function occurs.
    tolerance : float
        In the functions' unit.

    Returns
    -------
    order : int
        Terms to keep; where the tolerance can't be reached, those above rounding.
    bound : float
        The weighted sum of what is left out, an upper bound of the error.
    """
    size = weights @ np.abs(values @ coefficients_matrix(values.shape[1]).T)
    left_out = np.append(
        np.cumsum(size[::-1])[::-1], 0.0
    )  # of T_k and all beyond; at the nodes they come back once more
    rounding = 4.0 * size[-4:].max()  # terms no larger than the last ones are noise
    enough = (2.0 * left_out[:-1] <= tolerance) | (size <= rounding)
    order = max(int(np.argmax(enough)), 1)
    return order, 2.0 * float(left_out[order])


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
    result = np.empty((count, *t.shape))
    over_rows(_fill_polynomials, t.shape[0], 4 * result.size, result, t, factor, first)
    return result


def add_polynomial_products(
    total: np.ndarray, t: np.ndarray, factor: np.ndarray, first: int, fields: np.ndarray
) -> None:
    """total += factor·Σ_k T_k(t)·fields[k − first]: `polynomials` backwards."""
    over_rows(_add_polynomial_products, t.shape[0], 4 * fields.size, total, t, factor, first, fields)
