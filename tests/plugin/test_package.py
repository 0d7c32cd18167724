"""The check of the package must see what it is there to see."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GOOD = ["gravrelief/LICENSE", "gravrelief/metadata.txt", "gravrelief/__init__.py", "gravrelief/core/worker/run.py"]


@pytest.fixture(scope="module")
def checks():
    spec = importlib.util.spec_from_file_location("check_package", ROOT / "tools" / "check_package.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["check_package"] = module
    spec.loader.exec_module(module)
    return module


def test_a_good_list_of_files_passes(checks):
    assert checks.check_names(GOOD) == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("other/file.py", "one folder"),
        ("gravrelief/tests/test_run.py", "must not be"),
        ("gravrelief/core/__pycache__/run.cpython-311.pyc", "must not be"),
        ("gravrelief/core/kernel.so", "must not be"),
        ("gravrelief/requirements.txt", "install it into QGIS"),
    ],
)
def test_a_file_that_must_not_be_there_is_seen(checks, name, words):
    assert any(words in trouble for trouble in checks.check_names([*GOOD, name]))


@pytest.mark.parametrize("name", ["LICENSE", "metadata.txt", "__init__.py"])
def test_a_file_that_must_be_there_is_missed(checks, name):
    rest = [entry for entry in GOOD if not entry.endswith(f"/{name}")]
    assert checks.check_names(rest) == [f"{name} is missing."]


def test_our_own_metadata_passes(checks):
    assert checks.check_metadata(ROOT) == []


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("version=", "version=v", "numbers and points"),
        ("author=", "writer=", "lacks author"),
        ("icon=", "icon=nowhere/", "is not in the package"),
        ("tracker=https", "tracker=http", "no https"),
        ("category=", "category=100% ", "can't be read"),
    ],
)
def test_bad_metadata_is_seen(checks, tmp_path, before, after, words):
    text = (ROOT / "metadata.txt").read_text(encoding="utf-8")
    assert before in text
    (tmp_path / "metadata.txt").write_text(text.replace(f"\n{before}", f"\n{after}"), encoding="utf-8")
    (tmp_path / "resources").symlink_to(ROOT / "resources")
    assert any(words in trouble for trouble in checks.check_metadata(tmp_path))
