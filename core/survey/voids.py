"""What is done with codes for "no value" that no file declares: left out with a warning, or refused where none may be empty."""

from __future__ import annotations

import numpy as np

from ..data.columns import Columns
from ..data.relief import Grid, Relief
from ..data.void_codes import void_cells, void_points
from ..errors import InputError
from ..events.protocol import Reporter

FARTHEST = 1e6  # m, of a height
MOST_NAMED = 3
"""More codes than these no sentence lists."""


def refuse_beyond(most: float, unit: str, values: np.ndarray, what: str, parameter: str) -> None:
    """Refuse a raster's numbers that can only mean that a cell is empty."""
    beyond = np.abs(values) > most
    count = int(beyond.sum())
    if count:
        raise InputError(
            f"{what} has {count} value{'s' * (count > 1)} of {values[beyond][0]:.4g} {unit} or the like, which must mean empty. "
            f"Set that as the raster's NoData value (Translate), and give that as {parameter}.",
            parameter,
        )


def refuse_voids(raster: Relief, unit: str, what: str, parameter: str, grid: Grid | None = None) -> None:
    """Refuse a raster with void cells where every cell counts, naming their number and the code.

    Only those count that leave a cell of `grid` without a value, where that is given.

    Raises
    ------
    InputError
        It has some.
    """
    void = void_cells(raster.heights)
    if not void.any() or (grid is not None and not _missed(raster, void, grid)):
        return
    raise InputError(
        f"{what} has {_cells(void)} of {_codes(raster.heights[void])} {unit}, far from all around, which must mean empty. "
        f"Set that as the raster's NoData value (Translate), fill the cells (Fill NoData cells), and give that as {parameter}.",
        parameter,
    )


def _missed(raster: Relief, void: np.ndarray, grid: Grid) -> bool:
    """Whether the grid's cells take values from void ones."""
    with_them = np.isnan(raster.on(grid))
    return bool((np.isnan(raster.with_heights(np.where(void, np.nan, raster.heights)).on(grid)) & ~with_them).any())


def without_voids(raster: Relief, meaning: str, parameter: str, reporter: Reporter) -> Relief:
    """A raster with its void cells empty, and a warning with their number and what an empty cell means there."""
    void = void_cells(raster.heights)
    count = int(void.sum())
    if count == 0:
        return raster
    reporter.warning(
        f"{parameter} has {_cells(void)} of {_codes(raster.heights[void])}, far from all around, taken as empty: {meaning}. Set "
        "that as the raster's NoData value (Translate).",
        parameter,
        count,
        doubt=False,
    )
    return raster.with_heights(np.where(void, np.nan, raster.heights))


def number_without_voids(
    columns: Columns, field: str, parameter: str, whose: str, places: tuple[np.ndarray, np.ndarray], reporter: Reporter
) -> np.ndarray:
    """A column of numbers at places, void ones NaN, and a warning with their number.

    Parameters
    ----------
    columns : Columns
    field, parameter : str
        The column's name, and the parameter that gives it.
    whose : str
        What each row is, for the sentence: "stations".
    places : (array (n,), array (n,))
        Easting and northing.
    reporter : Reporter

    Raises
    ------
    InputError
        There is no such column, or it holds no numbers.
    """
    values, written = columns.number(field, parameter), columns.number(field, parameter, "")
    void = void_points(*places, written)
    count = int(void.sum())
    if count == 0:
        return values
    reporter.warning(
        f"{count} of {void.size} {whose} have {_codes(written[void])} in {parameter} ({field!r}), far from those of all around, taken as "
        "empty.",
        parameter,
        count,
        doubt=False,
    )
    return np.where(void, np.nan, values)


def _cells(void: np.ndarray) -> str:
    count = int(void.sum())
    return f"{count} cell{'s' * (count > 1)}"


def _codes(values: np.ndarray) -> str:
    """The codes among void values, the most frequent first."""
    codes, counts = np.unique(values, return_counts=True)
    named = [f"{code:.10g}" for code in codes[np.argsort(-counts)][:MOST_NAMED]]
    return " and ".join(named) if codes.size <= MOST_NAMED else f"{', '.join(named)} and other such codes"
