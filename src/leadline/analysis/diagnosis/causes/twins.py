"""Rows that nearly equal each other: more columns agree than chance would let them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_COMPARISONS = 150_000_000
"""Cells compared at most: test rows × training rows × columns."""

MOST_COLUMNS = 40
MOST_JUDGED = 1_000
NEAR = 0.01
"""Numbers nearer than this share of their standard deviation agree."""

AGREEING = 0.8
"""Share of the columns that agree in a twin."""

BEYOND_CHANCE = float(np.log(1_000.0))
"""As many pairs as there are would give a twin by chance once in a thousand tables."""

DRAWN = 4_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Pairs:
    """Test rows with the training rows that nearly equal them.

    Attributes
    ----------
    judged : array of shape (m,)
        Positions of the test rows that were compared.
    found : dict
        Position within `judged` → positions of the training rows that nearly equal it.
    agreeing : float
        Mean share of the columns that agree in a twin and its nearest partner.
    """

    judged: NDArray[np.intp]
    found: dict[int, NDArray[np.intp]]
    agreeing: float

    @property
    def share(self) -> float:
        """Share of the compared test rows that have a partner."""
        return len(self.found) / max(self.judged.size, 1)

    @property
    def is_twin(self) -> NDArray[np.bool_]:
        """Which of the compared rows have a partner."""
        return np.isin(np.arange(self.judged.size), list(self.found))

    @property
    def partner_of(self) -> NDArray[np.intp]:
        """One training row for each twin, in the order of `judged`."""
        return np.array([self.found[twin][0] for twin in sorted(self.found)], dtype=np.intp)

    @property
    def partners(self) -> NDArray[np.intp]:
        """All training rows that nearly equal a twin."""
        parts = list(self.found.values())
        return np.unique(np.concatenate(parts)) if parts else np.empty(0, dtype=np.intp)

    def leaving(self, most: int) -> Pairs:
        """Leave twins out until at most `most` training rows are partners of the others."""
        taken: set[int] = set()
        kept: dict[int, NDArray[np.intp]] = {}
        for twin, partners in self.found.items():
            joined = taken.union(partners.tolist())
            if len(joined) <= most:
                taken, kept[twin] = joined, partners
        dropped = [twin for twin in self.found if twin not in kept]
        stays = np.delete(np.arange(self.judged.size), dropped)
        place = {int(old): new for new, old in enumerate(stays)}
        return Pairs(
            judged=self.judged[stays],
            found={place[twin]: partners for twin, partners in kept.items()},
            agreeing=self.agreeing,
        )


def twins(
    train: NDArray[np.float64],
    test: NDArray[np.float64],
    *,
    categorical: NDArray[np.bool_],
    rng: np.random.Generator,
) -> Pairs | None:
    """Find test rows that agree with a training row in more than chance allows.

    A column's agreement counts −log of its chance (nats); a pair is one of twins where
    the sum lies above the logarithm of the number of pairs and at least 80 % of the
    columns agree.

    Parameters
    ----------
    train, test : arrays of shape (n, k) and (m, k)
        Rows as numbers; nan equals nan.
    categorical : array of shape (k,)
        Columns whose numbers are codes: they agree only where they are equal.
    rng : Generator
        Draws test rows where there are too many to be compared.

    Returns
    -------
    Pairs or None
        None where the columns cannot tell rows apart.
    """
    near, equal = _chances(train, categorical=categorical, rng=rng)
    columns = np.sort(np.argsort(-equal, kind="stable")[:MOST_COLUMNS])
    most = min(MOST_JUDGED, MOST_COMPARISONS // max(len(train) * columns.size, 1))
    judged = np.sort(rng.permutation(len(test))[:most])
    needed = np.log(max(len(train) * judged.size, 1)) + BEYOND_CHANCE
    if judged.size == 0 or equal[columns].sum() < needed:
        return None
    compared = [
        (j, *_comparable(train[:, j], test[judged, j], is_code=bool(categorical[j])))
        for j in columns
    ]
    count = np.zeros((judged.size, len(train)), dtype=np.uint8)
    for _, a, b, tolerance in compared:
        count += np.abs(b[:, None] - a[None, :]) <= tolerance
    row, partner = np.nonzero(count >= AGREEING * columns.size)
    weight = np.zeros(row.size)
    for j, a, b, tolerance in compared:
        away = np.abs(b[row] - a[partner])
        weight += np.where(away == 0, equal[j], near[j] * (away <= tolerance))
    enough = weight >= needed
    row, partner, weight = row[enough], partner[enough], weight[enough]
    order = np.lexsort((-weight, row))  # the nearest partner of each row first
    firsts, starts = np.unique(row[order], return_index=True)
    found = dict(zip(firsts.tolist(), np.split(partner[order], starts[1:]), strict=False))
    shares = [count[i, partners[0]] / columns.size for i, partners in found.items()]
    return Pairs(judged=judged, found=found, agreeing=float(np.mean(shares)) if shares else 0.0)


def _comparable(
    train: NDArray[np.float64], test: NDArray[np.float64], *, is_code: bool
) -> tuple[NDArray[np.float32], NDArray[np.float32], float]:
    """Return a column in standard deviations, missing values far away, and what is near."""
    seen = train[np.isfinite(train)]
    if is_code or seen.size == 0:
        middle, scale, tolerance = 0.0, 1.0, 0.0
    else:
        middle, scale, tolerance = float(seen.mean()), float(seen.std()) or 1.0, NEAR
    plain = [
        np.nan_to_num((v - middle) / scale, nan=-1e6).astype(np.float32) for v in (train, test)
    ]
    return plain[0], plain[1], tolerance


def _chances(
    train: NDArray[np.float64], *, categorical: NDArray[np.bool_], rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return −log of the chance that two rows are near and are equal, for each column."""
    n = len(train)
    first, second = rng.integers(n, size=DRAWN), rng.integers(n, size=DRAWN)
    other = first != second
    near, equal = np.zeros(train.shape[1]), np.zeros(train.shape[1])
    for j in range(train.shape[1]):
        a, _, tolerance = _comparable(train[:, j], train[:0, j], is_code=categorical[j])
        close = np.abs(a[first] - a[second])[other] <= tolerance
        near[j] = -np.log((close.sum() + 1) / (close.size + 1))
        shares = np.unique(a, return_counts=True)[1] / n
        equal[j] = max(-np.log(float((shares**2).sum())), near[j])
    return near, equal
