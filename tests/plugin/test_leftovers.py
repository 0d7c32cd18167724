"""What dead runs leave: the plugin knows the engine's names, and the engine the plugin's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from gravrelief.core.results import renaming
from gravrelief.plugin.engine import keeping, leftovers
from gravrelief.plugin.engine.keeping import Keeper


def dead_process() -> int:
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    return done.pid


DEAD = dead_process()


def content(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_both_sides_state_the_same_names():
    assert leftovers.host() == renaming.HOST
    assert leftovers.leftover().pattern == renaming.LEFTOVER.pattern
    assert (leftovers.OLDER, leftovers.NEW) == (renaming.OLDER, renaming.NEW)


@pytest.mark.parametrize("side", [leftovers, renaming], ids=["plugin", "engine"])
def test_what_the_engine_left_is_cleaned_up_by_either_side(tmp_path, monkeypatch, side):
    monkeypatch.setattr(os, "getpid", lambda pid=DEAD: pid)
    (tmp_path / "a.tif").write_text("old")
    staged = [renaming.staged_name(tmp_path / name) for name in ("a.tif", "b.csv", "stations.columns.json")]
    for path in staged:
        path.write_text("new")
    with renaming.holding():
        renaming.rename_all([(staged[0], tmp_path / "a.tif"), (staged[1], tmp_path / "b.csv")])
    assert content(tmp_path)["a.tif"] == "new"
    side.sweep(tmp_path)
    assert content(tmp_path) == {"a.tif": "old"}
    assert [path.name for path in tmp_path.iterdir()] == ["a.tif"]


@pytest.mark.parametrize("side", [leftovers, renaming], ids=["plugin", "engine"])
@pytest.mark.parametrize("published", [False, True])
def test_what_the_plugin_left_is_cleaned_up_by_either_side(tmp_path, monkeypatch, side, published):
    monkeypatch.setattr(os, "getpid", lambda pid=DEAD: pid)
    for name in ("a.gpkg", "b.gpkg"):
        (tmp_path / name).write_text("old")
    keeper = Keeper()
    for name in ("a.gpkg", "c.csv"):
        keeper.stage(tmp_path / name).write_text("new")
    keeper.keep(tmp_path / "b.gpkg")
    (tmp_path / "b.gpkg").write_text("half")
    if published:
        keeper.publish()
        assert content(tmp_path)["a.gpkg"] == content(tmp_path)["c.csv"] == "new"
    side.sweep(tmp_path)
    assert content(tmp_path) == {"a.gpkg": "old", "b.gpkg": "old"}
    assert len(list(tmp_path.iterdir())) == 2


def test_what_the_living_write_is_left_alone(tmp_path):
    keeper = Keeper()
    keeper.stage(tmp_path / "a.gpkg").write_text("half")
    leftovers.sweep(tmp_path)
    assert list(content(tmp_path).values()) == ["half"]
    leftovers.sweep(tmp_path, dead=os.getpid())
    assert content(tmp_path) == {}


def test_what_was_dropped_stays_new(tmp_path):
    (tmp_path / "a.gpkg").write_text("old")
    keeper = Keeper()
    keeper.stage(tmp_path / "a.gpkg").write_text("new")
    keeper.publish()
    keeper.drop()
    leftovers.sweep(tmp_path, dead=os.getpid())
    assert content(tmp_path) == {"a.gpkg": "new"}
    assert len(list(tmp_path.iterdir())) == 1


def test_a_file_that_can_not_be_published_brings_back_those_before_it(tmp_path):
    (tmp_path / "a.gpkg").write_text("old")
    (tmp_path / "b.csv").mkdir()
    keeper = Keeper()
    for name in ("a.gpkg", "b.csv"):
        keeper.stage(tmp_path / name).write_text("new")
    with pytest.raises(OSError):
        keeper.publish()
    assert keeper.undo() == []
    assert content(tmp_path) == {"a.gpkg": "old"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.gpkg", "b.csv"]


def test_a_database_that_is_replaced_loses_the_journals_of_the_one_before(tmp_path):
    for name in ("a.gpkg", "a.gpkg-wal"):
        (tmp_path / name).write_text("old")
    keeper = Keeper()
    keeper.stage(tmp_path / "a.gpkg").write_text("new")
    keeper.publish()
    assert "a.gpkg-wal" not in content(tmp_path)
    keeper.undo()
    assert content(tmp_path) == {"a.gpkg": "old", "a.gpkg-wal": "old"}


def test_a_copy_that_finds_no_room_leaves_no_half(tmp_path, monkeypatch):
    (tmp_path / "a.gpkg").write_text("old")

    def half(old, copy, follow_symlinks):
        Path(copy).write_text("o")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keeping.shutil, "copy2", half)
    keeper = Keeper()
    with pytest.raises(OSError):
        keeper.keep(tmp_path / "a.gpkg")
    keeper.undo()
    assert content(tmp_path) == {"a.gpkg": "old"}
    assert len(list(tmp_path.iterdir())) == 1
