"""The dense operator: harmonica's prisms as witness, finite differences, and the adjoint."""

from __future__ import annotations

import harmonica
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.relief import Grid
from core.data.stations import Positions
from core.operators.dense import ANNULUS, DenseOperator
from core.operators.prism import annulus_derivative, solid_angle

CONTRAST = 2669.0
CELL = 500.0
MGAL_PER_SR = 6.6743e-6  # 1e5 G


def grid_of(ny, nx, dx=CELL, dy=CELL):
    return Grid(1000.0 + dx * np.arange(nx), -2000.0 + dy * np.arange(ny), None)


def rough_relief(grid, mean, seed=3, size=150.0):
    rng = np.random.default_rng(seed)
    east, north = np.meshgrid(grid.easting / 4000.0, grid.northing / 3000.0)
    return mean + size * (np.sin(east) * np.cos(north) + 0.3 * rng.standard_normal(grid.shape))


def stations_at(grid, relief, clearance, number=200, seed=5):
    """Some on the nodes, some between, some on edges of cells, at this height above their cell's relief."""
    rng = np.random.default_rng(seed)
    row, col = rng.integers(0, grid.shape[0], number), rng.integers(0, grid.shape[1], number)
    shift = np.resize([0.0, 0.0, 0.31, 0.5], number)
    east, north = grid.easting[col] + shift * grid.dx, grid.northing[row] + np.roll(shift, 1) * grid.dy
    return Positions(east, north, relief[row, col] + clearance)


def harmonica_prisms(grid, relief, reference_level, contrast):
    """Every cell as a prism between reference level and relief, its density's sign turned where it lies below."""
    east, north = np.meshgrid(grid.easting, grid.northing)
    low, high = np.minimum(relief, reference_level), np.maximum(relief, reference_level)
    sides = [east - grid.dx / 2, east + grid.dx / 2, north - grid.dy / 2, north + grid.dy / 2, low, high]
    density = np.where(relief >= reference_level, contrast, -np.asarray(contrast))
    return np.column_stack([side.ravel() for side in sides]), density.ravel()


def layer_gravity(positions, grid, relief, reference_level):
    layer = harmonica.prism_layer(
        (grid.easting, grid.northing),
        surface=relief,
        reference=reference_level,
        properties={"density": np.where(relief >= reference_level, CONTRAST, -CONTRAST)},
    )
    places = (positions.easting, positions.northing, positions.height)
    return layer.prism_layer.gravity(places, field="g_z")


@pytest.mark.parametrize("cells", [(9, 14), (60, 60)])
@pytest.mark.parametrize("clearance", [600.0, 1.0, 0.0, -40.0], ids=["above", "near", "on", "below"])
@pytest.mark.parametrize("reference_level", [-700.0, 500.0, 1500.0], ids=["relief-above", "across", "relief-below"])
def test_gravity_is_that_of_harmonicas_prism_layer(cells, clearance, reference_level):
    grid = grid_of(*cells)
    relief = rough_relief(grid, 500.0)
    positions = stations_at(grid, relief, clearance)
    operator = DenseOperator(positions, grid, np.full(grid.shape, CONTRAST), reference_level)
    expected = layer_gravity(positions, grid, relief, reference_level)
    np.testing.assert_allclose(operator.gravity(relief), expected, rtol=0, atol=1e-9)


def test_on_large_grids_gravity_is_harmonicas_to_1e_10_of_the_terms():
    grid = grid_of(150, 160)
    relief = rough_relief(grid, 500.0)
    positions = stations_at(grid, relief, 300.0, number=20)
    prisms, density = harmonica_prisms(grid, relief, 400.0, CONTRAST)
    places = (positions.easting, positions.northing, positions.height)
    expected = harmonica.prism_gravity(places, prisms, density, field="g_z")
    terms = harmonica.prism_gravity(places, prisms, np.abs(density), field="g_z")
    operator = DenseOperator(positions, grid, np.full(grid.shape, CONTRAST), 400.0)
    assert (np.abs(operator.gravity(relief) - expected) < 1e-10 * terms).all()


def test_a_contrast_that_varies_with_place_multiplies_each_cell():
    grid = grid_of(12, 9, dx=400.0, dy=700.0)
    relief = rough_relief(grid, 300.0)
    contrast = np.random.default_rng(1).uniform(-500.0, 3000.0, grid.shape)
    contrast[4, :] = 0.0
    positions = stations_at(grid, relief, 250.0, number=40)
    prisms, density = harmonica_prisms(grid, relief, 350.0, contrast)
    places = (positions.easting, positions.northing, positions.height)
    expected = harmonica.prism_gravity(places, prisms, density, field="g_z")
    operator = DenseOperator(positions, grid, contrast, 350.0)
    np.testing.assert_allclose(operator.gravity(relief), expected, rtol=0, atol=1e-9)
    assert (operator.derivative(relief).matrix.reshape(40, *grid.shape)[:, 4, :] == 0.0).all()


