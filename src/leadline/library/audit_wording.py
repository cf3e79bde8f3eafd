"""An audit in words: the same in terminal, Markdown and page."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from leadline.library.wording import pvalue_in_words, signed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leadline.library.audit_results import Claim, Total

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


def sentence(total: Total) -> str:
    """Return a total in a sentence."""
    untrusted = (
        f"; {total.n_untrusted:,} claims count as nothing, because their data cannot be trusted"
        if total.n_untrusted
        else ""
    )
    return (
        f"{total.metric}: claims add up to {signed(total.claimed, digits=3)}, of which "
        f"{signed(total.believed, digits=3)} [{signed(total.lower, digits=3)}, "
        f"{signed(total.upper, digits=3)}] is believed{untrusted}."
    )


def totals_table(totals: Sequence[Total]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return totals as a table in words."""
    return _TOTALS, [
        (
            total.group,
            total.metric,
            f"{total.n_experiments:,}",
            f"{total.n_claims:,}",
            f"{total.n_stand:,}",
            signed(total.claimed, digits=3),
            signed(total.believed, digits=3),
            f"{signed(total.lower, digits=3)} to {signed(total.upper, digits=3)}",
        )
        for total in totals
    ]


def claims_table(
    claims: Sequence[Claim], *, most: int
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return claims as a table in words, the largest first."""
    ordered = sorted(
        claims, key=lambda c: -math.inf if math.isnan(c.effect_size) else -abs(c.effect_size)
    )
    return _CLAIMS, [
        (
            claim.experiment,
            claim.arm,
            claim.metric,
            signed(claim.effect_size),
            "nothing" if math.isnan(claim.believed) else signed(claim.believed),
            pvalue_in_words(claim.pvalue).removeprefix("p ").removeprefix("= "),
            "; ".join(
                f"{f.check}: {f.reason}" for f in claim.failures if f.check != "underpowered"
            ),
        )
        for claim in ordered[:most]
    ]
