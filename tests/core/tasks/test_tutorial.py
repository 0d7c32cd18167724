"""The tutorial's settings are the published ones, and the engine makes the tutorial's model where nothing is asked."""

from __future__ import annotations

from core.job.jobs import read_job
from plugin import tutorial

MODEL = {"RELIEF": "relief.tif", "STATIONS": "stations.csv", "REFERENCE_LEVEL_USED": 492.27}
RESULTS = {"syntheticmodel": MODEL, "dampingcrossvalidation": {"BEST_DAMPING": 0.139}}


def test_the_settings_are_those_of_the_published_tutorial():
    """Written out here once, as the README of the published data states them (seed_synthetic)."""
    assert tutorial.BOUNDS == (0, 40000, 0, 30000)
    assert tutorial.MODEL == {
        "EXTENT": "0,40000,0,30000 [EPSG:3031]",
        "SPACING": 1000,
        "CRS": "EPSG:3031",
        "DENSITY_CONTRAST": 2669,
        "STATION_HEIGHT": 1000,
        "NOISE": 0.2,
        "SEED": 0,
        "HOLDOUT": True,
    }
    assert tutorial.cross_validation(RESULTS) == {
        "GRAVITY": "stations.csv",
        "GRAVITY_FIELD": "gravity",
        "HEIGHT_FIELD": "height",
        "EXTENT": "0,40000,0,30000 [EPSG:3031]",
        "SPACING": 1000,
        "REFERENCE_LEVEL": 492.27,
        "DENSITY_CONTRAST": 2669,
        "PENALTY": 0,
        "DERIVATIVE": 1,
        "STOPPING": 1,
        "MAX_ITERATIONS": 200,
        "L2_TOLERANCE": 0.04,
        "DELTA_L2_TOLERANCE": 1.01,
        "INCREASE_LIMIT": 0.2,
        "TEST_FIELD": "test",
        "TRUE_RELIEF": "relief.tif",
        "DAMPING_MIN": 0.001,
        "DAMPING_MAX": 1,
        "TRIALS": 8,
        "SEARCH": 0,
        "SPLIT": 0,
        "REFIT": 0,
    }


def test_the_inversion_has_the_studys_settings_and_its_best_damping():
    study, inversion = tutorial.cross_validation(RESULTS), tutorial.inversion(RESULTS)
    assert inversion == {**{key: study[key] for key in study if key not in tutorial.STUDY}, "DAMPING": 0.139}


def test_every_step_is_a_job_that_the_engine_takes(tmp_path):
    for task, parameters in tutorial.STEPS.items():
        read_job({"task": task, **tutorial.as_job(parameters(RESULTS)), "crs": tutorial.CRS}, tmp_path)


def test_the_engines_own_model_is_the_tutorials(tmp_path):
    _, left_out = read_job({"task": "syntheticmodel"}, tmp_path)
    _, asked = read_job({"task": "syntheticmodel", **tutorial.as_job(tutorial.MODEL)}, tmp_path)
    assert all(getattr(asked, key) == getattr(left_out, key) for key in tutorial.as_job(tutorial.MODEL))
