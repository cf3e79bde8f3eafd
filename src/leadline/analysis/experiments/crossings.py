"""Brownian paths between bounds: the chance of leaving them at each of several looks.

A test statistic that gathers information behaves like Brownian motion B(t) = Z√t on the
information fraction t. The chance of leaving the bounds at each look follows from
carrying the density of B inside the bounds from look to look.

References
----------
Armitage, McPherson and Rowe (1969), "Repeated significance tests on accumulating data",
JRSS A 132(2).
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.experiments.roots import find_root
from leadline.analysis.tails import normal_cdfs, normal_quantile
from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MAX_LOOKS = 1000
"""More looks than this are refused: they take long and change nothing."""

_REACH = 9.0
"""Standard deviations beyond which a density contributes less than 1e-18."""

_PANEL = np.polynomial.legendre.leggauss(12)
"""Gauss-Legendre nodes and weights on (−1, 1)."""

_PANEL_SDS = 3.0
"""Width of one quadrature panel in standard deviations of the narrowest kernel."""


def crossing_probabilities(
    *, fractions: Sequence[float], z: Sequence[float], drift: float = 0.0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the chance of first leaving the bounds at each look, below and above.

    Parameters
    ----------
    fractions, z : sequence of float, shape (n_looks,)
        Information fractions and the bounds on |Z|.
    drift : float
        Expected Z at full information: effect / se at fraction 1. A drift of 0 gives
        the type I error; the design's drift gives its power.

    Returns
    -------
    lower, upper : array of shape (n_looks,)
    """
    t = checked_looks(fractions, alpha=0.5)
    if len(t) != len(z):
        raise InputError(f"as many bounds as fractions, got {len(z)} and {len(t)}")
    path = BoundedPath(fractions=t, drift=drift)
    exits = []
    for bound in z:
        exits.append(path.exit(bound))
        path.advance(bound)
    lower, upper = np.array(exits, dtype=float).T
    return lower, upper


def peeking_type_1_error(*, n_looks: int, alpha: float = 0.05) -> float:
    """Chance of a false alarm when a fixed-horizon test is read at equally spaced looks."""
    fractions = [(i + 1) / n_looks for i in range(n_looks)]
    z = [-normal_quantile(alpha / 2)] * n_looks
    lower, upper = crossing_probabilities(fractions=fractions, z=z)
    return float(lower.sum() + upper.sum())


class BoundedPath:
    """The density of B(t) among the paths that have not left the bounds so far."""

    def __init__(self, *, fractions: list[float], drift: float) -> None:
        self.steps = np.diff([0.0, *fractions])
        self.fractions = fractions
        self.drift = drift
        self.look = 0
        self.nodes = np.zeros(1)
        self.mass = np.ones(1)  # density times quadrature weight at the nodes

    def _arrival(self) -> tuple[NDArray[np.float64], float, float]:
        """Where the nodes arrive at the present look, the step's sd, and √t."""
        step = float(self.steps[self.look])
        sd = math.sqrt(step)
        return self.nodes + self.drift * step, sd, math.sqrt(self.fractions[self.look])

    def beyond(self, z: float) -> float:
        """Chance of still being in and arriving above z."""
        centre, sd, root = self._arrival()
        return float(self.mass @ normal_cdfs((centre - z * root) / sd))

    def exit(self, z: float) -> tuple[float, float]:
        """Chance of leaving at this look, below −z and above z."""
        centre, sd, root = self._arrival()
        below = float(self.mass @ normal_cdfs((-z * root - centre) / sd))
        return below, self.beyond(z)

    def bound_spending(self, spend: float) -> float:
        """Return the z at which both sides together take `spend`."""
        if spend < 1e-300:
            return math.inf

        def surplus(z: float) -> float:
            return math.log(max(sum(self.exit(z)), 1e-320)) - math.log(spend)

        return find_root(surplus, 0.0, 38.0)

    def advance(self, z: float) -> None:
        """Carry the density on to this look, inside the bounds."""
        centre, sd, root = self._arrival()
        t = self.fractions[self.look]
        middle = self.drift * t
        low = max(-z * root, middle - _REACH * root)
        high = max(low, min(z * root, middle + _REACH * root))
        following = self.steps[self.look + 1 : self.look + 2]
        narrowest = math.sqrt(min([float(self.steps[self.look]), *following]))
        nodes, weights = _quadrature(low, high, width=narrowest)
        kernel = np.exp(-0.5 * ((nodes[:, None] - centre) / sd) ** 2)
        density = kernel @ self.mass / (sd * math.sqrt(2 * math.pi))
        self.nodes, self.mass = nodes, density * weights
        self.look += 1


def _quadrature(
    low: float, high: float, *, width: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return nodes and weights of Gauss-Legendre panels that tile low–high."""
    x, weights = _PANEL
    edges = np.linspace(low, high, 1 + max(2, math.ceil((high - low) / (_PANEL_SDS * width))))
    half = (edges[1] - edges[0]) / 2
    nodes = (edges[:-1, None] + half * (1 + x)).ravel()
    return nodes, np.tile(weights * half, len(edges) - 1)


def checked_looks(fractions: Sequence[float], *, alpha: float) -> list[float]:
    """Return the information fractions of looks, or say why they cannot be."""
    t = [float(x) for x in fractions]
    if not t or t[0] <= 0 or any(b <= a for a, b in pairwise(t)):
        raise InputError(f"information must increase from look to look, got {t}")
    if len(t) > MAX_LOOKS:
        raise InputError(f"at most {MAX_LOOKS} looks, got {len(t)}; a look a day is plenty")
    if not 0 < alpha < 1:
        raise InputError(f"alpha must lie within 0–1, got {alpha}")
    return t
