"""Heights come out in metres, positive up, whatever unit or vertical system their file names, and a line says so."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from core.data.rasters import RasterSource
from core.events.protocol import Reporter
from core.survey.heights import read_heights

FOOT, US_FOOT = 0.3048, 1200.0 / 3937.0
METRES = np.arange(12.0).reshape(3, 4) * 100.0 - 300.0


def write(path, values, crs="EPSG:32633", unit=None):
    shape = {"height": 3, "width": 4, "count": 1, "dtype": "float64", "driver": "GTiff"}
    with rasterio.open(path, "w", crs=crs, transform=from_origin(4e5, 5.5e6, 1e3, 1e3), **shape) as file:
        file.write(values, 1)
        if unit:
            file.units = [unit]
    return RasterSource(str(path))


def read(source, parameter="STARTING_RELIEF"):
    """The heights from the north, the log and the warnings."""
    events = []
    relief = read_heights(source, parameter, Reporter(events.append))
    assert relief.grid.crs.to_epsg() == 32633
    return (
        relief.heights[::-1],
        [e["text"] for e in events if e["event"] == "log"],
        [e["text"] for e in events if e["event"] == "warning"],
    )


@pytest.mark.parametrize(
    ("crs", "unit", "size"),
    [
        ("EPSG:32633", "ft", FOOT),
        ("EPSG:32633", "US survey foot", US_FOOT),
        ("EPSG:32633", "km", 1000.0),
        ("EPSG:32633+6360", None, US_FOOT),
        ("EPSG:32633+6360", "US survey foot", US_FOOT),  # said twice, converted once
        ("EPSG:32633+6360", "m", 1.0),  # the band knows its values best
        ("EPSG:32633", "m", 1.0),
        ("EPSG:32633+5773", None, 1.0),
        ("EPSG:32633", None, 1.0),
        ("EPSG:32633", "metres above sea level", 1.0),
    ],
)
def test_the_unit_of_the_band_else_of_the_vertical_system(tmp_path, crs, unit, size):
    heights, log, warnings = read(write(tmp_path / "heights.tif", METRES / size, crs, unit))
    np.testing.assert_allclose(heights, METRES, rtol=1e-12)
    assert warnings == []
    assert len(log) == (size != 1.0)
    assert all("STARTING_RELIEF: the heights are in" in line and f"times {size:.10g}" in line for line in log)


def test_a_unit_that_comes_with_the_job_goes_before_the_files(tmp_path):
    source = write(tmp_path / "heights.tif", METRES / FOOT, unit="m")
    heights, _, _ = read(RasterSource(source.path, unit="ft"))
    np.testing.assert_allclose(heights, METRES, rtol=1e-12)


def test_a_vertical_system_that_comes_with_the_job_counts(tmp_path):
    source = write(tmp_path / "heights.tif", METRES / US_FOOT)
    heights, _, _ = read(RasterSource(source.path, crs="EPSG:32633+6360"))
    np.testing.assert_allclose(heights, METRES, rtol=1e-12)


def test_depths_by_their_system_become_heights(tmp_path):
    heights, log, warnings = read(write(tmp_path / "depths.tif", np.abs(METRES), "EPSG:32633+5715"))
    np.testing.assert_allclose(heights, -np.abs(METRES))
    assert warnings == [] and "depths by their CRS, and were turned into heights" in log[0]


def test_depths_below_zero_are_doubted_and_taken_as_heights(tmp_path):
    values = -np.abs(METRES) - 1.0
    heights, _, warnings = read(write(tmp_path / "depths.tif", values, "EPSG:32633+5715"))
    np.testing.assert_array_equal(heights, values)
    assert "a system of depths" in warnings[0] and "Check its CRS" in warnings[0]


def test_a_unit_that_is_not_known_is_told_and_that_of_another_quantity_doubted(tmp_path):
    heights, log, warnings = read(write(tmp_path / "odd.tif", METRES, unit="cubit"))
    np.testing.assert_array_equal(heights, METRES)
    assert warnings == [] and "the unit 'cubit' of its values is not known" in log[0]
    _, _, warnings = read(write(tmp_path / "gravity.tif", METRES, unit="mGal"))
    assert "holds values in mGal" in warnings[0] and "heights are wanted" in warnings[0]


def test_a_code_for_no_value_stays_one_beside_heights_in_feet(tmp_path):
    """-9999 ft are -3048 m, which are no code and might be taken for a depth."""
    values = METRES / FOOT
    values[1, 1] = -9999.0
    heights, _, _ = read(write(tmp_path / "void.tif", values, unit="ft"))
    assert heights[1, 1] == -9999.0
    np.testing.assert_allclose(np.delete(heights.ravel(), 5), np.delete(METRES.ravel(), 5))


def test_a_void_in_a_start_in_feet_is_refused_by_its_code(engine, survey, feet, tmp_path):
    values = relief_of(tmp_path) / FOOT
    values[4, 5:7] = -9999.0
    error = engine(task="invertrelief", **survey, starting_relief=feet("void.tif", values), damping=0.3).error
    assert error["parameter"] == "STARTING_RELIEF" and "2 cells of -9999 m" in error["message"]


@pytest.fixture
def feet(tmp_path):
    """Write the small model's relief and a height raster in feet."""

    def write(name, values, unit="ft", crs="EPSG:3031"):
        shape = {"height": 10, "width": 13, "count": 1, "dtype": "float64", "driver": "GTiff"}
        place = from_origin(-500.0, 9500.0, 1000.0, 1000.0)
        with rasterio.open(tmp_path / name, "w", crs=crs, transform=place, **shape) as file:
            file.write(values, 1)
            file.units = [unit]
        return name

    return write


