"""Jobs that can't be, outputs that would destroy, files from elsewhere."""

from __future__ import annotations

import os

from .case import Case, refused, silent
from .recipes import flat, put, raster, raw

VIRTUAL = (
    '<VRTDataset rasterXSize="40" rasterYSize="30"><SRS>EPSG:32633</SRS><GeoTransform>399500, 1000, 0, 5529500, 0, -1000'
    '</GeoTransform><VRTRasterBand dataType="Float64" band="1"><SimpleSource><SourceFilename relativeToVRT="1">{}'
    "</SourceFilename><SourceBand>1</SourceBand></SimpleSource></VRTRasterBand></VRTDataset>"
)
VALIDATION = {
    "task": "dampingcrossvalidation", "damping": None, "damping_min": 0.001, "damping_max": 0.01, "trials": 2, "split": 3, "folds": 2, "max_iterations": 2,
}  # fmt: skip


def pipe(folder, stations, job):
    os.mkfifo(folder / "pipe.tif")


def device(folder, stations, job):
    os.symlink(os.devnull, folder / "null.tif")


def folder_there(folder, stations, job):
    (folder / "taken.tif").mkdir()


FAULTS = (
    Case("outputs", "a pipe", {"inverted_relief": "pipe.tif"}, refused("INVERTED_RELIEF", "pipe"), (pipe,)),
    Case("outputs", "a device", {"inverted_relief": "null.tif"}, refused("INVERTED_RELIEF", "device"), (device,)),
    Case("outputs", "a folder", {"inverted_relief": "taken.tif"}, refused("INVERTED_RELIEF", "folder"), (folder_there,), qgis=True),
    Case("outputs", "a folder that is not there", {"inverted_relief": "nowhere/a.tif"}, refused("INVERTED_RELIEF", "folder"), qgis=True),
    Case("outputs", "an input", {"inverted_relief": "start.tif"}, refused("INVERTED_RELIEF", "STARTING_RELIEF"), qgis=True),
    Case("outputs", "a virtual raster's source", {"starting_relief": "start.vrt", "inverted_relief": "start.tif"}, refused("INVERTED_RELIEF", "STARTING_RELIEF"), (raw("start.vrt", VIRTUAL.format("start.tif").encode()),)),
    Case("outputs", "another output", {"relief_change": "inverted.tif"}, refused("RELIEF_CHANGE", "INVERTED_RELIEF"), qgis=True),
    Case("outputs", "a picture", {"inverted_relief": "inverted.png"}, refused("INVERTED_RELIEF", ".tif"), qgis=True),
    Case("outputs", "a name that is too long", {"inverted_relief": f"{'a' * 250}.tif"}, refused("INVERTED_RELIEF", "long")),
    Case("outputs", "a virtual raster that is read", {"starting_relief": "start.vrt"}, silent(), (raw("start.vrt", VIRTUAL.format("start.tif").encode()),)),
    Case("network", "a virtual raster of an address", {"starting_relief": "start.vrt"}, refused("STARTING_RELIEF", "network"), (raw("start.vrt", VIRTUAL.format("/vsicurl/http://127.0.0.1:9/a.tif").encode()),)),
    Case("network", "an address", {"starting_relief": "/vsicurl/http://127.0.0.1:9/a.tif"}, refused("STARTING_RELIEF")),
    Case("network", "an address of gravity", {"gravity": "http://127.0.0.1:9/a.tif", "height_field": None, "height": 300}, refused("GRAVITY")),
    Case("network", "tiles", {"starting_relief": "start.xml"}, refused("network"), (raw("start.xml", b"<GDAL_WMS><Service><ServerUrl>http://127.0.0.1:9</ServerUrl></Service></GDAL_WMS>"),)),
    Case("jobs", "a task that is none", {"task": "invert"}, refused("invertrelief")),
    Case("jobs", "a key that is none", {"dampings": 1}, refused("dampings")),
    Case("jobs", "a text for a number", {"damping": "much"}, refused("DAMPING")),
    Case("jobs", "a damping of 0", {"damping": 0}, refused("DAMPING"), qgis=True),
    Case("jobs", "a damping below 0", {"damping": -1}, refused("DAMPING"), qgis=True),
    Case("jobs", "a contrast of 0", {"density_contrast": 0}, refused("DENSITY_CONTRAST"), qgis=True),
    Case("jobs", "an error of 0", {"error": 0}, refused("ERROR"), qgis=True),
    Case("jobs", "a number beyond all floats", {"density_contrast": 1e300}, refused("DENSITY_CONTRAST")),
    Case("jobs", "a law that is none", {"density_law": "linear:1,2"}, refused("DENSITY_LAW"), qgis=True),
    Case("jobs", "a law's table that is not there", {"density_law": "table:nowhere.csv"}, refused("DENSITY_LAW", "nowhere.csv")),
    Case("jobs", "known points without their field", {"known_points": "stations.csv"}, refused("KNOWN_FIELD"), qgis=True),
    Case("jobs", "no gravity", {"gravity": None}, refused("GRAVITY")),
    Case("jobs", "no heights", {"height_field": None}, refused("HEIGHT"), qgis=True),
    Case("jobs", "no start and no grid", {"starting_relief": None}, refused("STARTING_RELIEF"), qgis=True),
    Case("jobs", "a thousand million trials", {**VALIDATION, "trials": 10**9}, refused("TRIALS"), qgis=True),
    Case("jobs", "a thousand million repeats", {**VALIDATION, "repeats": 10**9}, refused("REPEATS"), qgis=True),
    Case("jobs", "refinements without end", {**VALIDATION, "refine": 10**6}, refused("REFINE")),
    Case("jobs", "more folds than stations", {**VALIDATION, "folds": 900}, refused("FOLDS")),
    Case("jobs", "no field of test stations", {**VALIDATION, "split": 0}, refused("TEST_FIELD"), qgis=True),
    Case("jobs", "a study that is a note", {**VALIDATION, "study": "note.txt"}, refused("STUDY"), (raw("note.txt", b"remember the milk\n"),), qgis=True),
    Case("files", "a text for the start", {"starting_relief": "note.tif"}, refused("STARTING_RELIEF", ("raster", "note.tif")), (raw("note.tif", b"remember the milk\n"),), qgis=True),
    Case("files", "a start cut short", {"starting_relief": "short.tif"}, refused("STARTING_RELIEF"), (raster("short.tif", flat(-1500)),), late=(lambda folder, stations, job: (folder / "short.tif").write_bytes((folder / "short.tif").read_bytes()[:600]),)),
    Case("files", "a band that is not there", {"starting_relief": {"path": "start.tif", "band": 9}}, refused("band")),
    Case("files", "no such file", {"starting_relief": "nowhere.tif"}, refused("STARTING_RELIEF", "nowhere.tif"), qgis=True),
    Case("files", "a test field without test stations", {**VALIDATION, "split": 0, "test_field": "test"}, refused("TEST_FIELD"), (put(test=lambda s: 0 * s["height"]),), qgis=True),
)  # fmt: skip
