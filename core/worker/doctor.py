"""Is this interpreter fit to be the engine? What the installer asks, and a person at a terminal."""

from __future__ import annotations

import atexit
import importlib
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ..data.network import keep_offline

PACKAGES = (
    "numpy",
    "scipy",
    "numba",
    "xarray",
    "harmonica",
    "verde",
    "optuna",
    "rasterio",
    "rioxarray",
    "pyproj",
    "matplotlib",
)
# In the order in which a job is likely to need them.
WARM = ("numpy", "scipy.optimize", "numba", "rasterio", "xarray", "rioxarray", "harmonica", "verde", "optuna")
FOREIGN_DATA = ("PROJ_LIB", "PROJ_DATA", "GDAL_DATA", "GDAL_DRIVER_PATH")
OLDEST = (3, 11)
TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3  # the numbers of mallopt(3)


def prepare() -> None:
    """Set what the libraries read from the process's environment; it must run before any is imported.

    The caches of numba and matplotlib go into the Python environment, or else into the temporary folder.
    PROJ and GDAL use their own data, not another installation's that a terminal may point to, and no network.
    """
    for variable in FOREIGN_DATA:
        os.environ.pop(variable, None)
    keep_offline()
    for variable, name in (("NUMBA_CACHE_DIR", "numba-cache"), ("MPLCONFIGDIR", "matplotlib-cache")):
        if variable not in os.environ:
            os.environ[variable] = str(_cache_folder(name))
    os.environ["MPLBACKEND"] = "Agg"
    for variable in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        # Its matrices are small: more threads wait for each other, most of all on a busy machine.
        os.environ.setdefault(variable, "1")
    _keep_freed_memory()


def _keep_freed_memory() -> None:
    """Let glibc's allocator keep what was freed: matrices of some MB come and go, and new pages cost more than the sums
    in them. A cross validation of many small inversions takes a sixth less. Other systems' allocators do it anyway."""
    try:
        import ctypes

        set_option = ctypes.CDLL(None).mallopt
    except (ImportError, OSError, TypeError, AttributeError):
        return
    set_option(MMAP_THRESHOLD, 32 << 20)
    set_option(TRIM_THRESHOLD, 256 << 20)


def _cache_folder(name: str) -> Path:
    private = sys.prefix != sys.base_prefix or (Path(sys.prefix) / "conda-meta").is_dir()
    if private:
        folder = Path(sys.prefix) / name
        try:
            folder.mkdir(exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
        except OSError:
            pass
    return _folder_of_ours(name)


def _folder_of_ours(name: str) -> Path:
    """A folder for a cache in the temporary one, where others may write: numba runs what it finds in its cache, so it must
    have been made by us and be closed to them. Where another has taken its name, a new one is made for this process."""
    user = os.getuid() if hasattr(os, "getuid") else "user"
    folder = Path(tempfile.gettempdir()) / f"gravrelief-{user}-{name}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if not hasattr(os, "getuid") or (
            stat.S_ISDIR(found.st_mode) and found.st_uid == user and not stat.S_IMODE(found.st_mode) & 0o077
        ):
            return folder
    except OSError:
        pass
    private = tempfile.mkdtemp(prefix=f"gravrelief-{name}-")
    atexit.register(shutil.rmtree, private, ignore_errors=True)
    return Path(private)


def crs_trouble() -> str | None:
    """What is wrong with the coordinate systems here, by PROJ or by GDAL; None where all is well."""
    return transform_trouble() or raster_crs_trouble()


def transform_trouble() -> str | None:
    """What is wrong with PROJ, tried on EPSG:3031 there and back."""
    try:
        import pyproj

        forward = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:3031", always_xy=True)
        x, y = forward.transform(-110.0, -74.0)
        backward = pyproj.Transformer.from_crs("EPSG:3031", "EPSG:4326", always_xy=True)
        longitude, latitude = backward.transform(x, y)
    except Exception as error:
        return f"PROJ fails on EPSG:3031: {' '.join(str(error).split())}"
    # What the formulas of the polar stereographic give (Snyder, 1987, p. 160).
    known = abs(x + 1643868.641) < 0.01 and abs(y + 598319.254) < 0.01
    if not known or abs(longitude + 110.0) > 1e-9 or abs(latitude + 74.0) > 1e-9:
        return f"PROJ gives ({x:.1f}, {y:.1f}) for 110 W, 74 S in EPSG:3031, which is wrong"
    return None


def raster_crs_trouble() -> str | None:
    """What is wrong with GDAL's own PROJ (rasterio's): a file's EPSG:3031 must be read back as such."""
    try:
        import numpy as np
        from rasterio.io import MemoryFile
        from rasterio.transform import from_origin

        with MemoryFile() as memory:
            shape = {"width": 1, "height": 1, "count": 1, "dtype": "float64"}
            place = {"crs": "EPSG:3031", "transform": from_origin(0, 0, 1000, 1000)}
            with memory.open(driver="GTiff", **shape, **place) as raster:
                raster.write(np.zeros((1, 1, 1)))
            with memory.open() as raster:
                code = raster.crs.to_epsg() if raster.crs else None
    except Exception as error:
        return f"GDAL fails on EPSG:3031: {' '.join(str(error).split())}"
    return None if code == 3031 else "GDAL writes EPSG:3031 into a raster and does not find it again"


def warm_steps() -> Iterator[Callable[[], Any]]:
    """What to do ahead of the first job, in steps that can be left off after any."""
    for name in WARM:
        yield lambda name=name: importlib.import_module(name)  # type: ignore[misc]
    yield warm


def warm() -> None:
    """Compile the kernels, or read them from numba's cache."""
    operators = importlib.import_module("..operators", __package__)
    compile_kernels = getattr(operators, "warm", None)
    if compile_kernels is not None:
        compile_kernels()


def examine() -> dict[str, Any]:
    """Try everything that a job needs.

    Returns
    -------
    dict
        ``ok``, ``python``, ``prefix``, ``packages`` (name to version) and ``troubles``, sentences.
    """
    troubles = []
    packages: dict[str, str | None] = {}
    if sys.version_info < OLDEST:
        troubles.append(f"Python {sys.version.split()[0]} is too old; 3.11 or newer is needed")
    for name in PACKAGES:
        try:
            packages[name] = getattr(importlib.import_module(name), "__version__", "?")
        except Exception as error:
            packages[name] = None
            troubles.append(f"{name} can't be imported: {' '.join(str(error).split())}")
    if not troubles:
        troubles += [trouble] if (trouble := crs_trouble()) else []
        try:
            warm()
        except Exception as error:
            troubles.append(f"The kernels can't be compiled: {' '.join(str(error).split())}")
        importlib.import_module("matplotlib.font_manager")
    python = sys.version.split()[0]
    return {
        "ok": not troubles,
        "python": python,
        "prefix": sys.prefix,
        "packages": packages,
        "troubles": troubles,
    }


def describe(findings: dict[str, Any]) -> str:
    """What `examine` found, for a person."""
    lines = [f"Python {findings['python']} in {findings['prefix']}"]
    lines += [f"  {name:<12} {version or 'missing'}" for name, version in findings["packages"].items()]
    lines += [f"Trouble: {trouble}." for trouble in findings["troubles"]]
    lines.append("All is well." if findings["ok"] else "This interpreter can't be GravRelief's engine as it is.")
    return "\n".join(lines)
