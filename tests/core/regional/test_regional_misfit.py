"""gravitymisfit with each method, from job to files: a regional that was added to the gravity is found again."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from core.data.columns import read_columns
from core.data.rasters import RasterSource, read_raster

NOISE = 0.2  # mGal, of the model's gravity


def formula(easting, northing):
    """A sloping regional with a bend, mGal."""
    return 5.0 + 8e-4 * easting - 5e-4 * northing + 3.0 * np.cos(easting / 6000.0)


@pytest.fixture
def misfit(survey, tmp_path):
    """The keys of a survey whose relief is known everywhere and whose misfit is a formula and noise."""
    columns = read_columns(str(tmp_path / "stations.csv"), "GRAVITY")
    numbers = {name: columns.number(name, "GRAVITY") for name in columns.texts}
    numbers["gravity"] = numbers["gravity"] + formula(numbers["easting"], numbers["northing"])
    write(tmp_path / "stations.csv", numbers)
    relief = read_raster(RasterSource(str(tmp_path / "relief.tif")), "RELIEF")
    rows, cols = np.random.default_rng(0).integers(1, 8, 30), np.random.default_rng(1).integers(1, 11, 30)
    known = {"x": relief.easting[cols], "y": relief.northing[rows], "bed": relief.heights[rows, cols]}
    write(tmp_path / "known.csv", {name: values[:25] for name, values in known.items()})
    return {**survey, "task": "gravitymisfit", "starting_relief": "relief.tif", "stations": "out.csv"}


def write(path, numbers):
    with open(path, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(numbers)
        table.writerows(zip(*numbers.values(), strict=True))


KNOWN = {"known_points": "known.csv", "known_field": "bed"}
METHODS = {
    "trend": ({"regional": 2}, 0.15),
    "low-pass": ({"regional": 3}, 0.2),
    "equivalent sources": ({"regional": 4}, 0.15),
    "known points": ({"regional": 5, **KNOWN}, 0.35),
    "known points by sources": ({"regional": 5, "known_interpolation": 1, **KNOWN}, 0.35),
    "trend scored at known points": ({"regional": 2, **KNOWN}, 0.15),
}


@pytest.mark.parametrize("name", METHODS)
def test_a_regional_that_was_added_is_found(engine, misfit, name, tmp_path):
    keys, allowed = METHODS[name]
    run = engine(**misfit, **keys, regional_raster="regional.tif")
    found = read_columns(str(tmp_path / "out.csv"), "STATIONS")
    easting, northing = (found.number(name, "STATIONS") for name in ("easting", "northing"))
    off = found.number("regional", "STATIONS") - formula(easting, northing)
    assert np.sqrt(np.mean(off**2)) < allowed
    assert run.outputs["regional_score"] > 0.9
    assert run.outputs["rms_residual"] == pytest.approx(NOISE, abs=allowed)
    raster = read_raster(RasterSource(str(tmp_path / "regional.tif")), "REGIONAL_RASTER")
    east, north = raster.grid.centres()
    assert np.sqrt(np.nanmean((raster.heights.ravel() - formula(east, north)) ** 2)) < 1.2 * allowed


def test_a_job_repeats_itself_and_gives_what_it_is_told(engine, misfit):
    first = engine(**misfit, regional=3).outputs
    assert engine(**misfit, regional=3).outputs == first
    told = engine(**misfit, regional=3, wavelength=50_000)
    assert told.outputs["rms_residual"] > first["rms_residual"]
    assert any("wavelength 5e+04 m" in event["text"] for event in told.of("log"))


def test_a_plane_where_the_method_is_a_function_is_evaluated_at_the_cells(engine, misfit, tmp_path):
    engine(**misfit, regional=2, trend_degree=1, regional_raster="regional.tif")
    heights = read_raster(RasterSource(str(tmp_path / "regional.tif")), "REGIONAL_RASTER").heights
    assert np.abs(np.diff(heights, n=2, axis=0)).max() < 1e-9 and np.abs(np.diff(heights, n=2, axis=1)).max() < 1e-9


def test_the_constant_at_known_points_is_not_the_median_of_everywhere(engine, misfit, tmp_path):
    """Two points in the north-west, where the regional is low."""
    relief = read_raster(RasterSource(str(tmp_path / "relief.tif")), "RELIEF")
    east, north = relief.easting[:2], relief.northing[[-1, -1]]
    write(tmp_path / "known.csv", {"x": east, "y": north, "bed": relief.heights[-1, :2]})
    engine(**misfit, regional=1, **KNOWN)
    found = read_columns(str(tmp_path / "out.csv"), "STATIONS").number("regional", "STATIONS")
    assert found == pytest.approx(formula(east, north).mean(), abs=4 * NOISE)
    engine(**misfit, regional=1)
    everywhere = read_columns(str(tmp_path / "out.csv"), "STATIONS").number("regional", "STATIONS")
    assert everywhere[0] - found[0] > 3.0


def test_a_regional_worse_than_a_constant_is_a_warning_that_says_what_to_try(engine, survey):
    run = engine(task="gravitymisfit", **survey, starting_relief="relief.tif", regional=2, trend_degree=4)
    assert run.outputs["regional_score"] < 0
    (text,) = run.warnings
    for words in ("a trend (degree 4)", "worse than a constant", "REGIONAL 1 (constant)", "a lower TREND_DEGREE"):
        assert words in text
    strict = engine(
        task="gravitymisfit", **survey, starting_relief="relief.tif", regional=2, trend_degree=4, strict=True
    )
    assert strict.code == 2 and strict.error["parameter"] == "REGIONAL"


@pytest.mark.parametrize(
    ("keys", "parameter", "words"),
    [
        ({"regional": 2, "trend_degree": 30}, "TREND_DEGREE", "30 has 496 coefficients, too many for 475 stations"),
        ({"regional": 2, "trend_degree": 10**9}, "TREND_DEGREE", "Give at most 29"),
        ({"regional": 3, "wavelength": 1e15}, "WAVELENGTH", "more than 10 times the stations' extent (1.2e+04 m)"),
        ({"regional": 3, "wavelength": 1e29}, "WAVELENGTH", "REGIONAL 2 with TREND_DEGREE 1"),
    ],
)
def test_settings_beyond_the_data_are_refused(engine, survey, keys, parameter, words):
    for task in ("gravitymisfit", "invertrelief"):
        run = engine(task=task, **survey, **keys)
        assert run.code == 2 and run.error["parameter"] == parameter and words in run.error["message"]


@pytest.mark.parametrize(
    ("keys", "parameter"),
    [
        ({"regional": 3, "wavelength": 20}, "WAVELENGTH"),
        ({"regional": 4, "source_depth": 20, "source_damping": 1e-3}, "SOURCE_DEPTH"),
    ],
)
def test_settings_far_below_the_stations_distance_are_doubted(engine, survey, keys, parameter):
    keys = {"task": "gravitymisfit", **survey, **keys}
    run = engine(**keys)
    assert run.outputs["rms_residual"] < 1e-3 * run.outputs["rms_misfit"]
    (warning,) = [w for w in run.of("warning") if w["parameter"] == parameter]
    assert "so the regional takes all of the misfit and leaves none for the relief" in warning["text"]
    usual = engine(**keys | {"wavelength": 5000} if parameter == "WAVELENGTH" else keys | {"source_depth": 5000})
    assert not [w for w in usual.of("warning") if w["parameter"] == parameter]


def test_the_report_says_what_was_chosen_and_how_good_it_is(engine, misfit, tmp_path):
    run = engine(**misfit, regional=2, report="report.html")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "a trend predicted the misfit at the stations there with" in text
    assert "The choice of the regional" in text and "degree 4" in text
    assert f"(score {run.outputs['regional_score']:.3f}" in text
    engine(**misfit, regional=1, report="report.html")
    assert "The choice of the regional" not in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_start_that_misses_the_known_points_is_told(engine, misfit, tmp_path):
    flat = {key: value for key, value in misfit.items() if key != "starting_relief"}
    run = engine(**flat, regional=5, **KNOWN)
    assert any("The starting relief misses the known points" in text for text in run.warnings)
    assert not any("misses" in text for text in engine(**misfit, regional=5, **KNOWN).warnings)


def test_a_regional_field_and_a_method_add_up(engine, misfit, tmp_path):
    """What a second run is given of a first one leaves nothing for it to find."""
    first = engine(**misfit, regional=2, trend_degree=2).outputs["rms_residual"]
    again = {**misfit, "gravity": "out.csv", "stations": "twice.csv"}
    second = engine(**again, regional=2, trend_degree=2, regional_field="regional", regional_raster="regional.tif")
    assert second.outputs["rms_residual"] == pytest.approx(first, rel=1e-6)
    raster = read_raster(RasterSource(str(tmp_path / "regional.tif")), "REGIONAL_RASTER")
    east, north = raster.grid.centres()
    assert np.nanstd(raster.heights.ravel() - formula(east, north)) < 0.5


def test_known_points_are_needed_where_the_method_is_theirs(engine, misfit):
    run = engine(**misfit, regional=5)
    assert run.code == 2 and run.error["parameter"] == "KNOWN_POINTS"
    assert "needs KNOWN_POINTS" in run.error["message"]


@pytest.mark.parametrize("regional", [2, 3, 4])
def test_a_gravity_raster_is_separated_too(engine, misfit, regional, tmp_path):
    nodes = {"task": "forwardgravity", "relief": "relief.tif", "height": 1000, "predicted_raster": "g.tif"}
    engine(**nodes, reference_level=misfit["reference_level"])
    keys = {key: misfit[key] for key in ("task", "starting_relief", "reference_level")}
    run = engine(**keys, gravity="g.tif", height=1000, regional=regional, regional_raster="regional.tif")
    assert run.outputs["rms_residual"] < 1e-3
    regional = read_raster(RasterSource(str(tmp_path / "regional.tif")), "REGIONAL_RASTER").heights
    assert regional.shape == (10, 13) and np.isfinite(regional).all()
