"""Scores of whatever the user calls a model, in one shape per kind of problem."""

from __future__ import annotations

import copy
from contextlib import suppress
from inspect import isfunction, signature
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.analysis.problem import tables
from leadline.analysis.problem.encoding import as_numbers
from leadline.analysis.problem.quiet import quiet
from leadline.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.problem.kinds import Problem
    from leadline.analysis.problem.tables import Table


NO_MODEL = "Load a saved model first, or give its place to the command (--model)."

RETURN = "Return one score per row: a probability, a number, or one column per class."


def predict(model: Any, table: Table, *, problem: Problem, of: str = "") -> NDArray[np.float64]:
    """Ask a model for scores: probabilities where it has them.

    Parameters
    ----------
    model : estimator, booster or callable
        Anything with `predict_proba`, `decision_function` or `predict` (scikit-learn,
        XGBoost, LightGBM and CatBoost included), or a function of the table.
    table : table
        Rows to score.
    problem : Problem
        What is predicted; gives the order of classes.
    of : str
        What messages call the rows: "training", "test", "production".

    Returns
    -------
    array of shape (n,) or (n, n_classes)
        See `as_scores`.

    Raises
    ------
    InputError
        The model raised, or what it returned fits no score of this kind of problem.
    """
    name = model_name(model)
    try:
        # A model that prints must not spoil the JSON of a command.
        with quiet():
            raw, classes = _ask(model, tables.lent(as_learnt(model, table)), problem=problem)
    except (Exception, SystemExit) as error:  # a model must not end the program
        raise InputError(
            f"{name} raised {type(error).__name__} while predicting"
            f"{f' {of} rows' if of else ''}: {brief(error)}",
            hint=_hint(model, table, error),
        ) from error
    if raw is None:
        raise InputError(f"{name} predicted nothing: it returned None", hint=RETURN)
    return as_scores(raw, problem=problem, n=tables.n_rows(table), classes=classes, source=name)


def as_scores(
    values: Any,
    *,
    problem: Problem,
    n: int,
    classes: Any = None,
    source: str = "the prediction table",
) -> NDArray[np.float64]:
    """Bring scores into one shape.

    Parameters
    ----------
    values : column or matrix
        Probabilities, margins, labels, numbers or ranks.
    n : int
        Rows expected.
    classes : sequence, optional
        The class of each column of `values`; the problem's own order by default.

    Returns
    -------
    array of shape (n,) or (n, n_classes)
        Binary and click: probability of the positive class. Multiclass: one column per
        class of the problem, rows adding to 1. Otherwise a number per row.

    Raises
    ------
    InputError
        Wrong length or shape, or a score that is no finite number.
    """
    raw = as_matrix(values)
    if raw.shape[0] != n:
        raise InputError(f"{source} gave {raw.shape[0]} scores for {n} rows", hint=RETURN)
    if raw.shape[1] > 1:
        raw = _floats(raw, source=source)
    if problem.kind in {"binary", "click"}:
        scores = _binary(raw, classes=classes, problem=problem)
    elif problem.kind == "multiclass":
        scores = _multiclass(raw, classes=classes, problem=problem)
    else:
        scores = as_numbers(_one_column(raw, source=source))
    if not np.isfinite(scores).all():
        row = int(np.flatnonzero(~np.isfinite(scores.reshape(n, -1)).all(axis=1))[0])
        raise InputError(
            f"{source} gave no finite score for row {row}",
            hint="Score every row; leave out rows that the model does not serve.",
        )
    return scores


LONGEST = 200
"""Signs of a foreign error that a message repeats."""


def brief(error: BaseException) -> str:
    """Tell a foreign error in one line: some print the whole table."""
    told = " ".join(str(error).split())
    return told if len(told) <= LONGEST else told[:LONGEST].rsplit(" ", 1)[0] + " …"


def model_name(model: Any) -> str:
    """Return how messages call a model: its class, or the name of a function."""
    return str(getattr(model, "__name__", type(model).__name__))


def _ask(model: Any, table: Table, *, problem: Problem) -> tuple[Any, Any]:
    classes = getattr(model, "classes_", None)
    if problem.kind == "ranking" and classes is not None and len(classes):
        return _expected_grade(model, table, classes), None
    if problem.is_classification and hasattr(model, "predict_proba"):
        return model.predict_proba(table), classes
    if problem.is_classification and hasattr(model, "decision_function"):
        return _from_margin(np.asarray(model.decision_function(table), dtype=float)), classes
    if type(model).__module__.startswith("xgboost") and type(model).__name__ == "Booster":
        from xgboost import DMatrix  # noqa: PLC0415 (there only where the user has one)

        return model.predict(DMatrix(table, enable_categorical=True)), None
    if hasattr(model, "predict"):
        return model.predict(table), None
    if callable(model):
        return model(table), None
    raise TypeError("it is no estimator, booster or function")


