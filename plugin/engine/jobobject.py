"""On Windows, a job object: when QGIS ends, however it ends, the system ends the engine with it."""

from __future__ import annotations

import subprocess  # nosec B404: for a type alone
from typing import Any

from .folders import WINDOWS

KILL_ON_CLOSE = 0x2000
EXTENDED_LIMITS = 9


def die_with_us(process: subprocess.Popen[bytes]) -> Any:
    """Tie a process's life to ours; keep what is returned as long as the process shall live.

    On other systems the engine sees its standard input close, and nothing is done here.
    """
    if not WINDOWS:
        return None
    import ctypes
    from ctypes import wintypes

    class BasicLimits(ctypes.Structure):
        _fields_ = [
            ("PerProcessUserTimeLimit", ctypes.c_int64),
            ("PerJobUserTimeLimit", ctypes.c_int64),
            ("LimitFlags", wintypes.DWORD),
            ("MinimumWorkingSetSize", ctypes.c_size_t),
            ("MaximumWorkingSetSize", ctypes.c_size_t),
            ("ActiveProcessLimit", wintypes.DWORD),
            ("Affinity", ctypes.c_size_t),
            ("PriorityClass", wintypes.DWORD),
            ("SchedulingClass", wintypes.DWORD),
        ]

    class Limits(ctypes.Structure):
        _fields_ = [
            ("Basic", BasicLimits),
            ("IoCounters", ctypes.c_uint64 * 6),
            ("ProcessMemoryLimit", ctypes.c_size_t),
            ("JobMemoryLimit", ctypes.c_size_t),
            ("PeakProcessMemoryUsed", ctypes.c_size_t),
            ("PeakJobMemoryUsed", ctypes.c_size_t),
        ]

    kernel = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined]
    kernel.CreateJobObjectW.restype = wintypes.HANDLE
    kernel.CreateJobObjectW.argtypes = [ctypes.c_void_p, wintypes.LPCWSTR]
    kernel.AssignProcessToJobObject.argtypes = [wintypes.HANDLE, wintypes.HANDLE]
    size = wintypes.DWORD
    kernel.SetInformationJobObject.argtypes = [wintypes.HANDLE, ctypes.c_int, ctypes.c_void_p, size]
    job = kernel.CreateJobObjectW(None, None)
    limits = Limits()
    limits.Basic.LimitFlags = KILL_ON_CLOSE
    kernel.SetInformationJobObject(job, EXTENDED_LIMITS, ctypes.byref(limits), ctypes.sizeof(limits))
    kernel.AssignProcessToJobObject(job, int(process._handle))  # type: ignore[attr-defined]
    # The handle is never closed by hand: the system does it when QGIS ends, and that ends the engine.
    return job
