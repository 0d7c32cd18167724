"""Stations that can not be used: each a sentence saying what, where and what to do."""

from __future__ import annotations

import pytest

from .refusals import REMOVED, edit_stations, says


def test_no_gravity(refused):
    says(refused(gravity=REMOVED), "GRAVITY", "GRAVITY is missing", "point layer or a raster")


def test_a_file_that_is_not_there(refused):
    says(refused(gravity="nowhere.csv"), "GRAVITY", "no file", "nowhere.csv")


def test_a_text_file_that_is_neither_points_nor_raster(refused, tmp_path):
    (tmp_path / "stations.txt").write_text("station A: high\nstation B: low\n")
    error = refused(gravity="stations.txt", height_field=REMOVED, height=1000)
    says(error, "GRAVITY", "stations.txt", "no raster that can be read")


@pytest.mark.parametrize("name", ["stations.txt", "stations.gpkg", "stations"])
def test_points_in_a_file_of_another_kind_are_told_the_kinds(refused, tmp_path, name):
    """Also where a field of points is named."""
    path = tmp_path / name
    error = refused(gravity=name)
    says(error, "GRAVITY", "there is no file", name, "raster, or points (.csv or .columns.json)")
    path.write_bytes((tmp_path / "stations.csv").read_bytes()) if path.suffix else path.mkdir()
    error = refused(gravity=name)
    says(error, "GRAVITY", f"{name} is no raster that can be read", "points as .csv or .columns.json")


def test_no_usable_station(refused, tmp_path):
    edit_stations(tmp_path, lambda rows: [row | {"gravity": ""} for row in rows])
    says(refused(), "GRAVITY", "no usable station", "Check GRAVITY_FIELD and the height")


def test_a_file_with_a_header_alone(refused, tmp_path):
    (tmp_path / "stations.csv").write_text("easting,northing,gravity,height\n")
    says(refused(), "GRAVITY", "no stations", "stations.csv")


def test_a_gravity_field_that_is_not_numeric(refused, tmp_path):
    edit_stations(tmp_path, lambda rows: rows[4].update(gravity="high"))
    says(refused(), "GRAVITY_FIELD", "'gravity'", "not numeric", "row 5 holds 'high'", "Choose a field of numbers")


def test_a_gravity_field_that_is_not_there(refused):
    says(
        refused(gravity_field="boug"),
        "GRAVITY_FIELD",
        "no field 'boug'",
        "Choose one of: easting, northing, gravity",
    )


def test_a_height_field_that_is_not_there(refused):
    says(refused(height_field="altitude"), "HEIGHT_FIELD", "no field 'altitude'", "Choose one of")


def test_no_heights_at_all(refused):
    says(refused(height_field=REMOVED), "HEIGHT", "no heights", "HEIGHT_FIELD, HEIGHT_RASTER or one HEIGHT")


def test_a_file_without_coordinates(refused, tmp_path):
    edit_stations(tmp_path, lambda rows: [{"a": r.pop("easting"), "b": r.pop("northing"), **r} for r in rows])
    says(refused(), "GRAVITY", "no columns easting and northing (or x and y)", "Name its coordinates so")


def test_metres_that_are_called_degrees(refused, tmp_path):
    edit_stations(tmp_path, lambda rows: [{"lon": r.pop("easting"), "lat": r.pop("northing"), **r} for r in rows])
    says(refused(), "GRAVITY", "up to 12000 and 9000, which are no degrees", "as GRAVITY_CRS")


def test_doubled_stations_with_different_values(refused, tmp_path):
    edit_stations(tmp_path, lambda rows: [*rows, rows[3] | {"gravity": "12.5"}])
    says(refused(), "GRAVITY", "stations 4 and 476", "same place (1500.0, 0.0)", "12.5 mGal", "Remove one or average")


def test_errors_of_zero(refused, tmp_path):
    edit_stations(tmp_path, lambda rows: rows[7].update(error="0"))
    says(refused(error_field="error"), "ERROR_FIELD", "1 stations have an error of 0 or below", "above 0")


def test_errors_that_are_as_good_as_zero(refused, tmp_path):
    edit_stations(tmp_path, lambda rows: rows[7].update(error="1e-300"))
    says(refused(error_field="error"), "ERROR_FIELD", "1 stations have an error of less than 1e-09 mGal", "above 0")


def test_a_row_that_is_too_short(refused, tmp_path):
    (tmp_path / "stations.csv").write_text("easting,northing,gravity,height\n0,0,1,1000\n500,0,2\n")
    says(refused(), "GRAVITY", "line 3 has 3 values and the header 4")


def test_a_file_of_another_kind(refused, tmp_path):
    (tmp_path / "stations.columns.json").write_text('{"format": "other"}')
    says(refused(gravity="stations.columns.json"), "GRAVITY", "can't be read", "its format is not")


def test_a_points_field_named_for_a_raster(refused):
    error = refused(gravity="relief.tif", height_field=REMOVED, height=1000, error_field="error")
    says(error, "ERROR_FIELD", "names a field of points, and GRAVITY is a raster")
