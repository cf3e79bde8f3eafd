"""Counting the rows of many queries by one.

Such a query takes longer to write than to run. Who asks it often writes it once, with
`places` where addresses go, and has them `filled` each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet


def counts_of(queries: Iterable[QuerySet[Model]]) -> list[int]:
    """Return how many rows each of some queries has."""
    each = list(queries)
    return run(*counting(each)) if each else []


def counting(queries: Iterable[QuerySet[Model]]) -> tuple[str, list[Any]]:
    """Return the query that counts the rows of all of them, with its parameters."""
    counts: list[str] = []
    parameters: list[Any] = []
    for rows in queries:
        try:
            sql, given = rows.order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:  # one that is known to have none
            sql, given = "SELECT 1 WHERE 1 = 0", ()
        counts.append(f"(SELECT COUNT(*) FROM ({sql}) AS counted)")  # noqa: S608
        parameters += given
    return f"SELECT {', '.join(counts)}", parameters


def places(n: int) -> tuple[str, ...]:
    """Return what stands for so many addresses in a query: letters that no address has."""
    return tuple(f"\x1f{place}" for place in range(n))


def filled(parameters: Iterable[Any], values: Mapping[Any, Any]) -> list[Any]:
    """Return the parameters of a query with values in their places."""
    return [values.get(one, one) for one in parameters]


def run(sql: str, parameters: list[Any]) -> list[int]:
    """Return what a query of `counting` counted, in its order."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchone())
