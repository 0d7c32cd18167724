"""Where few cells may move, the gravity of all others is computed once."""

from __future__ import annotations

import numpy as np
from scipy.sparse.linalg import LinearOperator

from . import Operator


class FixedRest:
    """An operator over the free cells alone, and the constant gravity of the rest.

    Parameters
    ----------
    free_part : Operator
        With a contrast of 0 at the fixed cells.
    whole : array (stations,)
        Gravity of the whole starting relief, mGal.
    start : array (ny, nx)
        That relief, m. Reliefs that are asked about later equal it at the fixed cells.
    """

    def __init__(self, free_part: Operator, whole: np.ndarray, start: np.ndarray) -> None:
        self._free_part = free_part
        self._rest = whole - free_part.gravity(start)
        self.shape = free_part.shape

    def gravity(self, heights: np.ndarray) -> np.ndarray:
        """Gravity of the relief (ny, nx), m, at the stations: (n,), mGal, positive down."""
        return self._rest + self._free_part.gravity(heights)

    def derivative(self, heights: np.ndarray) -> LinearOperator:
        """∂g/∂b at this relief: (stations, free cells), mGal/m."""
        return self._free_part.derivative(heights)
