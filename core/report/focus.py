"""The part of a grid worth looking at, where only a part was free to move."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .stories import Floats, InversionStory, Mask, ReliefGrid

MARGIN = 0.35  # of the free part's size, on either side
WORTHWHILE = 0.7  # of the grid's longer side: a window larger than this is no gain


@dataclass(frozen=True)
class Cut:
    """A relief's nodes inside a window."""

    heights: Floats
    easting: Floats
    northing: Floats


def focused(story: InversionStory) -> InversionStory:
    """The story with its grids cut to the window."""
    rows, columns = focus_window(story)

    def cut(relief: ReliefGrid) -> Cut:
        return Cut(relief.heights[rows, columns], relief.easting[columns], relief.northing[rows])

    return replace(
        story,
        starting=cut(story.starting),
        inverted=cut(story.inverted),
        true=cut(story.true) if story.true is not None else None,
        free=story.free[rows, columns] if story.free is not None else None,
        support=story.support[rows, columns] if story.support is not None else None,
        lower=story.lower[rows, columns] if story.lower is not None else None,
        upper=story.upper[rows, columns] if story.upper is not None else None,
    )


def focus_window(story: InversionStory) -> tuple[slice, slice]:
    """Rows and columns of the free cells and their surroundings; all, where that is most of the grid."""
    shape = story.inverted.heights.shape
    whole = slice(0, shape[0]), slice(0, shape[1])
    if story.free is None or not story.free.any():
        return whole
    rows, columns = _window(story.free)
    wide = max(rows.stop - rows.start, columns.stop - columns.start) > WORTHWHILE * max(shape)
    return whole if wide else (rows, columns)


def _window(free: Mask) -> tuple[slice, slice]:
    """Rows and columns around the True cells; a margin as wide as high."""
    import numpy as np

    spans = [np.flatnonzero(free.any(axis=axis)) for axis in (1, 0)]
    margin = max(2, round(MARGIN * max(int(span[-1] - span[0]) + 1 for span in spans)))
    first, second = (
        slice(max(0, int(span[0]) - margin), min(size, int(span[-1]) + margin + 1))
        for span, size in zip(spans, free.shape, strict=True)
    )
    return first, second
