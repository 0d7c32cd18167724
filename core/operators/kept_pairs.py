"""Which products of Chebyshev polynomials in two heights are worth keeping, and what the others add up to."""

from __future__ import annotations

import numpy as np

CLOSER = 4
"""How often fewer terms are left out where those came to too much."""


def kept_pairs(size: np.ndarray, rounding: float, gain: np.ndarray, tolerance: float) -> tuple[np.ndarray, float]:
    """The flat numbers of the terms to keep, and a bound on the error that the others leave.

    Parameters
    ----------
    size : array (nodes, nodes)
        What the terms of each pair of orders add up to.
    rounding : float
        The noise of one term.
    gain : array (nodes,)
        What an error in a term does, by its order in the surface.
    tolerance : float
    """
    nodes = gain.size
    weighted = gain[:, None] * size
    last = nodes - nodes // 4
    unseen = float(gain.max()) * float(
        size[last:].sum() + size[:, last:].sum()
    )  # no more than these, halving in a quarter
    noise = rounding * float(np.sqrt(np.sum(gain**2)))
    ascending = np.argsort(weighted, axis=None)
    dropped = 2.0 * (np.cumsum(weighted.ravel()[ascending]) + unseen)
    aim = max(tolerance - noise * nodes**0.5, 0.5 * tolerance, 4.0 * unseen)
    for _ in range(CLOSER):
        kept = np.sort(ascending[dropped > min(aim, 0.999 * dropped[-1])])
        kept = kept if kept.size else np.zeros(1, dtype=int)
        left_out = float(weighted.sum() - weighted.ravel()[kept].sum())
        bound = left_out + _coming_back(size, gain, kept) + 2.0 * unseen + noise * float(np.sqrt(kept.size / nodes))
        if bound <= tolerance:
            break
        aim = max(0.5 * aim, 4.0 * unseen)
    return kept, bound


def _coming_back(size: np.ndarray, gain: np.ndarray, kept: np.ndarray) -> float:
    """What the terms beyond the nodes that kernels are made at add to those within."""
    nodes = gain.size
    surface_orders, station_orders = np.divmod(kept, nodes)
    counts = int(surface_orders.max()) + 1, int(station_orders.max()) + 1
    folded = np.arange(nodes) % (2 * counts[0])
    folded = np.minimum(folded, 2 * counts[0] - folded)
    beyond = size.copy()
    beyond[: counts[0], : counts[1]] = 0.0
    return float(gain[np.minimum(folded, nodes - 1)] @ beyond.sum(axis=1))
