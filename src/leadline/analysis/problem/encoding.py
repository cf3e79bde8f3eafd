"""Numbers out of any table, for quick reference models and drift tests.

Nothing here looks at the target, so what is fitted on training rows leaks nothing.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from leadline.analysis.problem import tables
from leadline.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.problem.tables import Table

SECONDS_PER_DAY = 86_400.0
ONE_DAY = timedelta(days=1)
EPOCH = date(1970, 1, 1).toordinal()
MOSTLY = 0.9
"""Share of a mixed column's values that must be numbers for it to be read as numbers."""

FEW_TEXTS = 200
"""Different texts, all digits, up to which a column holds names and not numbers."""

ISO_DATE = re.compile(r"\s*\d{4}-\d\d")
WORD = re.compile(r"\w{2,}")


TWO_WEEKS, MOST_OF_A_YEAR = 14.0, 300.0
FIRST_DATE = 3_650.0
"""Days since 1970 below which a column holds durations or times of day, not dates."""

PARTS: dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "hour": lambda days: days % 1 * 24,
    "weekday": lambda days: (np.floor(days) + 3) % 7,  # 1970 began on a Thursday; Monday is 0
    "day of the year": lambda days: days % 365.2425,
}


class Encoder:
    """Turn a table of anything into a matrix of floats, in which nan means missing.

    Numbers stay, infinities become nan, booleans 0 and 1, dates and durations days; a column
    of dates also gives its hour, weekday and day of the year, where its range tells them.
    Categories become codes, the commonest 0; code m is for categories too rare to have
    one of their own and m+1 for those never seen in training. A category with more
    values than `max_categories` also gives its share of the training rows. Long and
    various text gives its length, its number of words, and which of its `n_words`
    commonest words (in 2 to 60 % of rows) it contains.

    Parameters
    ----------
    max_categories : int
        Categories of one column that get a code of their own.
    n_words : int
        Words of one text column that get a column of their own.
    """

    def __init__(self, *, max_categories: int = 200, n_words: int = 30) -> None:
        self.max_categories = max_categories
        self.n_words = n_words
        self._columns: dict[str, _Column] = {}

    def fit(self, table: Table) -> Encoder:
        """Learn types, categories and common words."""
        self._columns = {
            name: self._fit(values, name) for name, values in tables.columns(table)
        }
        return self

    def transform(self, table: Table) -> NDArray[np.float64]:
        """Return shape (n_rows, len(names)).

        Raises
        ------
        InputError
            A column that was there in `fit` is missing.
        """
        missing = self._columns.keys() - set(tables.names(table))
        if missing:
            raise InputError(
                f"the table lacks {', '.join(sorted(missing)[:10])}, known from training",
                hint="Pass the same columns in every table.",
            )
        out = np.empty((tables.n_rows(table), len(self.names)), order="F")
        place = self._places()
        for name, values in tables.columns(table):
            if name in place:
                out[:, place[name]] = self._columns[name].transform(values)
        return out

    def fit_transform(self, table: Table) -> NDArray[np.float64]:
        """Fit, then transform the same table."""
        return self.fit(table).transform(table)

    @property
    def names(self) -> list[str]:
        """The name of each column of the matrix."""
        return [name for c in self._columns.values() for name in c.names]

    @property
    def sources(self) -> list[str]:
        """For each column of the matrix, the column of the table that it came from."""
        return [source for source, c in self._columns.items() for _ in c.names]

    @property
    def categorical_mask(self) -> NDArray[np.bool_]:
        """Which columns of the matrix hold codes whose order means nothing."""
        codes = [
            i == 0 and c.kind == "category"
            for c in self._columns.values()
            for i in range(len(c.names))
        ]
        return np.array(codes, dtype=bool)

    @property
    def kinds(self) -> dict[str, str]:
        """How each column was read: number, boolean, date, category, text or empty."""
        return {name: c.kind for name, c in self._columns.items()}

    @property
    def categories(self) -> dict[str, tuple[str, ...]]:
        """The categories that have a code of their own, by column, in the codes' order."""
        return {
            name: c.categories
            for name, c in self._columns.items()
            if isinstance(c, _Categories)
        }

    def _places(self) -> dict[str, slice]:
        """Which columns of the matrix each column of the table fills."""
        widths = [len(column.names) for column in self._columns.values()]
        stops = list(accumulate(widths))
        return {
            name: slice(stop - width, stop)
            for name, width, stop in zip(self._columns, widths, stops, strict=True)
        }

    def _fit(self, values: NDArray[Any], name: str) -> _Column:
        kind = kind_of(values)
        if kind == "date":
            return _fit_dates(as_numbers(values), name=name)
        if kind != "category":
            return _Numbers(names=(name,), kind=kind)
        texts = as_texts(values)
        counts = Counter(text for text in texts if text is not None)
        if _is_prose(counts):
            return _fit_words(counts, name=name, n_words=self.n_words)
        return _fit_categories(counts, name=name, most=self.max_categories)


