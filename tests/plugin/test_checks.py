"""What is known to be wrong before a run is said in a sentence that names the parameter and the remedy."""

from __future__ import annotations

import pytest
from osgeo import gdal
from qgis.core import QgsVectorLayer

from .conftest import point_layer
from .files import raster_file

GOOD = {"INVERTED_RELIEF": "TEMPORARY_OUTPUT"}


@pytest.fixture()
def complaint(provider, context):
    """The sentence with which an algorithm refuses its parameters; empty where it takes them."""

    def complaint(name, **values):
        accepted, text = provider.algorithm(name).create().checkParameterValues(values, context)
        assert accepted == (not text)
        return text

    return complaint


def test_a_complete_survey_is_accepted(complaint, survey):
    assert complaint("invertrelief", **survey, **GOOD) == ""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"GRAVITY": None}, "GRAVITY is empty. Choose a point layer or a raster layer"),
        ({"GRAVITY": "/nowhere.gpkg"}, "GRAVITY: '/nowhere.gpkg' can't be opened"),
        ({"GRAVITY_FIELD": None}, "GRAVITY_FIELD is empty. Choose the field"),
        ({"GRAVITY_FIELD": "nothing"}, "GRAVITY_FIELD: the layer 'stations' has no field 'nothing'"),
        ({"HEIGHT_FIELD": None}, "no height. Give HEIGHT_FIELD, HEIGHT"),
        ({"HEIGHT": 100}, "HEIGHT_FIELD and HEIGHT are given"),
        ({"ERROR": 0}, "ERROR is 0. Give a number greater than 0"),
        ({"ERROR": 1, "ERROR_FIELD": "height"}, "ERROR_FIELD and ERROR are both given"),
        ({"EXTENT": None}, "EXTENT: without STARTING_RELIEF"),
        ({"SPACING": -5}, "SPACING is -5. Give a number greater than 0"),
        ({"CRS": "no crs"}, "CRS is not a CRS that QGIS knows"),
        ({"STARTING_RELIEF": __file__}, "can't be opened as a raster. Choose a raster layer"),
        ({"DENSITY_CONTRAST": 0}, "DENSITY_CONTRAST is 0. Give a number other than zero"),
        ({"DENSITY_LAW": "parabolic:500,2000"}, "is 'parabolic:500,2000', which is no law. Give exponential:"),
        ({"DENSITY_LAW": "exponential:500"}, "which is no law"),
        ({"DENSITY_LAW": "hyperbolic:500,far"}, "which is no law"),
        ({"DENSITY_LAW": "exponential:0,2000"}, "Δρ0 must be other than zero"),
        ({"DENSITY_LAW": "hyperbolic:500,-1"}, "the length greater than 0 m"),
        ({"DENSITY_LAW": "table:/nowhere.csv"}, "there is no table '/nowhere.csv'. Name a CSV file that exists"),
        ({"DAMPING": 0}, "DAMPING is 0. Give a number greater than 0"),
        ({"DAMPING": "much"}, "DAMPING is 'much', which is no number"),
        ({"PENALTY": 7}, "PENALTY is 7. Choose one of 0 (Step damping)"),
        ({"PADDING": -2}, "PADDING is -2. Give a number not less than -1"),
        ({"LOWER_LEVEL": -100, "UPPER_LEVEL": -200}, "LOWER_LEVEL (-100) is above UPPER_LEVEL (-200). Exchange them"),
        ({"ROBUST": 0}, "ROBUST is 0. Give a number greater than 0"),
        ({"REGIONAL": 5}, "REGIONAL by known points needs KNOWN_POINTS"),
        ({"REGIONAL": 7}, "6 (Joint: together with the relief)"),
        ({"REGIONAL_DAMPING": -1}, "REGIONAL_DAMPING is -1. Give a number greater than 0"),
        ({"LOWER_LIMIT": __file__}, "LOWER_LIMIT: "),
        ({"KNOWN_FIELD": "bed"}, "KNOWN_FIELD needs a point layer in KNOWN_POINTS"),
        ({"FOLDS": 1}, "FOLDS is 1. Give a whole number not less than 2"),
        ({"SELECTED_ONLY": True}, "SELECTED_ONLY is on, but nothing is selected"),
        ({"INVERTED_RELIEF": ""}, "INVERTED_RELIEF is empty. Choose where"),
        ({"INVERTED_RELIEF": "/nowhere/at/all/x.tif"}, "INVERTED_RELIEF: there is no folder '/nowhere/at/all'"),
        ({"INVERTED_RELIEF": "/tmp/x.png"}, "INVERTED_RELIEF: '/tmp/x.png' ends like no raster that can be written"),
        ({"RESIDUAL": "x.gpkg"}, "ends like no raster that can be written. Give a name ending in .tif or .nc"),
        ({"STATIONS": "/proc/x.gpkg"}, "STATIONS: '/proc/x.gpkg' can't be written"),
        ({"STATIONS": f"/tmp/{'x' * 300}.gpkg"}, "can't be written. Choose another folder or file"),
        ({"REPORT": "/nowhere/report.html"}, "REPORT: there is no folder"),
        ({"REPORT": "nowhere/report.html"}, "REPORT: there is no folder"),
        ({"STATIONS": "ogr:dbname='/nowhere/x.gpkg' table=\"x\" (geom)"}, "STATIONS: there is no folder '/nowhere'"),
    ],
)
def test_bad_answers_to_the_inversion(complaint, survey, change, words):
    assert words in complaint("invertrelief", **{**survey, **GOOD, **change})


