"""Where things lie: an extent that is a layer's, local grids, NetCDF axes, vertical systems, rasters that none can read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from gravrelief.plugin.engine.columns import read_columns
from gravrelief.plugin.engine.export import PointExport, RasterExport, whole_crs
from osgeo import gdal, ogr, osr
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsProcessingFeatureSource,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingFeedback,
    QgsProperty,
    QgsRasterLayer,
    QgsVectorLayer,
)

from .conftest import point_layer
from .files import point_file, points_in, raster_file, raster_in

MISFIT = {"MISFIT": "TEMPORARY_OUTPUT"}
COMPOUND = "EPSG:32633+6360"


@pytest.fixture()
def box(project, tmp_path) -> QgsRasterLayer:
    """A raster of 3 x 2 cells of 500 m from 1000 east, 2000 south of zero, in the project."""
    layer = QgsRasterLayer(raster_file(tmp_path / "box.tif", [[1.0, 2, 3], [4, 5, 6]]), "my box")
    project.addMapLayer(layer)
    return layer


GIVEN = {
    "layer": lambda layer: layer,
    "id": lambda layer: layer.id(),
    "name": lambda layer: layer.name(),
    "file": lambda layer: layer.source(),
    "expression": lambda layer: QgsProperty.fromExpression(f"'{layer.id()}'"),
}


@pytest.mark.parametrize("how", GIVEN)
def test_an_extent_that_is_a_layer_travels_as_its_edges(engine, run, survey, box, how):
    run("gravitymisfit", **{**survey, "EXTENT": GIVEN[how](box)}, **MISFIT)
    assert engine.job["extent"] == {"bounds": [1000, 2500, -3000, -2000], "edges": True}


def test_an_extent_that_is_a_point_layer_travels_as_its_edges_too(engine, run, survey, project):
    wells = point_layer([(200.0, 100.0, 1.0, 0.0), (900.0, 700.0, 1.0, 0.0)])
    project.addMapLayer(wells)
    for extent in (wells, wells.id(), QgsProcessingFeatureSourceDefinition(wells.id(), False)):
        run("gravitymisfit", **{**survey, "EXTENT": extent}, **MISFIT)
        assert engine.job["extent"] == {"bounds": [200, 900, 100, 700], "edges": True}


@pytest.mark.parametrize(
    "text", ["1000,2500,-3000,-2000", " 1000, 2500,-3000,-2000 [EPSG:3031]", "1e3,2.5e3,-3e3,-2e3"]
)
def test_numbers_are_centres(engine, run, survey, box, text):
    run("gravitymisfit", **{**survey, "EXTENT": text}, **MISFIT)
    assert engine.job["extent"] == [1000, 2500, -3000, -2000]


@pytest.fixture()
def complaint(provider, context):
    def complaint(name, **values):
        return provider.algorithm(name).create().checkParameterValues(values, context)[1]

    return complaint


def test_layers_without_a_system_are_taken_on_a_local_grid(complaint, engine, run, tmp_path):
    start = QgsRasterLayer(raster_file(tmp_path / "start.tif", [[1.0, 2, 3], [4, 5, 6]], epsg=None), "start")
    start.setCrs(QgsCoordinateReferenceSystem())
    points = QgsVectorLayer(point_file(tmp_path / "pit.gpkg", ["gravity"], [(1200.0, -2300.0, 1.0)], None), "pit")
    values = {"GRAVITY": points, "GRAVITY_FIELD": "gravity", "HEIGHT": 100, "STARTING_RELIEF": start, **MISFIT}
    assert "no coordinate reference system" in complaint("gravitymisfit", **values)
    assert "turn LOCAL_GRID on" in complaint("gravitymisfit", **values)
    assert complaint("gravitymisfit", **values, LOCAL_GRID=True) == ""
    run("gravitymisfit", **values, LOCAL_GRID=True)
    assert engine.job["local_grid"] is True and engine.job["starting_relief"]["crs"] is None
    assert engine.points["gravity"].crs is None


def test_complex_numbers_and_sizes_without_end_are_refused(complaint, tmp_path):
    number = raster_file(tmp_path / "complex.tif", np.ones((2, 3)), gdal.GDT_CFloat32)
    assert "'complex' holds complex numbers" in complaint(
        "forwardgravity", RELIEF=number, HEIGHT=1, PREDICTED="memory:"
    )
    sparse = str(tmp_path / "sparse.tif")
    options = ["SPARSE_OK=TRUE", "TILED=YES", "BIGTIFF=YES"]
    dataset = gdal.GetDriverByName("GTiff").Create(sparse, 200_000, 200_000, 1, gdal.GDT_Byte, options)
    dataset.SetGeoTransform([0.0, 1.0, 0.0, 0.0, 0.0, -1.0])
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(3031)
    dataset.SetProjection(reference.ExportToWkt())
    dataset = None
    said = complaint("forwardgravity", RELIEF=sparse, HEIGHT=1, PREDICTED="memory:")
    assert "'sparse' has 200000 x 200000 cells, and at most 1e+08 can be read. Cut it" in said


def netcdf_file(path: Path, values, easting, northing, unit: str) -> str:
    """A NetCDF grid (rows from the south) in UTM zone 33N, its axes in a unit."""
    root = gdal.GetDriverByName("netCDF").CreateMultiDimensional(str(path)).GetRootGroup()
    axes = {}
    for name, places in (("y", northing), ("x", easting)):
        axes[name] = root.CreateDimension(name, None, None, len(places))
        axis = root.CreateMDArray(name, [axes[name]], gdal.ExtendedDataType.Create(gdal.GDT_Float64))
        axis.Write(np.asarray(places, float))
        for key, text in (("standard_name", f"projection_{name}_coordinate"), ("units", unit)):
            axis.CreateAttribute(key, [], gdal.ExtendedDataType.CreateString()).Write(text)
    band = root.CreateMDArray("z", [axes["y"], axes["x"]], gdal.ExtendedDataType.Create(gdal.GDT_Float64))
    band.Write(np.asarray(values, float))
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(32633)
    band.SetSpatialRef(reference)
    return str(path)


EASTING, NORTHING = 400_000.0 + 1000.0 * np.arange(8), 5_500_000.0 + 1000.0 * np.arange(6)


def test_a_netcdf_file_travels_by_its_own_name(engine, run, project, tmp_path):
    path = netcdf_file(tmp_path / "km.nc", np.ones((6, 8)), EASTING / 1000, NORTHING / 1000, "km")
    layer = QgsRasterLayer(path, "km")
    value = RasterExport(layer, 1).write(tmp_path, "relief", QgsProcessingFeedback())
    assert (value["path"], value["crs"]) == (path, "EPSG:32633") and not (tmp_path / "relief.tif").exists()
    named = QgsRasterLayer(f'NETCDF:"{path}":z', "z")
    assert RasterExport(named, 1).write(tmp_path, "relief", QgsProcessingFeedback())["path"] == f'NETCDF:"{path}":z'


def reference_of(compound: str) -> osr.SpatialReference:
    reference = osr.SpatialReference()
    reference.SetFromUserInput(compound)
    return reference


def test_the_vertical_part_of_a_files_system_travels_though_qgis_drops_it(project, context, tmp_path, feedback):
    path = raster_file(tmp_path / "feet.tif", [[1.0, 2, 3], [4, 5, 6]])
    dataset = gdal.Open(path, gdal.GA_Update)
    dataset.SetProjection(reference_of(COMPOUND).ExportToWkt())
    dataset = None
    layer = QgsRasterLayer(path, "feet")
    value = RasterExport(layer, 1).write(tmp_path, "relief", QgsProcessingFeedback())
    assert "NAVD88 height (ftUS)" in value["crs"] and value["unit"] == "US survey foot"
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:32634"))
    assert RasterExport(layer, 1).write(tmp_path, "relief", QgsProcessingFeedback())["crs"] == "EPSG:32634"

    source = ogr.GetDriverByName("GPKG").CreateDataSource(str(tmp_path / "points.gpkg"))
    table = source.CreateLayer("wells", reference_of(COMPOUND), ogr.wkbPoint)
    table.CreateField(ogr.FieldDefn("top", ogr.OFTReal))
    feature = ogr.Feature(table.GetLayerDefn())
    feature.SetGeometry(ogr.CreateGeometryFromWkt("POINT (400000 5500000)"))
    table.CreateFeature(feature)
    source = table = feature = None
    points = QgsVectorLayer(f"{tmp_path / 'points.gpkg'}|layername=wells", "wells")
    export = PointExport(QgsProcessingFeatureSource(points, context), ["top"], whole_crs(points))
    assert "NAVD88 height (ftUS)" in read_columns(tmp_path / export.write(tmp_path, "known_points", feedback)).crs


def survey_files(folder: Path) -> dict:
    """Stations over a hill and the parameters of its gravity."""
    rows = [(float(x), float(y), 0.1 * i) for i, x in enumerate(EASTING[1:-1]) for y in NORTHING[1:-1]]
    return {
        "GRAVITY": point_file(folder / "stations.gpkg", ["gravity"], rows, 32633),
        "GRAVITY_FIELD": "gravity",
        "HEIGHT": 300,
        "REGIONAL": 0,
        "MISFIT": folder / "misfit.tif",
        "STATIONS": folder / "out.gpkg",
    }


def test_axes_in_km_and_heights_in_feet_through_qgis(command_line, tmp_path):
    """The gravity of the start is that of the same relief in metres, and the log tells what was converted."""
    hill = -1000.0 + 300.0 * np.exp(-((np.arange(8) - 3.5) ** 2))[None, :] * np.ones((6, 1))
    metres = raster_file(tmp_path / "metres.tif", hill[::-1], epsg=32633, place=(399_500.0, 5_505_500.0, 1000.0))
    km = netcdf_file(tmp_path / "km.nc", hill, EASTING / 1000, NORTHING / 1000, "km")
    feet = raster_file(tmp_path / "feet.tif", hill[::-1] / 0.3048, epsg=32633, place=(399_500.0, 5_505_500.0, 1000.0))
    dataset = gdal.Open(feet, gdal.GA_Update)
    dataset.GetRasterBand(1).SetUnitType("ft")
    dataset = None
    found = {}
    for name, start in (("metres", metres), ("km", km), ("feet", feet)):
        values = {**survey_files(tmp_path), "STARTING_RELIEF": start}
        done = command_line.run("gravrelief:gravitymisfit", values)
        assert done.code == 0, done.text
        assert ("is in km" in done.text, "the heights are in ft" in done.text) == (name == "km", name == "feet")
        found[name] = [row["predicted"] for row in points_in(tmp_path / "out.gpkg")]
        assert raster_in(tmp_path / "misfit.tif").shape == (6, 8)
    np.testing.assert_allclose(found["km"], found["metres"], atol=1e-9)
    np.testing.assert_allclose(found["feet"], found["metres"], atol=1e-9)


def test_a_grid_of_a_layers_edges_and_a_local_one_through_qgis(command_line, tmp_path):
    place = (399_500.0, 5_505_500.0, 1000.0)
    box = raster_file(tmp_path / "box.tif", np.ones((6, 8)), epsg=32633, place=place)
    values = {**survey_files(tmp_path), "EXTENT": box, "SPACING": 1000}
    done = command_line.run("gravrelief:gravitymisfit", values)
    assert done.code == 0 and "outer edges" in done.text, done.text
    assert gdal.Open(str(tmp_path / "misfit.tif")).GetGeoTransform() == gdal.Open(box).GetGeoTransform()

    bare = raster_file(tmp_path / "bare.tif", -1000.0 * np.ones((6, 8)), epsg=None, place=place)
    (tmp_path / "pit").mkdir()
    values = {**survey_files(tmp_path / "pit"), "STARTING_RELIEF": bare, "LOCAL_GRID": "true"}
    rows = [(float(x), float(y), 1.0) for x in EASTING[1:-1] for y in NORTHING[1:-1]]
    values["GRAVITY"] = point_file(tmp_path / "pit" / "bare.gpkg", ["gravity"], rows, None)
    done = command_line.run("gravrelief:gravitymisfit", values)
    assert done.code == 0, done.text
    assert "Local grid (m)" in gdal.Open(str(tmp_path / "pit" / "misfit.tif")).GetProjection()
