"""Historical rates: what happened before in the same category or at the same position."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.analysis.baseline import wording
from leadline.analysis.baseline.features import sums
from leadline.analysis.baseline.rows import Rows, Rule
from leadline.analysis.baseline.splits import targets_of
from leadline.analysis.problem import tables
from leadline.analysis.problem.encoding import as_texts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.problem.kinds import Problem

PRIOR_ROWS = 20.0
"""Average rows added to each category's own, so that three lucky rows are no rate."""

POSITION = re.compile(r"position|slot|(^|_)rank($|_)", re.IGNORECASE)
MOST_COLUMNS = 40
SHOWN = 3


def historical_rate(rows: Rows, *, problem: Problem) -> Rule | None:
    """Say what each category's rows said before; the category that tells most."""
    kinds = rows.encoder.kinds
    ids = problem.kind in {"click", "ranking"}
    columns = [
        name
        for name, values in tables.columns(rows.table)
        if kinds.get(name) == "category" or (ids and name in kinds and _repeats(values))
    ][:MOST_COLUMNS]
    rules = [_rate(rows, name, problem=problem, label="historical rate") for name in columns]
    return max(rules, key=lambda entry: entry[0])[1] if rules else None


def position_only(rows: Rows, *, problem: Problem) -> Rule | None:
    """Say what each position got before, whatever stood there."""
    positions = [name for name in rows.encoder.kinds if POSITION.search(name)]
    if not positions:
        return None
    return _rate(rows, positions[0], problem=problem, label="position only")[1]


def popular(rows: Rows, *, problem: Problem) -> Rule | None:
    """Rank by what the same item earned before; the column that tells most names it."""
    found = historical_rate(rows, problem=problem)
    if found is None:
        return None
    return Rule(
        name="popular",
        sentence=f"what was popular before: {found.sentence}",
        score=found.score,
    )


def _rate(rows: Rows, name: str, *, problem: Problem, label: str) -> tuple[float, Rule]:
    """Return the rule of one column, and how much of the targets it explains."""
    targets = targets_of(rows.y, problem=problem)
    overall = targets.mean(axis=0)
    texts = as_texts(tables.column(rows.table, name))
    keys, codes = np.unique([_key(text) for text in texts], return_inverse=True)
    count = np.bincount(codes)
    total = sums(codes, targets, n=keys.size)
    rates = (total + PRIOR_ROWS * overall) / (count + PRIOR_ROWS)[:, None]
    # What the shrunken means explain, each weighted by its rows: categories of a row or
    # two explain next to nothing.
    explained = float((count[:, None] * (rates - overall) ** 2).sum())
    lookup = {key: i for i, key in enumerate(keys.tolist())}
    table = np.vstack([rates, overall])

    def score(given: Rows) -> NDArray[np.float64]:
        texts = as_texts(tables.column(given.table, name))
        found = table[[lookup.get(_key(text), len(lookup)) for text in texts]]
        return found if problem.kind == "multiclass" else found[:, 0]

    common = np.argsort(-count, kind="stable")[:SHOWN]
    shown = [f"{keys[i]} → {wording.outcome(rates[i], problem=problem)}" for i in common]
    more = f"; {keys.size - SHOWN} more" if keys.size > SHOWN else ""
    sentence = f"the rate of the same {name} so far: {'; '.join(shown)}{more}"
    return explained, Rule(name=label, sentence=sentence, score=score)


def _repeats(values: NDArray[Any]) -> bool:
    """Whether whole numbers come back so often that they name things."""
    return values.dtype.kind in "iu" and 20 * np.unique(values).size <= values.size


def _key(text: str | None) -> str:
    return "missing" if text is None else text