class _Column(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def names(self) -> tuple[str, ...]: ...
    def transform(self, values: NDArray[Any]) -> NDArray[np.float64]: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class _Numbers:
    kind: str
    names: tuple[str, ...]

    def transform(self, values: NDArray[Any]) -> NDArray[np.float64]:
        return as_numbers(values)[:, None]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Dates:
    """Days, and what comes back with the hour, the week and the year."""

    names: tuple[str, ...]
    parts: tuple[str, ...]
    kind: str = "date"

    def transform(self, values: NDArray[Any]) -> NDArray[np.float64]:
        days = as_numbers(values)
        return np.column_stack([days, *(PARTS[part](days) for part in self.parts)])


@dataclass(frozen=True, kw_only=True, slots=True)
class _Categories:
    names: tuple[str, ...]
    categories: tuple[str, ...]
    shares: dict[str, float]
    kind: str = "category"

    def transform(self, values: NDArray[Any]) -> NDArray[np.float64]:
        texts = as_texts(values)
        rare = float(len(self.categories))
        codes: dict[str | None, float] = {None: np.nan}
        codes.update(dict.fromkeys(self.shares, rare))
        codes.update({category: float(i) for i, category in enumerate(self.categories)})
        out = [np.array([codes.get(text, rare + 1) for text in texts])]
        if len(self.names) == 2:
            out.append(np.array([self._share(text) for text in texts]))
        return np.column_stack(out)

    def _share(self, text: str | None) -> float:
        return np.nan if text is None else self.shares.get(text, 0.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Words:
    names: tuple[str, ...]
    words: tuple[str, ...]
    kind: str = field(default="text")

    def transform(self, values: NDArray[Any]) -> NDArray[np.float64]:
        texts = as_texts(values)
        position = {word: j + 2 for j, word in enumerate(self.words)}
        out = np.zeros((len(texts), len(self.words) + 2))
        for i, text in enumerate(texts):
            if text is None:
                out[i] = np.nan
                continue
            words = WORD.findall(text.lower())
            out[i, 0], out[i, 1] = len(text), len(words)
            for word in position.keys() & set(words):
                out[i, position[word]] = 1.0
        return out


def kind_of(values: NDArray[Any]) -> str:
    """Say how a column is read: number, boolean, date, category or empty.

    Mixed columns are numbers if nine in ten of their values are, otherwise categories.
    """
    if values.dtype.kind in "iuf":
        return (
            "empty" if values.dtype.kind == "f" and bool(np.isnan(values).all()) else "number"
        )
    if values.dtype.kind in "bmM":
        return "boolean" if values.dtype.kind == "b" else "date"
    present = [value for value in values.tolist() if not is_missing(value)]
    return _kind_of_objects(present) if present else "empty"


def is_missing(value: Any) -> bool:
    """Whether a value of any library means "not known": None, nan, NaT, NA, empty text."""
    if type(value) is float:
        return math.isnan(value)
    if isinstance(value, str):
        return not value.strip()
    return value is None or type(value).__name__ in {"NAType", "NaTType"} or _is_nan(value)


def as_number(value: Any) -> float:
    """Return one value as a float, nan if it is none; dates and durations are in days."""
    if type(value) is float:  # most values are, and the way below is a hundred times as long
        return value
    if is_missing(value):
        return np.nan
    if isinstance(value, date | time | timedelta):
        return _days(value)
    if isinstance(value, int | float | str | Decimal | np.number | np.bool_):
        with suppress(ValueError, OverflowError):
            return float(value)
    if isinstance(value, str) and ISO_DATE.match(value):
        with suppress(ValueError):
            return _days(datetime.fromisoformat(value.strip()))
    return np.nan


def _days(value: date | time | timedelta) -> float:
    if isinstance(value, timedelta):
        return value / ONE_DAY
    if isinstance(value, time):
        return value.hour / 24 + value.minute / 1440 + value.second / SECONDS_PER_DAY
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.timestamp() / SECONDS_PER_DAY
    return float(value.toordinal() - EPOCH)


def as_numbers(values: NDArray[Any]) -> NDArray[np.float64]:
    """Return a column as floats: dates in days since 1970, nan where there is no number."""
    if values.dtype.kind in "mM":
        unit = values.astype(f"{values.dtype.kind}8[s]")
        out = unit.astype(np.float64) / SECONDS_PER_DAY
        out[np.isnat(values)] = np.nan
    elif values.dtype.kind in "iufb":
        out = values.astype(np.float64)
    else:
        out = np.array([as_number(value) for value in values.tolist()], dtype=np.float64)
    out[np.isinf(out)] = np.nan
    return out


def as_texts(values: NDArray[Any]) -> list[str | None]:
    """Return a column as text, None where it is missing; 3.0 is written 3."""
    plain = values.tolist()
    try:
        texts = {value: None if is_missing(value) else _text(value) for value in set(plain)}
    except TypeError:  # lists or dicts in cells
        return [None if is_missing(value) else _text(value) for value in plain]
    return [texts[value] for value in plain]


def _kind_of_objects(present: list[Any]) -> str:
    types = Counter(type(value) for value in present)
    if all(issubclass(kind, bool | np.bool_) for kind in types):
        return "boolean"
    if all(issubclass(kind, date | time | timedelta) for kind in types):
        return "date"
    if set(types) == {str}:
        first = present[:100]
        if np.isnan([as_number(value) for value in first]).all():
            return "category"
        if sum(ISO_DATE.match(value) is not None for value in first) >= MOSTLY * len(first):
            return "date"
    n_numbers = sum(not np.isnan(as_number(value)) for value in present)
    if set(types) == {str} and n_numbers == len(present):
        # Somebody wrote numbers as text: a few are names, as postcodes; many are numbers.
        return "category" if len(set(present)) <= FEW_TEXTS else "number"
    return "number" if n_numbers >= MOSTLY * len(present) else "category"


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _is_nan(value: Any) -> bool:
    return isinstance(value, float | np.floating) and bool(np.isnan(value))


def _is_prose(counts: Counter[str]) -> bool:
    """Many different values of several words each."""
    n_words = sum(len(text.split()) for text in counts)
    return len(counts) > 50 and n_words >= 4 * len(counts)


def _fit_categories(counts: Counter[str], *, name: str, most: int) -> _Categories:
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    total = counts.total()
    return _Categories(
        names=(name, f"{name} (frequency)") if len(ranked) > most else (name,),
        categories=tuple(category for category, _ in ranked[:most]),
        shares={category: count / total for category, count in ranked},
    )


def _fit_dates(days: NDArray[np.float64], *, name: str) -> _Dates:
    """Keep the parts that these dates can tell: no season of a week, no hour of whole days."""
    known = days[np.isfinite(days)]
    span = float(np.ptp(known)) if known.size else 0.0
    dated = bool(known.size) and float(np.median(known)) > FIRST_DATE
    parts = tuple(
        part
        for part, told in (
            ("hour", span > 2 and bool((known % 1 != 0).any())),
            ("weekday", span > TWO_WEEKS),
            ("day of the year", span > MOST_OF_A_YEAR),
        )
        if dated and told
    )
    return _Dates(names=(name, *(f"{name} ({part})" for part in parts)), parts=parts)


def _fit_words(counts: Counter[str], *, name: str, n_words: int) -> _Words:
    in_rows: Counter[str] = Counter()
    for text, count in counts.items():
        in_rows.update(dict.fromkeys(WORD.findall(text.lower()), count))
    total = counts.total()
    telling = [(-n, word) for word, n in in_rows.items() if 0.02 * total <= n <= 0.6 * total]
    words = tuple(word for _, word in sorted(telling)[:n_words])
    contains = [f'{name} contains "{word}"' for word in words]
    return _Words(names=(f"{name} (length)", f"{name} (words)", *contains), words=words)
