"""Polygons of cells that may move: which centres lie inside, with holes, in other systems, and bad files."""

from __future__ import annotations

import json

import numpy as np
import pytest

from core.data.crs import parse_crs, transform
from core.data.polygons import PolygonSource, cells_inside
from core.data.rasters import RasterSource, read_raster
from core.data.relief import Grid
from core.errors import InputError
from core.events.protocol import Reporter
from core.tasks import run_task

POLAR = parse_crs("EPSG:3031", "CRS")
GRID = Grid(1000.0 + 100.0 * np.arange(20), -500.0 + 200.0 * np.arange(12), POLAR)


def ring(west, east, south, north):
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings)}


@pytest.fixture
def inside(tmp_path):
    """The mask of GeoJSON geometries on the grid."""

    def mask(*geometries, **members):
        features = [{"type": "Feature", "properties": {}, "geometry": geometry} for geometry in geometries]
        path = tmp_path / "polygons.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **members}), encoding="utf-8")
        return cells_inside(PolygonSource(str(path)), GRID, "FREE_CELLS")

    return mask


def box(west, east, south, north):
    """Centres in a box, by the coordinates alone."""
    east_of, north_of = (axis.reshape(GRID.shape) for axis in GRID.centres())
    return (east_of > west) & (east_of < east) & (north_of > south) & (north_of < north)


OUTER, HOLE = (1250, 2150, -150, 1250), (1450, 1750, 250, 850)


def test_cells_whose_centre_lies_inside_south_as_south(inside):
    mask = inside(polygon(ring(*OUTER)))
    np.testing.assert_array_equal(mask, box(*OUTER))
    assert mask.any() and not mask[0].any() and mask[3].any()


def test_a_cell_is_in_by_its_centre_not_by_its_edge(inside):
    mask = inside(polygon(ring(1060, 1140, -380, -220)))  # within one cell, around its centre 1100, -300
    assert mask.sum() == 1 and mask[1, 1]
    assert not inside(polygon(ring(1110, 1190, -380, -220)), polygon(ring(*OUTER)))[1, 1]


def test_a_hole_is_left_out(inside):
    np.testing.assert_array_equal(inside(polygon(ring(*OUTER), ring(*HOLE)[::-1])), box(*OUTER) & ~box(*HOLE))


def test_a_multipolygon_and_several_features_are_all_taken(inside):
    other = (2450, 2850, 1050, 1650)
    third = (950, 1050, 1450, 1950)
    many = {"type": "MultiPolygon", "coordinates": [[ring(*OUTER), ring(*HOLE)], [ring(*other)]]}
    expected = (box(*OUTER) & ~box(*HOLE)) | box(*other) | box(*third)
    np.testing.assert_array_equal(inside(many, polygon(ring(*third))), expected)


@pytest.mark.parametrize("form", ["name", "member"])
@pytest.mark.parametrize("kind", ["Polygon", "MultiPolygon"])
def test_polygons_in_another_system_are_brought_into_the_grids(inside, form, kind):
    other = parse_crs("EPSG:32701", "CRS")
    grid_points = np.array(ring(*OUTER), float)
    rings = [np.column_stack(transform(*grid_points.T, POLAR, other)).tolist()]
    geometry = {"type": kind, "coordinates": rings if kind == "Polygon" else [rings]}
    name = {"type": "name", "properties": {"name": "EPSG:32701"}} if form == "member" else "EPSG:32701"
    np.testing.assert_array_equal(inside(geometry, crs=name), box(*OUTER))


def test_heights_of_corners_are_not_looked_at(inside):
    corners = [[*corner, 7.0] for corner in ring(*OUTER)]
    np.testing.assert_array_equal(inside(polygon(corners), crs="EPSG:3031"), box(*OUTER))


def test_features_without_a_polygon_are_passed_over_but_not_all(inside):
    point = {"type": "Point", "coordinates": [1500, 0]}
    np.testing.assert_array_equal(inside(None, point, polygon(ring(*OUTER))), box(*OUTER))
    with pytest.raises(InputError, match="holds no polygon") as raised:
        inside(None, point)
    assert raised.value.parameter == "FREE_CELLS"


EMPTY = [
    polygon(),
    polygon([]),
    {"type": "MultiPolygon", "coordinates": []},
    {"type": "MultiPolygon", "coordinates": [[]]},
]


