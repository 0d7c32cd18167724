"""A columns file that is malformed in any way is refused in one sentence, and none reads a file elsewhere."""

from __future__ import annotations

import json
import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.columns import read_columns
from core.errors import InputError

GOOD = {
    "format": "gravrelief-columns-1",
    "count": 2,
    "crs": "EPSG:3031",
    "columns": {"easting": "s.0.f8", "northing": "s.1.f8"},
    "text": {"name": ["a", "b"]},
}


@pytest.fixture
def folder(tmp_path):
    inner = tmp_path / "inner"
    inner.mkdir()
    for path in (inner / "s.0.f8", inner / "s.1.f8", tmp_path / "elsewhere.f8"):
        np.array([1.0, 2.0]).tofile(path)
    return inner


def read(folder, held):
    path = folder / "s.columns.json"
    path.write_bytes(held if isinstance(held, bytes) else json.dumps(held).encode())
    return read_columns(str(path), "GRAVITY")


def refusal(folder, held):
    with pytest.raises(InputError) as refused:
        read(folder, held)
    assert refused.value.parameter == "GRAVITY"
    return refused.value.message


def test_the_good_one_is_read(folder):
    columns = read(folder, GOOD)
    assert (columns.count, columns.crs, columns.texts) == (2, "EPSG:3031", {"name": ["a", "b"]})


def changed(**keys):
    return {**GOOD, **keys}


FAULTS = [
    (changed(count=3), "column easting has 2 values, not 3"),
    (changed(count=-1), "its count is -1"),
    (changed(count=True), "its count is True"),
    (changed(count=2.0), "its count is 2.0"),
    (changed(count=None), "its count is None"),
    (changed(count=10**400), "which is no number of rows"),
    (changed(count=10**9), "column easting has 2 values, not 1000000000"),
    (changed(crs=3031), "its crs is 3031"),
    (changed(columns=[]), "its columns are no object"),
    (changed(columns={}, text={}), "it names no columns"),
    (changed(columns={"easting": "../elsewhere.f8"}), "which is no file beside it"),
    (changed(columns={"easting": "..\\elsewhere.f8"}), "which is no file beside it"),
    (changed(columns={"easting": "/dev/zero"}), "which is no file beside it"),
    (changed(columns={"easting": ".."}), "which is no file beside it"),
    (changed(columns={"easting": ""}), "which is no file beside it"),
    (changed(columns={"easting": "s.0.f8\0"}), "which is no file beside it"),
    (changed(columns={"easting": "\ud800.f8"}), "which is no file beside it"),
    (changed(columns={"easting": 5}), "which is no file beside it"),
    (changed(columns={"easting": None}), "which is no file beside it"),
    (changed(columns={"easting": "nothing.f8"}), "there is no such file"),
    (changed(columns={"": "s.0.f8"}), "a column named '', which is no name"),
    (changed(columns={"\0": "s.0.f8"}), "which is no name"),
    (changed(columns={"\udfff": "s.0.f8"}), "which is no name"),
    (changed(text={"name": ["a"]}), "text 'name' has 1 values, not 2"),
    (changed(text={"name": ["a", 5]}), "its text 'name' is no list of texts"),
    (changed(text={"name": "ab"}), "its text 'name' is no list of texts"),
    (changed(text=[["name", "ab"]]), "its text are no object"),
    (changed(text={"easting": ["1", "2"]}), "two columns named 'easting'"),
    (changed(format="gravrelief-columns-2"), "its format is not gravrelief-columns-1"),
    (b"[" * 100_000, "it is no JSON"),
    (b'{"format": ' * 50_000, "it is no JSON"),
    (b"\xff\xfe\x00", "can't be read"),
    (b"", "can't be read"),
    (b"null", "no JSON object"),
]


@pytest.mark.parametrize(("held", "words"), FAULTS, ids=range(len(FAULTS)))
def test_each_fault_is_told(tidy, folder, held, words):
    message = refusal(folder, held)
    assert words in message and "s.columns.json can't be read" in message
    assert len(message) < 400 + len(str(folder))


def test_a_pipe_or_a_folder_is_no_column(folder):
    os.mkfifo(folder / "pipe.f8")
    (folder / "folder.f8").mkdir()
    for name in ("pipe.f8", "folder.f8"):
        assert "there is no such file" in refusal(folder, changed(columns={"easting": name}))


def test_a_huge_file_of_holes_is_not_read(folder):
    with open(folder / "s.0.f8", "r+b") as file:
        file.truncate(1 << 40)
    assert "column easting has 1.37439e+11 values, not 2" in refusal(folder, GOOD)


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text()
        | st.sampled_from(list(GOOD["columns"].values())),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*GOOD, "easting"]) | st.text(), inner),
        max_leaves=8,
    ),
    st.sampled_from([None, *GOOD]),
)
def test_whatever_it_holds_it_is_read_or_refused(tmp_path_factory, value, key):
    folder = tmp_path_factory.getbasetemp() / "fuzz"
    folder.mkdir(exist_ok=True)
    for name in GOOD["columns"].values():
        np.array([1.0, 2.0]).tofile(folder / name)
    try:
        columns = read(folder, value if key is None else changed(**{key: value}))
    except InputError:
        return
    assert all(values.size == columns.count for values in columns.numbers.values())
    assert all(len(values) == columns.count for values in columns.texts.values())
