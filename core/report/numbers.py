"""Numbers as a reader wants them, and the few statistics that the reports speak of."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .stories import Floats

MINUS = "\N{MINUS SIGN}"


def number(value: Any, digits: int = 4) -> str:
    """Significant digits without an exponent where that stays readable; "not known" for None and NaN."""
    if value is None or isinstance(value, str):
        return value or "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    value = float(value)
    if not math.isfinite(value):
        return "not known" if math.isnan(value) else ("infinite" if value > 0 else MINUS + "infinite")
    if value == int(value) and abs(value) < 1e7:
        text = f"{value:.0f}"
    else:
        text = f"{value:.{digits}g}"
        if "e" in text and 1e-4 <= abs(value) < 1e9:
            text = f"{value:.0f}" if abs(value) >= 1 else f"{value:.{digits + 3}f}"
        text = text.replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")
    return text.replace("-0", "0") if text == "-0" else text.replace("-", MINUS, 1) if text[0] == "-" else text


def counted(count: int, thing: str, things: str = "") -> str:
    """The number with its noun: "1 station", "3 stations"."""
    return f"{count} {thing if count == 1 else things or thing + 's'}"


def finite(values: Any) -> Floats:
    """The finite ones among the values, flat."""
    import numpy as np

    flat = np.asarray(values, dtype=float).ravel()
    return flat[np.isfinite(flat)]


def rms(values: Any) -> float:
    """Root of the mean square of the finite values; NaN where there are none."""
    import numpy as np

    known = finite(values)
    return float(np.sqrt(np.mean(known**2))) if known.size else math.nan


def explained(observed: Any, residual: Any) -> float:
    """The share of the observed values' variance that is not in the residual; NaN where it means nothing."""
    import numpy as np

    observed, residual = np.asarray(observed, dtype=float), np.asarray(residual, dtype=float)
    both = np.isfinite(observed) & np.isfinite(residual)
    if both.sum() < 2 or not np.var(observed[both]) > 0:
        return math.nan
    return float(1 - np.var(residual[both]) / np.var(observed[both]))


def percent(share: float) -> str:
    """A share as percent, never rounded up to a hundred."""
    value = 100 * share
    for digits in range(5):
        text = f"{value:.{digits}f}"
        if value >= 100 or float(text) < 100:
            break
    return f"{text} percent".replace("-", MINUS)
