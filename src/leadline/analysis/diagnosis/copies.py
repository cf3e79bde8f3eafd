"""Test rows that stand in the training rows: judging a model on them teaches nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.diagnosis import thresholds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.diagnosis.samples import Sample


@dataclass(frozen=True, kw_only=True, slots=True)
class Copies:
    """Test rows whose every value, the answer too, stands in a training row.

    Attributes
    ----------
    in_test : array of shape (n_test,)
        Which test rows stand in the training rows.
    in_train : array of shape (n_train,)
        Which training rows stand in the test rows.
    within : float
        Share of the training rows that repeat among themselves.
    """

    in_test: NDArray[np.bool_]
    in_train: NDArray[np.bool_]
    within: float

    @property
    def share(self) -> float:
        """Share of the test rows that are copies, 0–1."""
        return float(self.in_test.mean())


def copies(train: Sample, test: Sample) -> Copies | None:
    """Find them; None where there are no more than such rows repeat among themselves.

    Rows of few columns repeat by themselves, and of such rows some have the same answer: of
    a fair split the training rows repeat among each other as the test rows repeat them.
    """
    old, new = _keys(train), _keys(test)
    times = Counter(old)
    in_test = np.array([key in times for key in new])
    within = float(np.mean([times[key] > 1 for key in old]))
    share = float(in_test.mean())
    if share < thresholds.TWIN_SHARE or share < 1.5 * within:
        return None
    others = set(new)
    in_train = np.array([key in others for key in old])
    return Copies(in_test=in_test, in_train=in_train, within=within)


def without_copies(train: Sample, test: Sample) -> Sample:
    """Return the test rows that training has not seen; all where too few would be left.

    A remedy that follows its training rows closely would seem to gain on copies.
    """
    found = copies(train, test)
    if found is None:
        return test
    left = test.take(np.flatnonzero(~found.in_test))
    enough = len(left) >= max(thresholds.LEAST_ROWS, len(test) // 10)
    return left if enough and len(np.unique(left.target)) > 1 else test


def _keys(sample: Sample) -> list[bytes]:
    # −0.0 and 0.0 are one value; nan must equal nan
    rows = np.column_stack([sample.matrix, sample.target])
    rounded = np.nan_to_num(np.round(rows, 9), nan=-9.87e99) + 0.0
    return [row.tobytes() for row in np.ascontiguousarray(rounded)]
