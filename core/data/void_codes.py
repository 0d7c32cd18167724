"""Numbers that stand for "no value" where no file says so: -9999 and its kin.

A code alone is no evidence: a trench may be 9999 m deep, a hill 999 m high. A value is void where it is such a number and
differs from its neighbours ten times more than they do among themselves. Declared NoData is the affair of `rasters`.
"""

from __future__ import annotations

import numpy as np

_EITHER_SIGN = (
    *(999.0, 999.9, 9999.0, 9999.9, 99999.0, 99999.9, 999999.0, 9999999.0, 8888.0, 88888.0),
    *(1e10, 1e15, 1e20, 1e30, 1e32, 1e35, 1e36, 1e37, 1e38),
    *(9.969209968386869e36, 1.70141e38, 1.701410009187828e38, 1.71e38, 3.4028234663852886e38, 1.7976931348623157e308),
    *(32767.0, 2147483647.0),
)
_ONE_SIGN = (-999.25, -9999.25, -32768.0, 65535.0, -2147483648.0, 4294967295.0)
VOID_CODES = np.array(sorted({*_EITHER_SIGN, *(-code for code in _EITHER_SIGN), *_ONE_SIGN}))
"""What programs and formats write: nines, well logs, Oasis montaj, Surfer, NetCDF, the ends of whole numbers and of floats."""

AT_ONCE = 2**20
"""So many values are compared at once, for the memory's sake."""
SAME = 2e-7
"""Share of a code within which a value is that code, in 32-bit floats too."""
TIMES = 10.0
"""So many times more than its neighbours among themselves a void differs from them."""
LEAST = 1e-3
"""Share of their size that neighbours are taken to differ by at least: they may be rounded, or all the same."""
APART = 30.0
"""A void code differs from its neighbours by at least this, m or mGal: a knoll of 999 m stands on a plateau of 985."""
NEIGHBOURS = 8
FEWEST = 3
"""Among fewer others nothing can be said of how they differ."""


def is_code(values: np.ndarray) -> np.ndarray:
    """Which values (any shape) are one of the codes, whether they mean it or not."""
    flat = np.ravel(values)
    found = np.zeros(flat.size, dtype=bool)
    for start in range(0, flat.size, AT_ONCE):
        part = flat[start : start + AT_ONCE]
        low, high = (float(bound(part, initial=0.0, where=np.isfinite(part))) for bound in (np.min, np.max))
        spare = SAME * max(-low, high)
        for code in VOID_CODES[(VOID_CODES >= low - spare) & (VOID_CODES <= high + spare)]:
            with np.errstate(over="ignore"):  # one of them is the largest number there is
                found[start : start + AT_ONCE] |= np.abs(part - code) <= SAME * abs(code)
    return found.reshape(np.shape(values))


def void_points(
    easting: np.ndarray, northing: np.ndarray, values: np.ndarray, coded: np.ndarray | None = None
) -> np.ndarray:
    """Which values at places are void.

    A code's distance from the median of the eight nearest that are none is held against their mean distance from it.

    Parameters
    ----------
    easting, northing : array (n,)
        m or degrees: they only tell what is near.
    values : array (n,)
        NaN where there is none.
    coded : array (n,) of bool, optional
        Which may be void; left out: those that are codes.

    Returns
    -------
    array (n,) of bool
    """
    from scipy.spatial import cKDTree

    void = np.zeros(values.size, dtype=bool)
    apart, coded = (APART, is_code(values)) if coded is None else (0.0, coded)
    placed = np.isfinite(easting + northing)
    suspects, others = np.flatnonzero(coded & placed), np.flatnonzero(~coded & placed & np.isfinite(values))
    if suspects.size == 0 or others.size < FEWEST:
        return void
    places = np.column_stack([easting, northing])
    _, near = cKDTree(places[others]).query(places[suspects], min(NEIGHBOURS, others.size))
    around = values[others[near]]
    middle = np.median(around, axis=1)
    spread = np.mean(np.abs(around - middle[:, None]), axis=1)
    void[suspects] = _stands_out(np.abs(values[suspects] - middle), spread, np.abs(middle), apart)
    return void


