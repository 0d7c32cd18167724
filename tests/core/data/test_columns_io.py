"""Points and tables: CSV that people write, columns files of QGIS's side, and what counts as empty."""

from __future__ import annotations

import json

import numpy as np
import pytest

from core.data.columns import Columns, read_columns, write_csv, write_raw
from core.data.coordinate_columns import locate
from core.errors import InputError

AWKWARD = np.array([0.1 + 0.2, -1e-300, 1e30, np.nan, 5.0, -0.0, 1 / 3])


@pytest.fixture
def table():
    numbers = {"easting": np.arange(7.0), "northing": -np.arange(7.0), "gravity": AWKWARD}
    return Columns(numbers, {"stop_reason": list("abcdefg")}, crs="EPSG:3031")


def numbers_of(columns, name):
    return columns.number(name, "GRAVITY_FIELD")


def test_csv_gives_back_every_number_to_the_last_bit(tmp_path, table):
    write_csv(tmp_path / "table.csv", table)
    again = read_columns(str(tmp_path / "table.csv"), "GRAVITY")
    np.testing.assert_array_equal(numbers_of(again, "gravity"), AWKWARD)
    assert again.texts["stop_reason"] == list("abcdefg")


def test_a_columns_file_gives_back_numbers_texts_and_crs(tmp_path, table):
    files = write_raw(tmp_path / "table.columns.json", table, "table")
    assert len(files) == 3 and all(file.stat().st_size == 7 * 8 for file in files)
    again = read_columns(str(tmp_path / "table.columns.json"), "GRAVITY")
    assert (again.count, again.crs, again.texts) == (7, "EPSG:3031", table.texts)
    for name, values in table.numbers.items():
        np.testing.assert_array_equal(numbers_of(again, name), values)


def test_a_columns_file_moves_with_its_folder(tmp_path, table):
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    write_raw(old / "table.columns.json", table, "table")
    described = json.loads((old / "table.columns.json").read_text())
    assert all("/" not in name for name in described["columns"].values())
    old.rename(new)
    np.testing.assert_array_equal(
        numbers_of(read_columns(str(new / "table.columns.json"), "GRAVITY"), "gravity"), AWKWARD
    )


@pytest.mark.parametrize("text", ["", " ", "NULL", "null", "NaN", "none"])
def test_what_counts_as_empty(tmp_path, text):
    (tmp_path / "points.csv").write_text(f"x,y,g\n0,0,{text}\n1,1,2.5\n")
    values = numbers_of(read_columns(str(tmp_path / "points.csv"), "GRAVITY"), "g")
    np.testing.assert_array_equal(values, [np.nan, 2.5])


@pytest.mark.parametrize("text", ["inf", "-Infinity", "1e999"])
def test_a_number_without_end_is_none(tmp_path, text):
    (tmp_path / "points.csv").write_text(f"x,y,g\n0,0,{text}\n1,1,2.5\n")
    values = numbers_of(read_columns(str(tmp_path / "points.csv"), "GRAVITY"), "g")
    np.testing.assert_array_equal(values, [np.nan, 2.5])
    np.array([float(text), 2.5]).astype("<f8").tofile(tmp_path / "g.f8")
    described = {"format": "gravrelief-columns-1", "count": 2, "crs": None, "columns": {"g": "g.f8"}}
    (tmp_path / "points.columns.json").write_text(json.dumps(described))
    raw = numbers_of(read_columns(str(tmp_path / "points.columns.json"), "GRAVITY"), "g")
    np.testing.assert_array_equal(raw, [np.nan, 2.5])


def test_a_number_without_end_is_written_as_none(tmp_path):
    table = Columns({"x": np.array([np.inf, -np.inf, 3.0])})
    write_csv(tmp_path / "table.csv", table)
    assert (tmp_path / "table.csv").read_text().split() == ["x", '""', '""', "3"]
    (file,) = write_raw(tmp_path / "table.columns.json", table, "table")
    np.testing.assert_array_equal(np.fromfile(file, dtype="<f8"), [np.nan, np.nan, 3.0])


def test_flags_are_numbers(tmp_path):
    (tmp_path / "points.csv").write_text("x,y,test\n0,0,true\n1,1,False\n2,2,1\n")
    values = numbers_of(read_columns(str(tmp_path / "points.csv"), "GRAVITY"), "test")
    np.testing.assert_array_equal(values, [1.0, 0.0, 1.0])


