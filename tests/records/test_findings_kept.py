"""Findings of analyses are kept until the next one, and are in the brief."""

from __future__ import annotations

from datetime import date

import pytest

from leadline.findings import LEAD, Finding, Receipt
from leadline.records.actions.brief import make_brief
from leadline.records.actions.diagnoses import save_diagnosis
from leadline.records.actions.sync import is_stale, sync
from leadline.workspace import Workspace
from tests.records.conftest import NOW

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
FOUND = Finding(
    rule="model-held-back",
    subject="model:ranker",
    sentence="Too few rows hold the ranker back: +.012 [.008, .016] at twice as many.",
    receipts=(
        Receipt(
            source="diagnosis", place="test.parquet", as_of=TODAY, command="leadline diagnose"
        ),
    ),
    magnitude=0.012,
    worth=0.5,
    readers=(LEAD,),
    question="Who could label more?",
)


def save(*findings: Finding) -> None:
    save_diagnosis(
        "ranker", findings, place="test.parquet", summary="not enough data", today=TODAY, at=NOW
    )


def test_a_saved_diagnosis_is_in_the_brief_until_the_next_one_is_healthy(
    workspace: Workspace,
) -> None:
    save(FOUND)
    brief = make_brief(workspace, today=TODAY)
    assert brief.choice.lines == (FOUND,)
    assert brief.sources[0].summary == "not enough data (2026-11-23)"
    save()
    assert make_brief(workspace, today=TODAY).choice.lines == ()


def test_syncing_neither_forgets_a_diagnosis_nor_waits_for_one(workspace: Workspace) -> None:
    save(FOUND)
    assert not is_stale(workspace, at=NOW)
    sync(workspace, at=NOW)
    assert make_brief(workspace, today=TODAY).choice.lines == (FOUND,)
