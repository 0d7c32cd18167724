"""Coordinate systems: their horizontal part, their vertical unit, local ones, and a PROJ that has no memory left."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyproj
import pytest
import rasterio

from core.data.crs import LOCAL_GRID, parse_crs, same_system, transform, vertical_part
from core.data.raster_part import blame_memory
from core.errors import InputError

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("text", "code"), [("EPSG:32633+6360", 32633), ("EPSG:7415", 28992), ("EPSG:4979", 4326), ("EPSG:3031", 3031)]
)
def test_the_horizontal_part_is_what_counts(text, code):
    assert parse_crs(text, "CRS").to_epsg() == code


@pytest.mark.parametrize(
    ("text", "unit", "metres", "down"),
    [
        ("EPSG:32633+6360", "US survey foot", 1200 / 3937, False),
        ("EPSG:32633+5715", "metre", 1.0, True),
        ("+proj=utm +zone=33 +datum=WGS84 +vunits=us-ft", "US survey foot", 1200 / 3937, False),
        ("EPSG:7415", "metre", 1.0, False),
    ],
)
def test_how_a_system_counts_heights(text, unit, metres, down):
    part = vertical_part(text, "CRS")
    assert (part.unit, part.down) == (unit, down) and part.metres == pytest.approx(metres, rel=1e-12)


@pytest.mark.parametrize("text", ["EPSG:32633", "EPSG:4326", LOCAL_GRID, None])
def test_a_horizontal_system_says_nothing_of_heights(text):
    assert vertical_part(text, "CRS") is None


def test_local_grids_are_the_same_by_their_names():
    """GeoTIFF keeps no more of one."""
    pit, mill = (parse_crs(f'LOCAL_CS["{name}",UNIT["metre",1]]', "CRS") for name in ("pit", "mill"))
    datum = parse_crs('LOCAL_CS["Pit",LOCAL_DATUM["shaft",32767],UNIT["metre",1]]', "CRS")
    assert same_system(pit, datum) and not same_system(pit, mill)
    east = np.array([1.0])
    assert transform(east, east, pit, datum)[0] is east
    with pytest.raises(InputError, match=r"KNOWN_POINTS is in pit and another in EPSG:3031, and nothing tells"):
        transform(east, east, pit, parse_crs("EPSG:3031", "CRS"), "KNOWN_POINTS")


@pytest.mark.parametrize("text", ["EPSG:3031", "EPSG:nine"])
def test_where_proj_has_no_memory_a_system_is_not_said_to_be_none(monkeypatch, text):
    def none_left(text):
        raise pyproj.exceptions.CRSError(f"Invalid projection: {text}: (SQLite error on SELECT: out of memory)")

    monkeypatch.setattr(pyproj.CRS, "from_user_input", none_left)
    with pytest.raises(MemoryError):
        parse_crs(text, "CRS")


STARVED = """
import resource
import pyproj, pyproj.exceptions
from core.data.crs import parse_crs
from core.errors import InputError
size = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (size, -1))
try:
    parse_crs("EPSG:3031", "CRS")
except InputError as error:
    print(error.message)
except MemoryError:
    print("no memory")
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs to know how much memory it has")
def test_a_process_whose_memory_is_used_up_says_so():
    done = subprocess.run(
        [sys.executable, "-c", STARVED], cwd=ROOT, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": "."}
    )
    assert "no coordinate reference system" not in done.stdout
    assert done.stdout.strip() in ("no memory", "")


def test_a_read_that_got_no_memory_is_not_a_damaged_file():
    read = rasterio.errors.RasterioIOError("Read failed. See previous exception for details.")
    read.__cause__ = ValueError("block cache: out of memory")
    with pytest.raises(MemoryError):
        blame_memory(read)
    blame_memory(rasterio.errors.RasterioIOError("/memory/bed.tif: read failed."))
