"""The algorithms in the order of the toolbox; each file says what one asks, not how it is computed."""

from __future__ import annotations

from .dampingcrossvalidation import DampingCrossValidation
from .forwardgravity import ForwardGravity
from .gravitymisfit import GravityMisfit
from .invertrelief import InvertRelief
from .setupengine import SetupEngine
from .startingrelief import StartingRelief
from .syntheticmodel import SyntheticModel

ALGORITHMS = (
    SetupEngine,
    SyntheticModel,
    ForwardGravity,
    GravityMisfit,
    StartingRelief,
    InvertRelief,
    DampingCrossValidation,
)
