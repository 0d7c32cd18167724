"""What is said of a relief's grid beside its stations: that it could be computed faster, or is finer than gravity can show."""

from __future__ import annotations

import numpy as np

from ..data.relief import Grid
from ..data.stations import Positions
from .lattice import Lattice, find_lattice

MANY_CELLS = 16.0
"""So many cells to a station, and gravity shows no more than a grid of a quarter of the nodes a side."""

WORTH_TELLING = 1.5
"""A gain in time."""


def aligned(positions: Positions, grid: Grid) -> tuple[Grid, Lattice] | None:
    """The grid moved by less than a cell so that its nodes fall on the stations, and their lattice on it; None where no move does."""
    if positions.size == 0:
        return None
    column, row = grid.fractional_index(positions.easting[:1], positions.northing[:1])
    east, north = (float(at[0] - np.rint(at[0])) for at in (column, row))
    moved = Grid(grid.easting + east * grid.dx, grid.northing + north * grid.dy, grid.crs)
    lattice = find_lattice(positions, moved)
    return None if lattice is None else (moved, lattice)


def tell_alignment(grid: Grid, moved: Grid, gain: float) -> str:
    """In words, for a gain in time."""
    east, north = moved.easting[0] - grid.easting[0], moved.northing[0] - grid.northing[0]
    return (
        f"The stations lie at one height on a regular grid. With the relief's nodes on them (EXTENT or STARTING_RELIEF moved by "
        f"{east:.6g} m east and {north:.6g} m north) this would be about {float(f'{gain:.1g}'):g} times as fast."
    )


def fitting_spacing(positions: Positions, grid: Grid) -> float | None:
    """Half the stations' mean distance, m, where the grid has far more cells than stations among them; else None."""
    if positions.size < 4:
        return None
    inside = np.ptp(positions.easting), np.ptp(positions.northing)
    area = float(max(inside[0], grid.dx) * max(inside[1], grid.dy))
    if area <= MANY_CELLS * positions.size * grid.dx * grid.dy:
        return None
    return float(f"{0.5 * np.sqrt(area / positions.size):.1g}")


def tell_spacing(positions: Positions, grid: Grid, spacing: float) -> str:
    """In words."""
    return (
        f"The relief has {grid.size} cells for {positions.size} stations: far more than their gravity can tell apart. A SPACING of "
        f"{spacing:g} m would fit the stations and take a small part of the time."
    )
