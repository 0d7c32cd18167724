"""Polygons of free cells on their way to the engine: their shape, their CRS and the selection."""

from __future__ import annotations

import json
from math import pi

import pytest
from gravrelief.plugin.engine.export import PolygonExport
from osgeo import ogr
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsGeometry,
    QgsProcessingFeatureSource,
    QgsProcessingFeatureSourceDefinition,
    QgsVectorLayer,
)

from .conftest import point_layer
from .files import raster_file

SQUARE = "Polygon((0 0, 1000.125 0, 1000.125 1000, 0 1000, 0 0),(10 10, 20 10, 20 20, 10 10))"
PAIR = "MultiPolygon(((0 0, 1 0, 1 1, 0 0)),((5 5, 6 5, 6 6, 5 5)))"
CIRCLE = "CurvePolygon(CircularString(0 0, 100 100, 200 0, 100 -100, 0 0))"


def polygon_layer(*shapes, kind="Polygon", crs="EPSG:3031"):
    """A memory layer with a feature for each WKT; None for no geometry."""
    layer = QgsVectorLayer(f"{kind}?crs={crs}&field=name:string", "window", "memory")
    for shape in shapes:
        feature = QgsFeature(layer.fields())
        if shape is not None:
            feature.setGeometry(QgsGeometry.fromWkt(shape))
        layer.dataProvider().addFeature(feature)
    return layer


@pytest.fixture()
def exported(context, feedback, tmp_path):
    """The GeoJSON that a layer becomes."""

    def exported(layer):
        name = PolygonExport(QgsProcessingFeatureSource(layer, context)).write(tmp_path, "free_cells", feedback)
        assert name == "free_cells.geojson"
        return json.loads((tmp_path / name).read_text(encoding="utf-8"))

    return exported


def test_rings_and_holes_arrive_exactly_and_the_crs_is_named(exported):
    written = exported(polygon_layer(SQUARE))
    (feature,) = written["features"]
    assert feature["geometry"] == {
        "type": "Polygon",
        "coordinates": [
            [[0, 0], [1000.125, 0], [1000.125, 1000], [0, 1000], [0, 0]],
            [[10, 10], [20, 10], [20, 20], [10, 10]],
        ],
    }
    assert written["crs"] == {"type": "name", "properties": {"name": "EPSG:3031"}}


def test_no_digit_of_a_coordinate_is_lost(exported):
    layer = polygon_layer(None)
    feature = QgsFeature(layer.fields())
    feature.setGeometry(QgsGeometry.fromWkt(f"Polygon(({1 / 3!r} {-2e6 / 3!r}, 1 0, 1 1, {1 / 3!r} {-2e6 / 3!r}))"))
    layer.dataProvider().addFeature(feature)
    assert exported(layer)["features"][0]["geometry"]["coordinates"][0][0] == [1 / 3, -2e6 / 3]


def test_several_parts_and_heights_arrive_and_features_without_a_shape_do_not(exported):
    layer = polygon_layer(PAIR, None, kind="MultiPolygon")
    (feature,) = exported(layer)["features"]
    assert feature["geometry"]["type"] == "MultiPolygon" and len(feature["geometry"]["coordinates"]) == 2
    high = exported(polygon_layer("PolygonZ((0 0 7, 1 0 7, 1 1 7, 0 0 7))", kind="PolygonZ"))
    assert [position[:2] for position in high["features"][0]["geometry"]["coordinates"][0]][1] == [1, 0]


@pytest.mark.parametrize(
    ("shape", "kind"), [(CIRCLE, "CurvePolygon"), (f"MultiSurface({CIRCLE})", "MultiSurface")], ids=["one", "multi"]
)
def test_a_curve_becomes_a_fine_chain_of_chords(exported, shape, kind):
    (feature,) = exported(polygon_layer(shape, kind=kind))["features"]
    assert feature["geometry"]["type"] in ("Polygon", "MultiPolygon")
    area = ogr.CreateGeometryFromJson(json.dumps(feature["geometry"])).GetArea()
    assert area == pytest.approx(pi * 100**2, rel=1e-3)


def test_a_crs_without_a_code_is_named_by_wkt_and_none_is_not_named(exported):
    layer = polygon_layer(SQUARE)
    made_up = QgsCoordinateReferenceSystem.fromProj("+proj=stere +lat_0=-90 +lon_0=77 +datum=WGS84")
    layer.setCrs(made_up)
    named = exported(layer)["crs"]["properties"]["name"]
    assert QgsCoordinateReferenceSystem.fromWkt(named) == made_up
    layer.setCrs(QgsCoordinateReferenceSystem())
    assert "crs" not in exported(layer)


def test_a_cancel_ends_the_export(exported, feedback):
    feedback.cancel()
    with pytest.raises(Exception, match="cancelled"):
        exported(polygon_layer(SQUARE))


@pytest.fixture()
def window(project):
    """Two polygons in the project, the second selected."""
    layer = polygon_layer(SQUARE, "Polygon((0 0, 1 0, 1 1, 0 0))")
    project.addMapLayer(layer)
    layer.selectByIds([2])
    return layer


@pytest.fixture()
def received(engine, run, survey, tmp_path):
    """The polygons that the engine finds beside the job, by the number of positions of their first rings."""

    def received(**values):
        found = []

        def note(job, folder):
            written = json.loads((folder / job["free_cells"]).read_text(encoding="utf-8"))
            found.extend(len(feature["geometry"]["coordinates"][0]) for feature in written["features"])
            return {}

        engine.outputs = note
        run("invertrelief", **survey, **values, INVERTED_RELIEF=str(tmp_path / "inverted.tif"))
        return found

    return received


def test_all_polygons_travel_or_those_selected_where_that_is_asked(received, window):
    assert received(FREE_CELLS=window) == [5, 4]
    assert received(FREE_CELLS=window, FREE_SELECTED_ONLY=True) == [4]


def test_a_selection_of_polygons_given_as_scripts_give_it_counts_and_leaves_the_stations_whole(
    received, engine, window
):
    assert received(FREE_CELLS=QgsProcessingFeatureSourceDefinition(window.id(), True)) == [4]
    assert engine.points["gravity"].count == 3


def test_free_cells_may_still_be_a_raster(engine, run, survey, tmp_path):
    path = raster_file(tmp_path / "free.tif", [[1.0, 0], [0, 1]])
    run("invertrelief", **survey, FREE_CELLS=path, INVERTED_RELIEF=str(tmp_path / "inverted.tif"))
    assert engine.job["free_cells"]["path"] == "free_cells.tif"
    assert "free_selected_only" not in engine.job


def test_layers_that_are_no_polygons_are_refused(provider, context, project, survey, window):
    def complaint(layer, **values):
        values = {**survey, "INVERTED_RELIEF": "TEMPORARY_OUTPUT", "FREE_CELLS": layer, **values}
        return provider.algorithm("invertrelief").create().checkParameterValues(values, context)[1]

    soundings = point_layer([(0.0, 0.0, 1.0, 2.0)])
    project.addMapLayer(soundings)
    assert "FREE_CELLS: 'stations' has no polygons and is no raster. Choose a polygon layer" in complaint(soundings)
    assert "'/nowhere.shp' can't be opened. Choose a polygon layer or a raster layer" in complaint("/nowhere.shp")
    window.removeSelection()
    assert "nothing is selected in 'window'. Select polygons" in complaint(window, FREE_SELECTED_ONLY=True)
    assert complaint(window) == ""
