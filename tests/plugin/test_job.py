"""From the user's answers to the job file, and what becomes of its folder."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from gravrelief.plugin.engine import client, environment
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsProcessingException,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingOutputLayerDefinition,
    QgsRasterLayer,
)

from .files import raster_file
from .test_polygons import polygon_layer


@pytest.fixture()
def temporary(tmp_path, monkeypatch) -> Path:
    """The folder in which job folders are made."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_keys_are_the_parameters_in_lower_case_and_what_is_empty_is_absent(engine, run, survey, tmp_path):
    target = str(tmp_path / "inverted.tif")
    run("invertrelief", **survey, DAMPING=0.25, PENALTY=2, STRICT=True, INVERTED_RELIEF=target)
    job = engine.job
    assert job["task"] == "invertrelief"
    assert (job["damping"], job["penalty"], job["strict"]) == (0.25, 2, True)
    assert (job["gravity_field"], job["height_field"]) == ("gravity", "height")
    assert job["extent"] == [0, 1000, 0, 1000]
    assert job["spacing"] == 500
    assert job["max_iterations"] == 200 and isinstance(job["max_iterations"], int)
    assert job["inverted_relief"] == target
    for absent in ("height", "tolerance", "crs", "starting_relief", "stations", "report", "selected_only"):
        assert absent not in job


def test_only_fields_that_are_asked_for_travel(engine, run, survey, tmp_path):
    run("gravitymisfit", **survey, MISFIT=str(tmp_path / "misfit.tif"))
    assert list(engine.points["gravity"].numbers) == ["easting", "northing", "gravity", "height"]


def test_only_selected_stations_travel_where_that_is_asked(engine, run, survey, stations, tmp_path):
    stations.selectByIds([1, 3])
    run("gravitymisfit", **survey, SELECTED_ONLY=True, MISFIT=str(tmp_path / "misfit.tif"))
    assert sorted(engine.points["gravity"].numbers["easting"]) == [0.0, 1000.0]
    run("gravitymisfit", **survey, MISFIT=str(tmp_path / "misfit.tif"))
    assert engine.points["gravity"].count == 3


def test_a_selection_given_as_models_and_scripts_give_it_counts_too(engine, run, survey, stations, tmp_path):
    stations.selectByIds([3])
    survey["GRAVITY"] = QgsProcessingFeatureSourceDefinition(stations.id(), True)
    run("gravitymisfit", **survey, MISFIT=str(tmp_path / "misfit.tif"))
    assert list(engine.points["gravity"].numbers["easting"]) == [1000.0]


def test_points_of_a_feature_source_parameter_obey_its_selection(engine, run, stations, project, tmp_path):
    relief = QgsRasterLayer(raster_file(tmp_path / "relief.tif", [[1.0, 2, 3], [4, 5, 6]]), "relief")
    project.addMapLayer(relief)
    stations.selectByIds([2])
    selection = QgsProcessingFeatureSourceDefinition(stations.id(), True)
    run("forwardgravity", RELIEF=relief, STATIONS=selection, HEIGHT_FIELD="height", PREDICTED="memory:")
    assert list(engine.points["stations"].numbers["easting"]) == [500.0]
    assert engine.job["predicted"] == "predicted.columns.json"


def test_a_gravity_raster_travels_with_its_band(engine, run, project, tmp_path):
    path = raster_file(tmp_path / "gravity.tif", [[[1.0, 2, 3], [4, 5, 6]], [[7.0, 8, 9], [10, 11, 12]]])
    grid = {"EXTENT": "0,1000,0,1000", "SPACING": 500, "HEIGHT": 1000}
    run("gravitymisfit", GRAVITY=path, GRAVITY_BAND=2, **grid, MISFIT=str(tmp_path / "misfit.tif"))
    assert engine.job["gravity"]["band"] == 2
    assert engine.job["height"] == 1000