def void_cells(values: np.ndarray, coded: np.ndarray | None = None) -> np.ndarray:
    """Which cells of a raster are void.

    Cells of one code that touch are a hole. The steps from a hole to the cells beside it are held against the steps from
    these to their other neighbours, so that neither a large hole nor steep relief matters.

    Parameters
    ----------
    values : array (ny, nx)
        NaN where empty.
    coded : array (ny, nx) of bool, optional
        Which may be void; left out: those that are codes.

    Returns
    -------
    array (ny, nx) of bool
    """
    apart, coded = (APART, is_code(values)) if coded is None else (0.0, coded)
    if not coded.any():
        return np.zeros(values.shape, dtype=bool)
    plain = np.where(coded, np.nan, values)
    if np.isfinite(plain).sum() < FEWEST:
        return np.zeros(values.shape, dtype=bool)
    holes, count = _holes(values, coded)
    step, among, size = (np.full(count + 1, np.nan) for _ in range(3))
    wall, beside = _walls(plain, holes)
    padded = np.pad(plain, 1, constant_values=np.nan).ravel()
    owner, code = np.pad(holes, 1).ravel()[wall], np.pad(values, 1).ravel()[wall]
    for into, of_pairs in (
        (step, np.abs(padded[beside] - code)),
        (among, _own_steps(padded, beside, values.shape[1] + 2)),
        (size, np.abs(padded[beside])),
    ):
        _put_medians(into, owner, of_pairs)
    _fill_lone(holes, values, plain, step, among, size)
    return coded & _stands_out(step, among, size, apart)[holes]


def _stands_out(step: np.ndarray, among: np.ndarray, size: np.ndarray, apart: float) -> np.ndarray:
    return step > np.maximum(TIMES * np.maximum(among, LEAST * size), apart)


def _holes(values: np.ndarray, coded: np.ndarray) -> tuple[np.ndarray, int]:
    """The number of each coded cell's hole, 0 elsewhere, and how many there are."""
    from scipy.ndimage import label

    holes, count = np.zeros(values.shape, dtype=np.int64), 0
    for code in np.unique(values[coded]):
        mine = values == code
        numbers, more = label(mine, np.ones((3, 3)))
        holes[mine] = numbers[mine] + count
        count += more
    return holes, count


def _around(width: int) -> np.ndarray:
    """From a cell of a flat raster to its eight neighbours."""
    return np.array([row * width + col for row in (-1, 0, 1) for col in (-1, 0, 1) if row or col])


def _walls(plain: np.ndarray, holes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every pair of a hole's cell and one with a value beside it, as flat numbers in the raster with a rim of one cell."""
    from scipy.ndimage import binary_dilation

    there = np.pad(np.isfinite(plain), 1)
    inside = np.flatnonzero((np.pad(holes, 1) > 0) & binary_dilation(there, np.ones((3, 3))))
    beside = inside[:, None] + _around(plain.shape[1] + 2)
    full = there.ravel()[beside]
    return np.repeat(inside, full.sum(axis=1)), beside[full]


def _own_steps(padded: np.ndarray, cells: np.ndarray, width: int) -> np.ndarray:
    """The mean step from each cell to its neighbours that have values; of a cell without any, the raster's usual one."""
    different, place = np.unique(cells, return_inverse=True)
    steps = np.abs(padded[different[:, None] + _around(width)] - padded[different, None])
    counted = np.isfinite(steps).sum(axis=1)
    own = np.where(
        counted > 0, np.nansum(steps, axis=1) / np.maximum(counted, 1), usual_step(padded.reshape(-1, width))
    )
    return own[place.ravel()]


def usual_step(plain: np.ndarray) -> float:
    """The median step between adjacent cells, 0 where no two adjacent ones have values."""
    steps = np.concatenate([np.abs(np.diff(plain, axis=axis)).ravel() for axis in (0, 1)])
    steps = steps[np.isfinite(steps)]
    return float(np.median(steps)) if steps.size else 0.0


def _put_medians(into: np.ndarray, owner: np.ndarray, values: np.ndarray) -> None:
    """Set the median of each owner's values at its number."""
    from scipy.ndimage import median

    present = np.unique(owner)
    if present.size:
        into[present] = median(values, labels=owner, index=present)


def _fill_lone(
    holes: np.ndarray, values: np.ndarray, plain: np.ndarray, step: np.ndarray, among: np.ndarray, size: np.ndarray
) -> None:
    """Holes in the midst of empty cells: their step to the nearest value, against the usual step times the way there."""
    from scipy.ndimage import distance_transform_edt

    lone = (holes > 0) & np.isnan(step)[holes]
    if not lone.any():
        return
    way, (row, col) = distance_transform_edt(np.isnan(plain), return_indices=True)
    nearest = plain[row, col][lone]
    _put_medians(step, holes[lone], np.abs(values[lone] - nearest))
    _put_medians(among, holes[lone], usual_step(plain) * way[lone])
    _put_medians(size, holes[lone], np.abs(nearest))
