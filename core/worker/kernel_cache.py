"""The compiled kernels that numba keeps: dropped and made anew where they can't be read."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

CACHING = f"{os.sep}numba{os.sep}core{os.sep}caching.py"


def drop_broken(error: BaseException) -> bool:
    """Remove the cache where an error came from reading it; whether that was done, so that trying again makes sense."""
    if not _from_cache(error):
        return False
    folder = Path(os.environ.get("NUMBA_CACHE_DIR", ""))
    ours = folder.parent in (Path(sys.prefix), Path(tempfile.gettempdir()))
    if not ours or not folder.is_dir():
        return False
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        return not any(folder.iterdir())
    except OSError:
        return False


def _from_cache(error: BaseException) -> bool:
    step = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename.endswith(CACHING):
            return True
        step = step.tb_next
    return False
