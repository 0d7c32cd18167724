"""No result replaces a layer that is read, nor another result; tables of one file may stand side by side."""

from __future__ import annotations

import numpy as np
import pytest
from gravrelief.plugin.engine.columns import Columns
from osgeo import ogr
from qgis.core import QgsProcessingOutputLayerDefinition, QgsProject, QgsVectorLayer

from .conftest import SURVEY
from .files import point_file, raster_file
from .test_results import hands_over, station_columns

ROWS = [(0.0, 0.0, 1.5, 1000.0), (500.0, 0.0, 2.5, 1000.0), (0.0, 500.0, 3.5, 1000.0)]
PLACE = (-250.0, 1250.0, 500.0)


@pytest.fixture()
def survey(tmp_path, project):
    """A survey of files: points in a GeoPackage of two tables, and a starting relief."""
    path = point_file(tmp_path / "survey.gpkg", ["gravity", "height"], ROWS)
    ogr.Open(path, 1).CreateLayer("other")
    relief = raster_file(tmp_path / "relief.tif", np.zeros((3, 3)), place=PLACE)
    return {"GRAVITY": f"{path}|layername=survey", **SURVEY, "STARTING_RELIEF": relief}


@pytest.fixture()
def complaint(provider, context):
    def complaint(name="invertrelief", **values):
        values = {"INVERTED_RELIEF": "TEMPORARY_OUTPUT", **values}
        return provider.algorithm(name).create().checkParameterValues(values, context)[1]

    return complaint


@pytest.mark.parametrize("name", ["relief.tif", "./relief.tif", "linked.tif"])
def test_a_raster_that_is_read(complaint, survey, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "linked.tif").symlink_to("relief.tif")
    assert complaint(**survey, RESIDUAL=name) == "RESIDUAL is the file of STARTING_RELIEF. Give another name."


def test_a_destination_of_the_dialog(complaint, survey):
    wanted = QgsProcessingOutputLayerDefinition(survey["STARTING_RELIEF"], QgsProject.instance())
    assert "INVERTED_RELIEF is the file of STARTING_RELIEF" in complaint(**{**survey, "INVERTED_RELIEF": wanted})


def test_a_geopackage_as_a_whole_with_a_table_that_is_read(complaint, survey, tmp_path):
    said = complaint(**survey, STATIONS=str(tmp_path / "survey.gpkg"))
    assert said == "STATIONS is the file of GRAVITY. Give another name."


@pytest.mark.parametrize("named", [True, False])
def test_the_table_that_is_read_and_another_beside_it(complaint, survey, tmp_path, named):
    if not named:
        survey["GRAVITY"] = str(tmp_path / "survey.gpkg")
    place = f"ogr:dbname='{tmp_path}/survey.gpkg' table=\"{{}}\" (geom)"
    assert "STATIONS is the file of GRAVITY" in complaint(**survey, STATIONS=place.format("survey"))
    assert complaint(**survey, STATIONS=place.format("residuals")) == ""


def test_points_of_a_text_file(complaint, survey, tmp_path):
    (tmp_path / "points.csv").write_text("x,y,gravity,height\n0,0,1.5,1000\n500,0,2.5,1000\n")
    uri = f"file://{tmp_path}/points.csv?type=csv&xField=x&yField=y&crs=EPSG:3031&detectTypes=yes"
    layer = QgsVectorLayer(uri, "points", "delimitedtext")
    QgsProject.instance().addMapLayer(layer)
    said = complaint(**{**survey, "GRAVITY": layer}, STATIONS=str(tmp_path / "points.csv"))
    assert "STATIONS is the file of GRAVITY" in said


def test_the_table_of_a_density_law(complaint, survey, tmp_path):
    law = tmp_path / "law.csv"
    law.write_text("depth,contrast\n0,500\n3000,100\n")
    assert "REPORT is the file of DENSITY_LAW" in complaint(**survey, DENSITY_LAW=f"table:{law}", REPORT=str(law))


def test_two_results_of_one_name(complaint, survey, tmp_path):
    path = str(tmp_path / "x.tif")
    said = complaint(**{**survey, "INVERTED_RELIEF": path, "RESIDUAL": path})
    assert said == f"INVERTED_RELIEF and RESIDUAL name the same file '{path}'. Give two."
    kept = {"SPLIT": 3, "SCORES": str(tmp_path / "x.log"), "STUDY": str(tmp_path / "x.log")}
    assert "SCORES and STUDY name the same file" in complaint("dampingcrossvalidation", **survey, **kept)


def test_two_tables_of_one_new_file(complaint, survey, tmp_path):
    place = f"ogr:dbname='{tmp_path}/new.gpkg' table=\"{{}}\" (geom)"
    tables = {"SPLIT": 3, "STATIONS": place.format("stations"), "SCORES": place.format("scores")}
    assert complaint("dampingcrossvalidation", **survey, **tables) == ""


def test_a_layer_in_memory_has_no_file(engine, run, stations, tmp_path):
    engine.outputs = hands_over({"stations": Columns(station_columns().numbers, "EPSG:3031")})
    assert run("gravitymisfit", GRAVITY=stations, **SURVEY, STATIONS=str(tmp_path / "stations.gpkg"))[1]
