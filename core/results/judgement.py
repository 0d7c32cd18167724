"""What is to be thought of an inversion: how it ended, whether its relief can be, and whether it found any."""

from __future__ import annotations

import numpy as np

from ..assembly.setting import InversionSetting
from ..events.protocol import Reporter
from ..inversion.gauss_newton import InversionResult
from ..validation.scores import rms
from .absurd_relief import check_relief
from .nothing_found import nothing_found
from .rough_relief import check_roughness

TIMES = 3.0
"""A residual of so many errors is not noise."""
NORMAL = 1.4826
"""The standard deviation over the median size of normal errors: few wild values don't count."""


def judge(
    setting: InversionSetting,
    result: InversionResult,
    predicted: np.ndarray,
    fitted: np.ndarray,
    damping: str = "DAMPING",
) -> str:
    """Tell every doubt about an inversion; return why nothing was found, as `give_verdict` takes it.

    Parameters
    ----------
    setting : InversionSetting
        Whose reporter is told.
    result : InversionResult
    predicted : array (n,)
        Gravity of the inverted relief at every station, mGal.
    fitted : array of bool (n,)
        The stations that were inverted.
    damping : str
        The parameter that sets how strongly the relief is held.
    """
    stations, reporter = setting.survey.stations, setting.reporter
    residual = stations.gravity - predicted - setting.regional_at(result, np.ones(stations.size, dtype=bool))
    cause = reporter.causes[0] if reporter.causes else ""
    check_ending(result, reporter, damping)
    told = len(reporter.doubts)
    check_relief(setting, result.heights, residual, fitted)
    check_roughness(setting, result.heights, fitted, damping)
    nothing = nothing_found(setting, result, predicted, residual, fitted, damping, cause)
    if stations.has_errors and not nothing and len(reporter.doubts) == told:
        check_fit(residual[fitted], stations.error[fitted], reporter)
    return nothing


def check_ending(result: InversionResult, reporter: Reporter, damping: str) -> None:
    """Doubt an inversion that ended badly."""
    if "increase" in result.stop_reason:
        reporter.warning(
            f"The inversion was diverging when it ended: its last relief is not its best. Raise {damping}, or use the curvature "
            "penalty with the exact derivative.",
            damping,
        )
    elif result.stop_reason == ("max_iterations",):
        reporter.warning(
            f"The inversion had not converged when it ended after {result.count} iterations. Raise MAX_ITERATIONS, or {damping} "
            "if the misfit no longer fell.",
            "MAX_ITERATIONS",
        )


def check_fit(residual: np.ndarray, error: np.ndarray, reporter: Reporter) -> None:
    """Doubt a residual (n,) far above the errors that were given, mGal."""
    times = NORMAL * float(np.median(np.abs(residual) / error))
    if times > TIMES:
        reporter.warning(
            f"The residual, {rms(residual):.3g} mGal (RMS), is {times:.3g} times the errors that were given: much of the gravity "
            "is not explained by this relief. Lower the damping, choose another REGIONAL, check DENSITY_CONTRAST, or give greater "
            "errors.",
            "ERROR",
        )