def test_a_table_of_a_database_takes_stations(complaint, survey, tmp_path):
    for place in (
        f"ogr:dbname='{tmp_path}/x.gpkg' table=\"stations\" (geom)",
        'postgres:dbname=\'surveys\' host=localhost table="public"."stations" (geom)',
        "memory:stations",
    ):
        assert complaint("invertrelief", **survey, **GOOD, STATIONS=place) == ""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"TEST_FIELD": None}, "TEST_FIELD is empty. Choose the field that is 1"),
        ({"DAMPING_MIN": 0}, "DAMPING_MIN is 0. Give a number greater than 0"),
        ({"DAMPING_MAX": -1}, "DAMPING_MAX is -1. Give a number greater than 0"),
        ({"DAMPING_MIN": 2}, "DAMPING_MIN is 2 and greater than DAMPING_MAX, 1. Exchange them"),
        ({"TRIALS": 0}, "TRIALS is 0. Give a whole number not less than 1"),
        ({"TRIALS": 1}, "TRIALS is 1, but DAMPING_MIN and DAMPING_MAX differ"),
        ({"SPLIT": 2, "REFIT": 0}, "every station is withheld once. Choose REFIT 1"),
        ({"SPLIT": 3, "REFIT": 0}, "every station is withheld once. Choose REFIT 1"),
        (
            {"REGIONAL": 6, "REGIONAL_DAMPING_MIN": 3, "REGIONAL_DAMPING_MAX": 2},
            "REGIONAL_DAMPING_MIN is 3 and greater than REGIONAL_DAMPING_MAX, 2. Exchange them",
        ),
        ({"REGIONAL_TRIALS": 0}, "REGIONAL_TRIALS is 0. Give a whole number not less than 1"),
    ],
)
def test_bad_answers_to_the_cross_validation(complaint, survey, change, words):
    survey["TEST_FIELD"] = "height"
    assert words in complaint("dampingcrossvalidation", **{**survey, **change})


@pytest.mark.parametrize("name", ["x.tif", "x.TIF", "x.tiff", "x.nc", "x"])
def test_rasters_that_can_be_written(complaint, survey, tmp_path, name):
    assert complaint("invertrelief", **survey, INVERTED_RELIEF=str(tmp_path / name)) == ""


def test_one_damping_alone_may_be_scored(complaint, survey):
    one = {"DAMPING_MIN": 0.1, "DAMPING_MAX": 0.1, "TRIALS": 1, "TEST_FIELD": "height"}
    assert complaint("dampingcrossvalidation", **survey, **one) == ""


@pytest.mark.parametrize("split", [2, 3])
def test_blocks_and_random_splits_need_no_test_field(complaint, survey, split):
    assert complaint("dampingcrossvalidation", **survey, SPLIT=split) == ""


