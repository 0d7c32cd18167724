"""The operators against each other and against harmonica: over drawn reliefs, spacings, heights, contrasts and shapes."""

from __future__ import annotations

from dataclasses import dataclass

import harmonica
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.data.relief import Grid
from core.data.stations import Positions
from core.operators.dense import ANNULUS, EXACT, DenseOperator
from core.operators.gridded import GriddedOperator
from core.operators.lattice import find_lattice
from core.operators.node_kernels import SHEET, UNIT
from core.operators.scattered import ScatteredOperator
from core.operators.trial import least_reach

few = settings(max_examples=20)
sizes = st.floats(50.0, 5000.0)


@dataclass(frozen=True)
class Case:
    grid: Grid
    contrast: np.ndarray
    reference_level: float
    heights: np.ndarray
    positions: Positions
    free: np.ndarray
    rng: np.random.Generator

    @property
    def slab(self) -> float:
        """Gravity of an infinite slab of the largest contrast, mGal/m."""
        return 2.0 * np.pi * UNIT * float(np.abs(self.contrast).max())

    def dense(self, kind: int = EXACT) -> DenseOperator:
        return DenseOperator(self.positions, self.grid, self.contrast, self.reference_level, self.free, kind)

    def gridded(self, tolerance: float, kind: int = EXACT) -> GriddedOperator:
        lattice = find_lattice(self.positions, self.grid)
        cells = self.grid, self.contrast, self.reference_level
        return GriddedOperator(self.positions, lattice, *cells, tolerance, self.free, kind)


@st.composite
def reliefs(draw):
    """A grid with its origin anywhere, a rough relief that varies by up to three cells, contrasts of either sign, some 0."""
    ny, nx, dx, dy = draw(st.integers(2, 14)), draw(st.integers(2, 14)), draw(sizes), draw(st.floats(0.5, 2.0))
    dy *= dx
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    grid = Grid(1e5 + dx * np.arange(nx), -3e4 + dy * np.arange(ny), None)
    heights = draw(st.floats(-5000, 5000)) + min(dx, dy) * draw(st.floats(0.0, 3.0)) * rng.uniform(-1, 1, grid.shape)
    contrast = rng.uniform(-3000, 3000, grid.shape) * (rng.random(grid.shape) < 0.9)
    contrast[0, 0] = 2669.0
    level = float(heights.mean()) + draw(st.floats(-3.0, 3.0)) * dx
    free = rng.random(grid.shape) < draw(st.sampled_from([0.3, 1.0]))
    free[-1, -1] = True
    return grid, contrast, level, heights, free, rng


@st.composite
def on_a_lattice(draw):
    """Stations at one height, on a part of a refinement of the nodes that may reach beyond the grid, in any order."""
    grid, contrast, level, heights, free, rng = draw(reliefs())
    height = float(heights.max()) + min(grid.dx, grid.dy) * draw(st.floats(0.02, 20.0))
    fine_n, fine_e = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    rows = np.arange(draw(st.integers(-3, 0)), fine_n * (grid.shape[0] - 1) + draw(st.integers(1, 4)))
    columns = np.arange(draw(st.integers(-3, 0)), fine_e * (grid.shape[1] - 1) + draw(st.integers(1, 4)))
    row, column = (index.ravel() for index in np.meshgrid(rows, columns, indexing="ij"))
    chosen = rng.permutation(row.size)[: draw(st.integers(1, 200))]
    east = grid.easting[0] + column[chosen] * grid.dx / fine_e
    north = grid.northing[0] + row[chosen] * grid.dy / fine_n
    positions = Positions(east, north, np.full(east.size, height))
    return Case(grid, contrast, level, heights, positions, free, rng)


@st.composite
def anywhere(draw):
    """Stations in and around the grid, each at its own height from 0.02 cells above the highest relief near it."""
    grid, contrast, level, heights, free, rng = draw(reliefs())
    n = draw(st.integers(1, 60))
    east = rng.uniform(grid.easting[0] - 2 * grid.dx, grid.easting[-1] + 2 * grid.dx, n)
    north = rng.uniform(grid.northing[0] - 2 * grid.dy, grid.northing[-1] + 2 * grid.dy, n)
    above = min(grid.dx, grid.dy) * rng.uniform(0.02, draw(st.floats(0.1, 5.0)), n)
    return Case(grid, contrast, level, heights, Positions(east, north, heights.max() + above), free, rng)


