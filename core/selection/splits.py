"""Which stations are withheld: one function a way to split."""

from __future__ import annotations

import numpy as np

from ..errors import InputError
from ..relief import ON_THE_GRID
from ..stations import Stations


def by_field(stations: Stations) -> np.ndarray:
    """The stations that a field marks: array of bool (n,).

    Raises
    ------
    InputError
        The field has one class only.
    """
    marked = stations.test & stations.used
    count, total = int(marked.sum()), int(stations.used.sum())
    if count in (0, total):
        which = "no" if count == 0 else "every"
        raise InputError(
            f"TEST_FIELD marks {which} usable station as a test station ({count} of {total}). It needs both: 0 for the "
            "stations to fit, 1 for those to withhold.",
            "TEST_FIELD",
        )
    return marked


def alternate_nodes(stations: Stations) -> np.ndarray:
    """On a grid of stations all but those on even rows and columns, counted from the south-west: array of bool (n,).

    Raises
    ------
    InputError
        The stations lie on no regular grid, or on one too small to split.
    """
    col, row = _grid_index(stations)
    withheld = stations.used & ((col % 2 != 0) | (row % 2 != 0))
    if not withheld.any() or not (stations.used & ~withheld).any():
        raise InputError("SPLIT 1 (alternate nodes) leaves no stations on one side. Use another SPLIT.", "SPLIT")
    return withheld


def _grid_index(stations: Stations) -> tuple[np.ndarray, np.ndarray]:
    if stations.lattice is not None and stations.node is not None:
        row, col = np.divmod(stations.node, stations.lattice.shape[1])
        return col, row
    return _lattice_index(stations.easting, stations.used), _lattice_index(stations.northing, stations.used)


def _lattice_index(values: np.ndarray, used: np.ndarray) -> np.ndarray:
    """Numbers of equally spaced lines that the values lie on."""
    start = values[used].min()
    gaps = np.diff(np.unique(values[used]))
    extent = values[used].max() - start
    gaps = gaps[gaps > 1e-6 * extent] if extent > 0 else gaps[:0]
    step = gaps.min() if gaps.size else 1.0
    index = np.nan_to_num((values - start) / step)
    off = np.abs(index - np.rint(index))[used].max()
    if off > 10 * ON_THE_GRID:
        raise InputError(
            "SPLIT 1 (alternate nodes) needs stations on a regular grid, and these are scattered. "
            "Use SPLIT 0 with a field that marks the stations to withhold.",
            "SPLIT",
        )
    return np.rint(index).astype(int)
