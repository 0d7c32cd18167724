"""One installer at a time: a lock that the system gives back when its holder dies, and all that the holder started."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Callable

from .folders import WINDOWS
from .process import SECONDS_BETWEEN_LOOKS, SHARED, Stopped

if WINDOWS:
    import msvcrt
else:
    import fcntl


@contextmanager
def locked(path: Path, on_wait: Callable[[], None], is_cancelled: Callable[[], bool]) -> Iterator[None]:
    """Hold the lock of a file, waiting for whoever has it.

    Parameters
    ----------
    path : Path
        The file; it stays behind, empty.
    on_wait : callable
        Called once where another one has it.
    is_cancelled : callable
        Ends the waiting with `Stopped`.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        told = False
        while not _taken(descriptor):
            if not told:
                on_wait()
                told = True
            if is_cancelled():
                raise Stopped
            time.sleep(SECONDS_BETWEEN_LOOKS)
        SHARED.add(descriptor)
        yield
    finally:
        SHARED.discard(descriptor)
        _give_back(descriptor)
        os.close(descriptor)


def _give_back(descriptor: int) -> None:
    """End the lock for all who share it, for one of them may outlive us on purpose."""
    if not WINDOWS:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


def _taken(descriptor: int) -> bool:
    try:
        if WINDOWS:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
