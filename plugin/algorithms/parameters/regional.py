"""The regional field: how it is found, and what each of the methods asks."""

from __future__ import annotations

from ..asks import Choice, Count, Number

METHODS = (
    "None",
    "Constant",
    "Trend",
    "Low-pass filter",
    "Equivalent sources",
    "Points of known relief",
    "Joint: together with the relief",
)
EACH_METHOD = (
    "Constant: one number. Trend: a polynomial. Low-pass filter: the long waves of the misfit. Equivalent sources: a "
    "layer of sources far below. Points of known relief: where the relief is known, the misfit is the regional; between "
    "these points it is interpolated."
)

SEPARATION = Choice(
    "REGIONAL",
    "Regional field by",
    "How the smooth part of the misfit, which other masses cause, is found. None: the misfit is all residual. "
    f"{EACH_METHOD} What a method asks and is not given is chosen by cross validation.",
    default=1,
    options=METHODS[:-1],
)
REGIONAL = Choice(
    "REGIONAL",
    "Regional field by",
    "How the smooth part of gravity, which other masses cause, is told from the relief's. None: there is none but that of "
    "REGIONAL_FIELD. Joint: found together with the relief, as smooth as its own damping says; it needs some relief "
    "that is known, FREE_CELLS or KNOWN_POINTS, to be trusted. The others are separated from the starting relief's "
    f"misfit beforehand. {EACH_METHOD}",
    default=0,
    options=METHODS,
)
REGIONAL_VALUE = Number(
    "REGIONAL_VALUE",
    "Constant regional (mGal)",
    "The constant in mGal. Empty: the median of the misfit, at the points of known relief where there are any.",
    optional=True,
    advanced=True,
)
TREND_DEGREE = Count(
    "TREND_DEGREE",
    "Trend: degree of the polynomial",
    "0 is a constant, 1 a plane, 2 a curved surface. Empty: the one from 1 to 4 that predicts withheld misfit best.",
    optional=True,
    advanced=True,
    least=0,
)
WAVELENGTH = Number(
    "WAVELENGTH",
    "Low-pass filter: cut-off wavelength (m)",
    "Longer waves are regional: 88 percent of a wave twice as long passes, 61 percent of one as long, 14 percent of one "
    "half as long. Empty: the one that predicts withheld misfit best.",
    optional=True,
    advanced=True,
    above=0.0,
)
SOURCE_DEPTH = Number(
    "SOURCE_DEPTH",
    "Equivalent sources: depth below the stations (m)",
    "The deeper, the smoother the field. Empty: the one that predicts withheld misfit best.",
    optional=True,
    advanced=True,
    above=0.0,
)
SOURCE_DAMPING = Number(
    "SOURCE_DAMPING",
    "Equivalent sources: damping",
    "Holds the sources' strengths down. Empty: the one that predicts withheld misfit best.",
    optional=True,
    advanced=True,
    above=0.0,
    decimals=9,
)
KNOWN_INTERPOLATION = Choice(
    "KNOWN_INTERPOLATION",
    "Points of known relief: between the points",
    "What interpolates the misfit between points of known relief: a bi-harmonic spline, or equivalent sources.",
    advanced=True,
    options=("Bi-harmonic spline", "Equivalent sources"),
)
SPLINE_DAMPING = Number(
    "SPLINE_DAMPING",
    "Bi-harmonic spline: damping",
    "How far the spline may pass from the points to stay smooth: 0 passes through each of them, 100 leaves hardly more "
    "than a plane. Empty: chosen by cross validation.",
    optional=True,
    advanced=True,
    least=0.0,
    decimals=9,
)
REGIONAL_SPACING = Number(
    "REGIONAL_SPACING",
    "Joint regional: spacing of its nodes (m)",
    "The regional is a spline on nodes so far apart, in metres, and shows nothing shorter. Empty: a tenth of the "
    "stations' extent.",
    optional=True,
    advanced=True,
    above=0.0,
)
REGIONAL_DAMPING = Number(
    "REGIONAL_DAMPING",
    "Joint regional: damping",
    "How smooth the joint regional is: small leaves much of the misfit to it, large little more than a plane. 'Damping by "
    "cross validation' finds a good one, REGIONAL_DAMPING_ALL. Empty: a middling one.",
    optional=True,
    advanced=True,
    above=0.0,
    decimals=9,
)
REGIONAL_DAMPING_MIN = Number(
    "REGIONAL_DAMPING_MIN",
    "Joint regional: least damping",
    "The lower end of the dampings of the joint regional that are tried with each damping of the relief. Empty: from the "
    "number and the errors of the stations.",
    optional=True,
    advanced=True,
    above=0.0,
    decimals=9,
)
REGIONAL_DAMPING_MAX = Number(
    "REGIONAL_DAMPING_MAX",
    "Joint regional: greatest damping",
    "The upper end of the dampings of the joint regional that are tried. Empty: from the number and the errors of the "
    "stations.",
    optional=True,
    advanced=True,
    above=0.0,
    decimals=9,
)
REGIONAL_TRIALS = Count(
    "REGIONAL_TRIALS",
    "Joint regional: number of its dampings",
    "How many dampings of the joint regional are tried with each damping of the relief: a grid has TRIALS times as many "
    "trials. The sampler makes TRIALS trials in all.",
    default=6,
    advanced=True,
    least=1,
    most=1000,
)

SETTINGS = (
    REGIONAL_VALUE,
    TREND_DEGREE,
    WAVELENGTH,
    SOURCE_DEPTH,
    SOURCE_DAMPING,
    KNOWN_INTERPOLATION,
    SPLINE_DAMPING,
)
