"""From the engine's outputs to layers on the map: values, names, groups, colours."""

from __future__ import annotations

from array import array
from pathlib import Path

import pytest
from gravrelief.plugin import styles
from gravrelief.plugin.engine.columns import Columns, write_columns
from gravrelief.plugin.loading import Dresser
from qgis.core import (
    NULL,
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsProcessingAlgRunnerTask,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingUtils,
    QgsRasterLayer,
    QgsVectorLayer,
)
from qgis.PyQt.QtGui import QColor

from .conftest import point_layer
from .files import raster_file

NAN = float("nan")


def station_columns(**more) -> Columns:
    numbers = {
        "easting": [0.0, 500.0],
        "northing": [1.0, 2.0],
        "gravity": [1.5, NAN],
        "residual": [-0.25, NAN],
        "test": [0.0, 1.0],
        **more,
    }
    return Columns({name: array("d", values) for name, values in numbers.items()}, "EPSG:3031")


def hands_over(columns: dict[str, Columns], **outputs):
    """An engine that writes these columns where the job wants them."""

    def deliver(job, folder):
        for name, table in columns.items():
            outputs[name] = str(write_columns(folder, job[name].split(".")[0], table))
        return outputs

    return deliver


def test_stations_become_a_layer_with_null_where_nothing_was_computed(engine, run, survey, tmp_path, project):
    engine.outputs = hands_over({"stations": station_columns()})
    target = str(tmp_path / "stations.gpkg")
    results, succeeded = run("gravitymisfit", **survey, STATIONS=target)
    assert succeeded
    layer = QgsVectorLayer(results["STATIONS"], "x", "ogr")
    assert layer.crs() == QgsCoordinateReferenceSystem("EPSG:3031")
    rows = list(layer.getFeatures())
    assert [(row.geometry().asPoint().x(), row.geometry().asPoint().y()) for row in rows] == [(0, 1), (500, 2)]
    assert [row["test"] for row in rows] == [0, 1]
    assert rows[0]["residual"] == -0.25
    assert rows[1]["residual"] == NULL and rows[1]["gravity"] == NULL
    assert "easting" not in layer.fields().names()


def test_stations_go_into_a_table_of_a_geopackage(engine, run, survey, tmp_path, project):
    engine.outputs = hands_over({"stations": station_columns()})
    place = f"ogr:dbname='{tmp_path}/surveys.gpkg' table=\"second\" (geom)"
    assert run("gravitymisfit", **survey, STATIONS=place)[1]
    assert QgsVectorLayer(f"{tmp_path}/surveys.gpkg|layername=second", "x", "ogr").featureCount() == 2


def test_a_database_that_refuses_the_stations_leaves_no_other_result(engine, run, survey, feedback, tmp_path):
    def outputs(job, folder):
        Path(job["residual"]).write_text("a raster")
        return {**hands_over({"stations": station_columns()})(job, folder), "residual": job["residual"]}

    engine.outputs = outputs
    residual = tmp_path / "residual.tif"
    place = 'postgres:dbname=\'nowhere\' host=localhost port=1 table="public"."stations" (geom)'
    assert not run("gravitymisfit", **survey, RESIDUAL=str(residual), STATIONS=place)[1]
    assert feedback.errors[0].startswith("STATIONS: ") and feedback.errors[0].endswith(". Choose another place.")
    assert not residual.exists()


def test_stations_have_the_crs_that_the_result_names(engine, run, survey, project, context):
    columns = Columns(station_columns().numbers, None)
    wkt = QgsCoordinateReferenceSystem("EPSG:32633").toWkt()
    engine.outputs = hands_over({"stations": columns}, crs=wkt)
    results, _ = run("gravitymisfit", **survey, STATIONS="memory:")
    layer = QgsProcessingUtils.mapLayerFromString(results["STATIONS"], context)
    assert layer.crs().authid() == "EPSG:32633"


def test_scores_are_a_table_with_texts(engine, run, survey, context):
    numbers = {"damping": array("d", [0.1, 1.0]), "iterations": array("d", [3.0, NAN])}
    scores = Columns(numbers, None, {"stop_reason": ["objective", "error"]})
    engine.outputs = hands_over({"scores": scores}, best_damping=0.1)
    values = {**survey, "TEST_FIELD": "height", "SCORES": "memory:"}
    results, succeeded = run("dampingcrossvalidation", **values)
    assert succeeded
    layer = QgsProcessingUtils.mapLayerFromString(results["SCORES"], context)
    assert not layer.isSpatial()
    rows = [row.attributes() for row in layer.getFeatures()]
    assert rows == [[0.1, 3, "objective"], [1.0, NULL, "error"]]


def test_figures_are_outputs_and_those_that_are_absent_are_left_out(engine, run, survey):
    engine.outputs = {"rms_misfit": 0.25, "iterations": 3, "stop_reason": "objective", "relief_rmse": None}
    results, _ = run("invertrelief", **survey, INVERTED_RELIEF="TEMPORARY_OUTPUT")
    assert results["RMS_MISFIT"] == 0.25 and results["ITERATIONS"] == 3
    assert results["STOP_REASON"] == "objective"
    assert "RELIEF_RMSE" not in results