def _expected_grade(model: Any, table: Table, classes: Any) -> Any:
    """Rank by what a classifier expects: its labels alone put most rows on one place."""
    if hasattr(model, "predict_proba"):
        chances = np.asarray(model.predict_proba(table), dtype=float)
    elif hasattr(model, "decision_function"):
        chances = _from_margin(np.asarray(model.decision_function(table), dtype=float))
    else:
        return model.predict(table)
    if chances.ndim == 1:
        chances = np.column_stack([1 - chances, chances])
    return chances @ as_numbers(np.asarray(classes))


def as_learnt(model: Any, table: Table) -> Table:
    """Return the columns that a fitted model knows, in its order.

    A table that names queries, days or customers beside the features is used as it is;
    where the model does not say what it knows, or knows more, it gets everything.
    """
    known = _known_columns(model) if tables.has_names(table) else []
    have = tables.names(table) if known else []
    if known == have or not set(known) <= set(have):
        return table
    return tables.select(table, known)


def _known_columns(model: Any) -> list[str]:
    """Names that scikit-learn, XGBoost, LightGBM and CatBoost keep from training."""
    for attribute in ("feature_names_in_", "feature_names_", "feature_name", "feature_names"):
        names: list[str] = []
        with suppress(Exception):  # some raise where nothing is kept
            found = getattr(model, attribute, None)
            found = found() if callable(found) else found
            names = [] if found is None else [str(name) for name in found]
        if names:
            return names
    return []


def checked(model: Any) -> Any:
    """Return what can be a model.

    Raises
    ------
    InputError
        It is a class that nobody made an instance of, or the place of a model.
    """
    if isinstance(model, type):
        raise InputError(
            f"{model.__name__} is a class and no model yet",
            hint=f"Pass an instance: {model.__name__}().",
        )
    if not is_model(model):
        told = repr(model) if isinstance(model, str | int | float) else type(model).__name__
        raise InputError(f"{told} is no estimator, booster or function", hint=NO_MODEL)
    return model


def _from_margin(margin: NDArray[np.float64]) -> NDArray[np.float64]:
    """Squash margins monotonically into (0, 1); one column per class sums to 1."""
    if margin.ndim == 1:
        return 0.5 * (1 + np.tanh(margin / 2))
    exponent = np.exp(margin - margin.max(axis=1, keepdims=True))
    return np.asarray(exponent / exponent.sum(axis=1, keepdims=True))


def _hint(model: Any, table: Table, error: BaseException) -> str:
    """Say what to try with a model that raised."""
    known = set(_known_columns(model)) if tables.has_names(table) else set()
    lacking = sorted(known - set(tables.names(table)))
    if lacking:
        return f"It was trained on columns that are not there: {', '.join(lacking[:10])}."
    if isinstance(error, TypeError) and isfunction(model) and not _takes_one(model):
        return "A function gets the table. If it makes a model, name what it makes."
    return _not_fitted(model) or "Check that it predicts on this very table alone."


def _takes_one(function: Any) -> bool:
    try:
        signature(function).bind(None)
    except TypeError:
        return False
    return True


def _not_fitted(model: Any) -> str:
    """Say what may be wrong with a model that only its owner can train."""
    if not hasattr(model, "fit") or hasattr(model, "get_params"):
        return ""
    return "Fit it first: without get_params, as scikit-learn has it, nobody else can."


def as_matrix(values: Any) -> NDArray[Any]:
    """Return scores of any shape and library as a matrix with one row per row."""
    if isinstance(values, np.ndarray):
        raw = values
    elif isinstance(values, list) and values and isinstance(values[0], list | tuple):
        raw = np.asarray(values)
    elif hasattr(values, "columns"):
        raw = np.column_stack([tables.column(values, c) for c in tables.names(values)])
    else:
        raw = tables.vector(values, name="the scores")
    return raw.reshape(raw.shape[0] if raw.ndim else 1, -1) if raw.size else raw[:, None]


def _floats(raw: NDArray[Any], *, source: str) -> NDArray[np.float64]:
    try:
        return raw.astype(np.float64)
    except (TypeError, ValueError):
        first = raw.ravel()[0]
        raise InputError(
            f"{source} gave {str(first)!r} where a number is expected", hint=RETURN
        ) from None


def _one_column(raw: NDArray[Any], *, source: str) -> NDArray[Any]:
    if raw.shape[1] != 1:
        raise InputError(
            f"{source} gave {raw.shape[1]} numbers a row where one is expected",
            hint="Without a model the tables hold its scores: pass the model if they are"
            " features.",
        )
    return np.asarray(raw[:, 0])


