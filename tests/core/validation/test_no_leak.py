"""Withheld stations have no part in what predicts them, the regional separated beforehand included."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.columns import Columns, write_csv

NOISE = 1.0  # mGal


@pytest.fixture
def noise(tmp_path):
    """Stations that hold nothing but noise, over a flat relief at the reference level."""
    random = np.random.default_rng(5)
    count = 250
    places = {"easting": random.uniform(0, 20_000, count), "northing": random.uniform(0, 20_000, count)}
    numbers = {**places, "height": np.full(count, 900.0), "gravity": random.normal(0.0, NOISE, count)}
    numbers["test"] = (np.arange(count) % 3 == 0).astype(float)
    write_csv(tmp_path / "stations.csv", Columns(numbers))
    return {
        "gravity": "stations.csv",
        "height_field": "height",
        "extent": [0, 20_000, 0, 20_000],
        "spacing": 1000,
        "crs": "EPSG:3031",
        "error": NOISE,
    }


SEPARATED = [
    {"regional": 3, "wavelength": 1500},
    {"regional": 4, "source_depth": 1000, "source_damping": 1e-3},
    {"regional": 2, "trend_degree": 6},
    {"regional": 1},
]


@pytest.mark.parametrize("method", SEPARATED, ids=["low-pass", "sources", "trend", "constant"])
@pytest.mark.parametrize("split", [{"split": 3}, {"split": 0, "test_field": "test"}], ids=["random", "field"])
def test_noise_is_not_predicted_by_a_regional_that_was_fitted_to_it(engine, noise, method, split):
    job = {"task": "dampingcrossvalidation", **noise, **method, **split}
    outputs = engine(**job, damping_min=1.0, damping_max=1.0, trials=1).outputs
    assert outputs["best_score"] > 0.97 * NOISE


def test_nor_in_a_single_inversion(engine, noise):
    job = {"task": "invertrelief", **noise, **SEPARATED[0], "damping": 1.0}
    assert engine(**job, test_field="test").outputs["score"] > 0.97 * NOISE
    residual = engine(**job).outputs["rms_misfit"]
    assert residual < 0.8 * NOISE  # the same regional fitted to all of them follows their noise
