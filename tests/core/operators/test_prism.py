"""The kernels of one prism: limits known in closed form, symmetries, and quadrature as an independent witness."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from core.operators.prism import annulus_derivative, solid_angle, solid_angle_integral

lengths = st.floats(10.0, 3000.0)
offsets = st.floats(-5000.0, 5000.0)
heights = st.floats(0.5, 4000.0)


@st.composite
def rectangles(draw):
    x, y = draw(offsets), draw(offsets)
    return x, x + draw(lengths), y, y + draw(lengths)


@pytest.mark.parametrize(
    ("rectangle", "expected"),
    [
        ((-500.0, 700.0, -300.0, 200.0), 2 * math.pi),
        ((0.0, 700.0, -300.0, 200.0), math.pi),
        ((-700.0, 0.0, -300.0, 200.0), math.pi),
        ((-500.0, 700.0, 0.0, 200.0), math.pi),
        ((-500.0, 700.0, -200.0, 0.0), math.pi),
        ((0.0, 700.0, 0.0, 200.0), math.pi / 2),
        ((-700.0, 0.0, 0.0, 200.0), math.pi / 2),
        ((0.0, 700.0, -200.0, 0.0), math.pi / 2),
        ((-700.0, 0.0, -200.0, 0.0), math.pi / 2),
        ((100.0, 700.0, -300.0, 200.0), 0.0),
        ((100.0, 700.0, 0.0, 200.0), 0.0),
        ((100.0, 700.0, 50.0, 200.0), 0.0),
    ],
)
def test_in_the_rectangles_plane_it_is_the_limit_from_above(rectangle, expected):
    assert solid_angle(*rectangle, 0.0) == pytest.approx(expected, abs=1e-15)
    assert solid_angle(*rectangle, 1e-7) == pytest.approx(expected, abs=1e-8)


@given(lengths, lengths, heights)
def test_above_the_centre_it_is_the_pyramids_solid_angle(a, b, h):
    pyramid = 4.0 * math.atan(a * b / (2.0 * h * math.sqrt(4.0 * h * h + a * a + b * b)))
    assert solid_angle(-a / 2, a / 2, -b / 2, b / 2, h) == pytest.approx(pyramid, rel=1e-12)


@given(st.floats(-math.pi, math.pi), st.floats(0.2, math.pi / 2))
def test_far_away_it_is_area_times_height_over_the_cube_of_the_distance(azimuth, elevation):
    r, a, b = 1e5, 30.0, 20.0
    x, y, h = (
        r * math.cos(elevation) * math.cos(azimuth),
        r * math.cos(elevation) * math.sin(azimuth),
        r * math.sin(elevation),
    )
    far = solid_angle(x - a / 2, x + a / 2, y - b / 2, y + b / 2, h)
    assert far == pytest.approx(a * b * h / r**3, rel=1e-4)


@given(rectangles(), heights)
def test_it_changes_its_sign_with_the_side_from_which_the_rectangle_is_seen(rectangle, h):
    above = solid_angle(*rectangle, h)
    assert 0.0 <= above <= 2 * math.pi
    assert solid_angle(*rectangle, -h) == -above


@given(rectangles(), heights, st.floats(0.1, 0.9))
def test_two_halves_have_the_solid_angle_of_the_whole(rectangle, h, share):
    x1, x2, y1, y2 = rectangle
    middle = x1 + share * (x2 - x1)
    halves = solid_angle(x1, middle, y1, y2, h) + solid_angle(middle, x2, y1, y2, h)
    assert halves == pytest.approx(solid_angle(*rectangle, h), abs=1e-13)


@given(rectangles(), heights)
def test_it_does_not_matter_which_way_the_axes_point(rectangle, h):
    x1, x2, y1, y2 = rectangle
    whole = pytest.approx(solid_angle(*rectangle, h), rel=1e-9, abs=1e-13)
    assert solid_angle(-x2, -x1, y1, y2, h) == whole
    assert solid_angle(x1, x2, -y2, -y1, h) == whole
    assert solid_angle(y1, y2, x1, x2, h) == whole


def test_an_endless_sheet_fills_half_of_the_view():
    assert solid_angle(-1e9, 1e9, -1e9, 1e9, 100.0) == pytest.approx(2 * math.pi, abs=1e-6)


def by_quadrature(rectangle, low, high):
    """∫ Ω dh decade by decade on either side of 0: beside an edge Ω rises within as little as the distance to it."""
    decades = 10.0 ** np.arange(-9, 4)
    ends = [low, *(h for h in (*-decades[::-1], 0.0, *decades) if low < h < high), high]
    parts = (quad(lambda h: solid_angle(*rectangle, h), *part, limit=400, epsabs=1e-8) for part in pairwise(ends))
    return math.fsum(integral for integral, _ in parts)


@settings(max_examples=60)
@given(rectangles(), st.floats(-2000.0, 2000.0), st.floats(1.0, 1500.0))
@example((0.0, 10.0, 4.4358951730813545e-06, 10.000004435895173), -1.0, 3.0)
def test_the_integral_is_the_solid_angles_antiderivative(rectangle, low, thickness):
    high = low + thickness
    difference = solid_angle_integral(*rectangle, high) - solid_angle_integral(*rectangle, low)
    assert difference == pytest.approx(by_quadrature(rectangle, low, high), rel=1e-7, abs=1e-6)


@pytest.mark.parametrize("x", [-800.0, -400.0, 0.0, 100.0])  # the rectangle's x1: outside, edges and inside
@pytest.mark.parametrize("y", [-600.0, -300.0, 0.0, 50.0])
def test_the_integral_is_continuous_through_the_surface_and_on_its_edges(x, y):
    rectangle = (x, x + 400.0, y, y + 300.0)
    on = solid_angle_integral(*rectangle, 0.0)
    assert math.isfinite(on)
    for step in (1e-6, -1e-6):
        assert solid_angle_integral(*rectangle, step) == pytest.approx(on, abs=1e-5)
    moved = (x + 1e-6, x + 400.0 + 1e-6, y - 1e-6, y + 300.0 - 1e-6)
    assert solid_angle_integral(*moved, 0.0) == pytest.approx(on, abs=1e-3)


@pytest.mark.parametrize("off", [5e-324, 1e-200, 2e-156, 1e-100, 1e-60])
def test_the_integral_is_finite_however_near_an_edge(off):
    for rectangle in ((off, 10.0, -1.0, 9.0), (-10.0, off, -1.0, 9.0), (-1.0, 9.0, -off, 10.0)):
        on = solid_angle_integral(*(0.0 if abs(side) == off else side for side in rectangle), 0.0)
        assert solid_angle_integral(*rectangle, 0.0) == pytest.approx(on, abs=1e-12)


def annulus_by_the_book(distance, size, h):
    """The ring of the cell's area, as the mathematics writes it."""
    inner, outer = max(distance - size / 2, 0.0), max(distance + size / 2, size)
    share = size**2 / (math.pi * (outer**2 - inner**2))
    return 4.19e-5 * share * h * (1 / math.hypot(outer, h) - 1 / math.hypot(inner, h))


