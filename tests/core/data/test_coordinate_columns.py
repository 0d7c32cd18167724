"""Coordinates by their many names, in the system that they are in: degrees are never metres."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.columns import Columns, read_columns
from core.data.coordinate_columns import locate, refuse_degrees_in_metres
from core.data.crs import parse_crs
from core.data.relief import Grid
from core.errors import InputError

METRES, DEGREES = ((400000.5, 401000), (5500000, 5501000.25)), ((13.4, 13.5), (52.5, 52.6))


@pytest.fixture
def table(tmp_path):
    """A CSV's columns by its header and the first columns' values; `said` holds what was told."""

    def table(header, columns):
        rows = "".join(f"{','.join(map(str, row))}\n" for row in zip(*columns, strict=True))
        (tmp_path / "points.csv").write_text(f"{header}\n{rows}", encoding="utf-8")
        table.said = []
        return read_columns(str(tmp_path / "points.csv"), "GRAVITY", table.said.append)

    return table


NAMES = [
    "easting,northing",
    "X,Y",
    "E,N",
    "UTM_E,UTM_N",
    "Easting (m),Northing (m)",
    "X [m],Y [m]",
    "utm east,utm north",
]
NAMES += [
    "EASTING,NORTHING",
    "Eastings,Northings",
    "x_coord,y_coord",
    "POINT_X,POINT_Y",
    "UTM X,UTM Y",
    "easting_m,northing_m",
]
NAMES += ["Easting (UTM 33N),Northing (UTM 33N)", "UTMX (m),UTMY (m)"]


@pytest.mark.parametrize("header", NAMES)
@pytest.mark.parametrize("named", [None, "EPSG:32633"])
def test_eastings_and_northings_by_their_names(table, header, named):
    places = locate(table(header, METRES), named, "GRAVITY")
    np.testing.assert_array_equal([places.east, places.north], METRES)
    assert places.crs == (parse_crs(named, "GRAVITY_CRS") if named else None)


DEGREE_NAMES = ["longitude,latitude", "lon,lat", "Long,Lat", "LON,LAT", "Longitude (deg),Latitude (deg)", "lng,lat"]
DEGREE_NAMES += ["X (deg),Y (deg)", "lon_wgs84,lat_wgs84", "Longitude [°],Latitude [°]", "lon_dd,lat_dd"]
DEGREE_NAMES += ["decimalLongitude,decimalLatitude"]


@pytest.mark.parametrize("header", DEGREE_NAMES)
def test_longitude_and_latitude_without_a_system_are_wgs_84_and_told(table, header):
    places = locate(table(header, DEGREES), None, "GRAVITY")
    np.testing.assert_array_equal([places.east, places.north], DEGREES)
    assert places.crs == parse_crs("EPSG:4326", "GRAVITY")
    (said,) = table.said
    assert "are taken as degrees in WGS 84 (EPSG:4326), since no GRAVITY_CRS is given" in said


def test_a_system_in_degrees_that_is_named_counts(table):
    places = locate(table("lat,lon", DEGREES[::-1]), "EPSG:4267", "GRAVITY")
    np.testing.assert_array_equal([places.east, places.north], DEGREES)
    assert places.crs == parse_crs("EPSG:4267", "GRAVITY") and not table.said


@pytest.mark.parametrize(("named", "expected"), [("EPSG:4326", DEGREES), ("EPSG:32633", METRES), (None, METRES)])
@pytest.mark.parametrize("header", ["lon,lat,easting,northing", "lon,lat,x,y"])
def test_where_there_are_both_the_system_decides(table, header, named, expected):
    places = locate(table(header, (*DEGREES, *METRES)), named, "GRAVITY")
    np.testing.assert_array_equal([places.east, places.north], expected)


def test_x_and_y_that_are_degrees_beside_longitude_and_latitude_are_those(table):
    places = locate(table("x,y,lon,lat", (*DEGREES, *DEGREES)), None, "GRAVITY")
    assert places.crs == parse_crs("EPSG:4326", "GRAVITY")


def test_e_and_n_of_other_things_do_not_go_before_longitude_and_latitude(table):
    places = locate(table("e,n,lon,lat", ((0.1, 0.2), (3, 4), *DEGREES)), None, "GRAVITY")
    np.testing.assert_array_equal([places.east, places.north], DEGREES)


def test_kilometres_in_the_name_become_metres_and_are_told(table):
    places = locate(table("Easting (km),Northing (km)", ((400, 401), (5500, 5501.5))), "EPSG:32633", "GRAVITY")
    np.testing.assert_array_equal([places.east, places.north], [[400e3, 401e3], [5500e3, 5501.5e3]])
    assert len(table.said) == 2 and "'Easting (km)'" in table.said[0] and "was brought from km to m" in table.said[0]


def test_feet_in_a_system_in_feet_stay_as_they_are(table):
    feet = ((6.4e6, 6.5e6), (1.8e6, 1.9e6))
    places = locate(table("Easting (ft US),Northing (ft US)", feet), "EPSG:2229", "GRAVITY")
    np.testing.assert_array_equal([places.east, places.north], feet)


REFUSED = [
    (
        "Easting (m),EASTING,Northing",
        (*METRES, METRES[1]),
        None,
        "the columns 'Easting (m)' and 'EASTING' for one coordinate",
    ),
    ("lon,longitude,lat", (*DEGREES, DEGREES[1]), None, "the columns 'lon' and 'longitude' for one coordinate"),
    ("X,x,y", (*METRES, METRES[1]), "EPSG:32633", None),
    ("lon,lat", METRES, None, "which are no degrees. Give the system they are in as GRAVITY_CRS"),
    ("lon,lat", ((52.5, 53), (113.4, 114)), None, "They seem to be exchanged: rename them."),
    ("lon,lat", DEGREES, "EPSG:32633", "hold degrees, and EPSG:32633 is in metres. Give the system of the degrees"),
    ("easting,northing", METRES, "EPSG:4326", "EPSG:4326 is in degrees, and 'easting' and 'northing' of"),
    ("x,y", ((52.5, 53), (113.4, 114)), "EPSG:4326", "They seem to be exchanged: longitude is the easting"),
    ("Easting (ft),Northing (ft)", METRES, "EPSG:32633", "is in ft, and its coordinate reference system is not"),
    ("Easting (deg),Northing (m)", METRES, "EPSG:32633", "is in deg, and its coordinate reference system is not"),
    (
        "a,b",
        METRES,
        None,
        "no columns easting and northing (or x and y) among its columns a, b. Name its coordinates so",
    ),
    ("easting,lat", METRES, None, "no columns easting and northing"),
    ("x,y", ((1e300, 2), (3, 4)), None, "the field 'x' of"),
]


@pytest.mark.parametrize(("header", "columns", "named", "words"), REFUSED)
def test_what_is_doubtful_is_refused_in_one_sentence(table, header, columns, named, words):
    if words is None:
        np.testing.assert_array_equal(locate(table(header, columns), named, "GRAVITY").east, columns[1])
        return
    with pytest.raises(InputError) as refused:
        locate(table(header, columns), named, "GRAVITY")
    assert words in refused.value.message
    assert refused.value.parameter == (
        "GRAVITY_CRS" if named and "ft" not in header and "deg" not in header else "GRAVITY"
    )


def test_a_few_places_without_latitude_do_not_condemn_a_system(table):
    places = locate(table("x,y", ((13, 13.5, 13.6), (52, 52.1, 400))), "EPSG:4326", "GRAVITY")
    assert places.north[2] == 400


def grid(step, origin=0.0):
    return Grid(origin + step * np.arange(20.0), origin + step * np.arange(20.0), parse_crs("EPSG:32633", "CRS"))


def test_degrees_by_another_name_are_not_metres_in_one_cell(table):
    places = table("x,y", ((13.1, 13.2, 13.3, 13.4), (52.1, 52.2, 52.3, 52.4)))
    located = locate(places, None, "GRAVITY")
    with pytest.raises(
        InputError, match=r"as degrees do, and as metres in one cell of the relief\. Give .* GRAVITY_CRS"
    ):
        refuse_degrees_in_metres(places, located, grid(1000.0), "GRAVITY")
    refuse_degrees_in_metres(places, located, grid(0.1), "GRAVITY")
    refuse_degrees_in_metres(places, locate(places, "EPSG:32633", "GRAVITY"), grid(1000.0), "GRAVITY")


def test_a_layers_fields_are_not_taken_for_its_coordinates():
    """QGIS's side writes easting and northing beside fields that may have any name."""
    numbers = {
        name: np.full(2, float(i)) for i, name in enumerate(["easting", "northing", "Easting", "x", "lon", "lat"])
    }
    numbers["easting (field)"] = np.full(2, 9.0)
    places = locate(Columns(numbers, crs="EPSG:3031"), None, "GRAVITY")
    assert (places.east[0], places.north[0]) == (0.0, 1.0)