@pytest.mark.parametrize(
    ("texts", "accepted"),
    [(["1.5", None], True), (["-1,25"], True), ([None, ""], True), (["n/a", "2"], True), (["A1", "high"], False)],
)
def test_a_text_field_is_gravity_where_it_may_hold_numbers(complaint, survey, project, texts, accepted):
    layer = point_layer([(0.0, 0.0, text, 1000.0) for text in texts], "gravity:string&field=height:double")
    project.addMapLayer(layer)
    survey["GRAVITY"] = layer
    words = "" if accepted else "GRAVITY_FIELD: the field 'gravity' is not numeric. Choose a numeric field"
    assert complaint("invertrelief", **survey, **GOOD).startswith(words)
    assert (complaint("invertrelief", **survey, **GOOD) == "") == accepted


@pytest.mark.parametrize(("kind", "accepted"), [("bool", True), ("date", False), ("integer", True)])
def test_of_other_fields_yes_or_no_is_a_number_and_a_date_is_none(complaint, survey, project, kind, accepted):
    layer = point_layer([(0.0, 0.0, None, 1000.0)], f"gravity:{kind}&field=height:double")
    project.addMapLayer(layer)
    survey["GRAVITY"] = layer
    assert ("is not numeric" in complaint("invertrelief", **survey, **GOOD)) != accepted


def test_a_table_or_polygons_are_no_stations(complaint, survey, project):
    for kind in ("NoGeometry", "Polygon"):
        layer = QgsVectorLayer(f"{kind}?field=gravity:double&field=height:double", "table", "memory")
        project.addMapLayer(layer)
        survey["GRAVITY"] = layer
        assert "GRAVITY: the layer 'table' has no points" in complaint("invertrelief", **survey, **GOOD)


def test_a_gravity_raster_needs_no_field_but_a_band_it_has_and_another_split(complaint, survey, tmp_path):
    survey["GRAVITY"] = raster_file(tmp_path / "gravity.tif", [[1.0, 2, 3], [4, 5, 6]])
    assert "HEIGHT_FIELD is a field, but GRAVITY is a raster" in complaint(
        "invertrelief", **{**survey, "GRAVITY_FIELD": None}, **GOOD
    )
    survey.update(GRAVITY_FIELD=None, HEIGHT_FIELD=None, HEIGHT=1000)
    assert complaint("invertrelief", **survey, **GOOD) == ""
    assert "GRAVITY_BAND is 2, but 'gravity' has 1" in complaint("invertrelief", **survey, **GOOD, GRAVITY_BAND=2)
    assert "SPLIT by a field needs points" in complaint("dampingcrossvalidation", **survey)
    assert complaint("dampingcrossvalidation", **survey, SPLIT=1) == ""


@pytest.mark.parametrize("name", ["STARTING_RELIEF", "FREE_CELLS", "LOWER_LIMIT"])
def test_a_rotated_raster_is_refused_and_one_that_lies_south_up_is_not(complaint, survey, tmp_path, name):
    turned, south_up = (raster_file(tmp_path / f"{name}.tif", [[1.0, 2, 3], [4, 5, 6]]) for name in ("turned", "up"))
    gdal.Open(turned, gdal.GA_Update).SetGeoTransform([0.0, 500.0, 50.0, 0.0, 50.0, -500.0])
    gdal.Open(south_up, gdal.GA_Update).SetGeoTransform([0.0, 500.0, 0.0, 0.0, 0.0, 500.0])
    words = f"{name}: the raster 'turned' is rotated. Warp it to a north-up grid first."
    assert complaint("invertrelief", **survey, **GOOD, **{name: turned}) == words
    assert complaint("invertrelief", **survey, **GOOD, **{name: south_up}) == ""


def test_a_prediction_is_for_points_or_for_nodes(complaint, stations, tmp_path):
    relief = {"RELIEF": raster_file(tmp_path / "relief.tif", [[1.0, 2, 3], [4, 5, 6]])}
    points = {**relief, "STATIONS": stations, "HEIGHT_FIELD": "height"}
    assert complaint("forwardgravity", **points, PREDICTED="memory:") == ""
    assert "made at the nodes" in complaint("forwardgravity", **points, PREDICTED_RASTER="TEMPORARY_OUTPUT")
    nodes = {**relief, "HEIGHT": 1000}
    assert complaint("forwardgravity", **nodes, PREDICTED_RASTER="TEMPORARY_OUTPUT") == ""
    assert "Nothing is asked for" in complaint("forwardgravity", **nodes)
    needs = complaint("forwardgravity", **relief, HEIGHT_FIELD="height", PREDICTED="memory:")
    assert "HEIGHT_FIELD needs a point layer in STATIONS" in needs
