"""How work is shared among threads: compiled kernels take a range of rows, and leave Python's lock alone.

Threads of our own rather than numba's: they sleep while they have nothing to do, so that a busy machine does not slow them
to a crawl, and any thread may call them at any time.
"""

from __future__ import annotations

import itertools
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

import numba
from threadpoolctl import ThreadpoolController

Result = TypeVar("Result")

SMALL = 2**19
"""So many simple operations take one thread less time than waking another, time and again: a basin of 3000 cells took twice as long with 2**16."""

CHUNKS = 4
"""Pieces per thread, so that one that is held up does not hold up all."""


SWITCH = 1e-4
"""Seconds for which a task may keep Python's lock."""

_here = threading.local()


def threads(operations: int) -> int:
    """How many threads are worth using for so many simple operations."""
    return 1 if operations <= SMALL or getattr(_here, "alone", False) else int(numba.config.NUMBA_NUM_THREADS)


def side_by_side(tasks: Sequence[Callable[[], Result]]) -> list[Result]:
    """The results of small tasks, in their order; each keeps to one core, and as many run at once as there are.

    With one core each a sum of products has one order, whatever the machine's number of cores.
    """

    def alone(task: Callable[[], Result]) -> Result:
        _here.alone = True
        try:
            return task()
        finally:
            _here.alone = False

    with on_one_core(), _lock_in_turns():
        with ThreadPoolExecutor(numba.config.NUMBA_NUM_THREADS, thread_name_prefix="task") as pool:
            futures = [pool.submit(alone, task) for task in tasks]
            try:
                return [future.result() for future in futures]
            finally:
                for future in futures:
                    future.cancel()


def on_one_core() -> Any:
    """A context in which linear algebra keeps to one core: small matrices take longer on two."""
    return _linear_algebra().limit(limits=1, user_api="blas")


@contextmanager
def _lock_in_turns() -> Iterator[None]:
    """Python's lock handed over often: a task that comes out of compiled code else waits 5 ms for it, longer than its work takes."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


@cache
def _linear_algebra() -> ThreadpoolController:
    return ThreadpoolController()


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(numba.config.NUMBA_NUM_THREADS, thread_name_prefix="kernel")


def over_rows(kernel: Callable[..., None], rows: int, operations: int, *arguments: object) -> None:
    """Call kernel(first, last, *arguments) for ranges that together make up the rows.

    Parameters
    ----------
    kernel : callable
        Compiled with nogil; each row must be its own affair.
    rows : int
    operations : int
        A rough number of simple operations in all.
    *arguments
        What the kernel takes beside the range.
    """
    count = threads(operations)
    if count == 1 or rows == 1:
        kernel(0, rows, *arguments)
        return
    pieces = min(rows, CHUNKS * count)
    edges = [rows * i // pieces for i in range(pieces + 1)]
    futures = [_pool().submit(kernel, *edge, *arguments) for edge in itertools.pairwise(edges)]
    for future in futures:
        future.result()
