"""The regional as a second unknown of the inversion: cubic B-splines on a coarse grid, kept smooth.

r(e, n) = Σ c_k B_k(e, n), with the penalty μ²·|C c|², C the second differences of the coefficients on their
grid, times L/h (h the grid's spacing, L the longer side of the stations' extent), and their first differences, times τ:
an approximation of L²∫|∂²r|² + τ²∫|∂r|², so that μ does not depend on h. The second part is a tension (Smith & Wessel,
1990): curvature alone lets a plane go on for ever where nothing is known, and gravity can't tell it from the relief's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import sparse

from ..data.stations import Positions
from ..errors import InputError
from .penalties import second_differences

NODES_ACROSS = 10
MARGIN = 1  # nodes beyond the stations on each side
SLACK = 2.0
"""Of the extent L: waves longer than so many are held by their slope, shorter ones by their curvature; τ = 2π/SLACK."""
MOST_NODES = 4000
"""The equations of so many take 0.1 GB and seconds."""


@dataclass(frozen=True)
class SplineGrid:
    """Where the splines' nodes are."""

    easting: np.ndarray  # (kx,) m
    northing: np.ndarray  # (ky,) m
    extent: float  # m, the longer side of the stations' extent

    @classmethod
    def around(cls, positions: Positions, spacing: float | None = None) -> SplineGrid:
        """Nodes over the stations and a margin; a tenth of the longer side apart where no spacing (m) is given.

        Raises
        ------
        InputError
            More nodes than can be solved for.
        """
        west, south = positions.easting.min(), positions.northing.min()
        width, height = float(np.ptp(positions.easting)), float(np.ptp(positions.northing))
        extent = max(width, height) or 1.0
        step = spacing or extent / NODES_ACROSS
        nodes = (width / step + 2 * MARGIN + 1) * (height / step + 2 * MARGIN + 1)
        if nodes > MOST_NODES:
            raise InputError(
                f"REGIONAL_SPACING {step:g} m makes about {nodes:.3g} nodes over the stations, and at most {MOST_NODES} are "
                f"possible. Give a greater one; left out it is {extent / NODES_ACROSS:g} m.",
                "REGIONAL_SPACING",
            )
        columns = np.arange(-MARGIN, int(np.ceil(width / step)) + MARGIN + 1)
        rows = np.arange(-MARGIN, int(np.ceil(height / step)) + MARGIN + 1)
        return cls(west + step * columns, south + step * rows, extent)

    @property
    def spacing(self) -> float:
        return float(self.easting[1] - self.easting[0])

    @property
    def size(self) -> int:
        return self.easting.size * self.northing.size

    def basis(self, easting: np.ndarray, northing: np.ndarray) -> sparse.csr_array:
        """The splines' values at places: (places, splines). Beyond the nodes they run out to 0."""
        east = _spline_values(easting, self.easting)
        north = _spline_values(northing, self.northing)
        count = easting.size
        place = np.repeat(np.arange(count), 16)
        column = np.repeat(east[0][:, None, :], 4, axis=1).ravel()
        row = np.repeat(north[0][:, :, None], 4, axis=2).ravel()
        value = (north[1][:, :, None] * east[1][:, None, :]).ravel()
        inside = (column >= 0) & (column < self.easting.size) & (row >= 0) & (row < self.northing.size)
        entries = (value[inside], (place[inside], (row * self.easting.size + column)[inside]))
        return sparse.csr_array(sparse.coo_array(entries, shape=(count, self.size)))

    def curvature(self) -> sparse.csr_array:
        """L/h times the second differences of the coefficients: (rows, splines)."""
        everywhere = np.ones((self.northing.size, self.easting.size), dtype=bool)
        return second_differences(everywhere, 1.0, 1.0) * (self.extent / self.spacing)

    def slopes(self) -> sparse.csr_array:
        """τ times the first differences of the coefficients, east and north: (rows, splines)."""
        tension = 2.0 * np.pi / SLACK
        east, north = self.easting.size, self.northing.size
        along_east = sparse.kron(sparse.eye_array(north), _differences(east))
        along_north = sparse.kron(_differences(north), sparse.eye_array(east))
        return sparse.csr_array(tension * sparse.vstack([along_east, along_north]))

    def penalty(self) -> sparse.csr_array:
        """C of the penalty: (rows, splines)."""
        return sparse.csr_array(sparse.vstack([self.curvature(), self.slopes()]))


def _differences(count: int) -> sparse.dia_array:
    return sparse.diags_array([-np.ones(count - 1), np.ones(count - 1)], offsets=[0, 1], shape=(count - 1, count))


def _spline_values(places: np.ndarray, nodes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Numbers and values of the four cubic B-splines that reach each place: (places, 4) both."""
    position = (places - nodes[0]) / (nodes[1] - nodes[0])
    first = np.floor(position).astype(int) - 1
    numbers = first[:, None] + np.arange(4)
    distance = np.abs(position[:, None] - numbers)
    near = 2.0 / 3.0 - distance**2 + 0.5 * distance**3
    far = np.maximum(2.0 - distance, 0.0) ** 3 / 6.0
    return numbers, np.where(distance < 1.0, near, far)


@dataclass(frozen=True)
class JointRegional:
    """What an inversion needs of the regional at its stations."""

    basis: sparse.csr_array  # (stations, splines)
    rows: sparse.csr_array  # C, (rows, splines)
    damping: float  # μ, in units of 1/σ
    held_plane: bool = False  # whether the relief's mean and tilt are held at the start's

    @cached_property
    def square(self) -> np.ndarray:
        """CᵀC: (splines, splines)."""
        return (self.rows.T @ self.rows).toarray()

    def with_damping(self, damping: float) -> JointRegional:
        """The same with another μ; what is made of its rows is kept."""
        other = replace(self, damping=damping)
        other.__dict__["square"] = self.square
        return other

    @classmethod
    def at(cls, grid: SplineGrid, positions: Positions, damping: float, held_plane: bool = False) -> JointRegional:
        return cls(grid.basis(positions.easting, positions.northing), grid.penalty(), damping, held_plane)
