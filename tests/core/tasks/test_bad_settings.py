"""Settings that can not be: each a sentence saying what, where and what to do."""

from __future__ import annotations

import pytest

from .refusals import REMOVED, edit_stations, says


@pytest.mark.parametrize("task", ["invertrelief", "gravitymisfit", "dampingcrossvalidation"])
def test_a_contrast_of_zero(refused, task):
    keys = {} if task != "gravitymisfit" else {"inverted_relief": REMOVED, "relief_change": REMOVED}
    says(refused(task, **keys, density_contrast=0), "DENSITY_CONTRAST", "is 0", "density below it minus")


def test_a_damping_of_zero(refused):
    says(refused(damping=0), "DAMPING", "is 0", "above 0")


def test_a_negative_damping(refused):
    says(refused(damping=-0.1), "DAMPING", "-0.1", "at least 0")


@pytest.mark.parametrize("value", [0, -0.001])
@pytest.mark.parametrize("name", ["damping_min", "damping_max"])
def test_an_end_of_the_range_at_or_below_zero(refused, name, value):
    error = refused("dampingcrossvalidation", test_field="test", **{name: value})
    says(error, name.upper(), f"is {value:g}", "logarithmic scale", "above 0")


def test_a_reversed_range(refused):
    error = refused("dampingcrossvalidation", test_field="test", damping_min=1, damping_max=0.01)
    says(error, "DAMPING_MIN", "(1) is greater than DAMPING_MAX (0.01)", "Exchange them")


def test_one_trial_for_two_ends(refused):
    says(refused("dampingcrossvalidation", test_field="test", trials=1), "TRIALS", "two ends", "at least 2")


@pytest.mark.parametrize(("value", "which"), [("0", "no usable"), ("1", "every usable")])
def test_a_test_field_of_one_class(refused, tmp_path, value, which):
    edit_stations(tmp_path, lambda rows: [row | {"test": value} for row in rows])
    error = refused("dampingcrossvalidation", test_field="test")
    says(error, "TEST_FIELD", f"marks {which} station", "0 for the stations to fit, 1 for those to withhold")


def test_a_split_by_field_without_one(refused):
    says(refused("dampingcrossvalidation"), "TEST_FIELD", "TEST_FIELD is missing", "another SPLIT")


def test_alternate_nodes_of_scattered_stations(refused, tmp_path):
    edit_stations(tmp_path, lambda rows: rows[30].update(easting="3317"))
    error = refused("dampingcrossvalidation", split=1)
    says(error, "SPLIT", "regular grid", "scattered", "Use SPLIT 0")


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("penalty", 3, ("0 step damping, 1 curvature, 2 curvature of the change",)),
        ("max_iterations", 0, ("at least 1",)),
        ("spacing", -5, ("greater than 0",)),
        ("extent", [0, 0, 0, 10], ("East must be greater than west",)),
        ("extent", "here", ("west, east, south and north",)),
        ("height", "high", ("'high'", "Give a number")),
        ("error", 0, ("greater than 0",)),
        ("strict", 1, ("true or false",)),
    ],
)
def test_a_value_that_can_not_be(refused, key, value, words):
    says(refused(**{key: value}), key.upper(), *words)


def test_a_key_that_the_task_does_not_know(refused):
    says(refused(dampign=0.2), "DAMPIGN", "'dampign'", "does not know", "Known are", "damping")


def test_a_task_that_is_none(refused):
    says(refused("invert"), "TASK", "'invert'", "syntheticmodel", "invertrelief")
