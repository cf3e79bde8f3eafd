"""Drafts: every sentence has its receipt or is a question; oracle: written out by hand."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Any

import pytest

from leadline.findings import LEAD, Finding, Receipt
from leadline.practice.charter import Charter
from leadline.practice.loop import LoopFacts, loop_of
from leadline.practice.reports import (
    Agreed,
    Came,
    Concluded,
    Due,
    Month,
    Moved,
    ProposalFacts,
    Sentence,
    Sum,
    Verdict,
    as_markdown,
    month_report,
    proposal,
)

ON = date(2026, 11, 23)
RECEIPT = Receipt(source="experiments", place="a.csv", as_of=ON, command="leadline audit a.csv")


def made(kind: type[Any], *values: object) -> Any:
    return kind(**dict(zip((one.name for one in fields(kind)), values, strict=True)))


def concluded(**changed: object) -> Concluded:
    values: dict[str, object] = {
        "experiment": "photos",
        "metric": "contacts",
        "change": 0.039,
        "is_claimed": True,
        "stands": True,
        "reason": "",
        "on": date(2026, 11, 12),
        "receipt": RECEIPT,
    }
    return Concluded(**{**values, **changed})  # type: ignore[arg-type]


def month(**facts: object) -> Month:
    return Month(since=date(2026, 11, 1), until=ON, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({}, "photos: +3.9% on contacts; it passes every check (ended on Thu 12 Nov 2026)."),
        (
            {"stands": False, "reason": "arms differ in size"},
            "photos: +3.9% on contacts, but the claim does not stand: arms differ in size "
            "(ended on Thu 12 Nov 2026).",
        ),
        (
            {"stands": False},
            "photos: +3.9% on contacts, but the claim does not stand: a check failed "
            "(ended on Thu 12 Nov 2026).",
        ),
        (
            {"is_claimed": False, "change": None},
            "photos: an undefined change on contacts; nobody claims a gain "
            "(ended on Thu 12 Nov 2026).",
        ),
    ],
)
def test_an_ended_experiment_says_whether_its_claim_stands(
    changed: dict[str, object], says: str
) -> None:
    (brought, *_rest) = month_report(month(concluded=(concluded(**changed),))).sections
    assert [one.text for one in brought.sentences] == [says]


def total(**changed: object) -> Sum:
    values: dict[str, object] = {
        "metric": "contacts",
        "n_experiments": 24,
        "n_stand": 3,
        "claimed": 0.249,
        "believed": 0.0858,
        "lower": 0.0127,
        "upper": 0.159,
        "receipt": RECEIPT,
    }
    return Sum(**{**values, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (
            {},
            "All 24 experiments so far: 3 claims stand; together they are believed to have "
            "brought +0.0858 contacts a unit (+0.0127 to +0.159), where the plain sum says "
            "+0.249.",
        ),
        (
            {"believed": None, "lower": None, "upper": None, "claimed": float("nan")},
            "All 24 experiments so far: 3 claims stand.",
        ),
    ],
)
def test_a_sum_is_said_with_its_interval_or_not_at_all(
    changed: dict[str, object], says: str
) -> None:
    brought = month_report(month(sums=(total(**changed),))).sections[0]
    assert [one.text for one in brought.sentences] == [says]


def test_a_month_reads_from_impact_to_what_only_a_human_knows() -> None:
    draft = month_report(
        month(
            concluded=(concluded(),),
            verdicts=(made(Verdict, "model", "ship", "It gained.", RECEIPT),),
            moved=(
                made(Moved, "search", "buyers", "diagnose", ON, RECEIPT),
                made(Moved, "ads", "", "", ON, RECEIPT),
            ),
            agreed=(
                made(Agreed, "search", "No clicks alone.", ON, RECEIPT),
                made(Agreed, "", "Keep a holdout", ON, RECEIPT),
            ),
            came=(
                made(Came, "Luca", ON, True, RECEIPT),
                made(Came, "Piet", ON, False, RECEIPT),
            ),
            due=(made(Due, "a decision on ads.", date(2026, 12, 1), RECEIPT),),
            unread=("lead.ics",),
        )
    )
    assert as_markdown(draft) == (
        "# Report: Sun 1 Nov 2026 to Mon 23 Nov 2026\n\n"
        "## What it brought\n\n"
        "- photos: +3.9% on contacts; it passes every check (ended on Thu 12 Nov 2026).[^1]\n\n"
        "## What was decided\n\n"
        "- model: ship. It gained.[^1]\n"
        "- search, Mon 23 Nov 2026: No clicks alone.[^1]\n"
        "- The team, Mon 23 Nov 2026: Keep a holdout.[^1]\n\n"
        "## What moved\n\n"
        "- search (for buyers) moved last on Mon 23 Nov 2026; what is missing next: "
        "diagnose.[^1]\n"
        "- ads moved last on Mon 23 Nov 2026.[^1]\n\n"
        "## Who came and went\n\n"
        "- Luca joined on Mon 23 Nov 2026.[^1]\n"
        "- Piet left on Mon 23 Nov 2026.[^1]\n\n"
        "## What comes next\n\n"
        "- Tue 1 Dec 2026: a decision on ads.[^1]\n\n"
        "## What only you can add\n\n"
        "- *lead.ics could not be read: what is missing here because of it?*\n"
        "- *Who benefits from ads, other than the team?*\n"
        "- *What do you need from the reader, and by when?*\n\n"
        "[^1]: experiments: a.csv, read for 2026-11-23; `leadline audit a.csv`\n"
    )


def test_an_empty_month_says_what_is_not_known() -> None:
    text = as_markdown(month_report(month()))
    assert "No experiment ended." in text
    assert "Nothing stands in the decisions log." in text
    assert "only the last weeks of commits are kept" in text
    assert "Who came and went" not in text
    assert "[^" not in text


def proposed(**changed: object) -> ProposalFacts:
    values: dict[str, object] = {
        "project": "search",
        "as_of": ON,
        "charter": Charter(user="buyers", decision="Which they see first."),
        "loop": loop_of(LoopFacts(baseline="serving/rule.py")),
        "diagnosis": (),
        "tried": (),
        "ideas": (),
        "receipt": RECEIPT,
    }
    return ProposalFacts(**{**values, **changed})  # type: ignore[arg-type]


def test_a_proposal_asks_what_nobody_has_said() -> None:
    found = Finding(
        rule="overfitting",
        subject="model:search",
        sentence="It overfits.",
        receipts=(RECEIPT,),
        magnitude=1,
        worth=0.5,
        readers=(LEAD,),
        question="Which leaf size was tried?",
    )
    draft = proposal(
        proposed(diagnosis=(found,), ideas=(Sentence(text="Photos.", receipt=RECEIPT),))
    )
    by_title = {one.title: [said.text for said in one.sentences] for one in draft.sections}
    assert by_title["The problem"][:3] == [
        "It is for: buyers.",
        "It decides, or helps to decide: Which they see first.",
        "How is it handled today, without the project?",
    ]
    assert by_title["What is there"] == ["Baseline: serving/rule.py."]
    assert by_title["What holds it back"] == ["It overfits."]
    assert by_title["What could work next"] == ["Photos."]
    # Evaluate and diagnose come before anything that needs users.
    assert by_title["What is asked for"] == [
        "Which offline number would you trust before showing it to users?",
        "What holds the model back most: data, features, capacity or noise?",
        "Which people and how many weeks does the next step take?",
        "What would make you stop?",
    ]
    assert draft.to_dict()["markdown"] == as_markdown(draft)


def test_a_proposal_of_what_users_have_asks_about_users() -> None:
    early = LoopFacts(
        charter=Charter(user="u"), baseline="b", evaluation="e", diagnosis="d", in_use="yes"
    )
    asked = proposal(proposed(loop=loop_of(early))).sections[-1]
    assert asked.sentences[0].text == (
        "Which offline gain would justify a test, and how large must it be?"
    )


def test_a_claim_without_a_receipt_is_refused() -> None:
    with pytest.raises(ValueError, match="without a receipt is a question"):
        Sentence(text="It brought a lot.")


def test_what_a_source_wrote_is_text_and_no_markup() -> None:
    hostile = concluded(experiment="[x](javascript:1) <b>*a*\n# h")
    text = as_markdown(month_report(month(concluded=(hostile,))))
    assert "\\[x\\](javascript:1) \\<b\\>\\*a\\* \\# h: +3.9%" in text
