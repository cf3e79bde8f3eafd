"""What `baseline` and `diagnose` share: reading their tables, models and payoffs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True, kw_only=True, slots=True)
class Split:
    """One file, parted into features, target and the model's score."""

    path: str
    X: Any
    y: Any
    score: Any

    def with_columns_of(self, other: Split) -> Split:
        """Leave out columns that the other file lacks: no model was trained on them."""
        from leadline.analysis.problem import tables

        extra = set(tables.names(self.X)) - set(tables.names(other.X))
        return replace(self, X=_without(self.X, extra)) if extra else self

    def predictions(self) -> Any:
        """Return the scores, beside the columns that are no scores and known by name."""
        from leadline.analysis.diagnosis.inputs import is_beside
        from leadline.analysis.problem import tables

        beside = {n: tables.column(self.X, n) for n in tables.names(self.X) if is_beside(n)}
        if not beside:
            return self.score
        columns = self.score.reshape(len(self.score), -1).T
        return beside | {f"score of class {i}": column for i, column in enumerate(columns)}

    def column(self, name: str) -> Any:
        """Return a column that is no feature: the query, user or time of each row."""
        from leadline.analysis.problem import tables
        from leadline.errors import InputError

        if name not in tables.names(self.X):
            columns = ", ".join(tables.names(self.X))
            raise InputError(
                f"{self.path} has no column {name!r}",
                hint=f"Beside target and score its columns are {columns or 'none'}.",
            )
        return tables.column(self.X, name)


def model_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say what is predicted, by what, and how it is judged."""
    place = "module:object, a .skops file or an MLflow folder; a pickle needs --trust."
    score = (
        "Column with the model's score (of TEST; diagnose needs it in each file); one --score"
        " per class for several."
    )
    no_feature = "A column that is no feature: an id, or what is known only afterwards."
    option = click.option
    options = [
        option("--target", required=True, help="Column to predict."),
        option("--model", metavar="PLACE", help=place),
        option("--score", metavar="COLUMN", multiple=True, help=score),
        option("--drop", "without", metavar="COLUMN", multiple=True, help=no_feature),
        option("--kind", help="binary, multiclass, regression, ranking, click, forecast."),
        option("--metric", help="roc_auc, rmse, ndcg … or a scikit-learn scorer."),
        option("--groups", metavar="COLUMN", help="Query, series or user of each row."),
        option("--time", metavar="COLUMN", help="When each row happened."),
        option("--positive", help="Class whose probability is predicted."),
        option("--payoff", help="What decisions earn: hit=10,false_alarm=-1."),
        option("--seed", default=0, show_default=True, help="Same seed, same numbers."),
        option("--trust", is_flag=True, help="Load a pickle. It runs any code it holds."),
    ]
    for add in reversed(options):
        command = add(command)
    return command


def read_split(
    path: str,
    *,
    target: str,
    as_frame: bool,
    drop: Sequence[str] = (),
    without: Sequence[str] = (),
    score: Sequence[str] = (),
    may_lack_y: bool = False,
    most: int | None = None,
) -> Split:
    """Read a file (a sample of `most` rows of a larger one) and part it.

    Columns of `drop`, `without` and `score` are no features; those of `without` must be there,
    in rows with a target, so that a misspelt one is noticed.
    """
    from leadline.analysis.problem import tables
    from leadline.connectors.files import read_table
    from leadline.errors import InputError

    table = read_table(path, as_frame=as_frame, most=most)
    held = set(tables.names(table))
    if not tables.n_rows(table) and not may_lack_y:
        raise InputError(f"{path} has a head and no rows", hint="Export it again.")
    needed = score if may_lack_y else (target, *score, *without)
    for name in needed:
        if name not in held:
            _whole(path, held)
            raise InputError(
                f"{path} has no column {name!r}",
                hint=f"Its columns are {', '.join(map(str, tables.names(table)))}.",
            )
    has_y = target in held
    y = tables.column(table, target) if has_y else None
    scores = [tables.column(table, name) for name in score]
    gone = held & {target, *drop, *score, *without}
    features = _without(table, gone if may_lack_y else {*gone, *without})
    return Split(path=path, X=features, y=y, score=_columns(scores))


def _without(table: Any, columns: set[str]) -> Any:
    """Leave columns out; a table of which nothing is left still has its rows."""
    import numpy as np

    from leadline.analysis.problem import tables

    if columns >= set(tables.names(table)):
        return np.empty((tables.n_rows(table), 0))
    return tables.drop(table, columns)


def _whole(path: str, held: set[str]) -> None:
    """Refuse a text whose lines could not be parted: one broken line is enough."""
    from leadline.errors import InputError

    head = next(iter(held), "")
    if len(held) == 1 and any(sign in head for sign in ",;\t|"):
        raise InputError(
            f"{path} was read as one column, {head!r}",
            hint="Some line has more or fewer fields than the head: mend it, or export again.",
        )


def read_candidates(
    paths: Sequence[str], candidates: Sequence[str], *, most: int | None = None
) -> dict[str, tuple[Any, ...]]:
    """Read columns that the model lacks from each file, by name."""
    from leadline.analysis.problem import tables
    from leadline.connectors.files import read_table

    if not candidates:
        return {}
    read = [read_table(path, as_frame=False, most=most) for path in paths]
    return {name: tuple(tables.column(table, name) for table in read) for name in candidates}


def read_payoff(text: str | None) -> dict[str, float] | None:
    """Read "hit=10,false_alarm=-1"."""
    if text is None:
        return None
    try:
        pairs = [entry.split("=") for entry in text.split(",")]
        return {name.strip(): float(value) for name, value in pairs}
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is not name=number,name=number", param_hint="--payoff"
        ) from None


def _columns(scores: list[Any]) -> Any:
    import numpy as np

    if not scores:
        return None
    return scores[0] if len(scores) == 1 else np.column_stack(scores)
