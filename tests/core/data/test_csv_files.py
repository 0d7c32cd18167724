"""CSV as programs and people write it: each variant holds the same three stations, or is refused in one true sentence."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.columns import read_columns
from core.data.coordinate_columns import locate
from core.errors import InputError

PLAIN = "easting,northing,height,gravity\n1000.5,2000,300,-1.25\n1500,2500,,2\n2000,3000,310.25,3\n"
EXPECTED = np.array([[1000.5, 2000, 300, -1.25], [1500, 2500, np.nan, 2], [2000, 3000, 310.25, 3]])


@pytest.fixture
def read(tmp_path):
    """The columns of a file of this text or of these bytes, and what was said of it."""

    def read(held):
        (tmp_path / "points.csv").write_bytes(held if isinstance(held, bytes) else held.encode())
        said = []
        return read_columns(str(tmp_path / "points.csv"), "GRAVITY", said.append), said

    return read


def values(columns):
    places = locate(columns, "EPSG:32633", "GRAVITY")
    height = columns.number("height", "HEIGHT_FIELD")
    return np.column_stack([places.east, places.north, height, columns.number("gravity", "GRAVITY_FIELD")])


def semicolons(text):
    return text.replace(",", ";").replace(".", ",")


VARIANTS = {
    "plain": PLAIN,
    "semicolons and decimal commas": semicolons(PLAIN),
    "semicolons and decimal points": PLAIN.replace(",", ";"),
    "tabs": PLAIN.replace(",", "\t"),
    "bars": PLAIN.replace(",", "|"),
    "sep=;": "sep=;\n" + semicolons(PLAIN),
    "sep= in capitals and quoted": '"SEP=;"\r\n' + semicolons(PLAIN),
    "sep= of Excel with its own separators": "sep=;;;;\n" + semicolons(PLAIN),
    "CRLF": PLAIN.replace("\n", "\r\n"),
    "CR": PLAIN.replace("\n", "\r"),
    "no line end": PLAIN.rstrip("\n"),
    "blank lines": "\n\n" + PLAIN.replace("\n", "\n\n  \n") + "\n\n",
    "rows of nothing but separators": PLAIN + ",,,\n, ,,\n",
    "separators at the ends": PLAIN.replace("\n", ",\n"),
    "separators at the ends of rows alone": PLAIN.replace("\n", ",,\n").replace("gravity,,", "gravity"),
    "separator at the end of the header alone": PLAIN.replace("gravity\n", "gravity,\n"),
    "comments above": '# a survey\n% of 2019, in "summer\n//\n' + PLAIN,
    "comments between": PLAIN.replace("1500,", "# a pause, a coffee\n1500,"),
    "names in a comment": "# mGal and m\n#" + PLAIN,
    "names in a comment, with blanks": "%easting northing height gravity\n" + PLAIN.split("\n", 1)[1],
    "a title": "Survey 2020\n" + PLAIN,
    "a title of Excel": "Survey 2020,,,\n,,,\n" + PLAIN,
    "a title in quotation marks, then comments": '"Survey, 2020"\n# of summer\n' + PLAIN,
    "GMT's line above a segment": "> a segment\n" + PLAIN,
    "units below": PLAIN.replace("gravity\n", "gravity\nm,m,m,mGal\n"),
    "units below, some missing": PLAIN.replace("gravity\n", "gravity\n,,(m),[mGal]\n"),
    "quoted": "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in PLAIN.splitlines()),
    "blanks around": PLAIN.replace(",", " , "),
    "UTF-8 with its mark": b"\xef\xbb\xbf" + PLAIN.encode(),
    "UTF-16, Excel's Unicode text": PLAIN.replace(",", "\t").replace("\n", "\r\n").encode("utf-16"),
    "UTF-16, the greater byte first": b"\xfe\xff" + PLAIN.encode("utf-16-be"),
    "UTF-16 without its mark": PLAIN.encode("utf-16-le"),
    "UTF-32": PLAIN.encode("utf-32"),
    "DOS's end of file": PLAIN + "\x1a",
    "units in the names": PLAIN.replace("height", "Height (m)").replace("gravity", "Gravity [mGal]"),
    "empty by other words": PLAIN.replace("2500,,", "2500,#N/A,"),
    "a minus sign that is none of ASCII's": PLAIN.replace("-1.25", "\u22121.25"),
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_it_holds_the_same_stations(read, variant):
    np.testing.assert_array_equal(values(read(VARIANTS[variant])[0]), EXPECTED)


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8", "utf-16"])
def test_a_name_with_an_umlaut_is_found_in_any_encoding(read, encoding):
    columns, said = read("x,y,Höhe\n1,2,3\n".encode(encoding))
    assert columns.number("Höhe", "HEIGHT_FIELD").tolist() == [3.0]
    assert [("Windows-1252" in text) for text in said] == ([True] if encoding == "latin-1" else [])


def test_rows_left_out_as_comments_are_told_and_names_that_begin_like_one_are_kept(read):
    columns, said = read("name,x,y\na,1,2\n#b,3,4\nc,5,6\n")
    assert columns.texts["name"] == ["a", "c"] and "1 line below the names" in said[0]
    columns, said = read("name,x,y\n#1,1,2\n#2,3,4\n#3,5,6\n")
    assert columns.texts["name"] == ["#1", "#2", "#3"] and not said


def test_a_title_is_told_and_a_single_column_is_none(read):
    assert "its first 2 lines, 'Survey', are taken for a title" in read("Survey\n2020\n" + PLAIN)[1][0]
    columns, said = read("gravity\n1.5\n")
    assert columns.names == ["gravity"] and not said


def test_a_unit_below_that_is_another_one_is_converted_and_told(read):
    columns, said = read("x,y,height,gravity\nm,m,ft,µGal\n1,2,1000,1500\n")
    assert columns.number("height", "HEIGHT_FIELD").tolist() == pytest.approx([304.8])
    assert columns.number("gravity", "GRAVITY_FIELD").tolist() == pytest.approx([1.5])
    assert "HEIGHT_FIELD: the field 'height'" in said[0] and "is in ft and was multiplied by 0.3048 to m" in said[0]
    assert "is in µGal and was multiplied by 0.001 to mGal" in said[1]


def test_texts_in_the_first_row_are_no_units_where_they_are_texts_below(read):
    columns, _ = read("x,y,sex,kind\n1,2,m,km\n3,4,f,m\n")
    assert columns.count == 2
    columns, _ = read("code,kind\nm,km\ng,m\n")
    assert columns.texts["code"] == ["m", "g"]


REFUSED = {
    "a row too short": ("x,y,g\n1,2\n", "line 2 has 2 values and the header 3"),
    "decimal commas among commas": ("x,y,g\n1,5,2,3\n", "line 2 has 4 values and the header 3; part columns by semi"),
    "after comments and blanks": ("# a\n\nx,y,g\n1,2,3\n\n4,5\n", "line 6 has 2 values"),
    "no names": ("500,300,1.5\n600,300,1.6\n", "its first line holds numbers and not the columns' names"),
    "a name twice": ("x,y,g,g\n1,2,3,4\n", "several columns named 'g'"),
    "an open quotation mark": ('x,y,name\n1,2,"a\n3,4,b\n', "a quotation mark that ends nowhere"),
    "text after a quotation mark": ('x,y,name\n1,2,"5" pipe"\n', "a quotation mark that ends nowhere or in the midst"),
    "bytes of value 0": (b"x,y\n1,2\n" + b"\0" * 40, "it holds the character '\\x00'"),
    "a workbook": (b"PK\x03\x04" + bytes(range(256)), "it is a workbook, an archive or the like and no text; save"),
    "a page": ("<!DOCTYPE html>\n<html>404</html>", "it is JSON, HTML or XML and no CSV"),
    "GeoJSON": ('{"type": "FeatureCollection", "features": []}', "it is JSON, HTML or XML and no CSV"),
    "a half of UTF-16": ("x,y\n1,2\n".encode("utf-16") + b"\x31", "it is no UTF-8. Save it as UTF-8"),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_what_can_not_be_read_is_told_in_one_sentence(read, fault):
    held, words = REFUSED[fault]
    with pytest.raises(InputError) as refused:
        read(held)
    assert refused.value.parameter == "GRAVITY" and refused.value.message.startswith("GRAVITY: ")
    assert words in refused.value.message and "points.csv can't be read" in refused.value.message


@pytest.mark.parametrize("text", ["", "\n\n", "x,y,g\n", "x,y,g\nm,m,mGal\n", "# nothing\n", "sep=;\nx;y;g\n"])
def test_a_file_without_rows_has_none(read, text):
    assert read(text)[0].count == 0


@pytest.mark.parametrize("text", ["1e300", "-1e40"])
def test_a_number_that_nothing_measures_is_refused_by_its_column(read, text):
    columns, _ = read(f"x,y,g,error\n0,0,1,0.1\n1,1,2,{text}\n")
    assert columns.number("g", "GRAVITY_FIELD").tolist() == [1, 2]
    with pytest.raises(InputError, match=r"the field 'error' of .*points.csv holds -?1e\+\d+ in row 2, which nothing"):
        columns.number("error", "ERROR_FIELD")


def test_a_field_is_found_without_its_unit_and_case_but_not_two(read):
    columns, _ = read("x,y,Gravity (mGal),h (m),H (ft)\n1,2,3,4,5\n")
    assert columns.number("gravity", "GRAVITY_FIELD").tolist() == [3]
    assert columns.number("h (m)", "HEIGHT_FIELD").tolist() == [4]
    with pytest.raises(InputError, match=r"has h \(m\), H \(ft\) for 'h'. Name one of them."):
        columns.number("h", "HEIGHT_FIELD")


def test_a_message_does_not_list_a_thousand_columns(read):
    columns, _ = read(",".join(f"c{i}" for i in range(1000)) + "\n")
    with pytest.raises(InputError, match="and 970 more") as refused:
        columns.number("g", "GRAVITY_FIELD")
    assert len(refused.value.message) < 500
