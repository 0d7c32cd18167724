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
)  # fmt: skip