@given(st.floats(0.0, 20000.0), lengths, st.floats(-3000.0, -1.0))
def test_the_annulus_is_the_published_formula(distance, size, h):
    expected = annulus_by_the_book(distance, size, h)
    assert annulus_derivative(distance, size, h) == pytest.approx(expected, rel=1e-12)
    assert expected > 0.0


def test_far_away_annulus_and_prism_agree_to_the_published_constants_digits():
    size, distance, h = 100.0, 20000.0, 1000.0
    ring = annulus_derivative(distance, size, -h)
    exact = 6.6743e-6 * solid_angle(distance - 50.0, distance + 50.0, -50.0, 50.0, h)
    assert ring == pytest.approx(exact, rel=2e-3)


def test_at_the_stations_own_cell_the_annulus_is_a_disc_of_the_cells_size_as_radius():
    size, h = 1000.0, 500.0
    disc = 4.19e-5 / math.pi * (1.0 - h / math.hypot(size, h))
    assert annulus_derivative(0.0, size, -h) == pytest.approx(disc, rel=1e-12)
    assert annulus_derivative(0.0, size, 0.0) == 0.0


def test_a_pole_of_the_logarithms_costs_no_accuracy():
    """Stations far on the negative side of a cell, where y + r cancels if it is not rearranged."""
    for far in np.geomspace(1e4, 1e6, 5):
        west = solid_angle_integral(far, far + 100.0, -50.0, 50.0, 200.0)
        east = solid_angle_integral(-far - 100.0, -far, -50.0, 50.0, 200.0)
        assert east == pytest.approx(west, rel=1e-7)
