"""Every operator with every density law against the exact sum, wherever stations, relief and reference level lie to each other."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.relief import Grid
from core.data.stations import Positions
from core.operators.dense import DenseOperator
from core.operators.gridded import GriddedOperator
from core.operators.lattice import find_lattice
from core.operators.node_kernels import SHEET, UNIT
from core.operators.scattered import ScatteredOperator
from core.operators.trial import least_reach
from core.survey.law import EXPONENTIAL, HYPERBOLIC, TABLE, DensityLaw

few = settings(max_examples=25)
ROUNDING = 2e-9  # mGal


@dataclass(frozen=True)
class Case:
    grid: Grid
    contrast: np.ndarray
    level: float
    heights: np.ndarray
    positions: Positions
    law: np.ndarray | None
    rng: np.random.Generator

    def exact(self) -> np.ndarray:
        """The exact sum of layers that are ever thinner towards the stations: one rule over all of a prism that begins at a
        station errs by up to 1e-4 mGal."""
        if self.law is None:
            return DenseOperator(self.positions, self.grid, self.contrast, self.level).gravity(self.heights)
        low, high = min(self.heights.min(), self.level), max(self.heights.max(), self.level)
        away = np.concatenate([[0.0], np.geomspace(0.02, 20.0, 21) * self.grid.dx])
        edges = np.unique(np.clip(np.add.outer(np.unique(self.positions.height), [*away, *-away]), low, high))
        edges = np.unique(np.concatenate([[low, high], edges]))
        layers = [
            DenseOperator(self.positions, self.grid, self.contrast, float(np.clip(self.level, *ends)), law=self.law)
            for ends in pairwise(edges)
        ]
        clipped = [np.clip(self.heights, *ends) for ends in pairwise(edges)]
        return np.sum([layer.gravity(part) for layer, part in zip(layers, clipped, strict=True)], axis=0)

    def gridded(self, tolerance: float) -> GriddedOperator:
        lattice = find_lattice(self.positions, self.grid)
        cells = self.grid, self.contrast, self.level
        return GriddedOperator(self.positions, lattice, *cells, tolerance, law=self.law)


@st.composite
def laws(draw):
    """None, or a law whose datum lies anywhere about height 0, as long as a cell or much longer or shorter."""
    kind = draw(st.sampled_from([None, EXPONENTIAL, HYPERBOLIC, TABLE]))
    if kind is None:
        return None
    datum, length = draw(st.sampled_from([0.0, 700.0, -1300.0])), draw(st.floats(100.0, 8000.0))
    if kind != TABLE:
        return DensityLaw(1.0, kind, datum, length).packed()
    rows = draw(st.integers(2, 6))
    factors = np.array([1.0, *draw(st.lists(st.floats(-0.5, 1.5), min_size=rows - 1, max_size=rows - 1))])
    return DensityLaw(1.0, TABLE, datum, 1.0, length * np.arange(rows) / rows, factors).packed()


@st.composite
def basins(draw, lattice):
    """A rough relief below stations at height 0 or little more; some cells may lie exactly at them, a few above."""
    ny, nx, dx, dy = draw(st.integers(3, 9)), draw(st.integers(3, 9)), 100.0 * draw(st.integers(3, 30)), 1000.0
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    grid = Grid(1e5 + dx * np.arange(nx), -3e4 + dy * np.arange(ny), None)
    heights = -min(dx, dy) * draw(st.floats(0.2, 4.0)) * rng.uniform(0.0, 1.0, grid.shape)
    at_stations = rng.random(grid.shape) < draw(st.sampled_from([0.0, 0.3]))
    heights[at_stations] = 0.0
    heights[(rng.random(grid.shape) < draw(st.sampled_from([0.0, 0.05])))] = 0.3 * dx
    level = draw(st.sampled_from([0.0, -500.0, -2e4, 400.0, 5000.0]))
    contrast = 500.0 * np.where(rng.random(grid.shape) < 0.1, -0.4, rng.uniform(0.5, 1.0, grid.shape))
    contrast[0, 0] = 500.0
    if lattice:
        fine = draw(st.sampled_from([1, 2, 3, 4]))  # the second has stations on edges and corners of cells
        row, column = rng.integers(-2, fine * ny, 80) / fine, rng.integers(-2, fine * nx, 80) / fine
        height = np.full(80, draw(st.sampled_from([0.0, 0.0, 250.0])))
    else:
        row, column = rng.uniform(-2, ny, 60), rng.uniform(-2, nx, 60)
        row[:15], column[5:20] = np.round(2.0 * row[:15]) / 2.0, np.round(2.0 * column[5:20]) / 2.0
        height = draw(st.sampled_from([0.0, 300.0])) * rng.random(60)
    positions = Positions(grid.easting[0] + column * dx, grid.northing[0] + row * dy, height)
    return Case(grid, contrast, level, heights, positions, draw(laws()), rng)


def largest(difference: np.ndarray) -> float:
    return float(np.abs(difference).max())


@few
@given(case=basins(lattice=True), digits=st.integers(2, 7))
def test_the_gridded_operator_is_the_exact_sum_within_its_bound_and_tolerance(case, digits):
    operator = case.gridded(10.0**-digits)
    error = largest(operator.gravity(case.heights) - case.exact())
    series = operator.kernels.made[SHEET][-1]
    layer = operator.kernels.layer(series.start)
    bound = series.orders.bound + (layer.bound if layer is not None else 0.0)
    assert error <= bound + ROUNDING
    assert bound <= 1.1 * 10.0**-digits


@few
@given(case=basins(lattice=False))
def test_the_scattered_operator_is_the_exact_sum_within_what_its_reach_promises(case):
    exact = case.exact()
    tolerance = 1e-4 * max(float(np.ptp(exact)), 1.0)
    cells = case.grid, case.contrast, case.level
    reach, error = least_reach(case.positions, *cells, case.heights, tolerance)
    operator = ScatteredOperator(case.positions, *cells, 0.25 * tolerance, reach, law=case.law)
    assert largest(operator.gravity(case.heights) - exact) <= max(tolerance, 2.0 * error) + 1e-4


@few
@given(case=st.one_of(basins(lattice=True), basins(lattice=False)))
def test_the_derivative_is_the_exact_one(case):
    change = case.rng.uniform(-1.0, 1.0, case.grid.size)
    slab = 2.0 * np.pi * UNIT * float(np.abs(case.contrast).max())
    cells = case.grid, case.contrast, case.level
    exact = DenseOperator(case.positions, *cells, law=case.law).derivative(case.heights).matvec(change)
    operators = [ScatteredOperator(case.positions, *cells, 1e-3, 12.0, law=case.law)]
    if find_lattice(case.positions, case.grid) is not None:
        operators.append(case.gridded(1e-3))
    for operator in operators:
        assert largest(operator.derivative(case.heights).matvec(change) - exact) <= 1.5e-3 * slab


@few
@given(case=st.one_of(basins(lattice=True), basins(lattice=False)))
def test_the_derivative_is_the_slope_of_gravity(case):
    """Of a change of the cells that do not lie at the stations' level, where gravity has a kink."""
    step = 1e-3
    change = case.rng.uniform(-1.0, 1.0, case.grid.shape) * (case.heights != 0.0)
    cells = case.grid, case.contrast, case.level
    operators = [ScatteredOperator(case.positions, *cells, 1e-8, 5.0, law=case.law)]
    if find_lattice(case.positions, case.grid) is not None:
        operators.append(case.gridded(1e-8))
    slab = 2.0 * np.pi * UNIT * float(np.abs(case.contrast).max())
    for operator in operators:
        ahead, behind = (operator.gravity(case.heights + side * step * change) for side in (1.0, -1.0))
        slope = operator.derivative(case.heights).matvec(change.ravel())
        assert largest((ahead - behind) / (2.0 * step) - slope) <= 5e-4 * slab


