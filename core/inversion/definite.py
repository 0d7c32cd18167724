"""Symmetric positive definite matrices as blocks, by products of matrices alone: these use every core, and let go of the
interpreter's lock, which a long Cholesky call keeps."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.linalg import solve_triangular

BASE = 256
"""Blocks up to so many are left to LAPACK."""


def inverse_factor(matrix: np.ndarray) -> np.ndarray:
    """L⁻¹ of A = L Lᵀ: lower triangular, (n, n). A is overwritten.

    Parameters
    ----------
    matrix : array (n, n)
        A, symmetric and positive definite.

    Raises
    ------
    numpy.linalg.LinAlgError
        A is not positive definite.
    """
    n = len(matrix)
    if n <= BASE:
        return solve_triangular(np.linalg.cholesky(matrix), np.eye(n), lower=True)
    half = n // 2
    result = np.zeros_like(matrix)
    first = result[:half, :half] = inverse_factor(matrix[:half, :half])
    below = matrix[half:, :half] @ first.T
    matrix[half:, half:] -= below @ below.T
    second = result[half:, half:] = inverse_factor(matrix[half:, half:])
    result[half:, :half] = -second @ (below @ first)
    return result


class BandedFactor:
    """L of a sparse matrix S = L Lᵀ whose unknowns are numbered so that only near ones meet.

    Blocks as wide as the band are dense: each meets the one before it and the one after it alone.

    Parameters
    ----------
    matrix : sparse array (m, m)
        S, symmetric and positive definite.

    Raises
    ------
    numpy.linalg.LinAlgError
        S is not positive definite.
    """

    def __init__(self, matrix: sparse.csr_array) -> None:
        m = matrix.shape[0]
        entries = sparse.coo_array(matrix)
        reach = int(np.abs(entries.row - entries.col).max()) if entries.nnz else 0
        count = max(1, m // max(reach, 1, BASE // 4))
        self._edges = [m * k // count for k in range(count + 1)]
        rows = matrix.tocsr()
        self._inverses: list[np.ndarray] = []  # of L's blocks on the diagonal
        self._below: list[np.ndarray] = []  # L's blocks left of these
        for k in range(count):
            here = slice(self._edges[k], self._edges[k + 1])
            block = rows[here, here].toarray()
            if k:
                before = slice(self._edges[k - 1], self._edges[k])
                self._below.append(rows[here, before].toarray() @ self._inverses[-1].T)
                block -= self._below[-1] @ self._below[-1].T
            self._inverses.append(inverse_factor(block))

    def forward(self, right: np.ndarray) -> np.ndarray:
        """L⁻¹ of columns (m, k)."""
        result = np.empty(right.shape)
        for k, inverse in enumerate(self._inverses):
            here = slice(self._edges[k], self._edges[k + 1])
            part = right[here]
            if k:
                part = part - self._below[k - 1] @ result[self._edges[k - 1] : self._edges[k]]
            result[here] = inverse @ part
        return result

    def backward(self, right: np.ndarray) -> np.ndarray:
        """L⁻ᵀ of columns (m, k)."""
        result = np.empty_like(right)
        last = len(self._inverses) - 1
        for k in range(last, -1, -1):
            here = slice(self._edges[k], self._edges[k + 1])
            part = right[here]
            if k < last:
                part = part - self._below[k].T @ result[self._edges[k + 1] : self._edges[k + 2]]
            result[here] = self._inverses[k].T @ part
        return result
