"""Coordinate reference systems that are missing, wrong or of no use: each a sentence saying what, where and what to do."""

from __future__ import annotations

import pytest

from .refusals import REMOVED, flat, says, write_tif


def test_no_crs_anywhere(refused):
    says(refused(crs=REMOVED), "CRS", "no coordinate reference system", "neither the gravity", "Give CRS")


def test_a_relief_without_one(refused, tmp_path):
    name = write_tif(tmp_path / "bare.tif", flat(), crs=None)
    error = refused(starting_relief=name)
    says(error, "STARTING_RELIEF", "bare.tif", "no coordinate reference system", "Assign projection")


def test_a_relief_in_degrees_is_told_its_utm_zone(refused, tmp_path):
    name = write_tif(tmp_path / "degrees.tif", flat(), 14.9, 50.1, "EPSG:4326", 0.01)
    error = refused(starting_relief=name)
    says(error, "STARTING_RELIEF", "in degrees (EPSG:4326)", "Reproject it (Warp)", "EPSG:32633 (UTM zone 33N)")


def test_a_grid_in_degrees_is_told_its_utm_zone(refused):
    error = refused(crs="EPSG:4326", extent=[-70.2, -70.0, -33.1, -33.0], spacing=0.01)
    says(error, "CRS", "in degrees", "EPSG:32719 (UTM zone 19S)")


def test_stations_in_degrees_are_told_their_utm_zone_though_one_has_no_place(refused, tmp_path):
    text = "x,y,gravity,height\n15.1,50.1,1,900\n,,2,900\n1e400,50.2,3,900\n15.3,50.3,4,900\n"
    (tmp_path / "degrees.csv").write_text(text)
    error = refused(gravity="degrees.csv", gravity_crs="EPSG:4326", crs=REMOVED)
    says(error, "GRAVITY", "in degrees", "EPSG:32633 (UTM zone 33N)")
    (tmp_path / "degrees.csv").write_text("x,y,gravity,height\n,,1,900\n")
    says(refused(gravity="degrees.csv", gravity_crs="EPSG:4326", crs=REMOVED), "GRAVITY", "one of the UTM zones")


@pytest.mark.parametrize(
    ("crs", "unit"),
    [
        ("EPSG:2229", "US survey foot"),
        ("EPSG:2225", "US survey foot"),
        ("+proj=utm +zone=33 +datum=WGS84 +units=km +type=crs", "kilometre"),
    ],
)
def test_a_grid_in_another_unit_than_metres(refused, crs, unit):
    says(refused(crs=crs), "CRS", f"is in {unit}", "Reproject it to a system in metres")


def test_a_text_that_is_no_crs(refused):
    says(refused(crs="Antarctica"), "CRS", "'Antarctica' is no coordinate reference system", "EPSG:3031")


@pytest.mark.parametrize(
    ("crs", "kind"),
    [
        ("EPSG:5773", "EPSG:5773 is of the kind Vertical CRS"),
        ("EPSG:4978", "EPSG:4978 is of the kind Geocentric CRS"),
    ],
)
def test_a_system_that_tells_no_place_on_a_map(refused, crs, kind):
    says(refused(crs=crs), "CRS", kind, "no place on a map", "projected one like EPSG:3031")
    says(refused(gravity_crs=crs), "GRAVITY_CRS", kind, "no place on a map")


@pytest.mark.parametrize("crs", ["EPSG:3031+5773", "+proj=utm +zone=33 +ellps=GRS80 +towgs84=1,2,3,0,0,0,0 +type=crs"])
def test_a_projected_one_with_heights_or_a_shift_is_taken(engine, survey, crs):
    assert engine(task="gravitymisfit", **{**survey, "crs": crs}).code == 0


def test_a_synthetic_model_in_degrees(engine, tmp_path):
    done = engine(task="syntheticmodel", crs="EPSG:4326", extent=[10, 11, 50, 51], spacing=0.1, relief="r.tif")
    assert done.code == 2
    says(done.error, "CRS", "in degrees", "UTM zone 32N")
    assert not (tmp_path / "r.tif").exists()
