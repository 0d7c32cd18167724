"""The last moment of a run: every file gets its name, or none does and nothing of before is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from core.errors import InputError
from core.results import renaming
from core.results.outputs import Outputs, check_distinct
from core.results.renaming import HOST, rename_all, sidecars, staged_name, sweep

ROOT = Path(__file__).resolve().parents[3]


def written(folder: Path, *names: str) -> list[tuple[Path, Path]]:
    """New files beside their names, and older ones of those names."""
    pairs = []
    for name in names:
        final = folder / name
        final.write_text(f"old {name}")
        staged = staged_name(final)
        staged.write_text(f"new {name}")
        pairs.append((staged, final))
    return pairs


def content(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize("failing", [0, 1, 2])
def test_a_rename_that_fails_takes_back_those_before_it(tmp_path, monkeypatch, failing):
    pairs = written(tmp_path, "a.tif", "b.tif", "c.html")
    (tmp_path / "a.tif.ovr").write_text("old overviews")
    before = content(tmp_path)
    replace, blocked = os.replace, pairs[failing][1]

    def refuse(source, final):
        if Path(source) == pairs[failing][0] and Path(final) == blocked:
            raise PermissionError(13, "Permission denied")
        replace(source, final)

    monkeypatch.setattr(renaming.os, "replace", refuse)
    with pytest.raises(OSError) as told:
        rename_all(pairs)
    assert told.value.filename2 == str(blocked)
    assert content(tmp_path) == before


def test_a_name_that_became_a_folder_leaves_all_as_it_was(tmp_path):
    pairs = written(tmp_path, "a.tif", "b.tif")
    pairs[1][1].unlink()
    pairs[1][1].mkdir()
    with pytest.raises(OSError) as told:
        rename_all(pairs)
    assert told.value.filename2 == str(pairs[1][1])
    assert pairs[0][1].read_text() == "old a.tif"


def test_all_are_renamed_and_nothing_is_kept(tmp_path):
    rename_all(written(tmp_path, "a.tif", "b.nc", "c.html"))
    assert content(tmp_path) == {name: f"new {name}" for name in ("a.tif", "b.nc", "c.html")}


def test_what_goes_with_a_replaced_raster_goes_too(tmp_path):
    pairs = written(tmp_path, "a.tif")
    for path in sidecars(pairs[0][1]):
        path.write_text("of the old one")
    sidecars(pairs[0][0])[0].write_text("of the new one")
    rename_all(pairs)
    assert content(tmp_path) == {"a.tif": "new a.tif", "a.tif.aux.xml": "of the new one"}


def test_without_links_a_copy_is_kept(tmp_path, monkeypatch):
    pairs = written(tmp_path, "a.tif", "b.tif")

    def refuse(*_, **__):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(renaming.os, "link", refuse)
    rename_all(pairs)
    assert content(tmp_path) == {"a.tif": "new a.tif", "b.tif": "new b.tif"}


def dead_process() -> int:
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    return done.pid


def test_what_a_killed_run_left_is_removed_and_what_it_kept_comes_back(tmp_path):
    dead, alive = dead_process(), os.getppid()
    (tmp_path / f".a.{HOST}-{dead}.part.tif").write_text("half")
    (tmp_path / f".a.{HOST}-{dead}.part.tif.aux.xml").write_text("its notes")
    kept, done = tmp_path / f".gravrelief.{HOST}-{dead}-1.kept", tmp_path / f".gravrelief.{HOST}-{dead}-2.done"
    for folder in (kept, done, tmp_path / f".gravrelief.{HOST}-{dead}-3.part"):
        folder.mkdir()
    (kept / "older.lost.tif").write_text("old lost.tif")
    (kept / "older.there.tif").write_text("old there.tif")
    (kept / "new.first.tif").write_text("")
    (done / "older.result.tif").write_text("the one before a run that succeeded")
    for name in ("there.tif", "first.tif", "result.tif"):
        (tmp_path / name).write_text(f"new {name}")
    others = (f".a.{HOST}-{alive}.part.tif", f".a.00000000-{dead}.part.tif", ".a.part.tif", f"a.{HOST}-{dead}.part.tif")
    for name in others:
        (tmp_path / name).write_text("not ours")
    sweep(tmp_path)
    assert content(tmp_path) == {
        **dict.fromkeys(others, "not ours"),
        "lost.tif": "old lost.tif", "there.tif": "old there.tif", "result.tif": "new result.tif",
    }  # fmt: skip


@pytest.mark.parametrize("step", range(9))
def test_a_run_that_is_killed_among_its_renames_is_undone_by_the_next(tmp_path, step):
    """A child that dies at the given of its changes to the folder."""
    (tmp_path / "a.tif").write_text("old a.tif")
    (tmp_path / "a.tif.ovr").write_text("old overviews")
    code = f"""
