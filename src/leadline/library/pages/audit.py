"""The audit of a file of experiments, as a page that a lead forwards."""

from __future__ import annotations

from collections import Counter
from html import escape
from typing import TYPE_CHECKING, Any

from leadline.charts import experiments as charts
from leadline.library.audit_wording import claims_table, sentence, totals_table
from leadline.library.pages import frame
from leadline.library.wording import number_in_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leadline.library.audit_results import Audit, Claim, Total

SHOWN = 200
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
            f"<h1>Which of {n_claims:,} claims stand?</h1>",
            frame.paragraph(f"{n_experiments:,} experiments in {audit.place}", style="soft"),
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
            frame.section("Read with care", frame.bullets(_notes(audit))),
            frame.footer(
                place=audit.place,
                as_of=audit.as_of.isoformat(),
                command=f"leadline audit {audit.place}",
            ),
        )
        if part
    )


def audit_chart_of(audit: Audit) -> Any:
    """Return claimed against believed totals."""
    return charts.sums(_rows(audit.totals), unit="sum of effects per unit")


def _headline(audit: Audit) -> str:
    word = "stop" if len(audit.falling) > len(audit.standing) else "ship"
    return (
        f'<div class="verdict {word}"><strong>{len(audit.standing):,} stand, '
        f"{len(audit.falling):,} do not</strong>"
        + "".join(f"<p>{escape(sentence(total))}</p>" for total in audit.totals)
        + "</div>"
    )


def _rows(totals: Sequence[Total]) -> list[dict[str, Any]]:
    several = len({total.metric for total in totals}) > 1
    return [
        {
            "group": f"{total.group}, {total.metric}" if several else total.group,
            "claimed": total.claimed,
            "believed": total.believed,
            "lower": total.lower,
            "upper": total.upper,
        }
        for total in totals
    ]


def _totals(audit: Audit, totals: Sequence[Total]) -> str:
    header, rows = totals_table(totals)
    n = sum(total.n_claims for total in totals)
    return frame.figure(
        charts.sums(_rows(totals), unit="sum of effects per unit"),
        alt_text="Claimed against believed sums",
        caption="Sum of the claimed effects in the metric's own unit per unit of the "
        "experiment (times its reach where the table tells it), beside the sum that is "
        f"believed after shrinking, with 95 % interval; n = {n:,} claims; source: "
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
        frame.paragraph(f"And {len(claims) - SHOWN:,} more: --json lists them.", style="soft")
        if len(claims) > SHOWN
        else ""
    )
    return frame.table(header, rows) + more


def _notes(audit: Audit) -> list[str]:
    lines = list(audit.notes)
    if audit.mismatched:
        lines.append(
            f"{len(audit.mismatched):,} experiments have a sample ratio mismatch "
            "(p < .001): nothing in them can be trusted."
        )
    if audit.underpowered:
        lines.append(
            f"{len(audit.underpowered):,} claims come from tests that find an effect of "
            "typical size less than half the time; such winners exaggerate most."
        )
    for metric, prior in audit.prior.items():
        origin = (
            "learned from these experiments" if prior.source == "experiments" else "assumed"
        )
        lines.append(
            f"Typical size of a true effect on {metric}: {number_in_words(prior.sd)} "
            f"({origin})."
        )
    if audit.without_end:
        lines.append(
            f"{len(audit.without_end):,} experiments started over 90 days ago and have no end, "
            f"e.g. {audit.without_end[0]}."
        )
    return lines
