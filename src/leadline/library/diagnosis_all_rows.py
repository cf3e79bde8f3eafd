"""How far columns moved, counted over all rows of files of which a diagnosis read a sample.

The counts are those of `leadline watch`: where to cut is read off a sample of the training
file, then one scan of each file counts every column at its cuts. No row enters memory.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from leadline.analysis.diagnosis.domain import counted_distance
from leadline.connectors.monitoring.counts_sql import ONE_DAY
from leadline.connectors.monitoring.reading import read_counts, read_cuts
from leadline.connectors.monitoring.roles import NUMBERS, Roles
from leadline.connectors.warehouse import open_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from leadline.analysis.diagnosis.result import ColumnShift, Diagnosis
    from leadline.analysis.monitoring.counts import Slice

COUNTED = (*NUMBERS, "text")
"""Kinds of columns that can be counted; of others the sample's distance stays."""


def with_all_rows(
    diagnosis: Diagnosis, *, train: str | Path, new: str | Path, n_train: int, n_new: int
) -> Diagnosis:
    """Return the diagnosis with its shift by column counted over all rows of two files.

    Parameters
    ----------
    train, new : path
        The training file and the one that it is compared with: production, or the test.
    n_train, n_new : int
        Their rows.

    Returns
    -------
    Diagnosis
        Every column that both files hold has the distance of all rows: at seventeen quantiles
        of the training rows for a number (a lower bound of Kolmogorov–Smirnov's that is off by
        a seventeenth at most), by the sixteen commonest values for a category.
    """
    old, other = open_table(train), open_table(new)
    kinds = {name: other.column(name).kind for name in other.names}
    columns = [
        shift.column
        for shift in diagnosis.shift
        if shift.column in old.names
        and shift.column in kinds
        and old.column(shift.column).kind in COUNTED
        and (old.column(shift.column).kind == "text") == (kinds[shift.column] == "text")
        and kinds[shift.column] in COUNTED
    ]
    if not columns:
        return diagnosis
    counted = _counted(old, other, columns, n_rows=n_train)
    rows = f"{{}}, all {n_new:,} rows"
    shifts = [
        replace(
            shift,
            distance=counted_distance(
                *bins, categorical=old.column(shift.column).kind == "text"
            ),
            missing_before=float(bins[0][-1] / bins[0].sum()),
            missing_after=float(bins[1][-1] / bins[1].sum()),
            sample=rows.format(shift.sample),
        )
        if (bins := counted.get(shift.column)) is not None
        else shift
        for shift in diagnosis.shift
    ]
    return replace(diagnosis, shift=tuple(sorted(shifts, key=_harm)))


def _harm(shift: ColumnShift) -> float:
    return -shift.distance * max(shift.dependence, 0.0)


def _counted(old: Any, new: Any, columns: Sequence[str], *, n_rows: int) -> dict[str, Any]:
    """Return the bins of each column in both tables; nulls are the last one."""
    plan = read_cuts(old, roles=Roles(watched=tuple(columns)), n_rows=n_rows).plan
    sides: list[Slice] = [
        read_counts(table, plan=plan, day="").over([ONE_DAY]) for table in (old, new)
    ]
    return {name: tuple(side.bins(name) for side in sides) for name in columns}
