"""What experiments say in a brief."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd

from leadline.analysis.experiments.metrics import Mean, Proportion
from leadline.library.audit import audit
from leadline.library.experiments import analyze
from leadline.library.ledger import ledger

TODAY = date(2026, 3, 1)


def arms(new: tuple[int, int]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "variant": ["control", "new"],
            "users": [10_000, new[0]],
            "conversions": [1_000, new[1]],
        }
    )


def test_a_gain_is_ready_to_decide() -> None:
    (finding,) = analyze(arms((10_000, 1_200)), today=TODAY).findings
    assert finding.rule == "ready-to-decide"
    assert finding.receipts[0].command == "leadline.experiments.analyze(…)"


def test_a_mismatch_does_not_stand() -> None:
    (finding,) = analyze(arms((9_000, 1_200)), today=TODAY).findings
    assert finding.rule == "does-not-stand"
    assert finding.citation is not None


def test_an_open_question_says_nothing() -> None:
    assert analyze(arms((10_000, 1_005)), today=TODAY).findings == ()


def test_a_breached_guardrail_is_named_first() -> None:
    frame = pd.DataFrame(
        {
            "variant": ["control", "new"],
            "users": [10_000, 10_000],
            "conversions": [1_000, 1_200],
            "mean_latency": [100.0, 120.0],
            "sd_latency": [10.0, 10.0],
        }
    )
    metrics = [
        Proportion(column="conversions"),
        Mean(column="latency", role="guardrail", margin=5.0, higher_is_better=False),
    ]
    first, second = analyze(frame, metrics=metrics, today=TODAY).findings
    assert (first.rule, second.rule) == ("guardrail-breached", "ready-to-decide")


def test_claims_that_fall_and_sums_that_shrink_are_lines_of_an_audit() -> None:
    rules = [finding.rule for finding in audit(arms((9_000, 1_200)), today=TODAY).findings]
    assert "does-not-stand" in rules
    page = replace(audit(arms((9_000, 1_200)), today=TODAY), place="our tests.csv")
    assert page.findings[0].receipts[0].command == "leadline audit 'our tests.csv'"
    changes = pd.DataFrame(
        {
            "change": [f"c{i}" for i in range(8)],
            "concluded_on": ["2026-01-31"] * 8,
            "measured": [0.02] * 8,
            "measured_se": [0.01] * 8,
        }
    )
    (finding,) = ledger(changes, today=TODAY).findings
    assert finding.rule == "claim-shrank"
