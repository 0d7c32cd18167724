"""What a job finds does not depend on the jobs before it, though their kernels are used again."""

from __future__ import annotations

import numpy as np

from core.data.relief import Grid
from core.data.stations import Positions
from core.operators import lattice_kernels
from core.operators.gridded import GriddedOperator
from core.operators.lattice import find_lattice

GRID = Grid(500.0 * np.arange(20), 500.0 * np.arange(20), None)
NODES = Positions(*GRID.centres(), np.full(GRID.size, 1000.0))


def gravity(heights):
    """Of a new job."""
    lattice_kernels.new_job()
    lattice = find_lattice(NODES, GRID)
    return GriddedOperator(NODES, lattice, GRID, np.full(GRID.shape, 500.0), 0.0, 1e-3).gravity(heights)


def hills(size):
    return np.random.default_rng(0).uniform(-size, size, GRID.shape)


def test_a_job_finds_the_same_after_one_of_a_wider_relief():
    lattice_kernels._shared.clear()
    first = gravity(hills(100.0))
    gravity(hills(150.0))
    np.testing.assert_array_equal(gravity(hills(100.0)), first)
    lattice_kernels._shared.clear()
    gravity(hills(150.0))
    np.testing.assert_array_equal(gravity(hills(100.0)), first)


def test_the_kernels_of_a_job_like_it_are_not_made_again(monkeypatch):
    lattice_kernels._shared.clear()
    gravity(hills(100.0))
    monkeypatch.setattr(lattice_kernels.LatticeKernels, "_make", None)
    gravity(hills(100.0))