def test_an_extent_in_another_crs_is_brought_into_the_grids(engine, run, survey, tmp_path):
    survey["EXTENT"] = "-45,45,-89.99,-89.98 [EPSG:4326]"
    run("gravitymisfit", **survey, CRS="EPSG:3031", MISFIT=str(tmp_path / "misfit.tif"))
    west, east, south, north = engine.job["extent"]
    assert west < -700 and east > 700 and 0 < south < north < 2300
    assert engine.job["crs"] == "EPSG:3031"


def test_an_extent_without_a_crs_is_in_the_grids_whatever_the_project_has(engine, run, survey, project, tmp_path):
    project.setCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
    run("gravitymisfit", **survey, MISFIT=str(tmp_path / "misfit.tif"))
    assert engine.job["extent"] == [0, 1000, 0, 1000]


def test_a_density_law_travels_as_it_is_and_its_table_by_its_whole_path(engine, run, survey, tmp_path, monkeypatch):
    target = str(tmp_path / "misfit.tif")
    run("gravitymisfit", **survey, DENSITY_LAW="exponential:500,2000", DENSITY_DATUM=-20, MISFIT=target)
    assert (engine.job["density_law"], engine.job["density_datum"]) == ("exponential:500,2000", -20)
    monkeypatch.chdir(tmp_path)
    Path("law.csv").write_text("depth,contrast\n0,500\n3000,100\n")
    run("gravitymisfit", **survey, DENSITY_LAW="table: law.csv", MISFIT=target)
    assert engine.job["density_law"] == f"table:{tmp_path / 'law.csv'}"
    assert "density_datum" not in engine.job


def test_a_raster_path_without_suffix_becomes_a_geotiff(engine, run, survey, tmp_path):
    run("invertrelief", **survey, INVERTED_RELIEF=str(tmp_path / "inverted"))
    assert engine.job["inverted_relief"] == str(tmp_path / "inverted.tif")


