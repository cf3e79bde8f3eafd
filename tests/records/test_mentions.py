"""Names in texts, and the condition that lets a database look first."""

from __future__ import annotations

import pytest
from django.utils import timezone

from leadline.records.models import Assumption
from leadline.records.queries.mentions import may_mention, mentions

pytestmark = pytest.mark.django_db

TEXTS = (
    "Núria Farol wrote it", "NÚRIA FAROL decided", "núria  farol", "Farol", "nobody",
    "ask MIRA@harbour.example", "mira@harbour.examples", "100% of Jon Li", "Jon Lindt",
    "李 asked",
)  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        ("Núria Farol",), ("mira@harbour.example", "Mira Tideway"), ("Jon Li", ""), ("李",),
        ("100%",), ("",),
    ],
)  # fmt: skip
def test_the_database_finds_no_fewer_than_the_words_do(words: tuple[str, ...]) -> None:
    """`mentions` over all rows is the oracle; the database may find more, never fewer."""
    for text in TEXTS:
        Assumption.objects.create(project="x", text=text, at=timezone.now())
    found = Assumption.objects.filter(may_mention(words, ["text"]))
    assert {one.text for one in found} >= {text for text in TEXTS if mentions(text, words)}


def test_the_database_looks_first() -> None:
    for text in TEXTS:
        Assumption.objects.create(project="x", text=text, at=timezone.now())
    found = Assumption.objects.filter(may_mention(["Jon Li"], ["text"]))
    assert {one.text for one in found} == {"100% of Jon Li", "Jon Lindt"}