def at_thirds() -> Case:
    """Stations at thirds of four cells, one of which rises to half a cell below them: the kernels' terms fall slowly."""
    grid = Grid(1925.0 * np.arange(2), 1925.0 * np.arange(2), None)
    heights = np.array([[1318.256, -2215.803], [-4418.130, -4653.422]])
    contrast = np.array([[2669.0, 0.0], [639.815, 1376.979]])
    east, north = (axis.ravel() for axis in np.meshgrid(*2 * [1925.0 / 3.0 * np.arange(-3, 7)]))
    positions = Positions(east, north, np.full(east.size, 2280.756))
    free = np.ones(grid.shape, dtype=bool)
    return Case(grid, contrast, -2492.274, heights, positions, free, np.random.default_rng(0))


def outside() -> Case:
    """Stations up to two cells from four cells: above those themselves the taper leaves nothing to the splines."""
    grid = Grid(50.0 * np.arange(2), 75.0 * np.arange(2), None)
    contrast = np.array([[2669.0, 1371.363], [-1872.594, -2669.12]])
    places = Positions(
        np.array([141.859, 70.766, -2.094, -53.187]),
        np.array([-20.265, 41.65, 184.204, 140.836]),
        np.array([48.404, 138.708, 71.166, 104.37]),
    )
    free = np.ones(grid.shape, dtype=bool)
    return Case(grid, contrast, 50.0, np.zeros(grid.shape), places, free, np.random.default_rng(0))


def largest(difference: np.ndarray) -> float:
    return float(np.abs(difference).max())


@few
@given(case=on_a_lattice(), digits=st.integers(2, 9))
@example(case=at_thirds(), digits=7)
@example(case=at_thirds(), digits=9)
def test_the_gridded_operator_agrees_with_the_dense_one_within_the_tolerance(case, digits):
    tolerance = 10.0**-digits
    gravity = case.dense().gravity(case.heights)
    rounding = 1e-10 * max(largest(gravity), 1.0)
    assert largest(case.gridded(tolerance).gravity(case.heights) - gravity) <= tolerance + rounding


@few
@given(case=on_a_lattice(), digits=st.integers(2, 9))
@example(case=at_thirds(), digits=9)
def test_the_bound_of_a_gridded_series_holds_and_is_within_the_tolerance(case, digits):
    operator, dense = case.gridded(10.0**-digits), case.dense().gravity(case.heights)
    error = largest(operator.gravity(case.heights) - dense)
    bound = operator.kernels.made[SHEET][-1].orders.bound
    assert error <= bound + 1e-10 * max(largest(dense), 1.0)
    assert bound <= 10.0**-digits


@pytest.mark.parametrize("reach", [5.0, 12.0])
def test_the_bound_of_the_far_cells_series_holds_for_a_relief_of_several_cells(reach):
    """Far beyond the tolerance the splines err alike whatever it is, so that the difference is the series'."""
    rng = np.random.default_rng(0)
    grid = Grid(500.0 * np.arange(40), 500.0 * np.arange(40), None)
    heights = 1500.0 * np.sin(grid.easting / 4500.0) * np.cos(grid.northing / 3500.0)[:, None]
    places = Positions(*rng.uniform(0.0, 19500.0, (2, 200)), heights.max() + rng.uniform(50.0, 4000.0, 200))
    cells = grid, np.full(grid.shape, 2669.0), 0.0
    best = ScatteredOperator(places, *cells, 1e-7, reach)
    finest, rest = best.gravity(heights), best.far.series(heights).bound
    for tolerance in (1e-2, 1e-3, 1e-4, 1e-5):
        operator = ScatteredOperator(places, *cells, tolerance, reach)
        bound = operator.far.series(heights).bound
        assert largest(operator.gravity(heights) - finest) <= bound + rest
        assert bound <= tolerance or (reach == 5.0 and tolerance == 1e-5)


@pytest.mark.parametrize("tolerance", [1e-2, 1e-4, 1e-6])
def test_the_stated_bound_holds_wherever_between_the_nodes_the_stations_lie(tolerance):
    """Three quarters of a cell from one node are one quarter from the next; a few metres above a rough relief."""
    grid, rng = Grid(1000.0 * np.arange(20), 1000.0 * np.arange(18), None), np.random.default_rng(1)
    heights, contrast = 600.0 + 50.0 * rng.uniform(-1.0, 1.0, grid.shape), np.full(grid.shape, 500.0)
    bounds = {}
    for shift in (0.0, 0.25, 0.5, 0.75):
        east, north = (axis + 1000.0 * shift for axis in np.meshgrid(grid.easting[1:-1], grid.northing[1:-1]))
        positions = Positions(east.ravel(), north.ravel(), np.full(east.size, 661.0))
        operator = GriddedOperator(positions, find_lattice(positions, grid), grid, contrast, 0.0, tolerance)
        off = operator.gravity(heights) - DenseOperator(positions, grid, contrast, 0.0).gravity(heights)
        bounds[shift] = operator.kernels.made[SHEET][-1].orders.bound
        assert largest(off) <= bounds[shift] <= tolerance
    assert bounds[0.75] == pytest.approx(bounds[0.25], rel=0.01)


