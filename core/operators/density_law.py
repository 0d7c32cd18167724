"""Prisms whose density varies with depth: the solid angle's integral weighted by a law, by parts.

∫ f(z)·Ω(z) dz from z0 to b = f(b)·P(b) − ∫ f′(z)·P(z) dz, P the closed prism integral from z0, which is continuous
where Ω jumps. The last integral is by Gauss and Legendre's rule between the breaks: the station's height, the datum, and
the table's rows, or 4, 16, 64 ... lengths of a smooth law below the datum: one rule can't follow it much further.

A law is a flat array, so that compiled code can take any: kind, datum (m), parameter (m), then for a table its
depths (m, ascending) and factors. f is the contrast over the law's own Δρ0.
"""

from __future__ import annotations

import math

import numpy as np

from .prism import jit, solid_angle_integral

CONSTANT, EXPONENTIAL, HYPERBOLIC, TABLE = 0.0, 1.0, 2.0, 3.0  # how compiled code knows a law
HEAD = 3
LENGTHS = 4.0
"""A smooth law is broken at this many of its lengths below the datum, and at each power of it."""
KNOTS = 513
"""Levels that a smooth law is followed by."""
NODES, WEIGHTS = np.polynomial.legendre.leggauss(16)


@jit
def law_factor(law, z):
    """f at the level z, m: 1 at the datum and above it."""
    depth = max(law[1] - z, 0.0)
    if law[0] == EXPONENTIAL:
        return math.exp(-depth / law[2])
    if law[0] == HYPERBOLIC:
        return (law[2] / (law[2] + depth)) ** 2
    if law[0] == TABLE:
        rows = (law.size - HEAD) // 2
        if depth >= law[HEAD + rows - 1]:
            return law[HEAD + 2 * rows - 1]
        k = _row(law, rows, depth)
        below, above = law[HEAD + k], law[HEAD + k + 1]
        share = (depth - below) / (above - below)
        return law[HEAD + rows + k] * (1.0 - share) + law[HEAD + rows + k + 1] * share
    return 1.0


@jit
def law_slope(law, z):
    """df/dz at the level z, 1/m; 0 above the datum."""
    depth = law[1] - z
    if depth <= 0.0:
        return 0.0
    if law[0] == EXPONENTIAL:
        return math.exp(-depth / law[2]) / law[2]
    if law[0] == HYPERBOLIC:
        return 2.0 * law[2] ** 2 / (law[2] + depth) ** 3
    if law[0] == TABLE:
        rows = (law.size - HEAD) // 2
        if depth >= law[HEAD + rows - 1]:
            return 0.0
        k = _row(law, rows, depth)
        rise = law[HEAD + rows + k + 1] - law[HEAD + rows + k]
        return -rise / (law[HEAD + k + 1] - law[HEAD + k])
    return 0.0


@jit
def _row(law, rows, depth):
    """The table's row whose depth is the last not below this one."""
    k = 0
    while k < rows - 2 and law[HEAD + k + 1] <= depth:
        k += 1
    return k


@jit
def _factors(law, levels):
    result = np.empty(levels.size)
    for i in range(levels.size):
        result[i] = law_factor(law, levels[i])
    return result


@jit
def _slopes(law, levels):
    result = np.empty(levels.size)
    for i in range(levels.size):
        result[i] = law_slope(law, levels[i])
    return result


def law_factors(law: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """f at levels of any shape, m."""
    return _factors(law, np.ascontiguousarray(levels, dtype=float).ravel()).reshape(levels.shape)


def contrast_at(contrast: np.ndarray, law: np.ndarray | None, levels: np.ndarray) -> np.ndarray:
    """The contrast at levels of the same shape, kg/m3, from the one at the datum; without a law the same at all."""
    return contrast if law is None else contrast * law_factors(law, levels)


def law_slopes(law: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """df/dz at levels of any shape, 1/m."""
    return _slopes(law, np.ascontiguousarray(levels, dtype=float).ravel()).reshape(levels.shape)


def law_knots(law: np.ndarray, low: float, high: float) -> np.ndarray:
    """Levels strictly between two heights, m, that a smooth curve through f needs: a table's rows, or ever wider steps of a
    smooth law below the datum; ascending."""
    datum = float(law[1])
    if law[0] == TABLE:
        depths = law[HEAD : HEAD + (law.size - HEAD) // 2]
    elif law[0] == CONSTANT or datum <= low:
        depths = np.zeros(1)
    else:
        length = float(law[2])
        depths = length * np.expm1(np.linspace(0.0, math.log1p((datum - low) / length), KNOTS))
    levels = datum - depths[::-1]
    return levels[(levels > low) & (levels < high)]


def law_size(law: np.ndarray | None, low: float, high: float) -> tuple[float, float]:
    """What |f| stays below between two heights, m, and what |∫ f·g dz| stays below, over the largest |∫ g dz|: 1 where
    density is constant.

    By parts from where |f| is least, the second is that least value and all that f rises and falls.
    """
    if law is None:
        return 1.0, 1.0
    factors = law_factors(law, np.concatenate([[low], law_knots(law, low, high), [high]]))
    size = np.abs(factors)
    rises = float(np.abs(np.diff(factors)).sum())
    crosses = bool(factors.min() < 0.0 < factors.max())
    return float(size.max()), (0.0 if crosses else float(size.min())) + rises


@jit
def law_integral(law, x1, x2, y1, y2, station, reference_level, level):
    """∫ f·Ω dz from the reference level to a level: metres (times steradian).

    Parameters
    ----------
    law : array
        As the module describes it.
    x1, x2, y1, y2 : float
        The cell's sides as offsets from the station, m.
    station, reference_level, level : float
        Heights, m.
    """
    at_reference = solid_angle_integral(x1, x2, y1, y2, station - reference_level)
    top = at_reference - solid_angle_integral(x1, x2, y1, y2, station - level)
    if law[0] == CONSTANT:
        return top
    total = law_factor(law, level) * top
    low, high = min(reference_level, level), max(reference_level, level)
    sign = 1.0 if level >= reference_level else -1.0
    start = low
    while start < high:
        end = _next_break(law, station, start, high)
        half, middle = 0.5 * (end - start), 0.5 * (end + start)
        for n in range(NODES.size):
            z = middle + half * NODES[n]
            part = at_reference - solid_angle_integral(x1, x2, y1, y2, station - z)
            total -= sign * half * WEIGHTS[n] * law_slope(law, z) * part
        start = end
    return total


@jit
def _next_break(law, station, start, high):
    """Where the integrand next stops being smooth above a level, at the most `high`."""
    end = high
    if start < station < end:
        end = station
    if start < law[1] < end:
        end = law[1]
    if law[0] == TABLE:
        for k in range((law.size - HEAD) // 2):
            z = law[1] - law[HEAD + k]
            if start < z < end:
                end = z
    elif law[0] != CONSTANT:
        depth = LENGTHS * law[2]
        while start < law[1] - depth:
            end = min(end, law[1] - depth)
            depth *= LENGTHS
    return end
