"""Results that can not be written: told before anything is computed, and the process says so by its exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .refusals import says

ROOT = Path(__file__).resolve().parents[3]


def test_a_folder_that_is_not_there(refused):
    says(refused(residual="nowhere/residual.tif"), "RESIDUAL", "no folder", "nowhere", "Make it")


def test_a_folder_that_is_a_file(refused):
    says(refused(residual="relief.tif/residual.tif"), "RESIDUAL", "no folder", "relief.tif", "choose another one")


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder that even root can't write")
def test_a_folder_that_can_not_be_written(refused):
    says(refused(residual="/proc/residual.tif"), "RESIDUAL", "/proc can't be written", "Choose another one")


@pytest.mark.parametrize("suffix", ["", ".png", ".gpkg", ".asc", ".img", ".grd", ".sdat", ".vrt", ".tif.gz"])
def test_a_raster_format_that_loses_something(refused, suffix):
    error = refused(residual=f"out/residual{suffix}")
    says(error, "RESIDUAL", f"residual{suffix} ends like no raster that can be written", "ending in .tif or .nc")


def test_a_name_that_is_a_folder(refused, tmp_path):
    (tmp_path / "taken").mkdir()
    says(refused(report="taken"), "REPORT", "is a folder", "name of a file")


def test_two_outputs_with_one_name(refused):
    error = refused(residual="out/one.tif", inverted_relief="out/../out/one.tif")
    assert error["parameter"] in ("RESIDUAL", "INVERTED_RELIEF")
    assert "same file" in error["message"] and "Give two" in error["message"]


def test_a_raster_with_a_suffix_of_no_format(refused):
    says(refused(residual="out/residual.xyzw"), "RESIDUAL", "residual.xyzw", ".tif")


def test_the_process_exits_with_2_and_its_last_line_is_the_error(survey, tmp_path):
    job = tmp_path / "job.json"
    job.write_text(json.dumps({"task": "invertrelief", **survey, "density_contrast": 0, "residual": "residual.tif"}))
    command = [sys.executable, "-m", "core", "run", str(job)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2
    says(json.loads(done.stdout.splitlines()[-1]), "DENSITY_CONTRAST", "is 0")
    assert not list(tmp_path.glob("residual*"))
