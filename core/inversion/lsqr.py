"""LSQR for a dense matrix, which it reads once per iteration.

Paige & Saunders 1982 (doi 10.1145/355984.355989). scipy's is the same method and stops by the same tests, but forms A v and Aᵀu in two
passes; here each row is used for both while it is in the processor's cache: Aᵀu of the u that is not yet
normalised, which is put right afterwards.
"""

from __future__ import annotations

import math

import numpy as np

from ..operators.both_products import both_products

CONDITION_LIMIT = 1e8  # scipy's default


def lsqr(
    matrix: np.ndarray, weight: np.ndarray, right: np.ndarray, damping: float, tolerance: float, most: int
) -> np.ndarray:
    """x of min |W A x − right|² + damping²·|x|².

    Parameters
    ----------
    matrix : array (n, m)
        A.
    weight : array (n,)
        The diagonal of W.
    right : array (n,)
    damping : float
    tolerance : float
        What scipy calls atol and btol.
    most : int
        The largest number of iterations.
    """
    matrix = np.ascontiguousarray(matrix)
    x = np.zeros(matrix.shape[1])
    size = beta = float(np.linalg.norm(right))
    if beta == 0.0:
        return x
    u = right / beta
    v = both_products(matrix, weight, x, -u, 1.0)
    alpha = float(np.linalg.norm(v))
    if alpha == 0.0:
        return x
    v /= alpha
    w = v.copy()
    rho_bar, phi_bar = alpha, beta
    norm2 = d2 = damped2 = x2 = z = sn2 = 0.0
    cs2 = -1.0
    for _ in range(most):
        products = both_products(matrix, weight, v, u, alpha)
        beta = float(np.linalg.norm(u))
        if beta > 0.0:
            u /= beta
            norm2 += alpha**2 + beta**2 + damping**2
            v = products / beta - beta * v
            alpha = float(np.linalg.norm(v))
            if alpha > 0.0:
                v /= alpha
        rho_damped = math.hypot(rho_bar, damping)
        psi, phi_bar = damping / rho_damped * phi_bar, rho_bar / rho_damped * phi_bar
        rho = math.hypot(rho_damped, beta)
        cs, sn = rho_damped / rho, beta / rho
        theta, rho_bar = sn * alpha, -cs * alpha
        phi, phi_bar = cs * phi_bar, sn * phi_bar
        x += phi / rho * w
        d2 += float(w @ w) / rho**2
        w = v - theta / rho * w
        # the size of x, from the same rotations
        rest, gamma_bar = phi - sn2 * rho * z, -cs2 * rho
        x_size = math.sqrt(x2 + (rest / gamma_bar) ** 2)
        gamma = math.hypot(gamma_bar, theta)
        cs2, sn2, z = gamma_bar / gamma, theta / gamma, rest / gamma
        x2 += z**2
        damped2 += psi**2
        misfit, norm = math.sqrt(phi_bar**2 + damped2), math.sqrt(norm2)
        gradient = alpha * abs(sn * phi)
        if misfit / size <= tolerance * (1.0 + norm * x_size / size):
            break
        if gradient <= tolerance * (norm * misfit) or norm * math.sqrt(d2) >= CONDITION_LIMIT:
            break
    return x