@few
@given(case=on_a_lattice(), kind=st.sampled_from([EXACT, ANNULUS]))
def test_the_gridded_derivative_agrees_with_the_dense_one_on_any_change_of_one_metre(case, kind):
    bound = min(1e-4, 1e-3 * case.slab)
    change = case.rng.uniform(-1.0, 1.0, int(case.free.sum()))
    dense = case.dense(kind).derivative(case.heights)
    gridded = case.gridded(1e-4, kind).derivative(case.heights)
    assert largest(gridded.matvec(change) - dense.matvec(change)) <= bound
    assert largest(gridded.matrix - dense.matrix) <= 1e-12 * max(largest(dense.matrix), 1e-3)


@few
@given(case=on_a_lattice(), kind=st.sampled_from([EXACT, ANNULUS]), lifted=st.floats(0.0, 1.0))
def test_cells_at_and_above_the_stations_are_summed_exactly(case, kind, lifted):
    high = case.rng.random(case.grid.shape) < 0.2
    heights = np.where(high, case.positions.height[0] + (lifted - 0.005) * case.grid.dx, case.heights)
    dense, gridded = case.dense(kind), case.gridded(1e-5, kind)
    assert largest(gridded.gravity(heights) - dense.gravity(heights)) <= 1e-5 + 1e-9
    change = case.rng.uniform(-1.0, 1.0, int(case.free.sum()))
    products = gridded.derivative(heights).matvec(change) - dense.derivative(heights).matvec(change)
    assert largest(products) <= 1e-5 + 1e-9


@few
@given(
    case=st.one_of(on_a_lattice(), anywhere()), kind=st.sampled_from([EXACT, ANNULUS]), room=st.sampled_from([0, 2**30])
)
def test_every_derivative_passes_the_dot_test(case, kind, room):
    operators = [case.dense(kind)]
    if find_lattice(case.positions, case.grid) is not None:
        operators.append(case.gridded(1e-3, kind))
    cells = case.grid, case.contrast, case.reference_level
    operators.append(ScatteredOperator(case.positions, *cells, 1e-3, 5.0, case.free, room))
    v = case.rng.normal(size=int(case.free.sum()))
    u = case.rng.normal(size=case.positions.size)
    for operator in operators:
        derivative = operator.derivative(case.heights)
        there, back = derivative.matvec(v), derivative.rmatvec(u)
        scale = np.linalg.norm(there) * np.linalg.norm(u) + np.linalg.norm(back) * np.linalg.norm(v)
        assert abs(u @ there - v @ back) <= 1e-10 * scale


@few
@given(case=st.one_of(on_a_lattice(), anywhere()), kind=st.sampled_from([EXACT, ANNULUS]))
def test_the_rough_derivative_is_within_a_hundredth_of_a_slabs_and_transposes_to_single_precision(case, kind):
    cells = case.grid, case.contrast, case.reference_level
    operators = [(ScatteredOperator(case.positions, *cells, 1e-3, 5.0, case.free), EXACT)]
    if find_lattice(case.positions, case.grid) is not None:
        operators.append((case.gridded(1e-6, kind), kind))
    v = case.rng.uniform(-1.0, 1.0, int(case.free.sum()))
    u = case.rng.normal(size=case.positions.size)
    for operator, of in operators:
        derivative = operator.derivative(case.heights)
        rough = derivative.rough
        assert rough is derivative.rough and rough.shape == derivative.shape
        there, back = rough.matvec(v), rough.rmatvec(u)
        assert largest(there - derivative.matvec(v)) <= (1.5e-2 if of == EXACT else 3e-2) * case.slab
        scale = np.linalg.norm(there) * np.linalg.norm(u) + np.linalg.norm(back) * np.linalg.norm(v)
        assert abs(u @ there - v @ back) <= 1e-5 * scale


def test_the_rough_derivative_needs_fewer_terms_in_half_the_memory():
    grid, rng = Grid(1000.0 * np.arange(24), 1000.0 * np.arange(18), None), np.random.default_rng(4)
    heights, contrast = rng.uniform(-900.0, -100.0, grid.shape), np.full(grid.shape, 500.0)
    east, north = grid.centres()
    gridded = GriddedOperator(
        Positions(east, north, np.zeros(east.size)),
        find_lattice(Positions(east, north, np.zeros(east.size)), grid),
        grid,
        contrast,
        0.0,
        1e-6,
    )
    gridded.derivative(heights)
    series = gridded.kernels.made[SHEET][-1]
    assert len(series.rough[0]) < 0.5 * series.order
    assert series.rough[0].dtype == np.float32
    loose = Positions(east + 50.0, north, rng.uniform(0.0, 200.0, east.size))
    scattered = ScatteredOperator(loose, grid, contrast, 0.0, 1e-4, 7.0)
    terms = scattered.far.series(heights)
    assert terms.rough.spectra.dtype == np.float32
    assert len(terms.rough.spectra) < len(terms.derivative.spectra) <= len(terms.terms.spectra)