@pytest.mark.parametrize("empty", EMPTY)
def test_an_empty_polygon_is_passed_over_but_not_all(inside, empty):
    np.testing.assert_array_equal(inside(empty, polygon(ring(*OUTER)), crs="EPSG:3031"), box(*OUTER))
    np.testing.assert_array_equal(inside(polygon(ring(*OUTER), []), empty), box(*OUTER))
    with pytest.raises(InputError, match="holds no polygon"):
        inside(empty, crs="EPSG:3031")


@pytest.mark.parametrize("crs", [None, "", "EPSG:3031"])
def test_a_ring_that_is_not_closed_is(inside, crs):
    np.testing.assert_array_equal(
        inside(polygon(ring(*OUTER)[:-1], ring(*HOLE)[:-1]), crs=crs), box(*OUTER) & ~box(*HOLE)
    )


BAD = {
    "text": [[["a", "b"], ["c", "d"], ["e", "f"], ["a", "b"]]],
    "two corners": [[[1250, 250], [2150, 1250], [1250, 250]]],
    "a ring too few": ring(*OUTER),
    "a ring too many": [[ring(*OUTER)]],
    "one coordinate": [[[1250], [2150], [1700]]],
    "not a number": [[[1250, float("nan")], [2150, 250], [2150, 1250]]],
    "no list": 5,
}


@pytest.mark.parametrize("coordinates", BAD.values(), ids=BAD)
@pytest.mark.parametrize("crs", [None, "EPSG:3031"])
def test_coordinates_that_are_no_rings_are_refused_beside_good_ones(inside, coordinates, crs):
    with pytest.raises(InputError, match=r"coordinates are no rings of three or more corners \[x, y\]\. Mend it"):
        inside(polygon(ring(*OUTER)), {"type": "Polygon", "coordinates": coordinates}, crs=crs)


@pytest.mark.parametrize("crs", [{"type": "name"}, {"properties": {"name": 3031}}, {"properties": None}, [3031]])
def test_a_system_without_a_name_is_refused(inside, crs):
    with pytest.raises(InputError, match=r'has a member "crs" without a name\. Write "crs": "EPSG:3031"'):
        inside(polygon(ring(*OUTER)), crs=crs)


def test_a_polygon_that_no_projection_reaches_is_refused(tmp_path):
    """A quarter of the globe from its meridian a UTM zone has no coordinates."""
    feature = {"type": "Feature", "geometry": polygon(ring(104, 106, -1, 1))}
    (tmp_path / "far.geojson").write_text(json.dumps({"crs": "EPSG:4326", "features": [feature]}))
    grid = Grid(GRID.easting, GRID.northing, parse_crs("EPSG:32633", "CRS"))
    with pytest.raises(InputError, match="no place in the relief's coordinate reference system"):
        cells_inside(PolygonSource(str(tmp_path / "far.geojson")), grid, "FREE_CELLS")


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"features": [1]}', '{"type": "Polygon"}', '{"features": [{"geometry": 5}]}', "[" * 100_000]
)
def test_a_file_that_is_no_collection_is_refused(tidy, tmp_path, text):
    (tmp_path / "bad.geojson").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="no GeoJSON collection of polygons"):
        cells_inside(PolygonSource(str(tmp_path / "bad.geojson")), GRID, "FREE_CELLS")


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match="there is no file"):
        cells_inside(PolygonSource(str(tmp_path / "none.geojson")), GRID, "FREE_CELLS")


def test_in_a_job_only_the_cells_inside_move(survey, tmp_path):
    feature = {"type": "Feature", "properties": {}, "geometry": polygon(ring(2500, 7500, 1500, 6500))}
    text = json.dumps({"type": "FeatureCollection", "crs": "EPSG:3031", "features": [feature]})
    (tmp_path / "free.geojson").write_text(text, encoding="utf-8")
    job = {
        "task": "invertrelief",
        **survey,
        "free_cells": "free.geojson",
        "relief_change": "change.tif",
        "damping": 0.1,
    }
    run_task(job, tmp_path, Reporter())
    moved = read_raster(RasterSource(str(tmp_path / "change.tif")), "RELIEF_CHANGE").heights != 0
    expected = np.zeros((10, 13), bool)
    expected[2:7, 3:8] = True
    np.testing.assert_array_equal(moved, expected)
    far = {**feature, "geometry": polygon(ring(1e6, 2e6, 1e6, 2e6))}
    (tmp_path / "free.geojson").write_text(json.dumps({"features": [far]}), encoding="utf-8")
    with pytest.raises(InputError, match="frees no cell of the relief"):
        run_task(job, tmp_path, Reporter())
