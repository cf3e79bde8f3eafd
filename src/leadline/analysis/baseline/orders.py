"""Rules that put candidates in an order: by one column, recent, same category, nearest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.baseline.bm25 import fit_bm25
from leadline.analysis.baseline.rows import Rows, Rule
from leadline.analysis.problem import losses, tables
from leadline.analysis.problem.encoding import as_numbers, as_texts

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDE = re.compile(
    r"^(query|seed|source|anchor|current|item|doc|document|candidate|target|other)_",
    re.IGNORECASE,
)
POPULARITY = re.compile(
    r"popular|views|clicks|sales|sold|orders|plays|purchases", re.IGNORECASE
)
MOST_QUERIES = 300
"""Queries on which single columns are compared; a sum over 300 tells them apart."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sides:
    """Which columns describe the query (one value per query) and which the candidate."""

    query: list[str]
    candidate: list[str]
    kinds: dict[str, str]

    def pairs(self, kinds: set[str]) -> list[tuple[str, str]]:
        """Return (query column, candidate column) that share a name but for its prefix."""
        return [
            (q, c)
            for q in self.query
            for c in self.candidate
            if _stem(q) == _stem(c) and {self.kinds[q], self.kinds[c]} <= kinds
        ]

    def texts(self) -> tuple[str, str] | None:
        """Return the first columns of words on both sides, None where a side has none."""
        spoken = {"text", "category"}
        queries = [q for q in self.query if self.kinds[q] in spoken]
        candidates = [c for c in self.candidate if self.kinds[c] in spoken]
        best_query = sorted(queries, key=lambda q: (not q.startswith("query"), q))
        best = sorted(candidates, key=lambda c: (self.kinds[c] != "text", c))
        return (best_query[0], best[0]) if best_query and best else None


def read_sides(rows: Rows) -> Sides:
    """Tell the query's columns from the candidate's by whether they vary within queries."""
    codes = losses.group_codes(rows.groups)
    query: list[str] = []
    candidate: list[str] = []
    for name, values in tables.columns(rows.table):
        if name not in rows.encoder.kinds:
            continue
        distinct = len(set(zip(codes.tolist(), as_texts(values), strict=True)))
        (query if distinct == int(codes.max()) + 1 else candidate).append(name)
    return Sides(query=query, candidate=candidate, kinds=rows.encoder.kinds)


def one_column(rows: Rows) -> Rule | None:
    """Sort by the one column, up or down, that orders training queries best."""
    codes = losses.group_codes(rows.groups)
    some = np.flatnonzero(codes < MOST_QUERIES)
    best, chosen = -1.0, (0, 1.0)
    for j in np.flatnonzero(~rows.encoder.categorical_mask):
        values = np.nan_to_num(rows.matrix[some, j])
        for sign in (1.0, -1.0):
            ndcg = losses.ndcg_per_query(rows.y[some], sign * values, codes[some])
            found = float(np.nansum(ndcg))
            if found > best:
                best, chosen = found, (int(j), sign)
    if best < 0:
        return None
    return _by_column(rows, *chosen, name="one column")


def recent(rows: Rows) -> Rule | None:
    """Sort by the first date that differs between candidates, newest first."""
    dates = [name for name, kind in rows.encoder.kinds.items() if kind == "date"]
    if not dates:
        return None
    return _by_column(rows, rows.encoder.names.index(dates[0]), 1.0, name="recent")


def most_used(rows: Rows) -> Rule | None:
    """Sort by the first count of views, clicks or sales that the table holds."""
    numbers = [name for name, kind in rows.encoder.kinds.items() if kind == "number"]
    named = [name for name in numbers if POPULARITY.search(name)]
    if not named:
        return None
    return _by_column(rows, rows.encoder.names.index(named[0]), 1.0, name="popular")


def search_words(sides: Sides, rows: Rows) -> Rule | None:
    """Sort by BM25 between the query's words and the candidate's."""
    found = sides.texts()
    if found is None:
        return None
    query, candidate = found
    words = fit_bm25(as_texts(tables.column(rows.table, candidate)))

    def score(given: Rows) -> NDArray[np.float64]:
        asked, offered = (as_texts(tables.column(given.table, c)) for c in found)
        return words.score(asked, offered)

    sentence = f"candidates whose {candidate} holds the rarer words of {query} first (BM25)"
    return Rule(name="BM25", sentence=sentence, score=score)


def same_category(sides: Sides) -> Rule | None:
    """Put candidates of the query's own category first."""
    pairs = sides.pairs({"category", "boolean"})
    if not pairs:
        return None
    q, c = pairs[0]
    return Rule(
        name="same category",
        sentence=f"candidates first whose {c} is the {q}",
        score=lambda given: _same(given, q, c),
    )


def nearest(sides: Sides, rows: Rows) -> Rule | None:
    """Put candidates of the same category first, the nearest in number before the rest."""
    numbers = sides.pairs({"number", "date"})
    if not numbers:
        return None
    same = sides.pairs({"category", "boolean"})[:1]
    spread = [
        float(np.nanstd(as_numbers(tables.column(rows.table, c)))) or 1.0 for _, c in numbers
    ]

    def score(given: Rows) -> NDArray[np.float64]:
        far = np.zeros(given.n)
        for (q, c), width in zip(numbers, spread, strict=True):
            a, b = (as_numbers(tables.column(given.table, name)) for name in (q, c))
            far += np.nan_to_num(np.abs(a - b) / width, nan=1.0)
        closeness = 1 / (1 + far)  # below 1, so that the category decides first
        for q, c in same:
            closeness = closeness + _same(given, q, c)
        return np.asarray(closeness)

    within = f"in the same {_stem(same[0][1])} " if same else ""
    names = ", ".join(_stem(c) for _, c in numbers)
    return Rule(name="nearest", sentence=f"{within}nearest in {names} first", score=score)


def _by_column(rows: Rows, index: int, sign: float, *, name: str) -> Rule:
    column = rows.encoder.names[index]
    lowest = float(np.nanmin(sign * rows.matrix[:, index], initial=0.0)) - 1

    def score(given: Rows) -> NDArray[np.float64]:
        return np.nan_to_num(sign * given.matrix[:, index], nan=lowest)

    which = "highest" if sign > 0 else "lowest"
    if name == "recent":
        which = "newest"
    return Rule(name=name, sentence=f"{which} {column} first", score=score)


def _same(given: Rows, q: str, c: str) -> NDArray[np.float64]:
    asked, offered = (as_texts(tables.column(given.table, name)) for name in (q, c))
    pairs = zip(asked, offered, strict=True)
    return np.array([float(a is not None and a == b) for a, b in pairs])


def _stem(name: str) -> str:
    return SIDE.sub("", name)
