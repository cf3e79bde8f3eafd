"""`leadline.audit`: all experiments of a file at once, and which of their claims stand."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from leadline.analysis.experiments.metrics import Metric, Quantile
from leadline.connectors.experiments.about import About
from leadline.connectors.experiments.tables import read_experiments
from leadline.connectors.warehouse import open_table
from leadline.errors import InputError
from leadline.library.audit_checks import REST, Tested, compare_arms
from leadline.library.audit_claims import claims_of, priors_of, unreadable_claims
from leadline.library.audit_results import Audit
from leadline.library.audit_totals import totals
from leadline.library.wording import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from leadline.analysis.experiments.moments import MissingPolicy
    from leadline.connectors.warehouse.tables import Table

OPEN_DAYS = 90
"""A test that started this long ago, and has no end in the table, has none."""


def audit(
    source: Any,
    *,
    metrics: Sequence[Metric | str] = (),
    control: str = "",
    weights: Mapping[str, float] | None = None,
    missing: MissingPolicy = "error",
    columns: Mapping[str, str] | None = None,
    table: str = "",
    spark: str = "",
    alpha: float = 0.05,
    cumulative: bool | None = None,
    key_results: Sequence[str] = (),
    today: date | None = None,
) -> Audit:
    """Check every experiment of a table, and add up what their claims are worth.

    Parameters
    ----------
    source : path, address or data frame
        A table with one row an arm (experiment, arm, n and conversions, or mean and sd),
        one an arm and day, or one a unit.
    metrics : sequence of Metric or str
        Recognised where nothing is said.
    control : str
        The control's name in every experiment; "rest" compares each arm with all others
        together. Recognised by default.
    weights, missing, columns, table, spark, alpha, cumulative, today
        As in `leadline.experiments.analyze`.
    key_results : sequence of str
        What the team set out to move, as the table's column key_result names it: orphans
        are named both ways.

    Raises
    ------
    InputError
        The table cannot be used; the message names what, and the flag that helps.

    Examples
    --------
    >>> import pandas as pd
    >>> from leadline.library.audit import audit
    >>> table = pd.DataFrame({
    ...     "experiment": ["search", "search"], "variant": ["control", "new"],
    ...     "users": [1000, 700], "conversions": [100, 110],
    ... })
    >>> audit(table).falling[0].failures[0].check
    'sample ratio mismatch'
    """
    return audit_table(
        open_table(source, table=table, spark=spark),
        metrics=metrics,
        control=control,
        weights=weights,
        missing=missing,
        columns=columns,
        alpha=alpha,
        cumulative=cumulative,
        key_results=key_results,
        today=today,
    )


def audit_table(
    opened: Table,
    *,
    metrics: Sequence[Metric | str] = (),
    control: str = "",
    weights: Mapping[str, float] | None = None,
    missing: MissingPolicy = "error",
    columns: Mapping[str, str] | None = None,
    alpha: float = 0.05,
    cumulative: bool | None = None,
    key_results: Sequence[str] = (),
    today: date | None = None,
) -> Audit:
    """Audit a table that is open already; see `audit`."""
    if quantiles := [m.name for m in metrics if isinstance(m, Quantile)]:
        raise InputError(
            f"an audit adds effects up, and quantiles do not add up: {', '.join(quantiles)}",
            hint="Analyse that experiment alone, or audit a mean or a proportion.",
        )
    found = read_experiments(
        opened,
        given=columns,
        metrics=metrics,
        missing=missing,
        cumulative=cumulative,
    )
    as_of = today or date.today()  # noqa: DTZ011 - the reader's own calendar day
    notes = list(found.notes)
    taken: dict[str, int] = {}
    blocked = {p.experiment for p in found.problems if p.blocks}
    compared = (
        compare_arms(
            name, metric, moments, control=control, weights=weights, alpha=alpha,
            about=found.about.get(name, About()), taken=taken,
            is_blocked=bool({"", name} & blocked),
        )
        for name, moments in found.moments.by_experiment().items()
        for metric in found.metrics
    )  # fmt: skip
    tested = [one for one in compared if one]
    if not tested:
        raise InputError(
            f"{opened.place} holds no experiment with two arms",
            hint="An audit needs one row for the control and one for each treatment; is the "
            "column of the arm the right one? Say --arm COLUMN.",
        )
    notes += _without_comparison(
        found.moments.by_experiment(), compared={t.experiment for t in tested}
    )
    notes += _without_control(tested, control=control)
    if taken:
        example = max(taken, key=taken.__getitem__)
        notes.append(
            f"In {sum(taken.values()):,} experiments no arm is named as a control; the first "
            f"by name was taken (e.g. {example}). Say --control NAME, or --control rest."
        )
    priors = priors_of(tested)
    claims = claims_of(tested, priors=priors, alpha=alpha)
    claims += unreadable_claims(found.problems, metrics=found.metrics)
    return Audit(
        place=opened.place,
        as_of=as_of,
        claims=tuple(claims),
        totals=totals(claims, by=lambda _: "all"),
        by_quarter=totals(claims, by=lambda claim: claim.quarter),
        by_project=totals(claims, by=lambda claim: claim.project),
        prior=priors,
        notes=tuple(notes),
        problems=found.problems,
        without_end=_without_end(tested, about=found.about, as_of=as_of),
        alpha=alpha,
        key_results=tuple(key_results),
        moved_by={t.experiment: t.about.key_result for t in tested},
    )


def _without_comparison(names: Iterable[str], *, compared: Collection[str]) -> list[str]:
    """Return the note on experiments that have no two arms with data, if there are any."""
    alone = [name for name in names if name not in compared]
    if not alone:
        return []
    shown = ", ".join(map(repr, alone[:3])) + (", …" if len(alone) > 3 else "")
    return [
        f"Nothing is compared in {counted(len(alone), 'experiment')} with data in fewer than "
        f"two arms: {shown}."
    ]


def _without_control(tested: Sequence[Tested], *, control: str) -> list[str]:
    """Return the note on experiments that have no arm of the given name.

    Raises
    ------
    InputError
        None has one: the name is mistyped.
    """
    if control in ("", REST):
        return []
    other = {t.experiment: t for t in tested if t.control != control}
    if not other:
        return []
    example = next(iter(other.values()))
    if len(other) == len({t.experiment for t in tested}):
        raise InputError(
            f"no experiment has an arm called {control!r}",
            hint=f"The arms of {example.experiment or 'this table'} are: "
            f"{', '.join(sorted({example.control, *example.effects}))}.",
        )
    return [
        f"No arm is called {control!r} in {counted(len(other), 'experiment')}; the control "
        f"there was told by its name (e.g. {example.control!r} in {example.experiment!r})."
    ]


def _without_end(
    tested: Sequence[Tested], *, about: Mapping[str, About], as_of: date
) -> tuple[str, ...]:
    """Return the experiments that should have ended, where the table tells any end."""
    if not any(one.ended_on or one.shipped for one in about.values()):
        return ()
    open_ones = (t.experiment for t in tested if _has_no_end(t.about, as_of=as_of))
    return tuple(dict.fromkeys(open_ones))


def _has_no_end(about: About, *, as_of: date) -> bool:
    if about.started_on is None or about.ended_on is not None or about.shipped:
        return False
    return (as_of - about.started_on).days > OPEN_DAYS
