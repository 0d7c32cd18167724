"""What one cell does to a station, as Chebyshev coefficients at every offset of a lattice."""

from __future__ import annotations

import math

import numpy as np

from .density_law import law_integral
from .prism import (
    GRAVITATIONAL_CONSTANT,
    MGAL_PER_SI,
    annulus_derivative,
    jit,
    solid_angle,
    solid_angle_integral,
)
from .threads import over_rows

INTEGRAL, SHEET, ANNULUS = 0, 1, 2
"""Gravity between the reference level and the surface; its exact derivative, a sheet's gravity; the annulus derivative."""

UNIT = MGAL_PER_SI * GRAVITATIONAL_CONSTANT


@jit
def cell_kernel(kind, x, y, dx, dy, depth, reference_depth):
    """The kernel of a cell whose centre lies x, y from the station, per kg/m3: mGal, or mGal/m.

    depth is the station's height above the surface, reference_depth its height above the reference level, m.
    """
    if kind == ANNULUS:
        return annulus_derivative(math.sqrt(x * x + y * y), math.sqrt(dx * dy), -depth)
    x1, x2, y1, y2 = x - 0.5 * dx, x + 0.5 * dx, y - 0.5 * dy, y + 0.5 * dy
    if kind == SHEET:
        return UNIT * solid_angle(x1, x2, y1, y2, depth)
    return UNIT * (solid_angle_integral(x1, x2, y1, y2, reference_depth) - solid_angle_integral(x1, x2, y1, y2, depth))


@jit
def near_weight(distance, inner, outer):
    """The taper φ: 1 up to the inner distance, 0 from the outer one on, with three continuous derivatives."""
    if distance >= outer:
        return 0.0
    if distance <= inner:
        return 1.0
    t = (distance - inner) / (outer - inner)
    return 1.0 - t**4 * (35.0 - t * (84.0 - t * (70.0 - 20.0 * t)))


@jit
def _fill_coefficients(
    first, last, result, kind, rows, columns, dx, dy, depths, reference_depths, matrix, inner, outer
):
    order, nodes = matrix.shape
    values = np.empty(nodes)
    for i in range(first, last):
        for j in range(columns.size):
            x, y = columns[j] * dx, rows[i] * dy
            far = 1.0 - near_weight(math.sqrt(x * x + y * y), inner, outer)
            if far == 0.0:
                continue
            for n in range(nodes):
                values[n] = far * cell_kernel(kind, x, y, dx, dy, depths[n], reference_depths[n])
            for k in range(order):
                total = 0.0
                for n in range(nodes):
                    total += matrix[k, n] * values[n]
                result[k, i, j] = total


def kernel_coefficients(
    kind: int,
    rows: np.ndarray,
    columns: np.ndarray,
    dx: float,
    dy: float,
    depths: np.ndarray,
    reference_depths: np.ndarray,
    matrix: np.ndarray,
    inner: float = 0.0,
    outer: float = 0.0,
) -> np.ndarray:
    """Chebyshev coefficients of (1 − φ)·kernel at offsets rows × columns.

    Parameters
    ----------
    kind : int
        INTEGRAL, SHEET or ANNULUS.
    rows, columns : array
        Offsets from the station to the cell's centre, in cells.
    dx, dy : float
        Size of a cell, m.
    depths, reference_depths : array (nodes,)
        Of the station above the surface and above the reference level, m.
    matrix : array (order, nodes)
        Makes coefficients of the values at the nodes.
    inner, outer : float
        The taper's distances, m; left out there is no taper.

    Returns
    -------
    array (order, len(rows), len(columns))
    """
    result = np.zeros((matrix.shape[0], rows.size, columns.size))
    operations = 100 * rows.size * columns.size * depths.size
    arguments = (kind, rows, columns, dx, dy, depths, reference_depths, matrix, inner, outer)
    over_rows(_fill_coefficients, rows.size, operations, result, *arguments)
    return result