def _binary(raw: NDArray[Any], *, classes: Any, problem: Problem) -> NDArray[np.float64]:
    if classes is None and raw.shape[1] == 2:
        return np.asarray(raw[:, 1])
    if classes is not None and len(classes) == 1 and raw.shape[1] == 2:
        raw = raw[:, :1]  # scikit-learn's boosted trees give a second column to no class
    if classes is not None and raw.shape[1] == len(classes):
        return _align(raw, classes=classes, problem=problem)[:, 1]
    scores = _one_column(raw, source="a model of two classes")
    numbers = as_numbers(scores)
    if _are_classes(scores, problem=problem) and not set(problem.classes) <= {0, 1}:
        return problem.encode(scores).astype(np.float64)
    if numbers.size and (np.nanmin(numbers) < 0 or np.nanmax(numbers) > 1):
        return _from_margin(numbers)
    flipped = classes is not None and _codes(np.asarray(classes), problem=problem)[-1] == 0
    return 1 - numbers if flipped else numbers


def _multiclass(raw: NDArray[Any], *, classes: Any, problem: Problem) -> NDArray[np.float64]:
    k = len(problem.classes)
    if raw.shape[1] == 1:  # labels
        return np.asarray(np.eye(k)[problem.encode(raw[:, 0])])
    if classes is not None and raw.shape[1] == len(classes):
        return _align(raw, classes=classes, problem=problem)
    if raw.shape[1] != k:
        raise InputError(
            f"the scores have {raw.shape[1]} columns for {k} classes",
            hint=f"One probability per class, in the order {list(problem.classes)[:10]}.",
        )
    return raw


def _align(raw: NDArray[Any], *, classes: Any, problem: Problem) -> NDArray[np.float64]:
    """Put each column where the problem has its class; unknown classes stay at 0."""
    out = np.zeros((raw.shape[0], len(problem.classes)))
    out[:, _codes(np.asarray(classes), problem=problem)] = _floats(raw, source="the model")
    return out


def _codes(classes: NDArray[Any], *, problem: Problem) -> NDArray[np.int64]:
    """Codes of a model's classes; a model may have been trained on the codes themselves."""
    own = np.arange(len(problem.classes))
    if np.array_equal(classes, own) and not _are_classes(classes, problem=problem):
        return own
    if not _are_classes(classes, problem=problem):
        told = ", ".join(repr(value) for value in classes.tolist()[:5])
        target = ", ".join(repr(value) for value in problem.classes[:5])
        raise InputError(
            f"the model tells the classes {told} apart; the target has {target}",
            hint="Write the target as the model was trained on it.",
        )
    return problem.encode(classes)


def _are_classes(scores: NDArray[Any], *, problem: Problem) -> bool:
    try:
        problem.encode(scores)
    except InputError:
        return False
    return True


def is_model(value: Any) -> bool:
    """Whether something predicts or learns to, rather than being the predictions.

    Some estimators that are made of others have no `predict` before they are fitted.
    """
    return callable(value) or any(
        hasattr(value, n) for n in ("predict", "predict_proba", "fit")
    )


def fitted(model: Any, table: Table, y: Any) -> tuple[Any, bool]:
    """Return the model ready to predict, and whether it already was.

    A scikit-learn compatible estimator that was never fitted is cloned and fitted on
    the rows given; the user's own object is left alone.

    Raises
    ------
    InputError
        The model raised while it was fitted.
    """
    if not hasattr(checked(model), "fit") or _is_fitted(model):
        return model, True
    try:
        with quiet():
            return fresh_copy(model).fit(tables.lent(table), tables.vector(y)), False
    except (Exception, SystemExit) as error:
        raise InputError(
            f"{model_name(model)} raised {type(error).__name__} while fitting: {brief(error)}",
            hint="Check that a fresh copy of it trains on this very table, or pass it fitted.",
        ) from error


def fresh_copy(model: Any) -> Any:
    """Return an unfitted copy of an estimator."""
    from sklearn.base import clone  # noqa: PLC0415 (a second to import)

    try:
        return clone(model)
    except (RuntimeError, TypeError):  # CatBoost changes its own parameters
        return copy.deepcopy(model)


def _is_fitted(model: Any) -> bool:
    if hasattr(model, "is_fitted"):  # CatBoost
        return bool(model.is_fitted())
    from sklearn.exceptions import NotFittedError  # noqa: PLC0415
    from sklearn.utils.validation import check_is_fitted  # noqa: PLC0415

    try:
        check_is_fitted(model)
    except NotFittedError:
        return False
    except (TypeError, AttributeError):  # no estimator of scikit-learn: take it as it is
        return True
    return True
