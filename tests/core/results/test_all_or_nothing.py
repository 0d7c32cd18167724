"""A job's files appear together at its end or not at all, and what was there before stays."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from core.data.columns import Columns
from core.data.crs import parse_crs
from core.data.rasters import RasterSource, read_raster
from core.data.relief import Grid, Relief
from core.errors import InputError
from core.results import outputs as outputs_module
from core.results.outputs import Outputs

ROOT = Path(__file__).resolve().parents[3]
OUTPUTS = {
    "inverted_relief": "out/relief.tif",
    "relief_change": "out/change.nc",
    "residual": "out/residual.tif",
    "stations": "out/stations.columns.json",
    "report": "out/report.html",
}


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def test_all_appear_and_nothing_else(engine, survey, out):
    run = engine(task="invertrelief", **survey, **OUTPUTS, damping=0.01)
    assert run.code == 0
    names = {path.name for path in out.iterdir()}
    columns = {name for name in names if name.endswith(".f8")}
    assert names - columns == {Path(name).name for name in OUTPUTS.values()}
    assert columns == {f"stations.{i}.f8" for i in range(len(columns))} != set()
    assert all(Path(run.outputs[key]) == out / Path(name).name for key, name in OUTPUTS.items())


def test_what_was_not_asked_for_is_not_written(engine, survey, out):
    assert engine(task="invertrelief", **survey, residual="out/residual.tif").code == 0
    assert [path.name for path in out.iterdir()] == ["residual.tif"]


def test_an_internal_error_leaves_nothing_and_says_where_its_log_is(engine, survey, out, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def fail(*written):
        raise ZeroDivisionError("as planned")

    monkeypatch.setattr(outputs_module, "write_raw", fail)
    run = engine(task="invertrelief", **survey, **OUTPUTS)
    assert (run.code, run.error["kind"]) == (1, "internal")
    assert "as planned" in run.error["message"]
    assert "ZeroDivisionError" in Path(run.error["log"]).read_text()
    assert run.error["log"] in run.error["message"]
    assert list(out.iterdir()) == []


def test_without_memory_the_parameters_that_take_less_are_named(engine, survey, out, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def fail(*written):
        raise MemoryError

    monkeypatch.setattr(outputs_module, "write_raw", fail)
    run = engine(task="invertrelief", **survey, **OUTPUTS)
    assert all(name in run.error["message"] for name in ("SPACING", "PADDING", "STARTING_RELIEF", "fewer cells"))
    assert list(out.iterdir()) == []


def test_a_crs_that_a_geotiff_can_not_hold_moves_with_it(tmp_path):
    crs = parse_crs("+proj=eqearth +lon_0=10", "CRS")
    relief = Relief(Grid(1000.0 * np.arange(3), 1000.0 * np.arange(2), crs), np.zeros((2, 3)))
    path = tmp_path / "relief.tif"
    with Outputs({"relief": path}) as outputs:
        outputs.raster("relief", relief)
    assert read_raster(RasterSource(str(path)), "RELIEF").grid.crs == crs
    assert {file.name for file in tmp_path.iterdir()} == {"relief.tif", "relief.tif.aux.xml"}
    with pytest.raises(RuntimeError), Outputs({"relief": path}) as outputs:
        outputs.raster("relief", relief)
        raise RuntimeError
    assert {file.name for file in tmp_path.iterdir()} == {"relief.tif", "relief.tif.aux.xml"}


def test_what_gdal_noted_of_the_raster_before_goes_with_it(engine, survey, out):
    (out / "residual.tif.aux.xml").write_text("<PAMDataset>the least and greatest value</PAMDataset>")
    assert engine(task="invertrelief", **survey, residual="out/residual.tif").code == 0
    assert [path.name for path in out.iterdir()] == ["residual.tif"]


def test_an_error_keeps_the_files_of_the_run_before(engine, survey, out, monkeypatch):
    assert engine(task="invertrelief", **survey, **OUTPUTS).code == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}

    def fail(*written):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(outputs_module, "write_raw", fail)
    run = engine(task="invertrelief", **survey, **OUTPUTS, damping=0.5)
    assert (run.code, run.error["parameter"]) == (2, "STATIONS")
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_a_run_again_replaces_the_files_and_leaves_none_over(engine, survey, out):
    for damping in (0.01, 0.5):
        assert engine(task="invertrelief", **survey, **OUTPUTS, damping=damping).code == 0
    first = {path.name for path in out.iterdir()}
    assert engine(task="invertrelief", **survey, **OUTPUTS).code == 0
    assert {path.name for path in out.iterdir()} == first


@pytest.fixture
def full_disk():
    """A block in which no file grows beyond 500 bytes: what the system then says is what it says of a full disk."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    @contextmanager
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (500, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    return limit


@pytest.mark.parametrize("name", ["x.tif", "x.nc", "x.csv", "x.columns.json", "x.html"])
def test_a_disk_that_is_full_is_said_and_nothing_is_left(tmp_path, full_disk, name):
    grid = Grid(1000.0 * np.arange(20), 1000.0 * np.arange(10), parse_crs("EPSG:3031", "CRS"))
    values = np.random.default_rng(0).normal(size=(10, 20))
    with pytest.raises(InputError) as refused, Outputs({"result": tmp_path / name}) as outputs, full_disk():
        if name.endswith((".tif", ".nc")):
            outputs.raster("result", Relief(grid, values))
        elif name.endswith(".html"):
            outputs.stage("result").write_text(name * 1000, encoding="utf-8")
        else:
            outputs.table("result", Columns({"easting": values.ravel(), "gravity": values.ravel()}))
    assert refused.value.parameter == "RESULT"
    assert refused.value.message.startswith(f"RESULT: {tmp_path / name} can't be written (")
    assert refused.value.message.endswith("). Make room there, or choose another folder.")
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_taken_meanwhile_is_said_and_nothing_else_is_left(tmp_path):
    with pytest.raises(InputError, match=r"x\.csv can't be replaced.*give another name"):
        with Outputs({"stations": tmp_path / "x.csv", "scores": tmp_path / "y.csv"}) as outputs:
            outputs.table("stations", Columns({"damping": np.ones(3)}))
            outputs.table("scores", Columns({"damping": np.ones(3)}))
            (tmp_path / "x.csv").mkdir()
    assert [path.name for path in tmp_path.iterdir()] == ["x.csv"]


def test_a_cancel_in_an_inversion_leaves_nothing(engine, survey, out):
    run = engine(lambda so_far: bool(so_far.of("iteration")), task="invertrelief", **survey, **OUTPUTS)
    assert (run.code, run.error["kind"]) == (130, "cancelled")
    assert list(out.iterdir()) == []


def test_a_cancel_in_a_study_leaves_the_study_alone_which_then_goes_on(engine, survey, out):
    job = {"task": "dampingcrossvalidation", **survey, **OUTPUTS, "test_field": "test", "study": "out/study.log"}
    stopped = engine(lambda so_far: len(so_far.of("trial")) == 3, **job)
    assert stopped.code == 130
    assert {path.name for path in out.iterdir() if path.suffix != ".lock"} == {"study.log"}
    resumed = engine(**job)
    assert len(resumed.of("trial")) == 8 - 3
    together = sorted(e["damping"] for run in (stopped, resumed) for e in run.of("trial"))
    np.testing.assert_allclose(together, np.logspace(-3, 0, 8), rtol=1e-9)


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C reaches a child there another way")
def test_ctrl_c_ends_a_terminal_run_with_130_and_no_file(engine, survey, out, tmp_path):
    job = {"task": "dampingcrossvalidation", **survey, **OUTPUTS, "test_field": "test"}
    engine(**{**job, "trials": 400, "max_iterations": 1, "test_field": "nowhere"})  # writes the job file; refused
    path = tmp_path / "job.json"
    path.write_text(path.read_text().replace("nowhere", "test"), encoding="utf-8")
    command = [sys.executable, "-m", "core", "run", str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        for line in child.stdout:
            if '"trial"' in line:
                child.send_signal(signal.SIGINT)
                break
        last = child.stdout.readlines()[-1]
    assert child.returncode == 130
    assert '"cancelled"' in last
    assert list(out.iterdir()) == []


def test_a_run_of_another_engine_replaces_the_columns_too(engine, survey, out, monkeypatch):
    assert engine(task="invertrelief", **survey, **OUTPUTS).code == 0
    first = {path.name for path in out.iterdir()}
    monkeypatch.setattr(os, "getpid", lambda: 1)
    assert engine(task="invertrelief", **survey, **OUTPUTS, damping=0.5).code == 0
    assert {path.name for path in out.iterdir()} == first
    described = json.loads((out / "stations.columns.json").read_text())
    assert set(described["columns"].values()) == {name for name in first if name.endswith(".f8")}


def test_columns_of_a_file_that_fails_half_way_are_removed(tmp_path):
    table = Columns({"easting": np.arange(3.0), "gravity": np.ones(3)})
    wanted = {"stations": tmp_path / "stations.columns.json", "residual": tmp_path / "residual.csv"}
    with pytest.raises(RuntimeError), Outputs(wanted) as outputs:
        outputs.table("stations", table)
        outputs.table("residual", table)
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
