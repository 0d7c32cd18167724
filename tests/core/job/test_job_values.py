"""Values of a job file that JSON can hold and no parameter can be: each refused by a sentence that names it."""

from __future__ import annotations

import pytest

from core.errors import InputError
from core.job.jobs import read_job

HUGE = 10**400
NAN, INF = float("nan"), float("inf")


def refusal(folder, **keys):
    """The sentence with which an inversion of a raster refuses a value, and the parameter that it names."""
    job = {"task": "invertrelief", "gravity": "gravity.tif", "starting_relief": "start.tif", **keys}
    with pytest.raises(InputError) as refused:
        read_job(job, folder)
    return refused.value.message, refused.value.parameter


@pytest.mark.parametrize("value", [NAN, INF, -INF, HUGE, 1.5, True, "3", [3]], ids=lambda value: f"{value!r:.9}")
def test_what_is_no_whole_number(tmp_path, value):
    said, parameter = refusal(tmp_path, max_iterations=value)
    assert said.endswith(". Give a whole number.") and len(said) < 120
    assert said.startswith(f"{parameter} is ")


@pytest.mark.parametrize("value", [NAN, INF, HUGE, -HUGE, True, "3", [3]], ids=lambda value: f"{value!r:.9}")
def test_what_is_no_number(tmp_path, value):
    said, parameter = refusal(tmp_path, damping=value)
    assert said.endswith(". Give a number.") and len(said) < 120
    assert parameter == "DAMPING"


def test_an_extent_beyond_all_numbers(tmp_path):
    said, parameter = refusal(tmp_path, extent=[0, HUGE, 0, 1])
    assert (parameter, said.endswith("Give west, east, south and north in metres.")) == ("EXTENT", True)


@pytest.mark.parametrize("value", [[1], 5, "x", [["a", "b"]], [[1, 2, 3]], [[1, None]], [[2, 1]], {"a": 1}, None])
def test_nodata_that_is_no_list_of_ranges(tmp_path, value):
    said, parameter = refusal(tmp_path, free_cells={"path": "free.tif", "nodata": value})
    assert said == f"FREE_CELLS: nodata is {value!r}. Give ranges of values, the least first: [[-9999, -9999]]."
    assert parameter == "FREE_CELLS"


def test_ranges_of_nodata_may_be_without_an_end(tmp_path):
    raster = {"path": "start.tif", "nodata": [[-INF, -9000], [5, 5]]}
    job = {"task": "invertrelief", "gravity": "gravity.tif", "starting_relief": raster}
    assert read_job(job, tmp_path)[1].starting_relief.nodata == ((-INF, -9000.0), (5.0, 5.0))


def test_a_flag_and_a_key_of_a_raster_that_can_not_be(tmp_path):
    said, parameter = refusal(tmp_path, starting_relief={"path": "start.tif", "use_nodata": "false"})
    assert (said, parameter) == ("STARTING_RELIEF: use_nodata is 'false'. Give true or false.", "STARTING_RELIEF")
    said, parameter = refusal(tmp_path, starting_relief={"path": "start.tif", "no_data": [[1, 1]]})
    assert "has the key 'no_data'. Known are: path, band, nodata, use_nodata, crs, unit." in said
    said, parameter = refusal(tmp_path, starting_relief={"path": "start.tif", "unit": 1})
    assert (said, parameter) == (
        "STARTING_RELIEF: unit is 1. Give the name of the values' unit, as 'm' or 'ft'.",
        "STARTING_RELIEF",
    )


@pytest.mark.parametrize("name", ["damping", "reference_level", "known_error", "error"])
@pytest.mark.parametrize("value", [1e31, 1e300, 1e-31, -1e300, -1e-300])
def test_a_number_whose_square_is_none(tmp_path, name, value):
    said, parameter = refusal(tmp_path, **{name: value})
    assert (
        said
        == f"{parameter} is {value:g}, which can't be computed with. Give a number between 1e-30 and 1e+30 in size."
    )
    assert parameter == name.upper()


def test_an_extent_where_no_place_is(tmp_path):
    said, parameter = refusal(tmp_path, extent=[0, 1e300, 0, 1])
    assert (parameter, "which no place has. Give west, east, south and north in metres" in said) == ("EXTENT", True)


@pytest.mark.parametrize("job", [{"task": "syntheticmodel"}, {"task": "startingrelief", "spacing": 1}])
def test_a_seed_that_random_numbers_can_not_have(tmp_path, job):
    with pytest.raises(InputError, match="Give a whole number of at most 2147483647"):
        read_job({**job, "seed": 2**32}, tmp_path)


@pytest.mark.parametrize("name", ["trials", "repeats", "refine", "folds", "max_iterations", "regional_trials"])
def test_a_count_that_no_run_ends_with(tmp_path, name):
    """A thousand million turns are a loop without an end."""
    with pytest.raises(InputError, match=f"{name.upper()} is .*Give a whole number of at most") as told:
        read_job({"task": "dampingcrossvalidation", "gravity": "g.tif", name: 10**9}, tmp_path)
    assert told.value.parameter == name.upper()
