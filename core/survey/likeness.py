"""How like two signals are in the parts of an area: a smooth field that only one of them holds has no part in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

FEWEST_IN_A_PART = 10
OPPOSED = 0.6
"""A correlation as far below 0 in the parts together is opposed."""
OPPOSED_PARTS = 0.85
"""Of the parts that count, as many must be opposed."""
COUNTS = 0.1
"""A part counts whose signal is not less than this share of the strongest one's."""
STRONG, SEVERAL = 0.25, 3
"""Where fewer parts than several are strong, all hangs on one hill: then nothing but a clear likeness tells."""
OPPOSED_ALONE = 0.85


@dataclass(frozen=True)
class Likeness:
    """How like two signals are in the parts of an area, each less its own plane."""

    correlation: float  # of all parts together, -1 to 1
    factor: float  # what the second must be multiplied by to be most like the first
    opposed: float  # share of the parts that count where they are opposed
    strong: int  # how many parts are strong

    @property
    def is_opposed(self) -> bool:
        return self.correlation < -OPPOSED and self.opposed > OPPOSED_PARTS and self.strong >= SEVERAL

    @property
    def is_opposed_alone(self) -> bool:
        """So clearly that one hill is enough."""
        return self.correlation < -OPPOSED_ALONE and self.opposed > OPPOSED_PARTS

    @property
    def is_alike(self) -> bool:
        return self.correlation > OPPOSED and self.opposed < 1.0 - OPPOSED_PARTS and self.strong >= SEVERAL


def compared(
    easting: np.ndarray, northing: np.ndarray, one: np.ndarray, other: np.ndarray, halvings: int
) -> Likeness | None:
    """Two signals (n,) in the parts that halving an area so often makes; None where the parts hold too few places."""
    parts = halved(easting, northing, halvings)
    if min(part.size for part in parts) < FEWEST_IN_A_PART:
        return None
    product, size = np.zeros(len(parts)), np.zeros(len(parts))
    total = np.zeros(2)
    for k, part in enumerate(parts):
        u, v = (less_trend(values[part], easting[part], northing[part], 1) for values in (one, other))
        product[k], size[k] = u @ v, np.sqrt((u @ u) * (v @ v))
        total += (u @ u, v @ v)
    if not total.all():
        return None
    counts = size > COUNTS * size.max()
    return Likeness(
        correlation=float(product.sum() / np.sqrt(total.prod())),
        factor=float(product.sum() / total[1]),
        opposed=float(np.mean(product[counts] < 0.0)),
        strong=int((size > STRONG * size.max()).sum()),
    )


def halved(easting: np.ndarray, northing: np.ndarray, halvings: int) -> list[np.ndarray]:
    """Numbers of the places in each part of an area that is halved across its longer side, and so on."""
    parts = [np.arange(easting.size)]
    for _ in range(halvings):
        halves = []
        for part in parts:
            wide = part.size > 0 and np.ptp(easting[part]) >= np.ptp(northing[part])
            ordered = part[np.argsort((easting if wide else northing)[part], kind="stable")]
            halves += [ordered[: part.size // 2], ordered[part.size // 2 :]]
        parts = halves
    return parts


def less_trend(values: np.ndarray, easting: np.ndarray, northing: np.ndarray, degree: int) -> np.ndarray:
    """Values less the polynomial of a degree that fits them best."""
    span = max(float(np.ptp(easting)), float(np.ptp(northing)), 1.0)
    x, y = (easting - easting.mean()) / span, (northing - northing.mean()) / span
    powers = [(i, j) for i in range(degree + 1) for j in range(degree + 1 - i)]
    columns = np.column_stack([x**i * y**j for i, j in powers])
    return np.asarray(values - columns @ np.linalg.lstsq(columns, values, rcond=1e-9)[0])