def test_an_endless_plate_has_the_gravity_of_bouguer():
    grid = grid_of(3, 3, dx=1e8, dy=1e8)
    above = Positions(grid.easting[1:2], grid.northing[1:2], np.array([200.0]))
    operator = DenseOperator(above, grid, np.full(grid.shape, CONTRAST), -50.0)
    bouguer = 2 * np.pi * MGAL_PER_SR * CONTRAST * 150.0
    np.testing.assert_allclose(operator.gravity(np.full(grid.shape, 100.0)), bouguer, rtol=1e-5)
    np.testing.assert_allclose(operator.gravity(np.full(grid.shape, -200.0)), -bouguer, rtol=1e-5)


def test_gravity_is_continuous_when_the_relief_passes_the_station():
    grid = grid_of(5, 5)
    station = Positions(grid.easting[2:3] + 0.3 * CELL, grid.northing[2:3], np.array([100.0]))
    operator = DenseOperator(station, grid, np.full(grid.shape, CONTRAST), 0.0)
    relief = rough_relief(grid, 80.0, size=10.0)

    def at(height):
        relief[2, 2] = height
        return operator.gravity(relief)[0]

    jump_of_the_derivative = 4 * np.pi * MGAL_PER_SR * CONTRAST
    assert abs(at(100.0 + 1e-6) - at(100.0 - 1e-6)) < 2e-6 * jump_of_the_derivative
    assert at(100.0 - 5.0) < at(100.0) > at(100.0 + 5.0)  # more mass pulls down until it stands above the station


@settings(max_examples=40)
@given(
    seed=st.integers(0, 10_000),
    cell=st.tuples(st.floats(50.0, 2000.0), st.floats(50.0, 2000.0)),
    clearance=st.floats(5.0, 3000.0),
    below=st.booleans(),
    reference_level=st.floats(-2000.0, 2000.0),
)
def test_the_derivative_is_the_finite_difference_of_gravity(seed, cell, clearance, below, reference_level):
    grid = grid_of(5, 6, *cell)
    relief = rough_relief(grid, 0.0, seed, size=clearance / 4.0)
    highest, lowest = relief.max(), relief.min()
    height = np.full(30, lowest - clearance if below else highest + clearance)
    positions = Positions(
        *(stations_at(grid, relief, 0.0, 30, seed).__dict__[k] for k in ("easting", "northing")), height
    )
    operator = DenseOperator(positions, grid, np.full(grid.shape, CONTRAST), reference_level)
    direction = np.random.default_rng(seed).standard_normal(grid.shape)
    step = 1e-4 * clearance
    difference = operator.gravity(relief + step * direction) - operator.gravity(relief - step * direction)
    slope = operator.derivative(relief) @ direction.ravel()
    scale = np.abs(operator.derivative(relief).matrix).sum(axis=1).max()
    np.testing.assert_allclose(difference / (2 * step), slope, rtol=0, atol=1e-5 * scale)


def test_the_derivative_has_a_column_for_each_free_cell_in_their_order():
    grid = grid_of(4, 5)
    relief = rough_relief(grid, 0.0)
    free = np.zeros(grid.shape, bool)
    free[1, 2] = free[3, 0] = True
    positions = stations_at(grid, relief, 500.0, number=3)
    operator = DenseOperator(positions, grid, np.full(grid.shape, CONTRAST), 0.0, free)
    assert operator.shape == (3, 2)
    for column, (row, col) in enumerate([(1, 2), (3, 0)]):
        x = grid.easting[col] - positions.easting[0]
        y = grid.northing[row] - positions.northing[0]
        sides = (x - CELL / 2, x + CELL / 2, y - CELL / 2, y + CELL / 2)
        expected = MGAL_PER_SR * CONTRAST * solid_angle(*sides, positions.height[0] - relief[row, col])
        assert operator.derivative(relief).matrix[0, column] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("kind", [0, ANNULUS])
def test_the_adjoint_passes_the_dot_test(kind):
    rng = np.random.default_rng(11)
    grid = grid_of(13, 8, dx=300.0, dy=450.0)
    relief = rough_relief(grid, 100.0)
    positions = stations_at(grid, relief, 200.0, number=70)
    contrast = rng.uniform(100.0, 3000.0, grid.shape)
    jacobian = DenseOperator(positions, grid, contrast, 0.0, relief > 60.0, kind).derivative(relief)
    v, u = rng.standard_normal(jacobian.shape[1]), rng.standard_normal(jacobian.shape[0])
    forward, backward = jacobian.matvec(v) @ u, v @ jacobian.rmatvec(u)
    assert forward == pytest.approx(backward, rel=1e-12)


def test_the_annulus_is_taken_at_the_relief_or_the_reference_level_whichever_is_higher():
    grid = grid_of(2, 2, dx=400.0, dy=900.0)
    station = Positions(np.array([1000.0]), np.array([-2000.0]), np.array([1000.0]))
    relief = np.array([[300.0, -300.0], [100.0, -50.0]])
    matrix = DenseOperator(station, grid, np.full((2, 2), CONTRAST), 0.0, None, ANNULUS).derivative(relief).matrix
    distances = np.hypot([[0.0, 400.0], [0.0, 400.0]], [[0.0, 0.0], [900.0, 900.0]])
    expected = [
        CONTRAST * annulus_derivative(distance, 600.0, max(b, 0.0) - 1000.0)
        for distance, b in zip(distances.ravel(), relief.ravel(), strict=True)
    ]
    np.testing.assert_allclose(matrix[0], expected, rtol=1e-12)
