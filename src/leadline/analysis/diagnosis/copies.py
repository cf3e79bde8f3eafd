"""Test rows that stand in the training rows: judging a model on them teaches nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.analysis.diagnosis import thresholds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.diagnosis.samples import Sample


@dataclass(frozen=True, kw_only=True, slots=True)
class Copies:
    """Test rows whose every value stands in a training row.

    Attributes
    ----------
    in_test : array of shape (n_test,)
        Which test rows stand in the training rows.
    in_train : array of shape (n_train,)
        Which training rows stand in the test rows.
    within : float
        Share of the training rows that repeat among themselves.
    agreeing : float
        Share of the copies that have their training row's answer.
    """

    in_test: NDArray[np.bool_]
    in_train: NDArray[np.bool_]
    within: float
    agreeing: float

    @property
    def share(self) -> float:
        """Share of the test rows that are copies, 0–1."""
        return float(self.in_test.mean())


def copies(train: Sample, test: Sample) -> Copies | None:
    """Find them; None where there are no more than such rows repeat among themselves."""
    old, new = _keys(train), _keys(test)
    known: dict[bytes, Any] = dict(zip(old, train.target.tolist(), strict=True))
    in_test = np.array([key in known for key in new])
    times = Counter(old)
    within = float(np.mean([times[key] > 1 for key in old]))
    share = float(in_test.mean())
    if share < thresholds.TWIN_SHARE or share < 1.5 * within:
        return None
    y = test.target
    others = set(new)
    return Copies(
        in_test=in_test,
        in_train=np.array([key in others for key in old]),
        within=within,
        agreeing=float(
            np.mean([known[key] == y[i] for i, key in enumerate(new) if in_test[i]])
        ),
    )


def without_copies(train: Sample, test: Sample) -> Sample:
    """Return the test rows that training has not seen; all where too few would be left.

    A remedy that follows its training rows closely would seem to gain on copies.
    """
    found = copies(train, test)
    if found is None or found.agreeing <= thresholds.TWINS_AGREE:
        return test
    left = test.take(np.flatnonzero(~found.in_test))
    enough = len(left) >= max(thresholds.LEAST_ROWS, len(test) // 10)
    return left if enough and len(np.unique(left.target)) > 1 else test


def _keys(sample: Sample) -> list[bytes]:
    # −0.0 and 0.0 are one value; nan must equal nan
    rounded = np.nan_to_num(np.round(sample.matrix, 9), nan=-9.87e99) + 0.0
    return [row.tobytes() for row in np.ascontiguousarray(rounded)]