@pytest.mark.parametrize("header", ["easting,northing,g", "X,Y,g", "Easting, Northing ,g", "\ufeffx,y,g"])
def test_coordinates_are_found_by_their_usual_names(tmp_path, header):
    (tmp_path / "points.csv").write_text(f"{header}\n3,4,5\n", encoding="utf-8")
    places = locate(read_columns(str(tmp_path / "points.csv"), "GRAVITY"), None, "GRAVITY")
    assert (places.east[0], places.north[0], places.crs) == (3.0, 4.0, None)


def test_a_column_cut_short_is_refused(tmp_path, table):
    files = write_raw(tmp_path / "table.columns.json", table, "table")
    files[2].write_bytes(files[2].read_bytes()[:-8])
    with pytest.raises(InputError, match="gravity has 6 values, not 7"):
        read_columns(str(tmp_path / "table.columns.json"), "GRAVITY")


def test_a_column_that_is_missing_is_refused(tmp_path, table):
    write_raw(tmp_path / "table.columns.json", table, "table")[1].unlink()
    with pytest.raises(InputError, match="can't be read") as refused:
        read_columns(str(tmp_path / "table.columns.json"), "STATIONS")
    assert refused.value.parameter == "STATIONS"


def test_a_file_that_is_no_text_is_refused_with_the_remedy(tmp_path):
    (tmp_path / "points.csv").write_bytes(b"x,y\n\xff\xfe\x00,1\n")
    with pytest.raises(InputError, match=r"points.csv can't be read: it is no UTF-8\. Save it as UTF-8\.$"):
        read_columns(str(tmp_path / "points.csv"), "GRAVITY")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [";", "\t"])
def test_semicolons_and_tabs_part_columns_and_leave_the_comma_to_the_numbers(tmp_path, separator, end):
    lines = ["x;y;g, mGal;name", "500000,5;1e3;-1,25;a, b", "2.5;;NULL;"]
    (tmp_path / "points.csv").write_bytes(end.join(lines).replace(";", separator).encode())
    columns = read_columns(str(tmp_path / "points.csv"), "GRAVITY")
    places = locate(columns, None, "GRAVITY")
    np.testing.assert_array_equal([places.east, places.north], [[500000.5, 2.5], [1000.0, np.nan]])
    np.testing.assert_array_equal(numbers_of(columns, "g, mGal"), [-1.25, np.nan])
    assert columns.texts["name"] == ["a, b", ""]


@pytest.mark.parametrize(("text", "advice"), [('x,y\n"1,5",2\n', "(1.5, not 1,5)"), ("x;y\n1.000,5;2\n", "numbers.")])
def test_a_number_with_a_comma_too_many_is_refused(tmp_path, text, advice):
    (tmp_path / "points.csv").write_text(text)
    with pytest.raises(InputError, match="row 1 holds '1") as raised:
        numbers_of(read_columns(str(tmp_path / "points.csv"), "GRAVITY"), "x")
    assert advice in raised.value.message


def test_two_columns_of_one_name_are_refused_but_not_nameless_ones(tmp_path):
    (tmp_path / "points.csv").write_text("x,y,g,,g ,\n1,2,3,4,5,6\n")
    with pytest.raises(InputError, match="several columns named 'g'; rename all but one"):
        read_columns(str(tmp_path / "points.csv"), "GRAVITY")
    (tmp_path / "points.csv").write_text(",x,y,\n1,2,3,4\n")
    assert locate(read_columns(str(tmp_path / "points.csv"), "GRAVITY"), None, "GRAVITY").east == [2.0]


def test_what_has_no_coordinates_is_told_its_columns(tmp_path):
    (tmp_path / "points.csv").write_text("x y g\n1 2 3\n")
    with pytest.raises(InputError, match=r"no columns easting and northing \(or x and y\) among its columns x y g\."):
        locate(read_columns(str(tmp_path / "points.csv"), "GRAVITY"), None, "GRAVITY")


@pytest.mark.parametrize("content", ["[1, 2]", '"text"', "{}", '{"count": 1, "columns": [1]}'])
def test_a_columns_file_that_describes_no_columns_is_refused(tmp_path, content):
    (tmp_path / "table.columns.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="can't be read") as refused:
        read_columns(str(tmp_path / "table.columns.json"), "GRAVITY")
    assert refused.value.parameter == "GRAVITY"
