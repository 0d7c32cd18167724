"""What a report is made from. A task fills one of these in; the reports know nothing else of a run.

Arrays of stations all have the shape (n,) and one order; NaN stands for what was not computed. Grids have the
shape (ny, nx), row 0 the southernmost, column 0 the westernmost. Coordinates are metres, in the grid's CRS.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]
else:
    Floats = Mask = Any

Entry = tuple[str, "str | float | int | None"]  # a label, and its value: numbers are formatted, None is "not known"


class ReliefGrid(Protocol):
    """A relief: heights (ny, nx) in m, positive up, at the nodes easting (nx,) and northing (ny,)."""

    @property
    def heights(self) -> Floats: ...
    @property
    def easting(self) -> Floats: ...
    @property
    def northing(self) -> Floats: ...


class Iteration(Protocol):
    """One step of an inversion. Number 0, where given, is the start."""

    @property
    def number(self) -> int: ...
    @property
    def rms(self) -> float: ...  # weighted RMS misfit: mGal where no errors were given, else without unit
    @property
    def objective(self) -> float: ...
    @property
    def step_rms(self) -> float: ...  # m


class Trial(Protocol):
    """One damping of a cross validation."""

    @property
    def damping(self) -> float: ...
    @property
    def score(self) -> float: ...  # RMS at the test stations, mGal
    @property
    def iterations(self) -> int: ...
    @property
    def stop_reason(self) -> str: ...
    @property
    def relief(self) -> Floats | None: ...  # (ny, nx), m
    @property
    def relief_rmse(self) -> float | None: ...  # m, where the true relief is known
    @property
    def regional_damping(self) -> float | None: ...  # of a joint regional
    @property
    def relief_score(self) -> float | None: ...  # RMS at withheld places of known relief, m
    @property
    def criterion(self) -> float: ...  # what is made small: the score, times the relief's where there is one


@dataclass(frozen=True)
class MapGrid:
    """Values (ny, nx) in mGal at the nodes easting (nx,) and northing (ny,), both ascending, in m."""

    values: Floats
    easting: Floats
    northing: Floats


@dataclass(frozen=True)
class KnownPlaces:
    """Points at which the relief is known; all (n,)."""

    easting: Floats  # m
    northing: Floats  # m
    height: Floats  # m
    error: Floats  # m, standard error
    missed: Floats  # m, inverted less known


@dataclass(frozen=True)
class JointParts:
    """What a regional found together with the relief, and the relief's change, took of the misfit; all (n,)."""

    start: Floats  # mGal, observed less the starting relief's gravity less any regional known beforehand
    relief: Floats  # mGal, gravity of the relief's change
    regional: Floats  # mGal, the regional that was found


@dataclass(frozen=True)
class InversionStory:
    """An inversion: what went in, what came out.

    The residual is observed less predicted less regional. `error` is the RMS standard error of the data where
    errors were given; without it the weighted RMS of the iterations is in mGal.
    """

    title: str
    starting: ReliefGrid
    inverted: ReliefGrid
    easting: Floats  # of the stations, m
    northing: Floats  # m
    height: Floats  # m
    gravity: Floats  # mGal
    predicted: Floats  # mGal, of the inverted relief
    residual: Floats  # mGal
    iterations: Sequence[Iteration]
    stop_reason: str  # in words, or the ids of STOP_REASON
    reference_level: float  # m
    density_contrast: float | None  # kg/m3, below less above; None where it varies
    settings: tuple[Entry, ...] = ()
    summary: tuple[Entry, ...] = ()
    verdict: str = ""  # the report's first sentence, where the relief was not found beyond doubt
    warnings: tuple[str, ...] = ()
    regional: Floats | None = None  # mGal
    test: Mask | None = None  # True at the stations that this fit did not use: None where it used all
    free: Mask | None = None  # (ny, nx), True where the relief may move
    true: ReliefGrid | None = None
    relief_rmse: float | None = None  # m; computed from `true` where left out
    error: float | None = None  # mGal
    residual_raster: MapGrid | None = None
    support: Mask | None = None  # (ny, nx), True where the relief rests on data
    lower: Floats | None = None  # (ny, nx) m, the limits; infinite where there is none
    upper: Floats | None = None  # (ny, nx) m
    known: KnownPlaces | None = None
    joint: JointParts | None = None
    density_law: str = ""  # as given: density_contrast is then the law's at its datum
    slab_first: bool = False  # whether the iterations set out from the inverse slab and not from the starting relief


@dataclass(frozen=True)
class CrossValidationStory:
    """A search for the damping, and the inversion that followed."""

    inversion: InversionStory  # the final fit; its title, settings, summary and warnings are the report's
    trials: Sequence[Trial]  # in any order; of a joint regional several with one damping
    best_damping: float
    best_score: float  # mGal
    test_easting: Floats  # m, of the test stations
    test_northing: Floats  # m
    test_difference: Floats  # mGal, predicted + regional - observed by the best trial, that never saw these data
    damping_all: float | None = None  # the one for all stations; None where the final fit is to the training stations
    split: str = ""  # how the stations were parted, in words
    lays: int = 1  # how often each test station was withheld: of several the difference is the mean
    axes: tuple[tuple[float, ...], tuple[float, ...]] | None = None  # both dampings of a grid; other trials refine it
    best_regional_damping: float | None = None  # of a joint regional
    best_relief_score: float | None = None  # m, at known relief that was withheld
    relief_withheld: str = ""  # what of it was withheld, in words


@dataclass(frozen=True)
class MisfitStory:
    """Observed less predicted gravity of a given relief, and its regional part."""

    title: str
    easting: Floats  # m
    northing: Floats  # m
    gravity: Floats  # mGal
    predicted: Floats  # mGal
    misfit: Floats  # mGal, observed less predicted
    regional: Floats  # mGal
    residual: Floats  # mGal, misfit less regional
    settings: tuple[Entry, ...] = ()
    summary: tuple[Entry, ...] = ()
    verdict: str = ""  # the report's first sentence, where there are doubts
    warnings: tuple[str, ...] = ()
    relief: ReliefGrid | None = None
    misfit_raster: MapGrid | None = None
    regional_raster: MapGrid | None = None
    residual_raster: MapGrid | None = None
    regional_by: str = ""  # what a method with a score fitted: "a trend"
    regional_score: float | None = None  # share of the withheld misfit's variance that it predicted
    regional_at_known: bool = False  # whether it was scored at points of known relief, else at stations
    regional_scores: Sequence[tuple[str, float]] = ()  # the settings that were tried, in words, and their scores
