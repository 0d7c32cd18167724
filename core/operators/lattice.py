"""Stations that lie on a refinement of the relief's nodes: which lattice, and where on it each is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..data.relief import Grid
from ..data.stations import Positions

FINEST = 4
"""The finest refinement looked for: nodes at a quarter of the spacing."""

ON_THE_LATTICE = 1e-6
"""How far a station may lie off its place, as a share of a cell."""

SAME_HEIGHT = 1e-6
"""Stations within this, m, have one height."""


@dataclass(frozen=True)
class SubLattice:
    """The stations at one offset from the nodes."""

    shift: tuple[float, float]  # north and east of the node, in cells, 0 <= shift < 1
    stations: np.ndarray  # their numbers
    nodes: np.ndarray  # the flat number of each one's node within the lattice's window


@dataclass(frozen=True)
class Lattice:
    """All stations, as sub-lattices of the relief's nodes within one window."""

    start: tuple[int, int]  # the window's first node, by rows and columns of the relief
    count: tuple[int, int]  # its rows and columns
    height: float  # m, of all stations
    parts: tuple[SubLattice, ...]
    refinement: tuple[int, int]  # by rows and columns
    places: np.ndarray  # (n, 2) row and column on the refined lattice, counted from the relief's first node


def find_lattice(positions: Positions, grid: Grid) -> Lattice | None:
    """The lattice of the stations; None where they lie on none, or have more than one height."""
    if positions.size == 0 or np.ptp(positions.height) > SAME_HEIGHT:
        return None
    column, row = grid.fractional_index(positions.easting, positions.northing)
    refined_rows, refined_columns = _refined(row), _refined(column)
    if refined_rows is None or refined_columns is None:
        return None
    (fine_rows, places_n), (fine_columns, places_e) = refined_rows, refined_columns
    node_n, node_e = places_n // fine_rows, places_e // fine_columns
    start = int(node_n.min()), int(node_e.min())
    count = int(node_n.max()) - start[0] + 1, int(node_e.max()) - start[1] + 1
    flat = (node_n - start[0]) * count[1] + node_e - start[1]
    part_n, part_e = places_n % fine_rows, places_e % fine_columns
    parts = []
    for code in np.unique(part_n * fine_columns + part_e):
        members = np.flatnonzero(part_n * fine_columns + part_e == code)
        shift = float(code // fine_columns) / fine_rows, float(code % fine_columns) / fine_columns
        parts.append(SubLattice(shift, members, flat[members]))
    places = np.column_stack([places_n, places_e])
    return Lattice(start, count, float(positions.height[0]), tuple(parts), (fine_rows, fine_columns), places)


def _refined(index: np.ndarray) -> tuple[int, np.ndarray] | None:
    """The coarsest refinement that holds all places, and each one's whole number on it."""
    for factor in range(1, FINEST + 1):
        places = np.rint(factor * index)
        if np.abs(factor * index - places).max() <= factor * ON_THE_LATTICE:
            return factor, places.astype(np.int64)
    return None
