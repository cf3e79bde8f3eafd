"""Which kind of problem a target poses, why, and what other framings would change."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.analysis.problem.encoding import as_number, as_numbers, is_missing
from leadline.analysis.problem.framings import FRAMINGS, Framing
from leadline.analysis.problem.tables import vector
from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

KINDS = ("binary", "multiclass", "regression", "ranking", "click", "forecast")

FEW_CLASSES = 20
"""Whole numbers with at most this many values, each seen often, are classes."""

MOST_GRADE = 31
"""NDCG counts a grade as 2^grade − 1, so that higher ones would drown all others."""

RARE = 0.05
"""Positives at most this common, next to a position or an impression, are clicks."""

EXPOSURE = re.compile(r"position|impression|slot|propensit|click|(^|_)rank($|_)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """What is predicted.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    reason : str
        Why, in one clause with its number.
    classes : tuple
        The target's own values in the order of codes 0, 1, …; empty where the target is
        a number. In a binary problem the second is the positive one.
    others : tuple of Framing
        Two other ways to pose it.
    """

    kind: str
    reason: str
    classes: tuple[Any, ...] = ()
    n_values: int = 2
    others: tuple[Framing, ...] = field(default=())

    @property
    def is_classification(self) -> bool:
        """Whether the target is one of a few classes."""
        return self.kind in {"binary", "multiclass", "click"}

    @property
    def is_constant(self) -> bool:
        """Whether the training target has one value only."""
        return self.n_values < 2

    @property
    def positive(self) -> Any:
        """The class whose probability is predicted; None where there is no such class."""
        return self.classes[1] if self.kind in {"binary", "click"} else None

    def encode(self, y: Any, *, of: str = "") -> NDArray[Any]:
        """Return class codes (int) or numbers (float), shape (n,).

        Parameters
        ----------
        y : column of shape (n,)
        of : str
            What messages call its rows: "training", "test", "production".

        Raises
        ------
        InputError
            A value is missing, is no known class, or is no number.
        """
        values = vector(y)
        _all_known(values, of=of)
        if not self.is_classification:
            return _grades(values) if self.kind == "ranking" else _finite(values)
        codes = {_key(value): code for code, value in enumerate(self.classes)}
        listed = _listed(values)
        known = {value: codes.get(_key(value), -1) for value in _counted(listed)}
        if -1 in known.values():
            stranger = next(value for value in listed if known[value] < 0)
            raise InputError(
                f"the target has {stranger!r}, which is none of {list(self.classes)[:10]}",
                hint="Pass y_test along with y_train, both with the same classes.",
            )
        return np.array([known[value] for value in listed], dtype=np.int64)


def infer_problem(
    y: Any,
    *,
    y_test: Any = None,
    kind: str | None = None,
    groups: Any = None,
    time: Any = None,
    columns: Iterable[str] = (),
    positive: Any = None,
) -> Problem:
    """Say what kind of problem a target poses, and why.

    Parameters
    ----------
    y, y_test : column of shape (n,)
        The target in training and test rows; classes are taken from both.
    kind : str, optional
        One of `KINDS`: overrides what would be inferred.
    groups : column of shape (n,), optional
        The query, user or request of each training row.
    time : column of shape (n,), optional
        When each training row happened.
    columns : iterable of str
        Names of the features; "position" or "impressions" make rare positives clicks.
    positive : value, optional
        The class whose probability is predicted.

    Raises
    ------
    InputError
        `kind` is unknown, or does not fit the target.
    """
    train = vector(y)
    both = np.concatenate([train, vector(y_test)]) if y_test is not None else train
    if kind is not None and kind not in KINDS:
        raise InputError(f"kind {kind!r} is unknown", hint=f"Choose one of {', '.join(KINDS)}.")
    if both.size == 0:
        raise InputError("the target has no rows", hint="Pass at least one training row.")
    classes = _classes(both)
    if len(classes) == 2:
        classes = _two(classes, positive=positive)
    found, reason = _infer(both, classes, groups=groups, time=time, columns=columns)
    chosen = kind or found
    if chosen in {"binary", "click"}:
        classes = _two(classes, positive=positive)
    return Problem(
        kind=chosen,
        reason=reason if kind is None or kind == found else f"you said so; {reason}",
        classes=classes if chosen in {"binary", "click", "multiclass"} else (),
        n_values=len({_key(value) for value in _counted(_listed(train))}),
        others=FRAMINGS[chosen],
    )


def _infer(
    values: NDArray[Any],
    classes: tuple[Any, ...],
    *,
    groups: Any,
    time: Any,
    columns: Iterable[str],
) -> tuple[str, str]:
    n = len(classes)
    if n <= 2:
        return _infer_two(values, classes, columns=columns)
    numeric = all(not np.isnan(as_number(value)) for value in classes)
    if not numeric:
        return "multiclass", f"the target has {n} classes"
    numbers = as_numbers(values)
    grades = bool(np.all(numbers == np.floor(numbers))) and n <= FEW_CLASSES
    if groups is not None and grades and numbers.min() == 0:
        return "ranking", f"the target grades rows 0–{int(numbers.max())} within groups"
    if time is not None:
        return "forecast", f"the target is a number with {n} values, in order of time"
    if grades and values.size >= 10 * n:
        return "multiclass", f"the target has {n} whole numbers, each seen often"
    return "regression", f"the target is a number with {n} values"


def _infer_two(
    values: NDArray[Any], classes: tuple[Any, ...], *, columns: Iterable[str]
) -> tuple[str, str]:
    if len(classes) < 2:
        always = f"the target is always {classes[0]!r}" if classes else "it is empty"
        is_size = bool(classes) and not np.isnan(as_number(classes[0]))
        is_size = is_size and classes[0] not in (0, 1)  # 0 and 1 say no and yes
        return ("regression" if is_size else "binary"), always
    counted, positive = _counted(_listed(values)), _key(classes[1])
    n_positive = sum(n for value, n in counted.items() if _key(value) == positive)
    share = n_positive / values.size
    reason = f"the target is {classes[0]!r} or {classes[1]!r}"
    reason += f" ({classes[1]!r} in {share:.1%} of the rows)"
    exposure = [name for name in columns if EXPOSURE.search(name)]
    if share <= RARE and exposure and classes in {(0, 1), (False, True)}:
        return "click", f"{reason}, beside {exposure[0]}"
    return "binary", reason


def _classes(values: NDArray[Any]) -> tuple[Any, ...]:
    """Return distinct values, sorted where they can be, as Python's own."""
    distinct = {
        _key(value): value for value in _counted(_listed(values)) if not is_missing(value)
    }
    try:
        return tuple(sorted(distinct.values()))
    except TypeError:  # numbers and words in one target
        return tuple(sorted(distinct.values(), key=str))


