"""Densities that vary with depth: a law's text, its factor and slope, and its prisms against finely layered ones."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest

from core.data.relief import Grid
from core.data.stations import Positions
from core.errors import InputError
from core.events.protocol import Reporter
from core.operators.choice import choose_operator
from core.operators.dense import DenseOperator
from core.operators.density_law import _next_break, law_factor, law_integral, law_slope
from core.operators.gridded import GriddedOperator
from core.operators.prism import GRAVITATIONAL_CONSTANT, MGAL_PER_SI, solid_angle_integral
from core.survey.law import CONSTANT, EXPONENTIAL, FORMS, HYPERBOLIC, TABLE, DensityLaw, doubt_length, read_law

DATUM = 100.0
LAWS = {
    "constant": DensityLaw(500.0, CONSTANT, DATUM),
    "exponential": DensityLaw(500.0, EXPONENTIAL, DATUM, 1500.0),
    "hyperbolic": DensityLaw(500.0, HYPERBOLIC, DATUM, 2500.0),
    "table": DensityLaw(
        500.0, TABLE, DATUM, 1.0, np.array([0.0, 300.0, 1200.0, 4000.0]), np.array([1.0, 0.8, 0.5, 0.2])
    ),
}
MGAL = MGAL_PER_SI * GRAVITATIONAL_CONSTANT * 500.0  # of a law's integral


def by_layers(law, sides, station, low, high, count):
    """∫ f·Ω dz as many prisms of constant density, each the exact closed formula with the factor at its middle."""
    return by_slabs(law, sides, station, np.linspace(low, high, count + 1))


def by_slabs(law, sides, station, edges):
    packed = law.packed()
    return sum(
        law_factor(packed, 0.5 * (a + b))
        * (solid_angle_integral(*sides, station - a) - solid_angle_integral(*sides, station - b))
        for a, b in itertools.pairwise(edges)
    )


CASES = {
    "station far above": ((-500.0, 500.0, -400.0, 600.0), 900.0, 0.0, -3000.0),
    "station just above, at a corner": ((0.0, 1000.0, 0.0, 1000.0), 20.0, 10.0, -2500.0),
    "station inside the interval": ((-500.0, 500.0, -500.0, 500.0), -700.0, 0.0, -2000.0),
    "station inside, 1 m from a side": ((1.0, 1001.0, -500.0, 500.0), -700.0, 0.0, -2000.0),
    "above and below the datum": ((-2500.0, -1500.0, 300.0, 1300.0), 1200.0, 800.0, -1500.0),
    "rising from a deep reference level": ((-500.0, 500.0, -500.0, 500.0), 600.0, -4000.0, 50.0),
    "all above the datum": ((-500.0, 500.0, -500.0, 500.0), 1500.0, 150.0, 900.0),
    "station below": ((-500.0, 500.0, -500.0, 500.0), -5000.0, 0.0, -3000.0),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", LAWS)
def test_a_laws_prism_is_many_thin_ones(name, case):
    """To 1e-3 mGal and far better, also where the station lies inside the prism's side."""
    law, (sides, station, reference, level) = LAWS[name], CASES[case]
    found = law_integral(law.packed(), *sides, station, reference, level)
    off = MGAL * (by_layers(law, sides, station, reference, level, 2000) - found)
    assert abs(off) < 5e-5
    assert abs(MGAL * found) > 0.1


SIDES = (-5000.0, 5000.0, -5000.0, 5000.0)
DEEP = 3000.0  # m below the datum


@pytest.mark.parametrize("length", [1.0, 2.0, 10.0, 60.0, 300.0])
@pytest.mark.parametrize("kind", [EXPONENTIAL, HYPERBOLIC])
def test_a_law_much_shorter_than_the_prism_is_its_thin_slabs_too(kind, length):
    """A hundredth of its length thick at the datum, thicker as the law flattens."""
    law = DensityLaw(500.0, kind, DATUM, length)
    depths = length * np.expm1(np.linspace(0.0, np.log1p(DEEP / length), 4001))
    slabs = by_slabs(law, SIDES, 400.0, DATUM - depths)
    found = law_integral(law.packed(), *SIDES, 400.0, DATUM, DATUM - DEEP)
    assert abs(MGAL * (found - slabs)) < 1e-4
    assert abs(MGAL * found) > 0.01


