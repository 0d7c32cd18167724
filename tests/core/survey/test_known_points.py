"""Points of known relief: read, brought into the grid's system, cleaned, each doubt said."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.crs import parse_crs
from core.data.relief import Grid, Relief
from core.errors import InputError
from core.events.protocol import Reporter
from core.job.jobs import StartingReliefJob
from core.survey.known_points import inside, read_known_points

POLAR = parse_crs("EPSG:3031", "CRS")


@pytest.fixture
def read(tmp_path):
    def read(text, target=POLAR, events=None, **keys):
        (tmp_path / "known.csv").write_text(text, encoding="utf-8")
        job = {"known_points": "known.csv", "known_field": "bed", "spacing": 100, **keys}
        reporter = Reporter([].append if events is None else events.append)
        return read_known_points(StartingReliefJob.read(job, tmp_path), target, reporter), reporter.warnings

    return read


def test_points_keep_their_order_and_have_no_error_unless_told(read):
    points, warnings = read("x,y,bed\n3,0,-5\n1,2,-7\n")
    assert (points.easting.tolist(), points.northing.tolist(), points.height.tolist()) == ([3, 1], [0, 2], [-5, -7])
    assert points.error.tolist() == [0, 0] and not warnings


def test_errors_come_from_a_number_or_from_a_field(read):
    assert read("x,y,bed\n3,0,-5\n", known_error=4)[0].error == [4]
    text = "x,y,bed,sigma\n3,0,-5,2.5\n"
    assert read(text, known_error_field="sigma")[0].error == [2.5]
    with pytest.raises(InputError, match="error below 0"):
        read("x,y,bed,sigma\n3,0,-5,-1\n", known_error_field="sigma")


def test_points_at_one_place_are_averaged_and_counted(read):
    events = []
    text = "x,y,bed,sigma\n9,9,1,1\n0,0,-4,3\n0,0,-6,4\n"
    points, warnings = read(text, events=events, known_error_field="sigma")
    assert points.height.tolist() == [1, -5]
    assert points.error == pytest.approx([1, np.sqrt(12.5)])
    assert not warnings and "1 of 3 known points lie where another one does" in events[0]["text"]


@pytest.mark.parametrize(
    ("heights", "error", "doubted"), [((-4, -6), 0, True), ((-4, -4.5), 0, False), ((-400, -430), 4, False)]
)
def test_points_at_one_place_that_contradict_are_doubted(read, heights, error, doubted):
    text = "x,y,bed\n9,9,1\n" + "".join(f"0,0,{height}\n" for height in heights)
    warnings = read(text, known_error=error)[1]
    assert bool(warnings) == doubted
    assert not doubted or "which differ by up to 2 m. Remove what is wrong at 1 of them" in warnings[0]


def test_a_point_that_no_projection_reaches_is_left_out_and_counted(read):
    text = "x,y,bed\n15,1,-5\n105,0,-6\n15.1,1,inf\n"
    points, warnings = read(text, parse_crs("EPSG:32633", "CRS"), known_points_crs="EPSG:4326")
    assert points.height.tolist() == [-5] and "2 of 3 known points have no place, height or error" in warnings[0]


def test_points_without_a_height_are_left_out_and_counted(read):
    points, warnings = read("x,y,bed\n0,0,-4\n1,1,\n")
    assert points.size == 1 and "1 of 2 known points have no place, height or error" in warnings[0]
    with pytest.raises(InputError, match="no point with a height"):
        read("x,y,bed\n1,1,\n")


def test_degrees_are_brought_into_the_grid_and_refused_without_one(read):
    points, _ = read("x,y,bed\n0,-80,-4\n", known_points_crs="EPSG:4326")
    assert points.easting[0] == pytest.approx(0, abs=1e-3) and points.northing[0] > 1_000_000
    with pytest.raises(InputError, match="EPSG:32633") as raised:
        read("x,y,bed\n15,50,-4\n", target=None, known_points_crs="EPSG:4326")
    assert raised.value.parameter == "KNOWN_POINTS"
    with pytest.raises(InputError, match="no coordinate reference system"):
        read("x,y,bed\n15,50,-4\n", target=None)


def test_points_outside_the_relief_are_left_out_and_none_inside_is_an_error(read):
    relief = Relief(Grid.from_extent((0, 100, 0, 100), 10, POLAR), np.zeros((11, 11)))
    points, _ = read("x,y,bed\n50,50,-4\n500,50,-4\n")
    reporter = Reporter()
    assert inside(points, relief, reporter).easting.tolist() == [50]
    assert "1 of 2 known points lie outside the relief" in reporter.warnings[0]
    with pytest.raises(InputError, match="do not overlap"):
        inside(points.where(points.easting > 100), relief, reporter)