def _two(classes: tuple[Any, ...], *, positive: Any) -> tuple[Any, ...]:
    if len(classes) > 2:
        raise InputError(
            f"a binary target has two values, this one has {len(classes)}",
            hint="Leave `kind` out, or pass kind='multiclass' or kind='regression'.",
        )
    if len(classes) == 1:  # constant: the other class exists, though never seen
        return (0, 1) if classes[0] in (0, 1) else (f"not {classes[0]}", classes[0])
    if positive is None or _same(positive, classes[1]):
        return classes
    if not _same(positive, classes[0]):
        raise InputError(
            f"positive is {positive!r}, which is none of {list(classes)}",
            hint="Name the class whose probability is predicted.",
        )
    return (classes[1], classes[0])


def _same(named: Any, value: Any) -> bool:
    """Whether a class is meant; a command line knows only words for numbers."""
    return bool(_key(named) == _key(value) or str(named) == str(value))


def _key(value: Any) -> Any:
    """Let 1, 1.0, True and numpy's 1 be the same class."""
    if is_missing(value):
        return None
    return value if isinstance(value, str) else _number_or(value)


def _number_or(value: Any) -> Any:
    number = as_number(value)
    return str(value) if np.isnan(number) else number


def _grades(values: NDArray[Any]) -> NDArray[np.float64]:
    grades = _finite(values)
    if grades.size and (grades.min() < 0 or grades.max() > MOST_GRADE):
        raise InputError(
            f"a ranking's target grades rows from 0 to {MOST_GRADE}, "
            f"this one goes from {grades.min():g} to {grades.max():g}",
            hint="Grade rows (0 for irrelevant), or pass kind='regression'.",
        )
    return grades


def _listed(values: NDArray[Any]) -> list[Any]:
    """Return the values as Python's own that can be counted; a list, say, as its text."""
    listed = values.tolist()
    try:
        hash(tuple(listed))
    except TypeError:
        return [_key(value) for value in listed]
    return list(listed)


def _counted(listed: list[Any]) -> dict[Any, int]:
    """Count each distinct value: a rule asked of every row is slow where there are many.

    Of 1, 1.0 and True the last one stands for all.
    """
    counted = Counter(reversed(listed))
    return {value: counted[value] for value in reversed(counted)}


def _all_known(values: NDArray[Any], *, of: str) -> None:
    if not any(is_missing(value) for value in _counted(_listed(values))):
        return
    missing = [row for row, value in enumerate(values.tolist()) if is_missing(value)]
    raise InputError(
        f"{len(missing):,} of {values.size:,} {of} rows have no target (the first is row"
        f" {missing[0]}, {values.tolist()[missing[0]]!r})".replace("  ", " "),
        hint="Drop rows without a target.",
    )


LARGEST, SMALLEST = 1e100, 1e-100
"""Squares of larger and smaller numbers are no numbers any more."""


def _finite(values: NDArray[Any]) -> NDArray[np.float64]:
    numbers = as_numbers(values)
    if np.isnan(numbers).any():
        row = int(np.flatnonzero(np.isnan(numbers))[0])
        raise InputError(
            f"the target of row {row} is {values.tolist()[row]!r}, which is no finite number",
            hint="Drop such rows, or mend them.",
        )
    size = float(np.abs(numbers).max(initial=0.0))
    if size and not SMALLEST < size < LARGEST:
        raise InputError(
            f"the target goes up to {size:.3g}, and squared errors of it are no numbers",
            hint="Give it in another unit: divide it by its usual size.",
        )
    return numbers
