"""What a person can get wrong: each a sentence saying what, where and what to do, exit code 2 and no file left."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

ROOT = Path(__file__).resolve().parents[3]
OUTPUTS = {
    "inverted_relief": "out/relief.tif",
    "relief_change": "out/change.nc",
    "residual": "out/residual.tif",
    "stations": "out/stations.csv",
    "report": "out/report.html",
}


@pytest.fixture
def refused(engine, survey, tmp_path):
    """Run a job that must be refused: (the error event); nothing may be left in its folder of results."""

    def run(task="invertrelief", **changes):
        (tmp_path / "out").mkdir(exist_ok=True)
        job = {"task": task, **survey, **OUTPUTS, **changes}
        done = engine(**{key: value for key, value in job.items() if value is not REMOVED})
        assert done.code == 2, done.events[-1]
        assert done.error["kind"] == "input"
        assert list((tmp_path / "out").iterdir()) == []
        assert not list(tmp_path.rglob("*.part*"))
        return done.error

    return run


REMOVED = object()


def says(error, parameter, *words):
    assert error["parameter"] == parameter, error
    for word in words:
        assert word in error["message"], error["message"]


def write_tif(path, values, west=-500.0, north=9500.0, crs="EPSG:3031", step=1000.0, nodata=None):
    values = np.asarray(values, dtype="float64")
    shape = {"height": values.shape[0], "width": values.shape[1], "count": 1, "dtype": "float64", "driver": "GTiff"}
    with rasterio.open(
        path, "w", **shape, crs=crs, transform=from_origin(west, north, step, step), nodata=nodata
    ) as file:
        file.write(values, 1)
    return path.name


def edit_stations(folder, edit):
    """Rewrite stations.csv: edit(rows) changes or returns a list of dicts."""
    path = folder / "stations.csv"
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    rows = edit(rows) or rows
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def flat(value=300.0, shape=(10, 13)):
    return np.full(shape, value)


class TestCoordinateSystem:
    def test_no_crs_anywhere(self, refused):
        says(refused(crs=REMOVED), "CRS", "no coordinate reference system", "neither the gravity", "Give CRS")

    def test_a_relief_without_one(self, refused, tmp_path):
        name = write_tif(tmp_path / "bare.tif", flat(), crs=None)
        error = refused(starting_relief=name)
        says(error, "STARTING_RELIEF", "bare.tif", "no coordinate reference system", "Assign projection")

    def test_a_relief_in_degrees_is_told_its_utm_zone(self, refused, tmp_path):
        name = write_tif(tmp_path / "degrees.tif", flat(), 14.9, 50.1, "EPSG:4326", 0.01)
        error = refused(starting_relief=name)
        says(error, "STARTING_RELIEF", "in degrees (EPSG:4326)", "Reproject it (Warp)", "EPSG:32633 (UTM zone 33N)")

    def test_a_grid_in_degrees_is_told_its_utm_zone(self, refused):
        error = refused(crs="EPSG:4326", extent=[-70.2, -70.0, -33.1, -33.0], spacing=0.01)
        says(error, "CRS", "in degrees", "EPSG:32719 (UTM zone 19S)")

    def test_stations_in_degrees_are_told_their_utm_zone_though_one_has_no_place(self, refused, tmp_path):
        text = "x,y,gravity,height\n15.1,50.1,1,900\n,,2,900\n1e400,50.2,3,900\n15.3,50.3,4,900\n"
        (tmp_path / "degrees.csv").write_text(text)
        error = refused(gravity="degrees.csv", gravity_crs="EPSG:4326", crs=REMOVED)
        says(error, "GRAVITY", "in degrees", "EPSG:32633 (UTM zone 33N)")
        (tmp_path / "degrees.csv").write_text("x,y,gravity,height\n,,1,900\n")
        says(refused(gravity="degrees.csv", gravity_crs="EPSG:4326", crs=REMOVED), "GRAVITY", "one of the UTM zones")

    def test_a_grid_in_feet(self, refused):
        says(refused(crs="EPSG:2229"), "CRS", "foot", "Reproject it to a system in metres")

    def test_a_text_that_is_no_crs(self, refused):
        says(refused(crs="Antarctica"), "CRS", "'Antarctica' is no coordinate reference system", "EPSG:3031")

    @pytest.mark.parametrize(
        ("crs", "kind"),
        [
            ("EPSG:5773", "EPSG:5773 is of the kind Vertical CRS"),
            ("EPSG:4978", "EPSG:4978 is of the kind Geocentric CRS"),
            ('LOCAL_CS["pit",UNIT["metre",1]]', "pit is of the kind Engineering CRS"),
        ],
    )
    def test_a_system_that_tells_no_place_on_a_map(self, refused, crs, kind):
        says(refused(crs=crs), "CRS", kind, "no place on a map", "projected one like EPSG:3031")
        says(refused(gravity_crs=crs), "GRAVITY_CRS", kind, "no place on a map")

    @pytest.mark.parametrize(
        "crs", ["EPSG:3031+5773", "+proj=utm +zone=33 +ellps=GRS80 +towgs84=1,2,3,0,0,0,0 +type=crs"]
    )
    def test_a_projected_one_with_heights_or_a_shift_is_taken(self, engine, survey, crs):
        assert engine(task="gravitymisfit", **{**survey, "crs": crs}).code == 0

    def test_a_synthetic_model_in_degrees(self, engine, tmp_path):
        done = engine(task="syntheticmodel", crs="EPSG:4326", extent=[10, 11, 50, 51], spacing=0.1, relief="r.tif")
        assert done.code == 2
        says(done.error, "CRS", "in degrees", "UTM zone 32N")
        assert not (tmp_path / "r.tif").exists()


class TestRasters:
    def test_stations_and_relief_that_do_not_overlap(self, refused, tmp_path):
        name = write_tif(tmp_path / "far.tif", flat(), west=5e5)
        error = refused(starting_relief=name)
        says(
            error,
            "GRAVITY",
            "do not overlap",
            "0 to 12000 east",
            "500500 to",
            "Check their coordinate reference systems",
        )

    @pytest.mark.parametrize(
        ("parameter", "words"),
        [
            ("FREE_CELLS", ("frees no cell", "overlaps the relief")),
            ("TRUE_RELIEF", ("does not overlap the starting relief",)),
            ("DENSITY_GRID", ("no value at 130 of the relief's 130 cells", "covers it")),
            ("HEIGHT_RASTER", ("does not overlap GRAVITY", "no station has a height")),
        ],
    )
    def test_another_raster_that_does_not_overlap(self, refused, tmp_path, parameter, words):
        name = write_tif(tmp_path / "far.tif", flat(), west=5e5)
        height = {"height_field": REMOVED} if parameter == "HEIGHT_RASTER" else {}
        says(refused(**{parameter.lower(): name}, **height), parameter, *words)

    def test_empty_cells_in_the_relief_are_counted(self, refused, tmp_path):
        holes = flat()
        holes[2:5, 3:7] = np.nan
        error = refused(starting_relief=write_tif(tmp_path / "holes.tif", holes))
        says(error, "STARTING_RELIEF", "12 empty cells (9.2 percent)", "Fill NoData cells")

    @pytest.mark.parametrize("empty", [-3.4028234663852886e38, 1e20, -2147483648.0])
    @pytest.mark.parametrize("parameter", ["STARTING_RELIEF", "HEIGHT_RASTER", "DENSITY_GRID", "GRAVITY"])
    def test_numbers_that_mean_empty_but_are_not_said_to(self, refused, tmp_path, parameter, empty):
        values = flat()
        values[2, 3:5] = empty
        height = {"GRAVITY": {"height": 1000.0}}.get(parameter, {})
        height |= {} if parameter in ("STARTING_RELIEF", "DENSITY_GRID") else {"height_field": REMOVED}
        name = write_tif(tmp_path / "empty.tif", values)
        error = refused(**{parameter.lower(): name}, **height)
        between = "values of" if parameter == "HEIGHT_RASTER" else f"2 values of {empty:.4g} "
        says(error, parameter, between, "must mean empty", "NoData value", f"give that as {parameter}")
        write_tif(tmp_path / "empty.tif", values, nodata=empty)
        if parameter == "STARTING_RELIEF":
            says(refused(starting_relief=name), parameter, "2 empty cells")

    def test_a_raster_that_is_none(self, refused, tmp_path):
        (tmp_path / "text.tif").write_text("not a raster")
        error = refused(starting_relief="text.tif")
        says(error, "STARTING_RELIEF", "text.tif", "no raster that can be read", "GeoTIFF or NetCDF")

    def test_a_raster_that_is_cut_short(self, refused, tmp_path):
        path = tmp_path / write_tif(tmp_path / "half.tif", flat(shape=(400, 300)))
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        error = refused(free_cells="half.tif")
        says(
            error, "FREE_CELLS", "the values of", "half.tif can't be read", "damaged or cut short", "Give a whole copy"
        )

    def test_a_raster_that_is_not_there(self, refused):
        says(refused(free_cells="nowhere.tif"), "FREE_CELLS", "no file", "nowhere.tif", "Give an existing")

    def test_a_band_that_is_not_there(self, refused):
        error = refused(starting_relief={"path": "relief.tif", "band": 3})
        says(error, "STARTING_RELIEF", "1 band(s)", "band 3", "from 1 to 1")

    def test_a_density_grid_of_zeros(self, refused, tmp_path):
        says(refused(density_grid=write_tif(tmp_path / "zeros.tif", flat(0.0))), "DENSITY_GRID", "0 everywhere")

    @pytest.mark.parametrize("task", ["invertrelief", "dampingcrossvalidation"])
    @pytest.mark.parametrize("columns", [3, 10])
    def test_free_cells_without_a_contrast(self, refused, tmp_path, task, columns):
        """Few of them, and most of them, which are computed in two ways."""
        free, contrast = flat(0.0), flat(500.0)
        free[:, :columns], contrast[:, :columns] = 1.0, 0.0
        rasters = {
            "free_cells": write_tif(tmp_path / "free.tif", free),
            "density_grid": write_tif(tmp_path / "contrast.tif", contrast),
        }
        keys = {"split": 1} if task == "dampingcrossvalidation" else {}
        error = refused(task, **rasters, **keys)
        says(error, "DENSITY_GRID", f"0 in all {10 * columns} free cells", "Give contrasts there", "(FREE_CELLS)")

    def test_free_cells_that_free_none(self, refused, tmp_path):
        says(refused(free_cells=write_tif(tmp_path / "none.tif", flat(0.0))), "FREE_CELLS", "frees no cell")

    def test_neither_relief_nor_grid(self, refused):
        says(refused(spacing=REMOVED), "STARTING_RELIEF", "neither", "Give STARTING_RELIEF, or both EXTENT and SPACING")

    @pytest.mark.parametrize("task", ["gravitymisfit", "startingrelief", "syntheticmodel"])
    def test_an_extent_that_names_another_system(self, engine, survey, task):
        keys = {"spacing": 1000, "crs": "EPSG:3031"}
        keys |= survey if task == "gravitymisfit" else {"method": 2, "level": 5} if task == "startingrelief" else {}
        assert engine(task=task, **{**keys, "extent": "0,12000,0,9000 [EPSG:3031]"}).code == 0
        assert engine(task=task, **{**keys, "extent": "0,12000,0,9000"}).code == 0
        error = engine(task=task, **{**keys, "extent": "0,12000,0,9000 [EPSG:32701] "}).error
        says(error, "EXTENT", "is in EPSG:32701, and the grid in WGS 84 / Antarctic Polar Stereographic", "as CRS")
        error = engine(task=task, **{**keys, "extent": "0,12000,0,9000 [here]"}).error
        says(error, "EXTENT", "'here' is no coordinate reference system")

    @pytest.mark.parametrize("spacing", [1, 1e-9, 1e-29])
    def test_a_spacing_that_makes_more_cells_than_can_be(self, refused, spacing):
        says(refused(spacing=spacing), "SPACING", "makes about", "at most 2e+07 are possible", "greater SPACING")

    def test_a_spacing_wider_than_the_extent(self, refused):
        says(refused(spacing=50000), "SPACING", "at least", "smaller SPACING")


class TestStations:
    def test_no_gravity(self, refused):
        says(refused(gravity=REMOVED), "GRAVITY", "GRAVITY is missing", "point layer or a raster")

    def test_a_file_that_is_not_there(self, refused):
        says(refused(gravity="nowhere.csv"), "GRAVITY", "no file", "nowhere.csv")

    def test_a_text_file_that_is_neither_points_nor_raster(self, refused, tmp_path):
        (tmp_path / "stations.txt").write_text("station A: high\nstation B: low\n")
        error = refused(gravity="stations.txt", height_field=REMOVED, height=1000)
        says(error, "GRAVITY", "stations.txt", "no raster that can be read")

    @pytest.mark.parametrize("name", ["stations.txt", "stations.gpkg", "stations"])
    def test_points_in_a_file_of_another_kind_are_told_the_kinds(self, refused, tmp_path, name):
        """Also where a field of points is named."""
        path = tmp_path / name
        error = refused(gravity=name)
        says(error, "GRAVITY", "there is no file", name, "raster, or points (.csv or .columns.json)")
        path.write_bytes((tmp_path / "stations.csv").read_bytes()) if path.suffix else path.mkdir()
        error = refused(gravity=name)
        says(error, "GRAVITY", f"{name} is no raster that can be read", "points as .csv or .columns.json")

    def test_no_usable_station(self, refused, tmp_path):
        edit_stations(tmp_path, lambda rows: [row | {"gravity": ""} for row in rows])
        says(refused(), "GRAVITY", "no usable station", "Check GRAVITY_FIELD and the height")

    def test_a_file_with_a_header_alone(self, refused, tmp_path):
        (tmp_path / "stations.csv").write_text("easting,northing,gravity,height\n")
        says(refused(), "GRAVITY", "no stations", "stations.csv")

    def test_a_gravity_field_that_is_not_numeric(self, refused, tmp_path):
        edit_stations(tmp_path, lambda rows: rows[4].update(gravity="high"))
        says(refused(), "GRAVITY_FIELD", "'gravity'", "not numeric", "row 5 holds 'high'", "Choose a field of numbers")

    def test_a_gravity_field_that_is_not_there(self, refused):
        says(
            refused(gravity_field="boug"),
            "GRAVITY_FIELD",
            "no field 'boug'",
            "Choose one of: easting, northing, gravity",
        )

    def test_a_height_field_that_is_not_there(self, refused):
        says(refused(height_field="altitude"), "HEIGHT_FIELD", "no field 'altitude'", "Choose one of")

    def test_no_heights_at_all(self, refused):
        says(refused(height_field=REMOVED), "HEIGHT", "no heights", "HEIGHT_FIELD, HEIGHT_RASTER or one HEIGHT")

    def test_a_file_without_coordinates(self, refused, tmp_path):
        edit_stations(tmp_path, lambda rows: [{"lon": r.pop("easting"), "lat": r.pop("northing"), **r} for r in rows])
        says(refused(), "GRAVITY", "no columns easting and northing (or x and y)", "Name its coordinates so")

    def test_doubled_stations_with_different_values(self, refused, tmp_path):
        edit_stations(tmp_path, lambda rows: [*rows, rows[3] | {"gravity": "12.5"}])
        says(
            refused(), "GRAVITY", "stations 4 and 476", "same place (1500.0, 0.0)", "12.5 mGal", "Remove one or average"
        )

    def test_errors_of_zero(self, refused, tmp_path):
        edit_stations(tmp_path, lambda rows: rows[7].update(error="0"))
        says(refused(error_field="error"), "ERROR_FIELD", "1 stations have an error of 0 or below", "above 0")

    def test_a_row_that_is_too_short(self, refused, tmp_path):
        (tmp_path / "stations.csv").write_text("easting,northing,gravity,height\n0,0,1,1000\n500,0,2\n")
        says(refused(), "GRAVITY", "line 3 has 3 values and the header 4")

    def test_a_file_of_another_kind(self, refused, tmp_path):
        (tmp_path / "stations.columns.json").write_text('{"format": "other"}')
        says(refused(gravity="stations.columns.json"), "GRAVITY", "can't be read", "its format is not")

    def test_a_points_field_named_for_a_raster(self, refused):
        error = refused(gravity="relief.tif", height_field=REMOVED, height=1000, error_field="error")
        says(error, "ERROR_FIELD", "names a field of points, and GRAVITY is a raster")


class TestSettings:
    @pytest.mark.parametrize("task", ["invertrelief", "gravitymisfit", "dampingcrossvalidation"])
    def test_a_contrast_of_zero(self, refused, task):
        keys = {} if task != "gravitymisfit" else {"inverted_relief": REMOVED, "relief_change": REMOVED}
        says(refused(task, **keys, density_contrast=0), "DENSITY_CONTRAST", "is 0", "density below it minus")

    def test_a_damping_of_zero(self, refused):
        says(refused(damping=0), "DAMPING", "is 0", "above 0")

    def test_a_negative_damping(self, refused):
        says(refused(damping=-0.1), "DAMPING", "-0.1", "at least 0")

    @pytest.mark.parametrize("value", [0, -0.001])
    @pytest.mark.parametrize("name", ["damping_min", "damping_max"])
    def test_an_end_of_the_range_at_or_below_zero(self, refused, name, value):
        error = refused("dampingcrossvalidation", test_field="test", **{name: value})
        says(error, name.upper(), f"is {value:g}", "logarithmic scale", "above 0")

    def test_a_reversed_range(self, refused):
        error = refused("dampingcrossvalidation", test_field="test", damping_min=1, damping_max=0.01)
        says(error, "DAMPING_MIN", "(1) is greater than DAMPING_MAX (0.01)", "Exchange them")

    def test_one_trial_for_two_ends(self, refused):
        says(refused("dampingcrossvalidation", test_field="test", trials=1), "TRIALS", "two ends", "at least 2")

    @pytest.mark.parametrize(("value", "which"), [("0", "no usable"), ("1", "every usable")])
    def test_a_test_field_of_one_class(self, refused, tmp_path, value, which):
        edit_stations(tmp_path, lambda rows: [row | {"test": value} for row in rows])
        error = refused("dampingcrossvalidation", test_field="test")
        says(error, "TEST_FIELD", f"marks {which} station", "0 for the stations to fit, 1 for those to withhold")

    def test_a_split_by_field_without_one(self, refused):
        says(refused("dampingcrossvalidation"), "TEST_FIELD", "TEST_FIELD is missing", "another SPLIT")

    def test_alternate_nodes_of_scattered_stations(self, refused, tmp_path):
        edit_stations(tmp_path, lambda rows: rows[30].update(easting="3317"))
        error = refused("dampingcrossvalidation", split=1)
        says(error, "SPLIT", "regular grid", "scattered", "Use SPLIT 0")

    @pytest.mark.parametrize(
        ("key", "value", "words"),
        [
            ("penalty", 3, ("0 step damping, 1 curvature, 2 curvature of the change",)),
            ("max_iterations", 0, ("at least 1",)),
            ("spacing", -5, ("greater than 0",)),
            ("extent", [0, 0, 0, 10], ("East must be greater than west",)),
            ("extent", "here", ("west, east, south and north",)),
            ("height", "high", ("'high'", "Give a number")),
            ("error", 0, ("greater than 0",)),
            ("strict", 1, ("true or false",)),
        ],
    )
    def test_a_value_that_can_not_be(self, refused, key, value, words):
        says(refused(**{key: value}), key.upper(), *words)

    def test_a_key_that_the_task_does_not_know(self, refused):
        says(refused(dampign=0.2), "DAMPIGN", "'dampign'", "does not know", "Known are", "damping")

    def test_a_task_that_is_none(self, refused):
        says(refused("invert"), "TASK", "'invert'", "syntheticmodel", "invertrelief")


class TestOutputs:
    def test_a_folder_that_is_not_there(self, refused):
        says(refused(residual="nowhere/residual.tif"), "RESIDUAL", "no folder", "nowhere", "Make it")

    def test_a_folder_that_is_a_file(self, refused):
        says(refused(residual="relief.tif/residual.tif"), "RESIDUAL", "no folder", "relief.tif", "choose another one")

    @pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder that even root can't write")
    def test_a_folder_that_can_not_be_written(self, refused):
        says(refused(residual="/proc/residual.tif"), "RESIDUAL", "/proc can't be written", "Choose another one")

    @pytest.mark.parametrize("suffix", ["", ".png", ".gpkg", ".asc", ".img", ".grd", ".sdat", ".vrt", ".tif.gz"])
    def test_a_raster_format_that_loses_something(self, refused, suffix):
        error = refused(residual=f"out/residual{suffix}")
        says(error, "RESIDUAL", f"residual{suffix} ends like no raster that can be written", "ending in .tif or .nc")

    def test_a_name_that_is_a_folder(self, refused, tmp_path):
        (tmp_path / "taken").mkdir()
        says(refused(report="taken"), "REPORT", "is a folder", "name of a file")

    def test_two_outputs_with_one_name(self, refused):
        error = refused(residual="out/one.tif", inverted_relief="out/../out/one.tif")
        assert error["parameter"] in ("RESIDUAL", "INVERTED_RELIEF")
        assert "same file" in error["message"] and "Give two" in error["message"]

    def test_a_raster_with_a_suffix_of_no_format(self, refused):
        says(refused(residual="out/residual.xyzw"), "RESIDUAL", "residual.xyzw", ".tif")


def test_the_process_exits_with_2_and_its_last_line_is_the_error(survey, tmp_path):
    job = tmp_path / "job.json"
    job.write_text(json.dumps({"task": "invertrelief", **survey, "density_contrast": 0, "residual": "residual.tif"}))
    command = [sys.executable, "-m", "core", "run", str(job)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2
    says(json.loads(done.stdout.splitlines()[-1]), "DENSITY_CONTRAST", "is 0")
    assert not list(tmp_path.glob("residual*"))
