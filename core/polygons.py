"""Polygons (GeoJSON) as a mask of a grid's cells."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from .crs import parse_crs, transform
from .errors import InputError
from .job_fields import PolygonSource
from .relief import Grid


def cells_inside(source: PolygonSource, grid: Grid, parameter: str) -> np.ndarray:
    """Which cells have their centre inside a polygon: array of bool (ny, nx).

    The file is a GeoJSON FeatureCollection; its `crs` member names its system (a code or WKT), else it is the grid's.

    Raises
    ------
    InputError
        No such file, no GeoJSON, no polygon in it.
    """
    import rasterio.features
    from rasterio.transform import from_origin

    path = Path(source.path)
    if not path.is_file():
        raise InputError(f"{parameter}: there is no file {path}. Give an existing one.", parameter)
    try:
        collection = json.loads(path.read_text(encoding="utf-8"))
        geometries = [feature["geometry"] for feature in collection["features"]]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{parameter}: {path} is no GeoJSON collection of polygons.", parameter) from error
    polygons = [g for g in geometries if g and g.get("type") in ("Polygon", "MultiPolygon")]
    if not polygons:
        raise InputError(f"{parameter}: {path} holds no polygon. Give a layer of polygons.", parameter)
    named = collection.get("crs")
    name = named["properties"]["name"] if isinstance(named, dict) else named
    if name:
        crs = parse_crs(name, parameter)
        polygons = [{**g, "coordinates": _brought(g["coordinates"], crs, grid.crs)} for g in polygons]
    ny, nx = grid.shape
    north = float(grid.northing[-1]) + 0.5 * grid.dy
    mask = rasterio.features.geometry_mask(
        polygons, (ny, nx), from_origin(grid.west, north, grid.dx, grid.dy), invert=True
    )
    return np.ascontiguousarray(mask[::-1])


def _brought(coordinates: Any, source: Any, target: Any) -> Any:
    """Nested rings of positions in another system."""
    if isinstance(coordinates[0][0], (int, float)):
        ring = np.asarray([position[:2] for position in coordinates], dtype=float)
        return np.column_stack(transform(ring[:, 0], ring[:, 1], source, target)).tolist()
    return [_brought(part, source, target) for part in coordinates]
