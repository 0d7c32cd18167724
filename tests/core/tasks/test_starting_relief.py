"""startingrelief: a surface through points, the nearest point, or a level."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.rasters import RasterSource, read_raster


def hills(easting, northing):
    return -400.0 + 60.0 * np.sin(easting / 4000.0) * np.cos(northing / 5000.0) + 2e-3 * easting


@pytest.fixture
def points(tmp_path):
    """Write points of a function; the keys of a job on a grid of 41 x 31 cells around them."""

    def make(count=250, noise=0.0, function=hills, seed=0):
        random = np.random.default_rng(seed)
        east, north = 40_000 * random.random(count), 30_000 * random.random(count)
        height = function(east, north) + random.normal(scale=noise, size=count)
        lines = [f"{x!r},{y!r},{z!r}" for x, y, z in zip(east.tolist(), north.tolist(), height.tolist(), strict=True)]
        (tmp_path / "known.csv").write_text("\n".join(["x,y,bed", *lines]), encoding="utf-8")
        return {
            "task": "startingrelief",
            "known_points": "known.csv",
            "known_field": "bed",
            "spacing": 1000,
            "extent": [0, 40_000, 0, 30_000],
            "crs": "EPSG:3031",
            "starting_relief": "start.tif",
        }

    return make


def start(folder):
    relief = read_raster(RasterSource(str(folder / "start.tif")), "STARTING_RELIEF")
    return relief, hills(*np.meshgrid(relief.easting, relief.northing))


def error(folder):
    relief, true = start(folder)
    return np.sqrt(np.mean((relief.heights - true) ** 2))


def test_a_spline_through_exact_points_finds_the_surface_between(engine, points, tmp_path):
    run = engine(**points())
    assert run.outputs["score"] > 0.8 and run.outputs["damping_used"] < 1e-3
    assert error(tmp_path) < 4


@pytest.mark.parametrize("method", [0, 1, 2])
def test_an_extent_with_no_point_inside_is_doubted(engine, points, method):
    keys = points(count=30) | {"method": method}
    assert not engine(**{**keys, "extent": [30_000, 90_000, 0, 30_000]}).warnings
    run = engine(**{**keys, "extent": [60_000, 90_000, 0, 30_000]})
    assert run.code == 0
    (warning,) = run.of("warning")
    assert warning["parameter"] == "EXTENT" and "No known point lies inside EXTENT" in warning["text"]


def test_a_spline_without_damping_passes_through_its_points(engine, points, tmp_path):
    keys = points(count=30)
    nodes = "x,y,bed\n" + "\n".join(f"{1000 * i},{1000 * (7 * i % 30)},{-50 * i % 37}" for i in range(30))
    (tmp_path / "known.csv").write_text(nodes, encoding="utf-8")
    assert engine(**keys, spline_damping=0).outputs["damping_used"] == 0
    relief, _ = start(tmp_path)
    for i in range(30):
        assert relief.heights[7 * i % 30, i] == pytest.approx(-50 * i % 37, abs=1e-4)


def test_noise_is_met_with_damping_and_the_choice_is_better_than_none(engine, points, tmp_path):
    keys = points(noise=20.0)
    run = engine(**keys)
    assert run.outputs["damping_used"] >= 1e-3
    chosen = error(tmp_path)
    engine(**keys, spline_damping=0)
    assert chosen < 0.7 * error(tmp_path)


def test_the_same_seed_gives_the_same_start(engine, points, tmp_path):
    keys = points(noise=20.0)
    assert engine(**keys, seed=3).outputs == engine(**keys, seed=3).outputs


def test_nearest_is_the_nearest_points_height_and_the_distance_raster_how_far_it_is(engine, points, tmp_path):
    keys = points()
    (tmp_path / "known.csv").write_text("x,y,bed\n0,0,-100\n40000,30000,-900\n", encoding="utf-8")
    engine(**keys, method=1, distance="distance.tif")
    relief, _ = start(tmp_path)
    assert (relief.heights[0, 0], relief.heights[-1, -1], relief.heights[2, 10]) == (-100, -900, -100)
    distance = read_raster(RasterSource(str(tmp_path / "distance.tif")), "DISTANCE").heights
    assert distance[4, 3] == pytest.approx(5000) and distance[-1, -1] == 0


def test_flat_is_the_points_mean_or_the_level_that_is_given(engine, points, tmp_path):
    keys = points(function=lambda easting, northing: np.where(easting < 2e4, -100.0, -300.0))
    mean = engine(**keys, method=2)
    assert mean.code == 0 and -300 < start(tmp_path)[0].heights[0, 0] < -100
    assert np.ptp(start(tmp_path)[0].heights) == 0
    del keys["known_points"]
    engine(**keys, method=2, level=-250)
    assert (start(tmp_path)[0].heights == -250).all()


def test_without_an_extent_the_grid_lies_around_the_points(engine, points, tmp_path):
    keys = points()
    del keys["extent"]
    (tmp_path / "known.csv").write_text("x,y,bed\n1200,-300,1\n8100,4900,2\n3000,3000,5\n", encoding="utf-8")
    engine(**keys)
    grid = start(tmp_path)[0].grid
    assert (grid.easting[0], grid.easting[-1], grid.northing[0], grid.northing[-1]) == (1000, 9000, -1000, 5000)


@pytest.mark.parametrize("count", [1, 2])
def test_too_few_points_for_a_spline_are_an_error_that_names_the_others_methods(engine, points, count):
    run = engine(**points(count))
    assert run.code == 2 and run.error["parameter"] == "KNOWN_POINTS"
    assert f"holds {count} usable points" in run.error["message"] and "METHOD 1 (nearest)" in run.error["message"]


def test_points_on_one_line_still_make_a_start(engine, points, tmp_path):
    keys = points()
    rows = "\n".join(f"{1000 * i},15000,{-i * i}" for i in range(1, 40))
    (tmp_path / "known.csv").write_text(f"x,y,bed\n{rows}\n", encoding="utf-8")
    engine(**keys, method=0)
    relief, _ = start(tmp_path)
    assert np.isfinite(relief.heights).all()
    assert relief.heights[15, 20] == pytest.approx(-400, abs=20)


def test_very_many_points_are_averaged_and_that_is_said(engine, points, tmp_path):
    run = engine(**points(count=2500), spline_damping=1e-4)
    assert "2500 known points are more than a spline can hold" in run.warnings[0]
    assert error(tmp_path) < 3


def test_points_that_tell_nothing_of_each_other_are_a_warning(engine, points):
    noise = np.random.default_rng(1).normal
    run = engine(**points(40, function=lambda easting, northing: noise(size=easting.size)), spline_damping=1e-6)
    assert run.outputs["score"] < 0
    assert "worse than their mean" in run.warnings[0] and "SPLINE_DAMPING" in run.warnings[0]


@pytest.mark.parametrize(
    ("changes", "parameter", "words"),
    [
        ({"known_points": None}, "KNOWN_POINTS", "only METHOD 2"),
        ({"known_points": None, "method": 2, "level": 5, "crs": None}, "EXTENT", "needs EXTENT and CRS"),
        ({"known_field": None}, "KNOWN_FIELD", "Name the field"),
        ({"spacing": None}, "SPACING", "SPACING is missing"),
        ({"crs": "EPSG:4326"}, "CRS", "in degrees"),
        ({"crs": None}, "KNOWN_POINTS", "no coordinate reference system"),
    ],
)
def test_what_is_missing_or_wrong_is_said(engine, points, changes, parameter, words):
    run = engine(**{**points(), **changes})
    assert run.code == 2 and run.error["parameter"] == parameter and words in run.error["message"]
