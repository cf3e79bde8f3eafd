"""How sure a difference between two sets of scores on the same rows is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import rankdata, t

from leadline.analysis.problem import losses

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.problem.metrics import Metric

FEWEST = 5
"""Independent rows or clusters below which no interval is given."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """A paired difference with its interval; bounds are nan where `reason` says why.

    Attributes
    ----------
    estimate : float
        Positive means what the function that made it says.
    lower, upper : float
        Two-sided interval at `level`.
    standard_error : float
        Over `n_units` independent rows, clusters or queries.
    pvalue : float
        Two-sided, of no difference.
    method : str
        "paired t", "clustered t", "DeLong", "clustered DeLong" or "paired bootstrap".
    """

    estimate: float
    lower: float
    upper: float
    standard_error: float
    pvalue: float
    n_units: int
    level: float
    method: str
    reason: str = ""

    @property
    def is_positive(self) -> bool:
        """Whether the whole interval lies above 0; an unknown bound is no proof."""
        return self.lower > 0


def paired_difference(
    a: NDArray[np.float64],
    b: NDArray[np.float64],
    *,
    clusters: Any = None,
    sample_weight: NDArray[np.float64] | None = None,
    level: float = 0.95,
) -> Difference:
    """Estimate mean(a − b) of paired values.

    Parameters
    ----------
    a, b : arrays of shape (n,)
        Say, losses of the rule and of the model on the same rows.
    clusters : column of shape (n,), optional
        Rows of one user, query or day are not independent.
    sample_weight : array of shape (n,), optional
        Weights of rows.

    Returns
    -------
    Difference
        With the sandwich standard error of a weighted mean and Student's t with
        (independent units − 1) degrees of freedom.

    References
    ----------
    Cameron and Miller (2015), A practitioner's guide to cluster-robust inference,
    Journal of Human Resources 50(2), section II.
    """
    weights = np.ones(a.size) if sample_weight is None else np.asarray(sample_weight, float)
    values = a - b
    total = float(weights.sum())
    estimate = float(weights @ values / total) if total > 0 else np.nan
    influence = weights * (values - estimate) / total if total > 0 else values
    return _from_influence(
        estimate,
        influence,
        clusters=clusters,
        level=level,
        method="paired t" if clusters is None else "clustered t",
    )


def metric_difference(
    metric: Metric,
    y: NDArray[Any],
    a: NDArray[np.float64],
    b: NDArray[np.float64],
    *,
    rng: np.random.Generator,
    groups: Any = None,
    sample_weight: NDArray[np.float64] | None = None,
    level: float = 0.95,
    repeats: int = 200,
) -> Difference:
    """Estimate by how much scores `a` are better than scores `b` in the user's metric.

    Parameters
    ----------
    metric : Metric
        Positive differences mean that `a` is better, also where less is better.
    y : array of shape (n,)
        The encoded target.
    rng : numpy.random.Generator
        Used by the bootstrap only.
    groups : column of shape (n,), optional
        Queries or clusters, resampled as a whole.
    repeats : int
        Bootstrap samples.

    Returns
    -------
    Difference
        Means over rows or queries: Student's t. AUC: DeLong, clustered by `groups`.
        Anything else: paired bootstrap, normal interval.

    References
    ----------
    DeLong et al. (1988), Biometrics 44; Obuchowski (1997), Biometrics 53 for clusters.
    """
    sign = 1.0 if metric.greater_is_better else -1.0
    if metric.per_query is not None:
        codes = losses.group_codes(groups)
        x, z = metric.per_query(y, a, codes), metric.per_query(y, b, codes)
        seen = ~np.isnan(x)
        return paired_difference(sign * x[seen], sign * z[seen], level=level)
    if metric.per_row is not None:
        return paired_difference(
            sign * metric.per_row(y, a),
            sign * metric.per_row(y, b),
            clusters=groups,
            sample_weight=sample_weight,
            level=level,
        )
    if metric.name == "roc_auc" and a.ndim == 1 and sample_weight is None:
        return _delong(y, a, b, clusters=groups, level=level)
    return _bootstrap(
        metric, y, a, b, rng, groups=groups, sample_weight=sample_weight, level=level,
        repeats=repeats,
    )  # fmt: skip


def _from_influence(
    estimate: float,
    influence: NDArray[np.float64],
    *,
    clusters: Any,
    level: float,
    method: str,
) -> Difference:
    if clusters is not None:
        sums = np.bincount(losses.group_codes(clusters), weights=influence)
        influence = np.asarray(sums, dtype=np.float64)
    n = influence.size
    if n < FEWEST:
        unit = "rows" if clusters is None else "clusters"
        return _unknown(estimate, n, level, method, f"{n} independent {unit}, below {FEWEST}")
    if np.isnan(estimate):
        return _unknown(estimate, n, level, method, "the metric is undefined on these rows")
    se = float(np.sqrt(n / (n - 1) * np.sum(influence**2)))
    return _with_error(estimate, se, n, level, method, df=n - 1)


def _with_error(
    estimate: float, se: float, n: int, level: float, method: str, *, df: float
) -> Difference:
    half = float(t.ppf((1 + level) / 2, df)) * se
    if se > 0:
        pvalue = float(2 * t.sf(abs(estimate) / se, df))
    else:
        pvalue = 1.0 if estimate == 0 else 0.0
    return Difference(
        estimate=estimate,
        lower=estimate - half,
        upper=estimate + half,
        standard_error=se,
        pvalue=pvalue,
        n_units=n,
        level=level,
        method=method,
    )


def _unknown(estimate: float, n: int, level: float, method: str, reason: str) -> Difference:
    return Difference(
        estimate=estimate,
        lower=np.nan,
        upper=np.nan,
        standard_error=np.nan,
        pvalue=np.nan,
        n_units=n,
        level=level,
        method=method,
        reason=reason,
    )


def _delong(
    y: NDArray[Any],
    a: NDArray[np.float64],
    b: NDArray[np.float64],
    *,
    clusters: Any,
    level: float,
) -> Difference:
    method = "DeLong" if clusters is None else "clustered DeLong"
    n_pos = int(y.sum())
    if min(n_pos, y.size - n_pos) < FEWEST:
        few = f"{n_pos} positives and {y.size - n_pos} negatives, below {FEWEST}"
        gap = _auc_influence(y, a)[0] - _auc_influence(y, b)[0]
        return _unknown(gap, y.size, level, method, few)
    auc_a, influence_a = _auc_influence(y, a)
    auc_b, influence_b = _auc_influence(y, b)
    return _from_influence(
        auc_a - auc_b,
        influence_a - influence_b,
        clusters=clusters,
        level=level,
        method=method,
    )


def _auc_influence(
    y: NDArray[Any], scores: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64]]:
    """Return the AUC and each row's part in its error: its placement among the others."""
    positive = y == 1
    n_pos, n_neg = int(positive.sum()), int((~positive).sum())
    influence = np.zeros(y.size)
    if not n_pos or not n_neg:
        return np.nan, influence
    ranks = rankdata(scores)
    won = (ranks[positive] - rankdata(scores[positive])) / n_neg
    lost = 1 - (ranks[~positive] - rankdata(scores[~positive])) / n_pos
    auc = float(won.mean())
    influence[positive] = (won - auc) / n_pos
    influence[~positive] = (lost - auc) / n_neg
    return auc, influence


