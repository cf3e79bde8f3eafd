"""From days to one row a user: what an experiment is read from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from examples.classifieds.market import Arms, Day, Shown
from examples.classifieds.world import Ids, Numbers


class Units:
    """Adds up what users did since they first met the surface under test.

    Users are counted by the arm they were assigned, whatever was served in the end.
    """

    def __init__(self, *, surface: str, n_users: int) -> None:
        self._surface = surface
        self.exposed_on = np.full(n_users, -1, np.int32)
        self.sums = {
            name: np.zeros(n_users, np.float32)
            for name in ("contacts", "clicks", "visits", "true_contacts")
        }

    def add(self, day: Day) -> None:
        """Add a day."""
        met = day.shown[self._surface].requests.user
        self.exposed_on[met] = np.where(self.exposed_on[met] < 0, day.day, self.exposed_on[met])
        is_in = self.exposed_on >= 0
        for name, sums in day_sums(day, n_users=is_in.size).items():
            self.sums[name] += sums * is_in

    def table(self, arms: Arms, *, before: Units | None = None) -> dict[str, Any]:
        """Return one row for each user who was exposed and belongs to an arm.

        `before` holds what the same users did in the weeks before, for the covariate.
        """
        rows = np.flatnonzero((self.exposed_on >= 0) & (arms.of_user >= 0))
        table: dict[str, Any] = {
            "user": rows,
            "arm": np.array(list(arms.rankers), dtype=object)[arms.of_user[rows]],
            "day": self.exposed_on[rows],
            **{name: sums[rows].astype(np.float64) for name, sums in self.sums.items()},
            "contacted": (self.sums["contacts"][rows] > 0).astype(np.int64),
        }
        if before is not None:
            table["contacts_before"] = before.sums["contacts"][rows].astype(np.float64)
        return table

    def per_user(self, name: str) -> float:
        """Return the mean of a sum over exposed users."""
        return float(self.sums[name][self.exposed_on >= 0].mean())


def day_sums(day: Day, *, n_users: int) -> dict[str, Numbers]:
    """Return what each user did on a day, arrays of shape (n_users,)."""
    pages = list(day.shown.values())
    return {
        "contacts": _by_user(pages, [p.contacted.sum(axis=1) for p in pages], n_users),
        "clicks": _by_user(pages, [p.clicked.sum(axis=1) for p in pages], n_users),
        "visits": np.bincount(day.visitors, minlength=n_users).astype(np.float32),
        "true_contacts": _by_user(pages, [p.true_contacts for p in pages], n_users),
    }


def _by_user(pages: Iterable[Shown], values: Iterable[Any], n_users: int) -> Numbers:
    users: Ids = np.concatenate([page.requests.user for page in pages])
    summed = np.bincount(users, weights=np.concatenate(list(values)), minlength=n_users)
    return summed.astype(np.float32)
