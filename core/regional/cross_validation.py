"""The choice among a method's settings: blocks of samples are withheld in turn and predicted from the others."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..validation.splits import block_size
from .method import Method, Samples

FEW = 40
"""Up to so many scored places each block is a fold by itself: with few to learn from, every one counts."""


@dataclass(frozen=True)
class Folds:
    """How samples are withheld: square blocks of them in random order, each dealt to the fold that has the fewest."""

    count: int = 5
    block: float | None = None  # m, the blocks' side; None: a 36th part of the area
    seed: int = 0

    def of(self, easting: np.ndarray, northing: np.ndarray, scored: np.ndarray | None = None) -> np.ndarray:
        """The fold's number of each place, (n,); 0 for all where there is one block alone.

        Where only some places are scored, (n,) bool, theirs are the blocks that are dealt; others are in no fold, −1.
        """
        block = self.block or block_size(easting, northing)
        row = np.floor((northing - northing.min()) / block).astype(np.int64)
        col = np.floor((easting - easting.min()) / block).astype(np.int64)
        _, number = np.unique(row * (col.max() + 1) + col, return_inverse=True)
        count = np.bincount(number.ravel(), scored)
        dealt = int(np.count_nonzero(count))
        folds = dealt if count.sum() <= FEW else min(self.count, dealt)
        held = np.zeros(folds)
        fold_of = np.full(count.size, -1)
        for one in np.random.default_rng(self.seed).permutation(count.size):
            if count[one]:
                fold_of[one] = np.argmin(held)
                held[fold_of[one]] += count[one]
        return fold_of[number.ravel()]


@dataclass(frozen=True)
class Choice:
    """The settings that predicted best."""

    method: Method
    score: float | None  # share of the withheld values' variance that was predicted; below 0 a constant is better
    scores: list[tuple[str, float]] = field(default_factory=list)  # of every setting tried


def score(method: Method, samples: Samples, scored: Samples, fold: np.ndarray, scored_fold: np.ndarray) -> float:
    """How well withheld values are predicted: 1 all of them, 0 as well as by a constant, below 0 worse.

    Parameters
    ----------
    method : Method
    samples : Samples
        What is fitted, but for those of the withheld fold.
    scored : Samples
        What is predicted: the samples themselves, or other places in the same blocks.
    fold, scored_fold : array (n,)
        The folds of both.

    Returns
    -------
    float
        1 − Σw(predicted − value)² / Σw(constant − value)², the sums over all folds, the constant being the mean of the
        values scored in the other folds; NaN where nothing can be told.
    """
    left = total = 0.0
    for number in np.unique(scored_fold):
        train, test = samples.where(fold != number), scored.where(scored_fold == number)
        others = scored.where(scored_fold != number)
        if train.size == 0 or others.size == 0:
            continue
        predicted = method.fit(train)(test.easting, test.northing)
        left += float(np.sum(test.weight * (predicted - test.value) ** 2))
        total += float(np.sum(test.weight * (others.mean - test.value) ** 2))
    return 1.0 - left / total if total > 0 else float("nan")


def choose(
    candidates: Sequence[Method],
    samples: Samples,
    folds: Folds,
    scored: Samples | None = None,
    check: Callable[[], None] = lambda: None,
) -> Choice:
    """The candidate with the best score, the earliest among equals.

    Parameters
    ----------
    candidates : sequence of Method
        The smoothest first.
    samples : Samples
    folds : Folds
    scored : Samples, optional
        Where the regional is known, in place of the samples: they are withheld with the samples of their blocks.
    check : callable
        Called between candidates; may raise to end it.
    """
    places = samples if scored is None else scored
    together = folds.of(
        np.concatenate([samples.easting, places.easting]),
        np.concatenate([samples.northing, places.northing]),
        np.repeat([False, True], [samples.size, places.size]),
    )
    fold, scored_fold = together[: samples.size], together[samples.size :]
    results: list[tuple[str, float]] = []
    best: tuple[float, Method] | None = None
    for candidate in candidates:
        check()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # fits with few samples are judged by their score
            found = score(candidate, samples, places, fold, scored_fold)
        results.append((str(candidate), found))
        if np.isfinite(found) and (best is None or found > best[0]):
            best = found, candidate
    if best is None:
        return Choice(candidates[0], None, results)
    return Choice(best[1], best[0], results)
