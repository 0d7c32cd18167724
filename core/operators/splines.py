"""Reading a grid at any place by a quintic spline, and the same backwards.

The spline's coefficients are the values divided, in Fourier space, by `symbol`; they are then weighted by the quintic B-spline.
"""

from __future__ import annotations

import numpy as np

from .prism import jit
from .threads import over_rows

BEFORE, AFTER = 2, 3
"""Nodes that a place draws on, before and after the one to its south-west."""


def symbol(count: int) -> np.ndarray:
    """What the B-spline does to the waves 0 ... count/2 of a periodic grid: (count/2 + 1,)."""
    angle = 2.0 * np.pi * np.arange(count // 2 + 1) / count
    return (66.0 + 52.0 * np.cos(angle) + 2.0 * np.cos(2.0 * angle)) / 120.0


@jit
def _quintic(x):
    """The quintic B-spline at a distance x >= 0 in nodes."""
    a, b, c = max(3.0 - x, 0.0), max(2.0 - x, 0.0), max(1.0 - x, 0.0)
    return (a**5 - 6.0 * b**5 + 15.0 * c**5) / 120.0


@jit
def _set_weights(weights, part):
    for i in range(6):
        weights[i] = _quintic(abs(i - 2.0 - part))


@jit
def _read(first, last, result, coefficients, rows, columns, levels):
    across, along = np.empty(6), np.empty(6)
    for i in range(first, last):
        row, col = int(np.floor(rows[i])), int(np.floor(columns[i]))
        _set_weights(across, rows[i] - row)
        _set_weights(along, columns[i] - col)
        total = 0.0
        for k in range(levels.shape[1]):
            value = 0.0
            for a in range(6):
                line = 0.0
                for b in range(6):
                    line += along[b] * coefficients[k, row + a - 2, col + b - 2]
                value += across[a] * line
            total += levels[i, k] * value
        result[i] = total


@jit
def _spread(first, last, result, values, rows, columns, levels):
    across, along = np.empty(6), np.empty(6)
    for i in range(rows.size):
        row, col = int(np.floor(rows[i])), int(np.floor(columns[i]))
        _set_weights(across, rows[i] - row)
        _set_weights(along, columns[i] - col)
        for k in range(first, last):
            value = values[i] * levels[i, k]
            for a in range(6):
                for b in range(6):
                    result[k, row + a - 2, col + b - 2] += value * across[a] * along[b]


def read(coefficients: np.ndarray, rows: np.ndarray, columns: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Σ_k levels[i, k]·spline_k(place i): (n,).

    Parameters
    ----------
    coefficients : array (k, ny, nx)
    rows, columns : array (n,)
        Places in nodes, at least `BEFORE` and `AFTER` nodes inside.
    levels : array (n, k)
    """
    result = np.empty(rows.size)
    over_rows(_read, rows.size, 50 * levels.size, result, np.ascontiguousarray(coefficients), rows, columns, levels)
    return result


def spread(
    values: np.ndarray, rows: np.ndarray, columns: np.ndarray, levels: np.ndarray, shape: tuple[int, int]
) -> np.ndarray:
    """`read` backwards: (k, ny, nx) of values (n,)."""
    result = np.zeros((levels.shape[1], *shape))
    over_rows(_spread, levels.shape[1], 50 * levels.size, result, values, rows, columns, levels)
    return result
