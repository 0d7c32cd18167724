"""The Processing interface: ids, names and order are a contract, and nothing lacks a word of help."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from gravrelief.plugin.algorithms import ALGORITHMS
from gravrelief.plugin.algorithms.gives import Result
from gravrelief.plugin.compat import ADVANCED
from qgis.core import QgsProcessingDestinationParameter, QgsProcessingParameterNumber

ROOT = Path(__file__).resolve().parents[2]

DATA = "GRAVITY GRAVITY_FIELD GRAVITY_BAND SELECTED_ONLY HEIGHT_FIELD HEIGHT HEIGHT_RASTER ERROR_FIELD ERROR "
MODEL = "REGIONAL_FIELD REPEAT_TOLERANCE STARTING_RELIEF EXTENT SPACING CRS REFERENCE_LEVEL DENSITY_CONTRAST DENSITY_GRID DENSITY_LAW DENSITY_DATUM "
COMMON = DATA + MODEL
KNOWN = "KNOWN_POINTS KNOWN_FIELD KNOWN_ERROR KNOWN_ERROR_FIELD "
BLOCKS = "BLOCK_SIZE FOLDS SEED "
FREEDOM = "FREE_CELLS FREE_SELECTED_ONLY LOWER_LIMIT UPPER_LIMIT LOWER_LEVEL UPPER_LEVEL BELOW_STATIONS PADDING "
REGIONAL = "REGIONAL "
SETTINGS = "REGIONAL_VALUE TREND_DEGREE WAVELENGTH SOURCE_DEPTH SOURCE_DAMPING KNOWN_INTERPOLATION SPLINE_DAMPING "
FIT = (
    "PENALTY DERIVATIVE ROBUST STOPPING MAX_ITERATIONS OBJECTIVE_TOLERANCE L2_TOLERANCE DELTA_L2_TOLERANCE "
    "INCREASE_LIMIT TRUE_RELIEF "
)
COMPUTATION = "TOLERANCE STRICT LOCAL_GRID "
INVERSION = COMMON + FREEDOM + KNOWN + REGIONAL + SETTINGS + "REGIONAL_SPACING "
INVERTED = "INVERTED_RELIEF RELIEF_CHANGE RESIDUAL REGIONAL_RASTER DATA_SUPPORT STATIONS REPORT"
SHARES = " RMS_START RMS_RELIEF_PART RMS_REGIONAL_PART"

PARAMETERS = {
    "setupengine": "PYTHON WHEELS REPORT",
    "syntheticmodel": "EXTENT SPACING CRS DENSITY_CONTRAST REFERENCE_LEVEL STATION_HEIGHT NOISE SEED HOLDOUT "
    "RELIEF STATIONS",
    "forwardgravity": "RELIEF STATIONS HEIGHT_FIELD HEIGHT HEIGHT_RASTER REFERENCE_LEVEL DENSITY_CONTRAST "
    "DENSITY_GRID DENSITY_LAW DENSITY_DATUM TOLERANCE STRICT LOCAL_GRID PREDICTED PREDICTED_RASTER",
    "gravitymisfit": COMMON
    + REGIONAL
    + KNOWN
    + SETTINGS
    + BLOCKS
    + COMPUTATION
    + "MISFIT REGIONAL_RASTER RESIDUAL STATIONS REPORT",
    "startingrelief": KNOWN
    + "SPACING EXTENT CRS METHOD LEVEL SPLINE_DAMPING "
    + BLOCKS
    + "STRICT LOCAL_GRID STARTING_RELIEF "
    "DISTANCE",
    "invertrelief": INVERSION + "REGIONAL_DAMPING DAMPING " + FIT + "TEST_FIELD " + BLOCKS + COMPUTATION + INVERTED,
    "dampingcrossvalidation": INVERSION
    + "REGIONAL_DAMPING_MIN REGIONAL_DAMPING_MAX REGIONAL_TRIALS "
    + FIT
    + "DAMPING_MIN DAMPING_MAX TRIALS SEARCH REFINE SPLIT TEST_FIELD "
    + BLOCKS
    + "REPEATS WITHHOLD_RELIEF REFIT "
    + COMPUTATION
    + "SCORES "
    + INVERTED
    + " STUDY",
}
FIGURES = {
    "setupengine": "ENGINE_PYTHON",
    "syntheticmodel": "REFERENCE_LEVEL_USED",
    "forwardgravity": "",
    "gravitymisfit": "RMS_MISFIT RMS_RESIDUAL REGIONAL_SCORE VERDICT",
    "startingrelief": "DAMPING_USED SCORE",
    "invertrelief": "RMS_MISFIT ITERATIONS STOP_REASON RELIEF_RMSE SCORE VERDICT" + SHARES,
    "dampingcrossvalidation": "BEST_DAMPING DAMPING_ALL BEST_SCORE BEST_REGIONAL_DAMPING REGIONAL_DAMPING_ALL "
    "BEST_RELIEF_SCORE RMS_MISFIT ITERATIONS RELIEF_RMSE VERDICT" + SHARES,
}
# Parameters whose value has no unit: shares, counts and the damping, whose unit depends on the penalty.
UNITLESS = {"SEED", "TRIALS", "MAX_ITERATIONS", "GRAVITY_BAND", "DAMPING", "DAMPING_MIN", "DAMPING_MAX"}
UNITLESS |= {"DELTA_L2_TOLERANCE", "TREND_DEGREE", "SOURCE_DAMPING", "SPLINE_DAMPING", "FOLDS"}
UNITLESS |= {"REGIONAL_DAMPING", "REGIONAL_DAMPING_MIN", "REGIONAL_DAMPING_MAX", "REGIONAL_TRIALS", "REPEATS", "REFINE"}


@pytest.fixture(params=ALGORITHMS, ids=lambda algorithm: algorithm.NAME)
def algorithm(request, provider):
    return provider.algorithm(request.param.NAME)


def test_the_provider_lists_exactly_these(provider):
    assert provider.id() == "gravrelief"
    assert {algorithm.id() for algorithm in provider.algorithms()} == {f"gravrelief:{name}" for name in PARAMETERS}


def test_parameters_have_these_names_in_this_order_and_none_was_dropped(algorithm):
    names = [definition.name() for definition in algorithm.parameterDefinitions()]
    assert names == PARAMETERS[algorithm.name()].split()
    assert names == [ask.name for ask in algorithm.ASKS]


def test_outputs_are_the_destinations_and_the_figures(algorithm):
    destinations = [ask.name for ask in algorithm.ASKS if isinstance(ask, Result)]
    names = [output.name() for output in algorithm.outputDefinitions()]
    assert sorted(names) == sorted(destinations + FIGURES[algorithm.name()].split())


def test_every_parameter_has_a_help_of_its_own(algorithm):
    for definition in algorithm.parameterDefinitions():
        assert definition.help().endswith("."), definition.name()
        assert definition.help() in algorithm.shortHelpString()


def test_numbers_say_their_unit_and_sensible_ones_are_not_advanced(algorithm):
    for definition in algorithm.parameterDefinitions():
        if isinstance(definition, QgsProcessingParameterNumber) and definition.name() not in UNITLESS:
            label = definition.description()
            assert any(unit in label for unit in ("(m)", "mGal)", "(kg/m3)", "fraction)", "(km;", "errors)")), label
    basic = [item.name() for item in algorithm.parameterDefinitions() if not item.flags() & ADVANCED]
    assert not {"TOLERANCE", "STRICT", "L2_TOLERANCE", "SELECTED_ONLY", "STUDY"} & set(basic)
    assert len(basic) <= 30


def test_the_sign_of_the_contrast_is_said_in_label_and_help(provider):
    definition = provider.algorithm("invertrelief").parameterDefinition("DENSITY_CONTRAST")
    assert "below minus above" in definition.description()
    assert "below the relief minus that of the material above" in definition.help()


def test_optional_destinations_may_be_skipped_and_the_main_result_not(provider):
    invert = provider.algorithm("invertrelief")
    for definition in invert.parameterDefinitions():
        if isinstance(definition, QgsProcessingDestinationParameter):
            optional = bool(definition.flags() & definition.Flag.FlagOptional)
            assert optional == (definition.name() != "INVERTED_RELIEF")
    assert not invert.parameterDefinition("RELIEF_CHANGE").createByDefault()


def test_groups_are_in_sentence_case_and_each_algorithm_has_its_icon(algorithm):
    assert algorithm.group() == algorithm.group().capitalize()
    assert Path(algorithm.svgIconPath()).is_file()
    assert not algorithm.icon().isNull()


def test_a_field_hangs_on_the_layer_it_is_of(provider):
    assert provider.algorithm("invertrelief").parameterDefinition("TEST_FIELD").parentLayerParameterName() == "GRAVITY"
    height = provider.algorithm("forwardgravity").parameterDefinition("HEIGHT_FIELD")
    assert height.parentLayerParameterName() == "STATIONS"


def test_loading_the_plugin_imports_no_science():
    heavy = {"numpy", "scipy", "matplotlib", "pandas", "osgeo", "processing"}
    script = (
        "import sys; sys.path.insert(0, 'tests'); import conftest, qgis.core\n"
        "before = set(sys.modules)\n"
        "sys.modules['gravrelief'].classFactory(None)\n"
        "print(*sorted({name.split('.')[0] for name in set(sys.modules) - before}))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not heavy & set(done.stdout.split())
