"""Whether a map is true where the relief lies: its scale, its directions, and the Earth's curvature across it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..data.crs import system_name, utm_zone
from ..data.relief import Grid
from ..errors import InputError
from ..events.protocol import Reporter

if TYPE_CHECKING:
    import pyproj

BEARABLE = 0.06
"""A scale may be so far from 1, and the scales of two directions from one another."""

SCALE_AT_HOME, DIRECTIONS_AT_HOME = 0.08, 0.2
"""The same where a grid's middle is in the area that a system was made for: the rim of LAEA Europe has the most."""

CONTINENT = 0.2
"""A share of the globe: a system for a greater area was made for no place in it."""

BESIDE = 0.5  # degrees around that area

WRONG_DIRECTIONS = 1.5
"""Where one direction is drawn so many times as long as another, no relief comes out right."""

WIDEST = 1_000_000.0  # m
EARTH = 6_371_000.0  # m
KILOMETRE = 1000.0
PLACES = (
    "the middle",
    "the south-west corner",
    "the south-east corner",
    "the north-west corner",
    "the north-east corner",
)


@dataclass(frozen=True)
class Scales:
    """How a map draws the middle and the corners of a grid; NaN where there is no such place."""

    longitude: np.ndarray  # (5,) degrees
    latitude: np.ndarray  # (5,)
    largest: np.ndarray  # (5,) map over ground, in the direction where it is the largest
    least: np.ndarray  # (5,) in the other one


def check_projection(grid: Grid, parameter: str, reporter: Reporter, local: bool = False) -> None:
    """Warn of a projection that is out of scale at the grid, of one that looks like kilometres, and of a continent's width.

    A local grid is not judged.

    Parameters
    ----------
    grid : Grid
        The relief's, without a margin.
    parameter : str
        What gave the grid.
    reporter : Reporter
    local : bool
        LOCAL_GRID.

    Raises
    ------
    InputError
        One direction is drawn more than 1.5 times as long as another.
    """
    if local or not grid.crs.is_projected:
        return
    scales = scales_at(grid)
    if scales is None:
        return
    if _doubt_place(grid, scales, parameter, reporter):
        return
    _doubt_scale(grid, scales, parameter, reporter)
    middle = float(np.sqrt(scales.largest[0] * scales.least[0]))
    width = max(np.ptp(grid.easting) + grid.dx, np.ptp(grid.northing) + grid.dy)
    width = float(width) / middle if np.isfinite(middle) else float(width)
    if width > WIDEST:
        reporter.warning(
            f"The grid is {width / KILOMETRE:.0f} km wide, and the Earth is taken as flat: over that it curves by "
            f"{width**2 / (8.0 * EARTH) / KILOMETRE:.0f} km. The relief may fit the gravity and still be off by a kilometre. "
            f"Compute parts of less than {WIDEST / KILOMETRE:.0f} km, or trust no more than the shorter waves.",
            parameter,
        )


def scales_at(grid: Grid) -> Scales | None:
    """The scales of a grid's system at its middle and corners; None where PROJ can't tell them."""
    import pyproj

    east, north = grid.easting, grid.northing
    easting = np.array([0.5 * (east[0] + east[-1]), east[0], east[-1], east[0], east[-1]])
    northing = np.array([0.5 * (north[0] + north[-1]), north[0], north[0], north[-1], north[-1]])
    try:
        projection = pyproj.Proj(grid.crs)
        longitude, latitude = projection(grid.near(easting), northing, inverse=True)
        factors = projection.get_factors(longitude, latitude)
    except pyproj.exceptions.ProjError:
        return None
    columns = (longitude, latitude, factors.tissot_semimajor, factors.tissot_semiminor)
    longitude, latitude, largest, least = (np.where(np.isfinite(column), column, np.nan) for column in columns)
    return Scales(longitude, latitude, largest, np.where(least > 0, least, np.nan))


def _doubt_scale(grid: Grid, scales: Scales, parameter: str, reporter: Reporter) -> None:
    scale_off = np.maximum(np.abs(scales.largest - 1.0), np.abs(scales.least - 1.0))
    ratio = scales.largest / scales.least
    home = bool(at_home(grid.crs, scales.longitude[:1], scales.latitude[:1])[0])
    beyond = scale_off > (SCALE_AT_HOME if home else BEARABLE)
    uneven = ratio - 1.0 > (DIRECTIONS_AT_HOME if home else BEARABLE)
    if not (beyond | uneven).any():
        return
    name = system_name(grid.crs)
    zone = utm_zone(float(scales.longitude[0]), float(scales.latitude[0]))
    worst = int(np.nanargmax(ratio))
    if uneven[worst]:
        drawn = (
            f"{name} draws one direction {ratio[worst]:.2f} times as long as the other at {PLACES[worst]} of the grid, so no "
            "distance is right"
        )
        if ratio[worst] > WRONG_DIRECTIONS:
            raise InputError(f"{drawn}. Reproject it (Warp) to {zone}.", parameter)
        reporter.warning(
            f"{drawn}, and gravity is computed with those distances. Reproject it (Warp) to {zone}.", parameter
        )
        return
    worst = 0 if beyond[0] else int(np.nanargmax(scale_off))
    scale = scales.largest[worst] if scales.largest[worst] - 1.0 >= 1.0 - scales.least[worst] else scales.least[worst]
    reporter.warning(
        f"{name} has a scale of {scale:.2f} at {PLACES[worst]} of the grid: 1000 m on its map are {1000.0 / scale:.0f} m on the "
        f"ground, and gravity is computed as if they were 1000 m. Reproject it (Warp) to {zone}.",
        parameter,
    )


def at_home(crs: pyproj.CRS, longitude: np.ndarray, latitude: np.ndarray) -> np.ndarray:
    """Which places lie inside the area for which a system of a country or a continent was made."""
    area = crs.area_of_use
    if area is None:
        return np.zeros(np.shape(longitude), dtype=bool)
    across = (area.east - area.west) % 360.0 or 360.0
    share = across / 360.0 * 0.5 * float(np.diff(np.sin(np.radians([area.south, area.north])))[0])
    inside = (latitude >= area.south - BESIDE) & (latitude <= area.north + BESIDE)
    inside &= (longitude - area.west + BESIDE) % 360.0 <= across + 2.0 * BESIDE
    return inside & (share < CONTINENT)


def _doubt_place(grid: Grid, scales: Scales, parameter: str, reporter: Reporter) -> bool:
    """Warn of coordinates that are nowhere on the Earth, or far from the system's area and as kilometres in it."""
    name = system_name(grid.crs)
    if np.isnan(scales.longitude[0]):
        reporter.warning(
            f"The middle of the grid is nowhere on the Earth in {name}. Check which system its coordinates are in, and that they "
            "are in metres.",
            parameter,
        )
        return True
    if grid.crs.area_of_use is None or at_home(grid.crs, scales.longitude[:1], scales.latitude[:1])[0]:
        return False
    there = scales_at(Grid(KILOMETRE * grid.easting, KILOMETRE * grid.northing, grid.crs))
    if there is None or not at_home(grid.crs, there.longitude, there.latitude).all():
        return False
    reporter.warning(
        f"The grid's cells are {grid.dx:g} m wide and lie outside of what {name} is made for; taken as kilometres, its "
        "coordinates lie inside. Give the coordinates and the size of a cell in metres.",
        parameter,
    )
    return True
