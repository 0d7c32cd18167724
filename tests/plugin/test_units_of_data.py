"""Units, codes and columns of layers through qgis_process: what QGIS's export would lose reaches the engine."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from osgeo import gdal

from .files import point_file, points_in, raster_file

SIZE = 1000.0
PLACE = (-500.0, 11500.0, SIZE)  # cell centres at 0, 1000 .. 14000 east, 0 .. 11000 north
SHAPE = (12, 15)
LEVEL = -1000.0


def anomaly(x: Any, y: Any) -> Any:
    """mGal, as over a hill 800 m below the stations."""
    return 8.0 * np.exp(-(((x - 6000.0) / 3000.0) ** 2 + ((y - 5000.0) / 3000.0) ** 2))


@pytest.fixture()
def survey(tmp_path) -> dict[str, Any]:
    """Stations at the cells' centres, a flat start, and where a misfit goes."""
    rng = np.random.default_rng(0)
    rows = []
    for j in range(SHAPE[0]):
        for i in range(SHAPE[1]):
            x, y = SIZE * i, SIZE * j
            rows.append((x, y, float(anomaly(x, y) + 0.05 * rng.normal()), 100.0 + 20.0 * rng.normal()))
    return {
        "GRAVITY": point_file(tmp_path / "stations.gpkg", ("gravity", "height"), rows),
        "GRAVITY_FIELD": "gravity",
        "HEIGHT_FIELD": "height",
        "STARTING_RELIEF": raster_file(tmp_path / "start.tif", np.full(SHAPE, LEVEL), place=PLACE),
        "REFERENCE_LEVEL": LEVEL,
        "DENSITY_CONTRAST": 400,
        "REGIONAL": 0,
        "RESIDUAL": tmp_path / "residual.tif",
        "STATIONS": tmp_path / "out.gpkg",
    }


def test_a_gravity_raster_in_m_s2_is_converted_by_its_bands_unit(command_line, survey, tmp_path):
    x, y = np.meshgrid(SIZE * np.arange(SHAPE[1]), SIZE * np.arange(SHAPE[0])[::-1])
    path = raster_file(tmp_path / "gravity.tif", 1e-5 * anomaly(x, y), place=PLACE)
    dataset = gdal.Open(path, gdal.GA_Update)
    dataset.GetRasterBand(1).SetUnitType("m/s2")
    dataset = None
    values = {**survey, "GRAVITY": path, "GRAVITY_FIELD": None, "HEIGHT_FIELD": None, "HEIGHT": 100}
    done = command_line.run("gravrelief:gravitymisfit", values)
    assert done.code == 0, done.text
    assert "GRAVITY is in m/s2 and was converted to mGal (times 100000)." in done.text
    assert float(done.result("RMS_MISFIT")) == pytest.approx(np.sqrt(np.mean(anomaly(x, y) ** 2)), rel=1e-6)
    assert done.result("VERDICT") == "0"


def test_codes_in_a_layers_fields_are_left_out_and_counted(command_line, survey, tmp_path):
    rows = [(row["x"], row["y"], row["gravity"], row["height"]) for row in points_in(survey["GRAVITY"])]
    rows[3] = (*rows[3][:2], -99999.0, rows[3][3])
    rows[70] = (*rows[70][:3], -9999.0)
    survey["GRAVITY"] = point_file(tmp_path / "void.gpkg", ("gravity", "height"), rows)
    done = command_line.run("gravrelief:gravitymisfit", survey)
    assert done.code == 0, done.text
    assert "1 of 180 stations have -99999 in GRAVITY_FIELD" in done.text
    assert "1 of 180 stations have -9999 in HEIGHT_FIELD" in done.text
    assert [k for k, row in enumerate(points_in(survey["STATIONS"])) if not row["used"]] == [3, 70]
    assert done.result("VERDICT") == "0"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"GRAVITY_FIELD": "height"}, "GRAVITY_FIELD and HEIGHT_FIELD are both 'height'"),
        ({"DENSITY_CONTRAST": 4e5}, "DENSITY_CONTRAST is 400,000 kg/m3, and nothing is so dense"),
        ({"HEIGHT_FIELD": None, "HEIGHT": 2.1e6}, "180 of 180 stations have a height of 2,100,000 m"),
    ],
)
def test_what_can_only_be_wrong_is_refused(command_line, survey, changes, words):
    done = command_line.run("gravrelief:gravitymisfit", {**survey, **changes})
    assert done.code != 0
    assert words in done.text
    assert not survey["RESIDUAL"].exists()


def test_a_contrast_in_g_per_cm3_is_doubted(command_line, survey):
    done = command_line.run("gravrelief:gravitymisfit", {**survey, "DENSITY_CONTRAST": 0.4})
    assert done.code == 0, done.text
    assert "That looks like g/cm3: give kg/m3, 1000 times as much." in done.text
    assert done.result("VERDICT") == "1"