@few
@given(case=anywhere())
@example(case=outside())
def test_the_scattered_operator_agrees_with_the_dense_one_within_what_its_reach_promises(case):
    tolerance = 1e-4 * case.slab * max(np.ptp(case.heights), largest(case.heights - case.reference_level), 1.0)
    cells = case.grid, case.contrast, case.reference_level
    reach, error = least_reach(case.positions, *cells, case.heights, tolerance)
    operator = ScatteredOperator(case.positions, *cells, 0.25 * tolerance, reach, case.free)
    gravity = case.dense().gravity(case.heights)
    assert largest(operator.gravity(case.heights) - gravity) <= max(tolerance, 2.0 * error) + 1e-9


def test_the_splines_error_falls_with_the_reach_as_documented():
    rng = np.random.default_rng(3)
    grid = Grid(500.0 * np.arange(40), 500.0 * np.arange(40), None)
    wave = np.hypot(np.fft.fftfreq(40)[:, None], np.fft.rfftfreq(40))
    wave[0, 0] = 1.0
    heights = np.fft.irfft2(np.fft.rfft2(rng.normal(size=(40, 40))) * wave**-2.0 * np.exp(-((wave / 0.12) ** 2)))
    heights *= 150.0 / heights.std()
    positions = Positions(rng.uniform(0, 19500, 300), rng.uniform(0, 19500, 300), np.full(300, heights.max() + 100.0))
    cells = grid, np.full(grid.shape, 2669.0), 0.0
    exact = DenseOperator(positions, *cells).gravity(heights)
    for reach, allowed in ((5.0, 1.2e-2), (7.0, 2.5e-3), (9.0, 8e-4), (12.0, 1.5e-4)):
        operator = ScatteredOperator(positions, *cells, 1e-5, reach)
        assert largest(operator.gravity(heights) - exact) <= allowed


@pytest.mark.parametrize("scattered", [False, True])
def test_harmonica_gives_the_same_gravity(scattered):
    rng = np.random.default_rng(7)
    grid = Grid(1000.0 * np.arange(24), 800.0 * np.arange(18), None)
    heights = rng.uniform(-900.0, -100.0, grid.shape)
    contrast = rng.uniform(200.0, 600.0, grid.shape)
    east, north = grid.centres()
    positions = Positions(east, north, np.full(east.size, 50.0))
    level, tolerance = -500.0, 1e-4
    if scattered:
        positions = Positions(east + 313.0, north - 77.0, rng.uniform(-50.0, 200.0, east.size))
        operator = ScatteredOperator(positions, grid, contrast, level, 0.25 * tolerance, 16.0)
    else:
        operator = GriddedOperator(positions, find_lattice(positions, grid), grid, contrast, level, tolerance)
    above = heights > level
    prisms = np.column_stack(
        [
            east - 500.0,
            east + 500.0,
            north - 400.0,
            north + 400.0,
            np.minimum(heights, level).ravel(),
            np.maximum(heights, level).ravel(),
        ]
    )
    density = np.where(above, contrast, -contrast).ravel()
    expected = harmonica.prism_gravity(
        (positions.easting, positions.northing, positions.height), prisms, density, field="g_z"
    )
    assert largest(operator.gravity(heights) - expected) <= tolerance


def test_kernels_are_made_anew_when_the_relief_leaves_their_range_and_reused_when_it_returns():
    rng = np.random.default_rng(5)
    grid = Grid(1000.0 * np.arange(20), 1000.0 * np.arange(20), None)
    east, north = grid.centres()
    positions = Positions(east, north, np.full(east.size, 2000.0))
    cells = grid, np.full(grid.shape, 2669.0), 0.0
    gridded = GriddedOperator(positions, find_lattice(positions, grid), *cells, 1e-7)
    dense = DenseOperator(positions, *cells)
    narrow, wide = rng.uniform(-50.0, 50.0, grid.shape), rng.uniform(-900.0, 900.0, grid.shape)
    made = []
    for heights in (narrow, wide, narrow, wide, 1.2 * narrow):
        assert largest(gridded.gravity(heights) - dense.gravity(heights)) <= 1e-7
        made.append(sum(len(series) for series in gridded.kernels.made.values()))
    assert made == [1, 2, 2, 2, 2]
