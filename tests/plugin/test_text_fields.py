"""Fields of texts that are numbers, as QGIS makes them from tables, and repeated stations: through qgis_process."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from .files import point_file, points_in, raster_file, raster_in

SIZE = 1000.0
PLACE = (-500.0, 4500.0, SIZE)  # cell centres at 0, 1000 .. 5000 east, 0 .. 4000 north
ROWS = [(SIZE * i, SIZE * j, 5.25 + 0.5 * i, 1000.5) for j in range(5) for i in range(6)]


@pytest.fixture()
def invert(command_line, tmp_path):
    """Invert stations, given by a file or rows of texts; the finished run, the relief and the stations."""
    raster_file(tmp_path / "start.tif", np.full((5, 6), 100.0), place=PLACE, nodata=-9999.0)

    def invert(gravity, fields=("gravity", "height"), **values):
        folder = tmp_path / f"run{len(list(tmp_path.glob('run*')))}"
        folder.mkdir()
        if not isinstance(gravity, Path):
            gravity = point_file(folder / "given.gpkg", fields, gravity)
        result = {"INVERTED_RELIEF": folder / "inverted.tif", "STATIONS": folder / "result.gpkg"}
        given = {"GRAVITY": gravity, "GRAVITY_FIELD": fields[0], "HEIGHT_FIELD": fields[1], **result}
        done = command_line.run(
            "gravrelief:invertrelief", {**given, "STARTING_RELIEF": tmp_path / "start.tif", **values}
        )
        if done.code:
            assert not result["INVERTED_RELIEF"].exists() and "Traceback" not in done.text
            return done, None, None
        return done, raster_in(result["INVERTED_RELIEF"]), points_in(result["STATIONS"])

    return invert


def texts(mark="."):
    return [(x, y, *(str(value).replace(".", mark) for value in values)) for x, y, *values in ROWS]


def test_texts_are_read_as_the_numbers_that_they_are(invert):
    expected = invert(ROWS)[1]
    for mark in ".,":
        done, relief, _ = invert(texts(mark))
        assert done.code == 0, done.text
        np.testing.assert_array_equal(relief, expected)


def test_points_that_qgis_made_from_a_table_are_stations(invert, command_line, tmp_path):
    lines = [f"{x:.1f},{y:.1f},{g},{h}" for x, y, g, h in ROWS]
    (tmp_path / "table.csv").write_text("\n".join(["x,y,gravity,height", *lines]) + "\n")
    layer = tmp_path / "from_table.gpkg"
    values = {"INPUT": tmp_path / "table.csv", "XFIELD": "x", "YFIELD": "y", "TARGET_CRS": "EPSG:3031", "OUTPUT": layer}
    made = command_line.run("native:createpointslayerfromtable", values)
    assert made.code == 0, made.text
    done, relief, _ = invert(layer)
    assert done.code == 0, done.text
    np.testing.assert_array_equal(relief, invert(ROWS)[1])


def test_an_empty_text_is_a_station_left_out(invert):
    rows = texts()
    rows[3] = (*rows[3][:2], None, "1000.5")
    rows[7] = (*rows[7][:2], "NULL", "1000.5")
    done, _, _ = invert(rows)
    assert done.code == 0 and "2 of 30 stations have no value" in done.text


def refused(done, *words):
    said = " ".join(done.text[done.text.index("ERROR") :].split())
    assert done.code != 0
    for word in words:
        assert word in said, said


def test_texts_of_which_some_are_no_numbers_are_refused_with_count_and_example(invert):
    rows = texts()
    rows[3], rows[5] = (*rows[3][:2], "high", "1000"), (*rows[5][:2], "low", "1000")
    refused(invert(rows)[0], "GRAVITY_FIELD", "'gravity' of 'given' is not numeric: row 4 holds 'high' (2 of 30 rows")


def test_a_comma_that_parts_thousands_is_refused(invert):
    rows = [(x, y, g, f"{1000 + i:,}") for i, (x, y, g, _) in enumerate(ROWS)]
    refused(
        invert(rows)[0],
        "HEIGHT_FIELD",
        "'height' of 'given' holds '1,000' in row 1, whose comma seems to part thousands",
    )


def test_a_field_whose_name_tells_feet_is_converted_and_told(invert):
    done, relief, _ = invert([(x, y, g, h / 0.3048) for x, y, g, h in ROWS], ("gravity", "Height (ft)"))
    assert done.code == 0 and re.search(
        r"'Height \(ft\)' of 'given' is in ft and was multiplied by 0.3048 to m", done.text
    )
    np.testing.assert_allclose(relief, invert(ROWS)[1], atol=1e-6)


def test_repeated_stations_are_averaged_and_all_are_in_the_table(invert):
    repeated = [*ROWS, *((x, y, g + 0.1, h) for x, y, g, h in ROWS[:4])]
    done, _, stations = invert(repeated)
    assert done.code == 0 and "4 places averaged, largest difference 0.1 mGal" in done.text
    assert [row["gravity"] for row in stations] == [g for _, _, g, _ in repeated]
    assert all(row["used"] == 1 and row["predicted"] is not None for row in stations)
    assert [stations[i]["predicted"] for i in range(4)] == [row["predicted"] for row in stations[30:]]
    refused(
        invert(repeated, REPEAT_TOLERANCE=0.05)[0], "stations 1 and 31 lie at the same place (0.0, 0.0)", "0.05 mGal"
    )
