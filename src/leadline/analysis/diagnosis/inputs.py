"""What the user hands in, brought into samples of one shape each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.analysis.diagnosis import thresholds
from leadline.analysis.diagnosis.measures import POSITION, PROPENSITY, RETRIEVED, THING
from leadline.analysis.diagnosis.samples import CALLED, Sample, at_most
from leadline.analysis.problem.encoding import Encoder, as_numbers
from leadline.analysis.problem.kinds import Problem, infer_problem
from leadline.analysis.problem.models import as_learnt, as_matrix, as_scores, checked
from leadline.analysis.problem.tables import (
    addressed,
    column,
    drop,
    in_one_order,
    n_rows,
    names,
    select,
    vector,
    with_columns_of,
)
from leadline.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

LARGEST = 1e30
"""Numbers beyond this are all the same to references and tests of shift."""

NEEDED = "Pass X_train, y_train, X_test and y_test."

ROLES = ("train", "test", "production")


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """The arguments of `diagnose`, as they came."""

    model: Any
    X: Mapping[str, Any]
    y: Mapping[str, Any]
    kind: str | None
    groups: Any
    time: Any
    sample_weight: Any
    candidates: Any
    seed: int
    positive: Any = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidates:
    """Columns that the team could add, encoded per role."""

    names: tuple[str, ...]
    sources: tuple[str, ...]
    categorical: NDArray[np.bool_]
    extra: Mapping[str, NDArray[np.float64]]


def read(given: Given) -> tuple[Problem, Encoder, dict[str, Sample], Candidates | None]:
    """Check everything that was given and return problem, encoder and samples.

    Raises
    ------
    InputError
        Tables and targets of different lengths, no rows, a target that cannot be read.
    """
    X = {
        role: addressed(table, name=f"X_{role}")
        for role, table in given.X.items()
        if table is not None
    }
    whole = X
    if given.model is None:
        X = {role: as_matrix(_scores(table)) for role, table in X.items()}
    for role in ("train", "test"):
        if role not in X or given.y.get(role) is None:
            missing = f"X_{role}" if role not in X else f"y_{role}"
            raise InputError(f"{missing} is missing: it is None", hint=NEEDED)
    labels = {role: vector(y, name=f"y_{role}") for role, y in given.y.items() if y is not None}
    sizes = {role: n_rows(table) for role, table in X.items()}
    if sizes.get("production") == 0 and not labels.get("production", np.empty(0)).size:
        for known in (X, labels, sizes):  # no row from production is no production
            known.pop("production", None)
    for role, values in labels.items():
        if role not in sizes or values.size != sizes[role]:
            raise InputError(
                f"y_{role} has {values.size} rows, X_{role} has {sizes.get(role, 0)}",
                hint="Pass one target per row, in the same order.",
            )
        in_one_order(X[role], given.y[role], name=role)
    if given.model is not None:
        checked(given.model)
        if not names(X["train"]):
            raise InputError("X_train has no columns", hint="Pass at least one feature.")
        learnt = as_learnt(given.model, X["train"])
        X = {r: with_columns_of(table, learnt, name=f"X_{r}") for r, table in X.items()}
    aligned = {
        "groups": _by_role(given.groups, whole, sizes, name="groups"),
        "time": _by_role(given.time, whole, sizes, name="time"),
        "weight": _by_role(given.sample_weight, whole, sizes, name="sample_weight"),
    }
    problem = _problem(given, labels, aligned, X)
    scores_only = given.model is None
    keys = {given.groups} if isinstance(given.groups, str) else set()
    encoder, matrices = _encoded(
        X, problem=problem, sizes=sizes, scores_only=scores_only, keys=keys
    )
    candidates = _candidates(given.candidates, sizes)
    samples = {
        role: Sample(
            name=role,
            X=X[role] if not scores_only else matrices[role],
            labels=labels.get(role),
            y=problem.encode(labels[role], of=CALLED[role]) if role in labels else None,
            matrix=matrices[role],
            groups=aligned["groups"].get(role),
            time=aligned["time"].get(role),
            weight=_weights(aligned["weight"].get(role)),
            extra=None if candidates is None else candidates.extra.get(role),
            beside=_beside(whole[role], X[role]),
        )
        for role in X
    }
    rng = np.random.default_rng([given.seed, 1])
    most = {"train": thresholds.MOST_FIT_ROWS}
    drawn = {
        role: at_most(
            sample, most.get(role, thresholds.MOST_TEST_ROWS), rng=rng, whole_groups=True
        )
        for role, sample in samples.items()
    }
    return problem, encoder, drawn, candidates


def _problem(
    given: Given,
    labels: Mapping[str, NDArray[Any]],
    aligned: Mapping[str, Mapping[str, NDArray[Any]]],
    X: Mapping[str, Any],
) -> Problem:
    for role in ("train", "test"):
        if not labels[role].size:
            raise InputError(
                f"a diagnosis needs y_{role}, and at least one row of it", hint=NEEDED
            )
    others = [labels[role] for role in ROLES[1:] if role in labels]
    joined = np.concatenate([v.astype(object) for v in others])
    return infer_problem(
        labels["train"],
        y_test=joined,
        kind=given.kind,
        groups=aligned["groups"].get("train"),
        time=aligned["time"].get("train"),
        positive=given.positive,
        columns=[] if given.model is None else names(X["train"]),
    )


def _encoded(
    X: Mapping[str, Any],
    *,
    problem: Problem,
    sizes: Mapping[str, int],
    scores_only: bool,
    keys: set[str],
) -> tuple[Encoder, dict[str, NDArray[np.float64]]]:
    encoder = Encoder()
    if scores_only:
        scores = {
            role: as_scores(table, problem=problem, n=sizes[role]) for role, table in X.items()
        }
        matrices = {role: s.reshape(sizes[role], -1) for role, s in scores.items()}
        encoder.fit(matrices["train"])
        return encoder, matrices
    late = problem.kind in {"click", "ranking"}
    known = {role: _foretelling(table, keys=keys, late=late) for role, table in X.items()}
    encoder.fit(known["train"])
    # references square their columns, forests keep them in single precision
    return encoder, {
        role: np.clip(encoder.transform(table), -LARGEST, LARGEST)
        for role, table in known.items()
    }


def _scores(table: Any) -> Any:
    """Return the columns of a table of predictions that are scores."""
    if not _has_names(table):
        return table
    beside = [name for name in names(table) if is_beside(name)]
    scores = drop(table, beside) if len(beside) < len(names(table)) else table
    if not isinstance(scores, Mapping):
        return scores
    return np.column_stack([column(scores, name) for name in names(scores)])


def _beside(table: Any, features: Any) -> Any:
    """Return columns that no model sees and that say where a row stood or what it is about."""
    if not _has_names(table):
        return None
    known = set(names(features))
    found = [name for name in names(table) if is_beside(name) and name not in known]
    return select(table, found) if found else None


def _has_names(table: Any) -> bool:
    return hasattr(table, "columns") or isinstance(table, Mapping)


def is_beside(name: str) -> bool:
    """Whether a column says where a row stood, how likely it was shown, or what it is about."""
    return _is_late(name) or bool(THING.match(name))


def _is_late(name: str) -> bool:
    return any(known.search(name) for known in (POSITION, PROPENSITY, RETRIEVED))


def _foretelling(table: Any, *, keys: set[str], late: bool) -> Any:
    """Leave out what names the group, and of rankings what is known only when rows are shown.

    A reference that knew the place of a row would beat every model that gives the places.
    """
    gone = {n for n in names(table) if n in keys or (late and _is_late(n))}
    return drop(table, gone) if gone and len(gone) < len(names(table)) else table


def _weights(values: NDArray[Any] | None) -> NDArray[np.float64] | None:
    if values is None:
        return None
    weight = as_numbers(values)
    if not np.isfinite(weight).all() or (weight < 0).any():
        raise InputError(
            "sample_weight has values that are no number of at least 0",
            hint="Give rows that should not count the weight 0.",
        )
    if weight.size and not weight.any():
        raise InputError(
            "sample_weight is 0 for every row", hint="Leave it out, or let some rows count."
        )
    return weight


def _by_role(
    given: Any, X: Mapping[str, Any], sizes: Mapping[str, int], *, name: str
) -> dict[str, NDArray[Any]]:
    """Read a column's name, one array per role, or one array for one or all roles."""
    if given is None:
        return {}
    if isinstance(given, str):
        return {role: column(table, given) for role, table in X.items()}
    if isinstance(given, Mapping):
        parts = {role: vector(given[role], name=name) for role in ROLES if role in given}
    elif isinstance(given, tuple):
        present = [role for role in ROLES if role in sizes]
        parts = {
            role: vector(values, name=name)
            for role, values in zip(present, given, strict=False)
            if values is not None
        }
    else:
        parts = _by_length(vector(given, name=name), sizes, name=name)
    for role, values in parts.items():
        if values.size != sizes.get(role):
            raise InputError(
                f"{name} of {role} has {values.size} values for {sizes.get(role, 0)} rows",
                hint=f"Pass a column's name, or a tuple (train, test, production) as {name}.",
            )
    return parts


