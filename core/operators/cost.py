"""What an operator is likely to cost, from counts and fixed constants: the same on every machine, so that the same job takes the same way.

The constants are wall times on two cores of 2020; on another machine all of them change alike, which is no matter to the choice.
"""

from __future__ import annotations

from dataclasses import dataclass

PRISM, SHEET = 21e-9, 13e-9
"""Seconds of one pair's gravity and of its derivative."""

LAW_COST = 20.0
"""How much more an exact pair of gravity costs where density varies with depth."""

MATRIX, NEAR, TRANSFORM, READ = 1.5e-9, 0.5e-9, 3e-9, 3e-8
"""Seconds of a product with one element of a matrix, of a near cell's, of one point's Fourier transform, and of one station's reading from
the nodes of one level."""

CALL = 5e-4
"""Seconds that a product takes however small it is."""

PRODUCTS = 60
"""Pairs of products J v and Jᵀu that an iteration is likely to take."""

ROUGH = 0.5
"""The share of the terms that those products need, at half the price."""


@dataclass(frozen=True)
class Cost:
    """Of an iteration of an inversion with an operator."""

    iteration: float  # s
    memory: float  # bytes

    def words(self) -> str:
        """For the log: how long an iteration takes, and how much memory it needs."""
        return f"an iteration of an inversion takes about {_rounded(self.iteration)} s and {_rounded(self.memory / 1e9)} GB of memory"


def dense_cost(pairs: int, stations: int, cells: int, with_law: bool) -> Cost:
    """Of the exact sum: `pairs` of station and cell with a contrast, a matrix over the free cells."""
    elements = stations * cells
    gravity = pairs * PRISM * (LAW_COST if with_law else 1.0)
    return Cost(gravity + elements * (SHEET + 2.0 * PRODUCTS * MATRIX), 8.0 * elements)


def gridded_cost(terms: int, points: int, memory: float) -> Cost:
    """Of a convolution with so many terms and sub-lattices, on a padded grid of so many points."""
    transforms = (terms + 1) * points * TRANSFORM
    return Cost(transforms + 2.0 * PRODUCTS * (CALL + 0.5 * ROUGH * transforms), memory)


def scattered_cost(
    near: int, orders: int, levels: int, points: int, stations: int, memory: float, with_law: bool
) -> Cost:
    """Of exact sums over `near` pairs and a convolution of so many orders in the surface's and the stations' heights."""
    gravity = near * PRISM * (LAW_COST if with_law else 1.0)
    far = (orders + levels) * points * TRANSFORM + stations * levels * READ
    products = 2.0 * PRODUCTS * (CALL + near * NEAR + 0.5 * ROUGH * far)
    return Cost(gravity + near * SHEET + far + products, memory + 4.0 * near)


def _rounded(value: float) -> str:
    """One digit that counts: no promise is better than that."""
    return f"{float(f'{value:.1g}'):g}"
