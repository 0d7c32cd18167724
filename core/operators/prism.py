"""The gravity of one rectangular prism, as compiled functions of plain numbers.

Axes: x east, y north, z up. A cell spans x1..x2 and y1..y2, its corners' offsets from the station
in metres. h is the station's height above a level, in metres, negative where the level is above it.
"""

from __future__ import annotations

import math

import numba

GRAVITATIONAL_CONSTANT = 6.6743e-11
"""m3 kg-1 s-2, CODATA 2018."""

MGAL_PER_SI = 1e5

ON_THE_EDGE = 1e-200
"""m², squared distance to an edge's line: nearer the quotient would overflow, and its logarithm times the distance is nothing."""

jit = numba.njit(cache=True, nogil=True, error_model="numpy")
jit_sums = numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract", "nsz"})
"""For long sums: several at once, in an order that the compiler fixes."""


@jit
def solid_angle(x1, x2, y1, y2, h):
    """The solid angle of a horizontal rectangle, positive when it lies below the station.

    The sum over the corners of s·atan(x·y / (h·r)), r = sqrt(x² + y² + h²), s = +1 at the south-west
    and north-east corner, −1 at the others. The four angles are added as the argument of a product of
    complex numbers (h·r + i·s·x·y), which takes one arctangent in place of four. At h = 0 it is the limit from
    above: 2π inside the rectangle, π on an edge, π/2 at a corner, 0 outside.

    Parameters
    ----------
    x1, x2, y1, y2 : float
        The rectangle's sides as offsets from the station, m, x1 < x2 and y1 < y2.
    h : float
        Height of the station above the rectangle, m.

    Returns
    -------
    float
        Solid angle, sr, between −2π and 2π, with the sign of h.
    """
    if h == 0.0:
        return 0.5 * math.pi * _corner_signs(x1, x2, y1, y2)
    a = abs(h)
    h2 = h * h
    p1 = a * math.sqrt(x1 * x1 + y1 * y1 + h2)
    p2 = a * math.sqrt(x2 * x2 + y2 * y2 + h2)
    p3 = a * math.sqrt(x1 * x1 + y2 * y2 + h2)
    p4 = a * math.sqrt(x2 * x2 + y1 * y1 + h2)
    omega = _sum_of_angles(p1, x1 * y1, p2, x2 * y2, p3, -x1 * y2, p4, -x2 * y1)
    if omega < 0.0 and x1 < 0.0 < x2 and y1 < 0.0 < y2:
        omega += 2.0 * math.pi
    return math.copysign(omega, h) if omega > 0.0 else 0.0


@jit
def _corner_signs(x1, x2, y1, y2):
    """The sum of s·sign(x·y) over the corners: 4 inside, 2 on an edge, 1 at a corner, 0 outside."""
    signs_x = (1.0 if x2 > 0.0 else (-1.0 if x2 < 0.0 else 0.0)) - (1.0 if x1 > 0.0 else (-1.0 if x1 < 0.0 else 0.0))
    signs_y = (1.0 if y2 > 0.0 else (-1.0 if y2 < 0.0 else 0.0)) - (1.0 if y1 > 0.0 else (-1.0 if y1 < 0.0 else 0.0))
    return signs_x * signs_y


@jit
def _sum_of_angles(p1, q1, p2, q2, p3, q3, p4, q4):
    """The argument, −π to π, of the product of four complex numbers p + iq."""
    re12 = p1 * p2 - q1 * q2
    im12 = p1 * q2 + q1 * p2
    re34 = p3 * p4 - q3 * q4
    im34 = p3 * q4 + q3 * p4
    return math.atan2(re12 * im34 + im12 * re34, re12 * re34 - im12 * im34)


@jit
def _log_ratio(a1, r1, a2, r2, across2):
    """log((a2 + r2) / (a1 + r1)) for a1 < a2, without cancellation where a is negative.

    across2 is r² − a², the squared distance to the edge's line; on the line itself the factor before this
    logarithm is 0, and so is what is returned (the singular edges and corners of the prism).
    """
    if across2 < ON_THE_EDGE:
        return 0.0
    if a1 >= 0.0:
        return math.log((a2 + r2) / (a1 + r1))
    if a2 <= 0.0:
        return math.log((r1 - a1) / (r2 - a2))
    return math.log((a2 + r2) * (r1 - a1) / across2)


@jit
def solid_angle_integral(x1, x2, y1, y2, h):
    """An antiderivative of `solid_angle` in h: the closed prism formula of one face.

    Q(h) = Σ s·[h·atan(x·y / (h·r)) − x·log(y + r) − y·log(x + r)], the logarithms of each edge
    joined to one (Nagy et al. 2000, doi 10.1007/s001900000116; safe on edges and corners as Fukushima
    2020, doi 10.1093/gji/ggaa240, asks). It is continuous everywhere.

    Parameters
    ----------
    x1, x2, y1, y2, h : float
        As in `solid_angle`, m.

    Returns
    -------
    float
        Q in metres (times steradian). The gravity of a prism between the levels z1 < z2 seen from z is
        1e5·G·Δρ·(Q(z − z1) − Q(z − z2)) mGal, positive down.
    """
    h2 = h * h
    r11 = math.sqrt(x1 * x1 + y1 * y1 + h2)
    r12 = math.sqrt(x1 * x1 + y2 * y2 + h2)
    r21 = math.sqrt(x2 * x2 + y1 * y1 + h2)
    r22 = math.sqrt(x2 * x2 + y2 * y2 + h2)
    total = x1 * _log_ratio(y1, r11, y2, r12, x1 * x1 + h2)
    total -= x2 * _log_ratio(y1, r21, y2, r22, x2 * x2 + h2)
    total += y1 * _log_ratio(x1, r11, x2, r21, y1 * y1 + h2)
    total -= y2 * _log_ratio(x1, r12, x2, r22, y2 * y2 + h2)
    if h == 0.0:
        return total
    a = abs(h)
    omega = _sum_of_angles(a * r11, x1 * y1, a * r22, x2 * y2, a * r12, -x1 * y2, a * r21, -x2 * y1)
    if omega < 0.0 and x1 < 0.0 < x2 and y1 < 0.0 < y2:
        omega += 2.0 * math.pi
    return total + a * omega


@jit
def annulus_derivative(distance, size, h):
    """The derivative after McCubbine (2016): an annulus of the cell's area in place of the prism.

    Kept to reproduce published runs. At the station's own cell it is about half of the exact value.

    Parameters
    ----------
    distance : float
        Horizontal distance from station to cell centre, m.
    size : float
        The cell's size, m; for dx ≠ dy, sqrt(dx·dy).
    h : float
        max(b, z0) − z of the station, m: negative for a surface below it.

    Returns
    -------
    float
        mGal per metre and per kg/m3.
    """
    inner = max(distance - 0.5 * size, 0.0)
    outer = max(distance + 0.5 * size, size)
    share = size * size / (math.pi * (outer * outer - inner * inner))
    far = math.sqrt(outer * outer + h * h)
    near = math.sqrt(inner * inner + h * h)
    if near == 0.0:
        return 0.0
    return 4.19e-5 * share * h * (1.0 / far - 1.0 / near)
