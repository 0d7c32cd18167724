"""The two stopping rules, case by case."""

from __future__ import annotations

import pytest

from core.inversion.stopping import REASONS, Stopping

REFERENCE = Stopping(rule=1, max_iterations=50, l2_tolerance=0.2, delta_l2_tolerance=1.01, increase_limit=0.2)


def by_norm(*norms):
    """The reference's reasons after these L2 norms, the start's first; its norm is the square root of the RMS."""
    rms = [norm**2 for norm in norms]
    return REFERENCE.reasons(rms, [0.0] * len(rms))


@pytest.mark.parametrize(
    ("norms", "expected"),
    [
        ((3.0, 2.0, 1.0), ()),
        ((3.0, 2.0, 1.0, 0.21), ()),
        ((3.0, 2.0, 1.0, 0.2), ()),
        ((3.0, 2.0, 1.0, 0.19), ("l2_tolerance",)),
        ((3.0, 1.0, 1.19), ()),
        ((3.0, 1.0, 1.21), ("increase",)),
        ((3.0, 1.0, 1.1, 1.21), ("increase", "no_progress")),
        ((3.0, 1.0, 0.995), ()),
        ((3.0, 1.0, 0.995, 0.992), ("no_progress",)),
        ((3.0, 1.0, 0.995, 0.9), ()),
        ((3.0, 1.0, 0.995, 0.9, 0.899), ()),
        ((3.0, 2.99, 2.98), ("no_progress",)),
    ],
)
def test_the_references_rule(norms, expected):
    assert by_norm(*norms) == expected


def test_the_references_rule_does_not_look_before_the_second_iteration():
    assert by_norm(1.0, 0.1) == ()
    assert by_norm(1.0, 50.0) == ()


def test_the_references_rule_measures_an_increase_from_the_lowest_iteration_and_not_from_the_start():
    assert by_norm(0.5, 2.0, 1.9) == ()


def test_the_references_rule_counts_the_start_in_the_ratio_of_the_first_iteration():
    assert by_norm(1.0, 1.0, 1.0) == ("no_progress",)
    assert by_norm(1.1, 1.0, 1.0) == ()


@pytest.mark.parametrize("rule", [0, 1])
def test_the_largest_number_of_iterations_ends_every_rule(rule):
    stopping = Stopping(rule=rule, max_iterations=2)
    assert stopping.reasons([9.0, 5.0, 3.0], [9.0, 5.0, 3.0]) == ("max_iterations",)
    assert stopping.reasons([9.0, 5.0], [9.0, 5.0]) == ()


def test_the_objectives_rule_ends_when_it_falls_by_less_than_the_fraction():
    stopping = Stopping(objective_tolerance=0.01)
    assert stopping.reasons([9.0, 8.0], [100.0, 98.9]) == ()
    assert stopping.reasons([9.0, 8.0], [100.0, 99.1]) == ("objective",)
    assert stopping.reasons([9.0, 8.0], [100.0, 100.5]) == ("objective",)


def test_a_weighted_rms_of_one_ends_the_objectives_rule_only_where_errors_are_given():
    falling = [5.0, 1.0], [100.0, 5.0]
    assert Stopping(stop_at_error=True).reasons(*falling) == ("error",)
    assert Stopping(stop_at_error=False).reasons(*falling) == ()
    assert Stopping(stop_at_error=True).reasons([5.0, 1.001], [100.0, 5.0]) == ()


def test_the_objectives_rule_ignores_the_references_limits():
    assert Stopping(rule=0).reasons([9.0, 0.001, 0.01], [100.0, 50.0, 20.0]) == ()


def test_every_reason_has_words():
    assert set(REASONS) == {"objective", "error", "l2_tolerance", "no_progress", "increase", "max_iterations"}