@pytest.mark.parametrize("level", [-8000.0, 3000.0])
def test_a_reference_level_far_from_the_relief_costs_no_terms(level):
    """The series span the relief's range alone; the flat layer between is one kernel more, made once."""
    rng = np.random.default_rng(0)
    grid = Grid(1000.0 * np.arange(16), 1000.0 * np.arange(12), None)
    heights, contrast = rng.uniform(-900.0, -700.0, grid.shape), np.full(grid.shape, 500.0)
    law = DensityLaw(1.0, HYPERBOLIC, 0.0, 2500.0).packed()
    positions = Positions(*grid.centres(), np.full(grid.size, 100.0))
    orders = set()
    for z0 in (level, -800.0):
        case = Case(grid, contrast, z0, heights, positions, law, rng)
        operator = case.gridded(1e-5)
        assert largest(operator.gravity(heights) - case.exact()) <= 1.1e-5
        orders.add(operator.kernels.made[SHEET][-1].order)
    assert len(orders) == 1


def test_a_law_costs_no_transform_more(monkeypatch):
    rng = np.random.default_rng(0)
    grid = Grid(1000.0 * np.arange(16), 1000.0 * np.arange(12), None)
    heights, contrast = rng.uniform(-900.0, -700.0, grid.shape), np.full(grid.shape, 500.0)
    positions = Positions(*grid.centres(), np.zeros(grid.size))
    counts = []
    for law in (None, DensityLaw(1.0, EXPONENTIAL, 0.0, 900.0).packed()):
        operator = Case(grid, contrast, -750.0, heights, positions, law, rng).gridded(1e-5)
        fields, padded = [], operator.kernels.padded
        transform = padded.spectra_in
        monkeypatch.setattr(padded, "spectra_in", lambda room, f, t=transform, n=fields: n.append(len(f)) or t(room, f))
        operator.gravity(heights)
        counts.append(sum(fields))
    assert counts[0] == counts[1] > 0
