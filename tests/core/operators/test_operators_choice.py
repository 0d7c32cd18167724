"""Which operator is chosen, what is said of it, and what happens where memory does not do."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.relief import Grid
from core.data.stations import Positions
from core.errors import InputError
from core.events.protocol import Reporter
from core.operators import chebyshev, choice, far, memory
from core.operators.choice import choose_operator
from core.operators.dense import ANNULUS, DenseOperator
from core.operators.gridded import GriddedOperator
from core.operators.lattice import find_lattice
from core.operators.scattered import ScatteredOperator
from core.survey.law import TABLE, DensityLaw

GRID = Grid(1000.0 * np.arange(50), 1000.0 * np.arange(44), None)
RELIEF = 300.0 * np.sin(GRID.easting / 9000.0) * np.cos(GRID.northing / 7000.0)[:, None]
CONTRAST = np.full(GRID.shape, 2669.0)


def nodes(height=1000.0, shift=0.0):
    east, north = GRID.centres()
    return Positions(east + shift, north, np.full(east.size, height))


def loose():
    rng = np.random.default_rng(1)
    return Positions(rng.uniform(0, 49e3, 2500), rng.uniform(0, 43e3, 2500), rng.uniform(400.0, 900.0, 2500))


def choose(positions, **options):
    said = []
    reporter = Reporter(lambda event: said.append(event))
    operator = choose_operator(positions, GRID, CONTRAST, 0.0, expected=RELIEF, reporter=reporter, **options)
    return operator, [event["text"] for event in said]


def test_a_small_case_is_summed_exactly_without_a_word():
    few = Positions(*(array[:40] for array in (nodes().easting, nodes().northing, nodes().height)))
    operator, said = choose(few)
    assert isinstance(operator, DenseOperator)
    assert said == []


def test_free_cells_need_a_contrast_in_one_of_them_alone():
    free = np.zeros(GRID.shape, dtype=bool)
    free[3, 4:9] = True
    contrast = np.where(free, 0.0, 2669.0)
    with pytest.raises(InputError, match="0 in all 5 free cells") as raised:
        choose_operator(loose(), GRID, contrast, 0.0, free)
    assert raised.value.parameter == "DENSITY_GRID"
    contrast[3, 6] = -100.0
    gone = DensityLaw(500.0, TABLE, 400.0, 1.0, np.array([0.0, 50.0]), np.array([1.0, 0.0])).packed()
    with pytest.raises(InputError, match="0 in all 5 free cells") as raised:
        choose_operator(loose(), GRID, contrast, 0.0, free, law=gone)
    assert raised.value.parameter == "DENSITY_LAW"
    assert choose_operator(loose(), GRID, contrast, 0.0, free).shape == (2500, 5)


def test_stations_on_the_nodes_are_convolved_and_the_check_is_reported():
    operator, said = choose(nodes())
    assert isinstance(operator, GriddedOperator)
    assert len(said) == 1 and "convolution on the nodes" in said[0] and "random stations" in said[0]


def test_a_small_grid_is_computed_far_better_than_asked_for_where_no_tolerance_is_given():
    operator, _ = choose(nodes())
    exact = DenseOperator(nodes(), GRID, CONTRAST, 0.0)
    assert np.abs(operator.gravity(RELIEF) - exact.gravity(RELIEF)).max() <= choice.TIGHT_TOLERANCE


@pytest.mark.parametrize("tolerance", [1e-2, 1e-3])
def test_other_stations_are_summed_near_and_convolved_far_within_the_tolerance(tolerance):
    operator, said = choose(loose(), tolerance=tolerance)
    assert isinstance(operator, ScatteredOperator)
    assert "exact sums within" in said[0] and len(said) == 1
    exact = DenseOperator(loose(), GRID, CONTRAST, 0.0)
    assert np.abs(operator.gravity(RELIEF) - exact.gravity(RELIEF)).max() <= tolerance


def test_a_tolerance_beyond_reach_is_answered_with_what_can_be_reached():
    operator, said = choose(loose(), tolerance=1e-9)
    assert isinstance(operator, ScatteredOperator)
    assert "can't be reached" in said[0]


def warnings_of(events):
    return [event for event in events if event["event"] == "warning"]


def test_a_bound_above_the_tolerance_takes_the_exact_sum_where_that_is_as_fast(monkeypatch):
    monkeypatch.setattr(chebyshev, "TRIAL_NODES", (8,))
    some = Positions(*(array[:1000] for array in (nodes().easting, nodes().northing, nodes().height)))
    operator, said = choose(some, tolerance=1e-7)
    assert isinstance(operator, DenseOperator)
    assert said == []
    assert isinstance(choose(some, tolerance=1e-1)[0], GriddedOperator)


def test_a_bound_above_the_tolerance_is_told_where_the_exact_sum_takes_long(monkeypatch):
    monkeypatch.setattr(chebyshev, "TRIAL_NODES", (8,))
    operator, said = choose(nodes(), tolerance=1e-7)
    assert isinstance(operator, GriddedOperator)
    bound = operator.bound(float(RELIEF.min()), float(RELIEF.max()))
    assert bound > 1e-7
    assert f"TOLERANCE 1e-07 mGal can't be reached for these stations and this relief; {bound:.2g} mGal can." in said


@pytest.mark.parametrize("scattered", [False, True])
def test_a_relief_that_moves_out_of_the_tolerances_reach_is_told_of_once(scattered, monkeypatch):
    """As in an inversion from a flat start: the series are made anew for the wider range."""
    for module in (chebyshev, far):
        monkeypatch.setattr(module, "TRIAL_NODES", (8,))
    events = []
    places, tolerance = (loose(), 1e-2) if scattered else (nodes(), 1e-6)
    flat, reporter = np.full(GRID.shape, -300.0), Reporter(events.append)
    operator = choose_operator(places, GRID, CONTRAST, 0.0, expected=flat, tolerance=tolerance, reporter=reporter)
    assert warnings_of(events) == []
    for stretch in (4.0, 8.0, 12.0):
        operator.gravity(stretch * (RELIEF - 300.0))
    (warning,) = warnings_of(events)
    assert warning["parameter"] == "TOLERANCE"
    assert "can't be reached" in warning["text"]


def test_a_default_tolerance_is_kept_without_a_word_however_the_relief_moves():
    for places in (nodes(), loose()):
        events = []
        operator = choose_operator(places, GRID, CONTRAST, 0.0, expected=RELIEF, reporter=Reporter(events.append))
        for stretch in (0.5, 1.3, 3.0):
            operator.gravity(stretch * (RELIEF - 300.0))
        assert warnings_of(events) == []


def test_the_annulus_at_scattered_stations_is_dense_or_refused_with_a_way_out(monkeypatch):
    operator, _ = choose(loose(), derivative=ANNULUS)
    assert isinstance(operator, DenseOperator)
    monkeypatch.setattr(choice, "memory_limit", lambda: 1e6)
    with pytest.raises(InputError, match=r"DERIVATIVE 1 \(annulus\).*Use DERIVATIVE 0") as caught:
        choose(loose(), derivative=ANNULUS)
    assert caught.value.parameter == "DERIVATIVE"


@pytest.mark.parametrize("positions", [nodes(), loose()], ids=["gridded", "scattered"])
def test_what_does_not_fit_into_memory_is_refused_before_it_is_set_up(positions, monkeypatch):
    monkeypatch.setattr(memory, "memory_limit", lambda: 1e5)
    with pytest.raises(InputError, match=r"needs about .* GB of memory.*cells; about .* would fit"):
        choose(positions)


def test_the_memory_told_beforehand_covers_the_kernels_that_are_made():
    operator = GriddedOperator(nodes(), find_lattice(nodes(), GRID), GRID, CONTRAST, 0.0, 1e-3)
    operator.gravity(RELIEF)
    operator.derivative(RELIEF)
    held = sum(s.nbytes for made in operator.kernels.made.values() for series in made for s in series.spectra)
    assert held <= operator.memory(float(RELIEF.min()), float(RELIEF.max()))


def test_two_operators_of_one_geometry_share_their_kernels():
    first, second = (GriddedOperator(nodes(), find_lattice(nodes(), GRID), GRID, CONTRAST, 0.0, 1e-3) for _ in range(2))
    assert first.kernels is second.kernels


def test_stations_off_the_lattice_or_at_two_heights_lie_on_none():
    assert find_lattice(nodes(), GRID).refinement == (1, 1)
    assert find_lattice(nodes(shift=500.0), GRID).refinement == (1, 2)
    assert find_lattice(nodes(shift=1.0), GRID) is None
    uneven = nodes()
    uneven.height[3] += 0.01
    assert find_lattice(uneven, GRID) is None


def test_a_relief_that_mostly_lies_above_its_stations_is_not_convolved():
    operator, _ = choose(nodes(height=0.0))
    assert not isinstance(operator, GriddedOperator)