def _bootstrap(
    metric: Metric,
    y: NDArray[Any],
    a: NDArray[np.float64],
    b: NDArray[np.float64],
    rng: np.random.Generator,
    *,
    groups: Any,
    sample_weight: NDArray[np.float64] | None,
    level: float,
    repeats: int,
) -> Difference:
    sign = 1.0 if metric.greater_is_better else -1.0

    def gain(rows: NDArray[np.int64]) -> float:
        weights = None if sample_weight is None else sample_weight[rows]
        x = metric(y[rows], a[rows], sample_weight=weights)
        return sign * (x - metric(y[rows], b[rows], sample_weight=weights))

    members = _members(y.size, groups)
    n = len(members)
    estimate = gain(np.arange(y.size))
    method = "paired bootstrap"
    if n < FEWEST or np.isnan(estimate):
        why = (
            "the metric is undefined on these rows" if n >= FEWEST else f"{n} independent units"
        )
        return _unknown(estimate, n, level, method, why)
    draws = np.array([gain(_draw(members, rng)) for _ in range(repeats)])
    draws = draws[np.isfinite(draws)]
    if draws.size < repeats / 2:
        return _unknown(estimate, n, level, method, "most resamples leave the metric undefined")
    return _with_error(estimate, float(draws.std(ddof=1)), n, level, method, df=n - 1)


def _members(n: int, groups: Any) -> list[NDArray[np.int64]] | range:
    if groups is None:
        return range(n)
    codes = losses.group_codes(groups)
    order = np.argsort(codes, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(codes[order])) + 1)


def _draw(
    members: list[NDArray[np.int64]] | range, rng: np.random.Generator
) -> NDArray[np.int64]:
    picked = rng.integers(0, len(members), size=len(members))
    if isinstance(members, range):
        return picked
    return np.concatenate([members[i] for i in picked])
