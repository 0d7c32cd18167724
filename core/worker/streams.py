"""The two pipes to whoever started the engine, kept where no stray print or library can touch them."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator

from ..events.protocol import Event, encode

SECONDS_BETWEEN_PEEKS = 0.02


class EventStream:
    """Events as JSON lines on a private copy of standard output; descriptor 1 itself then leads to stderr."""

    def __init__(self) -> None:
        sys.stdout.flush()
        self._descriptor = os.dup(1)
        os.dup2(2, 1)
        self._lock = threading.Lock()
        self.at_end: Callable[[], object] = lambda: None

    def write(self, event: Event) -> None:
        """Send an event, whole; where nobody listens any more the process ends, after `at_end`."""
        line = (encode(event) + "\n").encode("ascii")
        try:
            with self._lock:
                while line:
                    line = line[os.write(self._descriptor, line) :]
        except OSError as error:
            self.at_end()
            try:
                os.write(2, f"The events can't be written ({error.strerror}), so the job ends.\n".encode())
            finally:
                os._exit(1)


def private_stdin() -> int:
    """A private copy of descriptor 0, which itself then leads nowhere (children can't eat commands)."""
    private = os.dup(0)
    nowhere = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nowhere, 0)
    os.close(nowhere)
    return private


def watch(descriptor: int, on_line: Callable[[bytes], None], at_end: Callable[[], object]) -> threading.Thread:
    """Hand on each line from a pipe; at its end, the whole process ends at once, after `at_end`."""

    def work() -> None:
        for line in _lines(descriptor):
            on_line(line)
        try:
            at_end()
        finally:
            os._exit(0)

    thread = threading.Thread(target=work, name="stdin", daemon=True)
    thread.start()
    return thread


def _lines(descriptor: int) -> Iterator[bytes]:
    rest = b""
    while True:
        if sys.platform == "win32":
            _wait_for_bytes(descriptor)
        try:
            chunk = os.read(descriptor, 65536)
        except OSError:
            return
        if not chunk:
            return
        *lines, rest = (rest + chunk).split(b"\n")
        yield from lines


def _wait_for_bytes(descriptor: int) -> None:
    """On Windows a thread blocked in a read of a pipe can hang the imports of others: look, don't block."""
    import ctypes
    import msvcrt

    handle = msvcrt.get_osfhandle(descriptor)  # type: ignore[attr-defined, unused-ignore]
    peek = ctypes.windll.kernel32.PeekNamedPipe  # type: ignore[attr-defined, unused-ignore]
    peek.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong] + [ctypes.c_void_p] * 3
    available = ctypes.c_ulong(0)
    while peek(handle, None, 0, None, ctypes.byref(available), None) and not available.value:
        time.sleep(SECONDS_BETWEEN_PEEKS)
