"""Polygons (GeoJSON) as a mask of a grid's cells."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import InputError
from .crs import parse_crs
from .relief import Grid

if TYPE_CHECKING:
    import pyproj

FEWEST_CORNERS = 3

Rings = list[np.ndarray]
"""A polygon: its outer ring and its holes, each (n, 2) and closed."""


@dataclass(frozen=True)
class PolygonSource:
    """Where polygons are: a GeoJSON file."""

    path: str


def cells_inside(source: PolygonSource, grid: Grid, parameter: str) -> np.ndarray:
    """Which cells have their centre inside a polygon: array of bool (ny, nx).

    The file is a GeoJSON FeatureCollection; its `crs` member names its system (a code or WKT), else it is the grid's.

    Raises
    ------
    InputError
        No such file, no GeoJSON, no polygon in it, a ring that is none, a system that is none.
    """
    import rasterio.features
    from rasterio.transform import from_origin

    path = Path(source.path)
    if not path.is_file():
        raise InputError(f"{parameter}: there is no file {path}. Give an existing one.", parameter)
    try:
        collection = json.loads(path.read_text(encoding="utf-8-sig"))
        geometries = [feature["geometry"] or {} for feature in collection["features"]]
        kinds = [geometry.get("type") for geometry in geometries]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"{parameter}: {path} is no GeoJSON collection of polygons.", parameter) from error
    polygons: list[Rings] = []
    try:
        for geometry, kind in zip(geometries, kinds, strict=True):
            if kind in ("Polygon", "MultiPolygon"):
                several = [geometry["coordinates"]] if kind == "Polygon" else geometry["coordinates"]
                polygons += [rings for rings in map(_rings, several) if rings]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{parameter}: {path} holds a polygon whose coordinates are no rings of three or more corners [x, y]. "
            "Mend it (Fix geometries) or leave it out.",
            parameter,
        ) from error
    if not polygons:
        raise InputError(f"{parameter}: {path} holds no polygon. Give a layer of polygons.", parameter)
    crs = _crs(collection.get("crs"), path, parameter)
    if crs is not None:
        polygons = [[_brought(ring, crs, grid, path, parameter) for ring in rings] for rings in polygons]
    shapes = [{"type": "Polygon", "coordinates": [ring.tolist() for ring in rings]} for rings in polygons]
    ny, nx = grid.shape
    north = float(grid.northing[-1]) + 0.5 * grid.dy
    mask = rasterio.features.geometry_mask(
        shapes, (ny, nx), from_origin(grid.west, north, grid.dx, grid.dy), invert=True
    )
    return np.ascontiguousarray(mask[::-1])


def _rings(coordinates: Any) -> Rings:
    """A polygon's rings, closed, empty ones left out; ValueError or TypeError where they are none."""
    rings = [_ring(corners) for corners in coordinates if len(corners)]
    return rings if len(coordinates) and len(coordinates[0]) else []


def _ring(corners: Any) -> np.ndarray:
    ring = np.array([[float(x) for x in corner[:2]] for corner in corners])
    if ring.ndim != 2 or ring.shape[1] != 2 or not np.isfinite(ring).all():
        raise ValueError("a corner is no pair of numbers")
    if len(np.unique(ring, axis=0)) < FEWEST_CORNERS:
        raise ValueError("too few corners")
    return ring if (ring[0] == ring[-1]).all() else np.vstack([ring, ring[:1]])


def _crs(member: Any, path: Path, parameter: str) -> pyproj.CRS | None:
    """The system that a collection names: "EPSG:3031" or the older {"properties": {"name": "EPSG:3031"}}."""
    if member is None or member == "":
        return None
    properties = member.get("properties") if isinstance(member, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else member
    if not isinstance(name, str):
        raise InputError(
            f'{parameter}: {path} has a member "crs" without a name. Write "crs": "EPSG:3031", or leave it out.',
            parameter,
        )
    return parse_crs(name, parameter)


def _brought(ring: np.ndarray, source: pyproj.CRS, grid: Grid, path: Path, parameter: str) -> np.ndarray:
    there = np.column_stack(grid.bring(ring[:, 0], ring[:, 1], source, parameter))
    if not np.isfinite(there).all():
        raise InputError(
            f"{parameter}: {path} holds a polygon that has no place in the relief's coordinate reference system. Check the "
            "polygons' own.",
            parameter,
        )
    return there
