"""Signs: depths that are positive, contrasts and gravity the other way round."""

from __future__ import annotations

import numpy as np

from .case import Case, Right, doubted, refused, silent
from .recipes import KNOWN, flat, known, put, raster
from .survey import relief


def half() -> np.ndarray:
    """A start that has half of the true relief's shape, m."""
    return -1500.0 + 0.5 * (relief() + 1500.0)


SIGNS = (
    Case("signs", "known points positive down", KNOWN, refused("KNOWN_FIELD", ("sign", "positive")), (known(lambda z: -z),), qgis=True),
    Case("signs", "known points that are right", KNOWN, silent(), (known(),), qgis=True),
    Case("signs", "known points that are a little off", {**KNOWN, "known_error": 50}, silent(60.0), (known(lambda z: z + 40.0),)),
    Case("signs", "start positive down", {"starting_relief": "down.tif"}, refused("STARTING_RELIEF", ("sign", "positive")), (raster("down.tif", lambda: -half()),), qgis=True),
    Case("signs", "limits positive down", {"upper_limit": "down.tif", "lower_limit": "deep.tif"}, Right(exits=2, error=("LIMIT",)), (raster("down.tif", flat(800)), raster("deep.tif", flat(2500)))),
    Case("signs", "true relief positive down", {"true_relief": "down.tif"}, Right(exits=2, error=("TRUE_RELIEF",)), (raster("down.tif", lambda: -relief()),)),
    Case("signs", "contrast of the other sign over a start with shape", {"starting_relief": "half.tif", "density_contrast": -400}, doubted("DENSITY_CONTRAST", "sign"), (raster("half.tif", half),), qgis=True),
    Case("signs", "gravity of the other sign over a start with shape", {"starting_relief": "half.tif"}, doubted("sign"), (raster("half.tif", half), put(gravity=lambda s: -s["gravity"]))),
    Case("signs", "a start with shape that is right", {"starting_relief": "half.tif"}, silent(), (raster("half.tif", half),)),
    Case("signs", "reference level positive down", {"reference_level": 1500}, doubted("REFERENCE_LEVEL")),
    Case("signs", "known points and a contrast of the other sign", {**KNOWN, "density_contrast": -400}, doubted("sign"), (known(count=40),)),
    Case("signs", "a lower limit above the upper one", {"lower_limit": "high.tif", "upper_limit": "low.tif"}, refused("LOWER_LIMIT"), (raster("high.tif", flat(-1000)), raster("low.tif", flat(-2000))), qgis=True),
    Case("signs", "known points of another sign here and there", KNOWN, doubted("KNOWN_FIELD", "sign"), (known(lambda z: np.where(np.arange(z.size) % 10 == 3, -z, z), count=60),), qgis=True),
    Case("signs", "known points far above the stations", KNOWN, doubted("KNOWN_FIELD", "above the stations"), (known(lambda z: np.where(np.arange(z.size) == 4, 7000.0, z)),)),
    Case("signs", "known errors beyond all heights", {**KNOWN, "known_error": 50_000}, doubted("KNOWN_ERROR"), (known(),)),
    Case("signs", "known points in a misfit positive down", {**KNOWN, "task": "gravitymisfit", "regional": 5, "damping": None, "true_relief": None, "inverted_relief": None}, refused("KNOWN_FIELD", "sign"), (known(lambda z: -z),)),
    Case("signs", "a flat start at a level positive down", {"starting_relief": None, "extent": [400_000, 439_000, 5_500_000, 5_529_000], "spacing": 1000, "crs": "EPSG:32633", "reference_level": 1500}, refused("REFERENCE_LEVEL", "sign"), qgis=True),
    Case("signs", "a level that the gravity was not reduced to", {"reference_level": 0}, doubted("REFERENCE_LEVEL", "nearly everywhere"), qgis=True),
    Case("signs", "gravity of another datum", {}, doubted("datum of gravity"), (put(gravity=lambda s: s["gravity"] - 20.0),)),
    Case("signs", "gravity of another datum, and a constant taken off", {"regional": 1}, silent(50.0), (put(gravity=lambda s: s["gravity"] - 20.0),)),
    Case("signs", "a level in km", {"reference_level": -1.5}, doubted("REFERENCE_LEVEL", "unit")),
    Case("signs", "a lower level positive down", {"lower_level": 4000}, refused("LOWER_LEVEL", "sign"), qgis=True),
    Case("signs", "a lower limit in km", {"lower_limit": "km.tif"}, refused("LOWER_LIMIT", "unit"), (raster("km.tif", flat(-4)),)),
    Case("signs", "true relief in km", {"true_relief": "km.tif"}, refused("TRUE_RELIEF", "unit"), (raster("km.tif", lambda: relief() / 1000),)),
    Case("signs", "a law as it is published", {"starting_relief": "half.tif", "density_law": "exponential:-400,30000", "density_datum": 0}, doubted("DENSITY_LAW", "sign"), (raster("half.tif", half),)),
    Case("signs", "heights of stations positive down", {"starting_relief": "half.tif", "regional": 1}, doubted("HEIGHT_FIELD", "sign"), (raster("half.tif", half), put(height=lambda s: 0 * s["height"] - 2300.0))),
    Case("signs", "a contrast of the other sign where nothing tells", {"density_contrast": -400, "true_relief": None}, silent(None)),
)  # fmt: skip
