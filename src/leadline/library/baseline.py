"""`leadline.baseline`: does the model beat the best rule without machine learning?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.analysis.baseline import choice, comparison, history, segments, worth
from leadline.analysis.baseline.rows import Rows, read_rows, row_numbers
from leadline.analysis.problem import metrics, models, tables
from leadline.analysis.problem.encoding import Encoder
from leadline.analysis.problem.kinds import infer_problem
from leadline.analysis.problem.patience import within
from leadline.analysis.problem.quiet import speak
from leadline.analysis.problem.tables import in_one_order, with_columns_of
from leadline.errors import InputError
from leadline.library.arguments import checked_budget, checked_seed
from leadline.library.baseline_result import BaselineResult, TriedRule

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.baseline.choice import Trial
    from leadline.analysis.problem.intervals import Difference
    from leadline.analysis.problem.kinds import Problem
    from leadline.analysis.problem.metrics import Metric
    from leadline.analysis.problem.tables import Table

TOO_GOOD = 0.999
RANKS_ONLY = {"roc_auc", "average_precision"}
"""Metrics that do not see whether probabilities are right."""

FEW_MOMENTS_NOTE = (
    "test rows span few moments, so intervals count rows: what shook all rows of a day "
    "is not in them"
)
NO_FEATURES_NOTE = (
    "there is no column but target and score: the only rule is one without features, and"
    " beating it is little; add the columns that people decide by"
)
QUERIES_NOTE = (
    "rows of one group are taken as belonging together, not as candidates of one query; "
    "pass kind='ranking' if they are"
)


def baseline(
    model_or_scores: Any,
    X_train: Table,
    y_train: Any,
    X_test: Table,
    y_test: Any,
    *,
    kind: str | None = None,
    metric: Any = None,
    groups: Any = None,
    time: Any = None,
    positive: Any = None,
    payoff: Any = None,
    kpi: Any = None,
    horizon: float | None = None,
    level: float = 0.95,
    budget_seconds: float = 600.0,
    random_state: int = 0,
) -> BaselineResult:
    """Compare a model with the best rule that needs no machine learning.

    Parameters
    ----------
    model_or_scores : estimator, booster, callable or column of shape (n_test,)
        A model, fitted or not (one that is not is fitted on a clone), or its scores of
        the test rows: probabilities of the positive class, one column per class, or
        numbers.
    X_train, X_test : table
        pandas, polars, pyarrow, numpy or a list of dicts. Both may be None beside scores:
        then they are compared with what says the same of every row.
    y_train, y_test : column
        The target.
    kind : str, optional
        binary, multiclass, regression, ranking, click or forecast: overrides what the
        target suggests.
    metric : str, callable or scorer, optional
        The kind's own by default: roc_auc, log_loss, rmse, ndcg, normalised_entropy.
    groups : str or (train, test), optional
        Queries, series, users: the name of a column in both tables, or a pair of columns.
        Rows of one group are not independent, and a ranking ranks within them.
    time : str or (train, test), optional
        When each row happened; makes a number a forecast and brings rules of history.
    positive : value, optional
        The class whose probability is predicted.
    payoff : mapping, matrix or callable, optional
        What decisions earn: `{"hit": 10, "false_alarm": -1}`.
    kpi : number or (name, number), optional
        What 1.0 of the metric is worth.
    horizon : float, optional
        How old the newest known outcome is when a row is predicted, in the unit of
        `time` (days, for dates); one step of time by default.
    level : float
        Of every interval.
    budget_seconds : float
        The model is given up when it learns and scores for longer than this.
    random_state : int
        The same number gives the same result.

    Returns
    -------
    BaselineResult
        `.beats`, `.gain`, `.gain_lower`, `.rule.sentence`, `.segments`, `.require()`.

    Raises
    ------
    InputError
        Tables and columns do not fit each other, or the model raised or hung.

    Examples
    --------
    >>> result = leadline.baseline(model, X_train, y_train, X_test, y_test)  # doctest: +SKIP
    >>> result.require(min_gain=0.01)  # doctest: +SKIP
    """
    checked_budget(budget_seconds, hint="Ten minutes (600) is enough for most models.")
    rng = np.random.default_rng(checked_seed(random_state))
    if X_train is None and X_test is None and not models.is_model(model_or_scores):
        X_train, X_test = (np.empty((len(tables.vector(y)), 0)) for y in (y_train, y_test))
    for name, table, y in (("train", X_train, y_train), ("test", X_test, y_test)):
        in_one_order(table, y, name=name)
    X_test = with_columns_of(X_test, X_train, name="X_test")
    problem = infer_problem(
        y_train,
        y_test=y_test,
        kind=kind,
        groups=_pair(groups, X_train, X_test, name="groups")[0],
        time=_pair(time, X_train, X_test, name="time")[0],
        columns=[*tables.names(X_train), str(getattr(y_train, "name", ""))],
        positive=positive,
    )
    train, test = _read(
        X_train, y_train, X_test, y_test, problem=problem, groups=groups, time=time
    )
    scored = _patiently_scored(
        model_or_scores, X_train, y_train, X_test, problem=problem, seconds=budget_seconds
    )
    asked = metrics.resolve_metric(metric or scored.metric, problem=problem)
    used = _usable(asked, test, scored.values, problem=problem)
    if horizon is not None and not horizon >= 0:
        raise InputError(
            f"horizon must be at least 0, got {horizon:g}",
            hint="It is how old the newest known outcome is: 1 for yesterday's.",
        )
    if horizon is None:
        horizon = 0.0 if train.time is None else history.step_of(train.time)
    trials = choice.try_rules(train, problem=problem, metric=used, horizon=horizon, rng=rng)
    best = trials[0].rule.score(test)
    compared = comparison.compare(
        test, best, scored.values, problem=problem, metric=used, rng=rng, level=level
    )
    notes = [*scored.notes, *_notes(asked, used, compared, trials, problem=problem)]
    if not train.matrix.shape[1]:
        notes.append(NO_FEATURES_NOTE)
    if groups is not None and kind is None and problem.kind in {"binary", "multiclass"}:
        notes.append(QUERIES_NOTE)
    if test.time is not None and compared.clusters is None:
        notes.append(FEW_MOMENTS_NOTE)
    earned = _worth(
        test, best, scored.values, compared, problem=problem, payoff=payoff, kpi=kpi
    )
    return _result(
        train,
        test,
        problem=problem,
        metric=used,
        trials=trials,
        scored=scored,
        compared=compared,
        worth=earned,
        notes=tuple(notes),
    )


def _result(
    train: Rows,
    test: Rows,
    *,
    problem: Problem,
    metric: Metric,
    trials: list[Trial],
    scored: _Scored,
    compared: comparison.Comparison,
    **said: Any,
) -> BaselineResult:
    return BaselineResult(
        verdict=_verdict(compared.gain),
        problem=problem,
        metric=metric.name,
        greater_is_better=metric.greater_is_better,
        rules=tuple(_tried(trial, test, metric) for trial in trials),
        model=scored.name,
        model_value=compared.model_value,
        rule_value=compared.rule_value,
        difference=compared.gain,
        loss_name=compared.loss_name,
        model_loss=compared.model_loss,
        rule_loss=compared.rule_loss,
        loss_difference=compared.loss_gain,
        segments=tuple(segments.find_segments(train, test, compared, problem=problem)),
        n_train=train.n,
        n_test=test.n,
        **said,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Scored:
    name: str
    values: NDArray[np.float64]
    metric: str | None
    notes: tuple[str, ...]


def _patiently_scored(
    given: Any,
    X_train: Table,
    y_train: Any,
    X_test: Table,
    *,
    problem: Problem,
    seconds: float,
) -> _Scored:
    try:
        return within(
            lambda: _score(given, X_train, y_train, X_test, problem=problem), seconds=seconds
        )
    except TimeoutError:
        speak()
        raise InputError(
            f"{models.model_name(given)} has not scored {tables.n_rows(X_test):,} test rows"
            f" in {seconds:g} s",
            hint="Give it more time (budget_seconds, --budget), or pass its scores.",
        ) from None


def _score(
    given: Any, X_train: Table, y_train: Any, X_test: Table, *, problem: Problem
) -> _Scored:
    n = tables.n_rows(X_test)
    notes: list[str] = []
    if given is None or isinstance(given, str | type):
        models.checked(given)
    if not models.is_model(given):
        name = "the score"
        values = models.as_scores(given, problem=problem, n=n, source="the scores")
    else:
        name = models.model_name(given)
        model, was_fitted = models.fitted(given, X_train, y_train)
        if not was_fitted:
            notes.append(f"{name} came unfitted; a clone was fitted on the training rows")
        values = models.predict(model, X_test, problem=problem)
    two = problem.kind in {"binary", "click"} and not problem.is_constant
    hard = two and bool(np.isin(values, (0.0, 1.0)).all())
    if hard:
        notes.append(
            "the scores are labels, not probabilities, so accuracy is compared; "
            "probabilities would let you choose the threshold"
        )
    metric = "accuracy" if hard else None
    return _Scored(name=name, values=values, metric=metric, notes=tuple(notes))


def _read(
    X_train: Table,
    y_train: Any,
    X_test: Table,
    y_test: Any,
    *,
    problem: Problem,
    groups: Any,
    time: Any,
) -> tuple[Rows, Rows]:
    """Encode both tables; what names the group, the time or the row is no feature."""
    of = _pair(groups, X_train, X_test, name="groups")
    when = _pair(time, X_train, X_test, name="time")
    keys = {key for key in (groups, time) if isinstance(key, str)}
    keys |= set(row_numbers(X_train))
    inputs = [tables.drop(t, keys) if keys else t for t in (X_train, X_test)]
    encoder = Encoder().fit(inputs[0])
    train, test = (
        read_rows(table, y, encoder=encoder, problem=problem, groups=g, time=t, of=name)
        for table, y, g, t, name in zip(
            inputs, (y_train, y_test), of, when, ("training", "test"), strict=True
        )
    )
    for name, rows in (("training", train), ("test", test)):
        if rows.n == 0:
            raise InputError(f"there are no {name} rows", hint="Pass at least one.")
    return train, test


def _pair(value: Any, X_train: Table, X_test: Table, *, name: str) -> tuple[Any, Any]:
    if value is None:
        return None, None
    if isinstance(value, str):
        return tables.column(X_train, value), tables.column(X_test, value)
    if isinstance(value, tuple | list) and len(value) == 2 and not np.isscalar(value[0]):
        return value[0], value[1]
    raise InputError(
        f"{name} is a {type(value).__name__}, which does not say both train and test",
        hint=f"Pass the name of a column, or a pair: {name}=(of_train, of_test).",
    )


def _worth(
    test: Rows,
    rule_scores: NDArray[np.float64],
    model_scores: NDArray[np.float64],
    compared: comparison.Comparison,
    *,
    problem: Problem,
    payoff: Any,
    kpi: Any,
) -> tuple[worth.Worth, ...]:
    found = []
    if payoff is not None:
        earned = worth.by_payoff(
            payoff,
            test.y,
            rule_scores,
            model_scores,
            problem=problem,
            clusters=compared.clusters,
            level=compared.gain.level,
        )
        found.append(earned)
    if kpi is not None:
        found.append(worth.by_kpi(kpi, compared.gain))
    return tuple(found)


def _usable(
    metric: Metric, test: Rows, scores: NDArray[np.float64], *, problem: Problem
) -> Metric:
    """Take the proper loss where test rows leave the metric undefined (one class)."""
    if np.isfinite(metric(test.y, scores, groups=test.groups)):
        return metric
    return metrics.of_loss(problem)


def _verdict(gain: Difference) -> str:
    if gain.lower > 0:
        return "beats"
    return "loses" if gain.upper < 0 else "cannot tell"


def _tried(trial: Trial, test: Rows, metric: Metric) -> TriedRule:
    return TriedRule(
        name=trial.rule.name,
        sentence=trial.rule.sentence,
        train=trial.metric,
        test=metric(test.y, trial.rule.score(test), groups=test.groups),
    )


def _notes(
    asked: Metric,
    used: Metric,
    compared: comparison.Comparison,
    trials: list[Trial],
    *,
    problem: Problem,
) -> list[str]:
    found = []
    if problem.is_constant:
        found.append("the training target never changes, so no model can learn anything")
    if asked is not used:
        found.append(f"{asked.name} is undefined on these test rows; {used.name} decides")
    if used.name == "roc_auc" and trials[0].metric > TOO_GOOD:
        found.append("one rule gets everything right: is that column known before the outcome?")
    if used.name in RANKS_ONLY and compared.gain.lower > 0 > compared.loss_gain.upper:
        found.append(
            f"the model is better in {used.name}, but its {compared.loss_name} is worse "
            "than the rule's: its probabilities are off; calibrate it"
        )
    return found
