"""An audit in words: the same in terminal, Markdown and page."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from leadline.library.wording import (
    counted,
    number_in_words,
    pvalue_in_words,
    signed,
    sum_in_words,
    that_say_something,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leadline.library.audit_results import Audit, Claim, Total

_TOTALS = (
    "group",
    "metric",
    "experiments",
    "claims",
    "stand",
    "claimed",
    "believed",
    "interval",
)
_CLAIMS = ("experiment", "arm", "metric", "claimed", "believed", "p", "why not")


def headline(audit: Audit) -> str:
    """Return how many claims there are, and how many of them stand."""
    n_claims = sum(claim.is_claimed for claim in audit.claims)
    n_experiments = len({claim.experiment for claim in audit.claims})
    return (
        f"{counted(n_claims, 'claim')} in {counted(n_experiments, 'experiment')}: "
        f"{what_stands(audit)}."
    )


def what_stands(audit: Audit) -> str:
    """Return how many claims stand and how many do not."""
    stand, fall = len(audit.standing), len(audit.falling)
    return (
        f"{stand:,} {'stands' if stand == 1 else 'stand'}, "
        f"{fall:,} {'does' if fall == 1 else 'do'} not"
    )


def sentence(total: Total) -> str:
    """Return a total in a sentence."""
    if not total.n_claims:
        return f"{total.metric}: nothing is claimed."
    verb = "counts" if total.n_untrusted == 1 else "count"
    untrusted = (
        f"; {counted(total.n_untrusted, 'claim')} {verb} as nothing, because the data cannot "
        "be trusted"
        if total.n_untrusted
        else ""
    )
    return (
        f"{total.metric}: claims add up to {_sum(total, total.claimed)}, of which "
        f"{_sum(total, total.believed)} is believed (95 % interval "
        f"{_sum(total, total.lower).removesuffix(' pp')} to {_sum(total, total.upper)})"
        f"{untrusted}."
    )


def _sum(total: Total, value: float) -> str:
    return sum_in_words(value, is_share=total.is_share)


def totals_table(totals: Sequence[Total]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return totals as a table in words; where nothing is claimed there is no sum."""
    return _TOTALS, [
        (
            total.group,
            total.metric,
            f"{total.n_experiments:,}",
            f"{total.n_claims:,}",
            f"{total.n_stand:,}",
            *(_amounts(total) if total.n_claims else ("", "", "")),
        )
        for total in totals
    ]


def _amounts(total: Total) -> tuple[str, str, str]:
    lower = _sum(total, total.lower).removesuffix(" pp")
    return (
        _sum(total, total.claimed),
        _sum(total, total.believed),
        f"{lower} to {_sum(total, total.upper)}",
    )


def claims_table(
    claims: Sequence[Claim], *, most: int
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return claims as a table in words, the largest first."""
    ordered = sorted(
        claims, key=lambda c: -math.inf if math.isnan(c.effect_size) else -abs(c.effect_size)
    )
    rows = [
        (
            claim.experiment,
            claim.arm,
            claim.metric,
            _effect(claim, claim.effect_size),
            "nothing" if math.isnan(claim.believed) else _effect(claim, claim.believed),
            pvalue_in_words(claim.pvalue).removeprefix("p ").removeprefix("= "),
            "; ".join(
                f"{f.check}: {f.reason}" for f in claim.failures if f.check != "underpowered"
            ),
        )
        for claim in ordered[:most]
    ]
    return that_say_something(_CLAIMS, rows)


def _effect(claim: Claim, value: float) -> str:
    return f"{signed(100 * value)} pp" if claim.is_share else signed(value)


def audit_notes(audit: Audit) -> list[str]:
    """Return what one has to know to read an audit, in sentences."""
    lines = list(audit.notes)
    if audit.mismatched:
        verb = "has" if len(audit.mismatched) == 1 else "have"
        lines.append(
            f"{counted(len(audit.mismatched), 'experiment')} {verb} a sample ratio mismatch "
            "(p < .001): nothing in them can be trusted."
        )
    if audit.underpowered:
        verb = (
            "comes from a test that finds"
            if len(audit.underpowered) == 1
            else ("come from tests that find")
        )
        lines.append(
            f"{counted(len(audit.underpowered), 'claim')} {verb} an effect of typical size "
            "less than half the time; such winners exaggerate most."
        )
    shares = {claim.metric for claim in audit.claims if claim.is_share}
    for metric, prior in audit.prior.items():
        origin = (
            "learned from these experiments" if prior.source == "experiments" else "assumed"
        )
        scale, unit = (100.0, " pp") if metric in shares else (1.0, "")
        lines.append(
            f"Typical size of a true effect on {metric}: "
            f"{number_in_words(scale * prior.sd)}{unit} ({origin})."
        )
    for names, said in (
        (audit.orphan_key_results, "no experiment is meant to move the key result"),
        (audit.orphan_experiments, "no key result stands behind the experiment"),
    ):
        if names:
            more = f" and {len(names) - 3:,} more" if len(names) > 3 else ""
            lines.append(f"{said[:1].upper()}{said[1:]} {', '.join(names[:3])}{more}.")
    if audit.without_end:
        verb = "has" if len(audit.without_end) == 1 else "have"
        lines.append(
            f"{counted(len(audit.without_end), 'experiment')} started over 90 days ago and "
            f"{verb} no end, e.g. {audit.without_end[0]}."
        )
    return lines
