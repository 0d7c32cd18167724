"""A matrix and its transpose applied while it is read once."""

from __future__ import annotations

import numpy as np

from .prism import jit_sums


@jit_sums
def both_products(matrix: np.ndarray, weight: np.ndarray, v: np.ndarray, u: np.ndarray, alpha: float) -> np.ndarray:
    """u ← W A v − α u in place; returns Aᵀ W u of the new u."""
    n, m = matrix.shape
    total = np.zeros(m)
    for i in range(n):
        row = matrix[i]
        product = 0.0
        for j in range(m):
            product += row[j] * v[j]
        value = weight[i] * product - alpha * u[i]
        u[i] = value
        value *= weight[i]
        for j in range(m):
            total[j] += value * row[j]
    return total
