"""The audit of a file of experiments, as a page that a lead forwards."""

from __future__ import annotations

from collections import Counter
from html import escape
from shlex import quote
from typing import TYPE_CHECKING, Any

from leadline.charts import experiments as charts
from leadline.library.audit_wording import (
    audit_notes,
    claims_table,
    sentence,
    totals_table,
    what_stands,
)
from leadline.library.pages import frame
from leadline.library.wording import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leadline.library.audit_results import Audit, Claim, Total

SHOWN = 25
"""Claims listed on the page, the largest first; JSON has all of them."""


def audit_page(audit: Audit) -> str:
    """Return the whole page, self-contained."""
    return frame.page(f"Audit of {audit.place}", audit_fragment(audit))


def audit_fragment(audit: Audit) -> str:
    """Return the page's body."""
    n_claims = sum(claim.is_claimed for claim in audit.claims)
    n_experiments = len({claim.experiment for claim in audit.claims})
    groups = [audit.by_quarter, audit.by_project]
    return "\n".join(
        part
        for part in (
            f"<h1>Which of {counted(n_claims, 'claim')} stand?</h1>",
            frame.paragraph(
                f"{counted(n_experiments, 'experiment')} in {audit.place}", style="soft"
            ),
            _headline(audit),
            frame.section("What it adds up to", _totals(audit, audit.totals)),
            frame.section("Why claims fall", _reasons(audit.falling)),
            *(
                frame.section(title, _totals(audit, totals))
                for title, totals in zip(("By quarter", "By project"), groups, strict=True)
                if len(totals) > 1
            ),
            frame.section("Claims that do not stand", _claims(audit.falling)),
            frame.section("Claims that stand", _claims(audit.standing)),
            frame.section("Read with care", frame.bullets(audit_notes(audit))),
            frame.footer(
                place=audit.place,
                as_of=audit.as_of.isoformat(),
                command=f"leadline audit {quote(audit.place)}",
            ),
        )
        if part
    )


def audit_chart_of(audit: Audit) -> Any:
    """Return claimed against believed totals."""
    return charts.sums(_rows(audit.totals), unit=_unit(audit.totals))


def _headline(audit: Audit) -> str:
    word = "stop" if len(audit.falling) > len(audit.standing) else "ship"
    return (
        f'<div class="verdict {word}"><strong>{what_stands(audit)}</strong>'
        + "".join(f"<p>{escape(sentence(total))}</p>" for total in audit.totals)
        + "</div>"
    )


def _rows(totals: Sequence[Total]) -> list[dict[str, Any]]:
    """Return the sums of the groups that claim anything."""
    several = len({total.metric for total in totals}) > 1
    rows = []
    for total in totals:
        scale = 100.0 if total.is_share else 1.0
        row: dict[str, Any] = {
            "group": f"{total.group}, {total.metric}" if several else total.group
        }
        for name in ("claimed", "believed", "lower", "upper"):
            row[name] = scale * getattr(total, name)
        if total.n_claims:
            rows.append(row)
    return rows


def _unit(totals: Sequence[Total]) -> str:
    if all(total.is_share for total in totals):
        return "sum of effects, percentage points"
    return "sum of effects per unit"


def _totals(audit: Audit, totals: Sequence[Total]) -> str:
    header, rows = totals_table(totals)
    n = sum(total.n_claims for total in totals)
    if not n:
        return frame.table(header, rows)
    return frame.figure(
        charts.sums(_rows(totals), unit=_unit(totals)),
        alt_text="Claimed against believed sums",
        caption="What the claims add up to (times their reach, where the table tells it), "
        "beside what is believed of it once winners are drawn back to what changes are "
        f"usually worth here; line: 95 % interval. n = {counted(n, 'claim')}; source: "
        f"{audit.place}, {audit.as_of}.",
        header=header,
        rows=rows,
    )


def _reasons(claims: Sequence[Claim]) -> str:
    if not claims:
        return ""
    counted = Counter(
        failure.check
        for claim in claims
        for failure in claim.failures
        if failure.check != "underpowered"
    )
    return frame.table(
        ("check", "claims that fail it"), [(k, f"{v:,}") for k, v in counted.most_common()]
    )


def _claims(claims: Sequence[Claim]) -> str:
    if not claims:
        return ""
    header, rows = claims_table(claims, most=SHOWN)
    more = (
        frame.paragraph(
            f"And {len(claims) - SHOWN:,} smaller ones: `--all` and `--json` list them.",
            style="soft",
        )
        if len(claims) > SHOWN
        else ""
    )
    return frame.table(header, rows) + more