def _by_length(
    values: NDArray[Any], sizes: Mapping[str, int], *, name: str
) -> dict[str, NDArray[Any]]:
    present = [role for role in ROLES if role in sizes]
    for roles in (present, present[:2], ["train"], ["test"]):
        if values.size == sum(sizes[role] for role in roles):
            cuts = np.cumsum([sizes[role] for role in roles])[:-1]
            return dict(zip(roles, np.split(values, cuts), strict=True))
    raise InputError(
        f"{name} has {values.size} values; the tables have"
        f" {', '.join(f'{sizes[role]} ({role})' for role in present)} rows",
        hint=f"Pass a column's name, or a tuple (train, test, production) as {name}.",
    )


def _candidates(given: Any, sizes: Mapping[str, int]) -> Candidates | None:
    """Read (train, test) tables, {name: (train, test)}, or one table for both in turn."""
    if given is None:
        return None
    parts = _candidate_tables(given, sizes)
    encoder = Encoder().fit(parts["train"])
    return Candidates(
        names=tuple(encoder.kinds),
        sources=tuple(encoder.sources),
        categorical=encoder.categorical_mask,
        extra={role: encoder.transform(table) for role, table in parts.items()},
    )


def _candidate_tables(given: Any, sizes: Mapping[str, int]) -> dict[str, Any]:
    if isinstance(given, Mapping) and not set(given) <= set(ROLES):
        by_role: dict[str, dict[str, Any]] = {}
        for name, values in given.items():
            for role, part in _by_role(values, {}, sizes, name=f"candidate {name}").items():
                by_role.setdefault(role, {})[str(name)] = part.tolist()
        parts: dict[str, Any] = {
            role: [
                dict(zip(columns, row, strict=True))
                for row in zip(*columns.values(), strict=True)
            ]
            for role, columns in by_role.items()
        }
    elif isinstance(given, Mapping):
        parts = dict(given)
    elif isinstance(given, tuple):
        parts = {
            role: table for role, table in zip(ROLES, given, strict=False) if table is not None
        }
    else:
        rows = np.arange(n_rows(given))
        from leadline.analysis.problem.tables import take  # noqa: PLC0415

        split = _by_length(rows, sizes, name="candidates")
        parts = {role: take(given, part) for role, part in split.items()}
    if "train" not in parts:
        raise InputError(
            "candidates need values for the training rows",
            hint="Pass a tuple (rows of X_train, rows of X_test).",
        )
    return parts
