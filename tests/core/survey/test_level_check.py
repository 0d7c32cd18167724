"""A reference level and a law's datum of the other sign or unit, beside the relief, the stations and gravity."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from core.events.protocol import Reporter
from core.tasks import run_task

from .basement import LEVEL, SHAPE, write_raster


def levels(doubts):
    return [
        text for text in doubts if "REFERENCE_LEVEL" in text or "DENSITY_DATUM" in text or "STARTING_RELIEF" in text
    ]


@pytest.mark.parametrize("shape", [0.0, 150.0])
@pytest.mark.parametrize("regional", [0, 1])
def test_a_level_of_the_other_sign_is_doubted(misfit, tmp_path, shape, regional):
    rise = shape * np.sin(np.arange(40) / 6.0)
    write_raster(tmp_path / "other.tif", np.broadcast_to(LEVEL + rise, SHAPE).copy())
    (text,) = levels(misfit(starting_relief="other.tif", reference_level=-LEVEL, regional=regional))
    assert "Check the sign of REFERENCE_LEVEL, or of STARTING_RELIEF" in text
    assert float(text.split("lies ")[1].split(" m")[0]) == pytest.approx(-2.0 * LEVEL, abs=shape)


def test_a_level_in_kilometres_is_doubted(misfit):
    (text,) = levels(misfit(reference_level=LEVEL / 1000.0))
    assert "Check the unit of REFERENCE_LEVEL" in text


@pytest.mark.parametrize("level", [LEVEL, 0.0, 100.0, -1000.0, -3000.0])
def test_other_levels_are_not(misfit, level):
    """A level only shifts gravity by that of a slab; a regional constant takes it up."""
    assert levels(misfit(reference_level=level, regional=1)) == []


def test_a_level_above_the_ground_that_fits_what_was_observed_was_meant(misfit, basement, tmp_path):
    """Gravity of the basement about a level 1200 m above the stations."""
    basement.write(tmp_path)
    job = {"task": "forwardgravity", "relief": "true.tif", "stations": "stations.csv", "height_field": "height"}
    run_task({**job, "reference_level": 1500.0, "density_contrast": 400, "predicted": "made.csv"}, tmp_path, Reporter())
    with open(tmp_path / "made.csv", encoding="utf-8") as file:
        made = np.array([float(row["predicted"]) for row in csv.DictReader(file)])
    assert levels(misfit({"gravity": made}, reference_level=1500.0)) == []
    assert levels(misfit(reference_level=1500.0)) != []


def test_a_start_in_kilometres_beside_a_level_in_metres_is_doubted(misfit, tmp_path):
    write_raster(tmp_path / "km.tif", np.full(SHAPE, LEVEL / 1000.0))
    (text,) = levels(misfit(starting_relief="km.tif"))
    assert "it looks like kilometres. Check the unit of STARTING_RELIEF" in text


@pytest.mark.parametrize(("datum", "told"), [(1500.0, True), (300.0, False), (0.0, False), (-1000.0, False)])
def test_a_datum_above_all_stations_is_doubted(misfit, datum, told):
    keys = {"density_law": "exponential:400,20000", "density_datum": datum, "regional": 1}
    assert (levels(misfit(**keys)) != []) == told
