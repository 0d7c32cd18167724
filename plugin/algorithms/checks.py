"""What several answers together must fulfil: each check returns a sentence with the remedy, or nothing."""

from __future__ import annotations

from qgis.core import QgsRasterLayer, QgsVectorLayer

from .answers import Answers

FROM_FIELD, ALTERNATE_NODES, SPATIAL_BLOCKS, RANDOM = 0, 1, 2, 3
TRAINING_ALONE = 0
BY_KNOWN_POINTS, JOINT = 5, 6
FLAT = 2


def gravity_has_values(answers: Answers) -> str:
    layer = answers.layer("GRAVITY")
    if isinstance(layer, QgsVectorLayer) and not answers.given("GRAVITY_FIELD"):
        return "GRAVITY_FIELD is empty. Choose the field of the gravity layer that holds gravity in mGal."
    return ""


def stations_have_heights(answers: Answers) -> str:
    given = [name for name in ("HEIGHT_FIELD", "HEIGHT", "HEIGHT_RASTER") if answers.given(name)]
    if not given:
        return (
            "The stations have no height. Give HEIGHT_FIELD, HEIGHT (one number for all) or HEIGHT_RASTER, in metres."
        )
    if len(given) > 1:
        named = " and ".join(given)
        return f"{named} are given, and the heights can come from one alone. Leave the others empty."
    return ""


def one_error(answers: Answers) -> str:
    if answers.given("ERROR_FIELD") and answers.given("ERROR"):
        return "ERROR_FIELD and ERROR are both given. Leave one of them empty."
    return ""


def relief_has_grid(answers: Answers) -> str:
    if answers.given("STARTING_RELIEF"):
        return ""
    missing = [name for name in ("EXTENT", "SPACING") if not answers.given(name)]
    if missing:
        return (
            f"{' and '.join(missing)}: without STARTING_RELIEF the grid needs both EXTENT and SPACING. "
            "Give them, or a starting relief."
        )
    return ""


def damping_range(answers: Answers) -> str:
    least, most = answers.number("DAMPING_MIN"), answers.number("DAMPING_MAX")
    if least > most:
        return f"DAMPING_MIN is {least:g} and greater than DAMPING_MAX, {most:g}. Exchange them."
    if least < most and answers.integer("TRIALS") < 2:
        return "TRIALS is 1, but DAMPING_MIN and DAMPING_MAX differ. Give at least 2 trials, or one damping."
    return ""


def regional_damping_range(answers: Answers) -> str:
    least, most = answers.number("REGIONAL_DAMPING_MIN"), answers.number("REGIONAL_DAMPING_MAX")
    if answers.choice("REGIONAL") != JOINT or least is None or most is None:
        return ""
    if least > most:
        return f"REGIONAL_DAMPING_MIN is {least:g} and greater than REGIONAL_DAMPING_MAX, {most:g}. Exchange them."
    return ""


def levels_are_in_order(answers: Answers) -> str:
    low, high = answers.number("LOWER_LEVEL"), answers.number("UPPER_LEVEL")
    if low is None or high is None or low <= high:
        return ""
    return f"LOWER_LEVEL ({low:g}) is above UPPER_LEVEL ({high:g}). Exchange them: heights are positive up."


def split_is_possible(answers: Answers) -> str:
    raster = isinstance(answers.layer("GRAVITY"), QgsRasterLayer)
    if answers.choice("SPLIT") != FROM_FIELD or answers.given("TEST_FIELD"):
        return ""
    if raster:
        return (
            "SPLIT by a field needs points, but GRAVITY is a raster. Choose SPLIT 1 (alternate nodes), 2 (spatial "
            "blocks) or 3 (random)."
        )
    return "TEST_FIELD is empty. Choose the field that is 1 for the stations to predict, or another SPLIT."


def final_fit_is_possible(answers: Answers) -> str:
    if answers.choice("SPLIT") in (SPATIAL_BLOCKS, RANDOM) and answers.choice("REFIT") == TRAINING_ALONE:
        return (
            "REFIT is 0, the training stations alone, but with this SPLIT every station is withheld once. Choose REFIT "
            "1, all stations."
        )
    return ""


def prediction_has_places(answers: Answers) -> str:
    if answers.given("STATIONS") and answers.given("PREDICTED_RASTER"):
        return (
            "PREDICTED_RASTER is made at the nodes of a raster, but STATIONS are points. Leave STATIONS "
            "empty, or skip the raster and take PREDICTED."
        )
    if answers.given("HEIGHT_FIELD") and not answers.given("STATIONS"):
        return "HEIGHT_FIELD needs a point layer in STATIONS. Give one, or HEIGHT or HEIGHT_RASTER instead."
    if not answers.given("PREDICTED") and not answers.given("PREDICTED_RASTER"):
        return "Nothing is asked for. Choose where PREDICTED or PREDICTED_RASTER goes."
    return ""


def known_points_have_values(answers: Answers) -> str:
    if answers.given("KNOWN_POINTS") and not answers.given("KNOWN_FIELD"):
        return "KNOWN_FIELD is empty. Choose the field of the known points that holds the relief in metres."
    if answers.given("KNOWN_ERROR_FIELD") and answers.given("KNOWN_ERROR"):
        return "KNOWN_ERROR_FIELD and KNOWN_ERROR are both given. Leave one of them empty."
    return ""


def regional_has_known_points(answers: Answers) -> str:
    if answers.choice("REGIONAL") == BY_KNOWN_POINTS and not answers.given("KNOWN_POINTS"):
        return "REGIONAL by known points needs KNOWN_POINTS. Give points of known relief, or choose another method."
    return ""


def start_has_points(answers: Answers) -> str:
    if answers.given("KNOWN_POINTS"):
        return ""
    if answers.choice("METHOD") != FLAT or not answers.given("LEVEL"):
        return "KNOWN_POINTS is empty. Give points of known relief; only a flat relief at a given LEVEL needs none."
    if not answers.given("EXTENT") or not answers.given("CRS"):
        return "Without KNOWN_POINTS the grid needs EXTENT and CRS. Give both."
    if answers.given("DISTANCE"):
        return "DISTANCE is counted from KNOWN_POINTS, which is empty. Skip it, or give the points."
    return ""


OBSERVATIONS = (gravity_has_values, stations_have_heights, one_error, relief_has_grid)
INVERSION = (known_points_have_values, regional_has_known_points, levels_are_in_order)
