"""Regionals, limits, known points and free cells through qgis_process with the real engine."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from gravrelief.plugin import tutorial
from osgeo import ogr, osr

from .command_line import ROOT
from .files import point_file, points_in, raster_file, raster_in

AMUNDSEN = ROOT.parent / "shared" / "data" / "amundsen_south"
PLACE = (-500.0, 15500.0, 1000.0)  # cell centres at 0, 1000 .. 20000 east, 0 .. 15000 north
SHAPE = (16, 21)
LEVEL = 500.0


@pytest.fixture(scope="module")
def synthetic(command_line, tmp_path_factory):
    """The tutorial's model on a part of its grid: its relief and stations, and a flat start."""
    folder = tmp_path_factory.mktemp("synthetic")
    values = {
        **tutorial.MODEL,
        "EXTENT": "0,20000,0,15000",
        "REFERENCE_LEVEL": LEVEL,
        "HOLDOUT": False,
        "RELIEF": folder / "relief.tif",
        "STATIONS": folder / "stations.gpkg",
    }
    done = command_line.run("gravrelief:syntheticmodel", values)
    assert done.code == 0, done.text
    raster_file(folder / "start.tif", np.full(SHAPE, LEVEL), place=PLACE, nodata=-9999.0)
    return folder


@pytest.fixture()
def survey(synthetic, tmp_path):
    return {
        "GRAVITY": synthetic / "stations.gpkg",
        "GRAVITY_FIELD": "gravity",
        "HEIGHT_FIELD": "height",
        "ERROR": tutorial.MODEL["NOISE"],
        "REFERENCE_LEVEL": LEVEL,
        "STARTING_RELIEF": synthetic / "start.tif",
        "INVERTED_RELIEF": tmp_path / "inverted.tif",
    }


def limit(path: Path, height: float) -> str:
    """A limit of one height everywhere."""
    return raster_file(path, np.full(SHAPE, height), place=PLACE, nodata=-9999.0)


def window(path: Path, epsg: int) -> str:
    """A GeoPackage in another CRS of the rectangle around the centres from 5000, 4000 to 14000, 10000."""
    ring = [(4500.0, 3500.0), (14500.0, 3500.0), (14500.0, 10500.0), (4500.0, 10500.0), (4500.0, 3500.0)]
    polygon = ogr.CreateGeometryFromWkt(f"POLYGON(({', '.join(f'{x} {y}' for x, y in ring)}))")
    grid, other = osr.SpatialReference(), osr.SpatialReference()
    for reference, code in ((grid, 3031), (other, epsg)):
        reference.ImportFromEPSG(code)
        reference.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    polygon.Segmentize(100.0)
    polygon.Transform(osr.CoordinateTransformation(grid, other))
    source = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    layer = source.CreateLayer("window", other, ogr.wkbPolygon)
    feature = ogr.Feature(layer.GetLayerDefn())
    feature.SetGeometry(polygon)
    layer.CreateFeature(feature)
    return str(path)


