"""Stations withheld by spatial blocks or at random, in turns, for points and rasters."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from core.data.rasters import RasterSource, read_raster, write_raster
from core.data.stations import Stations
from core.errors import InputError
from core.events.protocol import Reporter
from core.tasks import run_task
from core.validation.splits import random_stations, spatial_blocks

COUNT = 300
SIDE = 6000.0


def stations(used=None, seed=0):
    east, north = np.random.default_rng(seed).uniform((0, 0), (40_000, 30_000), (COUNT, 2)).T
    zeros, ones = np.zeros(COUNT), np.ones(COUNT)
    used = np.ones(COUNT, bool) if used is None else used
    return Stations(east, north, ones, zeros, ones, zeros, np.zeros(COUNT, bool), used, crs=None)


def blocks(**keys):
    return lambda survey, seed: spatial_blocks(survey, keys.get("block", SIDE), keys.get("folds", 5), seed)


SPLITS = {
    "blocks": blocks(),
    "blocks of their own size": blocks(block=None),
    "random": lambda s, k: random_stations(s, 5, k),
}


@pytest.mark.parametrize("name", SPLITS)
def test_every_used_station_is_withheld_once_and_no_other(name):
    used = np.random.default_rng(3).random(COUNT) > 0.2
    turns = SPLITS[name](stations(used), 0)
    assert len(turns) == 5
    np.testing.assert_array_equal(np.sum(turns, axis=0), used.astype(int))
    assert min(turn.sum() for turn in turns) > 0.4 * used.sum() / 5


@pytest.mark.parametrize("name", SPLITS)
def test_a_seed_repeats_itself_and_another_differs(name):
    survey = stations()
    first, again, other = (np.array(SPLITS[name](survey, seed)) for seed in (7, 7, 8))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_neighbours_are_withheld_together_by_blocks_and_not_at_random():
    survey = stations()
    apart = np.hypot(survey.easting - survey.easting[:, None], survey.northing - survey.northing[:, None])
    nearest = (apart + 1e9 * np.eye(COUNT)).argmin(axis=1)

    def together(turns):
        turn = np.argmax(turns, axis=0)
        return np.mean(turn == turn[nearest])

    assert together(spatial_blocks(survey, SIDE, 5, 0)) > 0.7
    assert together(random_stations(survey, 5, 0)) < 0.35


def test_a_block_is_a_square_of_its_size():
    """Two stations of one block are no more than a side apart: with as many turns as blocks each turn is one."""
    survey = stations()
    whole = spatial_blocks(survey, 20_000.0, 2, 0)
    count = 2
    while True:
        try:
            whole = spatial_blocks(survey, 20_000.0, count + 1, 0)
        except InputError:
            break
        count += 1
    assert 4 <= count <= 9
    for turn in whole:
        assert np.ptp(survey.easting[turn]) <= 20_000.0 and np.ptp(survey.northing[turn]) <= 20_000.0


def test_unused_stations_far_away_do_not_count():
    used = np.ones(COUNT, bool)
    used[:3] = False
    survey = stations(used)
    survey.easting[:3] = 1e7
    survey.northing[:3] = np.nan
    assert not np.array(spatial_blocks(survey, None, 5, 0))[:, :3].any()


def test_too_few_blocks_or_stations_are_an_error_that_says_what_to_do():
    with pytest.raises(
        InputError, match=r"blocks of 1e.05 m cut the stations into [1-4], fewer than the 5 turns"
    ) as raised:
        spatial_blocks(stations(), 1e5, 5, 0)
    assert raised.value.parameter == "BLOCK_SIZE"
    few = np.zeros(COUNT, bool)
    few[:3] = True
    with pytest.raises(InputError, match="3 stations are fewer than the 5 turns"):
        random_stations(stations(few), 5, 0)


@pytest.fixture
def job(survey):
    search = {
        "task": "dampingcrossvalidation",
        "damping_min": 0.01,
        "damping_max": 0.1,
        "trials": 2,
        "scores": "scores.csv",
    }
    return {**survey, **search, "inverted_relief": "found.tif", "true_relief": "relief.tif"}


def gravity_raster(tmp_path):
    """The keys of the stations on the cells as a raster, one cell of it empty."""
    relief = read_raster(RasterSource(str(tmp_path / "relief.tif")), "RELIEF")
    values = np.full(relief.grid.shape, np.nan)
    for row in csv.DictReader((tmp_path / "stations.csv").open(encoding="utf-8")):
        col, line = float(row["easting"]) / 1000.0, float(row["northing"]) / 1000.0
        if col == int(col) and line == int(line):
            values[int(line), int(col)] = float(row["gravity"])
    assert np.isfinite(values).all()
    values[2, 3] = np.nan
    write_raster(tmp_path / "gravity.tif", relief.with_heights(values), tmp_path / "gravity.tif")
    return {"gravity": "gravity.tif", "height": 1000.0, "height_field": None}


@pytest.mark.parametrize("split", [2, 3])
@pytest.mark.parametrize("kind", ["points", "raster"])
def test_blocks_and_random_stations_score_points_and_rasters(job, tmp_path, split, kind):
    events = []
    keys = gravity_raster(tmp_path) if kind == "raster" else {}
    block = {"block_size": 3000.0} if split == 2 else {}
    outputs = run_task({**job, **keys, **block, "split": split, "folds": 3}, tmp_path, Reporter(events.append))
    used = 129 if kind == "raster" else 475
    assert any(f"{used} stations, of which {used} are withheld, in 3 turns" in e.get("text", "") for e in events)
    rows = list(csv.DictReader((tmp_path / "scores.csv").open(encoding="utf-8")))
    assert outputs["best_score"] == min(float(row["score"]) for row in rows) < 3.0
    weight = np.sqrt(3.0 / 2.0)  # two of three turns' stations are fitted
    assert outputs["damping_all"] / outputs["best_damping"] == pytest.approx(weight, rel=0.02)


def test_blocks_score_worse_than_random_stations_whose_neighbours_tell(job, tmp_path):
    scores = []
    for keys in ({"split": 2, "block_size": 4000.0}, {"split": 3}):
        scores.append(run_task({**job, **keys}, tmp_path, Reporter())["best_score"])
    assert scores[0] > 1.2 * scores[1]


@pytest.mark.parametrize("split", [2, 3])
def test_a_fit_to_the_training_stations_alone_is_refused_where_each_is_withheld_once(job, tmp_path, split):
    with pytest.raises(InputError, match=r"every station is withheld once\. Choose REFIT 1") as raised:
        run_task({**job, "split": split, "refit": 0}, tmp_path, Reporter())
    assert raised.value.parameter == "REFIT"
