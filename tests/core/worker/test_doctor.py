"""The self-test must see what it is there to see."""

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.worker import doctor

ROOT = Path(__file__).resolve().parents[3]


def ask(code: str, **variables: str) -> str:
    surroundings = {**os.environ, **variables}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_this_environment_is_found_fit():
    findings = doctor.examine()
    assert findings["troubles"] == []
    assert findings["ok"]


def test_a_foreign_proj_folder_is_seen(tmp_path):
    code = "from core.worker import doctor; print(doctor.crs_trouble())"
    assert "EPSG:3031" in ask(code, PROJ_LIB=str(tmp_path), PROJ_DATA=str(tmp_path))


def test_a_terminal_that_points_to_a_foreign_proj_is_not_followed(tmp_path):
    code = "from core.worker import doctor; doctor.prepare(); print(doctor.crs_trouble())"
    assert ask(code, PROJ_LIB=str(tmp_path), PROJ_DATA=str(tmp_path)) == "None"


def test_a_missing_package_is_named(monkeypatch):
    real = importlib.import_module

    def without_verde(name, *arguments):
        if name == "verde":
            raise ImportError("No module named 'verde'")
        return real(name, *arguments)

    monkeypatch.setattr(importlib, "import_module", without_verde)
    findings = doctor.examine()
    assert not findings["ok"]
    assert findings["troubles"] == ["verde can't be imported: No module named 'verde'"]
    assert "can't be GravRelief's engine" in doctor.describe(findings)


def test_kernels_that_do_not_compile_are_a_trouble(monkeypatch):
    def fail():
        raise RuntimeError("no compiler")

    monkeypatch.setattr(doctor, "warm", fail)
    assert doctor.examine()["troubles"] == ["The kernels can't be compiled: no compiler"]


def test_the_caches_stay_inside_the_environment():
    code = "from core.worker import doctor; import os; doctor.prepare(); print(os.environ['NUMBA_CACHE_DIR'])"
    folder = ask("import os; os.environ.pop('NUMBA_CACHE_DIR', None); " + code)
    assert Path(folder).parent == Path(sys.prefix)


def test_an_environment_that_cannot_be_written_gives_the_temporary_folder(monkeypatch, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setattr(sys, "prefix", str(blocked))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    assert doctor._cache_folder("numba-cache").parent == tmp_path


@pytest.fixture
def shared_temp(monkeypatch, tmp_path):
    """A temporary folder where others may write, and an environment that we may not."""
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setattr(sys, "prefix", str(blocked))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path / f"gravrelief-{os.getuid()}-numba-cache"


def test_a_cache_in_the_temporary_folder_is_closed_to_others(shared_temp):
    folder = doctor._cache_folder("numba-cache")
    assert (folder, folder.stat().st_mode & 0o777) == (shared_temp, 0o700)
    assert doctor._cache_folder("numba-cache") == folder


def open_to_all(path):
    path.mkdir()
    path.chmod(0o777)


def a_link(path):
    (path.parent / "elsewhere").mkdir(mode=0o700)
    path.symlink_to(path.parent / "elsewhere")


def of_another(path):
    path.mkdir(mode=0o700)
    os.chown(path, 12345, -1)


@pytest.mark.parametrize("make", [open_to_all, a_link, of_another, Path.touch])
def test_a_cache_that_another_may_have_made_is_not_used(shared_temp, make):
    """numba runs what it finds in its cache."""
    if make is of_another and os.getuid() != 0:
        pytest.skip("only root can give a folder away")
    make(shared_temp)
    folder = doctor._cache_folder("numba-cache")
    assert folder not in (shared_temp, shared_temp.parent / "elsewhere")
    assert folder.is_dir() and folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("package", ["", ".worker.run", ".worker.serve", ".events.protocol", ".worker.doctor"])
def test_nothing_heavy_is_imported_to_say_ready(package):
    code = (
        f"import importlib, sys; importlib.import_module('core{package}'); "
        "print(sorted({'numpy', 'numba', 'pyproj', 'scipy'} & set(sys.modules)))"
    )
    assert ask(code) == "[]"


def test_the_doctor_answers_in_json():
    done = subprocess.run([sys.executable, "-m", "core", "doctor", "--json"], cwd=ROOT, capture_output=True, check=True)
    assert json.loads(done.stdout.splitlines()[-1])["ok"]
