"""`Finding` and `Receipt` refuse what could not be shown honestly."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from leadline.findings import LEAD, Citation, Finding, Receipt, without_password

AS_OF = date(2026, 11, 23)


def receipt(**changes: str) -> Receipt:
    values = {
        "source": "git",
        "place": "search/serving",
        "command": "leadline knowledge search",
    }
    return Receipt(as_of=AS_OF, **{**values, **changes})


def finding(**changes: Any) -> Finding:
    values: dict[str, Any] = {
        "rule": "one-living-owner",
        "subject": "area:search/serving",
        "sentence": "Only Mira knows serving/.",
        "receipts": (receipt(),),
        "magnitude": 1.0,
        "worth": 0.5,
        "readers": (LEAD,),
        "question": "Who could learn it?",
        "citation": Citation(
            text="Losing the one who knows hurts.", source="the source, 50:39"
        ),
    }
    return Finding(**{**values, **changes})


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"receipts": ()}, "without a receipt"),
        ({"readers": ()}, "at least one reader"),
        ({"worth": 1.1}, "worth must be within"),
        ({"question": "Do it."}, "ends with a question"),
    ],
)
def test_a_finding_that_could_not_be_trusted_is_refused(
    changes: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        finding(**changes)


@pytest.mark.parametrize("empty", ["source", "place", "command"])
def test_a_receipt_names_its_source_place_and_command(empty: str) -> None:
    with pytest.raises(ValueError, match=f"needs a {empty}"):
        receipt(**{empty: " \n"})


def test_the_id_is_stable_and_belongs_to_rule_and_subject_alone() -> None:
    # Oracle: sha256("one-living-owner\0area:search/serving"), computed with sha256sum.
    assert finding().id == finding(sentence="Something else.", magnitude=9.0).id == "a73c7d"
    assert finding(subject="area:ads").id != finding().id


def test_text_from_a_source_cannot_command_the_terminal_or_turn_the_line_around() -> None:
    hostile = "Only \x1b[31mMira\x07\n knows \u202eserving\u2069/."
    assert finding(sentence=hostile).sentence == "Only [31mMira knows serving /."
    assert receipt(place="a\tb\x9bc").place == "a b c"


def test_a_name_that_needs_a_joiner_keeps_it() -> None:
    name = "می\u200cنا"
    assert name in finding(sentence=f"Only {name} knows it.").sentence


def test_a_finding_is_plain_json() -> None:
    plain = json.loads(json.dumps(finding(due_on=AS_OF).to_dict()))
    assert plain["due_on"] == "2026-11-23"
    assert plain["receipts"][0]["as_of"] == "2026-11-23"
    assert plain["citation"]["source"] == "the source, 50:39"
    assert finding().to_dict()["due_on"] is None


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("postgresql://ann:s3cret@host/db", "postgresql://ann@host/db"),
        (
            "audit 'postgresql://ann:s3cret@host/db' --table t",
            "audit 'postgresql://ann@host/db' --table t",
        ),
        (
            "postgresql://host/db?user=ann&password=s3cret&x=1",
            "postgresql://host/db?user=ann&password=&x=1",
        ),
        ("postgresql://host:5432/db", "postgresql://host:5432/db"),
        ("https://host:443/private/x.ics", "https://host:443/private/x.ics"),
    ],
)
def test_no_receipt_holds_a_password(given: str, shown: str) -> None:
    assert without_password(given) == shown
    assert receipt(command=given).command == shown
    assert receipt(place=given).place == shown
