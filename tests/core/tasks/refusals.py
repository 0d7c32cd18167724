"""What the tests of bad input share: a job that must be refused, and files that are wrong on purpose."""

from __future__ import annotations

import csv

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

OUTPUTS = {
    "inverted_relief": "out/relief.tif",
    "relief_change": "out/change.nc",
    "residual": "out/residual.tif",
    "stations": "out/stations.csv",
    "report": "out/report.html",
}
REMOVED = object()  # as a value: leave the key out


@pytest.fixture
def refused(engine, survey, tmp_path):
    """Run a job that must be refused: (the error event); nothing may be left in its folder of results."""

    def run(task="invertrelief", **changes):
        (tmp_path / "out").mkdir(exist_ok=True)
        job = {"task": task, **survey, **OUTPUTS, **changes}
        done = engine(**{key: value for key, value in job.items() if value is not REMOVED})
        assert done.code == 2, done.events[-1]
        assert done.error["kind"] == "input"
        assert list((tmp_path / "out").iterdir()) == []
        assert not list(tmp_path.rglob("*.part*"))
        return done.error

    return run


def says(error, parameter, *words):
    assert error["parameter"] == parameter, error
    for word in words:
        assert word in error["message"], error["message"]


def write_tif(path, values, west=-500.0, north=9500.0, crs="EPSG:3031", step=1000.0, nodata=None):
    values = np.asarray(values, dtype="float64")
    shape = {"height": values.shape[0], "width": values.shape[1], "count": 1, "dtype": "float64", "driver": "GTiff"}
    with rasterio.open(
        path, "w", **shape, crs=crs, transform=from_origin(west, north, step, step), nodata=nodata
    ) as file:
        file.write(values, 1)
    return path.name


def edit_stations(folder, edit):
    """Rewrite stations.csv: edit(rows) changes or returns a list of dicts."""
    path = folder / "stations.csv"
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    rows = edit(rows) or rows
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def flat(value=300.0, shape=(10, 13)):
    return np.full(shape, value)
