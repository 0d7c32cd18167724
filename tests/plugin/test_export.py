"""What reaches the engine is what QGIS shows: no value is changed on the way."""

from __future__ import annotations

from math import isnan
from pathlib import Path

import numpy as np
import pytest
from gravrelief.plugin.engine.columns import read_columns
from gravrelief.plugin.engine.export import PointExport, RasterExport, crs_text
from osgeo import gdal
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsGeometry,
    QgsProcessingException,
    QgsProcessingFeatureSource,
    QgsProcessingFeedback,
    QgsRasterLayer,
    QgsRasterRange,
    QgsVectorLayer,
)

from .files import raster_file

KINDS = {
    "uint8": (gdal.GDT_Byte, [0, 1, 254, 255, 7, 9]),
    "int16": (gdal.GDT_Int16, [-32768, -1, 0, 1, 32767, 5]),
    "uint16": (gdal.GDT_UInt16, [0, 1, 2, 65535, 65534, 5]),
    "int32": (gdal.GDT_Int32, [-(2**31), -1, 0, 2**31 - 1, 16777217, 5]),
    "uint32": (gdal.GDT_UInt32, [0, 1, 2, 2**32 - 1, 16777217, 5]),
    "float32": (gdal.GDT_Float32, [0.1, -3.4e38, np.nan, 1e-30, 5.0, 7.0]),
    "float64": (gdal.GDT_Float64, [0.1, -1.7e308, np.nan, 1 / 3, 5.0, 7.0]),
}


@pytest.fixture()
def exported(tmp_path, feedback):
    """Export a band of a layer; the job's value and the file's bands as GDAL reads them."""

    def exported(layer, band=1):
        (tmp_path / "out").mkdir()
        value = RasterExport(layer, band).write(tmp_path / "out", "relief", feedback)
        dataset = gdal.Open(str(tmp_path / "out" / value["path"]))
        return value, dataset

    return exported


@pytest.mark.parametrize("kind", KINDS)
def test_a_raster_of_any_kind_arrives_bit_by_bit(tmp_path, project, exported, kind):
    code, numbers = KINDS[kind]
    values = np.array(numbers, dtype=kind).reshape(2, 3)
    layer = QgsRasterLayer(raster_file(tmp_path / "in.tif", values, code, nodata=5), "in")
    value, dataset = exported(layer)
    assert dataset.GetRasterBand(1).DataType == code
    assert dataset.ReadAsArray().tobytes() == values.tobytes()
    assert dataset.GetRasterBand(1).GetNoDataValue() == 5
    assert dataset.GetGeoTransform() == (1000.0, 500.0, 0.0, -2000.0, 0.0, -500.0)
    assert value == {"path": "relief.tif", "band": 1, "nodata": [], "use_nodata": True, "crs": "EPSG:3031"}


def test_a_raster_that_is_cut_short_is_refused(tmp_path, project, exported):
    path = Path(raster_file(tmp_path / "half.tif", np.ones((300, 250))))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(QgsProcessingException, match=r"RELIEF: the values of 'half' can't be read.*Give a whole copy"):
        exported(QgsRasterLayer(str(path), "half"))


def test_nodata_that_only_qgis_knows_travels_beside_the_raster(tmp_path, project, exported):
    layer = QgsRasterLayer(raster_file(tmp_path / "in.tif", [[1.0, 2, 3], [4, -9999, 6]], nodata=-9999), "in")
    layer.dataProvider().setUseSourceNoDataValue(1, False)
    layer.dataProvider().setUserNoDataValue(1, [QgsRasterRange(3.0, 4.0)])
    value, dataset = exported(layer)
    assert value["use_nodata"] is False
    assert value["nodata"] == [[3.0, 4.0]]
    assert dataset.ReadAsArray().tolist() == [[1, 2, 3], [4, -9999, 6]]
    assert layer.dataProvider().userNoDataValues(1), "the user's layer keeps its settings"


def test_the_band_asked_for_can_be_found_in_the_export(tmp_path, project, exported):
    layer = QgsRasterLayer(raster_file(tmp_path / "in.tif", [[[1, 2, 3], [4, 5, 6]], [[7, 8, 9], [10, 11, 12]]]), "in")
    value, dataset = exported(layer, band=2)
    assert dataset.GetRasterBand(value["band"]).ReadAsArray().tolist() == [[7, 8, 9], [10, 11, 12]]


def test_a_crs_that_the_user_gave_to_the_layer_counts(tmp_path, project, exported):
    layer = QgsRasterLayer(raster_file(tmp_path / "in.tif", [[1.0, 2, 3], [4, 5, 6]]), "in")
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:32633"))
    assert exported(layer)[0]["crs"] == "EPSG:32633"


