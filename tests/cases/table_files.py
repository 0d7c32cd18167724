"""Tables as people and programs write them, and stations that repeat."""

from __future__ import annotations

from .case import Case, Right, doubted, refused, silent
from .recipes import header, put, raw, repeated, text, transformed

CSV = "stations.csv"


def semicolons(content: str) -> str:
    return content.replace(",", ";")


def decimal_commas(content: str) -> str:
    return content.replace(",", ";").replace(".", ",")


def units_row(content: str) -> str:
    first, rest = content.split("\n", 1)
    return f"{first.strip()}\nm,m,m,mGal\n{rest}"


def degrees(folder, stations, job):
    transformed("EPSG:4326")(folder, stations, job)
    stations.columns = {
        "Longitude": stations["easting"], "Latitude": stations["northing"], "height": stations["height"], "gravity": stations["gravity"],
    }  # fmt: skip


def numbers_as_texts(content: str) -> str:
    lines = content.strip().splitlines()
    return "\n".join([lines[0], *(",".join(f'"{value}"' for value in line.split(",")) for line in lines[1:])]) + "\n"


FILES = (
    Case("tables", "thousands commas beside decimal points", {}, refused("comma", "HEIGHT_FIELD"), late=(lambda folder, stations, job: stations.put(height=[f"{1500 + i % 7:,}" for i in range(500)]), text(CSV, lambda c: "\n".join(["easting\tnorthing\theight\tgravity", *(f"{e}\t{n}\t{1500 + i % 7:,}\t{g}" for i, (e, n, h, g) in enumerate(line.split(",") for line in c.split()[1:]))])))),
    Case("tables", "thousands points beside decimal commas", {}, Right(exits=2, error=("HEIGHT_FIELD",)), late=(text(CSV, lambda c: "\n".join(["easting;northing;height;gravity", *(f"{e};{n};1.5{i % 90 + 10}.000,5;{g}".replace(".", ",", 0) for i, (e, n, h, g) in enumerate(line.split(",") for line in c.split()[1:]))])),)),
    Case("tables", "semicolons and decimal commas", {}, silent(), late=(text(CSV, decimal_commas),)),
    Case("tables", "semicolons and decimal points", {}, silent(), late=(text(CSV, semicolons),)),
    Case("tables", "tabs", {}, silent(), late=(text(CSV, lambda c: c.replace(",", "\t")),)),
    Case("tables", "a line that names the separator", {}, silent(), late=(text(CSV, lambda c: "sep=;\n" + semicolons(c)),)),
    Case("tables", "comment lines", {}, silent(), late=(text(CSV, lambda c: "# a survey\n# of 1998\n" + c),)),
    Case("tables", "a row of units", {}, silent(), late=(text(CSV, units_row),)),
    Case("tables", "a row of units with feet", {}, Right(verdict=(0, 1)), late=(text(CSV, lambda c: units_row(c).replace("m,m,m,mGal", "m,m,ft,mGal")),)),
    Case("tables", "a mark of the byte order", {}, silent(), late=(text(CSV, lambda c: c, "utf-8-sig"),)),
    Case("tables", "UTF-16", {}, silent(), late=(text(CSV, lambda c: c, "utf-16"),)),
    Case("tables", "Latin-1 in a name", {}, Right(verdict=(0,)), late=(text(CSV, lambda c: c.replace("height", "h\xf6he").replace("\r", ""), "latin-1"), lambda f, s, j: j.update(height_field="h\xf6he"))),
    Case("tables", "lines that end as on old Macs", {}, silent(), late=(text(CSV, lambda c: c.replace("\r\n", "\r").replace("\n", "\r")),)),
    Case("tables", "empty lines between", {}, silent(), late=(text(CSV, lambda c: c.replace("\r\n", "\n").replace("\n", "\n\n")),)),
    Case("tables", "a separator at the end of each line", {}, silent(), late=(text(CSV, lambda c: "\n".join(f"{line}," for line in c.split())),)),
    Case("tables", "numbers in quotes", {}, silent(), late=(text(CSV, numbers_as_texts),), qgis=True),
    Case("tables", "longitude and latitude", {"gravity_crs": "EPSG:4326"}, silent(), (degrees,)),
    Case("tables", "longitude and latitude without a system", {"gravity_crs": None}, Right(verdict=(0, 1)), (degrees,)),
    Case("tables", "units behind the names", {}, silent(), late=(header("Easting (m)", "Northing (m)", "height", "gravity"),)),
    Case("tables", "names of one letter", {}, silent(), late=(header("E", "N", "height", "gravity"),)),
    Case("tables", "x and y", {}, silent(), late=(header("X", "Y", "height", "gravity"),)),
    Case("tables", "no coordinates", {}, refused("easting"), late=(header("a", "b", "height", "gravity"),)),
    Case("tables", "two columns of one name", {}, refused("gravity"), late=(header("easting", "northing", "gravity", "gravity"),)),
    Case("tables", "a field that is not there", {"gravity_field": "anomaly"}, refused("anomaly"), qgis=True),
    Case("tables", "a field of words", {"gravity_field": "name"}, refused("name"), (put(name=lambda s: [f"point {i}" for i in range(500)]),), qgis=True),
    Case("tables", "a header alone", {}, refused("no stations"), late=(text(CSV, lambda c: c.splitlines()[0] + "\n"),)),
    Case("tables", "an empty file", {}, refused("GRAVITY"), late=(raw(CSV, b""),)),
    Case("tables", "a row that is too short", {}, refused("line 3"), late=(text(CSV, lambda c: "\n".join([*c.split()[:2], "1,2", *c.split()[3:]])),)),
    Case("tables", "zeros between the letters", {}, refused(CSV), late=(raw(CSV, b"easting,northing\0\0,height\n1,2,3\n"),)),
    Case("tables", "a number without end", {}, refused("GRAVITY"), late=(text(CSV, lambda c: c.replace(c.split()[5].split(",")[3], "1e300")),)),
    Case("tables", "a height without end", {}, refused("height"), late=(text(CSV, lambda c: c.replace("300.0", "1e300", 1)),)),
    Case("tables", "a coordinate without end", {}, refused(("1e+300", "1e300", "place", "EASTING", "easting")), late=(text(CSV, lambda c: c.replace(c.split()[5].split(",")[0], "1e300")),)),
    Case("tables", "a picture", {"gravity": "photo.csv"}, refused("photo.csv"), (raw("photo.csv", bytes(range(256)) * 8),)),
    Case("tables", "columns nested without end", {"gravity": "deep.columns.json"}, refused("deep.columns.json"), (raw("deep.columns.json", b"[" * 200_000),)),
    Case("repeats", "the same stations twice", {}, silent(46.0, log=("40", "average")), (repeated(),), qgis=True),
    Case("repeats", "stations twice with the same gravity", {}, Right(warns=("40", "repeat"), verdict=(0,), rmse=46.0), (repeated(noise=0.0),)),
    Case("repeats", "one place, two values far apart", {}, refused("REPEAT_TOLERANCE"), (repeated(2, shift=40.0),), qgis=True),
    Case("repeats", "near by and contradicting", {}, doubted("40", "3"), (repeated(dx=0.5, shift=3.0),), qgis=True),
    Case("repeats", "near by and alike", {}, Right(verdict=(0,), rmse=46.0), (repeated(dx=0.5),)),
    Case("repeats", "one place at two heights", {}, Right(verdict=(0,)), (repeated(dz=30.0, shift=9.258),)),
)  # fmt: skip
