"""Plugin and engine agree: what one asks for is what the other's schema knows, with the same defaults."""

from __future__ import annotations

import pytest
from gravrelief.core.data.rasters import RASTER_DRIVERS
from gravrelief.core.job.schema import schema
from gravrelief.plugin.algorithms import ALGORITHMS
from gravrelief.plugin.algorithms.asks import Choice, Count
from gravrelief.plugin.algorithms.enginejob import EngineAlgorithm
from gravrelief.plugin.algorithms.gives import Result
from gravrelief.plugin.algorithms.layers import Selection
from gravrelief.plugin.algorithms.listener import PHRASES

SCHEMA = schema()["$defs"]
# In QGIS a field is chosen, and an extent's text names its CRS.
OWN_DEFAULTS = {"gravity_field", "extent"}
# A layer says its CRS itself.
ENGINES_ALONE = {"task", "gravity_crs", "known_points_crs", "stations_crs"}
# Nothing is warned of there, and no layer read.
NEEDLESS = {"syntheticmodel": {"strict", "local_grid"}}
# Read as well as written.
FILES_OF_ITS_OWN = {"study"}
ENGINE_ALGORITHMS = [algorithm for algorithm in ALGORITHMS if issubclass(algorithm, EngineAlgorithm)]


@pytest.fixture(params=ENGINE_ALGORITHMS, ids=lambda algorithm: algorithm.NAME)
def algorithm(request):
    return request.param


def properties(algorithm):
    return SCHEMA["tasks"][algorithm.NAME]["properties"]


def test_each_algorithm_is_a_task_and_each_task_an_algorithm():
    assert {algorithm.NAME for algorithm in ENGINE_ALGORITHMS} == set(SCHEMA["tasks"])


def test_every_parameter_is_a_key_of_the_job_and_every_key_a_parameter(algorithm):
    asked = {ask.name.lower() for ask in algorithm.ASKS if not isinstance(ask, Selection)}
    assert asked == set(properties(algorithm)) - ENGINES_ALONE - NEEDLESS.get(algorithm.NAME, set())


def test_results_are_the_keys_that_are_outputs(algorithm):
    results = {ask.name.lower() for ask in algorithm.ASKS if isinstance(ask, Result)}
    written = {key for key, value in properties(algorithm).items() if value.get("x-output")}
    assert results - FILES_OF_ITS_OWN == written


def test_choices_are_as_many_as_the_engine_knows(algorithm):
    for ask in algorithm.ASKS:
        if isinstance(ask, Choice):
            assert len(ask.options) == len(properties(algorithm)[ask.name.lower()]["enum"]), ask.name


def test_defaults_are_the_same(algorithm):
    for ask in algorithm.ASKS:
        key = ask.name.lower()
        if isinstance(ask, (Result, Selection)) or key in OWN_DEFAULTS:
            continue
        assert ask.default == properties(algorithm)[key].get("default"), ask.name


def test_limits_of_counts_are_the_same(algorithm):
    for ask in algorithm.ASKS:
        if isinstance(ask, Count):
            limits = properties(algorithm)[ask.name.lower()]
            assert (ask.least, ask.most) == (limits.get("minimum"), limits.get("maximum")), ask.name


def test_qgis_offers_the_raster_formats_that_the_engine_writes(provider):
    assert [f".{suffix}" for suffix in provider.supportedOutputRasterLayerExtensions()] == list(RASTER_DRIVERS)


def test_every_figure_of_an_iteration_or_a_trial_has_a_phrase():
    for kind in ("iteration", "trial"):
        keys = set(SCHEMA["events"][kind]["properties"]) - {"event", "id", "number", "total"}
        assert keys <= set(PHRASES), kind
