"""Known relief withheld in turns: where, from what start, and that nothing tells the answer beforehand."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.relief import Grid, Relief
from core.data.stations import Stations
from core.inversion.known_relief import points_on
from core.selection.relief_turns import FEWEST_CELLS, POINT_REPEATS, REPEATS, SCORED_WITHIN, relief_turns

FOLDS = 4
GRID = Grid(1000.0 * np.arange(40), 1000.0 * np.arange(36), None)


def stations_at(east, north):
    n = np.size(east)
    zeros, ones = np.zeros(n), np.ones(n)
    places = np.asarray(east, float), np.asarray(north, float)
    return Stations(*places, 500.0 * ones, zeros, ones, zeros, np.zeros(n, bool), np.ones(n, bool), crs=None)


WEST = stations_at(*(axis.ravel() for axis in np.meshgrid(1000.0 * np.arange(25), 1000.0 * np.arange(36))))
"""On the cells of the 25 western columns."""


@pytest.fixture
def relief():
    return Relief(GRID, np.random.default_rng(0).normal(-500.0, 50.0, GRID.shape))


@pytest.fixture
def free():
    """A hole of 6 x 6 cells."""
    mask = np.zeros(GRID.shape, bool)
    mask[15:21, 10:16] = True
    return mask


def turns_of(relief, free, known=None, stations=WEST, seed=0, block=None):
    return relief_turns(relief, free, known, stations, FOLDS, seed, block)


def withheld_in(turn, free):
    return turn.free & ~free


def test_every_turn_frees_known_cells_beside_those_that_are_free_and_scores_them(relief, free):
    turns = turns_of(relief, free)
    assert len(turns) == REPEATS * FOLDS
    for turn in turns:
        withheld = withheld_in(turn, free)
        assert (turn.free[free]).all()
        assert withheld.ravel()[turn.cells].all() and turn.cells.size >= FEWEST_CELLS
        np.testing.assert_array_equal(turn.heights, relief.heights.ravel()[turn.cells])
        assert turn.points is None


def test_the_start_does_not_hold_the_answer(relief, free):
    """Other true values in a withheld block leave the start there as it was; those around it do not."""
    for number, turn in enumerate(turns_of(relief, free)):
        withheld = withheld_in(turn, free)
        other = relief.with_heights(np.where(withheld, 1e5, relief.heights))
        again = turns_of(other, free)[number]
        np.testing.assert_array_equal(withheld_in(again, free), withheld)
        np.testing.assert_array_equal(again.start, turn.start)
        np.testing.assert_array_equal(turn.start[~withheld], relief.heights[~withheld])
        assert np.abs(turn.start - relief.heights)[withheld].max() > 20.0


def test_known_points_in_a_withheld_block_do_not_tell_the_answer_either(relief, free):
    east, north = (axis[::7] for axis in GRID.centres())
    known = points_on(GRID, east + 300.0, north - 200.0, np.zeros(east.size), np.ones(east.size))
    turns = [turn for turn in turns_of(relief, free, known) if turn.points is None]
    assert len(turns) == REPEATS * FOLDS
    for turn in turns:
        withheld = withheld_in(turn, free).ravel()
        assert (turn.known.rows[:, np.flatnonzero(withheld)]).nnz == 0
        touching = (known.rows @ withheld.astype(float) > 0).sum()
        assert turn.known.value.size == east.size - touching and touching > 0


def test_the_start_is_filled_smoothly_a_plane_by_the_plane(free):
    east, north = np.meshgrid(GRID.easting, GRID.northing)
    plane = Relief(GRID, 0.01 * east - 0.02 * north)
    for turn in turns_of(plane, free):
        np.testing.assert_allclose(turn.start, plane.heights, atol=1e-5)
        np.testing.assert_allclose(turn.error(turn.start), 0.0, atol=1e-5)


def test_only_cells_near_stations_are_scored(relief, free):
    for turn in turns_of(relief, free):
        column = turn.cells % 40
        assert column.max() <= 24 + SCORED_WITHIN
        assert np.flatnonzero(withheld_in(turn, free).any(axis=0)).max() <= 28


def test_blocks_are_as_large_as_the_hole(relief, free):
    """6 x 6 cells: no withheld patch of one lay is larger, unless blocks of a turn touch, and many are as large."""
    sizes = [turn.cells.size / max(len(patches(withheld_in(turn, free))), 1) for turn in turns_of(relief, free)]
    widths = [patch for turn in turns_of(relief, free) for patch in patches(withheld_in(turn, free))]
    assert max(sizes) < 3 * 36
    assert np.median(widths) > 15
    assert max(widths) >= 36


def patches(mask):
    """The sizes of connected patches."""
    from scipy import ndimage

    return np.bincount(ndimage.label(mask)[0].ravel())[1:].tolist()


def test_in_one_lay_every_scored_cell_is_withheld_at_most_once_and_most_are(relief, free):
    for lay in range(REPEATS):
        cells = np.concatenate([turn.cells for turn in turns_of(relief, free)[lay * FOLDS : (lay + 1) * FOLDS]])
        assert np.unique(cells).size == cells.size
        assert cells.size > 0.9 * ((~free)[:, :26].sum())


def test_a_seed_repeats_itself_and_another_differs(relief, free):
    first, again, other = (turns_of(relief, free, seed=seed) for seed in (3, 3, 4))
    for one, two in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.free, two.free)
    assert any((one.free != two.free).any() for one, two in zip(first, other, strict=True))


def test_with_a_hole_too_large_for_its_size_blocks_shrink_and_where_none_is_left_nothing_is_withheld(relief):
    free = np.ones(GRID.shape, bool)
    free[:9, :25] = False
    assert len(turns_of(relief, free)) == REPEATS * FOLDS
    free[:] = True
    free[:2, :5] = False
    assert turns_of(relief, free) == []


def test_known_cells_far_from_all_stations_can_tell_nothing(relief):
    free = np.ones(GRID.shape, bool)
    free[:, 32:] = False
    assert turns_of(relief, free) == []


def test_where_nothing_is_known_nothing_is_withheld(relief):
    assert turns_of(relief, np.ones(GRID.shape, bool)) == []


@pytest.fixture
def points():
    rng = np.random.default_rng(1)
    east, north = rng.uniform(0, 39_000, 60), rng.uniform(0, 35_000, 60)
    return points_on(GRID, east, north, rng.normal(-500.0, 50.0, 60), np.full(60, 2.0)), east, north


EVERYWHERE = stations_at(*(axis.ravel() for axis in np.meshgrid(1000.0 * np.arange(40), 1000.0 * np.arange(36))))


def test_points_are_withheld_by_blocks_each_once_in_a_lay(relief, points):
    known, east, north = points
    free = np.ones(GRID.shape, bool)
    turns = turns_of(relief, free, known, EVERYWHERE, block=12_000.0)
    assert len(turns) == POINT_REPEATS * FOLDS
    for lay in range(POINT_REPEATS):
        of_lay = turns[lay * FOLDS : (lay + 1) * FOLDS]
        withheld = [set(turn.points.value) for turn in of_lay]
        assert sum(len(values) for values in withheld) == 60 and set.union(*withheld) == set(known.value)
        for turn, values in zip(of_lay, withheld, strict=True):
            assert set(turn.known.value) == set(known.value) - values
            np.testing.assert_array_equal(turn.free, free)
        turn_of = np.array([next(k for k, values in enumerate(withheld) if value in values) for value in known.value])
        apart = np.hypot(east - east[:, None], north - north[:, None]) + 1e9 * np.eye(60)
        assert np.mean(turn_of == turn_of[apart.argmin(axis=1)]) > 0.6


def test_points_far_from_stations_or_where_nothing_may_move_are_withheld_with_their_block_and_not_scored(
    relief, points
):
    known, east, north = points
    free = np.ones(GRID.shape, bool)
    free[:18] = False
    turns = [turn for turn in turns_of(relief, free, known, block=12_000.0) if turn.points is not None]
    assert turns
    scored = {value for turn in turns for value in turn.points.value}
    expected = {v for v, e, n in zip(known.value, east, north, strict=True) if e < 25_400 and n > 17_000}
    assert scored == expected
    for turn in turns:
        left_out = set(known.value) - set(turn.known.value)
        assert set(turn.points.value) <= left_out
    assert any(set(known.value) - set(turn.known.value) > set(turn.points.value) for turn in turns)


def test_a_margin_about_the_relief_does_not_count_as_the_unknown(relief, free):
    margin = np.ones(GRID.shape, bool)
    margin[3:-3, 3:-3] = False
    widths = {
        padded: [
            max(patches(withheld_in(turn, mask)), default=0)
            for turn in relief_turns(relief, mask, None, WEST, FOLDS, 0, None, unknown=free if padded else None)
        ]
        for padded, mask in ((False, free), (True, free | margin))
    }
    assert np.median(widths[True]) < 1.5 * np.median(widths[False])


def test_the_error_is_taken_at_scored_cells_and_withheld_points(relief, free, points):
    known = points[0]
    turns = turns_of(relief, free, known)
    cells = next(turn for turn in turns if turn.points is None)
    np.testing.assert_allclose(cells.error(relief.heights + 3.0), 3.0)
    by_points = next(turn for turn in turns if turn.points is not None)
    expected = by_points.points.rows @ relief.heights.ravel() - by_points.points.value
    np.testing.assert_allclose(by_points.error(relief.heights), expected)


def test_one_point_alone_is_kept(relief):
    known = points_on(GRID, np.array([2000.0]), np.array([3000.0]), np.array([1.0]), np.array([1.0]))
    assert turns_of(relief, np.ones(GRID.shape, bool), known) == []