def relief_of(tmp_path, name="relief.tif"):
    with rasterio.open(tmp_path / name) as file:
        return file.read(1)


@pytest.mark.parametrize("parameter", ["lower_limit", "upper_limit", "true_relief", "starting_relief", "height_raster"])
def test_every_raster_of_heights_is_converted(engine, survey, feet, tmp_path, parameter):
    """The inversion is that with the same raster in metres."""
    true = relief_of(tmp_path)
    values = {"lower_limit": true - 30.0, "upper_limit": true + 30.0, "height_raster": np.full((10, 13), 1000.0)}
    values = values.get(parameter, true)
    start = {} if parameter == "starting_relief" else {"starting_relief": feet("start.tif", true, "m")}
    job = {"task": "invertrelief", **survey, **start, "damping": 0.3, "max_iterations": 2}
    if parameter == "height_raster":
        del job["height_field"]
    reliefs = []
    for unit, size in (("m", 1.0), ("ft", FOOT)):
        name = feet(f"in_{unit}.tif", values / size, unit)
        run = engine(**{**job, parameter: name}, inverted_relief=f"out_{unit}.tif")
        assert run.code == 0, run.events[-1]
        told = [event["text"] for event in run.of("log") if "converted to metres" in event["text"]]
        assert len(told) == (unit == "ft") and all(parameter.upper() in text for text in told)
        reliefs.append((relief_of(tmp_path, f"out_{unit}.tif"), run.outputs.get("relief_rmse")))
    np.testing.assert_allclose(reliefs[0][0], reliefs[1][0], atol=1e-6)
    if parameter == "true_relief":
        assert reliefs[0][1] == pytest.approx(reliefs[1][1], abs=1e-6)


def test_heights_of_stations_and_known_points_in_a_vertical_system_in_feet(engine, survey, tmp_path):
    rows = (tmp_path / "stations.csv").read_text().splitlines()
    names = rows[0].split(",")
    at = names.index("height")
    tall = [row.split(",") for row in rows[1:]]
    for row in tall:
        row[at] = repr(float(row[at]) / US_FOOT)
    (tmp_path / "feet.csv").write_text("\n".join([rows[0], *(",".join(row) for row in tall)]))
    known = [(2000.0, 3000.0, 400.0), (8000.0, 6000.0, 450.0)]
    for name, size in (("known", 1.0), ("known_feet", US_FOOT)):
        lines = [f"{x},{y},{z / size!r},{5.0 / size!r}" for x, y, z in known]
        (tmp_path / f"{name}.csv").write_text("\n".join(["x,y,z,e", *lines]))
    job = {
        "task": "invertrelief",
        **survey,
        "damping": 0.3,
        "max_iterations": 2,
        "known_field": "z",
        "known_error_field": "e",
    }
    first = engine(**job, known_points="known.csv", inverted_relief="metres.tif")
    assert first.code == 0, first.events[-1]
    compound = {"gravity_crs": "EPSG:3031+6360", "known_points_crs": "EPSG:3031+6360"}
    second = engine(
        **{**job, "gravity": "feet.csv", **compound}, known_points="known_feet.csv", inverted_relief="feet.tif"
    )
    told = [event["text"] for event in second.of("log") if "converted to metres" in event["text"]]
    assert [text.split(":")[0] for text in told] == ["HEIGHT_FIELD", "KNOWN_FIELD"]
    np.testing.assert_allclose(relief_of(tmp_path, "metres.tif"), relief_of(tmp_path, "feet.tif"), atol=1e-6)


@pytest.mark.parametrize("name", ["Height (m)", "Height (ft)"])
def test_a_unit_that_the_table_names_goes_before_that_of_the_system(engine, survey, tmp_path, name):
    """The heights are converted once, or not at all, as the table says."""
    size = FOOT if "ft" in name else 1.0
    rows = (tmp_path / "stations.csv").read_text().splitlines()
    at = rows[0].split(",").index("height")
    table = [row.split(",") for row in rows]
    for row in table[1:]:
        row[at] = repr(float(row[at]) / size)
    table[0][at] = name
    (tmp_path / "named.csv").write_text("\n".join(",".join(row) for row in table))
    job = {**survey, "gravity": "named.csv", "height_field": name, "gravity_crs": "EPSG:3031+6360", "regional": 0}
    run = engine(task="gravitymisfit", **job, stations="out.csv")
    assert run.code == 0, run.events[-1]
    lines = (tmp_path / "out.csv").read_text().splitlines()
    at = lines[0].split(",").index("height")
    np.testing.assert_allclose([float(line.split(",")[at]) for line in lines[1:]], 1000.0, rtol=1e-12)


def test_results_of_a_relief_in_feet_carry_the_horizontal_system_alone(engine, survey, feet, tmp_path):
    name = feet("feet.tif", relief_of(tmp_path) / US_FOOT, "US survey foot", "EPSG:3031+6360")
    run = engine(
        task="invertrelief", **survey, starting_relief=name, damping=0.3, max_iterations=1, inverted_relief="out.tif"
    )
    with rasterio.open(run.outputs["inverted_relief"]) as file:
        assert file.crs.to_epsg() == 3031 and file.units == (None,)
    assert "COMPOUND" not in run.outputs["crs"].upper()