@pytest.mark.parametrize("length", [10.0, 300.0])
@pytest.mark.parametrize("kind", [EXPONENTIAL, HYPERBOLIC])
def test_by_convolution_too(kind, length):
    rng = np.random.default_rng(2)
    grid = Grid(1000.0 * np.arange(20), 1000.0 * np.arange(20), None)
    heights = DATUM - DEEP * rng.uniform(0.5, 1.0, grid.shape)
    east, north = grid.centres()
    places = Positions(east, north, np.full(east.size, 600.0))
    contrast, law = np.full(grid.shape, 500.0), DensityLaw(500.0, kind, DATUM, length).packed()
    operator = choose_operator(places, grid, contrast, 0.0, tolerance=1e-4, expected=heights, law=law)
    assert isinstance(operator, GriddedOperator)
    exact = DenseOperator(places, grid, contrast, 0.0, law=law).gravity(heights)
    assert np.abs(operator.gravity(heights) - exact).max() < 1e-3


@pytest.mark.parametrize("kind", [EXPONENTIAL, HYPERBOLIC])
def test_a_law_as_long_as_the_prism_is_not_broken(kind):
    """Nor does it cost more than one rule."""
    law = DensityLaw(500.0, kind, DATUM, DEEP / 3.9).packed()
    assert _next_break(law, 400.0, DATUM - DEEP, DATUM) == DATUM


@pytest.mark.parametrize("name", LAWS)
def test_the_slope_of_gravity_is_the_factor_times_the_solid_angle_at_the_level(name):
    law, sides = LAWS[name].packed(), (-500.0, 500.0, -300.0, 700.0)
    for level in (-1700.0, -199.0, 60.0, 400.0):
        step = 0.01
        up, down = (law_integral(law, *sides, 700.0, 0.0, level + d) for d in (step, -step))
        sheet = solid_angle_integral(*sides, 700.0 - level + step) - solid_angle_integral(*sides, 700.0 - level - step)
        assert (up - down) / (2 * step) == pytest.approx(law_factor(law, level) * sheet / (2 * step), rel=1e-6)


@pytest.mark.parametrize("name", LAWS)
def test_the_factor_is_1_at_the_datum_and_above_and_falls_with_depth_by_its_slope(name):
    law = LAWS[name].packed()
    assert law_factor(law, DATUM) == law_factor(law, DATUM + 500.0) == 1.0
    assert law_slope(law, DATUM + 1.0) == 0.0
    for z in (DATUM - 1.0, -150.0, -800.0, -2500.0, -9000.0):
        assert law_slope(law, z) == pytest.approx(
            (law_factor(law, z + 0.01) - law_factor(law, z - 0.01)) / 0.02, abs=1e-9
        )
        assert law_factor(law, z) <= law_factor(law, z + 0.5)


def test_the_factors_are_those_of_their_formulas():
    assert law_factor(LAWS["exponential"].packed(), DATUM - 1500.0) == pytest.approx(np.exp(-1))
    assert law_factor(LAWS["hyperbolic"].packed(), DATUM - 2500.0) == pytest.approx(0.25)
    table = LAWS["table"].packed()
    assert [law_factor(table, DATUM - depth) for depth in (300.0, 750.0, 4000.0, 1e5)] == pytest.approx(
        [0.8, 0.65, 0.2, 0.2]
    )


