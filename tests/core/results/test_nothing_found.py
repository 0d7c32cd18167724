"""A run that did nothing says so and why; one whose start was right already is found."""

from __future__ import annotations

import pytest

from core.data.relief import Relief
from core.errors import InputError

from .surveys import grid, hill, logged, run, scattered, warnings, write

CELLS = grid(24, 20, 1000.0)
HILL = -1500.0 + 400.0 * hill(CELLS, 0.35, 0.5, 0.15, 0.15) - 400.0 * hill(CELLS, 0.7, 0.4, 0.12, 0.12)
NOISE = 0.1


@pytest.fixture
def keys(tmp_path):
    return write(tmp_path, Relief(CELLS, HILL), scattered(CELLS, 300, 300.0), 400.0, -1500.0, NOISE)


@pytest.fixture
def from_the_truth(keys):
    return {name: value for name, value in keys.items() if name not in ("extent", "spacing")} | {
        "starting_relief": "true.tif"
    }


@pytest.mark.parametrize("error", [NOISE, None], ids=["errors given", "no errors"])
def test_a_start_that_is_right_already_is_found_and_said(from_the_truth, tmp_path, error):
    outputs, found, events = run(tmp_path, from_the_truth, damping=0.1, penalty=2, error=error)
    assert (outputs["verdict"], warnings(events)) == (0, [])
    assert "The starting relief explains the gravity already" in logged(events)
    assert abs(found - HILL).max() < 20.0


def test_it_stays_found_beside_a_constant_regional(from_the_truth, tmp_path):
    outputs, _, events = run(tmp_path, from_the_truth, damping=0.1, penalty=2, regional=1)
    assert (outputs["verdict"], warnings(events)) == (0, [])


def test_a_damping_that_holds_everything_finds_nothing(keys, tmp_path):
    outputs, found, events = run(tmp_path, keys, damping=1e5, penalty=0)
    assert outputs["verdict"] == 2 and found.max() - found.min() < 1.0
    text = warnings(events)[-1]
    assert text.startswith("Nothing was found: the misfit hardly fell, from ")
    assert "Lower DAMPING, and check the units and signs" in text and "REGIONAL" not in text


def test_of_a_cross_validation_it_names_the_range(keys, tmp_path):
    search = {"task": "dampingcrossvalidation", "split": 3, "folds": 2, "trials": 2, "penalty": 0}
    outputs, _, events = run(tmp_path, keys, **search, damping_min=1e5, damping_max=1e6)
    assert outputs["verdict"] == 2
    assert "Lower DAMPING_MIN" in warnings(events)[-1]


def test_strict_makes_it_an_error(keys, tmp_path):
    from core.events.protocol import Reporter
    from core.tasks import run_task

    with pytest.raises(InputError, match="Nothing was found"):
        run_task({**keys, "damping": 1e5, "penalty": 0, "strict": True}, tmp_path, Reporter(strict=True))
    assert not (tmp_path / "inverted.tif").exists()


def test_noise_alone_over_a_flat_start_is_explained_by_it(tmp_path):
    flat = Relief(CELLS, 0.0 * HILL - 1500.0)
    keys = write(tmp_path, flat, scattered(CELLS, 300, 300.0), 400.0, -1500.0, NOISE)
    outputs, _, events = run(tmp_path, keys, damping=0.1)
    assert (outputs["verdict"], warnings(events)) == (0, [])
    assert "explains the gravity already" in logged(events)


@pytest.mark.parametrize("error", [NOISE, None], ids=["errors given", "no errors"])
def test_a_regional_that_leaves_a_flat_relief_finds_nothing(keys, tmp_path, error):
    outputs, _, events = run(tmp_path, keys, damping=0.1, regional=3, wavelength=4000, error=error)
    assert outputs["verdict"] == 2
    assert "the regional explains all that gravity shows" in warnings(events)[-1]
    assert "Choose another REGIONAL" in warnings(events)[-1]


def test_limits_that_leave_no_room_are_named(keys, tmp_path):
    shut = {"lower_level": -1502, "upper_level": -1498}
    outputs, found, events = run(tmp_path, keys, damping=0.003, **shut)
    assert outputs["verdict"] == 2 and found.max() <= -1498 and found.min() >= -1502
    assert "most free cells lie on their limits" in warnings(events)[-1]


def test_an_inversion_that_went_astray_says_so_and_what_its_misfit_became(keys, tmp_path):
    reference = {"stopping": 1, "penalty": 0, "damping": 1e-6, "derivative": 1, "error": None}
    outputs, _, events = run(tmp_path, keys, **reference)
    assert "increase" in outputs["stop_reason"]
    assert sum("diverging when it ended" in text for text in warnings(events)[:-1]) == 1
    assert outputs["verdict"] in (1, 2)


def test_too_few_iterations_are_told_once_also_in_the_report(keys, tmp_path, undrawn):
    outputs, _, events = run(tmp_path, keys, damping=0.003, max_iterations=1, error=None, report="report.html")
    (text, verdict) = warnings(events)
    assert "had not converged when it ended after 1 iterations. Raise MAX_ITERATIONS" in text
    assert verdict.startswith("Found with one doubt") and outputs["verdict"] == 1
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert html.count("had not converged") == 2  # the verdict and its warning


def test_a_residual_many_times_the_errors_is_doubted(keys, tmp_path):
    outputs, _, events = run(tmp_path, keys, damping=0.5, error=0.02)
    assert outputs["verdict"] == 1
    assert "times the errors that were given" in warnings(events)[0] and "Lower the damping" in warnings(events)[0]


def test_a_few_wild_stations_are_no_such_doubt(keys, tmp_path):
    rows = (tmp_path / "stations.csv").read_text().splitlines()
    for at in range(5, 300, 60):
        easting, northing, height, gravity = rows[at].split(",")
        rows[at] = f"{easting},{northing},{height},{float(gravity) + 8.0}"
    (tmp_path / "stations.csv").write_text("\n".join(rows))
    outputs, _, events = run(tmp_path, keys, damping=0.01, robust=2.0)
    assert not [text for text in warnings(events) if "times the errors" in text]
    assert outputs["rms_misfit"] > 5 * NOISE


def test_a_doubt_about_the_input_is_named_rather_than_a_guess(keys, tmp_path):
    outputs, _, events = run(tmp_path, keys, damping=0.003, density_contrast=0.4)
    assert outputs["verdict"] == 2
    assert "That looks like g/cm3" in warnings(events)[-1] and "wrong sign" not in warnings(events)[-1]
