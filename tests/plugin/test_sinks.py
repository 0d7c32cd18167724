"""Sinks that lose rows: they are counted, and nothing of the run is left; and the results of formats that QGIS writes."""

from __future__ import annotations

import shutil
from array import array
from pathlib import Path

import pytest
from gravrelief.plugin.algorithms import sinks
from gravrelief.plugin.engine import keeping
from gravrelief.plugin.engine.columns import Columns
from osgeo import ogr
from qgis.core import QgsProcessingOutputLayerDefinition, QgsVectorLayer

from .test_results import hands_over

ROWS = 300


def columns(count: int = ROWS) -> Columns:
    numbers = {
        name: array("d", [step * i / 3 for i in range(count)]) for name, step in (("easting", 1e5), ("gravity", 1))
    }
    return Columns({"northing": array("d", [0.0] * count), **numbers}, "EPSG:3031", {"why": ["because"] * count})


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture()
def out(tmp_path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture()
def write(engine, run, survey, out):
    """A run with stations of so many rows, a raster beside them; whether it succeeded."""

    def write(target, count=ROWS):
        def outputs(job, folder):
            Path(job["residual"]).write_text("a new raster")
            return {**hands_over({"stations": columns(count)})(job, folder), "residual": job["residual"]}

        engine.outputs = outputs
        return run("gravitymisfit", **survey, RESIDUAL=str(out / "residual.tif"), STATIONS=target)

    return write


@pytest.mark.parametrize(
    "suffix", ["gpkg", "csv", "shp", "geojson", "fgb", "gml", "kml", "xlsx", "ods", "tab", "sqlite"]
)
def test_every_row_arrives_in_every_format(write, out, suffix):
    results, succeeded = write(str(out / f"stations.{suffix}"))
    assert succeeded
    assert Path(results["STATIONS"]).parent == out
    layer = QgsVectorLayer(results["STATIONS"], "x", "ogr")
    assert sum(1 for _ in layer.getFeatures()) == ROWS
    assert not [name for name in files(out) if name.startswith(".")]


def test_the_table_in_a_geopackage_has_the_files_name(write, out):
    write(str(out / "stations.gpkg"))
    assert ogr.Open(str(out / "stations.gpkg")).GetLayer(0).GetName() == "stations"


def test_a_result_that_is_to_be_loaded_is_loaded_from_its_own_place(write, out, project, context):
    target = str(out / "stations.gpkg")
    results, succeeded = write(QgsProcessingOutputLayerDefinition(target, project))
    assert succeeded and results["STATIONS"] == target
    assert list(context.layersToLoadOnCompletion()) == [target]


@pytest.mark.parametrize("suffix", ["gpkg", "csv"])
def test_rows_that_did_not_arrive_end_the_run_and_older_files_stay(write, out, monkeypatch, feedback, suffix):
    for name in (f"stations.{suffix}", "residual.tif"):
        (out / name).write_text(f"old {name}")
    monkeypatch.setattr(sinks, "_opened", lambda target, answers: cut_short(target))
    assert not write(str(out / f"stations.{suffix}"))[1]
    assert feedback.errors[0].startswith(f"STATIONS: '{out}/stations.{suffix}' can't be written (")
    assert feedback.errors[0].endswith("is the disk full?). Make room there, or choose another place or format.")
    assert {name: (out / name).read_text() for name in files(out)} == {
        name: f"old {name}" for name in ("residual.tif", f"stations.{suffix}")
    }


def cut_short(target: str) -> QgsVectorLayer | None:
    """What is found of a file that lost its end."""
    path = Path(target)
    if path.suffix == ".csv":
        path.write_bytes(path.read_bytes()[:-12])
        return QgsVectorLayer(target, "x", "ogr")
    return None


def test_a_table_that_does_not_arrive_leaves_the_geopackage_as_it_was(write, out, monkeypatch, feedback):
    place = f"ogr:dbname='{out}/surveys.gpkg' table=\"{{}}\" (geom)"
    assert write(place.format("first"))[1]
    before = (out / "surveys.gpkg").read_bytes()
    monkeypatch.setattr(sinks, "_opened", lambda target, answers: None)
    assert not write(place.format("second"))[1]
    assert f"0 of {ROWS} rows arrived" in feedback.errors[0]
    assert (out / "surveys.gpkg").read_bytes() == before
    assert files(out) == ["residual.tif", "surveys.gpkg"]


def test_no_room_for_the_copy_of_a_geopackage_is_said_and_nothing_is_touched(write, out, monkeypatch, feedback):
    place = f"ogr:dbname='{out}/surveys.gpkg' table=\"{{}}\" (geom)"
    assert write(place.format("first"))[1]
    before, copy = (out / "surveys.gpkg").read_bytes(), shutil.copy2

    def full(old, new, **how):
        if str(old).endswith(".gpkg"):
            raise OSError(28, "No space left on device")
        return copy(old, new, **how)

    monkeypatch.setattr(keeping.shutil, "copy2", full)
    assert not write(place.format("second"))[1]
    assert "can't be written (No space left on device)" in feedback.errors[0]
    assert (out / "surveys.gpkg").read_bytes() == before


def test_a_cancel_while_rows_are_written_takes_the_other_results_back(write, out, monkeypatch, feedback):
    (out / "residual.tif").write_text("old")
    monkeypatch.setattr(sinks.Sink, "_check", lambda *arguments: feedback.cancel())
    assert not write(str(out / "stations.gpkg"))[1]
    assert feedback.errors == ["The job was cancelled; no result was written."]
    assert (out / "residual.tif").read_text() == "old" and files(out) == ["residual.tif"]