def test_a_relative_path_is_meant_from_the_working_directory(engine, run, survey, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    files = {"INVERTED_RELIEF": "inverted.tif", "RESIDUAL": "./residual", "REPORT": "out/report.html"}
    assert run("invertrelief", **survey, **files)[1]
    assert engine.job["inverted_relief"] == str(tmp_path / "inverted.tif")
    assert engine.job["residual"] == str(tmp_path / "residual.tif")
    assert engine.job["report"] == str(tmp_path / "out" / "report.html")
    assert run("dampingcrossvalidation", **survey, SPLIT=3, STUDY="study.log")[1]
    assert engine.job["study"] == str(tmp_path / "study.log")


def test_a_relative_path_that_is_to_be_loaded_is_loaded_by_its_whole_path(
    engine, run, survey, context, project, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    engine.outputs = lambda job, folder: {"inverted_relief": job["inverted_relief"]}
    wanted = QgsProcessingOutputLayerDefinition("inverted.tif", project)
    results, _ = run("invertrelief", **survey, INVERTED_RELIEF=wanted)
    assert results["INVERTED_RELIEF"] == str(tmp_path / "inverted.tif")
    assert list(context.layersToLoadOnCompletion()) == [str(tmp_path / "inverted.tif")]
    assert wanted.sink.staticValue() == "inverted.tif", "the caller's value is left alone"


def test_the_jobs_folder_goes_after_success(engine, run, survey, temporary):
    assert run("gravitymisfit", **survey)[1]
    assert engine.folder.parent == temporary
    assert not list(temporary.iterdir())


def test_messages_name_the_layers_and_not_the_files_they_were_exported_to(
    engine, run, survey, feedback, project, tmp_path
):
    path = raster_file(tmp_path / "x.tif", [[1.0, 2, 3], [4, 5, 6]])
    window = polygon_layer("Polygon((0 0, 1000 0, 1000 1000, 0 0))")
    project.addMapLayer(window)

    def refuse(job, folder):
        files = [folder / job["gravity"], folder.resolve() / job["starting_relief"]["path"], folder / job["free_cells"]]
        return client.EngineError("input", "{} is far from {}, and {} holds nothing.".format(*files), "FREE_CELLS")

    engine.outputs = refuse
    survey["STARTING_RELIEF"] = QgsRasterLayer(path, "bed of the bay")
    project.addMapLayer(survey["STARTING_RELIEF"])
    assert not run("invertrelief", **survey, FREE_CELLS=window, INVERTED_RELIEF="TEMPORARY_OUTPUT")[1]
    words = "'stations' is far from 'bed of the bay', and 'window' holds nothing."
    assert f"FREE_CELLS: {words}" in feedback.errors[0]


@pytest.mark.parametrize("kind", ["input", "cancelled", "setup"])
def test_the_jobs_folder_goes_after_an_error_of_the_users(engine, run, survey, feedback, temporary, kind):
    engine.outputs = client.EngineError(kind, "The relief has 3 empty cells.", "STARTING_RELIEF")
    _, succeeded = run("gravitymisfit", **survey)
    assert not succeeded
    assert "STARTING_RELIEF: The relief has 3 empty cells." in feedback.errors[0]
    assert not list(temporary.iterdir())


def test_the_jobs_folder_stays_and_is_named_after_a_fault_of_ours(engine, run, survey, feedback, temporary):
    engine.outputs = client.EngineError("internal", "Something broke.", None, "/logs/engine.log")
    _, succeeded = run("gravitymisfit", **survey)
    assert not succeeded
    assert "/logs/engine.log" in feedback.errors[0]
    assert str(engine.folder) in feedback.errors[0]
    assert (engine.folder / "job.json").is_file()


def test_a_missing_engine_stops_the_toolbox_and_any_other_run(provider, run, survey, feedback, monkeypatch):
    absent = environment.Status(False, None, "folder", "The engine is not set up. Run 'Set up the engine'.")
    monkeypatch.setattr(environment, "status", lambda: absent)
    can, reason = provider.algorithm("gravitymisfit").canExecute()
    assert not can and "Set up the engine" in reason
    assert provider.algorithm("setupengine").canExecute()[0]
    assert not run("gravitymisfit", **survey)[1]
    assert "Set up the engine" in feedback.errors[0]


def test_a_run_from_a_model_is_checked_although_nobody_asked_for_it(engine, run, survey, feedback):
    survey["DENSITY_CONTRAST"] = 0
    assert not run("gravitymisfit", **survey)[1]
    assert "DENSITY_CONTRAST is 0" in feedback.errors[0]
    assert engine.job == {}


def test_setting_up_hands_on_lines_and_progress_and_reports(provider, context, feedback, monkeypatch, tmp_path):
    seen = {}

    def setup(python, wheels, proxy, on_line, on_progress, is_cancelled):
        seen.update(python=python, wheels=wheels)
        on_line("Installing <57> packages")
        on_progress(0.5)
        return "/engine/python"

    monkeypatch.setattr(environment, "setup", setup)
    values = {"WHEELS": str(tmp_path), "REPORT": str(tmp_path / "report.html")}
    results, succeeded = provider.algorithm("setupengine").run(values, context, feedback)
    assert succeeded and results["ENGINE_PYTHON"] == "/engine/python"
    assert seen == {"python": None, "wheels": str(tmp_path)}
    assert feedback.info == ["Installing <57> packages"] and feedback.progress() == 50
    assert "Installing &lt;57&gt; packages" in (tmp_path / "report.html").read_text()


def test_a_set_up_that_fails_says_why(provider, context, feedback, monkeypatch):
    def setup(**settings):
        raise environment.SetupError("The folder can't be written. Choose another in GRAVRELIEF_HOME.")

    monkeypatch.setattr(environment, "setup", setup)
    algorithm = provider.algorithm("setupengine").create()
    with pytest.raises(QgsProcessingException, match="GRAVRELIEF_HOME"):
        algorithm.run({}, context, feedback, {}, False)
