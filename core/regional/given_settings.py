"""Settings of a method that the user gave, beside the data: what they can't determine, and what takes all of it."""

from __future__ import annotations

from ..errors import InputError
from ..events.protocol import Reporter
from .low_pass import spacing
from .method import Samples
from .trend import Trend

MOST_NUMBERS = 4e8
"""Of a trend's matrix: 3 GB."""
LONGEST = 10.0
"""A wavelength of so many spans: beyond, the filter leaves nothing but its plane."""


def check_degree(degree: int | None, samples: Samples) -> None:
    """Refuse a trend with more coefficients than the samples determine, or than fit into memory."""
    if degree is None or _fits(degree, samples):
        return
    most = 0
    while _fits(most + 1, samples):
        most += 1
    raise InputError(
        f"TREND_DEGREE {degree} has {Trend(degree).terms} coefficients, too many for {samples.size} stations. Give at most "
        f"{most}; a regional seldom needs more than 3.",
        "TREND_DEGREE",
    )


def _fits(degree: int, samples: Samples) -> bool:
    terms = Trend(degree).terms
    return terms <= samples.size and terms * samples.size <= MOST_NUMBERS


def check_wavelength(wavelength: float | None, samples: Samples, reporter: Reporter) -> None:
    """Refuse a wavelength (m) that leaves nothing but a plane; warn of one so short that it takes everything."""
    if wavelength is None:
        return
    if samples.span and wavelength > LONGEST * samples.span:
        raise InputError(
            f"WAVELENGTH {wavelength:g} m is more than {LONGEST:g} times the stations' extent ({samples.span:.4g} m), where a "
            "filter leaves a plane. Give a shorter one in metres, or REGIONAL 2 with TREND_DEGREE 1.",
            "WAVELENGTH",
        )
    _doubt("WAVELENGTH", "twice ", wavelength, 2.0, samples, reporter)


def check_depth(depth: float | None, samples: Samples, reporter: Reporter) -> None:
    """Warn of sources so near (m) that each takes its sample alone."""
    if depth is not None:
        _doubt("SOURCE_DEPTH", "", depth, 1.0, samples, reporter)


def _doubt(name: str, times: str, value: float, least: float, samples: Samples, reporter: Reporter) -> None:
    apart = spacing(samples)
    if samples.size > 1 and value < least * apart:
        reporter.warning(
            f"{name} {value:g} m is less than {times}the distance between the places with data ({apart:.4g} m), so the regional "
            "takes all of the misfit and leaves none for the relief. Give a greater one in metres, or leave it out.",
            name,
        )
