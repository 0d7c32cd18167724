"""Grids in GMT's old NetCDF form, of before 2005: the values in one row, the axes as ranges."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

MAGIC = b"CDF"
PARTS = ("x_range", "y_range", "dimension", "z")


def old_gmt_grid(path: str) -> Any:
    """Such a grid as an xarray.DataArray (1, ny, nx) with the centres as coordinates; None where the file is none.

    Its rows come from north to south. `node_offset` 1 says that the ranges are the cells' outer edges, else they are the
    outermost centres.
    """
    import xarray

    if not Path(path).is_file() or Path(path).open("rb").read(len(MAGIC)) != MAGIC:
        return None
    try:
        with xarray.open_dataset(path, engine="scipy", decode_cf=False) as dataset:
            if not all(part in dataset.variables for part in PARTS):
                return None
            parts = {name: np.array(dataset.variables[name].values) for name in PARTS}
            told = dict(dataset.variables["z"].attrs)
            units = [str(dataset.variables[name].attrs.get("units", "")) for name in ("x_range", "y_range")]
    except (OSError, ValueError, TypeError):
        return None
    nx, ny = (int(size) for size in parts["dimension"])
    if parts["z"].size != nx * ny:
        return None
    scale = float(told.get("scale_factor", 1.0)) or 1.0
    values = parts["z"].astype(float).reshape(1, ny, nx) * scale + float(told.get("add_offset", 0.0))
    edges = bool(told.get("node_offset", 0))
    x, y = (_centres(parts[f"{side}_range"], count, edges) for side, count in (("x", nx), ("y", ny)))
    array = xarray.DataArray(values, dims=("band", "y", "x"), coords={"y": y[::-1], "x": x}, name="z")
    return array.rio.write_crs("EPSG:4326") if all("degree" in unit.lower() for unit in units) else array


def is_old_gmt_grid(path: str) -> bool:
    """Whether a file is such a grid, which GDAL knows no more."""
    return old_gmt_grid(path) is not None


def _centres(ends: np.ndarray, count: int, edges: bool) -> np.ndarray:
    first, last = (float(end) for end in ends)
    half = 0.5 * (last - first) / count if edges else 0.0
    return np.linspace(first + half, last - half, count)
