"""What experiments have to say in the brief: one sentence each, with its receipt."""

from __future__ import annotations

import math
from shlex import quote
from typing import TYPE_CHECKING

from leadline.findings import LEAD, TEAM, Citation, Finding, Receipt
from leadline.library.wording import counted, signed, sum_in_words

if TYPE_CHECKING:
    from leadline.library.audit_results import Audit, Claim
    from leadline.library.ledger import LedgerPage
    from leadline.library.results import Readout

SRM = Citation(
    text="A mismatched split means that units were lost or added in one arm; the effect may be "
    "made of that alone.",
    source="Fabijan et al. (2019), Diagnosing Sample Ratio Mismatch in Online Controlled "
    "Experiments, KDD",
)
WINNERS = Citation(
    text="Changes that were chosen for having won look larger than they are.",
    source="Lee and Shen (2018), Winner's Curse, KDD",
)

MOST_NAMED = 3
"""Claims of one audit that get a line of their own, the largest first."""


def readout_findings(readout: Readout) -> tuple[Finding, ...]:
    """Return what one experiment has to say: ready, unsound, or harmful.

    An experiment that still collects has nothing to say.
    """
    verdict = readout.verdict
    receipts = (
        Receipt(
            source="experiments",
            place=readout.place,
            as_of=readout.as_of,
            command=readout.command,
        ),
    )
    found = [
        Finding(
            rule="guardrail-breached",
            subject=f"experiment:{readout.name}",
            sentence=f"{readout.name}, arm {result.arm}: {result.guardrail.reason}.",
            receipts=receipts,
            magnitude=result.guardrail.harm,
            worth=0.9,
            readers=(LEAD, TEAM),
            question=f"Should {readout.name} be switched off while the cause is found?",
        )
        for result in readout.results
        if result.guardrail and result.guardrail.state == "breached"
    ]
    if verdict.word in ("ship", "stop"):
        found.append(
            Finding(
                rule="ready-to-decide",
                subject=f"experiment:{readout.name}",
                sentence=(
                    f"{readout.name} is ready to decide, {verdict.word}: {verdict.reason}"
                ),
                receipts=receipts,
                magnitude=1.0,
                worth=0.8,
                readers=(LEAD, TEAM),
                question=f"Who decides on {readout.name}, and when?",
            )
        )
    if readout.is_unsound:
        found.append(
            Finding(
                rule="does-not-stand",
                subject=f"experiment:{readout.name}",
                sentence=f"{readout.name} cannot be read: {verdict.reason}",
                receipts=receipts,
                magnitude=1.0,
                worth=0.85,
                readers=(LEAD, TEAM),
                question="Where are units lost between assignment and the table?",
                citation=SRM,
            )
        )
    return tuple(found)


def audit_findings(audit: Audit) -> tuple[Finding, ...]:
    """Return what an audit has to say: claims that fall or shrink, tests without end."""
    receipt = Receipt(
        source="experiments",
        place=audit.place,
        as_of=audit.as_of,
        command=f"leadline audit {quote(audit.place)}",
    )
    falling = sorted(
        (claim for claim in audit.falling if claim.failures),
        key=lambda c: -math.inf if math.isnan(c.effect_size) else c.effect_size,
        reverse=True,
    )
    found = [_falls(claim, receipt) for claim in falling[:MOST_NAMED]]
    found += [
        Finding(
            rule="claim-shrank",
            subject=f"metric:{total.metric}",
            sentence=f"Of {sum_in_words(total.claimed, is_share=total.is_share)} on "
            f"{total.metric} claimed by {counted(total.n_claims, 'experiment')}, "
            f"{sum_in_words(total.believed, is_share=total.is_share)} "
            f"[{sum_in_words(total.lower, is_share=total.is_share)}, "
            f"{sum_in_words(total.upper, is_share=total.is_share)}] is believed.",
            receipts=(receipt,),
            magnitude=total.claimed - total.believed,
            worth=0.6,
            readers=(LEAD, TEAM),
            question="Which of the two numbers stands in the last report?",
            citation=WINNERS,
        )
        for total in audit.totals
        if total.n_claims and total.upper < total.claimed
    ]
    found += [
        Finding(
            rule="experiment-without-end",
            subject=f"experiment:{name}",
            sentence=f"{name} started over 90 days ago and has no end.",
            receipts=(receipt,),
            magnitude=90.0,
            worth=0.4,
            readers=(LEAD, TEAM),
            question=f"What would have to be seen for {name} to end?",
        )
        for name in audit.without_end[:MOST_NAMED]
    ]
    found += [
        Finding(
            rule="key-result-without-experiment",
            subject=f"key-result:{name}",
            sentence=f"No experiment is meant to move the key result {name}.",
            receipts=(receipt,),
            magnitude=1.0,
            worth=0.5,
            readers=(LEAD, TEAM),
            question=f"What would be the cheapest test for {name}?",
        )
        for name in audit.orphan_key_results[:MOST_NAMED]
    ]
    return tuple(found)


def ledger_findings(page: LedgerPage) -> tuple[Finding, ...]:
    """Return what a ledger has to say: how far the believed total is from the claimed one."""
    total = page.ledger.total
    if not total.n_changes or not total.upper < total.naive:
        return ()
    return (
        Finding(
            rule="claim-shrank",
            subject=f"ledger:{page.place}",
            sentence=f"{total.n_changes:,} changes brought {signed(total.value, digits=3)} "
            f"[{signed(total.lower, digits=3)}, {signed(total.upper, digits=3)}] "
            f"{page.ledger.unit}, where their claims add up to "
            f"{signed(total.naive, digits=3)}.",
            receipts=(
                Receipt(
                    source="experiments",
                    place=page.place,
                    as_of=page.as_of,
                    command=f"leadline ledger {quote(page.place)}",
                ),
            ),
            magnitude=total.naive - total.value,
            worth=0.6,
            readers=(LEAD, TEAM),
            question="Which of the two numbers stands in the last report?",
            citation=WINNERS,
        ),
    )


def _falls(claim: Claim, receipt: Receipt) -> Finding:
    first = claim.failures[0]
    name = claim.experiment or "The experiment"
    return Finding(
        rule="does-not-stand",
        subject=f"experiment:{claim.experiment or claim.metric}",
        sentence=(
            f"{name}'s gain on {claim.metric} does not stand: {first.check}, {first.reason}."
        ),
        receipts=(receipt,),
        magnitude=0.0 if math.isnan(claim.effect_size) else claim.effect_size,
        worth=0.7,
        readers=(LEAD, TEAM),
        question=f"Does anything rest on {claim.experiment or 'this gain'} that should not?",
        citation=SRM if first.check == "sample ratio mismatch" else None,
    )