def test_a_constant_law_is_the_closed_prism():
    sides = (-500.0, 500.0, -300.0, 700.0)
    expected = solid_angle_integral(*sides, 700.0) - solid_angle_integral(*sides, 1700.0)
    assert law_integral(LAWS["constant"].packed(), *sides, 700.0, 0.0, -1000.0) == pytest.approx(expected, rel=1e-14)


def test_a_laws_text_is_read(tmp_path):
    law = read_law("exponential:-450,2000", DATUM)
    assert (law.contrast, law.kind, law.parameter, law.datum) == (-450.0, EXPONENTIAL, 2000.0, DATUM)
    law = read_law(" Hyperbolic: 500 , 3.5e3 ", DATUM)
    assert (law.contrast, law.kind, law.parameter) == (500.0, HYPERBOLIC, 3500.0)
    (tmp_path / "law.csv").write_text("depth,contrast\n0,400\n1000,300\n5000,100\n", encoding="utf-8")
    law = read_law(f"table:{tmp_path / 'law.csv'}", DATUM)
    assert (law.contrast, law.kind) == (400.0, TABLE)
    assert law_factor(law.packed(), DATUM - 500.0) == pytest.approx(0.875)


@pytest.mark.parametrize(
    "text",
    [
        "linear:500,2000",
        "exponential",
        "exponential:500",
        "exponential:500,2000,3",
        "hyperbolic:a,b",
        "exponential:500;2000",
    ],
)
def test_a_text_that_is_no_law_is_refused_with_the_forms(text):
    with pytest.raises(InputError, match=re.escape(FORMS)) as raised:
        read_law(text, DATUM)
    assert raised.value.parameter == "DENSITY_LAW"


@pytest.mark.parametrize(
    "text",
    [
        "exponential:0,2000",
        "exponential:500,0",
        "exponential:500,0.5",
        "hyperbolic:500,-1",
        "hyperbolic:500,nan",
        "hyperbolic:nan,1",
        "exponential:1,inf",
    ],
)
def test_numbers_that_no_law_can_have_are_refused(text):
    with pytest.raises(InputError, match="must not be 0 and the length must be at least 1 m"):
        read_law(text, DATUM)


@pytest.mark.parametrize("task", ["forwardgravity", "gravitymisfit"])
@pytest.mark.parametrize(("text", "doubted"), [("exponential:500,2", True), ("hyperbolic:500,300", False)])
def test_a_length_in_kilometres_is_doubted(engine, survey, task, text, doubted):
    keys = {"height": 1500} | ({"relief": "relief.tif"} if task == "forwardgravity" else survey)
    run = engine(task=task, **keys, density_law=text, density_datum=2000)
    warned = [w for w in run.of("warning") if "has a length of" in w["text"]]
    assert len(warned) == doubted
    for warning in warned:
        assert (
            warning["parameter"] == "DENSITY_LAW"
            and "length of 2 m" in warning["text"]
            and "in metres, not in kilometres" in warning["text"]
        )


def test_a_table_and_a_relief_above_the_datum_are_not_doubted():
    reporter = Reporter()
    doubt_length(LAWS["table"].packed(), np.full(4, -9000.0), reporter)
    doubt_length(DensityLaw(500.0, EXPONENTIAL, DATUM, 2.0).packed(), np.full(4, DATUM + 9000.0), reporter)
    assert reporter.warnings == []


@pytest.mark.parametrize(
    "rows",
    ["0,400", "10,400\n20,300", "0,0\n10,300", "0,400\n0,300", "0,400\n20,300\n10,200", "0,400\n10,"],
)
def test_a_table_that_is_none_is_refused(tmp_path, rows):
    (tmp_path / "law.csv").write_text(f"depth,contrast\n{rows}\n", encoding="utf-8")
    with pytest.raises(InputError, match="must begin at depth 0"):
        read_law(f"table:{tmp_path / 'law.csv'}", DATUM)


def test_a_table_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError) as raised:
        read_law(f"table:{tmp_path / 'none.csv'}", DATUM)
    assert raised.value.parameter == "DENSITY_LAW"
