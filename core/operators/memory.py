"""How much memory the operators may take, and what to say where it is not enough."""

from __future__ import annotations

import os

from ..errors import InputError

GIGABYTE = 1e9
UNKNOWN = 4 * GIGABYTE


def memory_limit() -> float:
    """Bytes that one operator may take: a quarter of the machine's memory."""
    try:
        return 0.25 * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows
        return UNKNOWN


def require_memory(needed: float, what: str, cells: int) -> None:
    """Raise `InputError` where so many bytes are too many; the sentence says what would fit."""
    limit = memory_limit()
    if needed <= limit:
        return
    raise InputError(
        f"{what} needs about {needed / GIGABYTE:.1f} GB of memory, and {limit / GIGABYTE:.1f} GB are allowed here (a quarter "
        f"of the machine's). The relief has {cells} cells; about {int(cells * limit / needed)} would fit. Take a coarser grid, "
        "fewer stations, or a greater TOLERANCE.",
        "STARTING_RELIEF",
    )
