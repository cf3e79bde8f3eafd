"""`leadline.ledger`: what all changes brought since the baseline, without overclaiming."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from leadline.analysis.experiments.ledger import ledger as add_up
from leadline.analysis.experiments.ledger_lines import Change, Ledger
from leadline.connectors.experiments.changes import is_list_of_changes, read_changes
from leadline.connectors.warehouse import open_table
from leadline.errors import InputError
from leadline.library.audit import audit_table
from leadline.library.wording import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from leadline.analysis.experiments.metrics import Metric
    from leadline.analysis.experiments.moments import MissingPolicy
    from leadline.findings import Finding
    from leadline.library.audit_results import Audit


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerPage:
    """A ledger with where it was read.

    Attributes
    ----------
    place : str
    as_of : date
    ledger : leadline.analysis.experiments.ledger_lines.Ledger
    notes : tuple of str
        What was taken for granted.
    """

    place: str
    as_of: date
    ledger: Ledger
    notes: tuple[str, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a brief says of it."""
        from leadline.library.experiment_findings import ledger_findings  # noqa: PLC0415

        return ledger_findings(self)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        money = self.ledger.money
        return asdict(self) | {"money": asdict(money) if money else None}

    def _repr_html_(self) -> str:
        from leadline.library.pages import ledger_fragment  # noqa: PLC0415 - only to show

        return ledger_fragment(self)

    def plot(self) -> Any:
        """Return the cumulative gain beside the naive sum, as an Altair chart."""
        from leadline.library.pages import ledger_chart_of  # noqa: PLC0415 - only to draw

        return ledger_chart_of(self)


def ledger(
    source: Any,
    *,
    unit: str = "",
    rate: float | None = None,
    rate_unit: str = "",
    baseline: str = "",
    metrics: Sequence[Metric | str] = (),
    control: str = "",
    weights: Mapping[str, float] | None = None,
    missing: MissingPolicy = "error",
    columns: Mapping[str, str] | None = None,
    table: str = "",
    spark: str = "",
    alpha: float = 0.05,
    cumulative: bool | None = None,
    today: date | None = None,
) -> LedgerPage:
    """Add up what the changes brought: predicted, measured, believed, cumulative.

    Parameters
    ----------
    source : path, address or data frame
        A list of changes (change, concluded_on, measured, measured_se, …), or a table of
        experiments with one row an arm.
    unit : str
        The KPI's unit, e.g. "orders a year".
    rate, rate_unit : float, str, optional
        Money or time per unit of the KPI.
    baseline : str
        The change (or experiment) that put the first rule in front of users, where no
        column tells.
    metrics, control, weights, missing, columns, table, spark, alpha, cumulative, today
        As in `leadline.audit`; one metric at a time.

    Raises
    ------
    InputError
        The table cannot be used; the message names what.

    Examples
    --------
    >>> import pandas as pd
    >>> from leadline.library.ledger import ledger
    >>> changes = pd.DataFrame({
    ...     "change": ["rule", "model"], "concluded_on": ["2026-01-31", "2026-03-31"],
    ...     "measured": [-0.01, 0.03], "measured_se": [0.01, 0.01], "baseline": [True, False],
    ... })
    >>> page = ledger(changes)
    >>> 0 < page.ledger.total.value < page.ledger.total.naive
    True
    """
    opened = open_table(source, table=table, spark=spark)
    as_of = today or date.today()  # noqa: DTZ011 - the reader's own calendar day
    holdout = None
    notes: tuple[str, ...] = ()
    if is_list_of_changes(opened, given=columns or {}):
        changes, holdout = read_changes(opened, given=columns or {})
        unit = unit or "units of the metric"
    else:
        audited = audit_table(
            opened, metrics=metrics, control=control, weights=weights, missing=missing,
            columns=columns, alpha=alpha, cumulative=cumulative, today=as_of,
        )  # fmt: skip
        changes, notes, metric = _from_experiments(audited, as_of=as_of)
        unit = unit or metric
    return LedgerPage(
        place=opened.place,
        as_of=as_of,
        ledger=add_up(
            _with_baseline(changes, baseline),
            unit=unit,
            holdout=holdout,
            rate=rate,
            rate_unit=rate_unit,
            alpha=alpha,
        ),
        notes=notes,
    )


def _from_experiments(
    audited: Audit, *, as_of: date
) -> tuple[tuple[Change, ...], tuple[str, ...], str]:
    """Turn audited experiments into changes; the untrusted ones are named, not counted."""
    names = list(dict.fromkeys(claim.metric for claim in audited.claims))
    if len(names) > 1:
        raise InputError(
            f"a ledger adds up one metric; the table has {', '.join(names)}",
            hint=f"Say --metric {names[0]}",
        )
    notes = list(audited.notes)
    if not any(claim.is_shipped for claim in audited.claims):
        notes.append(
            "No column says what was shipped, so every arm that beat its control was taken as "
            "shipped; say --shipped COLUMN."
        )
    trusted = [c for c in audited.claims if not math.isnan(c.believed)]
    changes = tuple(
        Change(
            key=claim.experiment or claim.arm,
            concluded_on=claim.concluded_on or as_of,
            shipped=claim.is_claimed,
            proof="experiment",
            measured=claim.effect_size,
            measured_se=claim.se,
            predicted=None if math.isnan(claim.predicted) else claim.predicted,
            predicted_se=claim.predicted_se,
            reach=claim.reach,
            project=claim.project,
        )
        for claim in trusted
    )
    return changes, (*notes, *_untrusted(audited)), names[0]


def _untrusted(audited: Audit) -> list[str]:
    lost = [c for c in audited.claims if c.is_claimed and math.isnan(c.believed)]
    if not lost:
        return []
    return [
        f"{counted(len(lost), 'claim')} {'is' if len(lost) == 1 else 'are'} not in the ledger, "
        "because the data cannot be trusted, "
        f"e.g. {lost[0].experiment} ({lost[0].failures[0].check}). `leadline audit` lists them."
    ]


def _with_baseline(changes: Sequence[Change], baseline: str) -> list[Change]:
    if not baseline:
        return list(changes)
    if baseline not in {change.key for change in changes}:
        raise InputError(
            f"no change is called {baseline!r}",
            hint=f"They are: {', '.join(c.key for c in changes[:8])}, …",
        )
    return [
        Change(**(_fields(change) | {"baseline": change.key == baseline})) for change in changes
    ]


def _fields(change: Change) -> dict[str, Any]:
    return {name: getattr(change, name) for name in change.__dataclass_fields__}
