"""Points of known relief on their way to the engine, for the regional and for a starting relief."""

from __future__ import annotations

import pytest

from .conftest import point_layer


@pytest.fixture()
def soundings(project):
    layer = point_layer([(100.0, 50.0, -400.0, 5.0), (900.0, 20.0, -380.0, 8.0)], "bed:double&field=sigma:double")
    layer.setName("soundings")
    project.addMapLayer(layer)
    return layer


@pytest.fixture()
def grid(tmp_path):
    return {"SPACING": 100, "STARTING_RELIEF": str(tmp_path / "start.tif")}


def test_known_points_travel_beside_the_stations_with_their_own_fields(engine, run, survey, soundings, tmp_path):
    known = {"KNOWN_POINTS": soundings, "KNOWN_FIELD": "bed", "KNOWN_ERROR_FIELD": "sigma"}
    run("gravitymisfit", **survey, **known, REGIONAL=5, SPLINE_DAMPING=0.5, MISFIT=str(tmp_path / "misfit.tif"))
    assert list(engine.points["gravity"].numbers) == ["easting", "northing", "gravity", "height"]
    assert list(engine.points["known_points"].numbers) == ["easting", "northing", "bed", "sigma"]
    job = engine.job
    assert (job["regional"], job["known_field"], job["known_error_field"]) == (5, "bed", "sigma")
    assert (job["spline_damping"], job["folds"], job["seed"]) == (0.5, 5, 0)
    assert not {"trend_degree", "wavelength", "source_depth", "source_damping", "block_size", "known_error"} & set(job)


def test_a_selection_of_stations_leaves_the_known_points_whole(engine, run, survey, stations, soundings, tmp_path):
    stations.selectByIds([1])
    known = {"KNOWN_POINTS": soundings, "KNOWN_FIELD": "bed", "SELECTED_ONLY": True}
    run("gravitymisfit", **survey, **known, MISFIT=str(tmp_path / "misfit.tif"))
    assert (engine.points["gravity"].count, engine.points["known_points"].count) == (1, 2)


def test_the_score_of_the_regional_is_an_output(engine, run, survey):
    engine.outputs = {"rms_misfit": 2.0, "rms_residual": 1.0, "regional_score": 0.75}
    results, _ = run("gravitymisfit", **survey, REGIONAL=2)
    assert results["REGIONAL_SCORE"] == 0.75
    engine.outputs = {"rms_misfit": 2.0, "rms_residual": 1.0}
    assert "REGIONAL_SCORE" not in run("gravitymisfit", **survey, REGIONAL=1)[0]


def test_a_start_from_points_asks_for_the_points_and_the_spacing_alone(engine, run, soundings, grid, tmp_path):
    engine.outputs = {"starting_relief": grid["STARTING_RELIEF"], "damping_used": 0.01, "score": 0.9}
    results, succeeded = run("startingrelief", KNOWN_POINTS=soundings, KNOWN_FIELD="bed", **grid)
    assert succeeded and (results["DAMPING_USED"], results["SCORE"]) == (0.01, 0.9)
    assert engine.job["task"] == "startingrelief" and engine.job["spacing"] == 100
    assert engine.job["starting_relief"] == grid["STARTING_RELIEF"]
    assert not {"extent", "crs", "level", "spline_damping", "distance"} & set(engine.job)


def test_an_extent_in_degrees_is_brought_into_the_crs_of_the_points(engine, run, soundings, grid):
    extent = "-45,45,-89.99,-89.98 [EPSG:4326]"
    run("startingrelief", KNOWN_POINTS=soundings, KNOWN_FIELD="bed", EXTENT=extent, **grid)
    west, east, south, north = engine.job["extent"]
    assert west < -700 and east > 700 and 0 < south < north < 2300


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"KNOWN_POINTS": None, "KNOWN_FIELD": None}, "only a flat relief at a given LEVEL needs none"),
        ({"KNOWN_POINTS": None, "KNOWN_FIELD": None, "METHOD": 2, "LEVEL": -400}, "needs EXTENT and CRS"),
        ({"KNOWN_FIELD": None}, "KNOWN_FIELD is empty"),
        ({"KNOWN_ERROR": 3, "KNOWN_ERROR_FIELD": "sigma"}, "both given"),
        ({"KNOWN_FIELD": "depth"}, "no field 'depth'"),
        ({"SPACING": 0}, "SPACING is 0"),
    ],
)
def test_what_is_missing_for_a_start_is_said_before_the_run(provider, context, soundings, grid, changes, words):
    values = {"KNOWN_POINTS": soundings, "KNOWN_FIELD": "bed", **grid, **changes}
    possible, reason = provider.algorithm("startingrelief").checkParameterValues(values, context)
    assert not possible and words in reason


def test_a_flat_start_at_a_level_needs_no_points(provider, context, grid):
    values = {"METHOD": 2, "LEVEL": -400, "EXTENT": "0,1000,0,1000", "CRS": "EPSG:3031", **grid}
    assert provider.algorithm("startingrelief").checkParameterValues(values, context)[0]
    asked = {**values, "DISTANCE": grid["STARTING_RELIEF"].replace("start", "distance")}
    possible, reason = provider.algorithm("startingrelief").checkParameterValues(asked, context)
    assert not possible and "DISTANCE" in reason


def test_a_regional_by_known_points_needs_them(provider, context, survey):
    possible, reason = provider.algorithm("gravitymisfit").checkParameterValues({**survey, "REGIONAL": 5}, context)
    assert not possible and "KNOWN_POINTS" in reason
