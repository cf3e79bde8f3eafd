"""How good the model is: from outcomes where they came, else from scores, by assumption."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from leadline.analysis.monitoring.counts import Numbers, Slice
from leadline.errors import NotEnoughDataError

MIN_LABELS = 100
"""Rows with an outcome below which nothing is said of performance."""

UNSEEN = 0.05
"""Share of rows at scores where the reference has no outcomes, above which is no split."""

Cause = Literal["covariate", "concept", "both", "neither", "cannot tell"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Performance:
    """A model's performance over some days.

    Attributes
    ----------
    loss : float
        Mean loss in the plan's own scale: Brier's of a classification, the absolute
        error of a regression.
    auc : float
        From counts by bin of the score, so a little below the exact one; nan where there
        is one class, or of a regression.
    calibration : float
        Positives over the sum of scores; nan of a regression.
    n : float
        Rows with an outcome (or, of an estimate, rows).
    """

    loss: float
    auc: float
    calibration: float
    n: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Split:
    """A rise in loss, split in two.

    Attributes
    ----------
    rise : float
        Current loss − reference loss.
    covariate : float
        The part that comes from other rows being scored than before.
    concept : float
        The part that comes from the same scores meaning something else.
    standard_error : float
        Of the concept part.
    cause : str
        Which part is more than `floor` and than three standard errors; "cannot tell"
        where the current rows lie where the reference has no outcomes.
    """

    rise: float
    covariate: float
    concept: float
    standard_error: float
    cause: Cause


def realised(rows: Slice) -> Performance:
    """Return the performance on rows whose outcome came.

    Raises
    ------
    NotEnoughDataError
        Fewer than `MIN_LABELS` of them.
    """
    n = rows.number("labelled")
    if n < MIN_LABELS:
        raise NotEnoughDataError(f"performance needs {MIN_LABELS} outcomes, got {n:.0f}")
    plan = rows.plan
    loss = rows.number("loss") / n * plan.loss_scale
    if plan.task == "regression":
        return Performance(loss=loss, auc=math.nan, calibration=math.nan, n=n)
    positive = rows.by_score("positive")
    scores = rows.number("score_sum")
    return Performance(
        loss=loss,
        auc=binned_auc(positive, rows.by_score("labelled") - positive),
        calibration=rows.number("positive") / scores if scores > 0 else math.nan,
        n=n,
    )


def estimated(reference: Slice, current: Slice) -> Performance:
    """Estimate the performance on rows without outcomes, from their scores alone.

    Assumes that a score means what it meant in the reference: the same share of
    positives and the same mean loss in each bin. It sees that other rows are scored, and
    is blind to concept drift.

    Raises
    ------
    NotEnoughDataError
        Too few outcomes in the reference, or too few rows now.
    """
    _enough(reference, current)
    labelled = reference.by_score("labelled")
    now = current.bins(reference.plan.score)[:-1]
    loss = _rates(reference.by_score("loss"), labelled)
    scale = reference.plan.loss_scale
    mean_loss = float((now * loss).sum() / now.sum()) * scale
    if reference.plan.task == "regression":
        return Performance(loss=mean_loss, auc=math.nan, calibration=math.nan, n=now.sum())
    positive = now * _rates(reference.by_score("positive"), labelled)
    auc = binned_auc(positive, now - positive)
    return Performance(loss=mean_loss, auc=auc, calibration=math.nan, n=float(now.sum()))


def split_rise(reference: Slice, current: Slice, *, floor: float) -> Split:
    """Split a rise in loss into the covariate part and the concept part.

    The reference's loss is weighted anew to the current scores; what remains of the rise
    is concept. A shift is seen as far as it moves the score: one that changes rows and
    leaves their scores alone counts as concept.

    Parameters
    ----------
    floor : float
        A part that is smaller does not count, in the plan's scale.

    Raises
    ------
    NotEnoughDataError
        Too few outcomes on a side.

    References
    ----------
    Cai, Namkoong and Yadlowsky (2023), "Diagnosing model performance under distribution
    shift" (DISDE).
    """
    _enough(reference, current)
    realised(current)  # refuses too few outcomes
    scale = reference.plan.loss_scale
    before, now = reference.by_score("labelled"), current.by_score("labelled")
    loss = _rates(reference.by_score("loss"), before)
    n, m = float(now.sum()), float(before.sum())
    usual = reference.number("loss") / m
    weighted = float((now * loss).sum() / n)
    seen = current.number("loss") / n
    spread = current.number("loss_squares") / n - seen**2
    inverse = np.divide(1.0, before, out=np.zeros_like(before), where=before > 0)
    error = math.sqrt(max(0.0, spread) * (1 / n + float(((now / n) ** 2 * inverse).sum())))
    unseen = float(now[before < 10].sum() / n)
    parts = (weighted - usual, seen - weighted)
    return Split(
        rise=(seen - usual) * scale,
        covariate=parts[0] * scale,
        concept=parts[1] * scale,
        standard_error=error * scale,
        cause=_cause(*parts, least=max(floor / scale, 3 * error), unseen=unseen),
    )


def binned_auc(positive: Numbers, negative: Numbers) -> float:
    """Return the area under the ROC curve from counts by bin; ties count one half."""
    pairs = float(positive.sum() * negative.sum())
    if pairs <= 0:
        return math.nan
    below = np.concatenate(([0.0], np.cumsum(negative)[:-1]))
    return float((positive * (below + negative / 2)).sum() / pairs)


def _cause(covariate: float, concept: float, *, least: float, unseen: float) -> Cause:
    if unseen > UNSEEN:
        return "cannot tell"
    found = (covariate > least, concept > least)
    names: dict[tuple[bool, bool], Cause] = {
        (True, True): "both",
        (True, False): "covariate",
        (False, True): "concept",
        (False, False): "neither",
    }
    return names[found]


def _enough(reference: Slice, current: Slice) -> None:
    n, m = current.number("known", current.plan.score), reference.number("labelled")
    if m < MIN_LABELS or n < MIN_LABELS:
        raise NotEnoughDataError(
            f"an estimate needs {MIN_LABELS} outcomes in the reference and as many rows now, "
            f"got {m:.0f} and {n:.0f}"
        )


def _rates(sums: Numbers, counts: Numbers) -> Numbers:
    """Return means by bin; an empty bin gets the mean of all."""
    usual = float(sums.sum() / counts.sum())
    return np.divide(sums, counts, out=np.full_like(sums, usual), where=counts > 0)
