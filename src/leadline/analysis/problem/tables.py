"""Tables as they come: the same few verbs for pandas, polars, pyarrow, numpy and dicts.

A model wants back the kind of table that it was trained on, so every verb returns the
container that it was given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import narwhals as nw
import numpy as np
from scipy import sparse

from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

Table: TypeAlias = Any
"""A pandas, polars or pyarrow table, a numpy or scipy.sparse array, a list of dicts, or a
dict of columns."""


def addressed(table: Table, *, name: str) -> Table:
    """Return the table in a form whose rows and columns can be picked.

    Raises
    ------
    InputError
        An array of more than two dimensions.
    """
    if sparse.issparse(table):
        return table.tocsr()
    if isinstance(table, np.ndarray) and table.ndim > 2:
        raise InputError(
            f"{name} is an array of shape {table.shape}; a table has rows and columns",
            hint="Pass one row per prediction: array.reshape(len(array), -1) if that is it.",
        )
    return table


def is_shuffled(table: Table, values: Any) -> bool:
    """Whether a table and a column, both of pandas, name the same rows in another order."""
    one: Any = getattr(table, "index", None)
    other: Any = getattr(values, "index", None)
    if not all(hasattr(index, "is_unique") for index in (one, other)):
        return False
    if len(one) != len(other) or one.equals(other):
        return False
    return bool(one.is_unique and other.is_unique and set(one) == set(other))


def in_one_order(table: Table, values: Any, *, name: str) -> None:
    """Refuse a table and a column whose rows belong together in another order.

    Raises
    ------
    InputError
        Their indexes hold the same labels, shuffled.
    """
    if is_shuffled(table, values):
        raise InputError(
            f"y_{name} has the index of X_{name} in another order",
            hint=f"Pass y_{name}.loc[X_{name}.index], or y_{name}.to_numpy() if rows"
            " belong together by their place.",
        )


def with_columns_of(table: Table, other: Table, *, name: str) -> Table:
    """Return the table with the columns of another one, in its order.

    What the other lacks is left out: no model was trained on it.

    Raises
    ------
    InputError
        A column of the other is not there.
    """
    have, wanted = names(table), names(other)
    if have == wanted or _is_array(table) or _is_array(other):
        return table
    known = set(have)
    missing = [column for column in wanted if column not in known]
    if missing:
        some = ", ".join(missing[:10]) + (", …" if len(missing) > 10 else "")
        raise InputError(
            f"{name} lacks {some}, which the training table has",
            hint="Pass the same columns in every table.",
        )
    place = dict(zip(have, _labels(table), strict=True))
    return _select(table, [place[column] for column in wanted])


def n_rows(table: Table) -> int:
    """Return the number of rows."""
    if _is_array(table):
        return int(table.shape[0])
    if isinstance(table, Mapping):
        return max((len(values) for values in table.values()), default=0)
    return len(table) if _is_records(table) else len(_frame(table))


def names(table: Table) -> list[str]:
    """Return the names of the columns; the columns of an array are x0, x1, …"""
    if _is_array(table):
        return [f"x{j}" for j in range(_width(table))]
    return [str(label) for label in _labels(table)]


def take(table: Table, rows: NDArray[np.integer[Any]]) -> Table:
    """Return these rows, by position, in the same kind of table."""
    rows = np.asarray(rows, dtype=np.intp)
    if _is_array(table):
        return table[rows]
    if isinstance(table, Mapping):
        return {label: np.asarray(values)[rows] for label, values in table.items()}
    if _is_records(table):
        return [table[i] for i in rows]
    return _frame(table)[rows, :].to_native()


def columns(table: Table) -> Iterator[tuple[str, NDArray[Any]]]:
    """Go through (name, values) of every column, as `column` returns them."""
    if _is_array(table):
        for position, name in enumerate(names(table)):
            yield name, _array_column(table, position)
    elif isinstance(table, Mapping) or _is_records(table):
        for label in _labels(table):
            yield str(label), _column(table, label)
    else:
        frame = _frame(table)  # once: each time all its columns are looked through
        for label in frame.columns:
            yield str(label), np.asarray(frame.get_column(label).to_numpy())


def column(table: Table, name: str) -> NDArray[Any]:
    """Return one column as a numpy array; its missing values stay as they came."""
    position = _position(table, name)
    if _is_array(table):
        return _array_column(table, position)
    return _column(table, _labels(table)[position])


def drop(table: Table, columns: Iterable[str]) -> Table:
    """Return the table without these columns."""
    gone = {_position(table, name) for name in columns}
    kept = [j for j in range(len(names(table))) if j not in gone]
    if _is_array(table):
        return _matrix(table)[:, kept]
    labels = _labels(table)
    return _select(table, [labels[j] for j in kept])


def select(table: Table, columns: Iterable[str]) -> Table:
    """Return these columns of a table with names, in this order."""
    labels = _labels(table)
    return _select(table, [labels[_position(table, name)] for name in columns])


def has_names(table: Table) -> bool:
    """Whether columns have names of their own; those of an array are places."""
    return not _is_array(table)


def _select(table: Table, labels: list[Any]) -> Table:
    if isinstance(table, Mapping):
        return {label: table[label] for label in labels}
    if _is_records(table):
        return [{label: row.get(label) for label in labels} for row in table]
    return _frame(table).select([nw.col(label) for label in labels]).to_native()


MOST_LENT = 5_000_000
"""Cells of an array that are copied before a model sees them."""


def lent(table: Table) -> Table:
    """Return the table for a model that may write into it: the owner's stays as it is.

    Larger arrays than `MOST_LENT` are handed over as they are.
    """
    if isinstance(table, np.ndarray):
        return table.copy() if table.size <= MOST_LENT else table
    if hasattr(table, "iloc"):  # pandas: a column that is put into the copy stays there
        return table.copy(deep=False)
    if isinstance(table, Mapping):
        return dict(table)
    return [dict(row) for row in table] if isinstance(table, list) else table


def with_column(table: Table, name: str, values: NDArray[Any]) -> Table:
    """Return the table with this column replaced, or appended if it is new."""
    replaces = name in names(table)
    if _is_array(table):
        return _array_with_column(table, _position(table, name) if replaces else None, values)
    label = _labels(table)[_position(table, name)] if replaces else name
    if isinstance(table, Mapping):
        return {**table, label: values}
    if _is_records(table):
        return [{**row, label: value} for row, value in zip(table, values, strict=True)]
    return _frame_with_column(_frame(table), label, values)


def vector(values: Any, *, name: str = "y") -> NDArray[Any]:
    """Return a series, a list or a table of one column as a one-dimensional array.

    Raises
    ------
    InputError
        The values have more than one column.
    """
    if nw.dependencies.is_into_series(values) and not isinstance(values, np.ndarray):
        return np.asarray(nw.from_native(values, series_only=True).to_numpy())
    if nw.dependencies.is_into_dataframe(values):
        return _only_column(np.asarray(_frame(values).to_numpy()), name=name)
    if isinstance(values, np.ndarray):
        return _only_column(values, name=name)
    if hasattr(values, "to_pylist"):  # an array of pyarrow
        values = values.to_pylist()
    try:
        values = list(values)
    except TypeError:
        raise InputError(
            f"{name} is {values!r}, which is no column", hint="Pass one value per row."
        ) from None
    if all(isinstance(value, bool | int | float | np.number | np.bool_) for value in values):
        return np.asarray(values)
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


def _column(table: Table, label: Any) -> NDArray[Any]:
    if isinstance(table, Mapping):
        return vector(table[label])
    if _is_records(table):
        return vector([row.get(label) for row in table])
    return np.asarray(_frame(table).get_column(label).to_numpy())


def _only_column(values: NDArray[Any], *, name: str) -> NDArray[Any]:
    if values.ndim == 2 and values.shape[1] == 1:
        return values[:, 0]
    if values.ndim != 1:
        raise InputError(
            f"{name} must have one column, got an array of shape {values.shape}",
            hint="Pass one target at a time.",
        )
    return values


def _is_array(table: Table) -> bool:
    return isinstance(table, np.ndarray) or bool(sparse.issparse(table))


def _is_records(table: Table) -> bool:
    return isinstance(table, Sequence) and all(isinstance(row, dict) for row in table[:1])


def _frame(table: Table) -> nw.DataFrame[Any]:
    try:
        return nw.from_native(table, eager_only=True)
    except nw.exceptions.DuplicateError as error:
        raise InputError(
            f"column names must differ: {error}",
            hint="Rename or drop the repeated columns.",
        ) from None
    except TypeError:
        told, hint = _no_table(table)
        raise InputError(told, hint=hint) from None


def _no_table(given: Any) -> tuple[str, str]:
    """Say what was given in place of a table, and what to do about it."""
    if given is None:
        return "a table is missing: got None", "Pass X_train, y_train, X_test and y_test."
    if isinstance(given, str):
        return (
            f"{given!r} is a text and no table",
            "Read the file first (pandas.read_csv, polars.read_parquet), or give it to the"
            " command: leadline diagnose, leadline baseline.",
        )
    kind = type(given)
    if nw.dependencies.is_into_series(given):
        return (
            f"a {kind.__module__}.{kind.__name__} is one column and no table",
            "Pass a table of one column: series.to_frame().",
        )
    return (
        f"a {kind.__module__}.{kind.__name__} is not read as a table",
        "Pass a pandas, polars or pyarrow table, a numpy array or a list of dicts; collect a"
        " lazy table first.",
    )


def _labels(table: Table) -> list[Any]:
    if isinstance(table, Mapping):
        return list(table)
    if _is_records(table):
        return list(dict.fromkeys(label for row in table for label in row))
    return list(_frame(table).columns)


def _position(table: Table, name: str) -> int:
    known = names(table)
    if name not in known:
        shown = ", ".join(known[:20]) + (", …" if len(known) > 20 else "")
        raise InputError(f"there is no column {name!r}", hint=f"The columns are {shown}.")
    return known.index(name)


def _width(table: Table) -> int:
    return 1 if table.ndim == 1 else int(table.shape[1])


def _matrix(table: Table) -> Any:
    return table[:, None] if table.ndim == 1 else table


def _array_column(table: Table, position: int) -> NDArray[Any]:
    if sparse.issparse(table):
        return np.asarray(table[:, [position]].toarray()).ravel()
    return np.asarray(_matrix(table)[:, position])


def _array_with_column(table: Table, position: int | None, values: NDArray[Any]) -> Table:
    columns = [_array_column(table, j) for j in range(_width(table))]
    if position is None:
        columns.append(values)
    else:
        columns[position] = values
    mixed = {c.dtype.kind in "biuf" for c in columns} == {True, False}
    return np.column_stack([c.astype(object) for c in columns] if mixed else columns)


def _frame_with_column(frame: nw.DataFrame[Any], label: Any, values: NDArray[Any]) -> Table:
    """Keep the column's old type where the new values fit: models look at it."""
    old = frame.get_column(label) if label in frame.columns else None
    if frame.implementation.is_pandas_like():
        return _pandas_with_column(frame.to_native(), label, values, old=old)
    make = partial(nw.new_series, label, backend=frame.implementation)
    plain = values.tolist()  # not every library takes a numpy array of objects
    for dtype in (None if old is None else old.dtype, None):
        with suppress(TypeError, ValueError, ArithmeticError):
            return frame.with_columns(make(plain, dtype)).to_native()
    # Numbers and words in one column: only text holds both.
    texts = [None if value is None else str(value) for value in plain]
    return frame.with_columns(make(texts)).to_native()


def _pandas_with_column(native: Any, label: Any, values: NDArray[Any], *, old: Any) -> Any:
    changed = native.copy()
    changed[label] = values
    if old is not None:
        # The categories belong to the type; a booster compares them.
        with suppress(TypeError, ValueError):
            changed[label] = changed[label].astype(native[label].dtype)
    return changed
