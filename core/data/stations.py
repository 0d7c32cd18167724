"""The stations: where gravity was measured, what it was, and how far it can be trusted."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyproj

    from .relief import Grid


@dataclass(frozen=True)
class Positions:
    """Places in a projected CRS."""

    easting: np.ndarray  # (n,) m
    northing: np.ndarray  # (n,) m
    height: np.ndarray  # (n,) m, positive up, in the relief's vertical datum

    @property
    def size(self) -> int:
        return self.easting.size


@dataclass(frozen=True)
class Readings:
    """What was read at each station, where those at one place were averaged."""

    carrier: np.ndarray  # (n,) number of the station that carries the mean of its place; its own for the others
    gravity: np.ndarray  # (n,) mGal
    error: np.ndarray  # (n,) mGal


@dataclass(frozen=True)
class Stations(Positions):
    """Every station that was given, in its order, also those that are not used.

    Of several at one place one is used and carries their mean; what each of them read is in `readings`.
    """

    gravity: np.ndarray  # (n,) mGal, positive down
    error: np.ndarray  # (n,) mGal, standard error; 1 where none was given
    regional: np.ndarray  # (n,) mGal, known part of gravity that is not the relief's
    test: np.ndarray  # (n,) bool, withheld from the fit
    used: np.ndarray  # (n,) bool, False for those left out
    crs: pyproj.CRS
    has_errors: bool = False  # whether `error` was given
    has_test: bool = False  # whether `test` was given
    lattice: Grid | None = None  # the raster whose cells these are
    node: np.ndarray | None = None  # (n,) flat number of each station's cell on the lattice
    readings: Readings | None = None  # where stations at one place were averaged

    def where(self, mask: np.ndarray) -> Stations:
        """Only the stations of the mask (n,)."""
        chosen = {
            field.name: getattr(self, field.name)[mask]
            for field in fields(self)
            if isinstance(getattr(self, field.name), np.ndarray)
        }
        return replace(self, **chosen, readings=None)
