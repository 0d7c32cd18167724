"""A local grid in metres is worked in, and the results carry it."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio

from core.data.crs import LOCAL_NAME

from .refusals import REMOVED, flat, says, write_tif

PIT = 'LOCAL_CS["pit",UNIT["metre",1]]'


def inverted(engine, survey, **changes):
    job = {
        "task": "invertrelief",
        **survey,
        "damping": 0.3,
        "max_iterations": 50,
        "inverted_relief": "out.tif",
        **changes,
    }
    return engine(**{key: value for key, value in job.items() if value is not REMOVED})


def result(folder, name="out.tif"):
    with rasterio.open(folder / name) as file:
        return file.crs, file.read(1)


@pytest.mark.parametrize("suffix", ["tif", "nc"])
def test_the_relief_is_that_of_the_same_numbers_in_a_projected_system(engine, survey, tmp_path, suffix):
    start = write_tif(tmp_path / "start.tif", flat())
    bare = write_tif(tmp_path / "bare.tif", flat(), crs=None)
    assert inverted(engine, survey, starting_relief=start).code == 0
    _, expected = result(tmp_path)
    run = inverted(
        engine,
        survey,
        crs=REMOVED,
        starting_relief=bare,
        local_grid=True,
        inverted_relief=f"out.{suffix}",
        stations="s.csv",
    )
    assert run.warnings == []
    crs, heights = result(tmp_path, f"out.{suffix}")
    np.testing.assert_array_equal(heights, expected)
    assert LOCAL_NAME in crs.to_wkt() and LOCAL_NAME in run.outputs["crs"]


def test_a_result_is_taken_up_again_without_the_switch(engine, survey, tmp_path):
    bare = write_tif(tmp_path / "bare.tif", flat(), crs=None)
    assert inverted(engine, survey, crs=REMOVED, starting_relief=bare, local_grid=True).code == 0
    again = inverted(engine, survey, crs=REMOVED, starting_relief="out.tif", inverted_relief="again.tif")
    assert again.code == 0, again.events[-1]
    assert LOCAL_NAME in result(tmp_path, "again.tif")[0].to_wkt()


def test_a_grid_of_extent_and_spacing_needs_no_system(engine, survey, tmp_path):
    assert inverted(engine, survey, crs=REMOVED, local_grid=True).code == 0
    assert LOCAL_NAME in result(tmp_path)[0].to_wkt()


def test_an_engineering_system_needs_no_switch_and_stays(engine, survey, tmp_path):
    start = write_tif(tmp_path / "start.tif", flat(), crs=PIT)
    run = inverted(engine, survey, crs=REMOVED, starting_relief=start, gravity_crs=PIT)
    assert run.warnings == []
    assert "pit" in result(tmp_path)[0].to_wkt()


def test_a_starting_relief_from_points_on_a_local_grid(engine, tmp_path):
    (tmp_path / "known.csv").write_text("x,y,z\n0,0,10\n900,100,20\n500,800,30\n200,600,15\n")
    job = {"task": "startingrelief", "known_points": "known.csv", "known_field": "z", "spacing": 100, "method": 1}
    says(engine(**job, starting_relief="start.tif").error, "KNOWN_POINTS", "no coordinate reference system")
    assert engine(**job, starting_relief="start.tif", local_grid=True).code == 0
    assert LOCAL_NAME in result(tmp_path, "start.tif")[0].to_wkt()


def test_a_local_grid_and_a_place_on_the_earth_do_not_meet(refused, tmp_path):
    bare = write_tif(tmp_path / "bare.tif", flat(), crs=None)
    error = refused(starting_relief=bare, local_grid=True, gravity_crs="EPSG:3031")
    says(error, "GRAVITY", "GRAVITY is in EPSG:3031 and another in Local grid (m)", "Give all in the same one")
    other = write_tif(tmp_path / "pit.tif", flat(), crs=PIT)
    says(refused(starting_relief=other, gravity_crs='LOCAL_CS["mill",UNIT["metre",1]]'), "GRAVITY", "in mill", "in pit")


def test_a_local_grid_in_feet_is_refused(refused, tmp_path):
    feet = write_tif(tmp_path / "feet.tif", flat(), crs='LOCAL_CS["pit",UNIT["foot",0.3048]]')
    says(refused(starting_relief=feet), "STARTING_RELIEF", "is in foot (pit)", "a system in metres")


def test_a_raster_without_a_system_is_told_of_the_switch(refused, tmp_path):
    bare = write_tif(tmp_path / "bare.tif", flat(), crs=None)
    says(refused(starting_relief=bare), "STARTING_RELIEF", "no coordinate reference system", "LOCAL_GRID")
