"""What is doubtful is said with a count, and the run goes on; STRICT makes each of them an error."""

from __future__ import annotations

import csv

import numpy as np
import pytest


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def without_a_value(rows):
    rows[2]["gravity"] = ""
    rows[9]["gravity"] = "NULL"
    rows[11]["height"] = "nan"


def outside_the_relief(rows):
    rows[0]["easting"] = "-502"
    rows[1]["northing"] = "9502"


def at_or_below_the_relief(rows):
    rows[24]["height"] = "10"
    rows[25]["height"] = "-20"
    rows[26]["height"] = "0"


def doubled_with_equal_values(rows):
    rows.extend([dict(rows[5]), dict(rows[5])])


def ten_times_beyond_the_others(rows):
    rows[40]["gravity"] = "900"


CASES = [
    (without_a_value, 3, "have no value", "left out", "GRAVITY"),
    (outside_the_relief, 2, "lie outside the relief", "left out", "GRAVITY"),
    (at_or_below_the_relief, 3, "lie at or below the starting relief", "they are used", "HEIGHT"),
    (doubled_with_equal_values, 2, "repeat another one with the same gravity", "merged", "GRAVITY"),
    (ten_times_beyond_the_others, 1, "have gravity 10 times further from the median", "they are used", "GRAVITY_FIELD"),
]
IDS = [case[0].__name__ for case in CASES]


@pytest.fixture
def doubtful(engine, survey, tmp_path):
    """Run a misfit on the survey after an edit of its stations."""

    def run(edit, **changes):
        rows = read(tmp_path / "stations.csv")
        edit(rows)
        write(tmp_path / "stations.csv", rows)
        return engine(task="gravitymisfit", **survey, stations="out.csv", residual="residual.tif", **changes)

    return run


@pytest.mark.parametrize(("edit", "count", "what", "consequence", "parameter"), CASES, ids=IDS)
def test_a_doubt_is_counted_and_the_run_goes_on(doubtful, tmp_path, edit, count, what, consequence, parameter):
    run = doubtful(edit)
    assert run.code == 0
    (warning,) = run.of("warning")
    given = len(read(tmp_path / "stations.csv"))
    assert warning["text"].startswith(f"{count} of {given} stations {what}")
    assert consequence in warning["text"]
    assert (warning["count"], warning["parameter"]) == (count, parameter)
    rows = read(tmp_path / "out.csv")
    assert len(rows) == given
    left_out = 0 if "used" in consequence else count
    assert sum(row["used"] == "0" for row in rows) == left_out
    assert all((row["predicted"] == "") == (row["used"] == "0") for row in rows)


@pytest.mark.parametrize(("edit", "count", "what", "consequence", "parameter"), CASES, ids=IDS)
def test_strict_turns_a_doubt_into_an_error(doubtful, tmp_path, edit, count, what, consequence, parameter):
    run = doubtful(edit, strict=True)
    assert run.code == 2
    assert run.error["kind"] == "input"
    assert run.error["parameter"] == parameter
    assert what in run.error["message"] and "STRICT" in run.error["message"]
    assert not (tmp_path / "out.csv").exists() and not (tmp_path / "residual.tif").exists()


def test_a_survey_without_doubts_says_nothing_and_passes_strict(doubtful):
    run = doubtful(lambda rows: None, strict=True)
    assert (run.code, run.of("warning")) == (0, [])


def test_merged_stations_count_once(doubtful, engine, survey, tmp_path):
    plain = engine(task="gravitymisfit", **survey).outputs["rms_misfit"]
    doubled = doubtful(doubled_with_equal_values).outputs["rms_misfit"]
    assert doubled == pytest.approx(plain, rel=1e-12)


def test_a_station_left_out_touches_no_result(engine, survey, tmp_path):
    rows = read(tmp_path / "stations.csv")
    kept = [row for number, row in enumerate(rows) if number not in (2, 9)]
    write(tmp_path / "stations.csv", kept)
    expected = engine(task="invertrelief", **survey, damping=0.01, stations="expected.csv").outputs
    rows[2]["gravity"], rows[9]["easting"] = "", "1e7"
    write(tmp_path / "stations.csv", rows)
    found = engine(task="invertrelief", **survey, damping=0.01, stations="found.csv").outputs
    assert found["rms_misfit"] == pytest.approx(expected["rms_misfit"], rel=1e-9)
    used = [row for row in read(tmp_path / "found.csv") if row["used"] == "1"]
    residuals = [[float(row["residual"]) for row in rows] for rows in (used, read(tmp_path / "expected.csv"))]
    np.testing.assert_allclose(*residuals, rtol=0, atol=1e-9)


def test_a_model_whose_stations_lie_in_its_hills_says_so(engine):
    run = engine(task="syntheticmodel", station_height=500, relief="relief.tif")
    (warning,) = run.of("warning")
    assert warning["parameter"] == "STATION_HEIGHT"
    assert "lie at or below the relief" in warning["text"] and "greater STATION_HEIGHT" in warning["text"]


def test_stations_that_no_projection_reaches_and_endless_heights_are_left_out(engine, tmp_path):
    """A quarter of the globe away from its meridian a UTM zone has no coordinates."""
    text = "x,y,gravity,height\n15.0,1.0,3,900\n105.0,0.0,1,900\n15.05,1.05,4,inf\n15.05,1.03,5,900\n"
    (tmp_path / "places.csv").write_text(text)
    grid = {"extent": [500000, 510000, 110000, 120000], "spacing": 1000, "crs": "EPSG:32633"}
    keys = {"gravity": "places.csv", "gravity_crs": "EPSG:4326", "height_field": "height", **grid}
    for task in ("gravitymisfit", "invertrelief"):
        run = engine(task=task, **keys, stations="out.csv")
        assert "2 of 4 stations have no value (place, " in run.warnings[0]
        rows = read(tmp_path / "out.csv")
        assert [row["used"] for row in rows] == ["1", "0", "0", "1"]
        assert (rows[1]["easting"], rows[2]["height"]) == ("", "")


def test_gravity_of_a_relief_leaves_them_out_too(engine, survey, tmp_path):
    (tmp_path / "places.csv").write_text("x,y,h\n2000,3000,900\n4000,4000,inf\n1e999,4000,900\n")
    run = engine(task="forwardgravity", relief="relief.tif", stations="places.csv", height_field="h", predicted="p.csv")
    assert run.code == 0
    assert "2 of 3 stations have no place or no height" in run.warnings[0]
    assert [row["predicted"] != "" for row in read(tmp_path / "p.csv")] == [True, False, False]


def test_places_beyond_the_relief_are_computed_and_said(engine, survey, tmp_path):
    (tmp_path / "places.csv").write_text("x,y,h\n2000,3000,900\n-9000,0,900\n4000,4000,\n")
    run = engine(task="forwardgravity", relief="relief.tif", stations="places.csv", height_field="h", predicted="p.csv")
    texts = " ".join(run.warnings)
    assert "1 of 3 stations have no place or no height and are left out" in texts
    assert "1 of 3 stations lie outside the relief" in texts
    assert [row["predicted"] != "" for row in read(tmp_path / "p.csv")] == [True, True, False]