@pytest.fixture()
def invert_and_load(engine, provider, survey, context, feedback, project, processing):
    """An inversion as the dialog runs it: in a background task, its results loaded by Processing itself."""
    postprocessing = processing("processing.gui.Postprocessing")

    def outputs(job, folder):
        raster_file(job["inverted_relief"], [[100.0, 200, 300], [400, 500, 600]])
        raster_file(job["residual"], [[-1.0, 0, 4], [0.5, 0.25, 1]])
        found = hands_over({"stations": station_columns()})(job, folder)
        return {**found, "inverted_relief": job["inverted_relief"], "residual": job["residual"]}

    engine.outputs = outputs
    wanted = {
        name: QgsProcessingOutputLayerDefinition("TEMPORARY_OUTPUT", project)
        for name in ("INVERTED_RELIEF", "RESIDUAL", "STATIONS")
    }
    algorithm = provider.algorithm("invertrelief").create()
    task = QgsProcessingAlgRunnerTask(algorithm, {**survey, **wanted}, context, feedback)
    done = []
    task.executed.connect(lambda succeeded, results: done.append(succeeded))
    QgsApplication.taskManager().addTask(task)
    while not done:
        QgsApplication.processEvents()
    assert done == [True], feedback.errors
    assert postprocessing.handleAlgorithmResults(algorithm, context, feedback) in (True, None)
    return project


def test_layers_are_loaded_under_readable_names_in_one_group(invert_and_load):
    group = invert_and_load.layerTreeRoot().findGroup("GravRelief: Invert relief")
    assert {node.name() for node in group.findLayers()} == {
        "Inverted relief (m)",
        "Residual gravity (mGal)",
        "Stations with residuals (mGal)",
    }
    assert group.findLayers()[0].name() == "Stations with residuals (mGal)", "points lie above rasters"
    names = [node.name() for node in invert_and_load.layerTreeRoot().findLayers()]
    assert len(names) == len(set(names)), "moved into the group, not copied"


def test_layers_are_loaded_in_their_colours(invert_and_load):
    [relief] = invert_and_load.mapLayersByName("Inverted relief (m)")
    assert (relief.renderer().classificationMin(), relief.renderer().classificationMax()) == (100, 600)
    [residual] = invert_and_load.mapLayersByName("Residual gravity (mGal)")
    assert residual.renderer().classificationMin() == -residual.renderer().classificationMax() == -4
    [stations] = invert_and_load.mapLayersByName("Stations with residuals (mGal)")
    assert stations.renderer().classAttribute() == "residual"


def test_post_processors_outlive_the_run(invert_and_load):
    assert {dresser.style for dresser in Dresser.living.values()} >= {"relief", "difference", "residual"}


def test_the_diverging_ramp_is_white_at_zero_and_reaches_as_far_on_either_side(tmp_path, project):
    layer = QgsRasterLayer(raster_file(tmp_path / "x.tif", [[-1.0, 0, 9], [0, 2, 3]]), "x")
    styles.difference(layer)
    items = layer.renderer().shader().rasterShaderFunction().colorRampItemList()
    assert [item.value for item in items] == pytest.approx([-9, -6, -3, 0, 3, 6, 9])
    assert items[3].color.name() == styles.DIVERGING[3]
    shaded = layer.renderer().block(1, layer.extent(), 3, 2)
    assert QColor(shaded.color(0, 1)).lightness() > 240


def test_stations_are_coloured_symmetrically_and_the_outermost_classes_are_open(project):
    layer = point_layer([(0.0, 0.0, -1.0), (1.0, 0.0, 3.0), (2.0, 0.0, None)], "residual:double")
    styles.residual(layer)
    ranges = layer.renderer().ranges()
    assert len(ranges) == 9
    assert ranges[4].lowerValue() == pytest.approx(-ranges[4].upperValue())
    assert ranges[0].upperValue() == pytest.approx(-ranges[8].lowerValue())
    assert ranges[0].symbol().color().name() == styles.DIVERGING[0]
    assert ranges[8].symbol().color().name() == styles.DIVERGING[-1]
    assert ranges[0].lowerValue() < -1e9 and ranges[8].upperValue() > 1e9


def test_a_raster_of_one_value_and_stations_without_values_can_be_styled(tmp_path, project):
    layer = QgsRasterLayer(raster_file(tmp_path / "x.tif", [[5.0, 5, 5], [5, 5, 5]]), "x")
    styles.relief(layer)
    assert layer.renderer().classificationMin() < 5 < layer.renderer().classificationMax()
    empty = point_layer([(0.0, 0.0, None)], "residual:double")
    styles.residual(empty)
    assert len(empty.renderer().ranges()) == 9


def test_where_the_relief_rests_on_data_is_told_in_two_classes(tmp_path, project):
    layer = QgsRasterLayer(raster_file(tmp_path / "support.tif", [[1.0, 0, -9999]], nodata=-9999), "support")
    styles.support(layer)
    classes = layer.renderer().classes()
    assert {kind.value: kind.label for kind in classes} == {1: "rests on data", 0: "follows from the penalty alone"}
    assert classes[0].color != classes[1].color