def test_the_unit_of_the_band_asked_for_travels_beside_the_raster(tmp_path, project, exported):
    path = raster_file(tmp_path / "in.tif", [[[1, 2, 3], [4, 5, 6]], [[7, 8, 9], [10, 11, 12]]])
    dataset = gdal.Open(path, gdal.GA_Update)
    dataset.GetRasterBand(2).SetUnitType("uGal")
    dataset = None
    assert "unit" not in RasterExport(QgsRasterLayer(path, "in"), 1).write(tmp_path, "first", QgsProcessingFeedback())
    assert exported(QgsRasterLayer(path, "in"), band=2)[0]["unit"] == "uGal"


def test_a_crs_without_a_code_is_sent_as_wkt_and_none_as_none(qgis_app):
    made_up = QgsCoordinateReferenceSystem.fromProj("+proj=stere +lat_0=-90 +lon_0=77 +datum=WGS84")
    assert QgsCoordinateReferenceSystem.fromWkt(crs_text(made_up)) == made_up
    assert crs_text(QgsCoordinateReferenceSystem()) is None


def columns_of(layer, fields, folder, feedback, context):
    source = QgsProcessingFeatureSource(layer, context)
    return read_columns(folder / PointExport(source, fields).write(folder, "gravity", feedback))


def test_points_and_their_fields_arrive_exactly_and_null_is_nan(stations, tmp_path, feedback, context):
    columns = columns_of(stations, ["gravity", "height"], tmp_path, feedback, context)
    assert columns.crs == "EPSG:3031"
    assert list(columns.numbers["easting"]) == [0.0, 500.0, 1000.0]
    assert list(columns.numbers["northing"]) == [0.0, 0.25, 0.0]
    assert list(columns.numbers["height"]) == [1000.0, 1000.0, 990.0]
    first, second, third = columns.numbers["gravity"]
    assert (first, third) == (1.5, -2.0) and isnan(second)


def test_whole_number_fields_become_numbers(project, tmp_path, feedback, context):
    layer = QgsVectorLayer("Point?crs=EPSG:3031&field=test:integer&field=count:int8", "x", "memory")
    feature = QgsFeature(layer.fields())
    feature.setAttributes([1, 2**40])
    feature.setGeometry(QgsGeometry.fromWkt("POINT(1 2)"))
    layer.dataProvider().addFeature(feature)
    columns = columns_of(layer, ["test", "count"], tmp_path, feedback, context)
    assert list(columns.numbers["test"]) == [1.0]
    assert list(columns.numbers["count"]) == [float(2**40)]


def test_a_feature_without_a_place_has_nan_for_coordinates(project, tmp_path, feedback, context):
    layer = QgsVectorLayer("Point?crs=EPSG:3031&field=gravity:double", "x", "memory")
    layer.dataProvider().addFeatures([QgsFeature(layer.fields())])
    columns = columns_of(layer, ["gravity"], tmp_path, feedback, context)
    assert isnan(columns.numbers["easting"][0]) and isnan(columns.numbers["northing"][0])


def test_a_multipoint_is_as_many_stations(project, tmp_path, feedback, context):
    layer = QgsVectorLayer("MultiPoint?crs=EPSG:3031&field=gravity:double", "x", "memory")
    feature = QgsFeature(layer.fields())
    feature.setAttributes([3.0])
    feature.setGeometry(QgsGeometry.fromWkt("MULTIPOINT((1 2), (3 4))"))
    layer.dataProvider().addFeature(feature)
    columns = columns_of(layer, ["gravity"], tmp_path, feedback, context)
    assert list(columns.numbers["easting"]) == [1.0, 3.0]
    assert list(columns.numbers["gravity"]) == [3.0, 3.0]


def test_a_field_called_easting_does_not_take_the_place_of_the_coordinates(project, tmp_path, feedback, context):
    layer = QgsVectorLayer("Point?crs=EPSG:3031&field=easting:double", "x", "memory")
    feature = QgsFeature(layer.fields())
    feature.setAttributes([77.0])
    feature.setGeometry(QgsGeometry.fromWkt("POINT(1 2)"))
    layer.dataProvider().addFeature(feature)
    columns = columns_of(layer, ["easting"], tmp_path, feedback, context)
    assert list(columns.numbers["easting"]) == [1.0]
    assert list(columns.numbers["easting (field)"]) == [77.0]


def test_a_cancel_ends_an_export(stations, tmp_path, feedback, context):
    feedback.cancel()
    with pytest.raises(Exception, match="cancelled"):
        columns_of(stations, ["gravity"], tmp_path, feedback, context)
    assert not list(tmp_path.glob("*.json"))
