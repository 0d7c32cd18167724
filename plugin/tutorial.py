"""The tutorial's settings, those of the published one of Invert4Geom 1.0.1, and what each of its steps is given.

The one place of them: the window, `make demo`, the pictures, tests and benchmarks read them here. They are Processing parameters;
the standard library is enough to read them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Results = dict  # outputs by the algorithm's id, then by the output's name

BOUNDS = (0.0, 40000.0, 0.0, 30000.0)  # m: west, east, south and north of the outermost cell centres
CRS = "EPSG:3031"
GRID: dict[str, Any] = {
    "EXTENT": f"{','.join(f'{bound:g}' for bound in BOUNDS)} [{CRS}]",
    "SPACING": 1000.0,  # m
}
MODEL: dict[str, Any] = {
    **GRID,
    "CRS": CRS,
    "DENSITY_CONTRAST": 2669.0,  # kg/m3
    "STATION_HEIGHT": 1000.0,  # m
    "NOISE": 0.2,  # mGal
    "SEED": 0,
    "HOLDOUT": True,
}
FIELDS = {"GRAVITY_FIELD": "gravity", "HEIGHT_FIELD": "height"}  # of the model's stations
INVERSION: dict[str, Any] = {
    "PENALTY": 0,  # step damping
    "DERIVATIVE": 1,  # the annulus
    "STOPPING": 1,  # the reference package's rules
    "MAX_ITERATIONS": 200,
    "L2_TOLERANCE": 0.04,  # square root of mGal
    "DELTA_L2_TOLERANCE": 1.01,
    "INCREASE_LIMIT": 0.2,
    "TEST_FIELD": "test",
}
STUDY: dict[str, Any] = {
    "DAMPING_MIN": 0.001,
    "DAMPING_MAX": 1.0,
    "TRIALS": 8,
    "SEARCH": 0,  # a grid
    "SPLIT": 0,  # by TEST_FIELD
    "REFIT": 0,  # the training stations alone
}


def synthetic_model(results: Results) -> dict[str, Any]:
    return dict(MODEL)


def gravity_misfit(results: Results) -> dict[str, Any]:
    return {**_survey(results), "REGIONAL": 0}


def cross_validation(results: Results) -> dict[str, Any]:
    return {**_inversion(results), **STUDY}


def inversion(results: Results) -> dict[str, Any]:
    return {**_inversion(results), "DAMPING": results["dampingcrossvalidation"]["BEST_DAMPING"]}


STEPS: dict[str, Callable[[Results], dict[str, Any]]] = {
    "syntheticmodel": synthetic_model,
    "gravitymisfit": gravity_misfit,
    "dampingcrossvalidation": cross_validation,
    "invertrelief": inversion,
}
"""The algorithms in their order: a step's parameters, files to write excepted, from what those before it gave."""


def as_job(parameters: dict[str, Any]) -> dict[str, Any]:
    """The same for a job file, whose keys are in lower case."""
    return {name.lower(): value for name, value in parameters.items()}


def _survey(results: Results) -> dict[str, Any]:
    model = results["syntheticmodel"]
    return {
        "GRAVITY": model["STATIONS"],
        **FIELDS,
        **GRID,
        "REFERENCE_LEVEL": model["REFERENCE_LEVEL_USED"],
        "DENSITY_CONTRAST": MODEL["DENSITY_CONTRAST"],
    }


def _inversion(results: Results) -> dict[str, Any]:
    return {**_survey(results), **INVERSION, "TRUE_RELIEF": results["syntheticmodel"]["RELIEF"]}