def test_limits_known_points_and_polygons_are_kept_together(command_line, synthetic, survey, tmp_path):
    true = raster_in(synthetic / "relief.tif")
    low, high = np.percentile(true, 15), np.percentile(true, 85)
    spots = [(6000.0, 5000.0), (9000.0, 7000.0), (12000.0, 9000.0)]
    known = [(x, y, float(np.clip(true[15 - int(y) // 1000, int(x) // 1000], low + 5, high - 5))) for x, y in spots]
    values = {
        **survey,
        "DAMPING": 0.01,
        "LOWER_LIMIT": limit(tmp_path / "low.tif", low),
        "UPPER_LIMIT": limit(tmp_path / "high.tif", high),
        "FREE_CELLS": window(tmp_path / "window.gpkg", 3976),
        "KNOWN_POINTS": point_file(tmp_path / "known.gpkg", ("bed",), known),
        "KNOWN_FIELD": "bed",
        "KNOWN_ERROR": 0.01,
        "DATA_SUPPORT": tmp_path / "support.tif",
    }
    done = command_line.run("gravrelief:invertrelief", values)
    assert done.code == 0, done.text
    inverted = raster_in(survey["INVERTED_RELIEF"])
    free = np.zeros(SHAPE, dtype=bool)
    free[15 - 10 : 15 - 4 + 1, 5:15] = True
    assert np.array_equal(inverted[~free], np.full((~free).sum(), LEVEL))
    assert np.ptp(inverted[free]) > 20
    assert inverted[free].min() >= low - 1e-6 and inverted[free].max() <= high + 1e-6
    for x, y, height in known:
        assert inverted[15 - int(y) // 1000, int(x) // 1000] == pytest.approx(height, abs=0.05)
    assert np.array_equal(np.isfinite(raster_in(tmp_path / "support.tif")), free)


def test_a_margin_is_part_of_the_result(command_line, survey):
    done = command_line.run("gravrelief:invertrelief", {**survey, "PADDING": 2, "MAX_ITERATIONS": 2})
    assert done.code == 0, done.text
    assert raster_in(survey["INVERTED_RELIEF"]).shape == (SHAPE[0] + 4, SHAPE[1] + 4)


def test_a_density_law_is_heeded_and_a_table_of_one_density_is_that_density(command_line, synthetic, tmp_path):
    """The relief lies some 500 m below the datum, and 1 - 1/e = 0.63 of the contrast is the law's mean so far down."""
    (tmp_path / "law.csv").write_text("depth,contrast\n0,300\n5000,300\n")
    gravity = {}
    for name, density in {
        "constant": {"DENSITY_CONTRAST": 300},
        "table": {"DENSITY_LAW": f"table:{tmp_path / 'law.csv'}"},
        "exponential": {"DENSITY_LAW": "exponential:300,500", "DENSITY_DATUM": 1000},
    }.items():
        target = tmp_path / f"{name}.tif"
        level = {"RELIEF": synthetic / "relief.tif", "HEIGHT": 1500, "REFERENCE_LEVEL": 1000, "TOLERANCE": 1e-4}
        values = {**level, **density, "PREDICTED_RASTER": target}
        done = command_line.run("gravrelief:forwardgravity", values)
        assert done.code == 0, done.text
        gravity[name] = raster_in(target)
    assert np.allclose(gravity["table"], gravity["constant"], atol=1e-3, rtol=0)
    share = gravity["exponential"] / gravity["constant"]
    assert 0.4 < share.min() and share.max() < 0.9


@pytest.mark.parametrize(
    ("algorithm", "change", "words"),
    [
        ("invertrelief", {"REGIONAL": 5}, "REGIONAL by known points needs KNOWN_POINTS. Give points"),
        ("dampingcrossvalidation", {"SPLIT": 2, "REFIT": 0}, "every station is withheld once. Choose REFIT 1"),
    ],
)
def test_what_does_not_go_together_is_refused(command_line, survey, algorithm, change, words):
    done = command_line.run(f"gravrelief:{algorithm}", {**survey, **change})
    assert done.code != 0 and words in done.text, done.text
    assert not survey["INVERTED_RELIEF"].exists()


def test_a_start_outside_its_limits_is_refused_with_the_place(command_line, survey, tmp_path):
    heights = np.full(SHAPE, LEVEL - 100)
    heights[15 - 2, 3] = LEVEL + 10
    survey["LOWER_LIMIT"] = raster_file(tmp_path / "low.tif", heights, place=PLACE)
    done = command_line.run("gravrelief:invertrelief", survey)
    assert done.code != 0
    assert "below LOWER_LIMIT in 1 free cell, the first at 3000 east, 2000 north" in done.text, done.text
    assert "Traceback" not in done.text and not survey["INVERTED_RELIEF"].exists()


@pytest.mark.skipif(not AMUNDSEN.is_dir(), reason="the real data, ../shared/data/amundsen_south, are not here")
def test_a_joint_regional_of_real_gravity_chosen_by_the_tool_alone(command_line, tmp_path, capsys):
    """Interpolation alone errs by 83.6 m; the joint fit with the best penalties there are, by 65 m."""
    with (AMUNDSEN / "gravity.csv").open() as table:
        rows = [tuple(float(value) for value in row.values()) for row in csv.DictReader(table)]
    values = {
        "GRAVITY": point_file(tmp_path / "gravity.gpkg", ("height", "gravity"), rows),
        "GRAVITY_FIELD": "gravity",
        "HEIGHT_FIELD": "height",
        "STARTING_RELIEF": AMUNDSEN / "starting_bed.tif",
        "DENSITY_CONTRAST": 1643,
        "FREE_CELLS": AMUNDSEN / "free_cells.tif",
        "REGIONAL": 6,
        "SPLIT": 2,
        "DAMPING_MAX": 0.3,
        "TRIALS": 7,
        "INVERTED_RELIEF": tmp_path / "bed.tif",
        "REGIONAL_RASTER": tmp_path / "regional.tif",
        "STATIONS": tmp_path / "stations.gpkg",
        "SCORES": tmp_path / "scores.csv",
    }
    done = command_line.run("gravrelief:dampingcrossvalidation", values)
    assert done.code == 0, done.text
    error = raster_in(tmp_path / "bed.tif") - raster_in(AMUNDSEN / "true_bed.tif")
    rmse = np.sqrt(np.nanmean(error**2))
    with capsys.disabled():
        print(f"\namundsen_south, joint regional: RMSE {rmse:.1f} m")
    assert np.isfinite(error).sum() == 217
    assert rmse <= 75
    with (tmp_path / "scores.csv").open() as table:
        scores = [
            {key: float(value or "nan") for key, value in row.items() if key != "stop_reason"}
            for row in csv.DictReader(table)
        ]
    assert 7 * 6 < len(scores) <= 7 * 6 + 2 * 8  # the grid, and its step halved twice about the best
    best = min(scores, key=lambda row: row["score"] * row["relief_score"])
    for figure in ("damping", "regional_damping", "score", "relief_score"):
        assert float(done.result(f"BEST_{figure.upper()}")) == pytest.approx(best[figure]), figure
    start, relief, regional = (
        float(done.result(name)) for name in ("RMS_START", "RMS_RELIEF_PART", "RMS_REGIONAL_PART")
    )
    found = np.array([row["regional"] for row in points_in(tmp_path / "stations.gpkg")])
    assert np.sqrt(np.mean(found**2)) == pytest.approx(regional)
    assert 0 < relief < start and 0 < regional < start + relief
    assert np.isfinite(raster_in(tmp_path / "regional.tif")).any()
