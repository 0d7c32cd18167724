"""Gravity of a relief at stations, and its derivative: one interface, several ways to compute it, and the choice
between them.

Imported by `survey`, `inversion`, `regional`, `assembly`, `selection` and `tasks`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse.linalg import LinearOperator

    from .lattice import Lattice


class Operator(Protocol):
    """What every operator offers."""

    shape: tuple[int, int]  # stations, free cells

    def gravity(self, heights: np.ndarray) -> np.ndarray:
        """Gravity of the relief (ny, nx), m, at the stations: (n,), mGal, positive down."""
        ...

    def derivative(self, heights: np.ndarray) -> LinearOperator:
        """∂g/∂b at this relief: (stations, free cells), mGal/m.

        Where a cheaper one is worth having it is the derivative's `rough`: of the same shape, within 1 percent of an infinite
        slab's, its transpose exact to single precision. For products on the way to a step whose right side is exact.
        """
        ...


def warm() -> None:
    """Compile every kernel on a case of a few cells, so that the first job does not."""
    import numpy as np

    from ..data.relief import Grid
    from ..data.stations import Positions
    from .both_products import both_products
    from .dense import ANNULUS, EXACT, DenseOperator
    from .density_law import EXPONENTIAL
    from .gridded import GriddedOperator
    from .lattice import find_lattice
    from .scattered import ScatteredOperator

    grid = Grid(np.arange(3.0), np.arange(3.0), None)  # type: ignore[arg-type]
    flat, contrast = np.zeros(grid.shape), np.ones(grid.shape)
    places = np.array([0.0, 0.5, 1.0])
    nodes, loose = Positions(places, places, np.ones(3)), Positions(places + 0.1, places, 1.0 + places)
    lattice = cast("Lattice", find_lattice(nodes, grid))
    operators: list[Operator] = []
    for law in (None, np.array([EXPONENTIAL, 0.0, 1.0])):
        operators.append(ScatteredOperator(loose, grid, contrast, -2.0, 1e-3, 5.0, law=law))
        operators.append(GriddedOperator(nodes, lattice, grid, contrast, -2.0, 1e-3, law=law))
        operators.append(DenseOperator(nodes, grid, contrast, -2.0, law=law))
    for kind in (EXACT, ANNULUS):
        operators.append(DenseOperator(nodes, grid, contrast, 0.0, None, kind))
        operators.append(GriddedOperator(nodes, lattice, grid, contrast, 0.0, 1e-3, None, kind))
    for operator in operators:
        operator.gravity(flat)
        product = operator.derivative(flat)
        for derivative in (product, getattr(product, "rough", product)):
            derivative.rmatvec(derivative.matvec(np.ones(grid.size)))
        if hasattr(product, "matrix"):
            both_products(np.ascontiguousarray(product.matrix), np.ones(3), np.ones(grid.size), np.ones(3), 1.0)
