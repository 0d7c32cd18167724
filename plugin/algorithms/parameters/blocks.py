"""How points and stations are withheld in turns, where something is chosen by cross validation."""

from __future__ import annotations

from ..asks import Count, Number

BLOCK_SIZE = Number(
    "BLOCK_SIZE",
    "Size of the withheld blocks (m)",
    "For every cross validation: the side of the square blocks of stations or points that are withheld together, in "
    "metres. Wider than the data's errors are alike. Empty: a 36th part of the area.",
    optional=True,
    advanced=True,
    above=0.0,
)
FOLDS = Count(
    "FOLDS",
    "Number of turns (folds)",
    "For every cross validation: in how many turns blocks, stations or points are withheld.",
    default=5,
    advanced=True,
    least=2,
    most=1000,
)
SEED = Count(
    "SEED",
    "Seed of the random numbers",
    "What is drawn at random, such as which blocks are withheld together, is the same for the same seed.",
    default=0,
    advanced=True,
    least=0,
    most=2147483647,
)
BLOCKS = (BLOCK_SIZE, FOLDS, SEED)