@jit
def _fill_layers(first, last, result, law, rows, columns, dx, dy, heights, reference_level, level, inner, outer):
    for i in range(first, last):
        for j in range(columns.size):
            x, y = columns[j] * dx, rows[i] * dy
            far = 1.0 - near_weight(math.sqrt(x * x + y * y), inner, outer)
            if far == 0.0:
                continue
            sides = x - 0.5 * dx, x + 0.5 * dx, y - 0.5 * dy, y + 0.5 * dy
            for n in range(heights.size):
                whole = law_integral(law, *sides, heights[n], reference_level, level)
                result[i, j, n] = far * UNIT * whole


def layer_values(
    law: np.ndarray,
    rows: np.ndarray,
    columns: np.ndarray,
    dx: float,
    dy: float,
    heights: np.ndarray,
    reference_level: float,
    level: float,
    inner: float,
    outer: float,
) -> np.ndarray:
    """(1 − φ)·∫ f·Ω dz between two levels at offsets rows × columns, for stations at some heights, m: the arguments as in
    `kernel_coefficients`, the law as in `density_law`. (len(rows), len(columns), len(heights))."""
    result = np.zeros((rows.size, columns.size, heights.size))
    arguments = (law, rows, columns, dx, dy, heights, reference_level, level, inner, outer)
    over_rows(_fill_layers, rows.size, 1000 * result.size, result, *arguments)
    return result


@jit
def _fill_values(first, last, result, kind, rows, columns, dx, dy, depths, reference_depths, inner, outer):
    for i in range(first, last):
        for j in range(columns.size):
            x, y = columns[j] * dx, rows[i] * dy
            far = 1.0 - near_weight(math.sqrt(x * x + y * y), inner, outer)
            if far == 0.0:
                continue
            for n in range(depths.size):
                result[i, j, n] = far * cell_kernel(kind, x, y, dx, dy, depths[n], reference_depths[n])


def kernel_values(
    kind: int,
    rows: np.ndarray,
    columns: np.ndarray,
    dx: float,
    dy: float,
    depths: np.ndarray,
    reference_depths: np.ndarray,
    inner: float = 0.0,
    outer: float = 0.0,
) -> np.ndarray:
    """(1 − φ)·kernel at offsets rows × columns, as in `kernel_coefficients`: (len(rows), len(columns), nodes)."""
    result = np.zeros((rows.size, columns.size, depths.size))
    arguments = (kind, rows, columns, dx, dy, depths, reference_depths, inner, outer)
    over_rows(_fill_values, rows.size, 100 * result.size, result, *arguments)
    return result


def kernel_rounding(kind: int, reach: float, depths: np.ndarray, reference_depths: np.ndarray) -> float:
    """What a kernel's rounding error stays far below at offsets up to a reach, m, per kg/m3: mGal, or mGal/m.

    The integral's terms are as large as the offsets, whatever they leave in the end.
    """
    largest = reach + float(np.abs(depths).max() + np.abs(reference_depths).max()) if kind == INTEGRAL else 1.0
    return 1e3 * np.finfo(float).eps * UNIT * largest


def sample_offsets(reach: int, shift: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Offsets 0, 1, 2 ... and then ever sparser up to reach, in cells, and how many cells each stands for on its axis.

    Shifted by a part of a cell, those to either side lie at different distances, and both are taken.
    """
    chosen = [0, *range(1, min(reach, 8) + 1)]
    while chosen[-1] < reach:
        chosen.append(min(reach, math.ceil(1.4 * chosen[-1])))
    offsets = np.array(chosen, dtype=float)
    edges = np.concatenate([[0.5], 0.5 * (offsets[1:-1] + offsets[2:]), [reach + 0.5]])[: offsets.size]
    one_side = np.diff(edges)
    if shift == 0.0:
        return offsets, np.concatenate([[1.0], 2.0 * one_side])
    return np.concatenate([offsets, -offsets[1:]]) + shift, np.concatenate([[1.0], one_side, one_side])
