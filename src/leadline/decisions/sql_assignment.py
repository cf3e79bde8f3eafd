"""The same assignment in SQL, so that a warehouse can check what a service did."""

from __future__ import annotations

from typing import Literal

from sqlglot import exp

from leadline.decisions.assignment import BUCKETS, HOLDOUT, OUTSIDE, Split
from leadline.errors import InputError

Dialect = Literal["duckdb", "postgres", "spark"]

_BUCKET = {
    "duckdb": "CAST('0x' || substr(md5({salt} || CAST({unit} AS VARCHAR)), 1, 13) AS BIGINT)",
    "postgres": (
        "CAST(CAST('x' || lpad(substr(md5({salt} || CAST({unit} AS TEXT)), 1, 13), 16, '0')"
        " AS BIT(64)) AS BIGINT)"
    ),
    "spark": (
        "CAST(conv(substr(md5(concat({salt}, CAST({unit} AS STRING))), 1, 13), 16, 10)"
        " AS BIGINT)"
    ),
}


def assignment_sql(split: Split, *, unit: str, dialect: Dialect) -> str:
    """Return a SQL expression for the arm of the unit in a column.

    Parameters
    ----------
    split : Split
    unit : str
        Name of the column with the unit's id, text or a whole number. The database
        must hold text as UTF-8.
    dialect : "duckdb", "postgres" or "spark"

    Returns
    -------
    str
        A `CASE` expression: an arm, `holdout` or `outside`, row by row what
        `Split.assign` returns.

    Raises
    ------
    InputError
        A dialect that is not known.
    """
    if dialect not in _BUCKET:
        raise InputError(f"{dialect!r} is no known dialect; there are {', '.join(_BUCKET)}")

    def place(salt: str) -> str:
        return _BUCKET[dialect].format(
            salt=_literal(f"{salt}:", dialect),
            unit=exp.to_identifier(unit, quoted=True).sql(dialect=dialect),
        )

    cases = []
    if split.holdout_below:
        cases.append((f"{place(split.holdout_salt)} < {split.holdout_below}", HOLDOUT))
    if split.ramp_below < BUCKETS:
        cases.append((f"{place(split.ramp_salt)} >= {split.ramp_below}", OUTSIDE))
    cases += [(f"{place(split.salt)} < {end}", arm) for arm, end in split.bounds]
    whens = " ".join(f"WHEN {test} THEN {_literal(arm, dialect)}" for test, arm in cases)
    return f"CASE {whens} END"


def _literal(text: str, dialect: Dialect) -> str:
    return exp.Literal.string(text).sql(dialect=dialect)