import os, signal
from pathlib import Path
from core.results import renaming
left = [{step}]
def dying(act):
    def do(*arguments, **named):
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        left[0] -= 1
        return act(*arguments, **named)
    return do
for name in ("replace", "mkdir", "link", "rename"):
    setattr(renaming.os, name, dying(getattr(os, name)))
pairs = [(renaming.staged_name(Path(name)), Path(name)) for name in ("a.tif", "b.tif", "c.html")]
for staged, final in pairs:
    staged.write_text(f"new {{final}}")
renaming.rename_all(pairs)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False
    )
    sweep(tmp_path)
    if done.returncode == 0:
        assert content(tmp_path) == {name: f"new {name}" for name in ("a.tif", "b.tif", "c.html")}
    else:
        assert content(tmp_path) == {"a.tif": "old a.tif", "a.tif.ovr": "old overviews"}


def test_what_is_held_can_be_put_back_after_the_renames(tmp_path):
    pairs = written(tmp_path, "a.tif")
    (tmp_path / "a.tif.ovr").write_text("old overviews")
    staged = renaming.stage(tmp_path / "b.nc")
    staged.write_text("new")
    with renaming.holding() as kept:
        rename_all([*pairs, (staged, tmp_path / "b.nc")])
    assert (tmp_path / "a.tif").read_text() == "new a.tif"
    for folder in kept:
        assert renaming.restore(folder) == []
    assert content(tmp_path) == {"a.tif": "old a.tif", "a.tif.ovr": "old overviews"}


def test_a_process_that_is_asked_to_end_leaves_nothing(tmp_path):
    (tmp_path / "a.tif").write_text("old a.tif")
    staged, half = renaming.stage(tmp_path / "a.tif"), renaming.stage(tmp_path / "b.csv")
    staged.write_text("new a.tif")
    half.write_text("half")
    with renaming.holding():
        rename_all([(staged, tmp_path / "a.tif")])
    assert renaming.abandon()
    assert content(tmp_path) == {"a.tif": "old a.tif"}


def test_a_run_sweeps_the_folders_it_writes_to(tmp_path):
    left = tmp_path / f".a.{HOST}-{dead_process()}.part.tif"
    left.write_text("half")
    with Outputs({"inverted_relief": tmp_path / "a.tif"}):
        assert not left.exists()


def test_asking_whether_a_process_lives_does_nothing_to_it():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        assert renaming.alive(process.pid)
        assert process.poll() is None
        process.communicate(b"\n")
        assert process.returncode == 0


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: os.symlink(os.devnull, path)], ids=["pipe", "device"])
def test_a_device_or_a_pipe_is_no_output(tmp_path, make):
    make(tmp_path / "a.tif")
    with (
        pytest.raises(InputError, match=r"INVERTED_RELIEF: .*a\.tif is a device or a pipe"),
        Outputs({"inverted_relief": tmp_path / "a.tif"}),
    ):
        pass
    assert not (tmp_path / "a.tif").is_file()


def virtual_raster(folder: Path) -> Path:
    """A virtual raster of one file, source.tif."""
    place = {"crs": "EPSG:32633", "transform": from_origin(0, 2000, 1000, 1000)}
    with rasterio.open(
        folder / "source.tif", "w", driver="GTiff", height=2, width=2, count=1, dtype="float64", **place
    ) as file:
        file.write(np.zeros((1, 2, 2)))
    (folder / "virtual.vrt").write_text(
        '<VRTDataset rasterXSize="2" rasterYSize="2"><GeoTransform>0, 1000, 0, 2000, 0, -1000</GeoTransform>'
        '<VRTRasterBand dataType="Float64" band="1"><SimpleSource><SourceFilename relativeToVRT="1">source.tif'
        "</SourceFilename><SourceBand>1</SourceBand></SimpleSource></VRTRasterBand></VRTDataset>"
    )
    return folder / "virtual.vrt"


def test_the_source_of_a_virtual_raster_is_not_written_over(tmp_path):
    read = {"starting_relief": virtual_raster(tmp_path)}
    with pytest.raises(
        InputError, match=r"INVERTED_RELIEF would replace .*source\.tif, a part of the file of STARTING_REL"
    ):
        check_distinct({"inverted_relief": tmp_path / "source.tif"}, read)
    check_distinct({"inverted_relief": tmp_path / "other.tif"}, read)


def test_the_columns_of_a_columns_file_are_not_written_over(tmp_path):
    (tmp_path / "in.columns.json").write_text('{"columns": {"gravity": "s.0.f8"}}')
    (tmp_path / "s.0.f8").write_bytes(b"")
    read = {"gravity": tmp_path / "in.columns.json"}
    with pytest.raises(InputError, match=r"STATIONS would replace .*s\.0\.f8, a part of the file of GRAVITY"):
        check_distinct({"stations": tmp_path / "s.columns.json"}, read)
    check_distinct({"stations": tmp_path / "t.columns.json"}, read)
